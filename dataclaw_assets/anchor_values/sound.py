"""Values of sound, and of what is said."""

from __future__ import annotations

from dataclaw_assets.anchor_values.contract import Value


class SpeechValue(Value):
    """A stretch of speech; `probability` is the detector's mean, 0-1."""

    probability: float


class SilenceValue(Value):
    """A stretch without sound above `level_db` (dB of full scale, its loudest 10 ms)."""

    level_db: float


class OnsetValue(Value):
    """A sudden rise of loudness, by `rise_db`, at the anchor's start."""

    rise_db: float


class TranscriptValue(Value):
    """What a speech recogniser heard: a claim, however sure it is of it."""

    text: str
    language: str
    probability: float


class SubtitleValue(Value):
    """One spoken or written line, markup stripped."""

    text: str
    language: str | None
