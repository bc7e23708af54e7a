"""The gate of `gui_task`: payload, places, steps and pieces again from claims, anchors and media."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dataclaw_assets.anchor_values import ActionValue, ScreenStateChangeValue
from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.quality.gates.places import find_crop
from dataclaw_assets.records import Anchor, Claim, Draft, Edit, Still
from dataclaw_assets.synthesized_samples.agents.gui_task.changes import frame_step
from dataclaw_assets.synthesized_samples.agents.gui_task.fragments import (
    SAME_S,
    check_fragments,
    find_task,
)
from dataclaw_assets.synthesized_samples.agents.gui_task.next_steps import NEXT, find_picture
from dataclaw_assets.synthesized_samples.agents.gui_task.outcomes import (
    are_distinct,
    index_actions,
    is_fair,
    read_outcome,
)
from dataclaw_assets.synthesized_samples.agents.gui_task.screens import (
    LEGIBLE_PX,
    Box,
    covers,
    fold,
    height_seen,
    lies_at,
    list_agreed,
    read_steps,
    tells,
    text_of,
)
from dataclaw_assets.synthesized_samples.agents.gui_task.targets import (
    EDGE,
    has_others,
    is_inside,
    is_tight,
    list_elsewhere,
    list_pages,
)
from dataclaw_assets.synthesized_samples.agents.gui_task.written import read_written

_POINT = re.compile(r"\(\s*0?\.\d+\s*,\s*0?\.\d+\s*\)")


def check_gui_task(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `field_differs` (a field of the payload is not what the claims say), `answer_given`,
    `wrong_target` (the box, the words and the step are not of one thing), `not_unique`, `too_small`,
    `shown_after_all`, `wrong_still`, `not_told` (the pictures do not tell the answer), `not_complete`."""
    yield from _check_payload(draft, facts)
    template = draft.template
    if template in NEXT.values() or template == "locate_label":
        yield from _check_point(draft, facts)
    elif template == "action_extraction":
        yield from _check_extraction(draft, facts)
    elif template == "screen_change":
        yield from _check_change(draft, facts)
    else:
        yield from check_fragments(draft, facts)


def _claims(draft: Draft, kind: str, field: str | None = None) -> list[Claim]:
    return [claim for claim in draft.evidence if claim.kind == kind and claim.field == field]


def _check_payload(draft: Draft, facts: Facts) -> Iterator[Finding]:
    texts = _claims(draft, "text")
    expected: dict[str, Any] = {
        "form": draft.template,
        "action": next((claim.value for claim in _claims(draft, "fact", "action")), None),
        "label": None,
        "point": None,
        "options": None,
        "ordered_fragment_labels": None,
        "original_task": None,
    }
    if draft.template == "action_extraction":
        expected["options"] = {claim.label: claim.value for claim in texts}
        expected["label"] = expected["options"].get(draft.verifier.value)
    elif draft.template == "fragment_order":
        task = find_task(facts.known.of_kind("instruction"))
        expected["original_task"] = getattr(task.value, "text", None) if task else None
        expected["ordered_fragment_labels"] = list(draft.verifier.value)
    elif draft.template != "screen_change":
        expected["label"] = texts[0].value if texts else None
        expected["point"] = next((list(claim.value) for claim in _claims(draft, "point")), None)
    for name, value in expected.items():
        stated = draft.payload.get(name)
        if (list(stated) if isinstance(stated, tuple) else stated) != value:
            yield Finding(code="field_differs", detail=f"{name} is {stated!r}, the claims give {value!r}")
    point = draft.payload.get("point")
    if point is not None and draft.payload["answer"] != f"({point[0]:.3f}, {point[1]:.3f})":
        yield Finding(code="field_differs", detail=f"point {point}, answer {draft.payload['answer']}")
    if _POINT.search(draft.payload["question"]):
        yield Finding(code="answer_given", detail="the question states a point")


def _still(draft: Draft, label: str) -> Still | None:
    return next((m for m in draft.media if isinstance(m, Still) and m.label == label), None)


def _cited(claim: Claim, facts: Facts) -> Anchor:
    return facts.anchors[claim.anchors[0]]


