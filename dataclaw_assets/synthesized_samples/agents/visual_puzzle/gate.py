"""Gate `puzzle`: a puzzle is what its template says, and rests on facts of the right kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise

from dataclaw_assets.quality.clock import map_moment
from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.records import Anchor, Clip, Draft, Piece, SketchClip, SketchStill, Still
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.changes import CHANGES
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.forms import (
    POINT_TOLERANCE_S,
    clock_of,
)
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.pictures import (
    GRIDS,
    are_alike,
    find_line_fault,
    keeps_seam,
    lines_at,
)
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.shapes import (
    FORMS,
    MIN_SIDE_PX,
    lie_apart,
    takes_time,
)
from dataclaw_assets.synthesized_samples.pages import list_changing

MIN_SHAPE_S = 1.5
NEAR_S = 0.15

_CHANGE = {"made": frozenset[str]()}
EVIDENCE: Mapping[str, Mapping[str, frozenset[str]]] = {
    "order_stills": {"interval": frozenset({"still_unique"})},
    "order_strokes": {"interval": frozenset({"stroke"})},
    "order_clips": {"interval": frozenset({"shot"}), **_CHANGE},
    "find_shot": {"interval": frozenset({"shot"}), "absent": frozenset({"shot"})},
    "find_screen": {"interval": frozenset({"shot"}), "absent": frozenset({"shot"})},
    "find_moment": {"time": frozenset({"still_unique"}), "interval": frozenset({"still_unique"})},
    **dict.fromkeys(CHANGES, _CHANGE),
    "find_elsewhere": {"interval": frozenset({"shot"}), **_CHANGE},
    **{f"count_{form}s": {"shapes": frozenset[str]()} for form in FORMS},
    **{f"image_jigsaw_{grid}": {"edited": frozenset({"picture"})} for grid in GRIDS},
    **{f"still_jigsaw_{grid}": {"edited": frozenset({"still_unique"})} for grid in GRIDS},
    "find_line": {"text": frozenset({"text_line"}), "box": frozenset({"text_line"})},
}
"""Of each template the kinds of its claims, and of the anchors that bear them."""


def check_puzzle(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `field_differs`, `wrong_evidence`, `not_one_change`, `wrong_time`, `not_one_take`,
    `page_changes`, `natural_order`, `moment_lasts`, `unfair_shapes`, `wrong_tiles`, `not_unique`,
    `not_absent`."""
    for field, right in (("puzzle", draft.template), ("clock", clock_of(draft.template))):
        if draft.payload.get(field) != right:
            yield Finding(code="field_differs", detail=f"{field} is {draft.payload.get(field)!r}")
    allowed = EVIDENCE.get(draft.template, {})
    for claim in draft.evidence:
        kinds = {facts.anchors[name].kind for name in claim.anchors if name in facts.anchors}
        if claim.kind not in allowed or not kinds <= allowed[claim.kind]:
            yield Finding(code="wrong_evidence", detail=f"{claim.kind} of {sorted(kinds) or 'nothing'}")
            return
    yield from _check_changes(draft)
    if draft.template == "find_elsewhere":
        yield from _check_splice(draft, facts)
    elif draft.template in {"find_shot", "find_screen"}:
        yield from _check_page(draft, facts)
    elif draft.template == "find_moment":
        yield from _check_moment(draft)
    elif draft.template in {"order_stills", "order_strokes"}:
        yield from _check_permuted(draft)
    elif draft.template == "order_clips":
        yield from _check_take(draft, facts)
    elif draft.template.startswith("count_"):
        yield from _check_shapes(draft, facts)
    elif "_jigsaw_" in draft.template:
        yield from _check_tiles(draft, facts)
    elif draft.template == "find_line":
        yield from _check_line(draft, facts)


