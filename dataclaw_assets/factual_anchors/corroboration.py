"""Which claims of a log a measurement agrees with."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from dataclaw_assets.anchor_values import ActionValue, ElementAppearedValue, TargetReadValue, TextValue
from dataclaw_assets.records import Anchor

EARLY_S = 0.3
LATE_S = 1.0
"""How long before and after an element came on the page its name may begin to be read: a log's clock is good
to some tenths of a second, and a page fades in and is read when it rests."""

_WORD = re.compile(r"\w+")


def corroborate(anchors: Sequence[Anchor]) -> list[Anchor]:
    """The anchors of one source, in the order given, in which a claim that the pixels confirm names the
    measurement: an action, what is read under its point; an element that appeared, a text that holds its
    name and begins to be seen then. Their ids stay: what an anchor states does not depend on who agrees."""
    read = _list_targets_read(anchors)
    texts = [
        (anchor, _words(anchor.value.text))
        for anchor in anchors
        if isinstance(anchor.value, TextValue) and anchor.basis == "measured"
    ]
    return [_confirm(anchor, _find_agreeing(anchor, read, texts)) for anchor in anchors]


def _list_targets_read(anchors: Sequence[Anchor]) -> dict[int, tuple[str, ...]]:
    agreeing: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    for anchor in anchors:
        if isinstance(anchor.value, TargetReadValue) and anchor.value.agrees:
            agreeing[anchor.value.index] += (anchor.anchor_id,)
    return agreeing


def _find_agreeing(
    anchor: Anchor, read: dict[int, tuple[str, ...]], texts: Sequence[tuple[Anchor, str]]
) -> tuple[str, ...]:
    value = anchor.value
    if isinstance(value, ActionValue):
        return read.get(value.index, ())
    if isinstance(value, ElementAppearedValue) and (name := _words(value.name).strip()):
        return tuple(
            text.anchor_id for text, words in texts if f" {name} " in words and _begins_with(text, anchor)
        )
    return ()


def _begins_with(text: Anchor, claim: Anchor) -> bool:
    if text.start_s is None or claim.start_s is None or claim.end_s is None:
        return False
    return claim.start_s - EARLY_S <= text.start_s <= claim.end_s + LATE_S


def _confirm(anchor: Anchor, agreeing: tuple[str, ...]) -> Anchor:
    return anchor.model_copy(update={"corroborated_by": agreeing}) if agreeing else anchor


def _words(text: str) -> str:
    """The words of a text between single blanks, with one before the first and one after the last."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "
