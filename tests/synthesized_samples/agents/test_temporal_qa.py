"""The questions of `temporal_qa`: what they are made of, that twins flip, and that lies are refused."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from dataclaw_assets.anchor_values import (
    CutValue,
    RepetitionValue,
    ShotValue,
    StableValue,
    TextValue,
    Value,
)
from dataclaw_assets.quality.clock import clip_duration
from dataclaw_assets.records import Anchor, Clip, Draft, SketchStill, Source
from dataclaw_assets.synthesized_samples.agents.temporal_qa.courses import read_course
from dataclaw_assets.synthesized_samples.agents.temporal_qa.motion import FORMS, ask_course
from dataclaw_assets.synthesized_samples.agents.temporal_qa.pace import ask_speed, find_stretches
from dataclaw_assets.synthesized_samples.agents.temporal_qa.words import read_parts
from tests.builders import make_anchor, make_drawing, make_source
from tests.synthesized_samples.agents.temporal_footage import (
    FILM,
    LAMP,
    LINES,
    MOVER,
    PAN,
    SESSION,
    SLIDES,
    STREET,
    WAVES,
    ZOOM,
    a_camera,
    a_mover,
    composed,
    context_of,
    make_scenes,
    make_slides,
    make_speech,
    make_street,
    verdict,
)

DRAWING = make_source("drawing", name="sheet.ndjson")
STRETCH = (a_camera("mixed"), "motion", 20.0, 26.0)
SIGN = (TextValue(text="Ferry", confidence=0.99, seen=1), "text", 2.0, 5.0)
SCROLLED = [(TextValue(text=text, confidence=0.99, seen=1), "text", 22.0, 25.0) for text in LINES]
MATERIAL: dict[str, tuple[Source, list[Anchor]]] = {
    "a thing": (STREET, make_street(MOVER)),
    "a camera": (STREET, make_street(PAN)),
    "a lens": (STREET, make_street(ZOOM)),
    "a lamp": (STREET, make_street(LAMP)),
    "waves": (STREET, make_street(WAVES)),
    "scenes": (FILM, make_scenes()),
    "slides": (SLIDES, make_slides()),
    "a drawing": (DRAWING, make_drawing(DRAWING)),
    "a small drawing": (DRAWING, make_drawing(DRAWING, strokes=3)),
    "speech": (FILM, make_speech()),
    "screens": (SESSION, make_scenes(source=SESSION)),
}


def cycles(count: int, period_s: float, strength: float) -> tuple[Value, str, float, float]:
    value = RepetitionValue(count=count, period_s=period_s, strength=strength)
    return value, "repetition", 2.0, 2.0 + count * period_s


def of_template(material: str, start: str) -> list[Draft]:
    return [draft for draft in composed(*MATERIAL[material]) if draft.template.startswith(start)]


def ask_all(fact: Any) -> list[tuple[str, list[Draft]]]:
    """A fact's course in every form."""
    anchors = make_street(fact)
    context = context_of(STREET, anchors)
    course = read_course(anchors[-1], context.by_kind, 40.0)
    assert course is not None
    forms = FORMS if course.told not in {"towards", "away"} else FORMS[:2]
    return [(form, list(ask_course(context, course, form, random.Random(3)))) for form in forms]


@pytest.mark.parametrize(
    ("material", "start"),
    [
        ("a thing", "mover_"),
        ("a thing", "speed_"),
        ("a camera", "camera_"),
        ("a lens", "camera_"),
        ("a lamp", "light_"),
        ("waves", "repetition_count"),
        ("scenes", "before_"),
        ("scenes", "shape_choice"),
        ("scenes", "longest_shot"),
        ("slides", "next_line"),
        ("slides", "line_before_"),
        ("slides", "shape_line"),
        ("a drawing", "next_stroke"),
        ("a small drawing", "stroke_before_yes_no"),
        ("scenes", "shot_length"),
        ("speech", "shape_speech"),
    ],
)
def test_every_dimension_is_asked_about_and_passes_its_gates(material: str, start: str) -> None:
    drafts = of_template(material, start)
    assert drafts
    assert {verdict(draft, *MATERIAL[material]) for draft in drafts} == {None}


@pytest.mark.parametrize("material", MATERIAL)
def test_twins_ask_the_same_of_other_media_and_answer_otherwise(material: str) -> None:
    twins: dict[str, list[Draft]] = defaultdict(list)
    for draft in composed(*MATERIAL[material]):
        if draft.twin_key:
            twins[draft.twin_key].append(draft)
    assert twins
    for group in twins.values():
        assert len({draft.payload["question"] for draft in group}) == 1
        assert len({str(draft.verifier.value) for draft in group}) == len(group) > 1
        assert len({draft.media[0] for draft in group}) == len(group)
        assert len({draft.media[1:] for draft in group}) == 1


