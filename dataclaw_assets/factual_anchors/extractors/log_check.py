"""What a recording shows of its log: clock, scale, and what is written where the user clicked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from dataclaw_assets.anchor_values import LogClockValue, LogScaleValue, TargetReadValue
from dataclaw_assets.factual_anchors.extractors.contract import Extractor, make_anchor
from dataclaw_assets.factual_anchors.extractors.gui_sessions import read_claims_of, session_params
from dataclaw_assets.factual_anchors.measures.log_alignment import (
    Alignment,
    Pointing,
    estimate,
    propose_scales,
)
from dataclaw_assets.factual_anchors.measures.screen_changes import measure_changes
from dataclaw_assets.factual_anchors.measures.targets import EARLIER_S, LEAD_S, Judged, judge_target
from dataclaw_assets.raw_sources.formats.gui.agentnet import read_moves
from dataclaw_assets.raw_sources.formats.gui.agentnet_logs import read_names, read_zooms
from dataclaw_assets.raw_sources.formats.gui.redaction import redact
from dataclaw_assets.raw_sources.formats.gui.session import Action, Session
from dataclaw_assets.records import Anchor, Json, Source, Stream
from resources.landing import display_name
from resources.sampling import sample_frames

log = logging.getLogger(__name__)

MOST_READ = 200
"""Actions whose target is read, each about a second of one core; more of them are counted in a note."""


class LogCheck:
    """Makes `log_clock`, `log_scale` and `target_read`, all measured, of a session with a recording."""

    name = "log_check"
    version = "1"

    def applies(self, source: Source) -> bool:
        """To AgentNet sessions: the one format of sessions that comes with a recording."""
        return source.format == "agentnet" and source.stream is not None

    def params(self, source: Source) -> Json:
        """What the session is read from, and the clock and size that it is placed on."""
        return session_params(source)

    def extract(self, source: Source, local: Callable[[str], Path]) -> list[Anchor]:
        """The anchors; times are the recording's. Raises `UnreadableSource` when the log or the recording
        cannot be read."""
        if source.stream is None:
            return []
        session = read_claims_of(source, local)
        parts = {display_name(item.uri): local(item.uri) for item in source.sidecars}
        path = local(source.stream.uri)
        found = _align(source, source.stream, session, parts, path)
        anchors = [*self._clock(source, found), *self._scales(source, found)]
        clock = found.clock
        offset_s = clock.offset_s if clock is not None and clock.clear else 0.0
        rescales = [time_s for time_s, _ in read_zooms(parts)]
        anchors += self._targets(source, path, session, offset_s, rescales, read_names(parts))
        return anchors

    def _clock(self, source: Source, found: Alignment) -> Iterator[Anchor]:
        if found.clock is None:
            return
        clock = found.clock
        value = LogClockValue(
            offset_s=clock.offset_s, fit=clock.fit, clear=clock.clear, alternatives=clock.alternatives
        )
        doubt = "" if clock.clear else "; other offsets fit nearly as well"
        yield make_anchor(
            source, self, "log_clock", value,
            f"What happens on the screen fits the log best when {clock.offset_s:+.2f} s are added to the "
            f"log's times{doubt}.",
        )  # fmt: skip

    def _scales(self, source: Source, found: Alignment) -> Iterator[Anchor]:
        for one in found.stretches:
            value = LogScaleValue(
                across=one.scale[0], down=one.scale[1], fit=one.fit, seen=one.seen,
                alternatives=tuple((*scale, fit) for scale, fit in one.alternatives),
            )  # fmt: skip
            yield make_anchor(
                source, self, "log_scale", value,
                f"From {one.start_s:.1f} to {one.end_s:.1f} s a pixel of the log's screen is "
                f"{one.scale[0]:.3f} × {one.scale[1]:.3f} pixels of the recording.",
                start_s=one.start_s, end_s=one.end_s,
            )  # fmt: skip

    def _targets(
        self,
        source: Source,
        path: Path,
        session: Session,
        offset_s: float,
        rescales: list[float],
        names: Collection[str],
    ) -> Iterator[Anchor]:
        assert source.stream is not None
        pointed = [(index, one) for index, one in enumerate(session.actions) if has_target(one)]
        if len(pointed) > MOST_READ:
            log.warning("the targets of %d action(s) were not read: too many", len(pointed) - MOST_READ)
        for index, action in pointed[:MOST_READ]:
            rescaled = any(time_s <= action.start_s for time_s in rescales)
            anchor = self._target(source, path, index, action, action.start_s + offset_s, rescaled, names)
            if anchor is not None:
                yield anchor

    def _target(
        self,
        source: Source,
        path: Path,
        index: int,
        action: Action,
        time_s: float,
        rescaled: bool,
        names: Collection[str],
    ) -> Anchor | None:
        assert source.stream is not None
        assert action.point is not None
        times = [max(0.0, time_s - back_s) for back_s in (LEAD_S, *EARLIER_S)]
        pictures = [sampled.picture for sampled in sample_frames(path, source.stream, times)]
        screen = source.width or pictures[0].shape[1], source.height or pictures[0].shape[0]
        judged = judge_target(
            action.target, action.point, screen, pictures, (1.0, 1.0), rescaled=rescaled, names=names
        )
        return tell_target(source, self, index, action, judged, time_s, times[0])


def tell_target(
    source: Source,
    extractor: Extractor,
    index: int,
    action: Action,
    judged: Judged,
    time_s: float,
    seen_s: float,
) -> Anchor | None:
    """The `target_read` anchor of an action at `time_s`, seen in a picture at `seen_s`; None where nothing
    was read. `judged.read` is in pixels of the source."""
    if judged.label is None or judged.basis != "measured" or action.point is None:
        return None
    name = redact(judged.label)
    value = TargetReadValue(index=index, name=name, agrees=judged.agrees, suspect=judged.reasons)
    x, y = action.point
    return make_anchor(
        source, extractor, "target_read", value,
        f"Just before the action at {time_s:.2f} s the screen reads “{name}” at ({x:.0f}, {y:.0f}).",
        start_s=seen_s, end_s=seen_s, region=judged.read.box if judged.read else None,
    )  # fmt: skip


def has_target(action: Action) -> bool:
    """Whether an action was done on something at a point."""
    return action.point is not None and action.verb not in {"scroll", "drag"}


def _align(
    source: Source, stream: Stream, session: Session, parts: Mapping[str, Path], path: Path
) -> Alignment:
    """The log's clock and scale, from its pointer's moves and one decoding of the recording."""
    tag = next((tag for tag in source.tags if tag.startswith("screen:")), "screen:0x0")
    width, height = (float(side) for side in tag.removeprefix("screen:").split("x"))
    ratios = [ratio for _, ratio in read_zooms(parts)]
    scales = propose_scales((source.width or 0, source.height or 0), (width, height), ratios)
    pointings = [Pointing(time_s - stream.origin_s, point) for time_s, point in read_moves(parts)]
    due = [action.end_s for action in session.actions]
    return estimate(due, pointings, measure_changes(path, stream), scales)
