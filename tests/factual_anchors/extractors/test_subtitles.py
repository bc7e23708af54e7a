"""Subtitle anchors: on the source's clock, from sidecars and tracks, each line once; strays are dropped."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from dataclaw_assets.anchor_values import SubtitleValue
from dataclaw_assets.factual_anchors.extractors.subtitle_tracks import Line
from dataclaw_assets.factual_anchors.extractors.subtitles import Subtitles, keep_one
from dataclaw_assets.records import Anchor, Sidecar, Source, Stream
from resources.media import probe_video
from tests.factual_anchors.made_subtitles import as_mov_text, write_video

SRT = "1\n00:00:01,234 --> 00:00:02,500\n<i>Hello</i>\nthere\n\n2\n00:00:05,000 --> 00:00:06,001\nBye\n"
CUES = [(1234, 2500, b"Hello there"), (5000, 6001, b"Bye")]


def make_source(
    video: Path, srt: Path | None = None, origin_s: float = 0.0, duration_s: float = 8.0
) -> Source:
    stream = Stream(
        uri=video.as_uri(), origin_s=origin_s, duration_s=duration_s, fps=10.0, frames=80, codec="h264"
    )
    sidecars = (Sidecar(uri=srt.as_uri(), role="subtitles", sha256="0" * 64, language="en"),) if srt else ()
    return Source(
        source_id="s", kind="video", format="video", uri=video.as_uri(), name=video.name, batch="b", bytes=1,
        mtime_ns=1, stream=stream, sidecars=sidecars, status="registered",
    )  # fmt: skip


def extract(source: Source) -> list[Anchor]:
    return Subtitles().extract(source, lambda uri: Path(uri.removeprefix("file://")))


def lines(anchors: list[Anchor]) -> list[tuple[float | None, str, str | None]]:
    return [
        (anchor.start_s, anchor.value.text, anchor.value.language)
        for anchor in anchors
        if isinstance(anchor.value, SubtitleValue)
    ]


@pytest.fixture
def plain(tmp_path: Path) -> tuple[Path, Path]:
    """A video without a track, and a sidecar."""
    write_video(tmp_path / "v.mp4")
    (tmp_path / "v.srt").write_text(SRT)
    return tmp_path / "v.mp4", tmp_path / "v.srt"


def test_anchor_is_a_recorded_line_with_its_language(plain: tuple[Path, Path]) -> None:
    anchor = extract(make_source(*plain))[0]
    assert (anchor.kind, anchor.basis, anchor.start_s, anchor.end_s) == ("subtitle", "recorded", 1.234, 2.5)
    assert anchor.value == SubtitleValue(text="Hello there", language="en")
    assert "“Hello there”" in anchor.text


def test_origin_of_the_stream_is_subtracted(plain: tuple[Path, Path]) -> None:
    anchors = extract(make_source(*plain, origin_s=1.2))
    assert [anchor.start_s for anchor in anchors] == [pytest.approx(0.034), 3.8]


def test_line_outside_the_stream_is_left_out_and_counted(
    plain: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        anchors = extract(make_source(*plain, duration_s=4.0))
    assert [anchor.start_s for anchor in anchors] == [1.234]
    assert "1 subtitle line(s)" in caplog.text


def test_line_that_runs_over_the_end_is_cut_to_the_stream(plain: tuple[Path, Path]) -> None:
    assert extract(make_source(*plain, duration_s=5.5))[-1].end_s == 5.5


def test_track_of_the_video_gives_lines_without_a_sidecar(tmp_path: Path) -> None:
    write_video(tmp_path / "v.mkv", "subrip", CUES, "spa")
    assert lines(extract(make_source(tmp_path / "v.mkv"))) == [
        (1.234, "Hello there", "spa"),
        (5.0, "Bye", "spa"),
    ]


@pytest.mark.parametrize("name", ["v.mkv", "v.mp4"])
def test_track_is_on_the_clock_of_the_picture(tmp_path: Path, name: str) -> None:
    codec = "mov_text" if name == "v.mp4" else "subrip"
    data = as_mov_text("Hi") if name == "v.mp4" else b"Hi"
    write_video(tmp_path / name, codec, [(2500, 3000, data)], first_frame=20)
    probe = probe_video(tmp_path / name)
    (anchor,) = extract(make_source(tmp_path / name, origin_s=probe.origin_s))
    assert (probe.origin_s, anchor.start_s, anchor.end_s) == (2.0, 0.5, 1.0)


def test_track_equal_to_the_sidecar_adds_nothing(tmp_path: Path) -> None:
    (tmp_path / "v.srt").write_text(SRT)
    write_video(tmp_path / "v.mkv", "subrip", [(1250, 2520, b"Hello there"), (7000, 7500, b"More")])
    assert lines(extract(make_source(tmp_path / "v.mkv", tmp_path / "v.srt"))) == [
        (1.234, "Hello there", "en"),
        (5.0, "Bye", "en"),
        (7.0, "More", None),
    ]


@pytest.mark.parametrize(
    ("later", "count"),
    [
        (Line(1.05, 2.0, "Hi", None), 1),
        (Line(1.0, 1.95, "Hi", None), 1),
        (Line(1.06, 2.0, "Hi", None), 2),
        (Line(1.0, 2.0, "Ho", None), 2),
    ],
)
def test_equal_lines_have_the_same_words_and_times(later: Line, count: int) -> None:
    assert len(keep_one([Line(1.0, 2.0, "Hi", None), later])) == count


def test_line_that_is_kept_takes_the_language_of_its_twin() -> None:
    assert keep_one([Line(1.0, 2.0, "Hi", None), Line(1.0, 2.0, "Hi", "en")]) == [Line(1.0, 2.0, "Hi", "en")]


def test_other_sidecar_bytes_are_another_cache_entry(plain: tuple[Path, Path]) -> None:
    source = make_source(*plain)
    other = source.sidecars[0].model_copy(update={"sha256": "1" * 64})
    assert Subtitles().params(source) != Subtitles().params(source.model_copy(update={"sidecars": (other,)}))
