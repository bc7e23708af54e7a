"""Rewards for answers that a machine can check; an export ships this file as `dataclaw_rewards.py`.

Standard library only. TRL takes `dataclaw_reward` and `dataclaw_format` as reward functions; ms-swift, given
the file as an external plugin, finds them under the same names.
"""

from __future__ import annotations

import importlib
import json
import math
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

KINDS = ("choice", "permutation", "interval", "point", "box", "number", "text")

NOTHING = ("not shown", "unchanged")
"""Answers that say that there is nothing to point at; the verifier's value is then None."""

ANSWER_CHARS = 4_000
"""Of a longer reply only the end is read: twice the longest lesson of eight steps."""

EPSILON = 1e-6
"""Decimals that are a tolerance apart may differ by a little more as floats."""

NUMBER_SCALE = 1.0
"""Where a number has no tolerance, it is a count: one off gives 1/e."""

POINT_SCALE = 0.05
"""Of the picture. With the 0.10 of DataClaw's trajectories (arXiv 2606.21337) a click on the next icon of a
toolbar would still be worth 0.8."""

SHORT_TEXT = 20
"""A text of fewer characters is right or wrong: opposites ("moves upwards", "moves downwards") are near."""

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_INTERVAL = re.compile(rf"({_NUMBER})\s*[-–]\s*({_NUMBER})")
_LETTERS = re.compile(r"[A-Z](?:, ?[A-Z])+")
_STEP = re.compile(r"^Step ([0-9]{1,3}): picture ([A-Z])\b", re.MULTILINE)
_LEAD = re.compile(r"^(?:final )?answer:\s*", re.IGNORECASE)
_SECONDS = re.compile(r"(?<=[0-9]) ?(?:seconds?|secs?|s)\b\.?", re.IGNORECASE)
_MARKUP = str.maketrans("", "", "*`")


def reward(kind: str, value: Any, tolerance: float | None, text: str) -> float:
    """What a reply is worth, from 0 to 1: 1 at the verifier's value, less the further off, and 0 when it
    states no answer of the kind, or several. Raises `ValueError` for a kind that is none.

    A `value` of None is stated by "not shown" or "unchanged" and by nothing else. Numbers, points and the
    ends of intervals count as right within the `tolerance`.
    """
    if kind not in KINDS:
        raise ValueError(f"no verifier is of kind {kind!r}")
    try:
        stated = find_answer(kind, text)
    except ValueError:
        return 0.0
    if stated is None or value is None:
        return float(stated is value)
    return _REWARDS[kind](stated, value, tolerance or 0.0)


def format_reward(kind: str, text: str) -> float:
    """1 when what follows a reply's thinking, or stands between `<answer>` tags, is one answer of the kind
    and nothing else; 0 otherwise."""
    try:
        read_answer(kind, _take_final(text))
    except ValueError:
        return 0.0
    return 1.0


def read_answer(kind: str, text: str) -> Any:
    """The value that an answer states, or `ValueError` when it is anything but one answer of the kind.

    choice → a letter; permutation → letters in order, from a list or from steps numbered from 1; interval →
    [start, end]; point → [x, y] and box → [x0, y0, x1, y1], from 0 to 1 of the picture; number → float; text
    → the text itself; of any kind None, when it says that there is nothing.
    """
    stated = text.strip()
    if stated.lower().rstrip(".") in NOTHING:
        return None
    if reader := _READERS.get(kind):
        value = reader(stated)
        if value is not None:
            return value
    raise ValueError(f"no {kind} can be read from {text!r}")


def find_answer(kind: str, text: str) -> Any:
    """As `read_answer`, but in a model's reply: what follows its thinking, or stands between `<answer>` tags;
    as a whole, or else its last line, if no other line states an answer as well. Markup, a leading "Answer:"
    and the unit of seconds are passed over. Raises `ValueError`."""
    final = _take_final(text)
    try:
        return read_answer(kind, _clean(kind, final))
    except ValueError:
        *others, last = final.splitlines() or [""]
    for line in others:
        try:
            read_answer(kind, _clean(kind, line))
        except ValueError:
            continue
        raise ValueError(f"several answers in {text!r}")
    return read_answer(kind, _clean(kind, last))


