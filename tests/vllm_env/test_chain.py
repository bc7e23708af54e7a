"""The chain with the real engine: Dagster runs of `synthesized_samples` over all tasks of a batch.

The model's weights are random: what it says is of the right form and untrue. True replies are mixed in.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from dataclaw_assets import tasks
from dataclaw_assets.evaluation.cuts import describe_video
from dataclaw_assets.quality.audit import audit_draft
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.quality.gates.wording import check_wording
from dataclaw_assets.raw_sources.readers.contract import hash_file
from dataclaw_assets.records import Anchor, Instruction, Sample, Source, partition_key
from dataclaw_assets.synthesized_samples.agents import registry
from dataclaw_assets.synthesized_samples.agents.registry import find_agent
from dataclaw_assets.synthesized_samples.agents.temporal_qa.agent import TemporalQAAgent
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.drafting import UnusedReply
from resources.home import Home, open_home
from resources.inference.client import Inference
from resources.inference.contract import Reply, Request
from resources.inference.settings import InferenceSettings, VllmSettings
from resources.inference.vllm_engine import VllmBackend
from resources.media import write_clip
from tests.builders import make_film
from tests.factual_anchors.made_videos import paint_scene
from tests.synthesized_samples.test_synthesize import instruct, publish
from tests.vllm_env.environment import TINY

pytestmark = [
    pytest.mark.vllm,
    pytest.mark.filterwarnings("default"),  # vLLM and what it imports warn of each other
]

BAR = 1.15
"""Prompt tokens computed for the tasks of a source, of its shared prefix once and each task's own part."""

SOURCES = 8
PREFIX = 2000
"""Tokens that all tasks of a source share, at the least."""

TRUE_OF = 4
"""Of so many puzzle replies one is replaced by a true one."""

ENGINE = VllmSettings(
    model=str(TINY),
    dtype="float32",
    context_tokens=16384,
    kv_cache_bytes=512 << 20,
    images=8,
    eager=True,
)


class SecondQAAgent(TemporalQAAgent):
    """A task in which the same is asked for somebody else."""

    spec = TemporalQAAgent.spec.model_copy(update={"task_type": "second_qa"})

    def instruct(self, context: SourceContext, instruction: Instruction) -> str:
        told = TemporalQAAgent().instruct(context, instruction)
        return f"For {self.spec.task_type}.\n{told}"


class FailingAgent(SecondQAAgent):
    """A task that fails on every reply."""

    spec = TemporalQAAgent.spec.model_copy(update={"task_type": "failing"})

    def draft(self, proposal: Any, context: Any, facts: Any) -> Iterator[Any]:
        raise RuntimeError("this task fails")


GOOD = ("visual_puzzle", "temporal_qa", "tutorial", "second_qa")
TASKS = (*GOOD, "failing")


@dataclass
class Mixing:
    """The real backend; of the replies to puzzles some are exchanged for true ones. It keeps what was asked
    and answered."""

    real: VllmBackend
    asked: list[Request] = field(default_factory=list)
    replies: dict[str, Reply] = field(default_factory=dict)
    mixed: int = 0

    name = "vllm"
    remote = False

    @property
    def model(self) -> str:
        return self.real.model

    @property
    def revision(self) -> str:
        return self.real.revision

    def infer(self, requests: Sequence[Request]) -> Iterator[Reply]:
        self.asked += requests
        puzzles = [r.key for r in requests if r.schema and r.schema["title"] == "VisualPuzzleProposal"]
        prompts = {request.key: request for request in requests}
        for reply in self.real.infer(requests):
            self.replies[reply.key] = reply
            if reply.key in puzzles[::TRUE_OF]:
                reply = reply.model_copy(update={"text": tell_truth(prompts[reply.key])})
                self.mixed += 1
            yield reply

    def close(self) -> None:
        self.real.close()


def tell_truth(request: Request) -> str:
    """Stills that the prompt lists, as a puzzle."""
    text = "".join(part for part in request.parts if isinstance(part, str))
    labels = re.findall(r"^(F\d+) .*still_unique", text, re.MULTILINE)
    question = "In which order does the film show these pictures? Answer with their letters."
    return json.dumps({"items": [{"form": "order_stills", "facts": labels[:4], "question": question}]})


@dataclass(frozen=True)
class Ran:
    """A home after the runs, which runs succeeded, and what the engine was asked."""

    home: Home
    backend: Mixing
    succeeded: dict[str, bool]
    computed: int
    needed: int
    prefixes: list[int]
    media_asked: int
    media_hits: float

    def samples(self, task: str) -> list[Sample]:
        return self.home.read("synthesized_samples", partition_key("b", task), "samples", Sample)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    if not TINY.is_dir():
        pytest.skip("no checkpoint here: `make test-vllm` builds one")
    patched = pytest.MonkeyPatch()
    plugins = {"second_qa": SecondQAAgent(), "failing": FailingAgent()}
    patched.setattr(tasks, "load_plugins", lambda: plugins)
    patched.setattr(registry, "load_plugins", lambda: plugins)
    folder = tmp_path_factory.mktemp("chain")
    home = open_home(str(folder / "home"))
    sources = [make_clip(folder / f"clip{number}.mp4", number) for number in range(SOURCES)]
    anchors = [anchor for source in sources for anchor in make_film(source)]
    asked = [instruct(source, task) for source in sources for task in TASKS]
    publish(home, "raw_sources", "sources", Source, list(sources))
    publish(home, "factual_anchors", "anchors", Anchor, list(anchors))
    publish(home, "resolved_intents", "instructions", Instruction, list(asked))
    settings = InferenceSettings(default=ENGINE, frames=4, side_px=96, context_budget=2000, max_tokens=1024)
    backend = Mixing(VllmBackend(ENGINE))
    inference = Inference(settings, home.store, opener=lambda chosen: backend)
    succeeded = run_tasks(home, inference)
    counters = backend.real.read_counters()
    computed, needed, prefixes = count_tokens(backend)
    yield Ran(
        home=home,
        backend=backend,
        succeeded=succeeded,
        computed=computed,
        needed=needed,
        prefixes=prefixes,
        media_asked=sum(len(request.media_ids) for request in backend.asked),
        media_hits=counters["mm_cache_hits"],
    )
    inference.close()
    patched.undo()


