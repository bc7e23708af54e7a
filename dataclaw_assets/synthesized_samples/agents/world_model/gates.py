"""The gate of `world_model`: evidence, media and action belong to one real movement of the source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dataclaw_assets.anchor_values import ActionValue, ScreenStateChangeValue, StrokeValue, TargetReadValue
from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Media, SketchClip, SketchStill, Still
from dataclaw_assets.synthesized_samples.agents.world_model.forms import (
    MIRROR,
    MIRRORED,
    Action,
    WorldModel,
)
from dataclaw_assets.synthesized_samples.agents.world_model.steps import (
    broken,
    crowded,
    list_gripping,
    tell_next,
)
from dataclaw_assets.synthesized_samples.agents.world_model.surfaces import share_path
from dataclaw_assets.synthesized_samples.agents.world_model.wording import asks_as

EXACT_S = 1e-3
"""Stills are ordered by the very times of their anchors."""


class Mismatch(Exception):
    """Why a draft's parts do not belong together."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(detail)
        self.finding = Finding(code=code, detail=detail)


def check_transition(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `irrelevant_evidence` (a claim is not about this movement, or one is missing),
    `wrong_future` (what is shipped as the future, or offered as its picture, is not), `field_differs`."""
    payload = WorldModel.model_validate(draft.payload)
    tell = _TELLERS.get(draft.template)
    if tell is None:
        yield Finding(code="field_differs", detail=f"no template is called {draft.template}")
        return
    try:
        transition, action = tell(draft, facts)
    except Mismatch as mismatch:
        yield mismatch.finding
        return
    if not asks_as(draft, {"target": action.target or ""}):
        yield Finding(code="field_differs", detail=f"the question is not about {action.target}")
    if payload.transition != transition:
        yield Finding(code="field_differs", detail=f"transition is {payload.transition}, not {transition}")
    if payload.action != action:
        yield Finding(code="field_differs", detail=f"action is {payload.action}, not {action}")


def _tell_camera(draft: Draft, facts: Facts) -> tuple[str, Action]:
    clip, future = _ends(draft, Clip, Clip)
    piece, ahead = clip.pieces[0], future.pieces[0]
    motion = _only(draft, facts, "motion")
    camera, direction = _fact(draft, "camera"), _fact(draft, "direction")
    mirrored, first, last = piece.op == "mirror", piece.start_s, ahead.end_s
    played = piece.op == ahead.op in ("play", "mirror") and piece.speed == ahead.speed == 1.0
    if len(clip.pieces) + len(future.pieces) != 2 or not played:
        raise Mismatch("wrong_future", "the future is not played as the clip is")
    if abs(piece.end_s - ahead.start_s) > EXACT_S:
        raise Mismatch("wrong_future", "the future does not begin where the clip ends")
    if first < (motion.start_s or 0.0) or last > (motion.end_s or 0.0):
        raise Mismatch("irrelevant_evidence", "the clip or its future exceeds the movement")
    known = tuple(facts.anchors.values())
    if broken(known, first, last) or crowded(known, first, last):
        raise Mismatch("wrong_future", "there is a cut, a gap or another movement in it")
    offered = _options(draft, facts)
    aims = (2 * piece.end_s - last, last)
    for edits in ((), MIRROR):
        times = sorted(still.time_s or 0.0 for still, _ in offered if still.edits == edits)
        if len(times) != 2 or any(abs(a - b) > EXACT_S for a, b in zip(aims, times, strict=True)):
            raise Mismatch(
                "wrong_future", "the pictures are not of both ends of the movement, and their mirrors"
            )
    _expect(draft, {"interval": 1 + len(offered), "fact": 2, "edited": 2})
    return "camera", Action(
        verb=camera, direction=MIRRORED.get(direction, direction) if mirrored else direction
    )


def _tell_arm(draft: Draft, facts: Facts) -> tuple[str, Action]:
    clip, future = _ends(draft, Clip, Clip)
    until, right = clip.pieces[-1].end_s, _right(draft)
    phases = [anchor for anchor in facts.anchors.values() if anchor.kind == "phase"]
    after = tell_next(phases, until)
    if after is None:
        raise Mismatch("wrong_future", "no one movement from rest to rest follows the clip")
    whole = len(clip.pieces) == len(future.pieces) == 1 and not clip.pieces[0].changed
    moment = next((anchor for still, anchor in _options(draft, facts) if still.label == right), None)
    shown = future.pieces[0]
    time_s = getattr(getattr(moment, "value", None), "time_s", -1.0)
    starts, ends = abs(shown.start_s - until) <= EXACT_S, abs(shown.end_s - time_s) <= EXACT_S
    if not (whole and starts and ends and not shown.changed):
        raise Mismatch("wrong_future", "the future is not what follows the clip up to the answer's picture")
    gripper = list_gripping(phases, until, time_s)
    if not gripper:
        raise Mismatch("wrong_future", "the gripper does not do one thing")
    wanted = {anchor.anchor_id for anchor in (*after, *gripper)}
    told = {name for c in draft.evidence if c.kind in ("fact", "interval") for name in c.anchors}
    absent = [name for c in draft.evidence if c.kind == "absent" for name in c.anchors]
    if told != wanted or moment is None or absent != [moment.anchor_id]:
        raise Mismatch("irrelevant_evidence", "the evidence is of other phases than those that follow")
    offered = len(_options(draft, facts))
    _expect(draft, {"interval": 2, "fact": len(wanted), "absent": 1, "time": offered})
    if any(anchor.kind != "still_unique" or still.edits for still, anchor in _options(draft, facts)):
        raise Mismatch("irrelevant_evidence", "a picture is of no moment of its own")
    closes = {getattr(anchor.value, "phase", "") for anchor in gripper}
    verb = "move_close" if "gripper_closing" in closes else "move_open"
    if draft.template != f"arm_{verb}":
        raise Mismatch("field_differs", f"asked as {draft.template}, but the gripper does {sorted(closes)}")
    return "arm", Action(verb=verb)  # type: ignore[arg-type]


def _tell_screen(draft: Draft, facts: Facts) -> tuple[str, Action]:
    before, future = _ends(draft, Still, Still)
    text = next((c for c in draft.evidence if c.kind == "text"), None)
    cited = [facts.anchors[name] for name in text.anchors if name in facts.anchors] if text else []
    read = next((anchor for anchor in cited if anchor.kind == "target_read"), None)
    action = next((anchor for anchor in cited if anchor.kind == "action"), None)
    change = _cited(draft, facts, "before_s")
    if read is None or action is None or len(change) != 1:
        raise Mismatch("irrelevant_evidence", "an action, what was read under it, and its change are needed")
    done, name, seen = action.value, read.value, change[0].value
    if not (
        isinstance(done, ActionValue)
        and isinstance(name, TargetReadValue)
        and isinstance(seen, ScreenStateChangeValue)
    ):
        raise Mismatch("irrelevant_evidence", "an action, what was read under it, and its change are needed")
    if not done.index == name.index == seen.index or read.anchor_id not in action.corroborated_by:
        raise Mismatch("irrelevant_evidence", "the label, the action and the change are not of one step")
    if any(
        action.anchor_id not in c.anchors for c in draft.evidence if c.kind == "point" or c.field == "action"
    ):
        raise Mismatch("irrelevant_evidence", "the point is of another action")
    if abs((before.time_s or 0.0) - seen.before_s) > EXACT_S:
        raise Mismatch("wrong_future", "picture X is not the screen before the action")
    if abs((future.time_s or 0.0) - seen.after_s) > EXACT_S:
        raise Mismatch("wrong_future", "the future is not the screen after the action")
    offered = [medium for medium in draft.media[1:-1] if isinstance(medium, Still)]
    for still, anchor in zip(
        offered, _cited(draft, facts, "after_s", [s.label for s in offered]), strict=True
    ):
        if abs((still.time_s or 0.0) - getattr(anchor.value, "after_s", -1.0)) > EXACT_S:
            raise Mismatch("wrong_future", f"picture {still.label} is not the screen after its action")
    _expect(draft, {"text": 1, "fact": 2 + len(offered), "point": 1})
    if draft.template != f"screen_{done.action}":
        raise Mismatch("field_differs", f"asked as {draft.template}, but it was {done.action}")
    place = (
        round((done.x or 0.0) / (facts.source.width or 1), 3),
        round((done.y or 0.0) / (facts.source.height or 1), 3),
    )
    return "screen", Action(verb=done.action, target=name.name, point=place)  # type: ignore[arg-type]


def _tell_stroke(draft: Draft, facts: Facts) -> tuple[str, Action]:
    state, future = _ends(draft, SketchStill, SketchStill)
    drawn, options = draft.media[1], draft.media[2:-1]
    if not isinstance(drawn, SketchClip) or len(drawn.strokes) != 1:
        raise Mismatch("wrong_future", "the clip does not draw one stroke")
    if future.strokes != (*state.strokes, *drawn.strokes):
        raise Mismatch("wrong_future", "the future is not the state with the stroke added")
    added, lacking = _read_options(options)
    if tuple(sorted({*state.strokes, lacking})) != tuple(range(min(added))):
        raise Mismatch("wrong_future", "the drawing was never in this state, a stroke aside")
    by_index = {a.value.index: a for a in facts.anchors.values() if isinstance(a.value, StrokeValue)}
    cited = {c.anchors[:1] for c in draft.evidence if c.kind == "box"}
    told = {c.anchors[:1] for c in draft.evidence if c.kind == "interval" and c.clip == 1}
    if cited != {(by_index[index].anchor_id,) for index in (*added, lacking)}:
        raise Mismatch("irrelevant_evidence", "the evidence is of other strokes than those offered")
    if told != {(by_index[drawn.strokes[0]].anchor_id,)}:
        raise Mismatch("irrelevant_evidence", "the evidence is of another stroke than the clip's")
    _expect(draft, {"interval": 1, "box": 3})
    value = by_index[drawn.strokes[0]].value
    if not isinstance(value, StrokeValue):
        raise Mismatch("irrelevant_evidence", "no stroke")
    return "stroke", Action(verb="draw", path=share_path(facts.source.width, facts.source.height, value))


def _read_options(options: Sequence[Media]) -> tuple[list[int], int]:
    """The two strokes of which each picture adds one, and the earlier one that two of four lack."""
    shown = [set(o.strokes) for o in options if isinstance(o, SketchStill) and not o.marks]
    if len(shown) != 4 or len(options) != 4:
        raise Mismatch("wrong_future", "four pictures of the drawing are offered")
    common = set.intersection(*shown)
    lacking, *added = sorted(set.union(*shown) - common) or [0]
    wanted = [common | {index, *part} for index in added for part in ((), (lacking,))]
    if len(added) != 2 or any(one not in shown for one in wanted):
        raise Mismatch("wrong_future", "the pictures do not add one of two strokes, with and without a part")
    return added, lacking


def _ends(draft: Draft, first: type[Any], last: type[Any]) -> tuple[Any, Any]:
    """The condition and the future: the first medium, and the only one on the output side, the last."""
    sides = [medium.side for medium in draft.media]
    if sides != ["input"] * (len(sides) - 1) + ["output"] or len(sides) < 4:
        raise Mismatch("wrong_future", "one medium is the future, the last")
    if not isinstance(draft.media[0], first) or not isinstance(draft.media[-1], last):
        raise Mismatch("wrong_future", f"{draft.media[0].form} and {draft.media[-1].form}")
    return draft.media[0], draft.media[-1]


def _right(draft: Draft) -> Any:
    return draft.verifier.value


def _options(draft: Draft, facts: Facts) -> list[tuple[Still, Anchor]]:
    """The pictures offered, each with the anchor of its one claim: its very `time`, or the `interval` of the
    source that it lies in."""
    found = []
    claims: dict[Any, list[Claim]] = {}
    for claim in draft.evidence:
        if claim.kind in ("time", "interval") and claim.clip is None:
            claims.setdefault(claim.label, []).append(claim)
    for still in draft.media[1:-1]:
        mine = claims.get(still.label, [])
        if not isinstance(still, Still) or len(mine) != 1:
            raise Mismatch("irrelevant_evidence", f"picture {still.label} has {len(mine)} claims")
        anchor = facts.anchors.get(mine[0].anchors[0])
        named = mine[0].value if mine[0].kind == "time" else still.time_s
        if anchor is None or abs((named or 0.0) - (still.time_s or 0.0)) > EXACT_S:
            raise Mismatch("irrelevant_evidence", f"the claim of picture {still.label} is of another time")
        found.append((still, anchor))
    return found


def _only(draft: Draft, facts: Facts, kind: str) -> Anchor:
    """The one anchor of a kind that intervals and facts cite."""
    names = {c.anchors[:1] for c in draft.evidence if c.kind in ("interval", "fact")}
    if len(names) != 1:
        raise Mismatch("irrelevant_evidence", "the evidence is of more than one movement")
    anchor = facts.anchors.get(next(iter(names))[0])
    if anchor is None or anchor.kind != kind:
        raise Mismatch("irrelevant_evidence", f"the evidence is no {kind}")
    return anchor


def _fact(draft: Draft, field: str) -> Any:
    found = [claim.value for claim in draft.evidence if claim.kind == "fact" and claim.field == field]
    if len(found) != 1:
        raise Mismatch("irrelevant_evidence", f"{len(found)} claims of {field}")
    return found[0]


def _cited(draft: Draft, facts: Facts, field: str, labels: Sequence[str | None] = ("X",)) -> list[Anchor]:
    """The anchors of the claims of a field, for each label one."""
    found = []
    for label in labels:
        mine = [c for c in draft.evidence if c.kind == "fact" and c.field == field and c.label == label]
        anchor = facts.anchors.get(mine[0].anchors[0]) if len(mine) == 1 else None
        if anchor is None or anchor.kind != "screen_state_change":
            raise Mismatch("irrelevant_evidence", f"{len(mine)} changes of the screen for {label}")
        found.append(anchor)
    return found


def _expect(draft: Draft, counts: dict[str, int]) -> None:
    """Whether the evidence holds so many claims of each kind, and no other."""
    real: dict[str, int] = {}
    for claim in draft.evidence:
        real[claim.kind] = real.get(claim.kind, 0) + 1
    if real != {kind: count for kind, count in counts.items() if count}:
        raise Mismatch("irrelevant_evidence", f"{real}, but {counts} belong to it")


_TELLERS = {
    "camera_goes_on": _tell_camera,
    "arm_move_close": _tell_arm,
    "arm_move_open": _tell_arm,
    "screen_click": _tell_screen,
    "screen_double_click": _tell_screen,
    "screen_right_click": _tell_screen,
    "stroke_added": _tell_stroke,
}
