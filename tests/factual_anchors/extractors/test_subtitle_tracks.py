"""Subtitle tracks: exact packet times, plain words and the language, whatever the codec and the container."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.extractors.subtitle_tracks import Line, plain_words, read_tracks
from tests.factual_anchors.made_subtitles import as_ass, as_mov_text, write_video

HELLO = "<i>Hello</i>\nthere"


@pytest.mark.parametrize(
    ("name", "codec", "data"),
    [
        ("v.mp4", "mov_text", as_mov_text(HELLO)),
        ("v.mov", "mov_text", as_mov_text(HELLO)),
        ("v.mkv", "subrip", HELLO.encode()),
        ("v.mkv", "webvtt", HELLO.encode()),
        ("v.webm", "webvtt", HELLO.encode()),
        ("v.mkv", "ass", as_ass("{\\k20}Hel{\\k30}lo\\Nthere")),
    ],
)
def test_line_has_exact_times_plain_words_and_a_language(
    tmp_path: Path, name: str, codec: str, data: bytes
) -> None:
    write_video(tmp_path / name, codec, [(1234, 2500, data)], "ger")
    assert read_tracks(tmp_path / name) == [Line(1.234, 2.5, "Hello there", "ger")]


def test_undetermined_language_is_none(tmp_path: Path) -> None:
    write_video(tmp_path / "v.mkv", "subrip", [(0, 900, b"Hi")], "und")
    assert read_tracks(tmp_path / "v.mkv")[0].language is None


def test_lines_that_overlap_all_stay_in_order(tmp_path: Path) -> None:
    cues = [(1000, 4000, b"long"), (2000, 3000, b"short"), (2000, 2500, b"shorter")]
    write_video(tmp_path / "v.mkv", "subrip", cues)
    assert [line.text for line in read_tracks(tmp_path / "v.mkv")] == ["long", "shorter", "short"]


def test_video_without_a_track_has_no_lines(tmp_path: Path) -> None:
    write_video(tmp_path / "v.mp4")
    assert read_tracks(tmp_path / "v.mp4") == []


def test_track_of_pictures_is_left_out_with_a_note(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_video(tmp_path / "v.mkv", "hdmv_pgs_subtitle", [(1000, 2000, b"\x80\x00\x00")])
    with caplog.at_level(logging.WARNING):
        assert read_tracks(tmp_path / "v.mkv") == []
    assert "hdmv_pgs_subtitle" in caplog.text


def test_packet_that_is_no_text_is_left_out_and_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cues = [(1000, 2000, b"\x01\x02\x03"), (3000, 4000, b"x" * 70_000), (5000, 6000, b"Hi")]
    write_video(tmp_path / "v.mkv", "subrip", cues)
    with caplog.at_level(logging.WARNING):
        assert [line.text for line in read_tracks(tmp_path / "v.mkv")] == ["Hi"]
    assert "2 packet(s)" in caplog.text


def test_file_cut_short_gives_the_lines_before(tmp_path: Path) -> None:
    cues = [(at, at + 500, b"line") for at in range(0, 8000, 1000)]
    write_video(tmp_path / "v.mkv", "subrip", cues)
    data = (tmp_path / "v.mkv").read_bytes()
    (tmp_path / "v.mkv").write_bytes(data[: data.rindex(b"line") - 20])
    assert 0 < len(read_tracks(tmp_path / "v.mkv")) < 8


def test_file_that_does_not_open_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "v.mp4").write_text("no video")
    with pytest.raises(UnreadableSource, match="not_media"):
        read_tracks(tmp_path / "v.mp4")


@pytest.mark.parametrize(
    ("codec", "data", "words"),
    [
        ("mov_text", b"\x00\x00", ""),
        ("mov_text", b"\x00\x02Hi\x00\x00\x00\x0cstyl", "Hi"),
        ("mov_text", b"\x00\x06" + "Hi".encode("utf-16"), "Hi"),
        ("ass", b"0,0,Default,,0,0,0", None),
        ("ass", as_ass("One, two, three"), "One, two, three"),
        ("ass", as_ass("{\\p1}m 0 0 l 100 0 100 100{\\p0}"), ""),
        ("subrip", b"{\\an8}<font color='red'>Hi</font>\x00", "Hi"),
        ("webvtt", b"<v Ann>Tom &amp; Jerry</v> <00:00:02.000><c.loud>run</c>", "Tom & Jerry run"),
        ("webvtt", b"\x00\x00\x00\x08vtte", None),
    ],
)
def test_words_follow_the_layout_of_the_codec(codec: str, data: bytes, words: str | None) -> None:
    assert plain_words(data, codec) == words
