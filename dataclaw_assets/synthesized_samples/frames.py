"""The pictures of a source that a prompt shows: which moments, read by a child process, small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dataclaw_assets.anchor_values import KeyframeValue, StillValue
from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.streams import check_registered, open_stream
from dataclaw_assets.records import Source
from dataclaw_assets.synthesized_samples.context import SourceContext
from resources.landing import local_path
from resources.media import Picture, fit_size, read_image, resize
from resources.sampling import sample_frames, spread_times
from resources.workers import Limits, map_isolated


@dataclass(frozen=True, eq=False)
class Shown:
    """One picture of a source, RGB, and the second it is from; None of an image."""

    time_s: float | None
    picture: Picture


@dataclass(frozen=True)
class Wanted:
    """What to read of one source: the pictures at these times, none of them for an image."""

    source: Source
    times: tuple[float, ...]
    side_px: int
    scratch: Path


def take_pictures(
    contexts: Sequence[SourceContext], scratch: Path, count: int, side_px: int
) -> list[tuple[Shown, ...] | UnreadableSource]:
    """Up to `count` pictures of each source, by time, the longer side at most `side_px`; or why none.

    Footage is opened in child processes, within the deadline and the memory that a source may cost. All
    pictures are held at once: 16 of 448 × 252 px are 5 MB a source. A drawing has none.
    """
    wanted = [Wanted(c.source, choose_times(c, count), side_px, scratch) for c in contexts]
    asked = [place for place, item in enumerate(wanted) if count and (item.times or _is_image(item.source))]
    taken: list[tuple[Shown, ...] | UnreadableSource] = [()] * len(wanted)
    if asked:
        settings = contexts[0].settings
        limits = Limits(settings.source_deadline_s, settings.source_memory_mb)
        items = [wanted[place] for place in asked]
        results = map_isolated(read_pictures, items, settings.workers, limits, spread=settings.spread)
        for place, result in zip(asked, results, strict=True):
            taken[place] = result
    return taken


def choose_times(context: SourceContext, count: int) -> tuple[float, ...]:
    """When to look at a source: `count` times at most, spread over it, rising.

    Of a screen the moments at which it rests, as many as there are. Of other footage one in each of `count`
    equal parts: the picture that names a moment and is nearest the part's middle, else the middle.
    """
    stream = context.source.stream
    if stream is None or count < 1:
        return ()
    middles = spread_times(0.0, stream.duration_s, count)
    if context.source.kind == "gui_trace" or context.shows_a_screen:
        frames = [a.value for a in context.anchors if isinstance(a.value, KeyframeValue)]
        states = [frame for frame in frames if frame.of == "state"]
        resting = sorted({frame.time_s for frame in states or frames})
        if len(resting) > count:
            resting = [resting[(2 * place + 1) * len(resting) // (2 * count)] for place in range(count)]
        return tuple(resting or middles)
    named = [a.value.time_s for a in context.anchors if isinstance(a.value, StillValue)]
    half_s = stream.duration_s / (2 * count)
    chosen = []
    for middle in middles:
        inside = [time_s for time_s in named if -half_s <= time_s - middle < half_s]
        chosen.append(min(inside, key=lambda time_s: (abs(time_s - middle), time_s), default=middle))
    return tuple(chosen)


def read_pictures(wanted: Wanted) -> tuple[Shown, ...]:
    """The pictures wanted, a frame that is on screen at several of the times once.

    Raises `UnreadableSource`: `missing`, `source_changed` when the file is not the one whose facts are known,
    or what reading it gives.
    """
    source = wanted.source
    uri = source.stream.uri if source.stream else source.uri
    check_registered(source, local_path(uri, wanted.scratch))
    if source.stream is None:
        picture = read_image(local_path(uri, wanted.scratch))
        size = fit_size(picture.shape[1], picture.shape[0], wanted.side_px)
        return (Shown(None, resize(picture, *size)),)
    path = open_stream(source, wanted.scratch)
    frames = sample_frames(path, source.stream, wanted.times, wanted.side_px)
    once = {frame.time_s: frame.picture for frame in frames}
    return tuple(Shown(time_s, once[time_s]) for time_s in sorted(once))


def _is_image(source: Source) -> bool:
    return source.kind == "image" and source.stream is None
