"""Memory and time from one minute to an hour, and two workers against one: `python -m bench.scale`.

Memory: a minute of shots and 60 of them joined (packets copied) are each read with all facts of a video in
a fresh process; compared are its peaks of resident memory (bar: 10 % apart) and its time for each frame
(linear: no more than 10 % longer, of the processor, which neighbours disturb less). `--distinct N` joins N
different minutes over and over; 60 give an hour of which nothing repeats. Each takes some seconds, once.

Workers: eight equal clips are read by one child process and by two, one decoding thread each, in turn;
counted is from the first clip's begin to the last one's end, without the start of the processes. Bar: 1.7
times as fast.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from dataclaw_assets.errors import UnreadableSource
from resources.settings import Settings
from resources.workers import Limits, map_isolated

MINUTES = 60
GROWTH_BAR = 0.10
ITEMS, ITEM_MINUTES, PAIRS = 8, 3, 3
WORKERS_BAR = 1.7

ResultT = TypeVar("ResultT")


@dataclass(frozen=True)
class Reading:
    """What reading a video took: its frames, the peak of resident memory of the process in MiB, seconds on
    the wall and of the processor."""

    frames: int
    peak_mib: float
    wall_s: float
    cpu_s: float

    @property
    def frame_ms(self) -> float:
        """Milliseconds of the processor for each frame."""
        return 1000.0 * self.cpu_s / self.frames


def make_minutes(distinct: int) -> list[Path]:
    """Kept clips of a minute each, 320 × 180 at 25 fps, 15 shots."""
    from bench._clips import Recipe, keep_clip

    return [keep_clip(Recipe("h264", 320, 180, shots=15, shot_s=4.0, seed=seed)) for seed in range(distinct)]


def join_minutes(minutes: list[Path], count: int) -> Path:
    """A kept video of that many minutes."""
    from bench._clips import keep_joined

    return keep_joined(minutes, count)


def read_once(path: Path) -> Reading:
    """Read a video as a child process does, results written to files: all facts but text and sound. Raises
    `RuntimeError` when one could not be read."""
    import resource

    from bench._costs import measure
    from bench._runs import list_lookers
    from dataclaw_assets.evaluation.measured import describe_video
    from dataclaw_assets.factual_anchors.reading import Job, Unread, read_job
    from dataclaw_assets.factual_anchors.registry import STREAM_EXTRACTORS

    source = describe_video(path)
    unread: list[Unread] = []
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        job = Job((source,), ((*STREAM_EXTRACTORS, *list_lookers()),), scratch, scratch, ({},))
        cost = measure(lambda: unread.extend(read_job(job)))
    if unread or source.stream is None:
        raise RuntimeError(f"not read: {unread}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 2**-10)
    return Reading(source.stream.frames, peak / 2**20, cost.wall_s, cost.cpu_s)


def in_fresh_process(work: Callable[..., ResultT], *arguments: Any) -> ResultT:
    """The result of a call in a process of its own, so that its peak of memory is its own. Linux lets a child
    begin with the peak of its parent, which is why this module imports nothing heavy and encodes apart."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def print_growth(minutes: list[Path]) -> bool:
    """The table of memory and time; gives whether both bars were met."""
    print(
        f"One minute against {MINUTES}, all facts of a video, one thread, {len(minutes)} distinct minute(s)"
    )
    print(f"{'minutes':>7} {'frames':>8} {'peak MiB':>9} {'wall s':>8} {'cpu ms a frame':>15}")
    rows = []
    for count in (1, MINUTES):
        row = in_fresh_process(read_once, in_fresh_process(join_minutes, minutes, count))
        rows.append(row)
        print(
            f"{count:7} {row.frames:8} {row.peak_mib:9.1f} {row.wall_s:8.1f} {row.frame_ms:15.3f}",
            flush=True,
        )
    memory = rows[1].peak_mib / rows[0].peak_mib - 1.0
    slower = rows[1].frame_ms / rows[0].frame_ms - 1.0
    print(f"memory      {memory:+8.1%}   bar ± {GROWTH_BAR:.0%}   {_verdict(abs(memory) <= GROWTH_BAR)}")
    print(
        f"ms a frame  {slower:+8.1%}   bar + {GROWTH_BAR:.0%}   {_verdict(slower <= GROWTH_BAR)}", flush=True
    )
    return abs(memory) <= GROWTH_BAR and slower <= GROWTH_BAR


def _verdict(met: bool) -> str:
    return "met" if met else "missed"


def read_between(path: Path) -> tuple[float, float]:
    """Read a video; gives when that began and ended, on the clock that all processes share."""
    begun = time.time()
    read_once(path)
    return begun, time.time()


def time_workers(path: Path, workers: int) -> float:
    """Seconds from the first begin to the last end of reading the file `ITEMS` times. Raises `RuntimeError`
    when it could not be read."""
    settings = Settings()
    limits = Limits(settings.source_deadline_s, settings.source_memory_mb)
    spans = map_isolated(read_between, [path] * ITEMS, workers, limits)
    done = [span for span in spans if not isinstance(span, UnreadableSource)]
    if len(done) < ITEMS:
        raise RuntimeError(f"not read: {[span for span in spans if isinstance(span, UnreadableSource)]}")
    return max(end for _, end in done) - min(begin for begin, _ in done)


def print_workers(path: Path, pairs: int) -> bool:
    """The comparison of one worker with two; gives whether the bar was met."""
    print(f"\n{ITEMS} clips of {ITEM_MINUTES} minutes, one decoding thread each, {os.cpu_count()} cores")
    print(f"{'one s':>8} {'two s':>8} {'ratio':>6}")
    ratios = []
    for _ in range(pairs):
        one, two = time_workers(path, 1), time_workers(path, 2)
        ratios.append(one / two)
        print(f"{one:8.2f} {two:8.2f} {ratios[-1]:6.2f}", flush=True)
    ratio = statistics.median(ratios)
    print(f"median {ratio:17.2f}   bar {WORKERS_BAR}   {_verdict(ratio >= WORKERS_BAR)}")
    return ratio >= WORKERS_BAR


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both tables; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description="Memory, time and workers.")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="runs with one worker and with two, in turn")
    parser.add_argument("--distinct", type=int, default=1, help="how many minutes of the hour differ")
    chosen = parser.parse_args(arguments)
    minutes = in_fresh_process(make_minutes, chosen.distinct)
    grows_not = print_growth(minutes)
    spread = print_workers(in_fresh_process(join_minutes, minutes, ITEM_MINUTES), chosen.pairs)
    return 0 if grows_not and spread else 1


if __name__ == "__main__":
    sys.exit(main())
