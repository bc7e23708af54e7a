"""Actions of a GUI session as its log records them, on the recording's clock and in its pixels."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dataclaw_assets.anchor_values import ActionValue
from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.extractors.action_log import (
    Action,
    read_log,
    read_reduced,
    reduce_events,
)
from dataclaw_assets.factual_anchors.extractors.contract import Box, make_anchor
from dataclaw_assets.raw_sources.formats.redaction import REDACTED, names_secret, redact
from dataclaw_assets.records import Anchor, Json, Source
from resources.landing import display_name

log = logging.getLogger(__name__)

REDUCED = "reduced_events_complete.jsonl"
RAW = "events.jsonl"
METADATA = "metadata.json"

_VERBS = {
    "click": "clicked",
    "double_click": "double-clicked",
    "triple_click": "triple-clicked",
    "right_click": "right-clicked",
    "middle_click": "middle-clicked",
    "drag": "dragged",
    "scroll": "scrolled",
    "type": "typed",
    "press": "pressed",
}


class Actions:
    """What an AgentNet log claims was done, as `recorded` anchors.

    Source time = `time_stamp` − `video_start_timestamp` − `origin_s`. The recorder's own start can be half
    a second off the first frame (seen), so these times are no better than that until an offset estimated
    from pixels corrects them; the target's label is the log's claim likewise.
    """

    name = "actions"
    version = "1"

    def applies(self, source: Source) -> bool:
        """Whether the source is a session of this format, with a log of events."""
        return source.format == "agentnet" and bool(_find(source, REDUCED) or _find(source, RAW))

    def params(self, source: Source) -> Json:
        """The logs' own bytes, and the clock and size of the recording."""
        stream = source.stream
        return {
            "files": sorted(item.sha256 for item in source.sidecars),
            "clock": [stream.origin_s, stream.duration_s] if stream else None,
            "size": [source.width, source.height],
        }

    def extract(self, source: Source, local: Callable[[str], Path]) -> list[Anchor]:
        """`action` anchors in time order; what lies outside the recording or the screen is left out and
        counted in the log. Raises `UnreadableSource` (`bad_log`) without a clock to place events by."""
        metadata = _read_metadata(source, local)
        began = metadata.get("video_start_timestamp")
        if not isinstance(began, int | float):
            raise UnreadableSource("bad_log", f"{METADATA} has no video_start_timestamp")
        scale = _scale(source, metadata)
        actions = _read_actions(source, local)
        anchors: list[Anchor] = []
        late = off_screen = 0
        field: str | None = None
        for action in actions:
            field = action.target if action.point else field
            span = _place(source, action, float(began))
            if span is None:
                late += 1
                continue
            points = [point for point in (action.point, action.to) if point and scale]
            shown = [_to_pixels(source, point, scale) for point in points]
            if None in shown:
                off_screen += 1
                continue
            pixels = [point for point in shown if point]
            anchors.append(self._anchor(source, action, len(anchors), span, pixels, field))
        if late:
            log.warning("%d action(s) lie outside the recording and were left out", late)
        if off_screen:
            log.warning("%d action(s) have no point on the screen and were left out", off_screen)
        return anchors

    def _anchor(
        self,
        source: Source,
        action: Action,
        index: int,
        span: tuple[float, float],
        pixels: list[tuple[float, float]],
        field: str | None,
    ) -> Anchor:
        secret = action.action in {"type", "press"} and names_secret(field)
        text = action.text and (REDACTED if secret else redact(action.text))
        target = action.target and redact(action.target)
        value = ActionValue(
            index=index,
            action=action.action,
            x=pixels[0][0] if pixels else None,
            y=pixels[0][1] if pixels else None,
            target=target,
            role=action.role,
            text=text,
        )
        return make_anchor(
            source,
            self,
            "action",
            value,
            _say(value, pixels, span[0]),
            start_s=span[0],
            end_s=span[1],
            region=_box(pixels),
            basis="recorded",
        )


def _find(source: Source, name: str) -> str | None:
    return next((item.uri for item in source.sidecars if display_name(item.uri) == name), None)


def _read_metadata(source: Source, local: Callable[[str], Path]) -> dict[str, Any]:
    uri = _find(source, METADATA)
    if uri is None:
        raise UnreadableSource("bad_log", f"no {METADATA} beside the recording")
    try:
        metadata = json.loads(local(uri).read_bytes())
    except (ValueError, OSError, RecursionError) as error:
        raise UnreadableSource("bad_log", f"{METADATA}: {type(error).__name__}") from error
    if not isinstance(metadata, dict):
        raise UnreadableSource("bad_log", f"{METADATA} is not an object")
    return metadata


def _read_actions(source: Source, local: Callable[[str], Path]) -> list[Action]:
    """The tool's own reduction where there is one with anything in it, else the raw events reduced here."""
    for name in (REDUCED, RAW):
        uri = _find(source, name)
        if uri is None:
            continue
        rows, bad = read_log(local(uri))
        if bad:
            log.warning("%d line(s) of %s are no JSON object and were skipped", bad, name)
        actions = list(read_reduced(rows)) if name == REDUCED else reduce_events(rows)
        if actions:
            return sorted(actions, key=lambda action: (action.start, action.end))
    return []


def _scale(source: Source, metadata: dict[str, Any]) -> tuple[float, float] | None:
    wide, high = metadata.get("screen_width"), metadata.get("screen_height")
    if not isinstance(wide, int | float) or not isinstance(high, int | float) or wide <= 0 or high <= 0:
        log.warning("the log states no screen size: its points cannot be placed on the recording")
        return None
    if not source.width or not source.height:
        return None
    return source.width / wide, source.height / high


def _place(source: Source, action: Action, began: float) -> tuple[float, float] | None:
    origin_s = source.stream.origin_s if source.stream else 0.0
    end_of_stream = source.stream.duration_s if source.stream else 0.0
    start_s = action.start - began - origin_s
    if not 0.0 <= start_s < end_of_stream:
        return None
    return start_s, min(end_of_stream, max(start_s, action.end - began - origin_s))


def _to_pixels(
    source: Source, point: tuple[float, float], scale: tuple[float, float] | None
) -> tuple[float, float] | None:
    if scale is None:
        return None
    x, y = point[0] * scale[0], point[1] * scale[1]
    inside = 0 <= x < (source.width or 0) and 0 <= y < (source.height or 0)
    return (x, y) if inside else None


def _box(pixels: list[tuple[float, float]]) -> Box | None:
    if len(pixels) < 2:
        return None
    across, down = [point[0] for point in pixels], [point[1] for point in pixels]
    return min(across), min(down), max(across), max(down)


def _say(value: ActionValue, pixels: list[tuple[float, float]], start_s: float) -> str:
    words = [f"At {start_s:.2f} s the log says the user {_VERBS.get(value.action, value.action)}"]
    if value.action == "scroll":
        words.append(value.text or "")
    elif value.text:
        words.append(f"“{value.text}”")
    if pixels:
        words.append(f"at ({pixels[0][0]:.0f}, {pixels[0][1]:.0f})")
    if len(pixels) > 1:
        words.append(f"to ({pixels[1][0]:.0f}, {pixels[1][1]:.0f})")
    if value.target:
        words.append(f"on “{value.target}”")
    return " ".join(filter(None, words)) + "."
