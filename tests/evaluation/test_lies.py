"""Every kind of lie is told of true drafts, and none of them passes."""

from __future__ import annotations

import pytest

from dataclaw_assets.evaluation.corruptions import CORRUPTIONS, list_applicable
from dataclaw_assets.evaluation.lies import find_code, state_facts
from dataclaw_assets.records import Draft
from dataclaw_assets.synthesized_samples.agents.registry import find_agent
from dataclaw_assets.synthesized_samples.context import Sibling, SourceContext
from resources.settings import Settings
from tests.builders import make_drawing, make_film, make_source

FILM = make_source()
OTHER = make_source(name="other.mp4")
DRAWING = make_source("drawing", name="sketch.ndjson")
CONTEXTS = {
    "film": SourceContext(
        FILM,
        tuple(make_film(FILM)),
        Settings(),
        (Sibling(FILM, ()), Sibling(OTHER, tuple(make_film(OTHER)))),
    ),
    "drawing": SourceContext(DRAWING, tuple(make_drawing(DRAWING)), Settings()),
}
MADE = [
    (task, material, draft)
    for task in ("visual_puzzle", "temporal_qa", "tutorial")
    for material in ("film", "drawing")
    for draft in find_agent(task).compose(CONTEXTS[material])
]


@pytest.mark.parametrize(("task", "material", "draft"), MADE)
def test_what_is_composed_is_taken_and_no_lie_about_it_is(task: str, material: str, draft: Draft) -> None:
    agent, context = find_agent(task), CONTEXTS[material]
    facts = state_facts(agent, context)
    assert find_code(agent, draft, facts) is None
    told = list_applicable(draft, context, seed=1)
    assert told
    assert [kind for kind, lie in told if find_code(agent, lie, facts) is None] == []


def test_the_lies_differ_from_the_truth_in_what_their_names_say() -> None:
    kinds = {
        kind for _, material, draft in MADE for kind, _ in list_applicable(draft, CONTEXTS[material], seed=1)
    }
    assert {
        "time off by 2τ",
        "two steps swapped",
        "a distractor as answer",
        "evidence of another source",
    } <= kinds
    assert kinds <= set(CORRUPTIONS)
