"""Gate `recovery`: a fault lies in measured motion, and every field is what the media's recipe makes it."""

from __future__ import annotations

from collections.abc import Iterator

from dataclaw_assets.quality.clock import clip_duration, made_intervals
from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.records import Anchor, Clip, Draft, Piece, Still
from dataclaw_assets.synthesized_samples.agents.robot_recovery.drafts import RECOVERY, TASK
from dataclaw_assets.synthesized_samples.agents.robot_recovery.faults import (
    describe_frames,
    find_made,
    is_seen,
    read_fault,
)
from dataclaw_assets.synthesized_samples.agents.robot_recovery.forms import (
    APART_S,
    LEAD_S,
    MIN_PICTURES,
    PART_OF_WAY,
)
from dataclaw_assets.synthesized_samples.agents.robot_understanding.options import miss_options
from dataclaw_assets.synthesized_samples.agents.robot_understanding.phases import (
    count_shown,
    find_grip,
    name_phase,
)

SLACK_S = 0.05

MEANINGS = {
    "name_fault": ("hesitation", "early_stagnation", "setback"),
    "count_grasps": ("once", "twice"),
}
"""What the options of a template must say between them."""

FAULTS = {
    "find_hesitation": {"none", "hesitation"},
    "name_fault": set(MEANINGS["name_fault"]),
    "count_grasps": {"setback", "unstable_grasp"},
    "recover": {"early_stagnation"},
}