def make_clip(path: Path, number: int) -> Source:
    """Forty seconds in eight shots, as `make_film` says."""
    pictures = [paint_scene(100 * number + shot, height=72, width=128) for shot in range(8)]
    write_clip(path, (pictures[frame // 25] for frame in range(200)), 5.0)
    sha256 = hash_file(path)
    found = describe_video(path)
    assert found.stream is not None
    stream = found.stream.model_copy(update={"sha256": sha256})
    return found.model_copy(update={"source_id": sha256, "name": path.name, "batch": "b", "stream": stream})


def run_tasks(home: Home, inference: Inference) -> dict[str, bool]:
    """One in-process run for each partition of the batch; which of them succeeded."""
    import dagster as dg

    from definitions import defs
    from resources.deployment import Deployment
    from resources.inference.resource import Models

    resources = {"deployment": Deployment(home), "inference": Models(inference, TASKS)}
    deployed = dg.Definitions(assets=defs.assets, jobs=defs.jobs, resources=resources)
    job = deployed.resolve_job_def("synthesis_job")
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("footage", ["b"])
        return {
            task: job.execute_in_process(
                instance=instance,
                partition_key=partition_key("b", task),
                asset_selection=[dg.AssetKey("synthesized_samples")],
                raise_on_error=False,
            ).success
            for task in TASKS
        }


def count_tokens(backend: Mixing) -> tuple[int, int, list[int]]:
    """Prompt tokens computed, those that a shared prefix needs, and how long the prefixes are."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(TINY))
    computed = needed = 0
    prefixes = []
    for place in range(0, len(backend.asked), len(TASKS)):
        requests = backend.asked[place : place + len(TASKS)]
        replies = [backend.replies[request.key] for request in requests]
        own = [len(tokenizer.encode(str(request.parts[-1]))) for request in requests]
        prefix = min(reply.prompt_tokens - size for reply, size in zip(replies, own, strict=True))
        computed += sum(reply.prompt_tokens - reply.cached_tokens for reply in replies)
        needed += prefix + sum(own)
        prefixes.append(prefix)
    return computed, needed, prefixes


def test_every_task_but_the_failing_one_is_published(ran: Ran) -> None:
    assert ran.succeeded == {task: task != "failing" for task in TASKS}


def test_all_questions_are_asked_once_source_by_source(ran: Ran) -> None:
    assert len(ran.backend.asked) == SOURCES * len(TASKS)
    heads = [request.parts[:-1] for request in ran.backend.asked]
    assert all(len(set(heads[i : i + len(TASKS)])) == 1 for i in range(0, len(heads), len(TASKS)))


def test_what_the_tasks_of_a_source_share_is_computed_once(ran: Ran) -> None:
    assert min(ran.prefixes) >= PREFIX
    sys.stderr.write(f"computed {ran.computed} of {ran.needed} needed: {ran.computed / ran.needed:.3f}\n")
    assert ran.computed <= BAR * ran.needed


def test_task_first_computes_far_more(ran: Ran) -> None:
    first = ran.backend.asked[: len(TASKS)]
    turned = [replace(request, key=f"turned {n}", parts=turn(request)) for n, request in enumerate(first)]
    replies = list(ran.backend.real.infer(turned))
    computed = sum(reply.prompt_tokens - reply.cached_tokens for reply in replies)
    shared = ran.needed / SOURCES
    sys.stderr.write(
        f"task first: {computed} tokens for one source, {computed / shared:.2f} of what is needed\n"
    )
    assert computed > BAR * shared


def turn(request: Request) -> tuple[Any, ...]:
    """The parts with the task's own before what is shared."""
    return request.parts[-1], *request.parts[:-1]


def test_media_are_encoded_once(ran: Ran) -> None:
    assert ran.media_hits >= ran.media_asked * (len(TASKS) - 1) / len(TASKS)


def test_nonsense_is_of_the_right_form(ran: Ran) -> None:
    unused = [
        item
        for task in GOOD
        for item in ran.home.read("synthesized_samples", partition_key("b", task), "unused", UnusedReply)
    ]
    assert {item.reason for item in unused} & {"not_json", "invalid"} == set()


def test_true_drafts_in_the_batch_are_accepted(ran: Ran) -> None:
    by_model = [sample for sample in ran.samples("visual_puzzle") if sample.generator.backend == "vllm"]
    assert len({sample.source_id for sample in by_model}) == ran.backend.mixed == SOURCES // TRUE_OF


def test_every_accepted_draft_of_the_model_is_true_when_it_is_computed_again(ran: Ran) -> None:
    sources = {row.source_id: row for row in ran.home.read("raw_sources", "b", "sources", Source)}
    anchors = ran.home.read("factual_anchors", "b", "anchors", Anchor)
    for task in GOOD:
        agent = find_agent(task)
        for sample in ran.samples(task):
            mine = {a.anchor_id: a for a in anchors if a.source_id == sample.source_id}
            facts = Facts(sources[sample.source_id], mine, agent.schema, agent.derive, ran.home.settings)
            extra = [("wording", check_wording)] if sample.generator.backend == "vllm" else []
            assert all(result.passed for result in audit_draft(sample, facts, [*agent.gates, *extra]))
            assert agent.derive(sample) == sample.verifier.value