def _take_final(text: str) -> str:
    final = text.rpartition("</think>")[2]
    if "<think>" in final:
        raise ValueError("the thinking has no end")
    _, tag, tagged = final.partition("<answer>")
    if tag:
        final, _, rest = tagged.partition("</answer>")
        if rest.strip():
            raise ValueError("something follows the answer")
    return final[-ANSWER_CHARS:].strip()


def _clean(kind: str, text: str) -> str:
    plain = _LEAD.sub("", text.translate(_MARKUP).strip())
    return _SECONDS.sub("", plain) if kind in ("number", "interval") else plain


def _read_choice(text: str) -> str | None:
    match = re.fullmatch(r"([A-Z])\.?", text)
    return match[1] if match else None


def _read_letters(text: str) -> list[str] | None:
    steps = _STEP.findall(text)
    letters = [letter for _, letter in steps]
    if [int(number) for number, _ in steps] != list(range(1, len(steps) + 1)):
        return None
    if not steps and _LETTERS.fullmatch(text):
        letters = text.replace(" ", "").split(",")
    return letters if len(letters) == len(set(letters)) > 1 else None


def _read_interval(text: str) -> list[float] | None:
    match = _INTERVAL.fullmatch(text)
    ends = [float(match[1]), float(match[2])] if match else [0.0, 0.0]
    return ends if ends[0] < ends[1] < math.inf else None


def _read_place(text: str, count: int) -> list[float] | None:
    if text[:1] + text[-1:] in ("()", "[]"):
        text = text[1:-1]
    numbers = [part.strip() for part in text.split(",")]
    if len(numbers) != count or not all(re.fullmatch(_NUMBER, number) for number in numbers):
        return None
    place = [float(number) for number in numbers]
    return place if max(place) <= 1 else None


def _read_box(text: str) -> list[float] | None:
    box = _read_place(text, 4)
    return box if box and box[0] < box[2] and box[1] < box[3] else None


def _read_number(text: str) -> float | None:
    number = float(text) if re.fullmatch(_NUMBER, text) else math.inf
    return number if number < math.inf else None


_READERS: Mapping[str, Callable[[str], Any]] = {
    "choice": _read_choice,
    "permutation": _read_letters,
    "interval": _read_interval,
    "point": lambda text: _read_place(text, 2),
    "box": _read_box,
    "number": _read_number,
    "text": lambda text: text or None,
}


def _reward_order(stated: Sequence[str], right: Sequence[str], tolerance: float) -> float:
    """The share of the pairs of `right` that stand in their order, (1 + Kendall's τ) / 2 of a whole list: the
    reverse gives 0. A missing letter loses its pairs, a strange one its share of the list."""
    places = {letter: place for place, letter in enumerate(right)}
    known = [places[letter] for letter in stated if letter in places]
    pairs = math.comb(len(right), 2)
    ordered = sum(first < second for first, second in combinations(known, 2))
    return ordered / pairs * len(known) / len(stated)


def _reward_interval(stated: Sequence[float], right: Sequence[float], tolerance: float) -> float:
    """Temporal IoU, the reward of VideoChat-R1 (arXiv 2504.06958), after each end has been moved to the true
    one by the tolerance at most. Unlike exp(−|Δt|/τ) it means the same for long and short intervals, and to
    name the whole clip gains no more than the share of it that is right."""
    slack = tolerance + EPSILON
    near = [min(max(its, mine - slack), mine + slack) for mine, its in zip(stated, right, strict=True)]
    shared = max(0.0, min(near[1], right[1]) - max(near[0], right[0]))
    return shared / (max(near[1], right[1]) - min(near[0], right[0]))


def _reward_point(stated: Sequence[float], right: Sequence[float], tolerance: float) -> float:
    """By the distance from the box `right`, as DataClaw's draft has it: exp(−d/τ)."""
    (x, y), (x0, y0, x1, y1) = stated, right
    return _decay(math.hypot(max(x0 - x, 0.0, x - x1), max(y0 - y, 0.0, y - y1)), tolerance, POINT_SCALE)


