"""Subtitle files beside a video: their timed lines, and how the words of any subtitle are freed of markup."""

from __future__ import annotations

import codecs
import html
import re
from pathlib import Path

from dataclaw_assets.errors import UnreadableSource

MAX_BYTES = 16 * 1024 * 1024
"""A day of speech is under 2 MB; anything larger is no subtitle file."""

_TAG = re.compile(r"</?[A-Za-z0-9.:][^<>]*>|\{\\[^{}]*\}")
_VTT_ASIDE = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*|)$", re.MULTILINE)


def read_lines(path: Path) -> list[tuple[int, int, str]]:
    """Start and end in milliseconds and the plain words of every line that has some, in time order.

    Raises `UnreadableSource` (`bad_subtitles`) for a file that holds no timed line.
    """
    import pysubs2

    if path.stat().st_size > MAX_BYTES:
        raise UnreadableSource("bad_subtitles", f"larger than {MAX_BYTES} bytes")
    text = decode_text(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if text.lstrip().startswith("WEBVTT"):
        text = _drop_asides(text)
    try:
        file = pysubs2.SSAFile.from_string(text)
    except (pysubs2.exceptions.Pysubs2Error, ValueError, KeyError, IndexError) as error:
        raise UnreadableSource("bad_subtitles", f"{type(error).__name__}: {error}") from error
    lines = []
    for event in file:
        words = strip_markup(event.plaintext)
        if words and not event.is_comment and event.end > event.start >= 0:
            lines.append((int(event.start), int(event.end), words))
    if not lines:
        raise UnreadableSource("bad_subtitles", "no timed line in it")
    return sorted(lines, key=lambda line: line[:2])


def decode_text(data: bytes) -> str:
    """Text of a subtitle file, by the same rule everywhere: a byte-order mark, else UTF-8, else Windows
    Western (what most old `.srt` files are), else Latin-1, which cannot fail."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def strip_markup(text: str) -> str:
    """The words of a line: tags, override codes and entities resolved, white space made single."""
    return " ".join(html.unescape(_TAG.sub("", text)).replace("\u200b", "").split())


def _drop_asides(text: str) -> str:
    """WebVTT without its comments and styles, which pysubs2 1.8 would take for words of the line before."""
    blocks = re.split(r"\n{2,}", text)
    return "\n\n".join(block for block in blocks if not _VTT_ASIDE.match(block.lstrip("\n")))
