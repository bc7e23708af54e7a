"""Gate `media`: every clip and still lies inside its source and, once cut, decodes to what was ordered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dataclaw_assets.quality.clock import clip_duration
from dataclaw_assets.quality.gates.contract import CutMedia, Facts, Finding
from dataclaw_assets.records import Clip, Draft, Edit, SketchClip, SketchStill, Source, Still
from resources.settings import Settings

MIN_CLIP_S = 1.0

MIN_SPEED, MAX_SPEED = 0.25, 4.0
"""Beyond these a clip at 12 frames a second shows a slide show, or jumps."""


def check_media(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings before anything is cut: `no_media`, `foreign_media` (of another source, which no `foreign`
    claim says), `outside_source`, `empty_range`, `clip_length`, `no_such_stroke`, `same_label`, `bad_edit`,
    `bad_shape`."""
    if not draft.media:
        yield Finding(code="no_media")
    labels = [medium.label for medium in draft.media if medium.label is not None]
    if len(labels) != len(set(labels)):
        yield Finding(code="same_label", detail=", ".join(labels))
    strokes = {getattr(stroke.value, "index", None) for stroke in facts.known.of_kind("stroke")}
    foreign = {claim.label for claim in draft.evidence if claim.kind == "foreign"} - {None}
    for medium in draft.media:
        if medium.source_id != facts.source.source_id:
            sibling = facts.siblings.get(medium.source_id)
            if sibling is None or medium.label not in foreign:
                yield Finding(code="foreign_media", detail=medium.source_id)
            elif isinstance(medium, Clip | Still):
                yield from _check_ranges(medium, sibling, facts.settings)
        elif isinstance(medium, SketchStill | SketchClip):
            wanted = set(medium.strokes) | {stroke for stroke, _ in getattr(medium, "marks", ())}
            if not medium.strokes or not wanted <= strokes or len(set(medium.strokes)) != len(medium.strokes):
                yield Finding(code="no_such_stroke", detail=str(sorted(wanted - strokes)))
        else:
            yield from _check_ranges(medium, facts.source, facts.settings)


def _check_ranges(medium: Clip | Still, source: Source, settings: Settings) -> Iterator[Finding]:
    if isinstance(medium, Still):
        yield from _check_edits(medium.edits)
    if isinstance(medium, Still) and medium.time_s is None:
        if source.kind != "image":
            yield Finding(code="outside_source", detail="a still without a time is an image's own")
        return
    if source.stream is None:
        yield Finding(code="outside_source", detail="the source has no moving picture")
        return
    end = source.stream.duration_s + 1e-6
    if isinstance(medium, Still):
        if not 0 <= (medium.time_s or 0.0) < end:
            yield Finding(code="outside_source", detail=f"{medium.time_s} s of {end:.3f} s")
        return
    for piece in medium.pieces:
        if piece.end_s <= piece.start_s:
            yield Finding(code="empty_range", detail=f"{piece.start_s}–{piece.end_s} s")
        elif piece.start_s < 0 or piece.end_s > end:
            yield Finding(code="outside_source", detail=f"{piece.start_s}–{piece.end_s} s of {end:.3f} s")
        elif not MIN_SPEED <= piece.speed <= MAX_SPEED:
            yield Finding(code="empty_range", detail=f"at {piece.speed} times its pace")
    for shape in medium.shapes:
        if not 0 <= shape.start_s < shape.end_s <= clip_duration(medium) + 1e-6:
            yield Finding(code="bad_shape", detail=f"{shape.form} from {shape.start_s} to {shape.end_s} s")
    if not MIN_CLIP_S <= clip_duration(medium) <= settings.max_clip_s + 1e-6:
        yield Finding(code="clip_length", detail=f"{clip_duration(medium):.3f} s")


def _check_edits(edits: Sequence[Edit]) -> Iterator[Finding]:
    for edit in edits:
        left, top, right, bottom = edit.region or (0.0, 0.0, 1.0, 1.0)
        tiles = (edit.rows or 0) * (edit.columns or 0)
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            yield Finding(code="bad_edit", detail=f"{edit.op} of {edit.region}")
        elif edit.amount is not None and not 0 < edit.amount <= 1:
            yield Finding(code="bad_edit", detail=f"{edit.op} by {edit.amount}")
        elif (edit.op == "tiles") != (tiles >= 2 and sorted(edit.order) == list(range(tiles))):
            yield Finding(code="bad_edit", detail=f"{edit.op}: {edit.rows} × {edit.columns}, {edit.order}")


def check_cut_media(draft: Draft, cut: Sequence[CutMedia | str], settings: Settings) -> Iterator[Finding]:
    """Findings on the files that are shipped: `not_cut`, `wrong_length`, `undecodable`."""
    for medium in cut:
        if isinstance(medium, str):
            yield Finding(code="not_cut", detail=medium)
            continue
        if isinstance(medium.media, Clip | SketchClip):
            wanted = clip_duration(medium.media)
            if medium.duration_s is None or abs(medium.duration_s - wanted) > 2.0 / settings.clip_fps:
                yield Finding(code="wrong_length", detail=f"{medium.duration_s} s, ordered {wanted:.3f} s")
        if not medium.path.exists() or medium.path.stat().st_size == 0:
            yield Finding(code="undecodable", detail=f"{medium.media.form} is empty")
    if len(cut) != len(draft.media):
        yield Finding(code="not_cut", detail=f"{len(cut)} files for {len(draft.media)} media")