def _check_point(draft: Draft, facts: Facts) -> Iterator[Finding]:
    still, crop = _still(draft, "X"), find_crop(draft, "X")
    texts, boxes, points = (_claims(draft, kind) for kind in ("text", "box", "point"))
    if still is None or still.time_s is None or crop is None or len(texts) != 1 or len(draft.media) != 1:
        yield Finding(code="wrong_still", detail="a label is asked about on one picture X")
        return
    screen = facts.known.prepare(read_written).screen(still.time_s)
    label, lines = str(texts[0].value), screen.lines
    if not boxes:
        words = _claims(draft, "fact", "lines")
        if not words or not covers(_cited(words[0], facts), still.time_s) or not lines:
            yield Finding(code="wrong_still", detail="what is written on the picture is not known")
        elif screen.saying(label) or not _is_elsewhere(label, _cited(words[0], facts), facts):
            yield Finding(code="shown_after_all", detail=f"“{label}” may be on the screen")
        return
    target = _cited(boxes[0], facts)
    if fold(text_of(target)) != fold(label) or any(_cited(point, facts) != target for point in points):
        yield Finding(code="wrong_target", detail=f"the box is of “{text_of(target)}”, not of “{label}”")
    elif screen.find_line(label) != target:
        yield Finding(code="not_unique", detail=f"“{label}” is written {len(screen.saying(label))} times")
    elif _is_small(facts, target.region, crop):
        yield Finding(code="too_small", detail=f"“{label}” cannot be read in the picture")
    elif not is_inside(target.region or (0.0, 0.0, 0.0, 0.0), facts.source, crop, EDGE):
        yield Finding(code="too_small", detail=f"“{label}” is at the edge of the picture")
    elif not is_tight(target, lines):
        yield Finding(code="wrong_target", detail=f"the box holds more than “{label}”")
    elif not has_others(lines, target, facts.source, crop, facts.settings.consumer_image_px):
        yield Finding(code="not_told", detail=f"hardly anything but “{label}” could be meant")
    if draft.template in NEXT.values():
        if fold(label) in fold(draft.payload["question"]):
            yield Finding(code="answer_given", detail=f"the goal names “{label}”")
        yield from _check_step(draft, facts, texts[0], target, still.time_s)


def _is_elsewhere(label: str, screen: Anchor, facts: Facts) -> bool:
    return screen in list_elsewhere(label, facts.known.prepare(list_pages))


def _check_step(draft: Draft, facts: Facts, text: Claim, target: Anchor, time_s: float) -> Iterator[Finding]:
    """The step is the one whose label the claim quotes, on this line, soon after the picture."""
    done = _claims(draft, "fact", "action")
    action = _cited(done[0], facts) if done else None
    value = action.value if action else None
    if action is None or not isinstance(value, ActionValue) or value.x is None or value.y is None:
        yield Finding(code="wrong_target", detail="no step is cited")
        return
    read = _cited(text, facts)
    seen_s = read.start_s or 0.0
    if NEXT.get(value.action) != draft.template or read.anchor_id not in action.corroborated_by:
        yield Finding(code="wrong_target", detail=f"the step is a {value.action} on something else")
    elif not lies_at(target, (value.x, value.y)):
        yield Finding(code="wrong_target", detail="the step is done elsewhere on the screen")
    elif not covers(target, seen_s) or not _is_picture(facts, action, read, time_s):
        yield Finding(code="wrong_still", detail="the picture is not of the screen on which the step is done")


def _is_picture(facts: Facts, action: Anchor, read: Anchor, time_s: float) -> bool:
    """Whether a picture is the one that a step is to be told from."""
    written, actions = facts.known.prepare(read_written), facts.known.of_kind("action")
    times = [find_picture(written, actions, step) for step in read_steps([action, read])]
    return any(time is not None and abs(time - time_s) <= SAME_S for time in times)


def _changes(claims: list[Claim], facts: Facts) -> list[tuple[Claim, Anchor, ScreenStateChangeValue]]:
    found = [(claim, _cited(claim, facts)) for claim in claims]
    return [(claim, a, a.value) for claim, a in found if isinstance(a.value, ScreenStateChangeValue)]


def _check_times(draft: Draft, claims: list[Claim]) -> Iterator[Finding]:
    for claim in claims:
        still = _still(draft, claim.label or "")
        if still is None or still.time_s is None or abs(still.time_s - claim.value) > SAME_S:
            yield Finding(code="wrong_still", detail=f"{claim.label} is not the picture at {claim.value} s")