@pytest.mark.parametrize("direction", ["left", "right", "up", "down", "towards", "away"])
def test_the_way_of_a_thing_passes_in_every_form(direction: str) -> None:
    fact = (a_mover(direction), "dominant_mover", 3.0, 6.0)
    for _, drafts in ask_all(fact):
        assert {verdict(draft, STREET, make_street(fact)) for draft in drafts} == {None}


@pytest.mark.parametrize("fact", [PAN, ZOOM, LAMP], ids=["pan", "zoom", "lamp"])
def test_the_way_of_the_camera_and_the_light_passes_in_every_form(fact: Any) -> None:
    for _, drafts in ask_all(fact):
        assert {verdict(draft, STREET, make_street(fact)) for draft in drafts} == {None}


@pytest.mark.parametrize(("fact", "op"), [(PAN, "mirror"), (ZOOM, "reverse"), (LAMP, "reverse")])
def test_a_twin_is_turned_so_that_its_way_flips(fact: Any, op: str) -> None:
    twin = dict(ask_all(fact))["caption"][1]
    assert isinstance(twin.media[0], Clip)
    assert [piece.op for piece in twin.media[0].pieces] == [op]


def test_a_choice_of_ways_has_one_clip_held_still() -> None:
    drafts = dict(ask_all(MOVER))["choice"]
    assert [read_parts(draft)[draft.verifier.value] for draft in drafts] == ["left", "right", "none"]


@pytest.mark.parametrize("form", ["choice", "caption", "yes_no"])
def test_a_question_of_pace_passes_and_its_clips_are_equally_long(form: str) -> None:
    anchors = make_street(STRETCH)
    context = context_of(STREET, anchors)
    drafts = list(ask_speed(context, *find_stretches(context)[-1], form, random.Random(1)))
    assert {verdict(draft, STREET, anchors) for draft in drafts} == {None}
    lengths = {
        round(clip_duration(draft.media[0]), 6) for draft in drafts if isinstance(draft.media[0], Clip)
    }
    assert len(lengths) == 1


def test_the_options_of_a_count_hold_both_twins_answers() -> None:
    parts = [read_parts(draft)[draft.verifier.value] for draft in of_template("waves", "repetition")]
    assert parts[0] == "5"
    assert parts[1] in {"3", "4"}


@pytest.mark.parametrize(
    ("what", "anchors", "start"),
    [
        ("low confidence", make_street((a_mover(confidence="low"), *MOVER[1:])), "mover_"),
        ("two things", make_street((a_mover(share=0.7), *MOVER[1:])), "mover_"),
        ("a moment", make_street((a_mover(), "dominant_mover", 3.0, 3.8)), "mover_"),
        ("hardly a way", make_street((a_mover(speed=0.02), *MOVER[1:])), "mover_"),
        ("a moving camera", make_street((a_mover(), "dominant_mover", 21.0, 25.0), PAN), "mover_"),
        ("a moving thing", make_street((a_mover(), "dominant_mover", 21.0, 25.0), PAN), "camera_"),
        ("a cut", make_street(MOVER, (CutValue(contrast=0.6), "cut", 4.0, 4.0)), "mover_"),
        ("a quick movement", make_street(cycles(8, 0.4, 0.9)), "repetition"),
        ("a faint movement", make_street(cycles(4, 2.0, 0.1)), "repetition"),
        ("a scrolling page", make_street(PAN, *SCROLLED), "camera_"),
        ("lettering to be mirrored", make_street(MOVER, SIGN), "mover_"),
        ("lettering that is fading in", make_street(MOVER, (SIGN[0], "text", 6.3, 9.0)), "mover_"),
        ("a shot of the even length", make_scenes((6.0, 9.0, 7.0, 8.0, 8.0)), "shot_length"),
        ("a short shot", make_scenes((19.0, 2.5, 8.0, 2.5, 6.0)), "shot_length"),
        ("a longer shot that the clip cuts off", make_scenes((15.0, 10.0, 3.0, 4.0, 6.0)), "longest_"),
        ("but two scenes", make_scenes((19.0, 19.0)), "before_"),
    ],
)
def test_what_is_open_to_doubt_is_not_asked(what: str, anchors: list[Anchor], start: str) -> None:
    assert [draft.template for draft in composed(STREET, anchors) if draft.template.startswith(start)] == []


