"""Lies: what a draft becomes when one thing in it is made untrue, all that hangs on it told alike."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dataclaw_assets.quality.gates.recipes import TOLERANCE_S
from dataclaw_assets.records import Anchor, Claim, Draft
from dataclaw_assets.synthesized_samples.context import SourceContext

Corruption = Callable[[Draft, SourceContext, random.Random], Draft | None]
"""The untrue draft, or None for one in which this lie cannot be told."""

OPPOSITES = (
    ("left", "right"),
    ("up", "down"),
    ("upwards", "downwards"),
    ("towards", "away"),
    ("in", "out"),
    ("clockwise", "counter-clockwise"),
    ("brighter", "darker"),
    ("open", "close"),
    ("opening", "closing"),
    ("faster", "slower"),
)
LIES = (
    "Just before that, somebody closes the window.",
    "The red one was there from the beginning.",
    "This happens exactly twice.",
    "然后那个人离开了房间。",
)


def shift_time(draft: Draft, context: SourceContext, chance: random.Random) -> Draft | None:
    """A claimed time is off by twice the gate's tolerance, and the answer with it."""
    timed = [
        place
        for place, claim in enumerate(draft.evidence)
        if claim.kind in {"interval", "time", "duration", "made"} and claim.value is not None
    ]
    if not timed:
        return None
    place = chance.choice(timed)
    claim = draft.evidence[place]
    off = chance.choice((-1, 1)) * (2 * TOLERANCE_S + 0.01)
    old = claim.value
    new = [round(edge + off, 3) for edge in old] if isinstance(old, list | tuple) else round(old + off, 3)
    told = _replace_claim(draft, place, claim.model_copy(update={"value": new}))
    return _restate(told, old, new)


def swap_steps(draft: Draft, context: SourceContext, chance: random.Random) -> Draft | None:
    """Two steps of an order change places."""
    order = draft.verifier.value
    if draft.verifier.kind != "permutation" or len(order) < 2:
        return None
    first, second = chance.sample(range(len(order)), 2)
    swapped = list(order)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    table = {order[first]: order[second], order[second]: order[first]}
    answer = str(draft.payload["answer"])
    if "Step 1:" in answer:
        answer = "\n".join(_rename_picture(line, table) for line in answer.splitlines())
    else:
        answer = ", ".join(swapped)
    return _state(draft, swapped, answer)


def quote_another(draft: Draft, context: SourceContext, chance: random.Random) -> Draft | None:
    """A quotation is that of another anchor of the source, wherever the draft has it."""
    quoted = [place for place, claim in enumerate(draft.evidence) if claim.kind == "text"]
    if not quoted:
        return None
    place = chance.choice(quoted)
    claim = draft.evidence[place]
    others = sorted(
        {
            text
            for anchor in context.anchors
            for field in ("text", "name")
            if isinstance(text := getattr(anchor.value, field, None), str) and text != claim.value
        }
    )
    if not others:
        return None
    other = chance.choice(others)
    return _replace_text(
        _replace_claim(draft, place, claim.model_copy(update={"value": other})), claim.value, other
    )


def move_place(draft: Draft, context: SourceContext, chance: random.Random) -> Draft | None:
    """A point or a box lies beside its target by the target's own size."""
    placed = [place for place, claim in enumerate(draft.evidence) if claim.kind in {"box", "point"}]
    if not placed:
        return None
    place = chance.choice(placed)
    claim = draft.evidence[place]
    box = next((c.value for c in draft.evidence if c.kind == "box"), None)
    wide, high = (box[2] - box[0], box[3] - box[1]) if box else (0.05, 0.05)
    side = chance.choice((-1, 1))
    shift = (side * max(wide, 0.012), 0.0) if chance.random() < 0.5 else (0.0, side * max(high, 0.012))
    new = [round(edge + shift[number % 2], 3) for number, edge in enumerate(claim.value)]
    return _restate(_replace_claim(draft, place, claim.model_copy(update={"value": new})), claim.value, new)


def flip_direction(draft: Draft, context: SourceContext, chance: random.Random) -> Draft | None:
    """A claimed direction is its opposite."""
    table = {a: b for pair in OPPOSITES for a, b in (pair, pair[::-1])}
    facts = [
        place
        for place, claim in enumerate(draft.evidence)
        if claim.kind == "fact" and isinstance(claim.value, str) and claim.value in table
    ]
    if not facts:
        return None
    place = chance.choice(facts)
    claim = draft.evidence[place]
    new = table[claim.value]
    return _replace_text(
        _replace_claim(draft, place, claim.model_copy(update={"value": new})), claim.value, new
    )


def miscount(draft: Draft, context: SourceContext, chance: random.Random) -> Draft | None:
    """A count is one more or one less."""
    counted = [
        place
        for place, claim in enumerate(draft.evidence)
        if claim.kind in {"shapes", "fact"} and type(claim.value) is int
    ]
    if not counted:
        return None
    place = chance.choice(counted)
    claim = draft.evidence[place]
    new = claim.value + chance.choice((-1, 1))
    return _restate(_replace_claim(draft, place, claim.model_copy(update={"value": new})), claim.value, new)


def answer_distractor(draft: Draft, context: SourceContext, chance: random.Random) -> Draft | None:
    """The answer is one of the wrong options."""
    if draft.verifier.kind != "choice":
        return None
    options = list(draft.payload.get("options") or {})
    named = [str(medium.label) for medium in draft.media if medium.label is not None]
    named += [letter for medium in draft.media for _, letter in getattr(medium, "marks", ()) if letter]
    wrong = sorted({letter for letter in (options or named) if letter in "ABCDEF"} - {draft.verifier.value})
    if not wrong:
        return None
    letter = chance.choice(wrong)
    return _state(draft, letter, letter)


