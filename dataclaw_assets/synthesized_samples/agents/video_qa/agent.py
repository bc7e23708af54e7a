"""Task `video_qa`: a moment named by what is said, shown or written, asked about in another modality."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.quality.gates.contract import Gate
from dataclaw_assets.records import Anchor, Draft, Instruction, SourceKind
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.proposals import draft_items, fill_prompt
from dataclaw_assets.synthesized_samples.agents.video_qa.answers import derive_answer
from dataclaw_assets.synthesized_samples.agents.video_qa.checks import check_video_qa
from dataclaw_assets.synthesized_samples.agents.video_qa.covered import ask_covered, list_blocks
from dataclaw_assets.synthesized_samples.agents.video_qa.forms import VideoQA
from dataclaw_assets.synthesized_samples.agents.video_qa.found import find_lines
from dataclaw_assets.synthesized_samples.agents.video_qa.lines import PictureLine, may_be_same
from dataclaw_assets.synthesized_samples.agents.video_qa.motion import ask_view, list_views
from dataclaw_assets.synthesized_samples.agents.video_qa.pages import Page, list_pages
from dataclaw_assets.synthesized_samples.agents.video_qa.pictures import (
    ask_beside,
    ask_line,
    ask_place,
    can_be_covered,
    can_be_located,
    can_be_read,
    choose_beside,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.proposals import VideoQAProposal, draft_item
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.task_specs import VIDEO_QA, TaskSpec

COVERED_EACH = 5
"""Of so many lines of a source that are to be located one is covered: who always gives a box must lose."""

READ_SHARE = 3
"""Of as many samples as a source may give of a form, one may be a line to be copied."""


class VideoQAAgent:
    """Composes questions from written lines, stills and motion, or takes a model's choice of lines and
    stills; speech is matched with scenes by a model only, since it alone can tell what a line describes."""

    spec: TaskSpec = VIDEO_QA
    version = "4"
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
        return draft_items(proposal.items, context, facts, draft_item)

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Drafts of every form that the source's anchors support, each line asked about once."""
        asked: list[str] = []
        pages = list_pages(context)
        written = (_covered(context, pages), _found(context, pages)) if pages else ()
        for drafts in (*written, _views(context)):
            fresh = (draft for draft in drafts if not _repeats(draft, asked))
            for draft in islice(fresh, context.cap()):
                asked += _list_asked(draft)
                yield draft
        for draft in _of_pictures(context, pages, asked) if pages else ():
            asked += _list_asked(draft)
            yield draft

    def derive(self, draft: Draft) -> Any:
        """The answer that the verified claims and the media's recipes give; `ValueError` when they leave it
        open."""
        return derive_answer(draft)


def _list_asked(draft: Draft) -> list[str]:
    """The lines that a draft asks about and that answer it."""
    asked = {None, *(draft.verifier.value or ())} if draft.verifier.kind != "text" else {None}
    return [str(claim.value) for claim in draft.evidence if claim.kind == "text" and claim.label in asked]


def _repeats(draft: Draft, asked: Sequence[str]) -> bool:
    return any(_is_asked(line, asked) for line in _list_asked(draft))


def _is_asked(line: str, asked: Sequence[str]) -> bool:
    return any(may_be_same(line, known) for known in asked)


def _covered(context: SourceContext, pages: Sequence[Page]) -> Iterator[Draft]:
    """Stills with a block of lines under a box: one of each page."""
    chance = context.random("covered_lines")
    for page in chance.sample(pages, len(pages)):
        blocks = list_blocks(page) if page.moment else []
        if blocks:
            yield ask_covered(chance.choice(blocks), chance)[0]


def _found(context: SourceContext, pages: Sequence[Page]) -> Iterator[Draft]:
    """Lines to be found in one of four pictures: of sessions, whose pages are much alike."""
    if context.source.kind == "gui_trace":
        yield from find_lines(pages, context.random("line_picture"))


def _views(context: SourceContext) -> Iterator[Draft]:
    for motion, span in list_views(context):
        yield ask_view(context, motion, span, context.random("camera_view", motion.anchor_id))


def _of_pictures(context: SourceContext, pages: Sequence[Page], asked: Sequence[str]) -> Iterator[Draft]:
    """Lines of single pictures: of each page one in a form, and no form of a page that is shown again."""
    cap = context.cap()
    most = {"beside_line": cap, "locate_line": cap, "read_line": cap // READ_SHARE}
    made: dict[str, list[Page]] = {form: [] for form in most}
    chance = context.random("pictures")
    for page in chance.sample(pages, len(pages)):
        for form in sorted(most, key=lambda form: len(made[form])):
            if len(made[form]) == most[form] or any(page.is_same(other) for other in made[form]):
                continue
            drafts = _FORMS[form](page, len(made[form]), chance)
            draft = next((draft for draft in drafts if not _repeats(draft, asked)), None)
            if draft is not None and not page.is_private:
                made[form].append(page)
                yield draft


def _beside(page: Page, made: int, chance: random.Random) -> Iterator[Draft]:
    for line in chance.sample(page.large, len(page.large)):
        options = choose_beside(line, page.lines)
        if options and all(it in page.large and _can_be_quoted(page, it) for it in (line, *options)):
            yield ask_beside(page.context, page.time_s, line, options, chance)


def _locate(page: Page, made: int, chance: random.Random) -> Iterator[Draft]:
    source = page.context.source
    for line in chance.sample(page.large, len(page.large)):
        fit = can_be_located(line, page.lines, source) and can_be_covered(line, page.lines, source)
        if not fit or not _can_be_quoted(page, line):
            continue
        others = (it for it in chance.sample(page.large, len(page.large)) if it is not line)
        other = next((it for it in others if _can_be_hidden(page, it)), None)
        if other is not None:  # a picture of one line could only be asked about with the line gone
            first = page.context.random("locate_line").randrange(COVERED_EACH)
            hidden = line if made % COVERED_EACH == first else other
            yield ask_place(page.context, page.time_s, line, hidden, chance)


def _read(page: Page, made: int, chance: random.Random) -> Iterator[Draft]:
    for line in chance.sample(page.large, len(page.large)):
        if can_be_read(line, page.lines, page.context.source) and _can_be_quoted(page, line):
            yield ask_line(page.context, page.time_s, line, chance)


def _can_be_quoted(page: Page, line: PictureLine) -> bool:
    return page.is_alone(line) and page.readings.passes_by(line.text)


def _can_be_hidden(page: Page, line: PictureLine) -> bool:
    return can_be_covered(line, page.lines, page.context.source) and page.is_alone(line)


_FORMS = {"beside_line": _beside, "locate_line": _locate, "read_line": _read}