@pytest.mark.parametrize(
    "lines",
    [
        ("See www.tides.example", *LINES[1:4]),
        ("Measuring the tides", *LINES[:4]),
        ("12.5 and 14.0 cm", *LINES[1:4]),
    ],
)
def test_an_address_a_number_and_a_likeness_are_not_quoted(lines: tuple[str, ...]) -> None:
    questions = [draft.payload["question"] for draft in composed(SLIDES, make_slides(lines))]
    assert questions
    assert not any(lines[0] in question for question in questions)


def test_print_too_small_for_a_trainee_is_not_quoted() -> None:
    assert composed(SLIDES, make_slides(readable=False)) == []


def test_footage_of_few_pixels_gives_nothing() -> None:
    tiny = STREET.model_copy(update={"width": 64, "height": 64})
    assert composed(tiny, make_street(MOVER)) == []


def test_composing_twice_gives_the_same_drafts() -> None:
    assert composed(*MATERIAL["slides"]) == composed(*MATERIAL["slides"])


def follow(draft: Draft, natural: bool = False) -> str | None:
    """The label that comes next, after X where there is one, in what the clip plays or in the source."""
    known = {a.anchor_id: a for _, anchors in MATERIAL.values() for a in anchors}
    spans: dict[str | None, float] = {}
    for claim in draft.evidence:
        if claim.kind == "interval":
            anchor = known[claim.anchors[0]]
            at = float(getattr(anchor.value, "index", 0)) if anchor.start_s is None else anchor.start_s
            spans[claim.label] = at if natural else float(claim.value[0])
    start = spans.pop("X", -1.0)
    later = {label: at for label, at in spans.items() if at > start}
    return min(later, key=lambda label: later[label])


def change_claim(draft: Draft, number: int, **fields: Any) -> Draft:
    claims = list(draft.evidence)
    claims[number] = claims[number].model_copy(update=fields)
    return draft.model_copy(update={"evidence": tuple(claims)})


def change_payload(draft: Draft, **fields: Any) -> Draft:
    return draft.model_copy(update={"payload": draft.payload | fields})


def answer(draft: Draft, value: str) -> Draft:
    verifier = draft.verifier.model_copy(update={"value": value})
    return change_payload(draft, answer=value).model_copy(update={"verifier": verifier})


def other_letter(draft: Draft) -> Draft:
    letters = [name for name in draft.payload["options"] or "ABC" if name != draft.verifier.value]
    return answer(draft, letters[0])


def place_of(draft: Draft, kind: str) -> int:
    return next(number for number, claim in enumerate(draft.evidence) if claim.kind == kind)


def shift(draft: Draft, by: float = 0.4) -> Draft:
    number = place_of(draft, "interval")
    return change_claim(draft, number, value=[edge + by for edge in draft.evidence[number].value])


def swap_times(draft: Draft) -> Draft:
    first, second = [n for n, claim in enumerate(draft.evidence) if claim.kind == "interval"][:2]
    a, b = draft.evidence[first].value, draft.evidence[second].value
    return change_claim(change_claim(draft, first, value=b), second, value=a)


def cite(draft: Draft, anchor: str) -> Draft:
    claims = tuple(claim.model_copy(update={"anchors": (anchor,)}) for claim in draft.evidence)
    return draft.model_copy(update={"evidence": claims})


def recut(draft: Draft, **fields: Any) -> Draft:
    clip = draft.media[0]
    assert isinstance(clip, Clip)
    pieces = tuple(piece.model_copy(update=fields) for piece in clip.pieces)
    return draft.model_copy(update={"media": (clip.model_copy(update={"pieces": pieces}), *draft.media[1:])})


def reword(draft: Draft, old: str, new: str) -> Draft:
    options = {name: text.replace(old, new) for name, text in (draft.payload["options"] or {}).items()}
    question = draft.payload["question"].replace(old, new)
    return change_payload(draft, question=question, options=options or None)


def first(material: str, template: str) -> Draft:
    return of_template(material, template)[0]


def way(form: str) -> Draft:
    return dict(ask_all(MOVER))[form][0]


def pace() -> Draft:
    context = context_of(STREET, make_street(STRETCH))
    return next(ask_speed(context, *find_stretches(context)[-1], "choice", random.Random(1)))


def turn_round(draft: Draft) -> Draft:
    return answer(draft, {"yes": "no", "no": "yes"}[draft.verifier.value])


