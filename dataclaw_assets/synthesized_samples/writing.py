"""What a model writes for a batch: for each source one shared context, then the question of every task."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.collect import read_anchors
from dataclaw_assets.raw_sources.register import registered_sources
from dataclaw_assets.records import Anchor, Instruction, digest
from dataclaw_assets.resolved_intents.resolve import read_instructions
from dataclaw_assets.synthesized_samples.agents.contract import ModelAgent
from dataclaw_assets.synthesized_samples.agents.registry import find_agent
from dataclaw_assets.synthesized_samples.context import SourceContext, list_families
from dataclaw_assets.synthesized_samples.frames import Shown, choose_times, take_pictures
from dataclaw_assets.synthesized_samples.route import PROMPTS, ask_for, share
from resources.home import Home
from resources.inference.answers import Answer, Asked
from resources.inference.client import Inference
from resources.inference.contract import Sampling
from resources.inference.metrics import Metrics, measure
from resources.inference.settings import InferenceSettings
from resources.progress import OnProgress, ignore

AT_ONCE = 64
"""Sources whose pictures are held together: 5 MB each at the default 16 pictures of 448 px."""

PICTURES = "1"
"""Raised when the same settings choose other pictures."""


@dataclass
class Written:
    """What a model answered for one task: answers by source, and the anchors of the labels it could cite."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    facts: dict[str, Mapping[str, Anchor]] = field(default_factory=dict)
    unread: dict[str, UnreadableSource] = field(default_factory=dict)
    failed: Exception | None = None
    """What the task's agent failed with while its questions were made: it asks none."""
    metrics: Metrics = field(default_factory=Metrics)
    alongside: Metrics = field(default_factory=Metrics)
    """What the same call took for the other tasks, which find their replies later."""


@dataclass(frozen=True)
class _Question:
    """One task's question about one source."""

    agent: ModelAgent
    context: SourceContext
    instruction: Instruction

    @property
    def key(self) -> str:
        return f"{self.agent.spec.task_type} {self.context.source.source_id}"


def find_writer(task_type: str) -> ModelAgent | None:
    """The agent of a task if it can ask a model."""
    agent = find_agent(task_type)
    return agent if isinstance(agent, ModelAgent) else None


def fingerprint_writing(settings: InferenceSettings) -> str:
    """Of all that decides what is asked of which model, but for the footage: settings and prompts."""
    prompts = {path.name: path.read_text("utf-8") for path in sorted(PROMPTS.glob("*.md"))}
    return digest(settings.model_dump(mode="json", exclude={"budget", "resolver"}), prompts)


def write_batch(
    home: Home,
    inference: Inference,
    batch: str,
    task_types: Sequence[str],
    on_progress: OnProgress = ignore,
) -> dict[str, Written]:
    """The answers of models for some tasks of a batch.

    All questions about a source follow one another and begin with the same parts, so that an engine computes
    these once. Replies are kept as they come: what was answered before, for whichever task, is not asked
    again. Raises `InferenceError` when a model as a whole cannot be used, and what reading the batch raises.
    """
    agents = [agent for task_type in task_types if (agent := find_writer(task_type))]
    written = {task_type: Written() for task_type in task_types}
    questions = _collect_questions(home, batch, agents)
    sources = list(questions)
    for start in range(0, len(sources), AT_ONCE):
        on_progress("asking the model", start, len(sources))
        wave = [questions[source_id] for source_id in sources[start : start + AT_ONCE]]
        _ask_wave(home, inference, wave, written)
    on_progress("asking the model", len(sources), len(sources))
    for name, mine in written.items():
        others = (other.metrics for task_type, other in written.items() if task_type != name)
        mine.alongside = sum(others, Metrics())
    return written


def _collect_questions(home: Home, batch: str, agents: Sequence[ModelAgent]) -> dict[str, list[_Question]]:
    """The questions by source, in the order of the sources, each task's in the order of the tasks."""
    asked: dict[tuple[str, str], Instruction] = {}
    ranked = sorted(read_instructions(home, batch), key=lambda item: (item.status != "ready", item.rank))
    for instruction in ranked:
        if instruction.status != "infeasible":
            asked.setdefault((instruction.source_id, instruction.task_type), instruction)
    anchors = read_anchors(home, batch) if asked else {}
    questions: dict[str, list[_Question]] = {}
    registered = registered_sources(home, batch)
    families = list_families(registered, anchors)
    for source in registered:
        known = tuple(anchors.get(source.source_id, ()))
        context = SourceContext(source, known, home.settings, families[source.kind])
        for agent in agents:
            chosen = asked.get((source.source_id, agent.spec.task_type))
            if chosen and source.kind in agent.asks_of:
                questions.setdefault(source.source_id, []).append(_Question(agent, context, chosen))
    return questions


