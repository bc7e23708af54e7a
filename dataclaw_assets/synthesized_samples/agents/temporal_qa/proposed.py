"""What a model's choice of a direction, of lines or of shots becomes: the same drafts as composed ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from dataclaw_assets.records import Anchor, Draft, digest
from dataclaw_assets.synthesized_samples.agents.proposals import (
    Unmade,
    find_clear_shot,
    put_words,
    read_labels,
)
from dataclaw_assets.synthesized_samples.agents.temporal_qa.courses import read_course
from dataclaw_assets.synthesized_samples.agents.temporal_qa.lines import (
    MIN_LINE_S,
    ask_next_line,
    place_line,
    read_lines,
)
from dataclaw_assets.synthesized_samples.agents.temporal_qa.motion import ask_course
from dataclaw_assets.synthesized_samples.agents.temporal_qa.scenes import (
    MAX_OFFERED,
    MIN_OFFERED,
    ask_longest,
    find_longest,
)
from dataclaw_assets.synthesized_samples.agents.temporal_qa.words import read_parts
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext

Span = tuple[float, float]

_WAYS = re.compile(
    r"\b(?:left|right|up|down|towards?|away|(?:for|back)wards?|zoom\w* (?:in|out)|bright\w*|dark\w*|dimm\w*)"
    r"(?:wards?)?\b",
    re.I,
)
"""Words that name a way: before the question is answered, even a wrong one is a hint."""


def propose_course(
    context: SourceContext, form: str, cited: Sequence[Anchor], question: str, answer: str
) -> Iterator[Draft]:
    """The way that one fact tells of, as the model names it; the twins' answers are our own changes'."""
    stream = context.source.stream
    course = read_course(cited[0], context.by_kind, stream.duration_s) if stream and len(cited) == 1 else None
    if course is None or form != f"{course.stem}_choice" or context.source.kind == "gui_trace":
        raise Unmade("wrong_facts", f"{form} takes one fact, of what alone goes one way")
    if given := _WAYS.search(question):
        raise Unmade("answer_given", given[0])
    chance = context.random(form, "model", course.anchor.anchor_id)
    for number, draft in enumerate(ask_course(context, course, "choice", chance, digest(question, size=8))):
        stated = [name for name, part in read_parts(draft).items() if part == answer.strip().casefold()]
        if len(stated) != 1:
            raise Unmade("unreadable_answer", answer)
        yield put_words(draft, question, answer=(stated[0], stated[0]) if number == 0 else None)


def propose_lines(
    context: SourceContext, labels: Sequence[str], cited: Sequence[Anchor], question: str, answer: str
) -> Iterator[Draft]:
    """Four or five lines, the one asked about first; the answer is the label of the one that is next. It must
    be true of the plain clip; the drafts play two others, whose answers our own changes give."""
    if len(cited) not in {4, 5}:
        raise Unmade("wrong_facts", "next_line takes four or five facts")
    window, moments = _place_lines(context, cited)
    named = read_labels(answer, labels[1:])
    if len(named) != 1:
        raise Unmade("unreadable_answer", answer)
    chosen = sorted(moments, key=lambda moment: moment.start_s)
    asked = chosen.index(moments[0])
    if asked == len(chosen) - 1:
        raise Unmade("nothing_follows", f"{labels[0]} is the last of them")
    if dict(zip(labels, cited, strict=True))[named[0]].anchor_id != chosen[asked + 1].anchor.anchor_id:
        raise Unmade("wrong_answer", f"{named[0]} does not follow {labels[0]}")
    chance = context.random("next_line", "model", *(fact.anchor_id for fact in cited))
    key = f"model:next_line:{window[0]:.3f}:{digest(question, *labels, size=8)}"
    made = list(ask_next_line(context, window, chosen, asked, chance, key))
    if not made:
        raise Unmade("no_twin", "no other order of the clip flips the answer")
    for draft, _ in made:
        yield put_words(draft, question)


def _place_lines(context: SourceContext, cited: Sequence[Anchor]) -> tuple[Span, list[Moment]]:
    """The first window that shows all of the lines, one after the other."""
    readable = {anchor.anchor_id for anchor in read_lines(context.anchors)}
    if any(anchor.anchor_id not in readable for anchor in cited):
        raise Unmade("wrong_facts", "not all of them are lines that can be read and told apart")
    for window in context.windows():
        moments = [place_line(anchor, window) for anchor in cited]
        ordered = sorted(moments, key=lambda moment: moment.start_s)
        apart = all(a.end_s <= b.start_s + 1e-6 for a, b in pairwise(ordered))
        if apart and all(moment.end_s - moment.start_s >= MIN_LINE_S for moment in moments):
            return window, moments
    raise Unmade("no_clip", "no clip shows all of them, one after the other")


def propose_longest(
    context: SourceContext,
    labels: Sequence[str],
    cited: Sequence[Anchor],
    question: str,
    answer: str,
    reasoning: Sequence[str],
) -> Draft:
    """Three or four shots of one clip, the longest of the clip among them; the answer is its label."""
    if not MIN_OFFERED <= len(cited) <= MAX_OFFERED:
        raise Unmade("wrong_facts", "longest_shot takes three or four facts")
    found = [find_clear_shot(context, fact) for fact in cited]
    named = read_labels(answer, labels)
    if len({window for window, _, _ in found}) != 1:
        raise Unmade("no_clip", "no clip shows all of them")
    if len(named) != 1:
        raise Unmade("unreadable_answer", answer)
    window = found[0][0]
    longest = find_longest(context.of_kind("shot"), window)
    shots = sorted(((shot, moment) for _, shot, moment in found), key=lambda pair: pair[0] is not longest)
    if len({shot.anchor_id for shot, _ in shots}) < len(shots) or shots[0][0] is not longest:
        raise Unmade("wrong_facts", "none of the shots is clearly the longest of the clip")
    chance = context.random("longest_shot", "model", *(fact.anchor_id for fact in cited))
    draft, lettered = ask_longest(context, window, shots, chance)
    letter = lettered[found[labels.index(named[0])][1].anchor_id]
    return put_words(draft, question, reasoning, (letter, letter))
