"""One picture for each shot and each rest of the screen, none twice."""

from __future__ import annotations

from typing import Any

from dataclaw_assets.factual_anchors.measures.keyframe_times import keyframe_times
from dataclaw_assets.records import Anchor


def make_span(kind: str, start_s: float, end_s: float) -> Anchor:
    """A bare `shot` or `stable` anchor; its picture is the one in the middle."""
    values: dict[str, dict[str, Any]] = {
        "shot": {"index": 0, "edge_contrast": 1.0, "inner_contrast": 0.0},
        "stable": {"changed_region": None},
    }
    return Anchor.model_validate(
        {
            "anchor_id": f"{kind}{start_s}", "source_id": "s", "kind": kind, "start_s": start_s,
            "end_s": end_s, "value": values[kind], "text": "", "basis": "measured", "extractor": "x",
            "extractor_version": "1", "params_hash": "",
        }
    )  # fmt: skip


def test_a_shot_at_rest_has_one_picture() -> None:
    assert keyframe_times([make_span("shot", 0.0, 8.0), make_span("stable", 0.0, 8.0)]) == [4.0]


def test_a_shot_that_rests_elsewhere_has_its_own_picture() -> None:
    assert keyframe_times([make_span("stable", 6.0, 10.0), make_span("shot", 0.0, 10.0)]) == [5.0, 8.0]


def test_other_kinds_have_none() -> None:
    assert keyframe_times([make_span("shot", 0.0, 2.0).model_copy(update={"kind": "motion"})]) == []
