"""What gate `citation` asks of places: a box or a point lies where the anchor has it in the picture."""

from __future__ import annotations

from collections.abc import Iterator

from dataclaw_assets.quality.gates.contract import Finding
from dataclaw_assets.records import Anchor, Claim, Draft, Source, Still

TOLERANCE = 0.005
"""How far an edge may lie from the anchor's, as a share of the picture: four pixels of 768."""

Box = tuple[float, float, float, float]


def check_place(claim: Claim, anchor: Anchor, draft: Draft, source: Source) -> Iterator[Finding]:
    """Findings: `wrong_place`. A point must be the one that the anchor's value holds (`x`, `y`), else the
    middle of its region."""
    crop = find_crop(draft, claim.label)
    if crop is None or not (source.width and source.height):
        yield Finding(
            code="wrong_place", detail=f"{claim.label} is not a picture of which a place can be told"
        )
        return
    if claim.kind == "box":
        right = locate_region(anchor, source, crop)
        if right is None or not _near(claim.value, right):
            yield Finding(code="wrong_place", detail=f"{claim.value}, but the anchor gives {right}")
        return
    x, y = getattr(anchor.value, "x", None), getattr(anchor.value, "y", None)
    if x is not None and y is not None:
        point = _within(crop, (x / source.width, y / source.height))
        if not _near(claim.value, point):
            yield Finding(code="wrong_place", detail=f"{claim.value}, but the anchor gives {point}")
        return
    region = locate_region(anchor, source, crop)
    middle = ((region[0] + region[2]) / 2, (region[1] + region[3]) / 2) if region else None
    if middle is None or not _near(claim.value, middle):
        yield Finding(code="wrong_place", detail=f"{claim.value}, but the middle is {middle}")


def locate_region(anchor: Anchor, source: Source, crop: Box = (0.0, 0.0, 1.0, 1.0)) -> Box | None:
    """Where an anchor's region lies in what a crop leaves of the source's picture, in shares of that."""
    if anchor.region is None or not (source.width and source.height):
        return None
    left, top, right, bottom = anchor.region
    width, height = crop[2] - crop[0], crop[3] - crop[1]
    return (
        (left / source.width - crop[0]) / width,
        (top / source.height - crop[1]) / height,
        (right / source.width - crop[0]) / width,
        (bottom / source.height - crop[1]) / height,
    )


def find_crop(draft: Draft, label: str | None) -> Box | None:
    """What the still `label` shows of the picture, all of it where there is no such still; None when it is
    turned or cut into tiles, so that places are no longer where they were."""
    medium = next((medium for medium in draft.media if label is not None and medium.label == label), None)
    crop: Box = (0.0, 0.0, 1.0, 1.0)
    for edit in medium.edits if isinstance(medium, Still) else ():
        if edit.op == "crop" and edit.region is not None:
            width, height = crop[2] - crop[0], crop[3] - crop[1]
            left, top, right, bottom = edit.region
            crop = (
                crop[0] + left * width,
                crop[1] + top * height,
                crop[0] + right * width,
                crop[1] + bottom * height,
            )
        elif edit.op in {"rotate_90", "rotate_180", "mirror", "flip", "tiles"}:
            return None
    return crop


def _within(crop: Box, point: tuple[float, float]) -> tuple[float, float]:
    return (
        (point[0] - crop[0]) / (crop[2] - crop[0]),
        (point[1] - crop[1]) / (crop[3] - crop[1]),
    )


def _near(stated: object, right: tuple[float, ...]) -> bool:
    return (
        isinstance(stated, list | tuple)
        and len(stated) == len(right)
        and all(abs(a - b) <= TOLERANCE for a, b in zip(stated, right, strict=True))
    )
