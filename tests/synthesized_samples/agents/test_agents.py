"""Every built-in agent over honest anchors: what it composes passes, and twins really flip the answer."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pytest

from dataclaw_assets.quality.audit import audit_draft
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.records import Anchor, Draft, Source
from dataclaw_assets.synthesized_samples.agents.contract import TaskAgent
from dataclaw_assets.synthesized_samples.agents.registry import find_agent
from dataclaw_assets.synthesized_samples.context import SourceContext, limit
from resources.settings import Settings
from tests.builders import make_drawing, make_episode, make_film, make_source

FILM = make_source()
QUICK_FILM = make_source(duration_s=32.0, name="quick.mp4")
LONG_FILM = make_source(duration_s=150.0, name="long.mp4")
EPISODE = make_source("robot_demo", 12.0, "episode.mp4")
DRAWING = make_source("drawing", name="sketch.ndjson")
MATERIAL: dict[str, tuple[Source, list[Anchor]]] = {
    "film": (FILM, make_film(FILM)),
    "quick film": (QUICK_FILM, make_film(QUICK_FILM, shots=44, shot_s=0.72, spoken=False)),
    "silent film": (FILM, make_film(FILM, spoken=False)),
    "long film": (LONG_FILM, make_film(LONG_FILM, shots=10, shot_s=15.0)),
    "episode": (EPISODE, make_episode(EPISODE)),
    "drawing": (DRAWING, make_drawing(DRAWING)),
}
CHANGES = {"find_rotation", "find_mirrored", "find_freeze"}
OF_ANY = {"order_clips", "count", "still_jigsaw"}
OF_SILENT = {
    "before_yes_no",
    "camera_caption",
    "camera_choice",
    "camera_open",
    "camera_yes_no",
    "next_picture",
    "shape_choice",
    "speed_caption",
    "speed_choice",
    "speed_yes_no",
}
_FORM = re.compile("_(circles|squares|triangles|[23]x[23])$")
"""The forms and grids that chance chooses."""

MAKES = [
    (
        "visual_puzzle",
        "film",
        {
            "order_stills",
            "find_shot",
            "find_rotation",
            "find_freeze",
            "find_elsewhere",
            "order_clips",
            "count",
        },
    ),
    (
        "visual_puzzle",
        "quick film",
        {"order_stills", "find_moment", "find_freeze", *OF_ANY} - {"order_clips"},
    ),
    (
        "visual_puzzle",
        "long film",
        {"find_shot", *CHANGES, "find_speed", "find_elsewhere", *OF_ANY},
    ),
    ("visual_puzzle", "drawing", {"order_strokes"}),
    ("temporal_qa", "film", {*OF_SILENT, "shape_speech"}),
    ("temporal_qa", "silent film", OF_SILENT),
    ("temporal_qa", "episode", {"stop_interval"}),
    ("temporal_qa", "drawing", {"next_stroke"}),
    ("tutorial", "film", set()),
    ("tutorial", "drawing", {"drawing_steps"}),
]


def compose(task: str, material: str) -> tuple[TaskAgent, Facts, list[Draft]]:
    source, anchors = MATERIAL[material]
    agent = find_agent(task)
    context = SourceContext(source, tuple(anchors), Settings())
    facts = Facts(source, {a.anchor_id: a for a in anchors}, agent.schema, agent.derive, Settings())
    return agent, facts, list(agent.compose(context))


@pytest.mark.parametrize(("task", "material", "templates"), MAKES)
def test_composes_the_templates_that_the_footage_supports(
    task: str, material: str, templates: set[str]
) -> None:
    _, _, drafts = compose(task, material)
    assert {_FORM.sub("", draft.template) for draft in drafts} == templates


@pytest.mark.parametrize(("task", "material"), [(task, material) for task, material, made in MAKES if made])
def test_every_draft_from_honest_anchors_passes_its_gates(task: str, material: str) -> None:
    agent, facts, drafts = compose(task, material)
    refused = [
        (draft.template, result.code, result.detail)
        for draft in drafts
        for result in audit_draft(draft, facts, agent.gates)
        if not result.passed
    ]
    assert drafts
    assert refused == []


@pytest.mark.parametrize(("task", "material"), [(task, material) for task, material, made in MAKES if made])
def test_twins_ask_the_same_and_answer_otherwise(task: str, material: str) -> None:
    pairs: dict[str, list[Draft]] = defaultdict(list)
    for draft in compose(task, material)[2]:
        if draft.twin_key:
            pairs[draft.twin_key].append(draft)
    for first, *others in pairs.values():
        for second in others:
            # a transcript follows the clip's clock, so only the sentence itself is the same
            assert first.payload["question"].split("\n")[0] == second.payload["question"].split("\n")[0]
            assert first.media != second.media
            assert first.verifier.value != second.verifier.value


def test_composing_twice_gives_the_same_drafts() -> None:
    assert compose("visual_puzzle", "film")[2] == compose("visual_puzzle", "film")[2]


def test_no_template_exceeds_its_cap_and_no_twin_is_parted() -> None:
    for task in ("visual_puzzle", "temporal_qa"):
        kept = list(limit(compose(task, "long film")[2], cap=2))
        names = {(draft.template, draft.twin_key or draft.payload["answer"], draft.media) for draft in kept}
        questions = Counter(template for template, _, _ in {(n[0], n[1], None) for n in names})
        assert set(questions.values()) <= {1, 2}
        assert set(Counter(draft.twin_key for draft in kept if draft.twin_key).values()) <= {2, 3}
