"""How clearly a request speaks of each task: rules over its concepts, and the words of the specs."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dataclaw_assets.records import SourceKind
from dataclaw_assets.resolved_intents.concepts import Spoken
from dataclaw_assets.resolved_intents.examples import Counts, list_features, name_kind
from dataclaw_assets.resolved_intents.lexicon import Lexicon, Rule
from dataclaw_assets.resolved_intents.talk import is_common
from dataclaw_assets.resolved_intents.tokens import list_stems
from dataclaw_assets.task_specs import TaskSpec

IMPLIED: dict[SourceKind | None, str] = {
    "robot_demo": "robot",
    "gui_trace": "gui",
    "drawing": "stroke",
    "image": "picture",
}
"""The concept that a kind of source lends to a request which speaks of another one with it."""

ASKED_FACTS = {"speech": "subtitle", "text": "text_line"}
"""The kind of anchor without which what a request speaks of is not there to be used."""

PICTURED = ("picture", "screen", "scene", "clip", "interleaved")
BARE_KINDS = ("gui_trace", "robot_demo")
"""Concepts that ask for pictures, of kinds of source that may have none: these need `still_unique`."""

IMPLIED_SHARE = 0.75
NEXT_CLAUSE_SHARE = 0.85
FAR_CLAUSE_SHARE = 0.6
"""What a rule counts where the source or the next clause lends a concept, and where one stands far off."""

FURTHER_SHARE = 0.5
"""Each further rule of a task counts half of the one before: many weak words are no clear one."""

MOST_RULES = 4

FIELD_WEIGHTS = {"title": 2.0, "synonyms": 1.5, "description": 1.0}

OWN_WORDS_SHARE = 0.6
"""What the words of a spec count where no rule is written for its task, as for one of a plug-in."""
RULED_WORDS_SHARE, RULED_WORDS_MOST = 0.25, 1.0
"""The same where rules are written: enough to make a topic, never a clear request."""

EXAMPLES_WEIGHT = 2.4
"""What the log-odds of a task by the examples count beside the weights of rules."""


@dataclass(frozen=True)
class Scores:
    """Scores by task of the whole request (`ruled`: without what examples tell) and of each of its clauses,
    the weight of the clearest rule that holds, the words that count, and the kinds of anchor that this rule
    asks for besides those of the spec."""

    whole: Mapping[str, float]
    ruled: Mapping[str, float]
    clearest: Mapping[str, float]
    clauses: tuple[Mapping[str, float], ...]
    words: Mapping[str, tuple[str, ...]]
    facts: Mapping[str, tuple[str, ...]]


def score_tasks(
    spoken: Spoken, lexicon: Lexicon, specs: Sequence[TaskSpec], kind: SourceKind | None, counts: Counts
) -> Scores:
    """The scores of every task that has rules or a spec, by rules, examples (`counts` of tasks) and the words
    of specs; tasks not spoken of are left out."""
    mentions: dict[int, dict[str, str]] = defaultdict(dict)
    for hit in spoken.hits:
        mentions[hit.clause].setdefault(hit.concept, hit.surface)
    whole: dict[str, float] = {}
    clearest: dict[str, float] = {}
    facts: dict[str, tuple[str, ...]] = {}
    words: dict[str, dict[str, None]] = defaultdict(dict)
    for task, rules in lexicon.rules.items():
        counted = [(_weigh(rule, mentions, kind), rule) for rule in rules]
        total = _add(weight for weight, _ in counted)
        if total:
            whole[task] = total
            clearest[task], best = max(counted, key=lambda item: item[0])
            facts[task] = _list_asked(best.concepts, kind)
            for clause in mentions.values():
                words[task] |= {said: None for name, said in clause.items() if name in best.concepts}
    for task, (weight, said) in _weigh_own_words(spoken, specs).items():
        ruled = task in lexicon.rules
        share = min(RULED_WORDS_SHARE * weight, RULED_WORDS_MOST) if ruled else OWN_WORDS_SHARE * weight
        whole[task] = whole.get(task, 0.0) + share
        if not ruled:
            clearest[task] = share
        words[task] |= dict.fromkeys(said)
    by_examples = _add_examples(whole, counts.weigh(list_features(spoken) | {name_kind(kind)}))
    clauses = tuple(_score_clause(spoken, place, lexicon, kind, counts) for place in sorted(mentions))
    return Scores(
        by_examples, whole, clearest, clauses, {task: tuple(found) for task, found in words.items()}, facts
    )


def _score_clause(
    spoken: Spoken, place: int, lexicon: Lexicon, kind: SourceKind | None, counts: Counts
) -> dict[str, float]:
    bounds = (0, *spoken.bounds, len(spoken.text))
    mentions = {0: {hit.concept: hit.surface for hit in spoken.hits if hit.clause == place}}
    ruled = {
        task: total
        for task, rules in lexicon.rules.items()
        if (total := _add(_weigh(rule, mentions, kind) for rule in rules))
    }
    like = counts.weigh(list_features(spoken, bounds[place], bounds[place + 1]) | {name_kind(kind)})
    return _add_examples(ruled, like)


def _add_examples(scores: Mapping[str, float], like: Mapping[str, float]) -> dict[str, float]:
    """Scores with what examples tell, which is 0 on average over the tasks."""
    mean = math.log(sum(math.exp(odds) for odds in like.values()) / len(like))
    both = dict(scores)
    for task, odds in like.items():
        both[task] = both.get(task, 0.0) + EXAMPLES_WEIGHT * (odds - mean)
    return {task: score for task, score in both.items() if score > 0}


def _list_asked(concepts: frozenset[str], kind: SourceKind | None) -> tuple[str, ...]:
    asked = [ASKED_FACTS[name] for name in sorted(concepts) if name in ASKED_FACTS]
    if kind in BARE_KINDS and concepts.intersection(PICTURED):
        asked.append("still_unique")
    return tuple(asked)


def _add(weights: Iterable[float]) -> float:
    given = list(weights)
    counted = sorted((weight for weight in given if weight > 0), reverse=True)[:MOST_RULES]
    against = min((weight for weight in given if weight < 0), default=0.0)
    return max(0.0, against + sum(weight * FURTHER_SHARE**place for place, weight in enumerate(counted)))


def _weigh(rule: Rule, mentions: Mapping[int, Mapping[str, str]], kind: SourceKind | None) -> float:
    """The weight of a rule in a text, 0.0 where it does not hold."""
    spoken = {name for name in rule.concepts if name[0] != "@"}
    if any(name[0] == "@" and name[1:] != kind for name in rule.concepts):
        return 0.0
    lent = {IMPLIED[kind]} if kind in IMPLIED else set()
    where = {name: [at for at, clause in mentions.items() if name in clause] for name in spoken}
    missing = {name for name, places in where.items() if not places}
    if rule.weight < 0:
        together = not missing and set.intersection(*map(set, where.values()))
        return rule.weight if together else 0.0
    if not missing <= lent or missing == spoken:
        return 0.0
    weight = rule.weight * (IMPLIED_SHARE if missing or len(spoken) < len(rule.concepts) else 1.0)
    said = [set(places) for name, places in where.items() if name not in missing]
    if set.intersection(*said):
        return weight
    spread = min(max(min(abs(at - place) for place in places) for places in said) for at in set.union(*said))
    return weight * (NEXT_CLAUSE_SHARE if spread == 1 else FAR_CLAUSE_SHARE)


def _weigh_own_words(spoken: Spoken, specs: Sequence[TaskSpec]) -> dict[str, tuple[float, list[str]]]:
    """What the words that a request shares with a spec come to: each `log(1 + tasks / tasks that use it)`
    (inverse document frequency, Spärck Jones 1972) times the weight of the best field that holds it."""
    fields = {spec.task_type: _index(spec) for spec in specs}
    users = Counter(key for index in fields.values() for key in index)
    said = {
        key: token.text
        for token, key in zip(spoken.tokens, spoken.corrected, strict=True)
        if not token.is_han and not is_common(key)
    }
    found = {}
    for task, index in fields.items():
        shared = [key for key in said if key in index]
        if shared:
            weight = sum(index[key] * math.log(1 + len(specs) / users[key]) for key in shared)
            found[task] = (weight, [said[key] for key in shared])
    return found


def _index(spec: TaskSpec) -> dict[str, float]:
    texts = {"title": spec.title, "synonyms": " ".join(spec.synonyms), "description": spec.description}
    index: dict[str, float] = {}
    for field, text in texts.items():
        for stem in list_stems(text):
            index[stem] = max(index.get(stem, 0.0), FIELD_WEIGHTS[field])
    return index
