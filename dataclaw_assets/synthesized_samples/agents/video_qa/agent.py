"""Task `video_qa`: a moment named by what is said, shown or written, asked about in another modality."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.quality.gates.contract import Gate
from dataclaw_assets.records import Anchor, Draft, Instruction, SourceKind
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.proposals import fill_prompt
from dataclaw_assets.synthesized_samples.agents.video_qa.answers import derive_answer
from dataclaw_assets.synthesized_samples.agents.video_qa.checks import check_video_qa
from dataclaw_assets.synthesized_samples.agents.video_qa.choices import (
    Window,
    choose_spoken,
    choose_written,
    list_found,
    said_once,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.covered import ask_covered, list_blocks
from dataclaw_assets.synthesized_samples.agents.video_qa.forms import (
    VideoQA,
    ask_line_picture,
    ask_said_written,
    ask_written_said,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.lines import (
    PictureLine,
    choose_legible,
    may_be_same,
    passes_by,
    read_picture,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.motion import (
    ask_part,
    ask_view,
    list_movers,
    list_views,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.pictures import (
    ask_beside,
    ask_line,
    ask_place,
    can_be_covered,
    can_be_located,
    can_be_read,
    choose_beside,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.proposals import VideoQAProposal, draft_questions
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.task_specs import VIDEO_QA, TaskSpec

NEGATIVES = 0.2
"""Share of questions on spoken lines whose right answer is that none of the written ones is on screen
(composition rule 5: 0.1 to 0.2; some of these give none)."""

COVERED_EACH = 4
"""Of so many lines of a source that are to be located one is covered: who always gives a box must lose."""

MIN_WORD = 12
"""Letters of a word that is worth copying by itself: shorter ones are read at a glance."""

READ_SHARE = 3
"""Of as many samples as a source may give of a form, one may be a line to be copied."""


class VideoQAAgent:
    """Composes questions from written and spoken lines, stills and motion, or takes a model's choice of
    lines and stills."""

    spec: TaskSpec = VIDEO_QA
    version = "2"
    schema: type[BaseModel] = VideoQA
    gates: Sequence[tuple[str, Gate]] = (("video_qa", check_video_qa),)
    proposal: type[BaseModel] = VideoQAProposal
    asks_of: frozenset[SourceKind] = frozenset({"video", "gui_trace", "image"})

    def instruct(self, context: SourceContext, instruction: Instruction) -> str:
        """The forms, what each takes as facts and as an answer, and what was asked."""
        return fill_prompt(self.spec.task_type, context, instruction)

    def draft(
        self, proposal: VideoQAProposal, context: SourceContext, facts: Mapping[str, Anchor]
    ) -> Iterator[Draft | Refusal]:
        """Drafts with the model's words and answers; `derive` and the gates tell which are true."""
        return draft_questions(proposal, context, facts)

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Drafts of every form that the source's anchors support, each line asked about once."""
        asked: list[str] = []
        taken: Counter[str] = Counter()
        for draft in self._compose_all(context, asked):
            lines = _list_asked(draft)
            if taken[draft.template] < context.cap() and not any(_is_asked(line, asked) for line in lines):
                taken[draft.template] += 1
                asked += lines
                yield draft

    def _compose_all(self, context: SourceContext, asked: Sequence[str]) -> Iterator[Draft]:
        if context.source.kind == "image":
            yield from _of_pictures(context, [None], asked)
            return
        windows = [Window(context, span) for span in context.windows()]
        for window in windows:
            yield from _covered(window)
            yield from _spoken(window)
        if context.source.kind == "gui_trace":
            chance = context.random("line_picture")
            for text, moments in list_found(windows, chance):
                yield ask_line_picture(context, text, moments, chance)
        yield from _of_pictures(context, [moment.time_s for w in windows for moment in w.moments], asked)
        for motion, span in list_views(context):
            yield ask_view(context, motion, span, context.random("camera_view", motion.anchor_id))
        for mover, part in list_movers(context):
            yield ask_part(context, mover, part, context.random("moving_part", mover.anchor_id))

    def derive(self, draft: Draft) -> Any:
        """The answer that the verified claims and the media's recipes give; `ValueError` when they leave it
        open."""
        return derive_answer(draft)


