"""Gate `phrasing`: only the task's sentences, and only what claims or typed fields state, in its fields."""

from __future__ import annotations

from typing import Any

import pytest

from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.quality.gates.phrasing import phrased_by
from dataclaw_assets.records import Claim, Draft, Verifier
from tests.builders import make_source

SOURCE = make_source()
GATE = phrased_by(
    {"asked": ["When is “{line}” said? (Answer in seconds.)"], "step": ["Draw the stroke {place}."]}
)


def find_codes(**payload: Any) -> list[str]:
    draft = Draft(
        task_type="t",
        template="asked",
        source_id=SOURCE.source_id,
        payload={"question": "When is “Good day.” said? (Answer in seconds.)", "answer": "1.0", **payload},
        evidence=(Claim(kind="text", value="Good day."),),
        media=(),
        verifier=Verifier(kind="number", value=1.0),
    )
    return [finding.code for finding in GATE(draft, Facts(SOURCE, {}, object, lambda _: None, None))]  # type: ignore[arg-type]


def test_a_sentence_of_the_template_with_a_claimed_text_passes() -> None:
    assert find_codes() == []


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"question": "When is “Good day.” said? (Answer in seconds.) He lies."}, "strange_words"),
        ({"question": "Draw the stroke Good day.."}, "strange_words"),
        ({"question": "When is “Good night.” said? (Answer in seconds.)"}, "unbacked_field"),
        ({"cot": ["He closes the window."]}, "strange_words"),
        ({"answer": "Step 1: picture A. “Good day.” He leaves."}, "strange_words"),
        ({"answer": "Step 1: picture A. Draw the stroke on the left."}, "unbacked_field"),
    ],
)
def test_words_that_no_phrasing_and_no_claim_bears_are_refused(payload: dict[str, Any], code: str) -> None:
    assert find_codes(**payload) == [code]


def test_typed_fields_of_the_payload_may_fill_a_sentence() -> None:
    steps = [{"picture": "A", "place": "on the left"}]
    assert find_codes(answer="Step 1: picture A. Draw the stroke on the left.", steps=steps) == []


def test_the_material_of_a_question_is_not_ours_to_phrase() -> None:
    question = (
        "When is “Good day.” said? (Answer in seconds.)\n\nTranscript:\n[0.0-1.0] He closes the window."
    )
    transcript = [{"start_s": 0.0, "end_s": 1.0, "text": "He closes the window."}]
    assert find_codes(question=question, transcript=transcript) == []
