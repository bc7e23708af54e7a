"""The audit: answers are read as a reward would, twins stand or fall together, tables hold as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from dataclaw_assets.quality.answers import parse_answer
from dataclaw_assets.quality.audit import audit_draft, count_reasons, fell_twins
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.quality.report import audit_table
from dataclaw_assets.records import Draft, GateResult, Generator, Sample, Verifier, identify_draft
from dataclaw_assets.synthesized_samples.agents.registry import find_agent
from dataclaw_assets.synthesized_samples.context import SourceContext
from resources.settings import Settings
from tests.builders import make_film, make_source

SOURCE = make_source()
ANCHORS = make_film(SOURCE)
AGENT = find_agent("visual_puzzle")
FACTS = Facts(SOURCE, {a.anchor_id: a for a in ANCHORS}, AGENT.schema, AGENT.derive, Settings())
COMPOSED = AGENT.compose(SourceContext(SOURCE, tuple(ANCHORS), Settings()))
DRAFTS = [draft for draft in COMPOSED if draft.template == "order_stills"]
PASSED = GateResult(gate="schema", passed=True)
FAILED = GateResult(gate="media", passed=False, code="not_cut")


def sample_of(draft: Draft, *results: GateResult, sample_id: str | None = None) -> Sample:
    return Sample(
        **dict(draft),
        sample_id=sample_id or identify_draft(draft, "b|visual_puzzle"),
        batch="b",
        instruction_id="i-1",
        generator=Generator(backend="rules", revision="1"),
        gate_results=results,
    )


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("choice", "B", "B"),
        ("choice", "B.", "B"),
        ("permutation", "C, A, D, B", ["C", "A", "D", "B"]),
        ("permutation", "Step 1: picture B. “A, C”\nStep 2: picture A.", ["B", "A"]),
        ("interval", "2.0-4.5", [2.0, 4.5]),
        ("interval", "2.0 – 4.5", [2.0, 4.5]),
        ("interval", "not shown", None),
        ("number", "12.5", 12.5),
    ],
)
def test_answers_are_read(kind: Any, text: str, value: Any) -> None:
    assert parse_answer(Verifier(kind=kind, value=value), text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [("choice", "B or C"), ("permutation", "first C"), ("interval", "4.5"), ("number", "about 3")],
)
def test_an_answer_of_another_kind_is_refused(kind: Any, text: str) -> None:
    with pytest.raises(ValueError, match="can be read"):
        parse_answer(Verifier(kind=kind, value=None), text)


@pytest.mark.parametrize(
    ("change", "gate", "code"),
    [
        ({"payload": {"question": "q"}}, "schema", "schema"),
        ({"payload": {**DRAFTS[0].payload, "answer": "soon"}}, "schema", "unreadable_answer"),
        ({"payload": {**DRAFTS[0].payload, "answer": "A, B, D, C, E"}}, "schema", "answer_mismatch"),
        ({"media": ()}, "media", "no_media"),
        ({"source_id": "0" * 64}, "citation", "unknown_anchor"),
        ({"evidence": ()}, "citation", "uncited_claim"),
    ],
)
def test_the_first_gate_that_can_tell_refuses(change: dict[str, Any], gate: str, code: str) -> None:
    results = audit_draft(DRAFTS[0].model_copy(update=change), FACTS)
    assert (results[-1].gate, results[-1].code) == (gate, code)


@pytest.mark.parametrize(
    ("piece", "code"),
    [
        ({"start_s": 5.0, "end_s": 5.0}, "empty_range"),
        ({"start_s": 5.0, "end_s": 99.0}, "outside_source"),
        ({"start_s": 5.0, "end_s": 5.5}, "clip_length"),
    ],
)
def test_a_clip_must_lie_inside_its_source(piece: dict[str, float], code: str) -> None:
    clip = DRAFTS[0].media[0]
    bad = clip.model_copy(update={"pieces": (clip.pieces[0].model_copy(update=piece),)})  # type: ignore[union-attr]
    results = audit_draft(DRAFTS[0].model_copy(update={"media": (bad, *DRAFTS[0].media[1:])}), FACTS)
    assert (results[-1].gate, results[-1].code) == ("media", code)


def test_the_twin_of_a_rejected_sample_falls() -> None:
    first, second = (draft for draft in DRAFTS if draft.twin_key == DRAFTS[0].twin_key)
    felled = fell_twins([sample_of(first, PASSED), sample_of(second, FAILED)])
    assert [sample.accepted for sample in felled] == [False, False]
    assert count_reasons(felled) == {"twin:twin_lost": 1, "media:not_cut": 1}


def test_a_twin_alone_is_not_released() -> None:
    assert not fell_twins([sample_of(DRAFTS[0], PASSED)])[0].accepted


def test_the_table_of_a_sound_partition_passes() -> None:
    assert audit_table([sample_of(draft, PASSED) for draft in DRAFTS]) is None


def test_a_table_with_one_id_twice_does_not() -> None:
    twice = [sample_of(draft, PASSED, sample_id="x") for draft in DRAFTS[:2]]
    assert audit_table(twice) == "audit: expect_column_values_to_be_unique failed for column sample_id"
