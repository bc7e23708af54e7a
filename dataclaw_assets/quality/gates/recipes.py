"""What gate `citation` asks of claims that no anchor bears: the media's own recipes must."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dataclaw_assets.quality.clock import made_intervals
from dataclaw_assets.quality.gates.contract import Finding
from dataclaw_assets.records import Claim, Clip, Draft, SketchClip, Still

BORNE_BY_MEDIA = frozenset({"made", "shapes", "edited", "foreign"})

TOLERANCE_S = 0.15
"""How far a claimed time may lie from the fact: three frames at 20 fps, plus rounding to a decimal."""


def check_recipe(claim: Claim, draft: Draft, clip: Clip | SketchClip | None) -> Iterator[Finding]:
    """Findings: `not_made`, `not_foreign`."""
    if claim.kind == "made":
        yield from _check_made(claim, clip)
    elif claim.kind == "shapes":
        shapes = clip.shapes if isinstance(clip, Clip) else ()
        count = sum(shape.form == claim.label for shape in shapes)
        if claim.value != count:
            yield Finding(code="not_made", detail=f"{claim.value} of {claim.label}: the recipe has {count}")
    elif claim.kind == "edited":
        medium = next((medium for medium in draft.media if medium.label == claim.label), None)
        edits = [edit.model_dump(mode="json") for edit in medium.edits] if isinstance(medium, Still) else None
        if edits != claim.value:
            yield Finding(code="not_made", detail=f"{claim.label}: the recipe says {edits}")
    elif claim.label is None or all(
        medium.source_id == draft.source_id for medium in draft.media if medium.label == claim.label
    ):
        yield Finding(code="not_foreign", detail=f"{claim.label} is of this source, or not there")


def _check_made(claim: Claim, clip: Clip | SketchClip | None) -> Iterator[Finding]:
    made = made_intervals(clip) if isinstance(clip, Clip) else []
    if claim.value is None and made:
        yield Finding(code="not_made", detail=f"said to be untouched, but {made} were changed")
    elif claim.value is not None and not any(is_near(claim.value, interval) for interval in made):
        yield Finding(code="not_made", detail=f"{claim.value}: no such change in the clip's recipe")


def is_near(stated: Sequence[float], fact: tuple[float, float]) -> bool:
    """Whether both ends of a stated interval are those of the fact."""
    return len(stated) == 2 and all(abs(a - b) <= TOLERANCE_S for a, b in zip(stated, fact, strict=True))
