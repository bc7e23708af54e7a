"""An answer read and judged by a sample's own verifier, as a trainer's reward does it."""

from __future__ import annotations

from typing import Any

from dataclaw_assets.quality.rewards import read_answer, reward
from dataclaw_assets.records import Verifier

BOX_IOU = 0.5
"""From which a box is right where its verifier states no other: the threshold of PASCAL VOC."""


def parse_answer(verifier: Verifier, text: str) -> Any:
    """The value that an answer states, or `ValueError` when it states none of the verifier's kind.

    choice → a letter; permutation → letters in order, as a list or as numbered steps; interval → [start,
    end]; point → [x, y], box → [x0, y0, x1, y1]; number → float; text → the text itself; None for nothing.
    """
    return read_answer(verifier.kind, text)


def states_value(verifier: Verifier, stated: Any) -> bool:
    """Whether what `parse_answer` gave is the verifier's value: the very same, or a point within its box."""
    if verifier.kind == "point" and stated is not None and verifier.value is not None:
        (x, y), (x0, y0, x1, y1) = stated, verifier.value
        return bool(x0 <= x <= x1 and y0 <= y <= y1)
    return bool(stated == verifier.value)


def judge_answer(verifier: Verifier, text: str) -> bool:
    """Whether a model's free text states the verifier's value, read as `rewards.find_answer` does. One that
    states none of its kind, or several, does not.

    A number may differ by the tolerance, as may each end of an interval and a point from its box; a box must
    overlap by an IoU of the tolerance; letters must be the same, words but for case and spacing.
    """
    enough = (verifier.tolerance or BOX_IOU) if verifier.kind == "box" else 1.0
    return reward(verifier.kind, verifier.value, verifier.tolerance, text) >= enough
