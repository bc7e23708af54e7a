"""Task `video_qa`: a moment named by what is said, shown or written, asked about in another modality."""

from __future__ import annotations

import random
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
    choose_others,
    choose_pages,
    choose_spoken,
    choose_written,
    list_found,
    pick_apart,
    said_once,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.forms import (
    VideoQA,
    ask_line_picture,
    ask_masked_line,
    ask_masked_picture,
    ask_said_written,
    ask_written_said,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.lines import (
    PictureLine,
    choose_legible,
    passes_by,
    read_picture,
    still_height_px,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.motion import (
    ask_part,
    ask_view,
    list_movers,
    list_views,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.pictures import (
    MIN_BOX_PX,
    ask_beside,
    ask_line,
    ask_place,
    can_be_copied,
    choose_beside,
    choose_hidden,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.proposals import VideoQAProposal, draft_questions
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.task_specs import VIDEO_QA, TaskSpec

NEGATIVES = 0.2
"""Share of localising questions whose right answer is that the thing is not there (composition rule 5:
0.1 to 0.2; some of these give none)."""


class VideoQAAgent:
    """Composes questions from written and spoken lines, stills and motion, or takes a model's choice of
    lines and stills."""

    spec: TaskSpec = VIDEO_QA
    version = "1"
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
        """Drafts of every form that the source's anchors support."""
        if context.source.kind == "image":
            yield from _of_pictures(context, [None])
            return
        windows = [Window(context, span) for span in context.windows()]
        for window in windows:
            yield from _covered(window)
            yield from _spoken(window)
        if context.source.kind == "gui_trace":
            chance = context.random("line_picture")
            for text, moments in list_found(windows, chance):
                yield ask_line_picture(context, text, moments, chance)
        yield from _of_pictures(context, [moment.time_s for w in windows for moment in w.moments])
        for motion, span in list_views(context):
            yield ask_view(context, motion, span, context.random("camera_view", motion.anchor_id))
        for mover, part in list_movers(context):
            yield ask_part(context, mover, part, context.random("moving_part", mover.anchor_id))

    def derive(self, draft: Draft) -> Any:
        """The answer that the verified claims and the media's recipes give; `ValueError` when they leave it
        open."""
        return derive_answer(draft)


def _covered(window: Window) -> Iterator[Draft]:
    """Stills with a line under a box: which line, and which still."""
    context = window.context
    chance = context.random("masked", *window.span)
    pages = pick_apart(window.pages, 4 * context.cap(), chance)
    for page in pages:
        others = choose_others(window, page, chance)
        if others is not None:
            moment, hidden, line = page
            yield ask_masked_line(context, window.clip, moment, hidden, line, others, chance)[0]
    for page in reversed(pages):
        chosen = choose_pages(window, page)
        if chosen is not None:
            yield ask_masked_picture(context, window.clip, chosen, chance)[0]


def _spoken(window: Window) -> Iterator[Draft]:
    """A spoken line → what is written, and back; neither repeats the other's words."""
    context = window.context
    chance = context.random("spoken", *window.span)
    said_lines = said_once(window)
    for said in chance.sample(said_lines, len(said_lines)):
        chosen = choose_written(window, said, chance, negative=chance.random() < NEGATIVES)
        if chosen is not None:
            yield ask_said_written(context, window.clip, window.material, said, *chosen, chance)[0]
    answers: set[str] = set()
    for cue in chance.sample(window.unspoken, len(window.unspoken)):
        spoken = choose_spoken(window, cue, chance)
        if spoken is not None and spoken[0].anchor_id not in answers:
            answers.add(spoken[0].anchor_id)
            yield ask_written_said(context, window.clip, window.material, cue, spoken, chance)[0]


@dataclass(frozen=True)
class _Picture:
    """A picture by its time, all that was read in it, and what of that can be asked about."""

    time_s: float | None
    read: tuple[PictureLine, ...]
    legible: tuple[PictureLine, ...]


def _of_pictures(context: SourceContext, times: Sequence[float | None]) -> Iterator[Draft]:
    """Lines of single pictures: one of each in turn, no text twice for the same form."""
    chance = context.random("pictures")
    turns: list[tuple[int, float, _Picture, PictureLine]] = []
    for time_s in times:
        read = read_picture(context, time_s)
        legible = choose_legible(context, time_s, read)
        picture = _Picture(time_s, tuple(read), tuple(legible))
        passing = [line for line in legible if passes_by(context, line)]
        for turn, line in enumerate(chance.sample(passing, len(passing))):
            turns.append((turn, chance.random(), picture, line))
    asked: set[tuple[str, str]] = set()
    for _, _, picture, line in sorted(turns, key=lambda turn: turn[:2]):
        for draft in _of_line(context, picture, line, chance):
            if (draft.template, line.text) not in asked:
                asked.add((draft.template, line.text))
                yield draft


def _of_line(
    context: SourceContext, picture: _Picture, line: PictureLine, chance: random.Random
) -> Iterator[Draft]:
    if can_be_copied(line):
        yield ask_line(context, picture.time_s, line, chance)
    other = choose_hidden(line, picture.legible, context, chance)
    if other is not None and still_height_px(context.source, line.box) >= MIN_BOX_PX:
        hidden = line if chance.random() < NEGATIVES else other
        yield ask_place(context, picture.time_s, line, hidden, chance)
    options = choose_beside(line, picture.read)
    if options is not None and all(option in picture.legible for option in options):
        yield ask_beside(context, picture.time_s, line, options, chance)
