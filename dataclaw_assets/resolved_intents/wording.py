"""Reading a request by its words: the tasks it speaks of, how clearly, and whether it is about data."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from dataclaw_assets.records import Record, SourceKind
from dataclaw_assets.resolved_intents.concepts import Spoken, hear
from dataclaw_assets.resolved_intents.lexicon import load_lexicon
from dataclaw_assets.resolved_intents.scoring import Scores, score_tasks
from dataclaw_assets.resolved_intents.talk import judge_talk
from dataclaw_assets.resolved_intents.tokens import list_tokens, normalise
from dataclaw_assets.task_specs import TaskSpec

GOAL_LOSS = 1.2
"""What the clearest rule loses where such a goal is named."""
CLEAR = 2.5
"""The weight of a rule from which a task is asked for by itself."""
TOPIC = 1.2
"""The score from which words speak of a task at all."""
KEEP_SHARES = ((3.6, 0.8), (2.5, 0.6), (0.0, 0.4))
"""From which weight of the clearest rule on, which share of the best score keeps a further task: where words
name a topic only, ambiguity is kept, not guessed away."""
GOALS = ("learn_goal", "vague_mark")
"""Concepts that say what a model is to learn, or that the user has nothing in particular in mind: a topic."""
MARGIN = 0.4
"""A task of its own is meant by a clause where it leads over the best of the whole request by this much."""


class Reading(Record):
    """What the words of a request come to: the tasks kept, each with its score and words.

    `vague`: it asks for data and names neither task nor topic. `clear`: at least one task is asked for by
    itself. `facts`: the kinds of anchor that a task needs as it is asked for. `elsewhere`: what it asks for
    that no task here makes.
    """

    scores: dict[str, float]
    matched: dict[str, tuple[str, ...]]
    facts: dict[str, tuple[str, ...]]
    vague: bool
    clear: bool
    kinds: tuple[SourceKind, ...]
    elsewhere: tuple[str, ...]


def read_request(text: str, specs: Sequence[TaskSpec], kind: SourceKind | None = None) -> Reading:
    """Which of some tasks a request speaks of, read for a source of a kind, or for none in particular.

    Concepts of the lexicon are found in the words, rules score tasks by the concepts that stand together, and
    the words of specs count as well, rare ones more (`scoring`). A clear task is kept with those near it and
    with the leaders of other clauses; a mere topic keeps every task that serves it.
    """
    lexicon = load_lexicon()
    spoken = _hear(text, frozenset(_list_own_words(specs)))
    scores = score_tasks(spoken, lexicon, specs, kind)
    best = max(scores.whole.values(), default=0.0)
    said = frozenset(word for words in scores.words.values() for word in words)
    talk = judge_talk(spoken, said)
    clearest = max(scores.clearest.values(), default=0.0)
    if any(hit.concept in GOALS for hit in spoken.hits):
        clearest -= GOAL_LOSS
    is_clear = clearest >= CLEAR
    by_several = len({hit.concept for hit in spoken.hits}) > 1
    clear = is_clear and talk.bears_clear(by_several)
    topic = not is_clear and best >= TOPIC and talk.bears_topic()
    kept = _choose(scores, clear, clearest) if clear or topic else {}
    known = {spec.task_type for spec in specs}
    return Reading(
        scores={task: round(score, 4) for task, score in kept.items() if task in known},
        matched={task: scores.words[task] for task in kept if task in known},
        facts={task: scores.facts.get(task, ()) for task in kept if task in known},
        vague=best < TOPIC and talk.bears_nothing_named(),
        clear=clear,
        kinds=talk.kinds,
        elsewhere=(*talk.chores, *talk.other, *(task for task in kept if task not in known)),
    )


def _choose(scores: Scores, clear: bool, clearest: float) -> dict[str, float]:
    """The tasks that are kept, best first."""
    best = max(scores.whole, key=lambda task: scores.whole[task])
    share = next(share for least, share in KEEP_SHARES if clearest >= least or not least)
    kept = {task: score for task, score in scores.whole.items() if score >= share * scores.whole[best]}
    for clause in scores.clauses if clear else ():
        leader = max(clause, key=lambda task: clause[task], default=best)
        if clause and clause[leader] >= max(CLEAR, clause.get(best, 0.0) + MARGIN):
            kept.setdefault(leader, clause[leader])
    return dict(sorted(kept.items(), key=lambda item: (-item[1], item[0])))


@functools.lru_cache(maxsize=256)
def _hear(text: str, further: frozenset[str]) -> Spoken:
    return hear(text, load_lexicon(), further)


def _list_own_words(specs: Sequence[TaskSpec]) -> set[str]:
    texts = (f"{spec.title} {' '.join(spec.synonyms)} {spec.description}" for spec in specs)
    return {token.stem for text in texts for token in list_tokens(normalise(text))}
