"""Claims and media that agents share: an anchor as a clip shows it, a still that names a moment."""

from __future__ import annotations

from dataclaw_assets.quality.clock import map_interval
from dataclaw_assets.records import Anchor, Claim, Clip, Still
from dataclaw_assets.synthesized_samples.context import Moment


def claim_shown(anchor: Anchor, clip: Clip, label: str | None = None) -> Claim:
    """When a clip, the sample's first medium, shows the one stretch that an anchor is about.

    Raises `IndexError` when it never does.
    """
    shown = map_interval(clip, anchor.start_s or 0.0, anchor.end_s or 0.0)[0]
    value = [round(shown[0], 3), round(shown[1], 3)]
    return Claim(kind="interval", value=value, anchors=(anchor.anchor_id,), label=label, clip=0)


def still_of(moment: Moment, label: str) -> Still:
    """The still that names a moment."""
    return Still(source_id=moment.anchor.source_id, time_s=moment.time_s, label=label)


def quote(anchor: Anchor, label: str | None = None) -> Claim:
    """What an anchor of written or spoken text says, word for word."""
    text = str(getattr(anchor.value, "text", ""))
    return Claim(kind="text", value=text, anchors=(anchor.anchor_id,), label=label)
