"""What the demo renders is what it says it is: films that decode, words, events and tables that fit them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from dataclaw_assets.demo_footage import (
    arm,
    arm_simulation,
    broken,
    film,
    film_stage,
    pictures,
    screen,
    screen_app,
    sketches,
    slides,
    subtitles,
    valley,
)


def decoded(path: Path) -> tuple[int, float]:
    """Frames in a film, and its length in seconds from the time stamps of its frames."""
    import av

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        times = [frame.time for frame in container.decode(stream) if frame.time is not None]
        assert times == sorted(times)
        assert stream.average_rate is not None
        return len(times), times[-1] + float(1 / stream.average_rate)


@pytest.fixture(scope="module")
def lecture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return slides.render_slides(tmp_path_factory.mktemp("video"))[0]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return screen.render_screen(tmp_path_factory.mktemp("gui"))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return arm.render_arm(tmp_path_factory.mktemp("robot"))


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_lecture_decodes_to_its_stated_length(lecture: Path) -> None:
    assert decoded(lecture)[1] == pytest.approx(slides.duration_s(), abs=1e-3)


def test_film_keeps_its_stated_length_across_the_dissolve_and_the_fade(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def pale(frames: int) -> Any:
        return iter([np.full((360, 640, 3), 200, np.uint8)] * frames)

    monkeypatch.setattr(film, "SCENES", tuple(film.Scene(pale, s.seconds, s.leave) for s in film.SCENES))
    shown = [int(frame[0, 0, 0]) for frame in film.frames()]
    assert len(shown) == round(film.duration_s() * film_stage.FPS)
    assert shown.count(0) == 1


def test_valley_film_has_the_frames_of_its_stated_length() -> None:
    assert sum(1 for _ in valley.frames()) == round(valley.duration_s() * film_stage.FPS)


@pytest.mark.parametrize("scene", valley.SCENES, ids=lambda scene: scene.draw.__name__)
def test_the_valleys_camera_stays_within_its_drawing_and_moves_all_the_time(scene: valley.Scene) -> None:
    from itertools import islice, pairwise

    high, wide = scene.draw().shape[:2]
    for left, top, width in (scene.first, scene.last):
        assert 0 <= left <= left + width <= wide
        assert 0 <= top <= top + width * film_stage.HEIGHT / film_stage.WIDTH <= high
    assert all(np.any(a != b) for a, b in pairwise(islice(valley.show(scene), 8)))


@pytest.mark.parametrize("scene", film.SCENES, ids=lambda scene: scene.draw.__name__)
def test_every_scene_moves_all_the_time(scene: film.Scene) -> None:
    from itertools import islice, pairwise

    shown = list(islice(scene.draw(round(scene.seconds * film_stage.FPS)), 8))
    assert all(np.any(a != b) for a, b in pairwise(shown))


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [(film.NARRATION, film.duration_s()), (slides.NARRATION, slides.duration_s())],
    ids=["film", "lecture"],
)
def test_narration_lies_inside_its_film_in_order(lines: tuple[subtitles.Line, ...], seconds: float) -> None:
    edges = [t for line in lines for t in (line.start_s, line.end_s)]
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= seconds


def test_subtitle_clocks_follow_their_formats() -> None:
    line = [subtitles.Line(61.25, 63.5, "A gull.")]
    assert subtitles.srt(line) == "1\n00:01:01,250 --> 00:01:03,500\nA gull.\n"
    assert subtitles.vtt(line) == "WEBVTT\n\n00:01:01.250 --> 00:01:03.500\nA gull.\n"


def test_screen_events_lie_inside_the_recording(session: Path) -> None:
    start = json.loads((session / "metadata.json").read_text())["video_start_timestamp"]
    times = [event["time_stamp"] - start for event in rows(session / "events.jsonl")]
    assert times == sorted(times)
    assert times[0] >= 0
    assert times[-1] <= decoded(session / screen.RECORDING)[1]


def test_every_step_points_at_its_events_and_hits_its_target(session: Path) -> None:
    events = rows(session / "events.jsonl")
    for row in rows(session / "reduced_events_complete.jsonl"):
        event = events[row["event_start_idx"]]
        assert event["time_stamp"] == row["start_time"]
        if row["action"] == "click":
            child = next(c for c in row["axtree"]["Children"] if c["Name"] == row["target"]["title"])
            box = child["BoundingRectangle"]
            assert box["left"] <= event["x"] < box["right"]
            assert box["top"] <= event["y"] < box["bottom"]


def test_every_click_changes_a_screen_that_has_stood_for_two_seconds() -> None:
    played = screen.play()
    for step in played.steps:
        changes = [t for t, _ in played.screens if t <= step.start_s - 1e-6]
        after = next(state for t, state in played.screens if t > step.end_s - 0.2 and t >= step.start_s)
        assert step.start_s - changes[-1] >= 2.0
        assert np.any(screen_app.draw_app(after) != screen_app.draw_app(step.before))


def test_robot_tables_agree_with_the_film(dataset: Path) -> None:
    info = json.loads((dataset / "meta/info.json").read_text())
    film_path = dataset / info["video_path"].format(video_key=arm.CAMERA, chunk_index=0, file_index=0)
    data = pq.read_table(dataset / info["data_path"].format(chunk_index=0, file_index=0))
    episodes = pq.read_table(dataset / "meta/episodes/chunk-000/file-000.parquet").to_pylist()
    count, seconds = decoded(film_path)
    assert count == info["total_frames"] == data.num_rows == episodes[-1]["dataset_to_index"]
    assert seconds == pytest.approx(episodes[-1][f"videos/{arm.CAMERA}/to_timestamp"], abs=1e-3)
    assert data.column("index").to_pylist() == list(range(count))


def test_robot_state_has_as_many_values_as_names(dataset: Path) -> None:
    info = json.loads((dataset / "meta/info.json").read_text())
    data = pq.read_table(dataset / "data/chunk-000/file-000.parquet")
    for name in ("observation.state", "action"):
        assert data.schema.field(name).type.list_size == len(info["features"][name]["names"])


@pytest.mark.parametrize("job", arm.JOBS, ids=lambda job: job.instruction)
def test_arm_carries_the_block_to_its_goal_and_lets_go(job: arm_simulation.Job) -> None:
    readings = arm_simulation.simulate(job)
    start, end = readings[0].block, readings[-1].block
    assert start[0] == job.start_x
    assert end[0] == pytest.approx(job.goal_x, abs=0.01)
    assert end[1] == pytest.approx(job.step_height + start[1], abs=1e-6)
    assert max(reading.block[1] for reading in readings) > start[1] + 0.1
    assert readings[-1].opening > min(reading.opening for reading in readings)


@pytest.mark.parametrize("job", arm.JOBS, ids=lambda job: job.instruction)
def test_gripper_lags_its_command(job: arm_simulation.Job) -> None:
    readings = arm_simulation.simulate(job)
    told = next(n for n, reading in enumerate(readings) if reading.command[2] == 0)
    assert readings[told].opening > readings[told + 3].opening > 0


def test_sketches_are_raw_quickdraw_with_rising_times(tmp_path: Path) -> None:
    (path,) = sketches.render_sketches(tmp_path)
    for row in rows(path):
        clock = [t for stroke in row["drawing"] for t in stroke[2]]
        assert all(len(x) == len(y) == len(t) for x, y, t in row["drawing"])
        assert clock == sorted(clock)
        assert 4 <= len(row["drawing"]) <= 8


def test_pictures_open(tmp_path: Path) -> None:
    from PIL import Image

    for path in pictures.render_pictures(tmp_path):
        with Image.open(path) as picture:
            assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 50


def test_broken_files_do_not_open(lecture: Path, tmp_path: Path) -> None:
    import av

    for path in broken.write_broken(tmp_path, lecture):
        with pytest.raises(av.FFmpegError):
            av.open(str(path))


def test_a_second_rendering_gives_the_same_tables_and_texts(
    session: Path, dataset: Path, tmp_path: Path
) -> None:
    for first, again in ((session, screen.render_screen(tmp_path)), (dataset, arm.render_arm(tmp_path))):
        # Films are left out: an encoder may differ in its bytes. What goes into it is held by the next test.
        files = [p.relative_to(first) for p in first.rglob("*") if p.is_file() and p.suffix != ".mp4"]
        assert files
        assert [p for p in files if (first / p).read_bytes() != (again / p).read_bytes()] == []
    one, two = (sketches.render_sketches(tmp_path / name)[0].read_bytes() for name in ("a", "b"))
    assert one == two


def test_a_second_drawing_gives_the_same_frames() -> None:
    def drawn() -> list[Any]:
        job = arm.JOBS[0]
        drawings = [scene.draw() for scene in valley.SCENES]
        return [
            *arm_simulation.draw(job, arm_simulation.simulate(job)),
            *screen.frames(screen.play()),
            *drawings,
        ]

    assert all(np.array_equal(a, b) for a, b in zip(drawn(), drawn(), strict=True))