WAY = make_street(MOVER)
BOTH = make_street(MOVER, (a_mover("right"), "dominant_mover", 10.0, 13.0))
PACE = make_street(STRETCH)
OF_WAY: dict[str, tuple[Draft, set[str]]] = {
    "time off": (shift(way("choice")), {"wrong_time"}),
    "direction flipped": (change_claim(way("open"), 0, value="right"), {"wrong_fact"}),
    "a flip that was not made": (recut(way("caption"), op="mirror"), {"wrong_answer"}),
    "a distractor as the answer": (other_letter(way("choice")), {"wrong_answer"}),
    "no for yes": (answer(way("yes_no"), "no"), {"wrong_answer"}),
    "a lying question": (reword(way("yes_no"), "left", "right"), {"field_differs"}),
    "a lying option": (reword(way("caption"), "left", "up"), {"wrong_answer", "field_differs"}),
    "another aspect": (change_payload(way("open"), aspect="camera_open"), {"field_differs"}),
    "another clock": (change_payload(way("open"), clock="minutes"), {"field_differs"}),
    "another stretch": (cite(way("open"), BOTH[-1].anchor_id), {"wrong_fact", "wrong_time"}),
    "another kind": (cite(way("open"), BOTH[0].anchor_id), {"wrong_fact"}),
    "another source": (cite(way("open"), make_scenes()[0].anchor_id), {"unknown_anchor"}),
    "a longer stretch": (recut(way("open"), end_s=7.0), {"wrong_time", "unfit_fact"}),
}
OF_PACE: dict[str, tuple[Draft, set[str]]] = {
    "the other showing": (other_letter(pace()), {"wrong_answer"}),
    "another stretch": (recut(pace(), start_s=30.0, end_s=35.0), {"unfit_fact"}),
    "the same speeds": (recut(pace(), speed=1.0), {"wrong_answer"}),
    "another kind": (cite(pace(), PACE[0].anchor_id), {"wrong_fact"}),
    "its neighbour's": (change_claim(pace(), 1, anchors=(PACE[2].anchor_id,)), {"unfit_fact"}),
}
OTHERS: list[tuple[str, str, str, Callable[[Draft], Draft], set[str]]] = [
    ("one more", "waves", "repetition", lambda d: change_claim(d, 0, value=6), {"wrong_fact"}),
    ("a cycle less", "waves", "repetition", lambda d: recut(d, end_s=12.0), {"wrong_answer"}),
    ("half a cycle", "waves", "repetition", lambda d: recut(d, end_s=13.0), {"wrong_answer"}),
    ("pictures swapped", "scenes", "before_", swap_times, {"wrong_time"}),
    ("time off", "scenes", "shape_choice", shift, {"wrong_time"}),
    ("another picture", "scenes", "shape_choice", other_letter, {"wrong_answer"}),
    ("another shape", "scenes", "shape_choice", lambda d: reword(d, "green", "red"), {"field_differs"}),
    ("a shorter shot", "scenes", "longest_shot", other_letter, {"wrong_answer"}),
    ("lines swapped", "slides", "line_before_", swap_times, {"wrong_time"}),
    ("another line", "slides", "next_line", other_letter, {"wrong_answer"}),
    ("a line with no shape", "slides", "shape_line", other_letter, {"wrong_answer"}),
    (
        "reworded",
        "slides",
        "next_line",
        lambda d: reword(d, "Keep", "Sweep"),
        {"wrong_text", "field_differs"},
    ),
    ("misquoted", "slides", "next_line", lambda d: change_claim(d, 0, value=LINES[0][1:]), {"wrong_text"}),
    ("another spoken line", "speech", "shape_speech", other_letter, {"wrong_answer"}),
    (
        "the even length",
        "scenes",
        "shot_length",
        lambda d: recut(d, end_s=19.5),
        {"unfit_fact", "wrong_time"},
    ),
    ("the later stroke", "a small drawing", "stroke_before", turn_round, {"wrong_answer"}),
]


@pytest.mark.parametrize("lie", OF_WAY)
def test_a_lie_about_a_way_is_refused_with_its_reason(lie: str) -> None:
    draft, codes = OF_WAY[lie]
    assert verdict(draft, STREET, BOTH) in codes


@pytest.mark.parametrize("lie", OF_PACE)
def test_a_lie_about_pace_is_refused_with_its_reason(lie: str) -> None:
    draft, codes = OF_PACE[lie]
    assert verdict(draft, STREET, PACE) in codes


@pytest.mark.parametrize(("lie", "material", "template", "corrupt", "codes"), OTHERS)
def test_a_lie_is_refused_with_its_reason(
    lie: str, material: str, template: str, corrupt: Callable[[Draft], Draft], codes: set[str]
) -> None:
    assert verdict(corrupt(first(material, template)), *MATERIAL[material]) in codes


