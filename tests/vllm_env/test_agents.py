"""Every agent's prompt through the real engine, on random weights: nonsense of its form, and refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from dataclaw_assets.quality.audit import audit_draft
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.quality.gates.wording import check_wording
from dataclaw_assets.records import Anchor, Draft
from dataclaw_assets.synthesized_samples.agents.contract import ModelAgent, Refusal
from dataclaw_assets.synthesized_samples.agents.registry import BUILT_IN
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.route import ask_for, share
from resources.inference.contract import Reply, Request, Sampling
from resources.inference.settings import VllmSettings
from resources.inference.vllm_engine import VllmBackend
from resources.settings import Settings
from tests.builders import make_drawing, make_film, make_source
from tests.synthesized_samples.agents import made_gui_session, moving, written
from tests.synthesized_samples.test_synthesize import instruct
from tests.vllm_env.environment import TINY

pytestmark = [
    pytest.mark.vllm,
    pytest.mark.filterwarnings("default"),  # vLLM and what it imports warn of each other
]

WRITERS = [agent for agent in BUILT_IN if isinstance(agent, ModelAgent)]
FILM = make_source()
DRAWING = make_source("drawing", name="sketch.ndjson")
IMAGE = make_source("image", name="sign.jpg").model_copy(update={"stream": None})
SESSION = made_gui_session.make_gui_source()
EPISODE = make_source("robot_demo", 12.0, "episode.mp4")
MATERIAL = {
    "video": SourceContext(FILM, tuple(make_film(FILM)), Settings()),
    "drawing": SourceContext(DRAWING, tuple(make_drawing(DRAWING)), Settings()),
    "image": SourceContext(IMAGE, tuple(written.make_sign(IMAGE)), Settings()),
    "gui_trace": SourceContext(SESSION, tuple(made_gui_session.make_gui_session(SESSION)), Settings()),
    "robot_demo": SourceContext(EPISODE, tuple(moving.make_reach(EPISODE)), Settings()),
}


@dataclass(frozen=True)
class Asked:
    """What an agent asked of a kind of source, and what it can cite."""

    agent: ModelAgent
    context: SourceContext
    facts: Mapping[str, Anchor]
    request: Request


def ask_all() -> Iterator[Asked]:
    """A question of every agent about every kind of source that it asks of."""
    for agent in WRITERS:
        for kind in sorted(agent.asks_of):
            context = MATERIAL[kind]
            route = share(context, (), 1000, remote=False)
            further = route.further(agent.spec.list_kinds(context.source.kind))
            told = agent.instruct(context, instruct(context.source, agent.spec.task_type))
            key = f"{agent.spec.task_type} {kind}"
            schema = agent.proposal.model_json_schema()
            request = ask_for(route, told, schema, Sampling(max_tokens=700, seed=1), key, further)
            yield Asked(agent, context, route.facts(further), request)


@pytest.fixture(scope="module")
def answered() -> list[tuple[Asked, Reply]]:
    if not TINY.is_dir():
        pytest.skip("no checkpoint here: `make test-vllm` builds one")
    backend = VllmBackend(
        VllmSettings(
            model=str(TINY), dtype="float32", context_tokens=16384, kv_cache_bytes=512 << 20, eager=True
        )
    )
    asked = {item.request.key: item for item in ask_all()}
    try:
        replies = list(backend.infer([item.request for item in asked.values()]))
    finally:
        backend.close()
    return [(asked[reply.key], reply) for reply in replies]


def test_every_agent_is_answered(answered: list[tuple[Asked, Reply]]) -> None:
    assert {item.agent.spec.task_type for item, _ in answered} == {a.spec.task_type for a in WRITERS}
    assert [reply.error for _, reply in answered if reply.error] == []
    assert any(reply.finish_reason == "stop" for _, reply in answered)


def test_nonsense_has_the_form_of_its_task_and_nothing_untrue_of_it_passes(
    answered: list[tuple[Asked, Reply]],
) -> None:
    for item, reply in answered:
        if reply.finish_reason == "stop":
            proposal = item.agent.proposal.model_validate_json(reply.text)
            for made in item.agent.draft(proposal, item.context, item.facts):
                assert isinstance(made, Refusal) or is_true_or_refused(item.agent, item.context, made)


def is_true_or_refused(agent: ModelAgent, context: SourceContext, draft: Draft) -> bool:
    facts = Facts(
        context.source, {a.anchor_id: a for a in context.anchors}, agent.schema, agent.derive, Settings()
    )
    results = audit_draft(draft, facts, [*agent.gates, ("wording", check_wording)])
    return not all(result.passed for result in results) or agent.derive(draft) == draft.verifier.value