def _list_asked(draft: Draft) -> list[str]:
    """The lines that a draft asks about and that answer it."""
    asked = {None, "line", *(draft.verifier.value or ())} if draft.verifier.kind != "text" else {None}
    return [str(claim.value) for claim in draft.evidence if claim.kind == "text" and claim.label in asked]


def _is_asked(line: str, asked: Sequence[str]) -> bool:
    return any(may_be_same(line, known) for known in asked)


def _covered(window: Window) -> Iterator[Draft]:
    """Stills with a block of lines under a box: one of each moment."""
    chance = window.context.random("covered", *window.span)
    blocks = list_blocks(window)
    seen: set[float] = set()
    for block in chance.sample(blocks, len(blocks)):
        if block.moment.time_s not in seen:
            seen.add(block.moment.time_s)
            yield ask_covered(window, block, chance)[0]


def _spoken(window: Window) -> Iterator[Draft]:
    """A spoken line → what is written, and back; neither repeats the other's words."""
    context = window.context
    chance = context.random("spoken", *window.span)
    said_lines = said_once(window)
    for said in chance.sample(said_lines, len(said_lines)):
        chosen = choose_written(window, said, chance, negative=chance.random() < NEGATIVES)
        if chosen is not None:
            yield ask_said_written(context, window.clip, window.material, said, *chosen, chance)[0]
    for cue in chance.sample(window.unspoken, len(window.unspoken)):
        spoken = choose_spoken(window, cue, chance)
        if spoken is not None:
            yield ask_written_said(context, window.clip, window.material, cue, spoken, chance)[0]


@dataclass(frozen=True)
class _Picture:
    """A picture by its time, all that was read in it, and what of that can be asked about."""

    time_s: float | None
    read: tuple[PictureLine, ...]
    legible: tuple[PictureLine, ...]


def _of_pictures(
    context: SourceContext, times: Sequence[float | None], asked: Sequence[str]
) -> Iterator[Draft]:
    """Lines of single pictures: one of each in turn, in the form that has had the fewest."""
    chance = context.random("pictures")
    turns: list[tuple[int, float, _Picture, PictureLine]] = []
    for time_s in times:
        read = read_picture(context, time_s)
        legible = choose_legible(context, time_s, read)
        picture = _Picture(time_s, tuple(read), tuple(legible))
        passing = [line for line in legible if passes_by(context, line)]
        for turn, line in enumerate(chance.sample(passing, len(passing))):
            turns.append((turn, chance.random(), picture, line))
    cap = context.cap()
    most = {"beside_line": cap, "locate_line": cap, "read_line": cap // READ_SHARE}
    made: Counter[str] = Counter()
    for _, _, picture, line in sorted(turns, key=lambda turn: turn[:2]):
        if _is_asked(line.text, asked):
            continue
        wanted = [form for form in most if made[form] < most[form]]
        for form in sorted(wanted, key=lambda form: made[form]):
            draft = _FORMS[form](context, picture, line, made[form], chance)
            if draft is not None and not any(_is_asked(text, asked) for text in _list_asked(draft)):
                made[form] += 1
                yield draft
                break


def _beside(
    context: SourceContext, picture: _Picture, line: PictureLine, made: int, chance: random.Random
) -> Draft | None:
    options = choose_beside(line, picture.read)
    if options is None or not all(option in picture.legible for option in options):
        return None
    return ask_beside(context, picture.time_s, line, options, chance)


def _locate(
    context: SourceContext, picture: _Picture, line: PictureLine, made: int, chance: random.Random
) -> Draft | None:
    source = context.source
    covered = [other for other in picture.legible if can_be_covered(other, picture.read, source)]
    others = [other for other in covered if other is not line]
    if not can_be_located(line, picture.read, source) or line not in covered or not others:
        return None
    first = context.random("locate_line").randrange(COVERED_EACH)
    hidden = line if made % COVERED_EACH == first else chance.choice(others)
    return ask_place(context, picture.time_s, line, hidden, chance)


def _read(
    context: SourceContext, picture: _Picture, line: PictureLine, made: int, chance: random.Random
) -> Draft | None:
    glance = len(line.text) < MIN_WORD and len(line.text.split()) == 1
    if glance or not can_be_read(line, picture.read, context.source):
        return None
    return ask_line(context, picture.time_s, line, chance)


_FORMS = {"beside_line": _beside, "locate_line": _locate, "read_line": _read}
