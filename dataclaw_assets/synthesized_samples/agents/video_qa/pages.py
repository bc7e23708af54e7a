"""The pages of a source: stills of its moments, or the image that it is, with all that was read in each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from dataclaw_assets.anchor_values import TextValue
from dataclaw_assets.quality.gates.places import Box, locate_region
from dataclaw_assets.raw_sources.private_text import hide_private
from dataclaw_assets.records import Anchor
from dataclaw_assets.synthesized_samples.agents.video_qa.lines import (
    AT_EDGE,
    MAX_SHARE,
    MIN_LABEL,
    MIN_STILL_PX,
    PictureLine,
    ScreenText,
    covers,
    is_plain,
    is_shown,
    may_be_same,
    overlap,
    read_picture,
    still_height_px,
    widen,
)
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext

SAME_PAGE = 0.5
"""Share of all lines of two pages from which they are one, shown twice."""

Span = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Readings:
    """What was read in a source, by its wording."""

    context: SourceContext
    _alike: dict[str, list[Anchor]] = field(default_factory=dict)

    @cached_property
    def wordings(self) -> dict[str, list[Anchor]]:
        """The texts of each wording."""
        groups: dict[str, list[Anchor]] = {}
        for anchor in self.context.of_kind("text"):
            if isinstance(anchor.value, TextValue):
                groups.setdefault(anchor.value.text, []).append(anchor)
        return groups

    def alike(self, text: str) -> list[Anchor]:
        """The texts that may be the same as one."""
        if text not in self._alike:
            self._alike[text] = [
                anchor
                for wording, anchors in self.wordings.items()
                if may_be_same(wording, text)
                for anchor in anchors
            ]
        return self._alike[text]

    def passes_by(self, text: str) -> bool:
        """Whether a text is not on screen for most of the source: what always is, names no moment."""
        stream = self.context.source.stream
        stays = sum((anchor.end_s or 0.0) - (anchor.start_s or 0.0) for anchor in self.alike(text))
        return stream is None or stays <= MAX_SHARE * stream.duration_s


@dataclass(frozen=True, eq=False)
class Page:
    """A moment within a window of the source, or the image that it is, and every line read in it."""

    readings: Readings
    moment: Moment | None = None
    window: Span = (0.0, 0.0)
    _alone: dict[str, bool] = field(default_factory=dict)

    @property
    def context(self) -> SourceContext:
        """The source with all that is known of it."""
        return self.readings.context

    @property
    def time_s(self) -> float | None:
        """When the still was taken; None of an image."""
        return self.moment.time_s if self.moment else None

    @cached_property
    def lines(self) -> list[PictureLine]:
        """Every line read, in reading order."""
        return read_picture(self.context, self.time_s)

    @cached_property
    def texts(self) -> frozenset[str]:
        """The lines' wordings."""
        return frozenset(line.text for line in self.lines)

    @cached_property
    def is_private(self) -> bool:
        """Whether the picture shows somebody's address or number."""
        return any(hide_private(text) != text for text in self.texts)

    @cached_property
    def large(self) -> list[PictureLine]:
        """The lines that are sure, whole, and of a size to be read in the still as shipped."""
        source = self.context.source
        return [
            line
            for line in self.lines
            if still_height_px(source, line.box) >= MIN_STILL_PX
            and (source.kind != "gui_trace" or len(line.text) >= MIN_LABEL)
            and min(line.box) >= AT_EDGE
            and max(line.box) <= 1 - AT_EDGE
            and is_plain(line.text, getattr(line.anchor.value, "confidence", 0.0))
        ]

    @cached_property
    def _around(self) -> list[Box]:
        """What one state's reading missed, another of the same screen may have read."""
        texts = self.context.known.at("text", self.moment.time_s) if self.moment else ()
        found = (
            locate_region(anchor, self.context.source) for anchor in texts if covers(anchor, self.time_s)
        )
        return [box for box in found if box]

    def is_alone(self, line: PictureLine) -> bool:
        """Whether no other line of the page may be taken for one, and a frame round it touches no other."""
        name = line.anchor.anchor_id
        if name not in self._alone:
            self._alone[name] = self._stands_alone(line)
        return self._alone[name]

    def _stands_alone(self, line: PictureLine) -> bool:
        frame = widen(line.box, self.context.source)
        return (
            not any(overlap(frame, other.box) > 0 for other in self.lines if other is not line)
            and not any(may_be_same(line.text, other.text) for other in self.lines if other is not line)
            and not any(
                overlap(frame, box) > 0 and overlap(line.box, box) < 0.5 * overlap(box, box)
                for box in self._around
            )
        )

    def find_whole(self, line: PictureLine) -> ScreenText | None:
        """The text, with all its time, that a line belongs to; None where it is not the only one of its
        wording in the source."""
        same = self.readings.alike(line.text)
        if len(same) != 1 or getattr(same[0].value, "text", None) != line.text:
            return None
        text = ScreenText(same[0], line.text, same[0].start_s or 0.0, same[0].end_s or 0.0, line.box)
        return text if is_shown(text, self.time_s or 0.0) else None

    def is_same(self, other: Page) -> bool:
        """Whether two pages are one, but for some of their lines."""
        return len(self.texts & other.texts) >= SAME_PAGE * len(self.texts | other.texts)


def list_pages(context: SourceContext) -> list[Page]:
    """The image, or each moment of each window; none where nothing is written."""
    return list(_list_pages(context, Readings(context))) if context.of_kind("text_line") else []


def _list_pages(context: SourceContext, readings: Readings) -> Iterator[Page]:
    if context.source.kind == "image":
        yield Page(readings)
    for window in context.windows():
        for moment in context.moments(window):
            yield Page(readings, moment, window)


def choose_alike(page: Page, pages: Sequence[Page], shared: int) -> list[Page]:
    """The other pages that have as many lines in common with one, those with most first."""
    common = [(len(page.texts & other.texts), other) for other in pages if other is not page]
    return [other for count, other in sorted(common, key=lambda pair: -pair[0]) if count >= shared]
