"""Reading an answer the way a trainer's reward will: from the text to the verifier's value."""

from __future__ import annotations

import re
from typing import Any

from dataclaw_assets.records import Verifier

NOTHING = ("not shown", "unchanged")
"""Answers that say that there is nothing to point at; the verifier's value is then None."""

ANSWER_CHARS = 4_000
"""Of a longer reply only the end is read: twice the longest lesson of eight steps."""

EPSILON = 1e-6
"""Decimals that are a tolerance apart may differ by a little more as floats."""

_NUMBER = r"\d+(?:\.\d+)?"
_LEAD = re.compile(r"^(?:final )?answer:\s*", re.IGNORECASE)
_SECONDS = re.compile(r"(?<=\d) ?(?:seconds?|secs?|s)\b\.?", re.IGNORECASE)
_MARKUP = str.maketrans("", "", "*`")


def parse_answer(verifier: Verifier, text: str) -> Any:
    """The value that an answer states, or `ValueError` when it states none of the verifier's kind.

    choice → a letter; permutation → letters in order, as a list or as numbered steps; interval → [start,
    end] or None; number → float; text → the text itself.
    """
    stated = text.strip()
    if stated.lower().rstrip(".") in NOTHING:
        return None
    if verifier.kind == "choice" and (match := re.fullmatch(r"([A-Z])\.?", stated)):
        return match[1]
    if verifier.kind == "permutation":
        steps = re.findall(r"^Step \d+: picture ([A-Z])\b", stated, flags=re.MULTILINE)
        if steps:
            return steps
        if re.fullmatch(r"[A-Z](?:, [A-Z])+", stated):
            return stated.split(", ")
    if verifier.kind == "interval" and (match := re.fullmatch(rf"({_NUMBER})\s*[-–]\s*({_NUMBER})", stated)):
        return [float(match[1]), float(match[2])]
    if verifier.kind == "number" and re.fullmatch(_NUMBER, stated):
        return float(stated)
    if verifier.kind == "text" and stated:
        return stated
    raise ValueError(f"no {verifier.kind} can be read from {text!r}")


def judge_answer(verifier: Verifier, text: str) -> bool:
    """Whether a model's free text states the verifier's value. One that states none of its kind does not.

    Read is what follows a `</think>`, as a whole or else its last line, without markup, a leading "Answer:"
    and the unit of seconds. A number may differ by the tolerance, as may each end of an interval; letters
    must be the same, words but for case and spacing. Points and boxes cannot be read from text yet.
    """
    said = text.rpartition("</think>")[2][-ANSWER_CHARS:].translate(_MARKUP).strip()
    for reading in (said, said.rpartition("\n")[2]):
        plain = _LEAD.sub("", reading.strip())
        if verifier.kind in ("number", "interval"):
            plain = _SECONDS.sub("", plain)
        try:
            return _is_right(verifier, parse_answer(verifier, plain))
        except ValueError:
            continue
    return False


def _is_right(verifier: Verifier, stated: Any) -> bool:
    right, slack = verifier.value, (verifier.tolerance or 0.0) + EPSILON
    if stated is None or right is None:
        return stated is right
    if verifier.kind == "number":
        return bool(abs(stated - right) <= slack)
    if verifier.kind == "interval":
        return all(abs(mine - its) <= slack for mine, its in zip(stated, right, strict=True))
    if verifier.kind == "text":
        return str(stated).casefold().split() == str(right).casefold().split()
    return bool(stated == right)
