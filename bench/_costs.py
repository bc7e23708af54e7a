"""What a run costs, and how runs in turn are compared."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Cost:
    """Seconds on the wall, and of the processor by this process and all of its threads."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True)
class Ratio:
    """The median of the pairs' ratios, on the wall and of the processor."""

    wall: float
    cpu: float

    @property
    def worse(self) -> float:
        """The larger of the two: a bar is met only when both meet it."""
        return max(self.wall, self.cpu)


def measure(run: Callable[[], Any]) -> Cost:
    """What one call costs."""
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def take_turns(pairs: int, *runs: Callable[[], Cost | None]) -> list[list[Cost]]:
    """The costs of each run, all run in turn, `pairs` times; every second time in reverse, so that a machine
    that slows down favours none. A run that gives None is run no more, and its costs are forgotten."""
    costs: dict[int, list[Cost]] = {place: [] for place in range(len(runs))}
    for turn in range(pairs):
        for place in sorted(costs, reverse=turn % 2 == 1):
            cost = runs[place]()
            if cost is None:
                del costs[place]
            else:
                costs[place].append(cost)
    return [costs.get(place, []) for place in range(len(runs))]


def compare(ours: Sequence[Cost], theirs: Sequence[Cost]) -> Ratio | None:
    """Ours : theirs, pair by pair; None when there are no pairs."""
    pairs = list(zip(ours, theirs, strict=False))
    if not pairs:
        return None
    return Ratio(
        statistics.median(one.wall_s / other.wall_s for one, other in pairs),
        statistics.median(one.cpu_s / other.cpu_s for one, other in pairs),
    )


def per_frame_ms(costs: Sequence[Cost], frames: int) -> float:
    """Median milliseconds on the wall for each frame."""
    return 1000.0 * statistics.median(cost.wall_s for cost in costs) / max(1, frames)
