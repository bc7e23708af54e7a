"""Which claims of a log a measurement agrees with."""

from __future__ import annotations

from collections.abc import Sequence

from dataclaw_assets.anchor_values import ActionValue, TargetReadValue
from dataclaw_assets.records import Anchor


def corroborate(anchors: Sequence[Anchor]) -> list[Anchor]:
    """The anchors of one source, in the order given, in which an action whose target the pixels confirm
    names the measurement. Their ids stay: what an anchor states does not depend on who agrees."""
    agreeing: dict[int, tuple[str, ...]] = {}
    for anchor in anchors:
        if isinstance(anchor.value, TargetReadValue) and anchor.value.agrees:
            index = anchor.value.index
            agreeing[index] = (*agreeing.get(index, ()), anchor.anchor_id)
    return [
        anchor.model_copy(update={"corroborated_by": agreeing[anchor.value.index]})
        if isinstance(anchor.value, ActionValue) and anchor.value.index in agreeing
        else anchor
        for anchor in anchors
    ]
