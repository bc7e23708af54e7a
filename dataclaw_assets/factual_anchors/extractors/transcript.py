"""What a speech recogniser of the user's choice hears: claims, kept apart from what is measured."""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from dataclaw_assets.anchor_values import TranscriptValue
from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.extractors.contract import make_anchor
from dataclaw_assets.records import Anchor, Json, Source
from resources.sound import RATE, Samples, read_sound

INSTALL = "pip install 'dataclaw-assets[asr]'"
WINDOW_BLOCKS = 23
"""Blocks recognised together, 29.44 s: Whisper hears 30 s at a time (Radford et al. 2022, section 2.2)."""


class Transcript:
    """Lines heard by a faster-whisper model, on one thread, without sampling; none unless one is named."""

    name = "transcript"
    version = "1"

    def __init__(self, model: str = "") -> None:
        """`model` is a folder that holds a converted model, or the name of one that was fetched before."""
        self.model = model

    def applies(self, source: Source) -> bool:
        """To every source with sound, once the settings name a model."""
        return bool(self.model) and source.stream is not None and source.stream.has_audio

    def params(self, source: Source) -> Json:
        """The model."""
        return {"model": self.model}

    def extract(self, source: Source, local: Callable[[str], Path]) -> list[Anchor]:
        """`transcript` anchors; raises `UnreadableSource` (`asr_unavailable`, or as `read_sound`)."""
        if source.stream is None:
            return []
        recogniser = _load(self.model)
        anchors = []
        for begin_s, samples in _windows(read_sound(local(source.stream.uri), source.stream)):
            segments, info = recogniser.transcribe(
                samples, beam_size=1, temperature=0.0, condition_on_previous_text=False
            )
            for segment in segments:
                text = " ".join(segment.text.split())
                start_s = begin_s + segment.start
                end_s = min(begin_s + segment.end, source.stream.duration_s)
                if not text or end_s <= start_s:
                    continue
                sure = math.exp(min(0.0, segment.avg_logprob))
                value = TranscriptValue(text=text, language=info.language, probability=sure)
                told = f"From {start_s:.2f} s to {end_s:.2f} s a speech recogniser hears: “{text}”"
                anchors.append(
                    make_anchor(
                        source, self, "transcript", value, told,
                        start_s=start_s, end_s=end_s, basis="recorded",
                    )
                )  # fmt: skip
        return anchors


def _windows(blocks: Iterator[Samples]) -> Iterator[tuple[float, Any]]:
    """Mono sound in stretches of at most 30 s with the time at which each begins."""
    done = 0
    while held := list(itertools.islice(blocks, WINDOW_BLOCKS)):
        yield done / RATE, np.nan_to_num(np.concatenate(held, axis=1).mean(axis=0))
        done += sum(block.shape[1] for block in held)


def _load(model: str) -> Any:
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # its voice detector runs on onnxruntime
    try:
        from faster_whisper import WhisperModel
    except ImportError as error:
        raise UnreadableSource("asr_unavailable", f"speech recognition needs: {INSTALL}") from error
    try:
        return WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)
    except (RuntimeError, ValueError, OSError) as error:
        fetch = "name a folder, or fetch one first: hf download Systran/faster-whisper-small"
        detail = f"no model {model!r} here ({error}); {fetch} (after {INSTALL})"
        raise UnreadableSource("asr_unavailable", detail) from error
