"""Subtitle files: exact times, plain words, odd encodings; what is no subtitle file is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.extractors.subtitle_files import read_lines, strip_markup

SRT = "1\n00:00:01,234 --> 00:00:02,500\n<i>Hello</i>\nthere\n\n2\n00:00:05,000 --> 00:00:06,001\nBye\n"
VTT = """WEBVTT - made by hand

STYLE
::cue { color: red }

NOTE
not spoken

intro
00:01.234 --> 00:02.500 align:start
<v Ann>Tom &amp; Jerry</v> <00:00:02.000><c.loud>run</c>

NOTE between the lines

00:00:05.000 --> 00:00:06.001
Bye
"""


@pytest.mark.parametrize(
    ("name", "text", "first"), [("a.srt", SRT, "Hello there"), ("a.vtt", VTT, "Tom & Jerry run")]
)
def test_times_are_exact_and_words_plain(tmp_path: Path, name: str, text: str, first: str) -> None:
    (tmp_path / name).write_text(text)
    assert read_lines(tmp_path / name) == [(1234, 2500, first), (5000, 6001, "Bye")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_words_survive_old_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(SRT.replace("Bye", "Adiós, señor").encode(encoding))
    assert read_lines(path)[1][2] == "Adiós, señor"


def test_bytes_that_are_no_encoding_still_give_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes(SRT.encode().replace(b"Bye", b"By\x81e"))
    assert read_lines(path)[1][2].startswith("By")


@pytest.mark.parametrize(
    "text", ["", "just prose, no times", "WEBVTT\n\n", "1\n00:00:02,000 --> 00:00:01,000\nx\n"]
)
def test_file_without_a_timed_line_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.srt").write_text(text)
    with pytest.raises(UnreadableSource, match="bad_subtitles"):
        read_lines(tmp_path / "a.srt")


def test_markup_goes_and_words_that_look_like_it_stay() -> None:
    assert strip_markup("{\\an8}<b>if</b> a < b and <font color='red'>c</font> > d") == "if a < b and c > d"


def test_real_subtitles_read_whole(shared_footage: Path) -> None:
    lines = read_lines(shared_footage / "subtitle" / "sintel-de.vtt")
    assert (len(lines), lines[1]) == (14, (18700, 21500, "Diese Klinge birgt eine finstere Vergangenheit."))
