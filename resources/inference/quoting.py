"""Text of footage and of users in a prompt: quoted so that it is one line of data, whatever it says."""

from __future__ import annotations

import functools
import json
import re
import unicodedata

OPENING, CLOSING = "<material>", "</material>"
"""Material stands between these. `quote` writes no angle bracket, so that nothing quoted can close it."""

_STRUCTURAL = frozenset('<>[]"\\')
"""What delimiters, JSON strings and the special tokens of chat templates are made with: `<|im_end|>`,
`<start_of_turn>`, `</s>`, `[INST]`, `<｜User｜>`."""

_META_SPACE = "\u2581"
"""The space of SentencePiece: some tokenizers take it for one."""

_SELECTORS = frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
"""Variation selectors: unseen, and enough of them to write a text with."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""General categories without a shape of their own: control, format (bidirectional marks, zero widths, tags),
surrogate, private, unassigned; line and paragraph separators."""

_TAG = re.compile(r"[<＜﹤](?!\s|=|\d+(?:\.\d+)? s>)|[\[［](?=/?[a-z]?[A-Z_]{2,32}[\]］])")
"""What may open a special token; a comparison and a time (`<3.2 s>`) do not."""


def quote(text: str) -> str:
    """The text as one JSON string on one line: `json.loads` gives it back.

    Letters of every script stay as they are. Escaped is what can end a string, a line or the material, or
    become a special token, also after a tokenizer's normalisation, and what nobody sees.
    """
    return '"' + "".join(map(_escape, text)) + '"'


def defuse(text: str) -> str:
    """Our own text, a task's or a user's, with nothing that a tokenizer could take for a special token: what
    opens one becomes `‹`."""
    return _TAG.sub("‹", text)


@functools.lru_cache(maxsize=65_536)
def _escape(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    hidden = unicodedata.category(letter) in _HIDDEN or letter in _SELECTORS or letter == _META_SPACE
    if hidden or not _STRUCTURAL.isdisjoint(unicodedata.normalize("NFKD", letter)):
        escaped = json.dumps(letter)[1:-1]
        return escaped if escaped != letter else f"\\u{ord(letter):04x}"
    return letter