def _ask_wave(
    home: Home, inference: Inference, wave: Sequence[list[_Question]], written: Mapping[str, Written]
) -> None:
    settings = inference.settings
    contexts = [questions[0].context for questions in wave]
    taken = recall_pictures(contexts, home.scratch, settings.frames, settings.side_px)
    asked: list[Asked] = []
    for questions, shown in zip(wave, taken, strict=True):
        if isinstance(shown, UnreadableSource):
            for question in questions:
                written[question.agent.spec.task_type].unread[question.context.source.source_id] = shown
            continue
        asked += _ask_source(inference, questions, shown, written)
    began, before = time.monotonic(), _count_media_hits(inference) or 0.0
    answers: dict[str, list[Answer]] = {}
    with closing(inference.ask(asked)) as coming:
        for answer in coming:
            answers.setdefault(answer.key, []).append(answer)
    whole = measure((answer for found in answers.values() for answer in found), time.monotonic() - began)
    after = _count_media_hits(inference)
    hits = None if after is None else after - before
    for question in (question for questions in wave for question in questions):
        found = sorted(answers.get(question.key, ()), key=lambda answer: answer.attempt)
        mine = written[question.agent.spec.task_type]
        if question.context.source.source_id not in mine.facts:
            continue
        mine.answers[question.context.source.source_id] = found
        own = measure(found)
        # Time and hits are of the whole wave: each question is told its share, by tokens and by media.
        share = own.prompt_tokens / whole.prompt_tokens if whole.prompt_tokens else 0.0
        media = own.media_sent / whole.media_sent if whole.media_sent else 0.0
        told = {"seconds": whole.seconds * share, "media_hits": None if hits is None else hits * media}
        mine.metrics += own.model_copy(update=told)


def _count_media_hits(inference: Inference) -> float | None:
    """How many media the engines found encoded since they started; None where none of them says."""
    return inference.read_counters().get("mm_cache_hits")


def _ask_source(
    inference: Inference,
    questions: Sequence[_Question],
    shown: Sequence[Shown],
    written: Mapping[str, Written],
) -> Iterator[Asked]:
    settings, source = inference.settings, questions[0].context.source
    assert source.kind is not None
    remote = inference.route(source.kind).remote
    route = share(questions[0].context, shown, settings.context_budget, remote=remote)
    sampling = Sampling(
        max_tokens=settings.max_tokens,
        temperature=settings.temperature,
        seed=questions[0].context.settings.seed,
    )
    for question in questions:
        agent = question.agent
        further = route.further(agent.spec.list_kinds(source.kind))
        try:
            suffix = agent.instruct(question.context, _leave_out_name(question.instruction, source.name))
            schema = agent.proposal.model_json_schema()
        except Exception as error:  # an agent may be anybody's: it costs the tasks alongside nothing
            written[agent.spec.task_type].failed = error
            continue
        request = ask_for(route, suffix, schema, sampling, question.key, further)
        written[agent.spec.task_type].facts[source.source_id] = route.facts(further)
        yield Asked(request, source.kind, agent.proposal, settings.tries)


def _leave_out_name(instruction: Instruction, name: str) -> Instruction:
    """The instruction without the file's name, which whoever made the footage chose."""
    return instruction.model_copy(update={"text": instruction.text.replace(name, "this source")})


def recall_pictures(
    contexts: Sequence[SourceContext], scratch: Path, count: int, side_px: int
) -> list[Sequence[Shown] | UnreadableSource]:
    """`take_pictures`, from scratch where they were taken before, by this task or another."""
    paths = [_locate_pictures(context, scratch, count, side_px) for context in contexts]
    missing = [place for place, path in enumerate(paths) if not path.exists()]
    taken = take_pictures([contexts[place] for place in missing], scratch, count, side_px)
    found: list[Sequence[Shown] | UnreadableSource] = [()] * len(contexts)
    for place, shown in zip(missing, taken, strict=True):
        found[place] = shown
        if not isinstance(shown, UnreadableSource):
            _keep_pictures(paths[place], shown)
    for place in set(range(len(contexts))) - set(missing):
        found[place] = _load_pictures(paths[place])
    return found


def _locate_pictures(context: SourceContext, scratch: Path, count: int, side_px: int) -> Path:
    source = context.source
    name = digest(PICTURES, source.stream, choose_times(context, count), count, side_px)
    return scratch / "pictures" / f"{source.source_id}-{name}.npz"


def _keep_pictures(path: Path, shown: Iterable[Shown]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f"{uuid.uuid4().hex}.part")
    with staged.open("wb") as file:
        named = {
            f"{place:03d} {'' if item.time_s is None else repr(item.time_s)}": item.picture
            for place, item in enumerate(shown)
        }
        np.savez(file, **named)  # type: ignore[arg-type]  # its stubs take names for options
    staged.replace(path)


def _load_pictures(path: Path) -> list[Shown]:
    with np.load(path, allow_pickle=False) as held:
        return [Shown(_read_time(name), held[name]) for name in sorted(held.files)]


def _read_time(name: str) -> float | None:
    said = name.partition(" ")[2]
    return float(said) if said else None
