"""The example requests: what their words tell of a new request."""

from __future__ import annotations

from dataclaw_assets.evaluation.requests import SPECS
from dataclaw_assets.resolved_intents.concepts import hear
from dataclaw_assets.resolved_intents.examples import (
    Example,
    count,
    count_tasks,
    list_features,
    load_examples,
)
from dataclaw_assets.resolved_intents.lexicon import load_lexicon


def make_example(task: str, *features: str) -> Example:
    return Example(" ".join(features), "video", "clear", (task,), frozenset(features))


def test_a_feature_speaks_for_the_reading_that_holds_it_and_against_the_other() -> None:
    examples = [make_example("a", "=red"), make_example("b", "=blue")]
    odds = count((item.tasks, item) for item in examples).weigh(["=red"])
    assert odds["a"] > 0 > odds["b"]


def test_a_feature_seen_more_often_tells_more() -> None:
    examples = (
        [make_example("a", "=red")] * 4 + [make_example("b", "=blue")] * 4 + [make_example("a", "=pink")]
    )
    counts = count((item.tasks, item) for item in examples)
    assert counts.weigh(["=red"])["a"] > counts.weigh(["=pink"])["a"]


def test_unknown_words_tell_nothing() -> None:
    assert set(count_tasks().weigh(["=xyzzy"]).values()) == {0.0}


def test_what_a_request_excludes_is_no_feature_of_it() -> None:
    spoken = hear("puzzles, but no tutorials", load_lexicon())
    assert "puzzle" in list_features(spoken)
    assert not {"tutorial", "=tutorial"} & list_features(spoken)


def test_every_task_has_examples_and_every_example_is_of_a_task_or_of_none() -> None:
    spoken_of = {task for item in load_examples() for task in item.tasks}
    assert spoken_of == {spec.task_type for spec in SPECS}
