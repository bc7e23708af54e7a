"""Task `world_model`: what it composes holds, its twins flip, and its lies are refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from dataclaw_assets.anchor_values import StrokeValue, TextValue
from dataclaw_assets.records import Anchor, Draft, Piece, SketchStill, Still
from dataclaw_assets.synthesized_samples.agents.world_model.agent import WorldModelAgent
from dataclaw_assets.synthesized_samples.agents.world_model.screens import Screens
from dataclaw_assets.synthesized_samples.agents.world_model.strokes import MAX_UNLIKE, measure_unlikeness
from tests.builders import make_anchor
from tests.synthesized_samples.agents.moving import (
    MATERIAL,
    Change,
    answer_wrongly,
    compose,
    context_of,
    put_claim,
    put_field,
    put_medium,
    verdict,
)

AGENT = WorldModelAgent()
KINDS = ("travel", "arm", "office", "sketch")
MADE = {name: compose(AGENT, name) for name in KINDS}


def first(material: str) -> Draft:
    return MADE[material][0]


@pytest.mark.parametrize("material", KINDS)
def test_what_is_composed_passes_every_gate(material: str) -> None:
    assert MADE[material]
    assert [verdict(AGENT, material, draft) for draft in MADE[material]] == [None] * len(MADE[material])


@pytest.mark.parametrize("material", KINDS)
def test_a_twin_has_the_same_options_and_another_answer(material: str) -> None:
    pairs = [(a, b) for a, b in pairwise(MADE[material]) if a.twin_key == b.twin_key]
    assert len(pairs) == len(MADE[material]) / 2
    for one, other in pairs:
        assert one.verifier.value != other.verifier.value
        assert [m.label for m in one.media] == [m.label for m in other.media]


@pytest.mark.parametrize("material", KINDS)
def test_the_true_future_is_shipped_on_the_output_side(material: str) -> None:
    assert [[m.side for m in draft.media].count("output") for draft in MADE[material]] == [1] * len(
        MADE[material]
    )


def test_a_mirrored_camera_goes_the_other_way() -> None:
    assert [draft.payload["action"]["direction"] for draft in MADE["travel"][:2]] == ["left", "right"]


def test_an_arm_is_asked_about_by_what_its_gripper_does() -> None:
    assert {draft.template for draft in MADE["arm"]} == {"arm_move_close", "arm_move_open"}


def test_nothing_is_asked_where_something_else_moves_during_a_pan() -> None:
    from dataclaw_assets.anchor_values import MoverValue

    source, anchors = MATERIAL["travel"]
    mover = MoverValue(direction="left", share=0.9, speed=0.2, confidence="low")
    moving = [make_anchor(source, mover, "dominant_mover", n * 5.0, n * 5.0 + 3.0) for n in range(6)]
    assert list(AGENT.compose(context_of("travel", [*anchors, *moving]))) == []


def test_nothing_is_asked_of_screens_that_read_alike() -> None:
    _, anchors = MATERIAL["office"]
    assert list(AGENT.compose(context_of("office", [a for a in anchors if a.kind != "text"]))) == []


def test_nothing_is_asked_of_a_screen_that_is_still_loading() -> None:
    _, anchors = MATERIAL["office"]
    lasting = [a for a in anchors if a.kind != "text" or (a.start_s or 0.0) < 5.0]
    lasting = [a.model_copy(update={"end_s": 30.0}) if a.kind == "text" else a for a in lasting]
    assert list(AGENT.compose(context_of("office", lasting))) == []


def test_nothing_is_asked_of_screens_on_which_a_pointer_shows_the_place() -> None:
    shown = context_of("office")
    recorded = shown.source.model_copy(update={"format": "agentnet"})
    assert list(AGENT.compose(replace(shown, source=recorded))) == []


def test_nothing_is_asked_of_screens_of_which_none_is_a_view_of_the_same_page() -> None:
    _, anchors = MATERIAL["office"]
    apart = [a for a in anchors if "ledger orders" not in str(getattr(a.value, "text", ""))]
    assert list(AGENT.compose(context_of("office", apart))) == []


def test_a_name_that_stands_on_the_right_screen_alone_tells_which_it_is() -> None:
    screens = Screens(context_of("office"))
    assert screens.tells_by("Open accounts", 3.0, [8.0, 13.0])
    assert not screens.tells_by("Open accounts", 3.0, [8.0, 4.0])
    assert not screens.tells_by("Open accounts", 8.0, [13.0])


def test_nothing_is_asked_of_actions_that_nothing_confirms() -> None:
    _, anchors = MATERIAL["office"]
    doubtful = [a.model_copy(update={"corroborated_by": ()}) for a in anchors]
    assert list(AGENT.compose(context_of("office", doubtful))) == []


def test_nothing_is_asked_of_screens_with_a_running_clock() -> None:
    source, anchors = MATERIAL["office"]
    clock = [
        make_anchor(
            source,
            TextValue(text=f"09:4{index}", confidence=0.99, seen=2),
            "text",
            index * 5.0,
            index * 5.0 + 4.0,
            region=(600.0, 340.0, 640.0, 352.0),
        )
        for index in range(6)
    ]
    assert list(AGENT.compose(context_of("office", [*anchors, *clock]))) == []


def test_nothing_is_asked_of_a_click_beside_its_label() -> None:
    _, anchors = MATERIAL["office"]
    beside = [
        a.model_copy(update={"value": a.value.model_copy(update={"x": 400.0})}) if a.kind == "action" else a
        for a in anchors
    ]
    assert list(AGENT.compose(context_of("office", beside))) == []


def test_nothing_is_asked_of_screens_taken_after_the_next_action() -> None:
    _, anchors = MATERIAL["office"]
    moves = [
        a.model_copy(update={"start_s": (a.start_s or 0.0) + 1.0}) for a in anchors if a.kind == "action"
    ]
    hovers = [a.model_copy(update={"anchor_id": f"h-{a.anchor_id}", "corroborated_by": ()}) for a in moves]
    assert list(AGENT.compose(context_of("office", [*anchors, *hovers]))) == []


def test_a_drawing_is_asked_about_once() -> None:
    assert len(MADE["sketch"]) == 2


def test_a_drawing_lacks_a_part_or_not_and_half_of_the_pictures_do() -> None:
    drawn = set()
    for seed in range(8):
        context = context_of("sketch")
        settings = context.settings.model_copy(update={"seed": seed})
        state, _, *options, _ = next(iter(AGENT.compose(replace(context, settings=settings)))).media
        shown = [len(option.strokes) for option in options if isinstance(option, SketchStill)]
        assert sorted(shown) == [4, 4, 5, 5]
        drawn.add(len(getattr(state, "strokes", ())))
    assert drawn == {3, 4}


def test_the_two_longest_strokes_of_a_state_are_never_missing() -> None:
    _, anchors = MATERIAL["sketch"]
    shares = (0.6, 0.1, 0.01, 0.01, 0.1, 0.1)
    headed = [
        a.model_copy(update={"value": a.value.model_copy(update={"length_share": shares[a.value.index]})})
        if isinstance(a.value, StrokeValue)
        else a
        for a in anchors
    ]
    assert list(AGENT.compose(context_of("sketch", headed))) == []


def test_a_camera_goes_on_to_one_of_its_ends_or_of_their_mirrors() -> None:
    shown = [medium for medium in first("travel").media if isinstance(medium, Still)]
    assert len({(still.time_s, still.edits) for still in shown}) == 4
    assert len({still.time_s for still in shown}) == 2


@pytest.mark.parametrize(
    "anchors",
    [
        [a for a in MATERIAL["sketch"][1] if a.kind != "label"],
        [a for a in MATERIAL["sketch"][1] if a.kind == "label" or getattr(a.value, "index", 9) < 4],
    ],
    ids=["a scribble without a name", "few strokes"],
)
def test_nothing_is_asked_of(anchors: list[Anchor]) -> None:
    assert list(AGENT.compose(context_of("sketch", anchors))) == []


def test_nothing_is_asked_of_a_drawing_whose_strokes_are_of_unlike_lengths() -> None:
    _, anchors = MATERIAL["sketch"]
    unlike = [
        a.model_copy(update={"value": a.value.model_copy(update={"length_share": 0.05 * 2**a.value.index})})
        if isinstance(a.value, StrokeValue)
        else a
        for a in anchors
    ]
    assert list(AGENT.compose(context_of("sketch", unlike))) == []


def test_a_wing_is_like_its_mirrored_wing_and_unlike_a_line() -> None:
    wing = ((0.0, 0.0), (40.0, -20.0), (50.0, 30.0), (0.0, 40.0))
    mirrored = tuple((200.0 - x, y) for x, y in reversed(wing))
    assert measure_unlikeness(wing, mirrored) < 0.01
    assert measure_unlikeness(wing, ((0.0, -20.0), (50.0, 40.0))) > MAX_UNLIKE


def test_nothing_is_asked_of_an_arm_in_a_tiny_picture() -> None:
    context = context_of("arm")
    small = context.source.model_copy(update={"width": 64, "height": 64})
    assert list(AGENT.compose(replace(context, source=small))) == []


def other(material: str, kind: str, number: int = -1) -> tuple[str, ...]:
    """The id of another anchor of the same source."""
    return ([a.anchor_id for a in MATERIAL[material][1] if a.kind == kind][number],)


def forge_action(**fields: object) -> Change:
    return lambda draft: put_field(action=draft.payload["action"] | fields)(draft)


def forge_words(old: str, new: str) -> Change:
    return lambda draft: put_field(question=draft.payload["question"].replace(old, new))(draft)


def _mirrored(draft: Draft) -> int:
    return next(n for n, medium in enumerate(draft.media) if isinstance(medium, Still) and medium.edits)


def _distractor(draft: Draft) -> int:
    return next(
        n for n, m in enumerate(draft.media) if str(m.label) in "ABCD" and m.label != draft.verifier.value
    )


PIECE = (Piece(start_s=1.0, end_s=3.5),)
CORRUPTIONS: dict[str, tuple[str, Change, str]] = {
    "camera: time off": ("travel", put_claim(0, value=[0.4, 1.5]), "wrong_time"),
    "camera: direction flipped": ("travel", put_claim(2, value="right"), "wrong_fact"),
    "camera: direction flipped in the payload": ("travel", forge_action(direction="right"), "field_differs"),
    "camera: other evidence": ("travel", put_claim(1, anchors=other("travel", "motion", 1)), "wrong_fact"),
    "camera: another future": ("travel", put_medium(-1, pieces=PIECE), "wrong_future"),
    "camera: a mirrored picture turned back": (
        "travel",
        lambda draft: put_medium(_mirrored(draft), edits=())(draft),
        "not_made",
    ),
    "camera: another source": ("travel", put_claim(0, anchors=("a-elsewhere",)), "unknown_anchor"),
    "camera: a distractor": ("travel", answer_wrongly, "wrong_answer"),
    "arm: time off": ("arm", put_claim(1, value=[3.3, 4.5]), "wrong_time"),
    "arm: another phase": ("arm", put_claim(2, anchors=other("arm", "phase", 0)), "irrelevant_evidence"),
    "arm: another gripper": ("arm", forge_action(verb="move_close"), "field_differs"),
    "arm: the clip ends elsewhere": ("arm", put_medium(0, pieces=PIECE), "wrong_future"),
    "arm: a distractor": ("arm", answer_wrongly, "wrong_answer"),
    "screen: text of another anchor": ("office", put_claim(0, value="Print invoice"), "wrong_text"),
    "screen: a point beside its button": ("office", put_claim(2, value=[0.4, 0.25]), "wrong_place"),
    "screen: another point in the payload": ("office", forge_action(point=[0.5, 0.5]), "field_differs"),
    "screen: another verb": ("office", put_claim(1, value="hover"), "wrong_fact"),
    "screen: another name asked": ("office", forge_words("Open accounts", "click"), "uncited_claim"),
    "screen: another time before": ("office", put_medium(0, time_s=2.0), "wrong_future"),
    "screen: another read label": (
        "office",
        lambda draft: forge_words("Open accounts", "Print invoice")(
            put_claim(
                0,
                value="Print invoice",
                anchors=(*other("office", "target_read", 2), *other("office", "action", 0)),
            )(draft)
        ),
        "irrelevant_evidence",
    ),
    "screen: a distractor": ("office", answer_wrongly, "wrong_answer"),
    "stroke: another stroke drawn": ("sketch", put_claim(0, anchors=other("sketch", "stroke")), "wrong_time"),
    "stroke: a box beside it": ("sketch", put_claim(1, value=[0.6, 0.6, 0.7, 0.8]), "wrong_place"),
    "stroke: another path": ("sketch", forge_action(path=[[0.1, 0.1]]), "field_differs"),
    "stroke: another state": ("sketch", put_medium(0, strokes=(5,)), "wrong_answer"),
    "stroke: a state without two": ("sketch", put_medium(0, strokes=(1, 2)), "wrong_answer"),
    "stroke: a picture without two": (
        "sketch",
        lambda draft: put_medium(_distractor(draft), strokes=(1, 2, 5))(draft),
        "wrong_future",
    ),
    "stroke: a distractor": ("sketch", answer_wrongly, "wrong_answer"),
}


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corrupted_draft_is_refused_with_its_reason(name: str) -> None:
    material, corrupt, code = CORRUPTIONS[name]
    assert verdict(AGENT, material, corrupt(first(material))) == code


@pytest.mark.parametrize("material", KINDS)
def test_an_added_sentence_is_refused(material: str) -> None:
    said = put_field(question=f"{first(material).payload['question']} Somebody closes the window.")
    assert verdict(AGENT, material, said(first(material))) in {"field_differs", "strange_words"}
