"""How often a motion repeats, on small videos and on sequences of tiny pictures."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from dataclaw_assets.anchor_values import RepetitionValue
from dataclaw_assets.factual_anchors.extractors.repetition import RepetitionExtractor
from dataclaw_assets.factual_anchors.measures.cycles import find_cycles
from dataclaw_assets.factual_anchors.scan import scan_stream
from dataclaw_assets.records import Anchor
from resources.media import Picture
from tests.factual_anchors.made_videos import make_video, paint_scene

FPS = 25.0
STEP_S = 0.08


def swing(phase: float) -> tuple[float, float]:
    """Left and right like a pendulum, pixels from the middle."""
    return 70 * math.sin(2 * math.pi * phase), 0.0


def film(period_s: float, count: int, jitter: float = 0.0) -> list[Picture]:
    """A disc that swings so often, at rest for half a second before and after; `jitter` in pixels."""
    rng = np.random.default_rng(4)
    scene = paint_scene(3)
    made = []
    for number in range(round((count * period_s + 1.0) * FPS)):
        phase = min(float(count), max(0.0, (number / FPS - 0.5) / period_s))
        across, down = np.array(swing(phase)) + rng.normal(0.0, jitter, 2)
        picture = scene.copy()
        cv2.circle(picture, (round(160 + across), round(90 + down)), 30, (250, 240, 20), -1)
        made.append(picture)
    return made


def repetitions(folder: Path, pictures: list[Picture]) -> list[Anchor]:
    """The repetitions of a video of these pictures."""
    source = make_video(folder / "made.mp4", pictures, FPS)
    return scan_stream(source, folder / "made.mp4", (RepetitionExtractor(),))["repetition"]


def tiny(place: Callable[[float], float], seconds: float, noise: float = 0.0) -> npt.NDArray[np.uint8]:
    """A bright blob, at `place` cells from the left at a time, in tiny pictures taken every `STEP_S`."""
    rng = np.random.default_rng(1)
    across = np.arange(32)[None, :]
    down = np.arange(18)[:, None]
    made = []
    for number in range(round(seconds / STEP_S)):
        off = (across - place(number * STEP_S)) ** 2 + (down - 9) ** 2
        made.append(80 + 120 * np.exp(-off / 8.0) + rng.normal(0.0, noise, (18, 32)))
    stack: npt.NDArray[np.uint8] = np.clip(np.stack(made), 0, 255).astype(np.uint8)
    return stack.reshape(len(made), -1)


@pytest.mark.parametrize(("period_s", "count"), [(0.5, 8), (0.9, 5), (2.2, 3)])
def test_cycles_are_counted(tmp_path: Path, period_s: float, count: int) -> None:
    """Exactly, with the period."""
    found = repetitions(tmp_path, film(period_s, count))
    assert len(found) == 1
    assert isinstance(found[0].value, RepetitionValue)
    assert found[0].value.count == count
    assert found[0].value.period_s == pytest.approx(period_s, rel=0.03)


def test_the_interval_leaves_the_rest_out(tmp_path: Path) -> None:
    """It rests for half a second on either side."""
    found = repetitions(tmp_path, film(0.8, 4))
    assert found[0].start_s == pytest.approx(0.5, abs=0.2)
    assert found[0].end_s == pytest.approx(3.7, abs=0.2)


def test_an_unsteady_hand_costs_no_more_than_one_cycle(tmp_path: Path) -> None:
    """Places are off by three pixels at random."""
    found = repetitions(tmp_path, film(0.8, 6, jitter=3.0))
    assert isinstance(found[0].value, RepetitionValue)
    assert abs(found[0].value.count - 6) <= 1


def test_two_cycles_are_no_repetition(tmp_path: Path) -> None:
    """Three are the least."""
    assert repetitions(tmp_path, film(1.0, 2)) == []


def test_a_repetition_longer_than_a_chunk_is_one(tmp_path: Path) -> None:
    """24 s of it are looked at in two parts."""
    found = repetitions(tmp_path, film(1.2, 20))
    assert [one.value.count for one in found if isinstance(one.value, RepetitionValue)] == [20]


def test_a_pan_does_not_repeat(tmp_path: Path) -> None:
    """The camera's own motion is left out."""
    assert repetitions(tmp_path, [paint_scene(2, shift=2.0 * number) for number in range(100)]) == []


def test_a_caret_that_blinks_does_not_move(tmp_path: Path) -> None:
    """It is periodic, in one place."""
    made = []
    for number in range(150):
        picture = np.full((180, 320, 3), 240, np.uint8)
        if number // 12 % 2:
            picture[80:100, 100:106] = 0
        made.append(picture)
    assert repetitions(tmp_path, made) == []


def test_a_light_that_pulses_does_not_move() -> None:
    """All cells change in step, in a third of the picture."""
    scene = np.random.default_rng(2).uniform(60, 150, 192)
    lamp = 1.0 + 0.3 * np.sin(np.arange(120) * STEP_S * 2 * math.pi / 0.9)
    still = np.full((120, 384), 100.0)
    pictures = np.concatenate([lamp[:, None] * scene[None, :], still], axis=1).astype(np.uint8)
    assert find_cycles(pictures, STEP_S) == []


def test_wandering_does_not_repeat() -> None:
    """Two rates without a common period."""
    wander = tiny(lambda t: 16 + 6 * math.sin(2.0 * t) + 5 * math.sin(3.3 * t + 1), 8.0, noise=1.0)
    assert find_cycles(wander, STEP_S) == []


def test_a_period_between_two_samples_is_found() -> None:
    """0.5 s are 6.25 samples."""
    cycles = find_cycles(tiny(lambda t: 16 + 8 * math.sin(2 * math.pi * t / 0.5), 8.0), STEP_S)
    assert len(cycles) == 1
    assert cycles[0].period * STEP_S == pytest.approx(0.5, abs=0.005)


def test_noise_alone_does_not_repeat() -> None:
    """Strong film noise without motion."""
    assert find_cycles(tiny(lambda _: 16.0, 8.0, noise=6.0), STEP_S) == []
