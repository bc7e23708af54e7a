"""Where the time of one scan goes: each watcher, and each thing that a view computes for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bench._runs import list_lookers
from dataclaw_assets.factual_anchors.extractors.contract import StreamExtractor
from dataclaw_assets.factual_anchors.registry import STREAM_EXTRACTORS
from dataclaw_assets.factual_anchors.scan import View, look_again, scan_stream
from dataclaw_assets.records import Source


class Clock:
    """Seconds and calls by name; what is called from within another timed call counts for itself only."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.calls: dict[str, int] = {}
        self._inner: list[float] = []

    def timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The call, timed under a name."""
        self.seconds.setdefault(name, 0.0)
        self.calls.setdefault(name, 0)

        def run(*arguments: Any) -> Any:
            self._inner.append(0.0)
            begun = time.perf_counter()
            try:
                return call(*arguments)
            finally:
                spent = time.perf_counter() - begun
                self.seconds[name] += spent - self._inner.pop()
                self.calls[name] += 1
                if self._inner:
                    self._inner[-1] += spent

        return run


@contextmanager
def timed_views(clock: Clock) -> Iterator[None]:
    """While this lasts, whatever a view computes is timed as `view.<name>`."""
    parts = {name: part for name, part in vars(View).items() if isinstance(part, cached_property)}
    plain = {name: part.func for name, part in parts.items()}
    for name, part in parts.items():
        part.func = clock.timed(f"view.{name.lstrip('_')}", plain[name])
    try:
        yield
    finally:
        for name, part in parts.items():
            part.func = plain[name]


def time_parts(source: Source, path: Path) -> tuple[Clock, float]:
    """The clock after one scan and the second looks, and the seconds of the whole."""
    clock = Clock()
    begun = time.perf_counter()
    with timed_views(clock):
        found = scan_stream(source, path, [_wrap(extractor, clock) for extractor in STREAM_EXTRACTORS])
        for extractor in list_lookers():
            looker = extractor.look(source, [anchor for name in extractor.needs for anchor in found[name]])
            again = clock.timed(f"{extractor.name}: second look", look_again)
            again(source, path, looker)
            looker.finish()
    return clock, time.perf_counter() - begun


def _wrap(extractor: StreamExtractor, clock: Clock) -> Any:
    """Stands in for an extractor; its watchers are timed."""

    def begin(source: Source) -> Any:
        watcher = extractor.begin(source)
        return SimpleNamespace(
            see=clock.timed(extractor.name, watcher.see),
            finish=clock.timed(f"{extractor.name}: finish", watcher.finish),
        )

    return SimpleNamespace(name=extractor.name, begin=begin)


def wrapping_us() -> float:
    """Microseconds that timing one call costs."""
    clock, count = Clock(), 20_000
    nothing = clock.timed("nothing", lambda: None)
    begun = time.perf_counter()
    for _ in range(count):
        nothing()
    return 1e6 * (time.perf_counter() - begun) / count
