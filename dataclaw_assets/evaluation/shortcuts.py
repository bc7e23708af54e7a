"""How far one gets without looking: `python -m dataclaw_assets.evaluation.shortcuts HOME`."""

from __future__ import annotations

import math
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from dataclaw_assets.evaluation.give_aways import FEATURES, Look, look_at
from dataclaw_assets.quality.answers import judge_answer
from dataclaw_assets.records import Sample
from dataclaw_assets.validated_exports.trials import read_exported
from resources.home import Home, open_home

LEVEL = 2.81
"""Standard deviations of a two-sided interval of 99.5 %: ten solvers are tried on each task, and one of
twenty intervals of 95 % would miss by chance alone."""

MIN_COUNT = 8
"""Below this many samples an interval says nothing."""


@dataclass(frozen=True)
class Tried:
    """One blind solver on one task: samples that it could answer, right answers, and right answers to expect
    of chance."""

    solver: str
    count: int
    right: int
    expected: float

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's score interval of the share of right answers (E. B. Wilson 1927), at `LEVEL`."""
        share, spread = self.right / self.count, LEVEL**2 / self.count
        middle = (share + spread / 2) / (1 + spread)
        reach = LEVEL / (1 + spread) * math.sqrt(share * (1 - share) / self.count + spread / (4 * self.count))
        return middle - reach, middle + reach

    @property
    def leaks(self) -> bool:
        """Whether it does better than chance beyond doubt."""
        return self.count >= MIN_COUNT and self.interval[0] > self.expected / self.count


def main(arguments: Sequence[str]) -> int:
    """Print, for each task, what every blind solver gets right beside what chance would; 1 when one is
    better than chance beyond doubt."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m dataclaw_assets.evaluation.shortcuts HOME\n")
        return 2
    by_task: dict[str, list[Look]] = defaultdict(list)
    for look in read_looks(open_home(arguments[0])):
        by_task[look.sample.task_type].append(look)
    leaks = 0
    sys.stdout.write(
        f"{'task':20} {'solver':26} {'n':>5} {'right':>7} {'99.5 % interval':>17} {'chance':>7}\n"
    )
    for task, looks in sorted(by_task.items()):
        for tried in try_solvers(looks):
            low, high = tried.interval
            leaks += tried.leaks
            verdict = "  LEAKS" if tried.leaks else ""
            sys.stdout.write(
                f"{task:20} {tried.solver:26} {tried.count:5} {tried.right / tried.count:7.3f} "
                f"{low:8.3f}–{high:.3f} {tried.expected / tried.count:9.3f}{verdict}\n"
            )
    return 1 if leaks else 0


def read_looks(home: Home) -> Iterator[Look]:
    """What a blind solver may know of each exported sample of a home."""
    for key in home.ledger.partitions("validated_exports"):
        entry = home.ledger.published("validated_exports", key)
        for item in read_exported(home, entry) if entry else ():
            yield look_at(home, item)


def try_solvers(looks: Sequence[Look]) -> list[Tried]:
    """Every solver over the samples of one task. Those that rank options or pictures by a give-away are asked
    where there are some; the habit is asked of all."""
    found = []
    solvers: Mapping[str, Callable[[Look], str | None]] = {
        "the commonest answer": partial(_answer_habit, habits=_learn_habits(looks)),
        **{
            f"{way} {name}": partial(_pick, name=name, largest=way == "most")
            for name in FEATURES
            for way in ("most", "least")
        },
    }
    for name, solve in solvers.items():
        tries = [(look, answer) for look in looks if (answer := solve(look)) is not None]
        if tries:
            right = sum(judge_answer(look.sample.verifier, answer) for look, answer in tries)
            found.append(
                Tried(name, len(tries), right, sum(estimate_chance(look, looks) for look, _ in tries))
            )
    return found


def estimate_chance(look: Look, looks: Sequence[Look]) -> float:
    """How often a blind guess is right: one of the options, one of the orders; for times, counts and words
    the share of the template's other answers that would pass for this one's, or, where that is more, that of
    the negatives, which somebody earns who always says that there is nothing (10-20 % by design)."""
    verifier = look.sample.verifier
    if verifier.kind == "choice":
        return 1.0 / max(2, len(look.labels))
    if verifier.kind == "permutation":
        return 1.0 / math.perm(max(len(look.labels), len(verifier.value)), len(verifier.value))
    others = [other.sample for other in looks if _alike(look, other)]
    if not others:
        return 0.0
    passing = sum(judge_answer(verifier, _answer(other)) for other in others) / len(others)
    negatives = sum(other.verifier.value is None for other in others) / len(others)
    closed = {_answer(other) for other in others} <= {"yes", "no"}
    return max(passing, negatives, 0.5 if closed else 0.0)


def _alike(look: Look, other: Look) -> bool:
    return look.sample.template == other.sample.template and other.sample.sample_id != look.sample.sample_id


def _learn_habits(looks: Sequence[Look]) -> dict[str, dict[str, Counter[str]]]:
    """Answers by template and source."""
    habits: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for look in looks:
        habits[look.sample.template][look.sample.source_id][_answer(look.sample)] += 1
    return habits


def _answer_habit(look: Look, habits: Mapping[str, Mapping[str, Counter[str]]]) -> str | None:
    """The commonest answer to the template in all other sources."""
    seen: Counter[str] = Counter()
    for source_id, answers in habits[look.sample.template].items():
        if source_id != look.sample.source_id:
            seen.update(answers)
    return min(seen, key=lambda answer: (-seen[answer], answer)) if seen else None


def _pick(look: Look, name: str, largest: bool) -> str | None:
    """The option, or the order of the pictures, by a give-away; None where it does not tell them apart."""
    values = {label: look.features[label][name] for label in look.labels if name in look.features[label]}
    if len(values) < 2 or len(values) < len(look.labels) or len(set(values.values())) < 2:
        return None
    ranked = sorted(values, key=lambda label: (-values[label] if largest else values[label], label))
    kind = look.sample.verifier.kind
    if kind == "permutation":
        return ", ".join(ranked[: len(look.sample.verifier.value)])
    return ranked[0] if kind == "choice" else None


def _answer(sample: Sample) -> str:
    value = sample.verifier.value
    if sample.verifier.kind == "permutation":
        return ", ".join(value)
    return str(sample.payload["answer"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
