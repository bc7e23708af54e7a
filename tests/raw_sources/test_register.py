"""Registration: every landed file is a source, a part of one, or a row that says why not."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from dataclaw_assets.errors import InputError
from dataclaw_assets.raw_sources.batches import close_batches
from dataclaw_assets.raw_sources.readers.contract import Unit
from dataclaw_assets.raw_sources.reading import Job, Reading, read_unit
from dataclaw_assets.raw_sources.register import read_path, read_sources, register_batch
from dataclaw_assets.records import Source
from resources.home import Home
from resources.landing import list_landing
from resources.settings import Settings
from resources.workers import Limits, map_isolated

Register = Callable[[], dict[str, Source]]
MakeVideo = Callable[..., Path]

NOBODY = 65_534


def test_a_video_is_registered_with_its_stream(
    register: Register, landing: Path, make_video: MakeVideo
) -> None:
    path = make_video(landing / "film.mp4", frames=12, fps=10.0)
    source = register()["film.mp4"]
    assert source.source_id == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (source.kind, source.width, source.height, source.status) == ("video", 64, 64, "registered")
    assert source.stream is not None
    assert (source.stream.codec, source.stream.frames) == ("h264", 12)
    assert source.stream.duration_s == pytest.approx(1.2)


def test_empty_file_is_a_row(register: Register, landing: Path) -> None:
    (landing / "film.mp4").write_bytes(b"")
    assert register()["film.mp4"].reason == "empty: a file of zero bytes"


def test_text_named_as_video_is_not_media(register: Register, landing: Path) -> None:
    (landing / "notes.mp4").write_text("Minutes of the meeting.\n")
    assert register()["notes.mp4"].reason == "not_media: named like a video, but it is: plain text"


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_truncated_video_is_a_row(
    register: Register, landing: Path, make_video: MakeVideo, share: float
) -> None:
    path = make_video(landing / "film.mp4")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert str(register()["film.mp4"].reason).startswith("truncated: ")


def test_unknown_documents_say_what_they_look_like(register: Register, landing: Path) -> None:
    (landing / "README").write_text("hello")
    (landing / "truth.json").write_text('{"cuts": []}')
    (landing / "page.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"></svg>')
    reasons = {name: source.reason for name, source in register().items()}
    assert reasons == {
        "README": "no_reader: plain text",
        "page.svg": "bad_drawing: it has no strokes",
        "truth.json": "no_reader: JSON document",
    }


def test_identical_files_are_one_source(register: Register, landing: Path, make_video: MakeVideo) -> None:
    first = make_video(landing / "a.mp4")
    (landing / "b.mp4").write_bytes(first.read_bytes())
    rows = register()
    assert rows["a.mp4"].status == "registered"
    assert (rows["b.mp4"].status, rows["b.mp4"].duplicate_of) == ("duplicate", rows["a.mp4"].source_id)


def test_bytes_of_an_earlier_batch_are_duplicates(
    register: Register, landing: Path, make_video: MakeVideo
) -> None:
    first = make_video(landing / "a.mp4")
    source_id = register()["a.mp4"].source_id
    (landing / "again.mp4").write_bytes(first.read_bytes())
    assert register()["again.mp4"].duplicate_of == source_id


def test_non_utf8_name_goes_all_the_way(register: Register, landing: Path, make_video: MakeVideo) -> None:
    raw = os.fsencode(landing) + b"/caf\xe9.mp4"
    make_video(landing / "film.mp4").rename(os.fsdecode(raw))
    Path(os.fsdecode(os.fsencode(landing) + b"/caf\xe9.srt")).write_text("1\n00:00:00,0 --> 00:00:01,0\nhi\n")
    (source,) = register().values()
    assert source.status == "registered"
    assert source.uri.endswith("/caf%E9.mp4")
    assert [sidecar.role for sidecar in source.sidecars] == ["subtitles"]


def read_as_nobody(job: Job) -> Reading:
    if os.geteuid() == 0:
        read_unit(job)  # brings in what the interpreter loads late, from places that nobody may not read
        os.seteuid(NOBODY)
    return read_unit(job)


def test_what_may_not_be_read_is_a_row() -> None:
    # not in tmp_path, whose parents only their owner may enter
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for file, mode in (("closed.txt", 0o000), ("open.txt", 0o644)):
            (folder / file).write_text("secret")
            (folder / file).chmod(mode)
        jobs = [Job(Unit(files=(file,)), "b", folder) for file in list_landing(name)]
        readings = map_isolated(read_as_nobody, jobs, 1, Limits(60, 4096))
    reasons = [reading.rows[0].reason for reading in readings if isinstance(reading, Reading)]
    assert reasons == ["permission: it may not be read", "no_reader: plain text"]


def test_a_file_that_changed_since_is_a_row(opened_home: Home, landing: Path) -> None:
    (landing / "a.txt").write_text("one")
    (landing / "b.txt").write_text("two")
    (batch,) = close_batches(opened_home, str(landing), stable_after_s=0)
    (landing / "a.txt").write_text("longer")
    (landing / "b.txt").unlink()
    register_batch(opened_home, batch.key)
    reasons = [str(source.reason).split(":")[0] for source in read_sources(opened_home, batch.key)]
    assert reasons == ["changed", "missing"]


def test_subtitles_find_their_video(register: Register, landing: Path, make_video: MakeVideo) -> None:
    make_video(landing / "film.mp4")
    line = "00:00:00.000 --> 00:00:01.000\nhello\n"
    (landing / "film.srt").write_text("1\n" + line.replace(".", ","))
    (landing / "film.pt_BR.vtt").write_text("WEBVTT\n\n" + line)
    (landing / "other.vtt").write_text("WEBVTT\n\n" + line)
    rows = register()
    found = {(sidecar.role, sidecar.language) for sidecar in rows["film.mp4"].sidecars}
    assert found == {("subtitles", None), ("subtitles", "pt-BR")}
    assert str(rows["other.vtt"].reason).startswith("orphan_sidecar: no video")
    assert rows.keys() == {"film.mp4", "other.vtt"}


def test_subtitles_without_a_timed_line_are_a_row(
    register: Register, landing: Path, make_video: MakeVideo
) -> None:
    make_video(landing / "film.mp4")
    (landing / "film.srt").write_text("just words\n")
    rows = register()
    assert str(rows["film.srt"].reason).startswith("not_subtitles")
    assert rows["film.mp4"].sidecars == ()


def test_own_facts_find_any_source(
    register: Register, landing: Path, make_video: MakeVideo, make_session: Callable[[Path], Path]
) -> None:
    make_video(landing / "film.mp4", seed=3)
    Image.new("RGB", (8, 8)).save(landing / "photo.png")
    make_session(landing / "session")
    for name in ("film", "photo.png", "session", "nothing"):
        (landing / f"{name}.anchors.jsonl").write_text('{"extractor": "mine"}\n')
    rows = register()
    for name in ("film.mp4", "photo.png", "2024-01-02_03-04-05.mp4"):
        assert [sidecar.role for sidecar in rows[name].sidecars].count("anchors") == 1, name
    assert str(rows["nothing.anchors.jsonl"].reason).startswith("orphan_sidecar: no source")


def test_a_session_registers_its_recording_once(
    register: Register, landing: Path, make_session: Callable[[Path], Path]
) -> None:
    make_session(landing / "session")
    (landing / "session/README.md").write_text("notes")
    rows = register()
    assert {name: source.format for name, source in rows.items()} == {
        "2024-01-02_03-04-05.mp4": "agentnet",
        "README.md": "unknown",
    }


def test_rows_are_sorted_and_the_same_again(
    opened_home: Home, landing: Path, make_dataset: Callable[..., Path], make_video: MakeVideo
) -> None:
    make_dataset(landing / "robot")
    make_video(landing / "a.mp4")
    (batch,) = close_batches(opened_home, str(landing), stable_after_s=0)
    entry = register_batch(opened_home, batch.key)
    order = [(source.uri, source.member or 0) for source in read_sources(opened_home, batch.key)]
    assert order == sorted(order)
    assert entry.counts == {
        "files": 6, "registered": 3, "rejected": 0, "duplicate": 0,
        "kinds": {"robot_demo": 2, "video": 1}, "reasons": {},
    }  # fmt: skip


def test_a_second_registration_opens_nothing(
    opened_home: Home, landing: Path, make_video: MakeVideo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    make_video(landing / "a.mp4")
    (batch,) = close_batches(opened_home, str(landing), stable_after_s=0)
    log = tmp_path / "opened.log"
    monkeypatch.setenv("DATACLAW_OPENED_LOG", str(log))
    first = register_batch(opened_home, batch.key)
    assert len(log.read_text().splitlines()) == 1
    assert register_batch(opened_home, batch.key) == first
    assert len(log.read_text().splitlines()) == 1


def test_batches_registered_out_of_order_heal(
    opened_home: Home, landing: Path, make_video: MakeVideo
) -> None:
    first = make_video(landing / "a.mp4")
    (one,) = close_batches(opened_home, str(landing), stable_after_s=0)
    (landing / "b.mp4").write_bytes(first.read_bytes())
    (two,) = close_batches(opened_home, str(landing), stable_after_s=0)
    register_batch(opened_home, two.key)
    assert read_sources(opened_home, two.key)[0].status == "registered"
    register_batch(opened_home, one.key)
    register_batch(opened_home, two.key)
    assert read_sources(opened_home, two.key)[0].status == "duplicate"


def test_a_missed_deadline_is_a_row(tmp_path: Path, landing: Path, make_video: MakeVideo) -> None:
    make_video(landing / "film.mp4")
    (source,) = read_path(
        landing / "film.mp4", tmp_path / "scratch", Settings(workers=1, source_deadline_s=0)
    )
    assert (source.status, source.reason) == ("rejected", "deadline: not read within 0 s")


def test_progress_counts_to_the_end(opened_home: Home, landing: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (landing / name).write_text(name)
    (batch,) = close_batches(opened_home, str(landing), stable_after_s=0)
    seen: list[tuple[int, int]] = []
    register_batch(opened_home, batch.key, lambda what, done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


def test_one_file_is_read_without_a_home(tmp_path: Path, landing: Path, make_video: MakeVideo) -> None:
    make_video(landing / "film.mp4")
    make_video(landing / "other.mp4", seed=5)
    (landing / "film.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nhi\n")
    (source,) = read_path(landing / "film.mp4", tmp_path / "scratch", Settings(workers=1))
    assert (source.name, len(source.sidecars)) == ("film.mp4", 1)


def test_one_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_path(tmp_path / "film.mp4", tmp_path, Settings(workers=1))


def test_real_footage_has_a_row_for_every_file(opened_home: Home, shared_footage: Path) -> None:
    (batch,) = close_batches(opened_home, str(shared_footage), stable_after_s=0)
    counts = register_batch(opened_home, batch.key).counts
    assert counts["kinds"] == {"drawing": 22, "gui_trace": 13, "image": 11, "robot_demo": 21, "video": 19}
    assert counts["reasons"].keys() == {"no_reader", "orphan_sidecar"}
    rows = read_sources(opened_home, batch.key)
    named = {row.uri for row in rows} | {sidecar.uri for row in rows for sidecar in row.sidecars}
    parts = {file.uri for file in batch.files} - named
    unnamed = ("/agentnet_", "/meta/stats.json", "/dataset_info.json")
    assert all(any(name in uri for name in unnamed) for uri in parts)
