"""Trials: exported samples answered several times by a model, as a trainee would get them, and judged."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dataclaw_assets.errors import UnreadableSource, UpstreamMissing
from dataclaw_assets.factual_anchors.collect import read_anchors
from dataclaw_assets.quality.answers import judge_answer
from dataclaw_assets.raw_sources.private_text import hide_private
from dataclaw_assets.records import Json, Record, Sample, Source, SourceKind, digest, partition_key
from dataclaw_assets.synthesized_samples.privacy import find_private_boxes
from dataclaw_assets.synthesized_samples.synthesize import PENDING
from dataclaw_assets.validated_exports.artifacts import Artifact, Exported
from dataclaw_assets.validated_exports.trial_prompts import (
    SYSTEM,
    compose_parts,
    read_question,
    show_files,
    split_waves,
)
from resources.home import Home, Outcome, Plan
from resources.inference.answers import Answer, Asked, FreeText, PassRate, pass_rates
from resources.inference.contract import ReplyError, Request, Sampling
from resources.inference.metrics import Metrics, measure
from resources.inference.settings import InferenceSettings
from resources.ledger import Entry
from resources.progress import OnProgress, ignore

if TYPE_CHECKING:
    from resources.inference.client import Inference

ASSET = "sample_trials"
UPSTREAM = "validated_exports"

TRIALS_VERSION = 2
"""Raised when the same samples would be asked or judged otherwise: partitions are then tried again."""

MIN_TRIES = 4
"""Fewer tries call no sample one-sided: one that is right half of the time looks so in every second pair of
tries, and in one of eight runs of four."""

CONSUMER = ("consumer_fps", "consumer_frames", "consumer_video_px", "consumer_image_px")

RIGHT, WRONG = "always_right", "always_wrong"


class Trial(Record):
    """How often a model answered a sample rightly. `replies` are the digests of its answers in the order of
    the tries; a try that was refused for good is none. `remote`: the sample left this machine for it."""

    sample_id: str
    backend: str
    model: str
    revision: str
    tries: int
    passed: int
    replies: tuple[str, ...]
    remote: bool = False

    @property
    def one_sided(self) -> str | None:
        """`always_right` or `always_wrong`, of however many tries; None when it was both right and wrong."""
        if not PassRate(tries=self.tries, passed=self.passed).one_sided:
            return None
        return RIGHT if self.passed else WRONG


@dataclass
class _Tried:
    """What came of a partition: trials by sample, why other samples have none, what is still to be asked."""

    trials: dict[str, Trial] = field(default_factory=dict)
    untried: Counter[str] = field(default_factory=Counter)
    pending: Counter[str] = field(default_factory=Counter)
    metrics: Metrics = field(default_factory=Metrics)


def try_samples(
    home: Home,
    inference: Inference,
    batch: str,
    task_type: str,
    tries: int,
    on_progress: OnProgress = ignore,
    fresh: bool = False,
) -> Entry:
    """Ask a model every exported sample of a batch × task, `tries` times each, and publish table `trials`.

    The model gets the files as shipped, sampled as the consumer does it, then the question; it answers in
    free text, which the sample's verifier judges. What was answered before is not asked again, and trials of
    the same samples by the same settings are published once; with `fresh` (and an `Inference` that asks
    afresh) again. A sample that cannot be tried is counted with the reason: what reading its files gives,
    `unknown_source`, `private` (it would leave this machine with private data in it), or the model's error.
    The partition is refused while a try is still to be answered.

    Raises `UpstreamMissing` when no export is published, `InputError` for several tries at temperature 0,
    `InferenceError` when a model as a whole cannot be used.
    """
    key = partition_key(batch, task_type)

    def plan() -> Plan:
        made = home.ledger.published(UPSTREAM, key)
        if made is None:
            raise UpstreamMissing(ASSET, key, f"no {UPSTREAM} are published for it")
        parameters: Json = {
            "trials_version": TRIALS_VERSION,
            "tries": tries,
            "seed": home.settings.seed,
            "inference": _fingerprint(inference.settings),
            **{name: getattr(home.settings, name) for name in CONSUMER},
        }
        latest = home.ledger.latest(ASSET, key) if fresh else None
        if latest:
            parameters["after"] = latest.seq
        return Plan(
            inputs={made.name: made.fingerprint},
            parameters=parameters,
            build=lambda: _build(home, inference, batch, made, tries, on_progress),
        )

    return home.publish(ASSET, key, plan)


def find_one_sided(home: Home, trials: Entry) -> dict[str, str]:
    """By sample of an entry of trials, `always_right` or `always_wrong`; of `MIN_TRIES` tries or more."""
    found = home.read_entry(trials, "trials", Trial)
    return {t.sample_id: t.one_sided for t in found if t.tries >= MIN_TRIES and t.one_sided}


def read_exported(home: Home, entry: Entry) -> Iterator[Exported]:
    """The samples of an export with their files, in the order of their media."""
    artifacts: dict[str, list[Artifact]] = {}
    for artifact in home.read_entry(entry, "artifacts", Artifact):
        artifacts.setdefault(artifact.sample_id, []).append(artifact)
    for sample in home.read_entry(entry, "samples", Sample):
        own = sorted(artifacts.get(sample.sample_id, ()), key=lambda artifact: artifact.position)
        yield Exported(sample=sample, artifacts=tuple(own))


def _fingerprint(settings: InferenceSettings) -> str:
    """Of the settings that decide who answers a trial, and how."""
    kept = settings.model_dump(mode="json", include={"default", "experts", "temperature", "max_tokens"})
    return digest(kept)


def _build(
    home: Home, inference: Inference, batch: str, made: Entry, tries: int, on_progress: OnProgress
) -> Outcome:
    exported = list(read_exported(home, made))
    tried = _Tried()
    kinds = _choose_askable(home, inference, batch, exported, tried)
    left = [item for item in exported if item.sample.sample_id in kinds]
    told, done, total = f"trying {made.partition}", 0, tries * len(left)

    def report() -> None:
        nonlocal done
        done += 1
        on_progress(told, done, total)

    for wave in split_waves(left, home.settings):
        _try_wave(home, inference, wave, kinds, tries, tried, report)
    on_progress(told, total, total)
    trials = [tried.trials[name] for name in sorted(tried.trials)]
    sides = Counter(trial.one_sided for trial in trials)
    counts: Json = {
        "samples": len(exported),
        "tried": len(trials),
        "pass_rate": sum(t.passed / t.tries for t in trials) / len(trials) if trials else None,
        RIGHT: sides[RIGHT],
        WRONG: sides[WRONG],
        "untried": dict(tried.untried.most_common()),
        **tried.metrics.as_json(),
    }
    if tried.pending:
        said = ", ".join(f"{count} {code}" for code, count in sorted(tried.pending.items()))
        reason = f"tries without an answer: {said}; what was answered is kept, run it again"
        return Outcome({}, "refused", reason, counts)
    why = ", ".join(tried.untried) or "no sample is exported"
    empty = None if trials else f"nothing was tried: {why}"
    return Outcome({"trials": (Trial, trials)}, reason=empty, counts=counts)


def _choose_askable(
    home: Home, inference: Inference, batch: str, exported: Sequence[Exported], tried: _Tried
) -> dict[str, SourceKind]:
    """By sample that may be asked about, the kind of its source. Painted over, a sample would be another one:
    one that has private data in it is not sent elsewhere at all."""
    if not exported:
        return {}
    sources = {source.source_id: source for source in home.read("raw_sources", batch, "sources", Source)}
    known = {kind for source in sources.values() if (kind := source.kind)}
    remote = {kind for kind in known if inference.route(kind).remote}
    anchors = read_anchors(home, batch) if remote else {}
    private = {source_id for source_id, found in anchors.items() if find_private_boxes(found)}
    kinds: dict[str, SourceKind] = {}
    for item in exported:
        sample, source = item.sample, sources.get(item.sample.source_id)
        shown = {medium.source_id for medium in sample.media}
        question = read_question(sample)
        if source is None or source.kind is None:
            tried.untried["unknown_source"] += 1
        elif source.kind in remote and (shown & private or hide_private(question) != question):
            tried.untried["private"] += 1
        else:
            kinds[sample.sample_id] = source.kind
    return kinds


def _try_wave(
    home: Home,
    inference: Inference,
    wave: Sequence[Exported],
    kinds: Mapping[str, SourceKind],
    tries: int,
    tried: _Tried,
    report: Callable[[], None],
) -> None:
    settings, shown = inference.settings, show_files(home, wave)
    sampling = Sampling(
        max_tokens=settings.max_tokens, temperature=settings.temperature, seed=home.settings.seed
    )
    asked: list[Asked] = []
    for item in wave:
        name = item.sample.sample_id
        try:
            request = Request(name, SYSTEM, compose_parts(item, shown), None, sampling)
        except UnreadableSource as error:
            tried.untried[error.reason] += 1
        else:
            asked.append(Asked(request, kinds[name], FreeText, tries))
    began = time.monotonic()
    answers: dict[str, list[Answer]] = {}
    with closing(inference.ask(asked)) as coming:
        for answer in coming:
            answers.setdefault(answer.key, []).append(answer)
            report()
    tried.metrics += measure((a for found in answers.values() for a in found), time.monotonic() - began)
    for item in wave:
        name = item.sample.sample_id
        if name in answers:
            _judge(item.sample, inference.route(kinds[name]).name, answers[name], tried)


def _judge(sample: Sample, backend: str, answers: Sequence[Answer], tried: _Tried) -> None:
    """The trial of a sample from the answers to it; what kept a try from its answer is counted."""
    errors = [answer.outcome.code for answer in answers if isinstance(answer.outcome, ReplyError)]
    tried.pending.update(code for code in errors if code in PENDING)
    if len(errors) == len(answers):
        tried.untried[errors[0]] += 1
        return
    given = sorted(
        (answer for answer in answers if not isinstance(answer.outcome, ReplyError)),
        key=lambda answer: answer.attempt,
    )
    rate = pass_rates(given, lambda answer: judge_answer(sample.verifier, _read_text(answer)))
    tried.trials[sample.sample_id] = Trial(
        sample_id=sample.sample_id,
        backend=backend,
        model=given[0].model,
        revision=given[0].revision,
        tries=rate[sample.sample_id].tries,
        passed=rate[sample.sample_id].passed,
        replies=tuple(digest(_read_text(answer), size=32) for answer in given),
        remote=given[0].remote,
    )


def _read_text(answer: Answer) -> str:
    assert isinstance(answer.outcome, FreeText)
    return answer.outcome.text
