"""A robot's demonstration as its log states it: times, measured state, actions, instruction, success."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Series = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Channels:
    """Numbers by frame (frames × channels) and the name of each channel, `""` where the log gives none."""

    names: tuple[str, ...]
    values: Series


@dataclass(frozen=True)
class Span:
    """An instruction that holds for a stretch of frames, half-open."""

    first: int
    stop: int
    text: str


@dataclass(frozen=True)
class Episode:
    """One demonstration. `times` are seconds, the first frame at 0, strictly rising; where the log holds no
    time they are frame ÷ rate, and `timed` is False. `state` is measured (the robot's own first, then objects
    if the log has them), `action` is commanded: facts come from the state only. `success` is the log's flag.
    """

    times: Series
    timed: bool
    state: Channels | None
    action: Channels | None
    instructions: tuple[Span, ...] = ()
    success: bool | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parts:
    """Local paths of an episode's files: the file itself, and its sidecars by role."""

    main: Path
    sidecars: dict[str, Path]
    member: int | None