@pytest.mark.parametrize(
    ("material", "template"),
    [
        ("slides", "next_line"),
        ("a drawing", "next_stroke"),
        ("scenes", "next_picture"),
        ("screens", "next_picture"),
    ],
)
def test_the_natural_next_is_never_right(material: str, template: str) -> None:
    drafts = of_template(material, template)
    assert drafts
    for draft in drafts:
        assert draft.transform is not None
        assert follow(draft) != follow(draft, natural=True)


@pytest.mark.parametrize(
    ("material", "start"),
    [("scenes", "before_"), ("slides", "line_before_"), ("a small drawing", "stroke_before_")],
)
def test_neither_clip_of_a_pair_plays_on_as_it_was(material: str, start: str) -> None:
    orders = [draft.transform.settings["order"] for draft in of_template(material, start) if draft.transform]
    assert len(orders) == len(of_template(material, start)) > 1
    assert all(order != sorted(order) for order in orders)


def test_of_the_strokes_to_come_only_those_with_letters_are_shown() -> None:
    for draft in of_template("a drawing", "next_stroke"):
        _, drawn, marked = draft.media
        assert isinstance(drawn, SketchStill)
        assert isinstance(marked, SketchStill)
        assert set(marked.strokes) - set(drawn.strokes) == {stroke for stroke, _ in marked.marks}


def test_a_longest_shot_that_is_outlasted_by_one_not_offered_is_refused() -> None:
    longer = ShotValue(index=9, edge_contrast=1.0, inner_contrast=0.0)
    anchors = [*make_scenes(), make_anchor(FILM, longer, "shot", 18.0, 38.0)]
    assert verdict(first("scenes", "longest_shot"), FILM, anchors) == "unfit_fact"


def test_a_drawing_is_asked_about_in_one_way() -> None:
    assert len({draft.template for draft in composed(*MATERIAL["a drawing"])}) == 1


@pytest.mark.parametrize("material", ["scenes", "slides", "speech"])
def test_a_shape_is_seen_to_come_and_go(material: str) -> None:
    clips = [draft.media[0] for draft in of_template(material, "shape_")]
    assert clips
    for clip in clips:
        assert isinstance(clip, Clip)
        assert clip.shapes[0].start_s >= 2.0
        assert clip.shapes[0].end_s <= clip_duration(clip) - 2.0


def test_a_shape_that_the_clip_ends_with_is_refused() -> None:
    draft = first("speech", "shape_speech")
    clip = draft.media[0]
    assert isinstance(clip, Clip)
    shape = clip.shapes[0].model_copy(update={"start_s": 35.5, "end_s": 37.0})
    late = draft.model_copy(
        update={"media": (clip.model_copy(update={"shapes": (shape,)}), *draft.media[1:])}
    )
    assert verdict(late, *MATERIAL["speech"]) == "wrong_answer"


def test_a_shape_moved_off_its_scene_is_refused() -> None:
    draft = first("scenes", "shape_choice")
    clip = draft.media[0]
    assert isinstance(clip, Clip)
    shape = clip.shapes[0].model_copy(update={"start_s": 5.0, "end_s": 7.0})
    lying = draft.model_copy(
        update={"media": (clip.model_copy(update={"shapes": (shape,)}), *draft.media[1:])}
    )
    assert verdict(lying, *MATERIAL["scenes"]) == "wrong_answer"


def test_a_direction_that_only_a_doubtful_fact_bears_is_refused() -> None:
    doubtful = [
        anchor
        if anchor.kind != "dominant_mover"
        else anchor.model_copy(update={"value": a_mover(confidence="low")})
        for anchor in WAY
    ]
    assert verdict(way("open"), STREET, doubtful) == "unfit_fact"


def test_a_line_that_no_trainee_can_read_is_refused() -> None:
    draft = first("slides", "next_line")
    small = [anchor for anchor in make_slides() if anchor.kind == "text"]
    assert verdict(draft, SLIDES, small) == "unfit_fact"


def test_a_shape_over_a_page_that_becomes_another_is_refused() -> None:
    draft, (source, anchors) = first("scenes", "shape_choice"), MATERIAL["scenes"]
    cited = {name for claim in draft.evidence if claim.kind == "interval" for name in claim.anchors}
    run = next(anchor for anchor in anchors if anchor.anchor_id in cited)
    start, end = run.start_s or 0.0, run.end_s or 0.0
    panel = StableValue(changed_region=(0, 0, source.width or 0, source.height or 0))
    appears = make_anchor(source, panel, "stable", (start + end) / 2, end)
    assert verdict(draft, source, [*anchors, appears]) == "unfit_fact"
