"""The agent `editing`: real changes and exact recipes, each with its lies refused."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import pytest

from dataclaw_assets.anchor_values import PictureValue, StateValue
from dataclaw_assets.quality.audit import audit_draft
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.records import Anchor, Draft, Edit, SketchStill, Source, Still
from dataclaw_assets.synthesized_samples.agents.editing.agent import (
    EditingAgent,
    describe_change,
)
from dataclaw_assets.synthesized_samples.agents.editing.forms import (
    FAMILIES,
    PARTS,
    SIDES,
    TURNS,
    describe_edit,
    list_near,
    make_edit,
)
from dataclaw_assets.synthesized_samples.context import SourceContext
from resources.settings import Settings
from tests.builders import make_anchor, make_drawing, make_source

AGENT = EditingAgent()
IMAGE = make_source("image", name="hills.jpg").model_copy(update={"stream": None})
PICTURE = PictureValue(width=640, height=360, dhash="0" * 16, sharpness=9.0, palette=("#2a4663",))
DRAWING = make_source("drawing", name="sketch.ndjson")
SCREEN = make_source("gui_trace", 20.0, "session.mp4")


def make_states(*changes: tuple[tuple[str, ...], tuple[str, ...]]) -> list[Anchor]:
    """A change every four seconds."""
    return [
        make_anchor(SCREEN, StateValue(change=number, lines=lines), kind, start, start + 2.0)
        for number, (before, after) in enumerate(changes)
        for kind, lines, start in (
            ("state_before", before, 4.0 * number),
            ("state_after", after, 4.0 * number + 2),
        )
    ]


STATES = make_states(
    (("Night light", "Off", "Sound"), ("Night light", "On", "Sound")),
    (("Dark theme", "Off", "Sound"), ("Dark theme", "On", "Sound")),
    (("Wi-Fi", "Home", "Sound"), ("Wi-Fi", "Office", "Sound")),
    (("Mail", "Inbox"), ("Mail", "Outbox", "Sent")),
)
Stroke = tuple[float, tuple[float, float, float, float]]


def draw(strokes: Sequence[Stroke]) -> list[Anchor]:
    """Strokes of given shares of the ink, in boxes given in ninths of the sheet's side."""
    return [
        make_anchor(
            DRAWING,
            anchor.value.model_copy(update={"length_share": share}),
            "stroke",
            None,
            None,
            region=tuple(512 / 9 * edge for edge in box),
        )
        for anchor, (share, box) in zip(make_drawing(DRAWING, len(strokes)), strokes, strict=True)
    ]


OUTLINE: Stroke = (0.4, (0.5, 0.5, 8.5, 8.5))
STROKES: list[Stroke] = [
    OUTLINE,
    (0.1, (0.5, 1.0, 2.0, 2.5)),
    (0.1, (0.0, 6.0, 2.0, 9.0)),
    (0.1, (3.5, 6.0, 5.5, 9.0)),
    (0.15, (4.0, 0.0, 5.0, 4.6)),
]
MATERIAL: dict[str, tuple[Source, list[Anchor]]] = {
    "image": (IMAGE, [make_anchor(IMAGE, PICTURE, "picture", None, None)]),
    "drawing": (DRAWING, draw(STROKES)),
    "screen": (SCREEN, STATES),
}


def compose(material: str) -> list[Draft]:
    source, anchors = MATERIAL[material]
    return list(AGENT.compose(SourceContext(source, tuple(anchors), Settings())))


def find_code(draft: Draft, material: str) -> str | None:
    source, anchors = MATERIAL[material]
    facts = Facts(source, {a.anchor_id: a for a in anchors}, AGENT.schema, AGENT.derive, Settings())
    results = audit_draft(draft, facts, AGENT.gates)
    return next((result.code for result in results if not result.passed), None)


@pytest.mark.parametrize(
    ("material", "templates"),
    [
        ("image", {"edit_result", "edit_instruction"}),
        ("screen", {"screen_edit"}),
        ("drawing", {"stroke_edit"}),
    ],
)
def test_composes_what_the_footage_bears_and_all_of_it_passes(material: str, templates: set[str]) -> None:
    drafts = compose(material)
    assert {draft.template for draft in drafts} == templates
    assert [find_code(draft, material) for draft in drafts] == [None] * len(drafts)


def test_a_change_of_several_lines_has_no_words() -> None:
    assert describe_change(STATES[6], STATES[7]) is None
    assert describe_change(STATES[0], STATES[1]) == "below or beside “Night light”, change “Off” to “On”"


def test_every_edit_of_every_part_has_words_of_its_own() -> None:
    operations = list(chain(*FAMILIES))
    said = {describe_edit(make_edit(operation, part)) for operation in operations for part in PARTS.values()}
    assert len(said) == len(operations) * len(PARTS)


