"""Which spoken lines say where in a talk they belong: told in another order, they are no talk."""

from __future__ import annotations

import re

from dataclaw_assets.records import Clip
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.speech import transcribe

_PLACED = re.compile(
    r"\b(?:welcome|hello|good (?:morning|afternoon|evening)|thank you|thanks|good ?bye|see you|subscribe"
    r"|today (?:we|i|you)|in this (?:video|talk|lecture|lesson|course|episode|tutorial)"
    r"|(?:to|let me) sum up|in (?:summary|conclusion)|(?:next|last) (?:time|video|lesson|lecture)"
    r"|as (?:we|i|you) (?:saw|said|have seen)|before we (?:begin|start)"
    r"|let(?:'|’)?s (?:begin|start|get started)|any questions)\b"
    r"|^(?:hi|first|firstly|second|secondly|third|thirdly|next|then|after that|finally|lastly)\b",
    re.I,
)


def says_its_place(context: SourceContext, clip: Clip) -> bool:
    """Whether a clip plays a line that says where in a talk it belongs: a greeting, a farewell, a word of
    order."""
    return any(_PLACED.search(line.text) for _, line in transcribe(context, clip))
