"""Whether one page, as a viewer means it, lasts through a shot."""

from __future__ import annotations

from collections.abc import Iterable

from dataclaw_assets.anchor_values import StableValue
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.records import Anchor, Draft, Source

SAME_BORDER_S = 0.5
"""A change this soon after a shot's beginning is the one that begins it."""

MIN_CHANGED = 0.01
"""Of the picture, what changes at least where a page is no longer the same; a pointer is smaller."""


def changes_page(shot: Anchor, states: Iterable[Anchor], source: Source) -> bool:
    """Whether what is on screen changes during a shot: to whoever looks for the page of a picture, one page
    ends there and another begins, though no cut parts them."""
    for state in states:
        region = state.value.changed_region if isinstance(state.value, StableValue) else None
        began = (shot.start_s or 0.0) + SAME_BORDER_S <= (state.start_s or 0.0) < (shot.end_s or 0.0)
        if began and region and source.width and source.height:
            share = (region[2] - region[0]) * (region[3] - region[1]) / (source.width * source.height)
            if share >= MIN_CHANGED:
                return True
    return False


def list_changing(draft: Draft, facts: Facts) -> list[str]:
    """The anchors of a draft's intervals during which another page comes up."""
    cited = {name for claim in draft.evidence if claim.kind == "interval" for name in claim.anchors}
    states = facts.known.of_kind("stable")
    return sorted(name for name in cited if changes_page(facts.anchors[name], states, facts.source))