def compose_picture(picture: PictureValue, seed: int = 0) -> list[Draft]:
    anchor = make_anchor(IMAGE, picture, "picture", None, None)
    return list(AGENT.compose(SourceContext(IMAGE, (anchor,), Settings(seed=seed))))


@pytest.mark.parametrize("fault", [{"sharpness": 3.0}, {"height": 150}], ids=["soft", "small"])
def test_a_picture_whose_parts_show_little_is_not_edited(fault: dict[str, float]) -> None:
    assert compose_picture(PICTURE.model_copy(update=fault)) == []


def list_edits(drafts: list[Draft]) -> list[set[str]]:
    return [{e.op for m in d.media if isinstance(m, Still) for e in m.edits} for d in drafts]


def test_what_is_offered_together_is_of_one_family_of_edits() -> None:
    drafts = [draft for seed in range(10) for draft in compose_picture(PICTURE, seed)]
    used = list_edits([draft for draft in drafts if draft.template == "edit_result"])
    assert len(used) == 10
    assert all(any(ops <= set(family) for family in FAMILIES) for ops in used)


def test_one_of_the_two_edits_of_a_picture_is_a_turn() -> None:
    for seed in range(6):
        assert [ops <= set(TURNS) for ops in list_edits(compose_picture(PICTURE, seed))].count(True) == 1


@pytest.mark.parametrize("part", PARTS)
def test_the_other_part_that_is_offered_shares_one_side(part: str) -> None:
    near = list_near(part)
    assert near
    assert {len(SIDES & set(part.split()) & set(other.split())) for other in near} == {1}


def test_no_colour_is_taken_out_of_a_grey_picture() -> None:
    grey = PICTURE.model_copy(update={"palette": ("#808080", "#f0f0f4")})
    coloured, colourless = (
        {op for seed in range(20) for ops in list_edits(compose_picture(picture, seed)) for op in ops}
        for picture in (PICTURE, grey)
    )
    assert coloured - colourless == {"grey"}


@pytest.mark.parametrize("seed", range(6))
def test_a_stroke_is_added_where_all_of_it_lies_and_the_outline_stays(seed: int) -> None:
    (draft,) = AGENT.compose(SourceContext(DRAWING, tuple(draw(STROKES)), Settings(seed=seed)))
    assert draft.payload["place"] in {
        "in the upper left",
        "in the lower left",
        "at the bottom, in the middle",
    }
    before = next(m for m in draft.media if m.label == "X")
    assert isinstance(before, SketchStill)
    assert 0 in before.strokes


@pytest.mark.parametrize(
    "strokes",
    [
        STROKES[:4],
        [(0.3, OUTLINE[1]), *STROKES[1:]],
        [OUTLINE, *((0.1, (start, 1.0, start + 1.5, 2.5)) for start in (0.5, 1.2, 1.8, 2.5))],
    ],
    ids=["few strokes", "no outline", "strokes near one another"],
)
def test_nothing_is_asked_of_a_drawing_that_makes_it_open_to_argument(strokes: list[Stroke]) -> None:
    assert list(AGENT.compose(SourceContext(DRAWING, tuple(draw(strokes)), Settings()))) == []


def change_payload(draft: Draft, **fields: Any) -> Draft:
    return draft.model_copy(update={"payload": draft.payload | fields})


@pytest.mark.parametrize("material", ["image", "screen", "drawing"])
def test_a_wrong_letter_is_refused(material: str) -> None:
    for draft in compose(material):
        wrong = next(letter for letter in "ABC" if letter != draft.verifier.value)
        lie = change_payload(draft, answer=wrong)
        lie = lie.model_copy(update={"verifier": draft.verifier.model_copy(update={"value": wrong})})
        assert find_code(lie, material) == "wrong_answer"


@pytest.mark.parametrize("material", ["image", "screen", "drawing"])
def test_another_instruction_than_the_recipe_is_refused(material: str) -> None:
    for draft in compose(material):
        told = find_code(change_payload(draft, instruction="brighten the moon"), material)
        assert told in {"field_differs", "wrong_answer"}


def test_another_edit_than_the_one_claimed_is_refused() -> None:
    draft = next(draft for draft in compose("image") if draft.template == "edit_instruction")
    made = draft.media[1]
    assert isinstance(made, Still)
    other = made.model_copy(update={"edits": (Edit(op="crop", region=(0.0, 0.0, 0.5, 0.5)),)})
    lie = draft.model_copy(update={"media": (draft.media[0], other)})
    assert find_code(lie, "image") == "not_made"


def test_evidence_of_another_change_is_refused() -> None:
    draft = compose("screen")[0]
    other = next(
        a for a in STATES if a.kind == "state_before" and a.anchor_id not in draft.evidence[0].anchors
    )
    claims = (draft.evidence[0].model_copy(update={"anchors": (other.anchor_id,)}), *draft.evidence[1:])
    assert find_code(draft.model_copy(update={"evidence": claims}), "screen") == "wrong_fact"
