"""Damaged clips by the thousand: `python -m tests.fuzz [COUNT] [SEED]`, by default 2000 and 1.

Exits with 1 when an error came up that no reader expected; crashed and hanging children are counted.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.reading import LIMITS, LOST, Tally, run
from tests.fuzz.seeds import write_seeds

WORKERS = 2


def main(arguments: Sequence[str]) -> int:
    """Make the clips, read them, print the table."""
    count = int(arguments[0]) if arguments else 2000
    seed = int(arguments[1]) if len(arguments) > 1 else 1
    begun = time.monotonic()
    done = 0

    def report() -> None:
        nonlocal done
        done += 1
        if done % 200 == 0:
            sys.stderr.write(f"{done} of {count}, {time.monotonic() - begun:.0f} s\n")

    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        whole = tuple(write_seeds(Path(folder)))
        tally = run(whole, count, seed, WORKERS, report)
    sys.stdout.write(format_table(tally, count, seed, len(whole), time.monotonic() - begun))
    return 1 if tally.defects else 0


def format_table(tally: Tally, count: int, seed: int, whole: int, seconds: float) -> str:
    """The outcome of a run as text."""
    lines = [
        f"{count} damaged clips of {whole} whole ones, seed {seed}, {WORKERS} workers, {seconds:.0f} s, "
        f"{LIMITS.deadline_s:g} s and {LIMITS.memory_mb} MB a clip",
        *_rows("clip", tally.outcomes),
        "of those decoded, extractors that gave no facts:",
        *_rows("step: reason", tally.steps),
        *(f"{reason}, of all clips: {tally.outcomes[reason]}" for reason in LOST),
        f"errors that no reader expected: {len(tally.defects)}",
        f"clips of which the parent lost count: {count - sum(tally.outcomes.values())}",
        *tally.lost,
        *tally.defects,
    ]
    return "\n".join(lines) + "\n"


def _rows(title: str, counts: dict[str, int]) -> list[str]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [f"{title:32} count", *(f"  {name:30} {number:5}" for name, number in ordered)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
