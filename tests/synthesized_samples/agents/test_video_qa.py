"""`video_qa`: true drafts pass their gates, and what cannot be asked honestly is not asked."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

import pytest

from dataclaw_assets.anchor_values import StillValue, TextLineValue, TextValue
from dataclaw_assets.quality.audit import audit_draft
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.records import Anchor, Claim, Draft, Source
from dataclaw_assets.synthesized_samples.agents.video_qa.agent import VideoQAAgent
from dataclaw_assets.synthesized_samples.agents.video_qa.lines import is_quotable, may_be_same
from dataclaw_assets.synthesized_samples.agents.video_qa.pictures import find_right_of, has_plain_label
from dataclaw_assets.synthesized_samples.context import SourceContext
from resources.settings import Settings
from tests.builders import make_anchor, make_film, make_source
from tests.synthesized_samples.agents.written import (
    DETAILS,
    HEADINGS,
    NOTES,
    PAGE_S,
    make_lecture,
    make_motions,
    make_session,
    make_sign,
)

AGENT = VideoQAAgent()
LECTURE = make_source(duration_s=36.0, name="lecture.mp4")
SIGN = make_source("image", name="sign.png").model_copy(update={"stream": None})
SESSION = make_source("gui_trace", 36.0, "session.mp4")
FILM = make_source(duration_s=20.0, name="motions.mp4")
MATERIAL: dict[str, tuple[Source, list[Anchor]]] = {
    "lecture": (LECTURE, make_lecture(LECTURE)),
    "session": (SESSION, make_session(SESSION)),
    "sign": (SIGN, make_sign(SIGN)),
    "film": (FILM, make_motions(FILM)),
}
TEMPLATES = {
    "covered_lines": "lecture",
    "line_picture": "session",
    "read_line": "session",
    "locate_line": "sign",
    "beside_line": "sign",
    "camera_view": "film",
}


@functools.cache
def compose(material: str, seed: int = 0) -> list[Draft]:
    return compose_from(material, MATERIAL[material][1], seed)


def compose_from(material: str, anchors: list[Anchor], seed: int = 0) -> list[Draft]:
    context = SourceContext(MATERIAL[material][0], tuple(anchors), Settings(seed=seed))
    return list(AGENT.compose(context))


def verdict(material: str, draft: Draft, anchors: list[Anchor] | None = None) -> str | None:
    """The code of the first gate that refuses a draft."""
    source, own = MATERIAL[material]
    known = {anchor.anchor_id: anchor for anchor in (own if anchors is None else anchors)}
    facts = Facts(source, known, AGENT.schema, AGENT.derive, Settings())
    return next((r.code for r in audit_draft(draft, facts, AGENT.gates) if not r.passed), None)


def true_draft(template: str) -> Draft:
    return next(draft for draft in compose(TEMPLATES[template]) if draft.template == template)


def seek(wanted: Callable[[Draft], bool], material: str) -> Draft:
    """A draft of that kind, under the first seed that gives one."""
    return next(draft for seed in range(30) for draft in compose(material, seed=seed) if wanted(draft))


def is_negative(template: str) -> Callable[[Draft], bool]:
    return lambda draft: draft.template == template and bool(draft.difficulty.get("negative"))


@pytest.mark.parametrize("material", MATERIAL)
def test_every_composed_draft_passes(material: str) -> None:
    assert [verdict(material, draft) for draft in compose(material)] == [None] * len(compose(material))


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_form_is_made_of_what_bears_it(template: str) -> None:
    assert true_draft(template).template == template


def test_the_same_seed_gives_the_same_drafts() -> None:
    assert compose_from("lecture", MATERIAL["lecture"][1]) == compose("lecture")


def test_a_line_that_is_covered_is_not_shown() -> None:
    draft = seek(is_negative("locate_line"), "sign")
    assert draft.payload["answer"] == "not shown"
    assert verdict("sign", draft) is None


def test_a_text_that_is_always_on_screen_is_not_asked_about() -> None:
    drafts = [draft for seed in range(2) for draft in compose("lecture", seed=seed)]
    assert not any(c.value == "Course of geology" for d in drafts for c in d.evidence if c.kind == "text")


def test_a_line_that_comes_twice_is_not_quoted() -> None:
    source, anchors = MATERIAL["lecture"]
    again = [
        make_anchor(source, a.value, "text", 34.0, 36.0, region=a.region) for a in anchors if a.kind == "text"
    ]
    assert "covered_lines" not in {d.template for d in compose_from("lecture", anchors + again)}


def test_nothing_is_made_of_a_picture_that_shows_an_address() -> None:
    source, anchors = MATERIAL["sign"]
    line = TextLineValue(
        text="mara.lind@example.org", order=9, of=8, height_px=20.0, readable_256=True, confidence=0.999
    )
    shown = make_anchor(source, line, "text_line", None, None, region=(300.0, 20.0, 600.0, 40.0))
    assert compose_from("sign", [*anchors, shown]) == []


def test_a_film_without_words_or_plain_motion_gives_nothing() -> None:
    source = make_source()
    still = [a for a in make_film(source, spoken=False) if a.kind != "motion"]
    assert list(AGENT.compose(SourceContext(source, tuple(still), Settings()))) == []


def test_a_view_that_stays_is_asked_only_beside_one_that_does_not() -> None:
    anchors = [a for a in MATERIAL["film"][1] if getattr(a.value, "camera", "static") == "static"]
    assert "camera_view" not in {d.template for d in compose_from("film", anchors)}


def test_no_line_is_asked_about_twice() -> None:
    for material in MATERIAL:
        asked = [
            c.value for d in compose(material) for c in d.evidence if c.kind == "text" and is_asked(c, d)
        ]
        assert len(asked) == len(set(asked))


def is_asked(claim: Claim, draft: Draft) -> bool:
    right = draft.verifier.value if draft.verifier.kind in {"choice", "permutation"} else ()
    return claim.label in {None, *right}


def test_covered_lines_are_of_one_page_and_in_any_order() -> None:
    drafts = [d for seed in range(6) for d in compose("lecture", seed=seed) if d.template == "covered_lines"]
    for draft in drafts:
        page = next(n for n, detail in enumerate(DETAILS) if detail in draft.payload["options"].values())
        assert set(draft.payload["options"].values()) == {DETAILS[page], *NOTES[page]}
    assert len({tuple(draft.verifier.value) for draft in drafts}) > 3


def test_a_block_that_goes_on_from_line_to_line_is_not_covered() -> None:
    going_on = [
        a.model_copy(update={"value": a.value.model_copy(update={"text": a.value.text.lower()})})
        if isinstance(a.value, TextValue | TextLineValue) and a.value.text in {notes[0] for notes in NOTES}
        else a
        for a in MATERIAL["lecture"][1]
    ]
    assert "covered_lines" not in {d.template for d in compose_from("lecture", going_on)}


def test_a_table_is_not_covered() -> None:
    source, anchors = MATERIAL["lecture"]
    value = TextLineValue(text="4 m", order=9, of=9, height_px=20.0, readable_256=True, confidence=0.9)
    values = [
        make_anchor(source, value, "text_line", 0.0, 36.0, region=(500.0, top, 560.0, top + 20.0))
        for top in (112.0, 157.0)
    ]
    assert "covered_lines" not in {d.template for d in compose_from("lecture", anchors + values)}


def test_the_largest_text_is_not_to_be_copied() -> None:
    _, anchors = MATERIAL["session"]
    drafts = [d for seed in range(6) for d in compose_from("session", anchors, seed)]
    copied = {d.payload["answer"] for d in drafts if d.template == "read_line"}
    assert copied
    assert not copied & set(HEADINGS)


def test_a_label_of_a_word_or_two_is_not_to_be_copied() -> None:
    drafts = [d for seed in range(6) for d in compose("sign", seed=seed) if d.template == "read_line"]
    assert {d.payload["answer"] for d in drafts} == {"Foot of the hill"}


@pytest.mark.parametrize("material", ["lecture", "session", "sign"])
def test_a_page_gives_one_question_of_a_form(material: str) -> None:
    stills = [d for d in compose(material) if d.template in {"read_line", "locate_line", "beside_line"}]
    pages = [(d.template, d.media[0].model_dump()["time_s"]) for d in stills]
    assert pages
    assert len(pages) == len(set(pages))


def test_a_page_that_a_second_still_shows_gives_no_more() -> None:
    anchors = MATERIAL["lecture"][1]
    again = [
        make_anchor(
            LECTURE, a.value.model_copy(update={"time_s": a.value.time_s + 0.6}), a.kind, a.start_s, a.end_s
        )
        for a in anchors
        if isinstance(a.value, StillValue)
    ]
    for seed in range(6):
        drafts = compose_from("lecture", anchors + again, seed)
        times = [d.media[0].model_dump()["time_s"] for d in drafts if d.template == "locate_line"]
        assert len(times) == len({time // PAGE_S for time in times}) > 1


def test_pictures_that_share_no_lines_are_not_put_side_by_side() -> None:
    source = MATERIAL["session"][0]
    bare = list(AGENT.compose(SourceContext(source, tuple(make_lecture(source)), Settings())))
    assert "line_picture" not in {draft.template for draft in bare}


def test_values_beside_a_label_are_of_one_unit() -> None:
    mixed = [
        a.model_copy(update={"value": a.value.model_copy(update={"text": "Cancelled"})})
        if isinstance(a.value, TextLineValue) and a.value.text == "Gate 2"
        else a
        for a in MATERIAL["sign"][1]
    ]
    drafts = [d for seed in range(3) for d in compose_from("sign", mixed, seed)]
    assert "beside_line" not in {draft.template for draft in drafts}


@pytest.mark.parametrize("label", ["Lowest level", "Total", "Next stop", "2. Floor", "before noon"])
def test_a_label_that_tells_its_rank_has_no_value_asked(label: str) -> None:
    assert not has_plain_label(label)


def test_a_name_is_a_plain_label() -> None:
    assert has_plain_label("Neap tide range")


def test_a_line_among_few_is_not_to_be_copied() -> None:
    few = [a for a in MATERIAL["session"][1] if getattr(a.value, "text", None) not in {n[0] for n in NOTES}]
    assert "read_line" not in {d.template for d in compose_from("session", few)}


def test_a_line_that_starts_beside_its_column_is_not_located() -> None:
    aside = [
        a.model_copy(update={"region": (a.region[0] - 20.0, *a.region[1:])})
        if a.region and getattr(a.value, "text", None) in {"Harrowdale", "Gate 7"}
        else a
        for a in MATERIAL["sign"][1]
    ]
    drafts = [d for seed in range(4) for d in compose_from("sign", aside, seed)]
    located = {d.evidence[0].value for d in drafts if d.template == "locate_line"}
    assert located == {"Evening departures"}


def test_a_black_box_reaches_a_letter_beyond_its_line() -> None:
    draft = seek(is_negative("locate_line"), "sign")
    (edit,) = draft.media[0].edits  # type: ignore[union-attr]
    line = next(a for a in MATERIAL["sign"][1] if getattr(a.value, "text", None) == draft.evidence[0].value)
    assert edit.region is not None
    assert line.region is not None
    assert edit.region[0] * 640 <= line.region[0] - 28.0


@pytest.mark.parametrize(
    "text",
    [
        "Q Search and filter",
        "9. Search",
        "QSearch jobs",
        "70percent",
        "Open Power &..",
        "- partitions",
        "Say “yes”",
        "mara@example.org",
        "https://example.org/course",
        "+49 30 1234567",
        "Jo",
        "x" * 61,
    ],
)
def test_an_odd_or_private_reading_is_not_quoted(text: str) -> None:
    assert not is_quotable(text, 1.0)


@pytest.mark.parametrize("text", ["Where the Sun Travels", "Pier 6", "09:40", "Warmer colours?", "显示设置"])
def test_a_plain_line_is_quoted(text: str) -> None:
    assert is_quotable(text, 0.99)


def test_texts_with_other_digits_are_two_and_slips_are_one() -> None:
    assert not may_be_same("Pier 1", "Pier 2")
    assert may_be_same("Launch a new run", "Launch a ncw run")


def test_a_text_within_another_may_be_the_same_but_not_a_letter_within_a_word() -> None:
    assert may_be_same("Display", "Display settings")
    assert not may_be_same("N", "Name")


def test_the_next_in_a_row_is_in_doubt_where_a_line_lies_across_two_rows() -> None:
    row, right, across = (0.1, 0.1, 0.2, 0.2), (0.5, 0.1, 0.6, 0.2), (0.3, 0.15, 0.4, 0.35)
    assert find_right_of(row, [right]) == 0
    assert find_right_of(row, [right, across]) is None


def test_no_phrasing_states_a_number_or_an_answer() -> None:
    for material in MATERIAL:
        for draft in compose(material):
            sentence = re.sub(r"“[^”]*”", "", draft.payload["question"].split("\n\n")[0])
            assert not re.search(r"\d", sentence)


def test_claims_of_a_draft_are_records_that_survive_json() -> None:
    draft = true_draft("covered_lines")
    assert [Claim.model_validate_json(c.model_dump_json()) for c in draft.evidence] == list(draft.evidence)
