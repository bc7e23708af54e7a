"""Reading a request by its words: the tasks it speaks of, how clearly, and whether it is about data."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from dataclaw_assets.records import Record, SourceKind
from dataclaw_assets.resolved_intents.concepts import Spoken, hear
from dataclaw_assets.resolved_intents.examples import count_stances, count_tasks, list_known
from dataclaw_assets.resolved_intents.lexicon import load_lexicon
from dataclaw_assets.resolved_intents.scoring import Scores, score_tasks
from dataclaw_assets.resolved_intents.stances import read_stance
from dataclaw_assets.resolved_intents.talk import judge_talk
from dataclaw_assets.resolved_intents.tokens import list_stems
from dataclaw_assets.task_specs import TaskSpec

DATA, DATA_OF_NO_TASK = 0.65, 0.5
"""How likely a request must be one for data, where it names a task and where it names none. Talk that is
routed is worse than a request that must be asked again in other words."""
CLEAR = 0.9
"""How likely it must be one for certain tasks: else the ambiguity is kept."""
CLEAR_OWN = 2.0
"""What the words of a spec must come to where no rule speaks of its task, as of one of a plug-in."""
TOPIC = 1.2
"""The score from which words speak of a task at all."""
NEAR_SHARE = 0.6
"""The share of the best score that keeps a further task of a clear request."""
TOPIC_SHARE, TOPIC_WHOLE_SHARE = 0.3, 0.5
"""The same of a topic, by rules alone and with what examples tell."""
CLAUSE_LEAST, MARGIN = 3.0, 3.0
"""A task of its own is meant by a clause where it scores this at least, and leads by the margin over the best
of the whole request."""


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

    Concepts of the lexicon are found in the words; tasks are scored by rules over concepts that stand
    together, by the words that example requests use, and by those of the specs (`scoring`). The examples also
    tell talk from wishes, and vague wishes from clear ones (`stances`). A clear request keeps the best task,
    those as likely and the leaders of other clauses; a mere topic keeps every task that serves it.
    """
    lexicon = load_lexicon()
    spoken = _hear(text, _list_own_words(specs) | list_known())
    scores = score_tasks(spoken, lexicon, specs, kind, count_tasks())
    said = frozenset(word for words in scores.words.values() for word in words)
    talk = judge_talk(spoken, said)
    stance = read_stance(spoken, scores, talk, count_stances())
    own = [
        task for task, weight in scores.clearest.items() if task not in lexicon.rules and weight >= CLEAR_OWN
    ]
    is_of_plug_in = bool(own) and talk.is_of_little_else
    clear = is_of_plug_in or (stance.data >= DATA and stance.clear >= CLEAR and bool(scores.whole))
    topic = not clear and stance.clear < CLEAR and (stance.data >= DATA_OF_NO_TASK or talk.is_plainly_of_data)
    named = max(scores.ruled.values(), default=0.0) >= TOPIC
    kept = _choose(scores) if clear else _choose_of_topic(scores) if topic and named else {}
    if is_of_plug_in:  # of which no example tells
        kept = _rank(kept | dict.fromkeys(own, max(kept.values())))
    known = {spec.task_type for spec in specs}
    return Reading(
        scores={task: round(score, 4) for task, score in kept.items() if task in known},
        matched={task: scores.words.get(task, ()) for task in kept if task in known},
        facts={task: scores.facts.get(task, ()) for task in kept if task in known},
        vague=topic and not named,
        clear=clear,
        kinds=talk.kinds,
        elsewhere=(*talk.chores, *talk.other, *(task for task in kept if task not in known)),
    )


def _choose(scores: Scores) -> dict[str, float]:
    """The tasks that are asked for, best first."""
    best = max(scores.whole, key=lambda task: scores.whole[task])
    kept = {task: score for task, score in scores.whole.items() if score >= NEAR_SHARE * scores.whole[best]}
    for clause in scores.clauses:
        leader = max(clause, key=lambda task: clause[task], default=best)
        if clause and clause[leader] >= max(CLAUSE_LEAST, clause.get(best, 0.0) + MARGIN):
            kept.setdefault(leader, clause[leader])
    return _rank(kept)


def _choose_of_topic(scores: Scores) -> dict[str, float]:
    """The tasks that serve a topic, best first."""
    least, near = TOPIC_SHARE * max(scores.ruled.values()), TOPIC_WHOLE_SHARE * max(scores.whole.values())
    spoken_of = {task: score for task, score in scores.ruled.items() if score >= least}
    alike = {task: score for task, score in scores.whole.items() if score >= near}
    return _rank({task: max(alike.get(task, 0.0), spoken_of.get(task, 0.0)) for task in spoken_of | alike})


def _rank(scores: dict[str, float]) -> dict[str, float]:
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))


@functools.lru_cache(maxsize=256)
def _hear(text: str, further: frozenset[str]) -> Spoken:
    return hear(text, load_lexicon(), further)


def _list_own_words(specs: Sequence[TaskSpec]) -> frozenset[str]:
    texts = (f"{spec.title} {' '.join(spec.synonyms)} {spec.description}" for spec in specs)
    return frozenset().union(*map(list_stems, texts))
