"""Fitting the weights of stances to the examples: `python -m dataclaw_assets.resolved_intents.fitting`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from dataclaw_assets.resolved_intents.concepts import hear
from dataclaw_assets.resolved_intents.examples import (
    Example,
    count,
    list_known,
    load_examples,
)
from dataclaw_assets.resolved_intents.lexicon import FOLDER, load_lexicon
from dataclaw_assets.resolved_intents.scoring import score_tasks
from dataclaw_assets.resolved_intents.stances import measure_stance
from dataclaw_assets.resolved_intents.talk import judge_talk
from dataclaw_assets.tasks import list_specs

FOLDS = 20
RIDGE = 1.0
"""The penalty on squared weights: ridge regression (le Cessie and van Houwelingen, "Ridge estimators in
logistic regression", 1992)."""
STEPS = 30


def measure_examples() -> list[tuple[Example, dict[str, float]]]:
    """Each example as measured with the counts of the examples of the other folds."""
    examples = load_examples()
    measured = []
    for fold in range(FOLDS):
        others = [item for place, item in enumerate(examples) if place % FOLDS != fold]
        tasks, stances = count((item.tasks, item) for item in others), count(((i.stance,), i) for i in others)
        for item in examples[fold::FOLDS]:
            spoken = hear(item.text, load_lexicon(), list_known())
            scores = score_tasks(spoken, load_lexicon(), list_specs(), item.kind, tasks)
            said = frozenset(word for words in scores.words.values() for word in words)
            measured.append((item, measure_stance(spoken, scores, judge_talk(spoken, said), stances)))
    return measured


def fit(rows: Sequence[dict[str, float]], labels: Sequence[bool]) -> dict[str, float]:
    """Weights of a logistic regression, by Newton's method."""
    import numpy

    names = list(rows[0])
    given: Any = numpy.array([[*row.values(), 1.0] for row in rows])
    wanted: Any = numpy.array(labels, dtype=float)
    penalty: Any = numpy.diag([*[RIDGE] * len(names), 1e-3])
    weights: Any = numpy.zeros(len(names) + 1)
    for _ in range(STEPS):
        likely = 1 / (1 + numpy.exp(-given @ weights))
        slope = given.T @ (wanted - likely) - penalty @ weights
        curve = (given.T * (likely * (1 - likely))) @ given + penalty
        weights = weights + numpy.linalg.solve(curve, slope)
    return {
        name: round(float(weight), 3) for name, weight in zip([*names, "intercept"], weights, strict=True)
    }


def fit_stances() -> dict[str, dict[str, float]]:
    """The weights of both regressions."""
    measured = measure_examples()
    asking = [(item, row) for item, row in measured if item.stance != "talk"]
    return {
        "data": fit([row for _, row in measured], [item.stance != "talk" for item, _ in measured]),
        "clear": fit([row for _, row in asking], [item.stance == "clear" for item, _ in asking]),
    }


def main() -> int:
    """Write `lexicon/stances.yaml` anew."""
    import yaml

    text = (
        "# How much each sign tells that a request is one for data, and one for certain tasks (fitting.py).\n"
    )
    (FOLDER / "stances.yaml").write_text(text + yaml.safe_dump(fit_stances(), sort_keys=False), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
