"""A log's clock and scale are found again on recordings in which they are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dataclaw_assets.evaluation.measured import describe_video
from dataclaw_assets.factual_anchors.measures.log_alignment import (
    Pointing,
    Scale,
    estimate,
    estimate_clock,
    estimate_scales,
    propose_scales,
    scale_at,
)
from dataclaw_assets.factual_anchors.measures.screen_changes import Changes, measure_changes
from dataclaw_assets.raw_sources.formats.gui.agentnet import read_moves, read_session
from resources.media import write_clip

FPS = 30.0
SIZE = (1000, 500)
ACTIONS = [2.0, 5.3, 7.1, 11.9, 14.2, 18.7, 21.0, 25.6]
SCALES: list[Scale] = [(0.5, 0.5), (1.0, 1.0), (0.625, 0.625)]


def make_changes(seconds: float = 30.0) -> Changes:
    """A recording in which nothing changes."""
    frames = int(seconds * FPS)
    return Changes(np.arange(frames) / FPS, np.zeros(frames), np.full((frames, 4), np.nan), *SIZE)


def add_effects(changes: Changes, times: list[float], share: float = 0.1) -> None:
    """A large change at each time."""
    for time in times:
        place = int(np.searchsorted(changes.times, time))
        changes.shares[place] = share
        changes.boxes[place] = (0, 0, *SIZE)


def add_pointer(changes: Changes, moves: list[Pointing], scale: Scale, offset_s: float = 0.0) -> None:
    """A small change where the pointer is drawn, from its tip to the right and down."""
    for move in moves:
        place = int(np.searchsorted(changes.times, move.time_s + offset_s))
        x, y = move.point[0] * scale[0], move.point[1] * scale[1]
        changes.boxes[place] = (x - 4, y - 4, x + 16, y + 24)
        changes.shares[place] = 0.0005


def make_moves(start: float, end: float, step: float = 0.1) -> list[Pointing]:
    """A pointer that goes round far from the corner in which all scales agree."""
    times = np.arange(start, end, step)
    return [
        Pointing(float(time), (1200 + 300 * float(np.cos(time)), 600 + 200 * float(np.sin(time))))
        for time in times
    ]


@pytest.mark.parametrize("offset_s", [-1.2, -0.3, 0.0, 0.5])
def test_the_offset_at_which_effects_follow_is_found(offset_s: float) -> None:
    changes = make_changes()
    add_effects(changes, [time + offset_s + 0.02 for time in ACTIONS])
    clock = estimate_clock(ACTIONS, [], changes)
    assert clock is not None
    assert clock.offset_s == pytest.approx(offset_s, abs=0.05)


def test_effects_at_varied_delays_bound_the_offset_from_above() -> None:
    changes = make_changes()
    delays = [0.03, 0.1, 0.05, 0.2, 0.25, 0.03, 0.15, 0.28]
    add_effects(changes, [time - 0.4 + delay for time, delay in zip(ACTIONS, delays, strict=True)])
    clock = estimate_clock(ACTIONS, [], changes)
    assert clock is not None
    assert clock.offset_s == pytest.approx(-0.4, abs=0.05)


def test_moves_give_the_offset_to_a_frame() -> None:
    changes = make_changes()
    moves = [*make_moves(1, 4, 0.03), *make_moves(6.5, 9, 0.03), *make_moves(12, 19, 0.03)]
    add_pointer(changes, moves, (0.5, 0.5), -0.3)
    add_effects(changes, [time - 0.2 for time in ACTIONS])
    clock = estimate_clock(ACTIONS, [move.time_s for move in moves], changes)
    assert clock is not None
    assert clock.offset_s == pytest.approx(-0.3, abs=1.5 / FPS)


def test_a_clear_clock_has_no_rival() -> None:
    changes = make_changes()
    add_effects(changes, [time + 0.02 for time in ACTIONS])
    clock = estimate_clock(ACTIONS, [], changes)
    assert clock is not None
    assert clock.clear


def test_two_offsets_that_fit_alike_are_not_clear_and_both_are_told() -> None:
    changes = make_changes()
    add_effects(changes, [time + late for time in ACTIONS for late in (-0.98, 0.02)])
    clock = estimate_clock(ACTIONS, [], changes)
    assert clock is not None
    found = sorted([clock.offset_s, clock.alternatives[0][0]])
    assert not clock.clear
    assert found == pytest.approx([-1.0, 0.0], abs=0.05)


def test_a_recording_at_rest_has_no_clock() -> None:
    assert estimate_clock(ACTIONS, [], make_changes()) is None


def test_three_actions_are_too_few_for_a_clock() -> None:
    changes = make_changes()
    add_effects(changes, ACTIONS)
    assert estimate_clock(ACTIONS[:3], [], changes) is None


@pytest.mark.parametrize("scale", SCALES)
def test_the_scale_at_which_changes_lie_at_the_points_is_found(scale: Scale) -> None:
    changes, moves = make_changes(), make_moves(1, 29)
    add_pointer(changes, moves, scale)
    (stretch,) = estimate_scales(moves, changes, SCALES, 0.0)
    assert (stretch.scale, stretch.fit) == (scale, 1.0)


def test_other_scales_are_told_with_their_fit() -> None:
    changes, moves = make_changes(), make_moves(1, 29)
    add_pointer(changes, moves, SCALES[0])
    (stretch,) = estimate_scales(moves, changes, SCALES, 0.0)
    assert dict(stretch.alternatives) == {SCALES[1]: 0.0, SCALES[2]: 0.0}


def test_a_rescale_in_the_middle_gives_two_stretches() -> None:
    changes = make_changes(60)
    before, after = make_moves(1, 30), make_moves(30, 59)
    add_pointer(changes, before, SCALES[0])
    add_pointer(changes, after, SCALES[2])
    stretches = estimate_scales([*before, *after], changes, SCALES, 0.0)
    assert [stretch.scale for stretch in stretches] == [SCALES[0], SCALES[2]]
    assert (scale_at(stretches, 10.0), scale_at(stretches, 50.0)) == (SCALES[0], SCALES[2])


def test_a_window_without_evidence_follows_its_neighbour() -> None:
    changes, moves = make_changes(60), make_moves(1, 12)
    add_pointer(changes, moves, SCALES[0])
    (stretch,) = estimate_scales(moves, changes, SCALES, 0.0)
    assert stretch.end_s == pytest.approx(changes.times[-1])


def test_a_change_of_the_whole_picture_says_nothing_of_scale() -> None:
    changes = make_changes()
    add_effects(changes, ACTIONS)
    clicks = [Pointing(time, (10, 10)) for time in ACTIONS]
    assert estimate_scales(clicks, changes, SCALES, 0.0) == []


def test_scales_are_compared_on_the_clock_that_was_found() -> None:
    changes, moves = make_changes(), make_moves(1, 29, 0.03)[::3]
    add_pointer(changes, moves, SCALES[2], 0.5)
    add_effects(changes, [time + 0.52 for time in ACTIONS])
    alignment = estimate(ACTIONS, moves, changes, SCALES)
    assert [stretch.scale for stretch in alignment.stretches] == [SCALES[2]]


def test_scales_to_try_begin_with_the_screen_on_the_whole_recording() -> None:
    scales = propose_scales((1276, 718), (1366, 768), [1.25])
    assert scales[0] == (1276 / 1366, 718 / 768)
    assert scales[1] == (1.0, 1.0)


def test_scales_to_try_differ() -> None:
    scales = propose_scales((1000, 500), (1000, 500), [1.25, 1.5, 1.0])
    assert len({round(across, 2) for across, _ in scales}) == len(scales)


def test_without_a_screen_size_no_scale_is_tried() -> None:
    assert propose_scales((1000, 500), (0, 0)) == []


def test_changes_lie_where_the_picture_changed(tmp_path: Path) -> None:
    pictures = [np.full((96, 128, 3), 40, np.uint8) for _ in range(10)]
    for picture in pictures[5:]:
        picture[32:48, 64:96] = 220
    write_clip(tmp_path / "v.mp4", pictures, 10.0)
    source = describe_video(tmp_path / "v.mp4")
    assert source.stream is not None
    changes = measure_changes(tmp_path / "v.mp4", source.stream)
    assert int(changes.shares.argmax()) == 5
    assert changes.boxes[5] == pytest.approx([64, 32, 96, 48], abs=4)


def test_a_picture_at_rest_has_no_change(tmp_path: Path) -> None:
    write_clip(tmp_path / "v.mp4", [np.full((96, 128, 3), 40, np.uint8)] * 5, 10.0)
    source = describe_video(tmp_path / "v.mp4")
    assert source.stream is not None
    assert np.isnan(measure_changes(tmp_path / "v.mp4", source.stream).boxes).all()


def test_the_real_recording_began_after_its_log_says_and_shows_the_whole_screen(shared_footage: Path) -> None:
    folder = shared_footage / "gui" / "agentnet_display_settings"
    parts = {path.name: path for path in folder.iterdir()}
    session, video = read_session(parts), next(folder.glob("*.mp4"))
    source = describe_video(video)
    assert source.stream is not None
    assert source.width
    assert source.height
    opening = source.stream.model_copy(update={"duration_s": 36.0})
    alignment = estimate(
        [action.end_s for action in session.actions if action.verb != "scroll"],
        [Pointing(time, point) for time, point in read_moves(parts)],
        measure_changes(video, opening),
        propose_scales((source.width, source.height), (session.width, session.height), [1.25]),
    )
    assert alignment.clock is not None
    assert alignment.clock.offset_s == pytest.approx(-0.3, abs=0.07)
    assert [stretch.scale for stretch in alignment.stretches] == [(1276 / 1366, 718 / 768)]
