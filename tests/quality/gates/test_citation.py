"""The citation gate against a true draft, and against the same draft with one lie in it."""

from __future__ import annotations

from typing import Any

import pytest

from dataclaw_assets.quality.gates.citation import check_citation
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.records import Draft
from dataclaw_assets.synthesized_samples.agents.registry import find_agent
from dataclaw_assets.synthesized_samples.context import SourceContext
from resources.settings import Settings
from tests.builders import make_film, make_source

SOURCE = make_source()
OTHER = make_source(name="other.mp4")
ANCHORS = make_film(SOURCE)
FOREIGN = make_film(OTHER)[0]


def draft_of(task: str, template: str) -> tuple[Draft, Facts]:
    agent = find_agent(task)
    facts = Facts(SOURCE, {a.anchor_id: a for a in ANCHORS}, agent.schema, agent.derive, Settings())
    context = SourceContext(SOURCE, tuple(ANCHORS), Settings())
    return next(d for d in agent.compose(context) if d.template == template), facts


def codes(draft: Draft, facts: Facts) -> list[str]:
    return [finding.code for finding in check_citation(draft, facts)]


def edit_claim(draft: Draft, index: int, **fields: Any) -> Draft:
    evidence = list(draft.evidence)
    evidence[index] = evidence[index].model_copy(update=fields)
    return draft.model_copy(update={"evidence": tuple(evidence)})


def test_a_true_draft_has_no_findings() -> None:
    assert codes(*draft_of("visual_puzzle", "order_stills")) == []


def test_a_time_off_by_twice_the_tolerance_is_found() -> None:
    draft, facts = draft_of("visual_puzzle", "order_stills")
    start, end = draft.evidence[0].value
    assert codes(edit_claim(draft, 0, value=[start + 0.3, end + 0.3]), facts)[0] == "wrong_time"


def test_an_anchor_of_another_source_is_found() -> None:
    draft, facts = draft_of("visual_puzzle", "order_stills")
    assert codes(edit_claim(draft, 0, anchors=(FOREIGN.anchor_id,)), facts)[0] == "unknown_anchor"


def test_an_anchor_of_another_moment_is_found() -> None:
    draft, facts = draft_of("visual_puzzle", "order_stills")
    assert "wrong_time" in codes(edit_claim(draft, 0, anchors=draft.evidence[1].anchors), facts)


def test_a_wrong_order_is_found() -> None:
    draft, facts = draft_of("visual_puzzle", "order_stills")
    swapped = [draft.verifier.value[1], draft.verifier.value[0], *draft.verifier.value[2:]]
    lie = draft.model_copy(update={"verifier": draft.verifier.model_copy(update={"value": swapped})})
    assert codes(lie, facts) == ["wrong_answer"]


def test_swapped_pictures_are_found() -> None:
    draft, facts = draft_of("visual_puzzle", "order_stills")
    a, b = draft.media[1], draft.media[2]
    media = (draft.media[0], a.model_copy(update={"label": b.label}), b.model_copy(update={"label": a.label}))
    lie = draft.model_copy(update={"media": (*media, *draft.media[3:])})
    assert codes(lie, facts).count("wrong_still") == 2


def test_a_change_that_was_not_made_is_found() -> None:
    draft, facts = draft_of("visual_puzzle", "find_rotation")
    assert codes(edit_claim(draft, 0, value=[0.5, 3.0]), facts)[0] == "not_made"


def test_a_wrong_option_is_found() -> None:
    draft, facts = draft_of("temporal_qa", "shape_speech")
    wrong = next(letter for letter in "ABCD" if letter != draft.verifier.value)
    lie = draft.model_copy(update={"verifier": draft.verifier.model_copy(update={"value": wrong})})
    assert codes(lie, facts) == ["wrong_answer"]


def test_a_misquoted_line_is_found() -> None:
    draft, facts = draft_of("temporal_qa", "shape_speech")
    index = next(i for i, claim in enumerate(draft.evidence) if claim.kind == "text")
    assert "wrong_text" in codes(edit_claim(draft, index, value="Sentence number z of the film."), facts)


def test_a_shifted_transcript_is_found() -> None:
    draft, facts = draft_of("temporal_qa", "shape_speech")
    lines = [{**line, "start_s": line["start_s"] + 2.0} for line in draft.payload["transcript"]]
    lie = draft.model_copy(update={"payload": {**draft.payload, "transcript": lines}})
    assert "wrong_text" in codes(lie, facts)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("question", "What happens at 12.5 seconds?"),
        ("question", "Who says “Never mind the gulls”?"),
        ("answer", "A, B, C, D, after 3 cuts"),
        ("cot", ["It lasts four seconds."]),
    ],
)
def test_a_sentence_that_no_claim_covers_is_found(field: str, text: object) -> None:
    draft, facts = draft_of("visual_puzzle", "order_stills")
    lie = draft.model_copy(update={"payload": {**draft.payload, field: text}})
    assert codes(lie, facts) == ["uncited_claim"]


def test_a_log_alone_supports_no_answer() -> None:
    draft, facts = draft_of("visual_puzzle", "order_stills")
    cited = draft.evidence[0].anchors[0]
    recorded = facts.anchors[cited].model_copy(update={"basis": "recorded"})
    doubtful = Facts(SOURCE, {**facts.anchors, cited: recorded}, facts.schema, facts.derive, facts.settings)
    assert codes(draft, doubtful) == ["untrusted_anchor"]