def check_recovery(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `strange_recipe` (it makes no such fault), `field_differs`, `irrelevant_evidence`,
    `not_in_motion` (the fault does not lie in the movement cited, or is not seen), `other_grasp`,
    `wrong_future`, `first_pose` (a picture shows it)."""
    clip = draft.media[0]
    if not isinstance(clip, Clip):
        yield Finding(code="strange_recipe", detail=f"a {clip.form} stands first")
        return
    cited = _find_cited(draft, facts, clip)
    if cited is None:
        yield Finding(
            code="irrelevant_evidence", detail="a change and the one phase that it lies in are needed"
        )
        return
    try:
        fault = read_fault(clip, count_shown(clip, [cited], "gripper_closing") > 1)
    except ValueError as error:
        yield Finding(code="strange_recipe", detail=str(error))
        return
    if fault not in FAULTS[draft.template]:
        yield Finding(code="strange_recipe", detail=f"{fault} in {draft.template}")
    made = made_intervals(clip)
    if made and not is_seen(made[-1], clip_duration(clip), facts.settings):
        yield Finding(code="not_in_motion", detail="nobody sees the fault, or the arm going on")
    yield from _check_fields(draft, facts, clip, fault)
    if draft.template == "count_grasps":
        yield from _check_grasp(clip, fault, cited, facts)
    else:
        yield from _check_motion(clip, cited)
    yield from _check_future(draft, clip)
    if draft.template == "recover":
        yield from _check_grip(draft, facts, clip)


def _check_fields(draft: Draft, facts: Facts, clip: Clip, fault: str) -> Iterator[Finding]:
    right = describe_frames(draft.media, facts.source, facts.settings) | {"fault": fault}
    right["recovery"] = RECOVERY if right["output_video"] else None
    for name, value in right.items():
        if draft.payload.get(name) != value:
            yield Finding(code="field_differs", detail=f"{name} is {draft.payload.get(name)}, not {value}")
    missed = miss_options(TASK, draft.payload.get("options"), MEANINGS.get(draft.template, ()))
    if missed:
        yield Finding(code="field_differs", detail=f"options: {missed}")


def _find_cited(draft: Draft, facts: Facts, clip: Clip) -> Anchor | None:
    """The phase that the draft rests on: one claim of the change and one of the phase, no other, but for when
    a clip that was left as it is shows it."""
    made = [claim for claim in draft.evidence if claim.kind == "made"]
    named = [claim for claim in draft.evidence if claim.kind == "fact" and claim.field == "phase"]
    rest = [claim for claim in draft.evidence if claim not in made and claim not in named]
    if len(made) != 1 or len(named) != 1 or made[0].value != find_made(clip) or len(named[0].anchors) != 1:
        return None
    if any(claim.kind != "interval" or claim.anchors != named[0].anchors for claim in rest):
        return None
    wanted = "gripper_closing" if draft.template == "count_grasps" else "moving"
    anchor = facts.anchors.get(named[0].anchors[0])
    return anchor if anchor is not None and name_phase(anchor) == wanted else None


def _check_motion(clip: Clip, movement: Anchor) -> Iterator[Finding]:
    """Every piece lies in the movement, and enough of it is seen before the fault."""
    first, last = (movement.start_s or 0.0) - SLACK_S, (movement.end_s or 0.0) + SLACK_S
    for piece in clip.pieces:
        end = piece.start_s if piece.op == "freeze" else piece.end_s
        if piece.start_s < first or end > last:
            yield Finding(
                code="not_in_motion", detail=f"{piece.op} {piece.start_s}–{end} s, moving {first}–{last}"
            )
    if len(clip.pieces) > 1 and any(piece.length_s < LEAD_S - 1e-3 for piece in clip.pieces):
        yield Finding(code="not_in_motion", detail="too little of the movement is seen beside the fault")
    shares = [p.length_s / clip.pieces[0].length_s for p in clip.pieces[1:] if p.op == "reverse"]
    if any(not least - 0.01 <= share <= most + 0.01 for share in shares for least, most in [PART_OF_WAY]):
        yield Finding(code="not_in_motion", detail=f"it goes back {shares[0]:.0%} of its way, not a part")


def _check_grasp(clip: Clip, fault: str, closing: Anchor, facts: Facts) -> Iterator[Finding]:
    """The closing that is cited is taken back wholly or not at all, and no other is shown."""
    wanted = 2 if fault == "unstable_grasp" else 1
    count = count_shown(clip, facts.anchors.values(), "gripper_closing")
    if count != wanted or count_shown(clip, [closing], "gripper_closing") != wanted:
        yield Finding(code="other_grasp", detail=f"the clip shows {count} closings, not {wanted}")
    for piece in clip.pieces:
        first, last = closing.start_s or 0.0, closing.end_s or 0.0
        whole = piece.start_s < first and last < piece.end_s
        if piece.op == "reverse" and not whole and piece.start_s < last:
            yield Finding(code="other_grasp", detail="a part of the closing is played back")


def _check_grip(draft: Draft, facts: Facts, clip: Clip) -> Iterator[Finding]:
    """Every picture offered is of the gripper as it is in the clip, and none of the clip's first pose: else
    that would rule one out."""
    low, high = find_grip(facts.anchors.values(), clip.pieces[-1].start_s, facts.source)
    shown = clip.pieces[0].end_s if clip.pieces[0].op == "reverse" else clip.pieces[0].start_s
    times = [m.time_s for m in draft.media if isinstance(m, Still) and m.side == "input"]
    if len(times) < MIN_PICTURES or any(time is None or not low <= time <= high for time in times):
        yield Finding(code="other_grasp", detail=f"pictures at {times} s, one grip from {low} to {high} s")
    elif any(abs((time or 0.0) - shown) < APART_S - SLACK_S for time in times):
        yield Finding(code="first_pose", detail=f"pictures at {times} s, the clip begins at {shown} s")


def _check_future(draft: Draft, clip: Clip) -> Iterator[Finding]:
    """The recovery clip and the recalled picture begin where the arm got stuck."""
    stuck: Piece = clip.pieces[-1]
    for medium in draft.media[1:]:
        if medium.side != "output":
            continue
        start = medium.pieces[0].start_s if isinstance(medium, Clip) else getattr(medium, "time_s", None)
        plain = not isinstance(medium, Clip) or (len(medium.pieces) == 1 and not medium.pieces[0].changed)
        if (
            draft.template != "recover"
            or start != stuck.start_s
            or not plain
            or medium.source_id != draft.source_id
        ):
            yield Finding(
                code="wrong_future", detail=f"{medium.form} from {start} s, stuck at {stuck.start_s} s"
            )
