"""Words that no cited fact bears are found, in questions, steps and reasoning."""

from __future__ import annotations

from typing import Any

import pytest

from dataclaw_assets.anchor_values import SubtitleValue
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.quality.verified import find_unverified
from dataclaw_assets.records import Claim, Draft, Verifier
from resources.settings import Settings
from tests.builders import make_anchor, make_source

SOURCE = make_source()
LINE = make_anchor(
    SOURCE, SubtitleValue(text="The ferry leaves the harbour.", language="en"), "subtitle", 1.0, 2.0
)


def find(question: str, **payload: Any) -> list[str]:
    draft = Draft(
        task_type="t", template="t", source_id=SOURCE.source_id, media=(),
        payload={"question": question, "answer": "A", **payload},
        evidence=(Claim(kind="interval", value=[1.0, 2.0], anchors=(LINE.anchor_id,)),),
        verifier=Verifier(kind="choice", value="A"),
    )  # fmt: skip
    return find_unverified(draft, Facts(SOURCE, {LINE.anchor_id: LINE}, object, lambda _: None, Settings()))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "question",
    [
        "In which order does the film show these pictures? Answer with their letters.",
        "When does the ferry leave the harbour?",
        "What is on the screen while the ferries are leaving?",
    ],
)
def test_words_of_asking_and_of_the_facts_are_borne(question: str) -> None:
    assert find(question) == []


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("When does the man slam the door?", ["man", "slam", "door"]),
        ("When does the ferry hit the pier?", ["hit", "pier"]),
        ("那个人什么时候离开了房间", ["那个人什么时候离开了房间"]),
    ],
)
def test_anything_else_is_named(question: str, words: list[str]) -> None:
    assert find(question) == words


def test_reasoning_and_steps_are_read_as_well() -> None:
    steps = [{"picture": "A", "text": "Press the golden button."}]
    assert find("What comes next?", cot=["He smiles."], steps=steps) == ["smiles", "golden"]


def test_what_the_question_ships_bears_words_too() -> None:
    shipped = [{"start_s": 0.0, "end_s": 1.0, "text": "A kite rises."}]
    question = "When does the kite rise?\n\nTranscript:\n[0.0-1.0] A kite rises."
    assert find(question, transcript=shipped) == []