def _check_changes(draft: Draft) -> Iterator[Finding]:
    """Only what is asked for was changed, once at most, and the claim names it."""
    wanted = CHANGES.get(draft.template)
    pieces = [piece for clip in draft.media if isinstance(clip, Clip) for piece in clip.pieces]
    changed = [_name_change(piece) for piece in pieces if piece.changed]
    if draft.template == "order_clips":
        wanted, changed = "reverse", sorted(set(changed))
    if any(change != wanted for change in changed) or len(changed) > 1:
        yield Finding(code="not_one_change", detail=f"{changed} instead of {wanted}")
    labels = {claim.label for claim in draft.evidence if claim.kind == "made"}
    if labels - {wanted} or (wanted is not None and not labels):
        yield Finding(code="wrong_evidence", detail=f"claims {sorted(map(str, labels))}, asks of {wanted}")


def _name_change(piece: Piece) -> str:
    if piece.op == "play":
        return "speed"
    return piece.op if piece.speed == 1.0 else f"{piece.op} at another speed"


def _check_splice(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """What goes on before and after is one shot, and what is put in is part of another."""
    clip = draft.media[0]
    assert isinstance(clip, Clip)
    host = [piece for piece in clip.pieces if piece.op == "play"]
    shot = _find_shot(facts, host[0].start_s, host[-1].end_s) if host else None
    joined = all(abs(a.end_s - b.start_s) < 1e-6 for a, b in pairwise(host))
    put_in = [piece for piece in clip.pieces if piece.op == "elsewhere"]
    others = [_find_shot(facts, piece.start_s, piece.end_s) for piece in put_in]
    cited = {name for claim in draft.evidence for name in claim.anchors}
    if shot is None or not joined:
        yield Finding(code="not_one_take", detail="what surrounds it is not one shot that goes on")
    elif any(other is None or other.anchor_id == shot.anchor_id for other in others):
        yield Finding(code="not_one_take", detail="what is put in is not part of one other shot")
    elif cited != {other.anchor_id for other in others if other is not None}:
        yield Finding(code="wrong_evidence", detail="the shot that is cited is not the one put in")


def _find_shot(facts: Facts, start_s: float, end_s: float) -> Anchor | None:
    return next(
        (
            anchor
            for anchor in facts.anchors.values()
            if anchor.kind == "shot"
            and (anchor.start_s or 0.0) <= start_s + 1e-6
            and end_s <= (anchor.end_s or 0.0) + 1e-6
        ),
        None,
    )


def _check_page(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """The page of the picture is the same as long as the shot lasts."""
    for name in list_changing(draft, facts):
        yield Finding(code="page_changes", detail=f"another page comes up during {name}")


def _check_permuted(draft: Draft) -> Iterator[Finding]:
    """The order of the clip is not the one that its pictures alone may tell."""
    clip, marked = draft.media[0], {n for m in draft.media if isinstance(m, SketchStill) for n, _ in m.marks}
    if isinstance(clip, SketchClip):
        order: list[float] = [stroke for stroke in clip.strokes if stroke in marked]
    else:
        order = [piece.start_s for piece in clip.pieces] if isinstance(clip, Clip) else []
    if order == sorted(order):
        yield Finding(code="natural_order", detail="the clip goes on as it was filmed, or drawn")


def _check_moment(draft: Draft) -> Iterator[Finding]:
    """The time is that of the picture, not merely one within its run, and the run is no longer than an answer
    may be off."""
    clip = draft.media[0]
    still = next((medium for medium in draft.media if isinstance(medium, Still)), None)
    at = map_moment(clip, still.time_s or 0.0) if isinstance(clip, Clip) and still is not None else None
    stated = next((claim.value for claim in draft.evidence if claim.kind == "time"), None)
    if at is None or stated is None or abs(at - float(stated)) > NEAR_S:
        yield Finding(code="wrong_time", detail=f"{stated}, but the picture is at {at}")
    for run in [claim.value for claim in draft.evidence if claim.kind == "interval" and at is not None]:
        if max(run[1] - at, at - run[0]) > POINT_TOLERANCE_S + 0.01:
            yield Finding(code="moment_lasts", detail=f"the picture matches from {run[0]} to {run[1]} s")


def _check_take(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """The clips are equally long stretches of one shot, each where the one before ends."""
    clips = [medium for medium in draft.media if isinstance(medium, Clip)]
    pieces = sorted((clip.pieces[0] for clip in clips), key=lambda piece: piece.start_s)
    cited = {name for claim in draft.evidence for name in claim.anchors}
    shot = _find_shot(facts, pieces[0].start_s, pieces[-1].end_s) if pieces else None
    lengths = [piece.length_s for piece in pieces]
    gaps = [b.start_s - a.end_s for a, b in pairwise(pieces)]
    if shot is None or cited != {shot.anchor_id} or len(clips) != len(draft.media):
        yield Finding(code="not_one_take", detail="the clips are not all of the one shot that is cited")
    elif max(lengths) - min(lengths) > 0.01 or any(abs(gap) > 0.01 for gap in gaps):
        yield Finding(code="not_one_take", detail=f"lengths {lengths}, gaps {gaps}")


def _check_shapes(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Each shape lasts, keeps its distance and is of a size; the form counted is the one asked for."""
    clip = draft.media[0]
    form = draft.template.removeprefix("count_").removesuffix("s")
    wide = (facts.source.width or 1) / (facts.source.height or 1)
    if any(claim.label != form for claim in draft.evidence):
        yield Finding(code="wrong_evidence", detail=f"the count is not that of the {form}s")
    elif not isinstance(clip, Clip) or not clip.shapes or len(draft.media) > 1:
        yield Finding(code="unfair_shapes", detail="there are none")
    elif any(shape.end_s - shape.start_s < MIN_SHAPE_S or shape.size < 0.15 for shape in clip.shapes):
        yield Finding(code="unfair_shapes", detail="one is too short or too small to be seen")
    elif not all(lie_apart(one, other, wide) for one, other in combinations(clip.shapes, 2)):
        yield Finding(code="unfair_shapes", detail="two may be taken for one")
    elif not takes_time(clip.shapes, form):
        yield Finding(code="unfair_shapes", detail=f"one picture shows too many of the {form}s")
    elif min(facts.source.width or 0, facts.source.height or 0) < MIN_SIDE_PX:
        yield Finding(code="unfair_shapes", detail="the picture is too small for them")


def _check_tiles(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """One picture, cut once into the grid that the question describes, of the moment that is cited."""
    still = draft.media[0]
    edits = still.edits if isinstance(still, Still) else ()
    grid = GRIDS[draft.template.rsplit("_", 1)[1]]
    if len(draft.media) > 1 or [(e.op, e.rows, e.columns) for e in edits] != [("tiles", *grid)]:
        yield Finding(code="wrong_tiles", detail=f"not one picture cut into {grid}")
        return
    if keeps_seam(edits[0].order, grid[1]):
        yield Finding(code="wrong_tiles", detail="two tiles that belong together still touch")
    cited = [facts.anchors[name] for claim in draft.evidence for name in claim.anchors]
    moments = {getattr(anchor.value, "time_s", None) for anchor in cited}
    if moments != {getattr(still, "time_s", None)}:
        yield Finding(code="wrong_evidence", detail="the picture is not that of the fact that is cited")


def _check_line(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """The line asked for is the one located, and the only one like it; or nothing like it is there."""
    still = draft.media[0]
    cited = {name for claim in draft.evidence for name in claim.anchors}
    if len(cited) != 1 or not isinstance(still, Still) or still.edits or len(draft.media) > 1:
        yield Finding(code="wrong_evidence", detail="not one line on one picture")
        return
    line = facts.anchors[next(iter(cited))]
    shown = lines_at([a for a in facts.anchors.values() if a.kind == "text_line"], still.time_s)
    if any(claim.kind == "box" for claim in draft.evidence):
        if line not in shown:
            yield Finding(code="not_unique", detail="the picture does not show the line")
        elif fault := find_line_fault(line, shown, facts.source):
            yield Finding(code="not_unique", detail=fault)
    elif still.time_s is None or any(
        are_alike(getattr(line.value, "text", ""), getattr(other.value, "text", "")) for other in shown
    ):
        yield Finding(code="not_absent", detail="the picture may show the line")
