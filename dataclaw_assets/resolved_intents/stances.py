"""Whether a request is talk, a wish for data of no particular kind, or one for certain tasks."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass

from dataclaw_assets.resolved_intents.concepts import Spoken
from dataclaw_assets.resolved_intents.examples import Counts, list_features
from dataclaw_assets.resolved_intents.lexicon import load_file, load_lexicon
from dataclaw_assets.resolved_intents.scoring import Scores
from dataclaw_assets.resolved_intents.talk import Talk

GOALS = ("learn_goal", "vague_mark")
"""Concepts that say what a model is to learn, or that the user has nothing in particular in mind."""


ASKED = 2.5
"""The weight of a rule from which a task is asked for by itself (`lexicon/tasks.yaml`)."""


@dataclass(frozen=True)
class Stance:
    """How likely a request is one for data at all, and, if it is, one for certain tasks: each 0-1."""

    data: float
    clear: float


def read_stance(spoken: Spoken, scores: Scores, talk: Talk, counts: Counts) -> Stance:
    """The stance of a request by logistic regressions over what is known of it (`lexicon/stances.yaml`,
    fitted by `fitting`)."""
    measured = measure_stance(spoken, scores, talk, counts)
    return Stance(*(_weigh(weights, measured) for weights in _load_weights()))


def measure_stance(spoken: Spoken, scores: Scores, talk: Talk, counts: Counts) -> dict[str, float]:
    """What tells the stance: log-odds by the examples (`counts` of stances), how clearly a task is spoken of,
    and what the words say beside it."""
    like = counts.weigh(list_features(spoken))
    stop = load_lexicon().talk["stop"].stems
    length = math.log1p(sum(stem not in stop for stem in spoken.corrected))
    clearest = max(scores.clearest.values(), default=0.0)
    return {
        "length": length,
        "named": float(clearest >= ASKED),
        "named_shortly": float(clearest >= ASKED) / (1.0 + length),
        "goal": float(any(hit.concept in GOALS for hit in spoken.hits)),
        "like_talk": like["talk"],
        "like_vague": like["vague"],
        "like_clear": like["clear"],
        "best": max(scores.whole.values(), default=0.0),
        "clearest": clearest,
        "concepts": float(len({hit.concept for hit in spoken.hits})),
        "coverage": talk.coverage,
        "of_data": float(talk.of_data),
        "of_data_maybe": float(talk.of_data_maybe),
        "of_footage": float(talk.of_footage),
        "of_making": float(talk.of_making),
        "is_open": float(talk.is_open),
        "is_question": float(talk.is_question),
        "asks_of_data": float(talk.is_question and (talk.of_data or talk.of_data_maybe)),
        "chores": float(bool(talk.chores)),
    }


@functools.cache
def _load_weights() -> tuple[Mapping[str, float], Mapping[str, float]]:
    weights = load_file("stances")
    return weights["data"], weights["clear"]


def _weigh(weights: Mapping[str, float], measured: Mapping[str, float]) -> float:
    total = weights["intercept"] + sum(weights[name] * value for name, value in measured.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