def cite_irrelevant(draft: Draft, context: SourceContext, chance: random.Random) -> Draft | None:
    """A claim cites a real anchor of its source that is about something else."""
    cited = [place for place, claim in enumerate(draft.evidence) if claim.anchors]
    if not cited:
        return None
    place = chance.choice(cited)
    claim = draft.evidence[place]
    own = next((a for a in context.anchors if a.anchor_id == claim.anchors[0]), None)
    others = [anchor for anchor in context.anchors if own is not None and _is_other(anchor, own)]
    if not others:
        return None
    other = chance.choice(others)
    return _replace_claim(
        draft, place, claim.model_copy(update={"anchors": (other.anchor_id, *claim.anchors[1:])})
    )


def cite_elsewhere(draft: Draft, context: SourceContext, chance: random.Random) -> Draft | None:
    """A claim cites an anchor of another source."""
    cited = [place for place, claim in enumerate(draft.evidence) if claim.anchors]
    foreign = [anchor for sibling in context.siblings[:5] for anchor in sibling.anchors]
    if not cited or not foreign:
        return None
    place = chance.choice(cited)
    claim = draft.evidence[place]
    other = chance.choice(foreign)
    return _replace_claim(
        draft, place, claim.model_copy(update={"anchors": (other.anchor_id, *claim.anchors[1:])})
    )


def add_sentence(draft: Draft, context: SourceContext, chance: random.Random) -> Draft | None:
    """All fields are true, and one sentence beside them is not."""
    field = chance.choice(("question", "answer", "cot"))
    payload = dict(draft.payload)
    if field == "cot":
        payload["cot"] = [*(payload.get("cot") or ()), chance.choice(LIES)]
    elif field == "question":
        head, gap, tail = str(payload["question"]).partition("\n\n")
        payload["question"] = f"{head} {chance.choice(LIES)}{gap}{tail}"
    else:
        payload["answer"] = f"{payload['answer']} {chance.choice(LIES)}"
    return draft.model_copy(update={"payload": payload})


CORRUPTIONS: Mapping[str, Corruption] = {
    "time off by 2τ": shift_time,
    "two steps swapped": swap_steps,
    "text of another anchor": quote_another,
    "place off by its size": move_place,
    "direction flipped": flip_direction,
    "count ± 1": miscount,
    "a distractor as answer": answer_distractor,
    "irrelevant evidence": cite_irrelevant,
    "evidence of another source": cite_elsewhere,
    "a lying sentence": add_sentence,
}


def _is_other(anchor: Anchor, own: Anchor) -> bool:
    """Whether an anchor says nothing that the one cited says: of another stretch and other words."""
    if anchor.anchor_id == own.anchor_id or anchor.value == own.value:
        return False
    texts = [{getattr(a.value, name, None) for name in ("text", "name")} - {None} for a in (anchor, own)]
    if texts[0] & texts[1]:
        return False
    if anchor.start_s is None or own.start_s is None:
        return anchor.kind != own.kind or anchor.region != own.region
    return abs(anchor.start_s - own.start_s) > 1.0 or abs((anchor.end_s or 0) - (own.end_s or 0)) > 1.0


def _replace_claim(draft: Draft, place: int, claim: Claim) -> Draft:
    evidence = list(draft.evidence)
    evidence[place] = claim
    return draft.model_copy(update={"evidence": tuple(evidence)})


def _state(draft: Draft, value: Any, answer: str) -> Draft:
    return draft.model_copy(
        update={
            "payload": draft.payload | {"answer": answer},
            "verifier": draft.verifier.model_copy(update={"value": value}),
        }
    )


def _restate(draft: Draft, old: Any, new: Any) -> Draft:
    """The draft with the new value as its answer too, where the old one was."""
    if draft.verifier.value != old:
        return draft
    numbers = list(new) if isinstance(new, list | tuple) else [new]
    if draft.verifier.kind == "interval":
        return _state(draft, [round(n, 1) for n in numbers], "-".join(f"{max(0.0, n):.1f}" for n in numbers))
    if draft.verifier.kind == "number":
        return _state(draft, new, f"{new:.1f}" if isinstance(new, float) else str(new))
    if draft.verifier.kind == "box":
        return _state(draft, numbers, "[" + ", ".join(f"{n:.3f}" for n in numbers) + "]")
    if draft.verifier.kind == "point":
        middle = ((numbers[0] + numbers[2]) / 2, (numbers[1] + numbers[3]) / 2)
        return _state(draft, numbers, f"({middle[0]:.3f}, {middle[1]:.3f})")
    return draft


def _replace_text(draft: Draft, old: str, new: str) -> Draft:
    """The draft with one text for another wherever it stands in the payload and the verifier."""

    def put(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace(old, new)
        if isinstance(value, dict):
            return {key: put(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [put(item) for item in value]
        return value

    verifier = draft.verifier.model_copy(update={"value": put(draft.verifier.value)})
    return draft.model_copy(update={"payload": put(draft.payload), "verifier": verifier})


def _rename_picture(line: str, table: Mapping[str, str]) -> str:
    head, gap, rest = line.partition("picture ")
    return head + gap + table.get(rest[:1], rest[:1]) + rest[1:] if gap else line


def list_applicable(draft: Draft, context: SourceContext, seed: int) -> Sequence[tuple[str, Draft]]:
    """Every lie that can be told of a draft, by kind."""
    told = []
    for kind, corrupt in CORRUPTIONS.items():
        lie = corrupt(draft, context, random.Random(f"{seed} {kind} {draft.source_id}"))
        if lie is not None and lie != draft:
            told.append((kind, lie))
    return told
