"""The right answer of a `video_qa` draft, from its verified claims and the recipes of its media alone."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from dataclaw_assets.quality.gates.places import Box
from dataclaw_assets.records import Claim, Draft, Edit, Still
from dataclaw_assets.synthesized_samples.agents.video_qa.forms import term
from dataclaw_assets.synthesized_samples.agents.video_qa.lines import overlap
from dataclaw_assets.synthesized_samples.agents.video_qa.pictures import find_right_of
from dataclaw_assets.synthesized_samples.agents.video_qa.spoken import derive_spoken

CLEAR_SHARE = 0.015
"""Of the picture's height by which one line must stand above another: twice what a claimed place may err."""


def derive_answer(draft: Draft) -> Any:
    """A letter, letters in order, a text or a box; None when the thing asked about is not there.

    Raises `ValueError` when the claims leave it open.
    """
    match draft.template:
        case "covered_lines":
            return _stack(draft)
        case "line_picture":
            start, end = find_claim(draft, "interval", None).value
            stills = [medium for medium in draft.media if isinstance(medium, Still)]
            return _only([s.label for s in stills if start <= (s.time_s or 0.0) < end])
        case "read_line":
            return find_claim(draft, "text", None).value
        case "locate_line":
            return _locate(draft)
        case "beside_line":
            return _beside(draft)
        case "camera_view":
            return _option_of(draft, term(f"camera_view.{find_claim(draft, 'fact', None).value}"))
        case "spoken_line" | "shown_picture":
            return derive_spoken(draft)
        case other:
            raise ValueError(f"{other} is no form of this task")


def find_claim(draft: Draft, kind: str, label: str | None) -> Claim:
    """The one claim of a kind and label. Raises `ValueError` when there is none, or several."""
    found = [claim for claim in draft.evidence if claim.kind == kind and claim.label == label]
    if len(found) != 1:
        raise ValueError(f"{len(found)} claims of kind {kind} and label {label}")
    return found[0]


def list_options(draft: Draft) -> dict[str, str]:
    """The options by their letters."""
    return dict(draft.payload.get("options") or {})


def find_edit(still: Still, op: str) -> Edit:
    """The one edit of a still. Raises `ValueError` when it is not the only one, of this kind and on a
    region."""
    if len(still.edits) != 1 or still.edits[0].op != op or still.edits[0].region is None:
        raise ValueError(f"{still.label} is not a picture with one {op} of a place")
    return still.edits[0]


def is_within(inner: Box, outer: Box) -> bool:
    """Whether a box lies in another, but for rounding."""
    return (
        outer[0] <= inner[0] + 1e-3
        and outer[1] <= inner[1] + 1e-3
        and outer[2] >= inner[2] - 1e-3
        and outer[3] >= inner[3] - 1e-3
    )


def _only(found: list[str | None]) -> str | None:
    if len(found) != 1:
        raise ValueError(f"{len(found)} options fit")
    return found[0]


def _option_of(draft: Draft, text: str) -> str | None:
    return _only([name for name, option in list_options(draft).items() if option == text])


def _stack(draft: Draft) -> list[str]:
    """The options from the top of the picture down."""
    heights = {name: find_claim(draft, "point", name).value[1] for name in list_options(draft)}
    names = sorted(heights, key=lambda name: heights[name])
    if any(heights[below] - heights[above] < CLEAR_SHARE for above, below in pairwise(names)):
        raise ValueError("two of the lines stand at one height")
    return names


def _locate(draft: Draft) -> list[float] | None:
    """The box of the line, if it is clear of the black one; None where its middle is covered: the gate looks
    whether all of it is."""
    still = draft.media[0]
    if not isinstance(still, Still):
        raise TypeError("a picture is needed")
    region = find_edit(still, "darken").region or (0.0, 0.0, 0.0, 0.0)
    if any(claim.kind == "point" for claim in draft.evidence):
        x, y = find_claim(draft, "point", None).value
        if not is_within((x, y, x, y), region):
            raise ValueError("the line is not covered")
        return None
    box = find_claim(draft, "box", None).value
    if overlap(box, region) > 0:
        raise ValueError("the line is covered in part")
    return list(box)


def _beside(draft: Draft) -> str:
    names = list(list_options(draft))
    boxes = [find_claim(draft, "box", name).value for name in names]
    index = find_right_of(find_claim(draft, "box", None).value, boxes)
    if index is None:
        raise ValueError("none of the options is plainly the next in the row")
    return names[index]