def _reward_box(stated: Sequence[float], right: Sequence[float], tolerance: float) -> float:
    """IoU; the tolerance is the IoU from which a judge takes it as right."""
    across = min(stated[2], right[2]) - max(stated[0], right[0])
    down = min(stated[3], right[3]) - max(stated[1], right[1])
    shared = max(0.0, across) * max(0.0, down)
    sizes = [(box[2] - box[0]) * (box[3] - box[1]) for box in (stated, right)]
    return shared / (sizes[0] + sizes[1] - shared)


def _reward_number(stated: float, right: float, tolerance: float) -> float:
    """exp(−|Δ|/τ) beyond the tolerance, which is τ too (DataClaw's draft)."""
    return _decay(abs(stated - right), tolerance, tolerance or NUMBER_SCALE)


def _reward_text(stated: str, right: str, tolerance: float) -> float:
    """1 − 2 d, where d is the edit distance over the length of the longer text: 0 from half on, where
    ANLS (arXiv 1905.13648) has its threshold. Case, spacing, markup and a final full stop do not count."""
    mine, its = (_fold(text) for text in (stated, right))
    longer = max(len(mine), len(its))
    if mine == its or len(its) < SHORT_TEXT or longer > 2 * min(len(mine), len(its)):
        return float(mine == its)
    return max(0.0, 1 - 2 * _edit_distance(mine, its) / longer)


_REWARDS: Mapping[str, Callable[[Any, Any, float], float]] = {
    "choice": lambda stated, right, tolerance: float(stated == right),
    "permutation": _reward_order,
    "interval": _reward_interval,
    "point": _reward_point,
    "box": _reward_box,
    "number": _reward_number,
    "text": _reward_text,
}


def _decay(error: float, tolerance: float, scale: float) -> float:
    return math.exp(-max(0.0, error - tolerance - EPSILON) / scale)


def _fold(text: str) -> str:
    return " ".join(text.translate(_MARKUP).casefold().split()).removesuffix(".")


def _edit_distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        diagonal, row[0] = row[0], number
        for place, its in enumerate(other, 1):
            least = min(row[place] + 1, row[place - 1] + 1, diagonal + (letter != its))
            diagonal, row[place] = row[place], least
    return row[-1]


def dataclaw_reward(
    completions: Sequence[Any],
    verifier_kind: Sequence[str],
    verifier_value: Sequence[str],
    verifier_tolerance: Sequence[float | None] | None = None,
    **columns: Any,
) -> list[float]:
    """The rewards of completions, plain or conversational, from the verifier's columns of their rows."""
    slack = verifier_tolerance or [None] * len(completions)
    rows = zip(completions, verifier_kind, verifier_value, slack, strict=True)
    return [reward(kind, json.loads(value), near, _read_completion(said)) for said, kind, value, near in rows]


def dataclaw_format(completions: Sequence[Any], verifier_kind: Sequence[str], **columns: Any) -> list[float]:
    """The format rewards of completions."""
    pairs = zip(completions, verifier_kind, strict=True)
    return [format_reward(kind, _read_completion(completion)) for completion, kind in pairs]


def _read_completion(completion: Any) -> str:
    if isinstance(completion, str):
        return completion
    content = completion[-1].get("content") if completion else None
    return content if isinstance(content, str) else "".join(part.get("text") or "" for part in content or ())


def _join_swift() -> None:
    """Into `orms`, whose classes ms-swift makes objects of: `swift.rewards` of 4.x, `swift.plugin` of 3.x."""
    try:
        rewards = importlib.import_module("swift.rewards")
    except ModuleNotFoundError:
        rewards = importlib.import_module("swift.plugin")
    for function in (dataclaw_reward, dataclaw_format):
        members = {"__call__": staticmethod(function)}
        rewards.orms[function.__name__] = type(function.__name__, (rewards.ORM,), members)


# only ms-swift itself, loading this file as a plugin, is asked: importing it takes many seconds
if "swift" in sys.modules:
    _join_swift()
