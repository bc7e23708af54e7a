"""The recording of a real session says what its log gets wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataclaw_assets.anchor_values import ActionValue, LogClockValue, LogScaleValue, TargetReadValue
from dataclaw_assets.factual_anchors.corroboration import corroborate
from dataclaw_assets.factual_anchors.extractors.actions import Actions
from dataclaw_assets.factual_anchors.extractors.log_check import LogCheck
from dataclaw_assets.raw_sources.register import read_path
from resources.landing import local_path
from resources.settings import Settings
from tests.factual_anchors.made_sessions import make_source

LATER = {
    36.9: "1366 × 768",
    41.4: "1680 × 1050",
    46.3: "Keep changes",
    108.1: "Power & sleep",
    110.4: "Never",
    115.1: "5 hours",
}
"""What is written where the six clicks after the rescale went, read off the frames by eye."""


def test_sessions_without_a_recording_are_not_held_to_one() -> None:
    assert not LogCheck().applies(make_source())


@pytest.mark.timeout(300)
def test_labels_after_a_rescale_are_those_on_the_screen(shared_footage: Path, tmp_path: Path) -> None:
    session = shared_footage / "gui/agentnet_display_settings"
    (source,) = read_path(session, tmp_path, Settings(workers=1))
    extractors = Actions(), LogCheck()
    found = [one.extract(source, lambda uri: local_path(uri, tmp_path)) for one in extractors]
    anchors = corroborate([anchor for some in found for anchor in some])
    values = [anchor.value for anchor in anchors]
    read = {
        round((anchor.start_s or 0.0) + 0.1, 1): anchor.value.name
        for anchor in anchors
        if isinstance(anchor.value, TargetReadValue)
    }
    assert {time_s: read.get(time_s) for time_s in LATER} == LATER
    actions = [value for value in values if isinstance(value, ActionValue)]
    assert len(actions) == 26
    assert {value.target for value in actions[8:]} == {None}
    confirmed = [anchor for anchor in anchors if anchor.kind == "action" and anchor.corroborated_by]
    assert "Go to Settings" in {getattr(anchor.value, "target", None) for anchor in confirmed}
    (clock,) = (value for value in values if isinstance(value, LogClockValue))
    assert clock.clear
    assert clock.offset_s == pytest.approx(-0.3, abs=0.1)
    (scale,) = (value for value in values if isinstance(value, LogScaleValue))
    assert (scale.across, scale.down) == pytest.approx((1276 / 1366, 718 / 768), abs=0.002)