def _check_extraction(draft: Draft, facts: Facts) -> Iterator[Finding]:
    times = [*_claims(draft, "fact", "before_s"), *_claims(draft, "fact", "after_s")]
    yield from _check_times(draft, times)
    changes = _changes(times, facts)
    indices = _claims(draft, "fact", "index")
    of_change = [claim for claim in indices if claim.label is None]
    options = {claim.label: claim for claim in _claims(draft, "text")}
    if [claim.label for claim in times] != ["X", "Y"] or len({a.anchor_id for _, a, _ in changes}) != 1:
        yield Finding(code="wrong_still", detail="X and Y are not the pictures before and after one step")
        return
    _, anchor, changed = changes[0]
    if [claim.anchors[0] for claim in of_change] != [anchor.anchor_id] or any(
        claim.anchors != options[claim.label].anchors for claim in indices if claim.label in options
    ):
        yield Finding(code="wrong_target", detail="an option and its step are not of one thing")
        return
    actions = [_cited(claim, facts) for claim in _claims(draft, "fact", "action")]
    right = options[draft.verifier.value]
    if [getattr(a.value, "index", None) for a in actions] != [changed.index] or (
        right.anchors[0] not in actions[0].corroborated_by
    ):
        yield Finding(code="wrong_target", detail="the step between the pictures is another one")
    before, after = facts.known.prepare(read_written).before_and_after(changed)
    box = before.find_box(_cited(right, facts))
    if box is None or len({still.edits for still in _stills(draft)}) != 1:
        yield Finding(code="not_told", detail=f"“{right.value}” is not to be read before the step")
        return
    agreed = facts.prepare(_list_agreed)
    for name, option in options.items():
        other = str(option.value)
        if fold(other) not in agreed:
            yield Finding(code="not_told", detail=f"nothing but one reading says “{other}”")
        if name != draft.verifier.value and not tells(before, after, anchor, str(right.value), box, other):
            yield Finding(code="not_told", detail=f"“{other}” could have been clicked as well")
    crop, offered = find_crop(draft, "X"), {fold(one.value) for one in options.values()}
    exact = [place for said, place in before.stood if said in offered]
    if crop is None or any(_is_small(facts, place, crop) for place in (box, *exact)):
        yield Finding(code="too_small", detail="an option cannot be read in the pictures")


def _list_agreed(facts: Facts) -> set[str]:
    return list_agreed(read_steps(tuple(facts.anchors.values())))


def _is_small(facts: Facts, box: Box | None, crop: Box) -> bool:
    """Whether what stands in a box is not in a picture of the crop, or too small to be read in it."""
    if box is None:
        return True
    seen_px = height_seen(facts.source, box, crop, facts.settings.consumer_image_px)
    return not is_inside(box, facts.source, crop) or seen_px < LEGIBLE_PX - 1e-6


def _stills(draft: Draft) -> list[Still]:
    return [medium for medium in draft.media if isinstance(medium, Still)]


def _check_change(draft: Draft, facts: Facts) -> Iterator[Finding]:
    before, after = _claims(draft, "fact", "before_s"), _claims(draft, "fact", "after_s")
    yield from _check_times(draft, [*before, *after])
    named = {claim.label for claim in after}
    shown = {still.label for still in _stills(draft)}
    if [claim.label for claim in before] != ["X"] or shown != named | {"X"}:
        yield Finding(code="wrong_still", detail="not every picture is one before or after a step")
        return
    changes = _changes(after, facts)
    acts, places = _claims(draft, "fact", "action"), _claims(draft, "point")
    done = [_cited(claim, facts) for claim in (*acts, *places)]
    index = getattr(_cited(before[0], facts).value, "index", None)
    if (
        len(acts) != 1
        or len(places) != 1
        or done[0] != done[1]
        or getattr(done[0].value, "index", None) != index
    ):
        yield Finding(code="wrong_target", detail="the click framed is another one than that after X")
        return
    reads = [facts.anchors[name] for name in done[0].corroborated_by if name in facts.anchors]
    step = next(iter(read_steps([done[0], *reads, _cited(before[0], facts)])), None)
    written, acted = facts.known.prepare(read_written), index_actions(facts.known.of_kind("action"))
    outcomes = {
        claim.label: read_outcome(written, change, acted.get(value.index)) for claim, change, value in changes
    }
    right = outcomes.pop(draft.verifier.value, None)
    wrong = [outcome for outcome in outcomes.values() if outcome is not None]
    if right is None or len(wrong) != len(outcomes):
        yield Finding(code="not_told", detail="what is written on a picture is not known")
        return
    still = _still(draft, "X")
    frame = frame_step(facts.source, right.before, step) if step else None
    framed = still is not None and frame is not None and still.edits == (Edit(op="outline", region=frame),)
    if not framed or [claim.label for claim in _claims(draft, "edited")] != ["X"]:
        yield Finding(code="wrong_target", detail="X has no frame round the click, or another")
    if not are_distinct([right, *wrong]):
        yield Finding(code="not_told", detail="two of the pictures show the same screen")
    elif not is_fair(right, wrong):
        yield Finding(code="not_told", detail="the pictures are not of one window, or likeness tells them")
