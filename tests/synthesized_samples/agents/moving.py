"""Material for the tests of `world_model`, `generation` and `planning`, and what the gates say of a draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dataclaw_assets.anchor_values import (
    ActionValue,
    CutValue,
    LabelValue,
    MotionValue,
    MoverValue,
    PhaseValue,
    ScreenStateChangeValue,
    ShotValue,
    StillValue,
    TargetReadValue,
    TextValue,
)
from dataclaw_assets.quality.audit import audit_draft
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.quality.gates.phrasing import phrased_by
from dataclaw_assets.records import Anchor, Draft, Source
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.phrasing import load_phrasings
from resources.settings import Settings
from tests.builders import make_anchor, make_drawing, make_source
from tests.synthesized_samples.agents.proposing import label_facts

Change = Callable[[Draft], Draft]


def make_travel(source: Source, moves: tuple[tuple[str, str], ...]) -> list[Anchor]:
    """Shots of five seconds, in each of which the camera does one thing, with a still of its own."""
    anchors = []
    for index, (camera, direction) in enumerate(moves):
        start, end = index * 5.0, (index + 1) * 5.0
        still = StillValue(time_s=start + 2.63, frame=1, sharpness=9.0, outside_distance=0.3)
        shot = ShotValue(index=index, edge_contrast=0.6, inner_contrast=0.05)
        motion: Any = MotionValue(camera=camera, direction=direction, level=0.1, floor=0.05)  # type: ignore[arg-type]
        anchors += [
            make_anchor(source, still, "still_unique", start, end),
            make_anchor(source, shot, "shot", start, end),
            make_anchor(source, CutValue(contrast=0.6), "cut", end, end),
            make_anchor(source, motion, "motion", start, end),
        ]
    return anchors


def make_reach(source: Source) -> list[Anchor]:
    """An arm that goes from rest to rest, closes its gripper at the third and opens it at the fifth."""
    anchors: list[Anchor] = []
    at = 0.0
    for index, move_s in enumerate((1.0, 1.5, 1.5, 1.4, 1.2)):
        stop, rest_end = at + move_s, at + move_s + 1.2
        for phase, start, end in (("moving", at, stop), ("stopped", stop, rest_end)):
            value = PhaseValue(phase=phase, index=len(anchors), amount=0.1)  # type: ignore[arg-type]
            anchors.append(make_anchor(source, value, "phase", round(start, 3), round(end, 3)))
        if index in (2, 4):
            grip = "gripper_closing" if index == 2 else "gripper_opening"
            value = PhaseValue(phase=grip, index=len(anchors), amount=0.1)  # type: ignore[arg-type]
            anchors.append(make_anchor(source, value, "phase", round(stop - 0.05, 3), round(stop + 0.3, 3)))
        time_s = round(stop + 0.63, 3)
        time_s += 0.05 if abs(time_s * 2 - round(time_s * 2)) < 0.02 else 0.0
        still = StillValue(time_s=time_s, frame=1, sharpness=9.0, outside_distance=0.3)
        anchors.append(make_anchor(source, still, "still_unique", round(stop - 0.1, 3), rest_end))
        at = rest_end
    return anchors


NAMES = ("Open accounts", "Close ledger", "Print invoice", "Send parcel", "Count stock")
PAGES = (
    "apples pears",
    "lamps candles",
    "ships harbours",
    "kettles teapots",
    "clouds winds",
    "roads bridges",
)


def make_office(source: Source) -> list[Anchor]:
    """A session in which each of five buttons, read under the pointer, leads to another view of one page."""
    frame = TextValue(text="goods ledger orders invoices parcels", confidence=0.99, seen=2)
    anchors = [make_anchor(source, frame, "text", 0.0, 30.0, region=(400.0, 0.0, 600.0, 20.0))]
    for index, page in enumerate(PAGES):
        start, end = index * 5.0, (index + 1) * 5.0
        lines = [*page.split(), *NAMES[index : index + 1]]
        for row, line in enumerate(lines):
            region = (100.0, 40.0 * row, 300.0, 40.0 * row + 20.0)
            text = TextValue(text=line, confidence=0.99, seen=2)
            anchors.append(make_anchor(source, text, "text", start, end, region=region))
        if index == len(NAMES):
            break
        name, done = NAMES[index], end - 0.3
        read = TargetReadValue(index=index, name=name, agrees=True, suspect=())
        target = make_anchor(source, read, "target_read", done, done, region=(100.0, 80.0, 300.0, 100.0))
        action = ActionValue(index=index, action="click", x=200.0, y=90.0, target=name, role="button")
        agreed: Any = {"basis": "recorded", "corroborated_by": (target.anchor_id,)}
        seen = ScreenStateChangeValue(
            index=index, kind="large", share=0.4, smaller=0, before_s=done - 0.1, after_s=done + 4.0
        )
        anchors += [
            target,
            make_anchor(source, action, "action", done, done + 0.1, **agreed),
            make_anchor(source, seen, "screen_state_change", done - 0.1, done + 4.0),
        ]
    return anchors


def make_sketch(source: Source) -> list[Anchor]:
    """A named drawing whose first two strokes are the longest."""
    shares = (0.3, 0.3, 0.1, 0.1, 0.1, 0.1)
    strokes = [
        stroke.model_copy(update={"value": stroke.value.model_copy(update={"length_share": share})})
        for stroke, share in zip(make_drawing(source), shares, strict=True)
    ]
    return [*strokes, make_anchor(source, LabelValue(text="fence"), "label", None, None)]


def make_ride(source: Source) -> list[Anchor]:
    """One shot: straight ahead for four seconds, a turn to the left for four, and ahead again."""
    ways = ((0.0, 4.0, "zoom", "in"), (4.0, 8.0, "pan", "left"), (8.0, 12.0, "zoom", "in"))
    return [
        make_anchor(
            source,
            MotionValue(camera=camera, direction=direction, level=0.1, floor=0.05),  # type: ignore[arg-type]
            "motion",
            start,
            end,
        )
        for start, end, camera, direction in ways
    ]


def make_desk(source: Source) -> list[Anchor]:
    """One shot before a camera that stands; a thing goes left, then right, then comes nearer."""
    still: Any = MotionValue(camera="static", direction="none", level=0.1, floor=0.03)
    anchors = [make_anchor(source, still, "motion", 0.0, 12.0)]
    for start, direction in ((1.0, "left"), (5.0, "right"), (9.0, "towards")):
        value: Any = MoverValue(direction=direction, share=0.9, speed=0.3, confidence="high")  # type: ignore[arg-type]
        anchors.append(make_anchor(source, value, "dominant_mover", start, start + 1.4))
    return anchors


TRAVEL = make_source(duration_s=30.0, name="travel.mp4")
ARM = make_source("robot_demo", 12.6, "arm.mp4")
OFFICE = make_source("gui_trace", 30.0, "office.mp4").model_copy(update={"format": "playwright"})
SKETCH = make_source("drawing", name="harbour.ndjson").model_copy(update={"width": 512, "height": 512})
DESK = make_source(duration_s=12.0, name="desk.mp4")
RIDE = make_source(duration_s=12.0, name="ride.mp4")
WAYS = (
    ("pan", "left"),
    ("static", "none"),
    ("zoom", "in"),
    ("tilt", "up"),
    ("mixed", "none"),
    ("pan", "right"),
)
MATERIAL: dict[str, tuple[Source, list[Anchor]]] = {
    "travel": (TRAVEL, make_travel(TRAVEL, WAYS)),
    "arm": (ARM, make_reach(ARM)),
    "office": (OFFICE, make_office(OFFICE)),
    "sketch": (SKETCH, make_sketch(SKETCH)),
    "desk": (DESK, make_desk(DESK)),
    "ride": (RIDE, make_ride(RIDE)),
}


def context_of(material: str, anchors: list[Anchor] | None = None) -> SourceContext:
    source, own = MATERIAL[material]
    return SourceContext(source, tuple(own if anchors is None else anchors), Settings())


def compose(agent: Any, material: str) -> list[Draft]:
    return list(agent.compose(context_of(material)))


def propose(agent: Any, material: str, *items: Any) -> list[Draft | Refusal]:
    proposal = agent.proposal.model_validate({"items": items})
    return list(agent.draft(proposal, context_of(material), label_facts(MATERIAL[material][1])))


def verdict(agent: Any, material: str, draft: Draft, worded: bool = False) -> str | None:
    """The first gate's code that refuses a draft; None when all pass. Without a model's words the phrasings
    are asked as well."""
    source, anchors = MATERIAL[material]
    by_id = {anchor.anchor_id: anchor for anchor in anchors}
    facts = Facts(source, by_id, agent.schema, agent.derive, Settings())
    phrasing = ("phrasing", phrased_by(load_phrasings(agent.spec.task_type)))
    gates = agent.gates if worded else (*agent.gates, phrasing)
    return next((r.code for r in audit_draft(draft, facts, gates) if not r.passed), None)


def label(material: str, kind: str, number: int) -> str:
    """The label of the n-th fact of a kind."""
    found = [name for name, a in label_facts(MATERIAL[material][1]).items() if a.kind == kind]
    return found[number]


def put_field(**fields: Any) -> Change:
    """The payload with other fields."""
    return lambda draft: draft.model_copy(update={"payload": draft.payload | fields})


def put_claim(place: int, **fields: Any) -> Change:
    """One claim with other fields."""

    def change(draft: Draft) -> Draft:
        evidence = list(draft.evidence)
        evidence[place] = evidence[place].model_copy(update=fields)
        return draft.model_copy(update={"evidence": tuple(evidence)})

    return change


def put_medium(place: int, **fields: Any) -> Change:
    """One medium with other fields."""

    def change(draft: Draft) -> Draft:
        media = list(draft.media)
        media[place] = media[place].model_copy(update=fields)
        return draft.model_copy(update={"media": tuple(media)})

    return change


def answer(letter: str) -> Change:
    """Another answer, in text and verifier."""
    return lambda draft: draft.model_copy(
        update={
            "payload": draft.payload | {"answer": letter},
            "verifier": draft.verifier.model_copy(update={"value": letter}),
        }
    )


def answer_wrongly(draft: Draft) -> Draft:
    """Another of the letters that its media carry, or its options have."""
    letters = [str(m.label) for m in draft.media if m.label and m.label not in "XY"]
    letters = letters or list(draft.payload["options"])
    return answer(next(letter for letter in sorted(letters) if letter != draft.verifier.value))(draft)
