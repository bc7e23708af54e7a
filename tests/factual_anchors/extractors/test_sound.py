"""Speech, silence and onsets lie where they were put; noise, damage and short pauses give no false ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dataclaw_assets.evaluation.cuts import describe_video
from dataclaw_assets.evaluation.sound import TOLERANCE_S, score_intervals
from dataclaw_assets.factual_anchors.extractors.sound import (
    Heard,
    Sound,
    find_onsets,
    find_silence,
    find_speech,
)
from dataclaw_assets.records import Anchor, Source
from resources.media import write_clip
from tests.factual_anchors.made_sounds import Wave, make_clicks, make_noise, make_quiet, make_sound_video


def hear(path: Path, wave: Wave, codec: str = "pcm_s16le") -> list[Anchor]:
    source = make_sound_video(path, [(0.0, wave)], wave.shape[1] / 48_000, codec)
    return Sound().extract(source, lambda uri: path)


def spans(anchors: list[Anchor], kind: str) -> list[tuple[float, float]]:
    return [
        (anchor.start_s, anchor.end_s)
        for anchor in anchors
        if anchor.kind == kind and anchor.start_s is not None and anchor.end_s is not None
    ]


def make_heard(spoken: list[tuple[float, float]], seconds: float, noise_db: float = -100.0) -> Heard:
    """What is kept of speech at -20 dB that the detector follows in its own steps of 32 ms."""
    levels = np.full(round(seconds * 100), noise_db, np.float32)
    voice = np.zeros(round(seconds / 0.032), np.float32)
    for start_s, end_s in spoken:
        levels[round(start_s * 100) : round(end_s * 100)] = -20.0
        voice[round(start_s / 0.032) : round(end_s / 0.032)] = 0.9
    return Heard(levels, voice, seconds)


def make_levels(seconds: float, steps: list[tuple[float, float, float]], base_db: float = -80.0) -> Heard:
    levels = np.full(round(seconds * 100), base_db, np.float32)
    for start_s, end_s, level in steps:
        levels[round(start_s * 100) : round(end_s * 100)] = level
    return Heard(levels, np.zeros(round(seconds / 0.032), np.float32), seconds)


def test_video_without_sound_is_passed_over(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", [np.zeros((48, 64, 3), np.uint8)] * 4, 10.0)
    assert not Sound().applies(describe_video(tmp_path / "a.mp4"))


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "aac"), ("a.mkv", "libopus"), ("a.mkv", "pcm_s16le")])
def test_silence_between_sounds_is_found_where_nobody_speaks(tmp_path: Path, name: str, codec: str) -> None:
    wave = np.concatenate([make_noise(1.0, -20.0), make_quiet(1.0), make_noise(1.0, -20.0)], axis=1)
    anchors = hear(tmp_path / name, wave, codec)
    assert spans(anchors, "silence") == [pytest.approx((1.0, 2.0), abs=0.05)]
    assert spans(anchors, "speech") == []


def test_track_of_nothing_is_silent_from_end_to_end(tmp_path: Path) -> None:
    anchors = hear(tmp_path / "a.mkv", make_quiet(2.0))
    assert [(one.kind, one.start_s, one.end_s) for one in anchors] == [("silence", 0.0, 2.0)]
    assert anchors[0].text == "Nothing sounds above -100 dB of full scale from 0.00 s to 2.00 s."


def test_clicks_are_onsets_within_20_ms(tmp_path: Path) -> None:
    times_s = [0.503, 1.2, 1.35, 2.718]
    wave = make_clicks(3.5, times_s) + make_noise(3.5, -50.0, seed=2)
    found = [start_s for start_s, _ in spans(hear(tmp_path / "a.mp4", wave, "aac"), "onset")]
    assert found == pytest.approx(times_s, abs=0.02)


def test_steady_noise_has_no_onset_and_is_not_silent(tmp_path: Path) -> None:
    assert hear(tmp_path / "a.mkv", make_noise(4.0, -45.0)) == []


def test_same_file_gives_the_same_anchors(tmp_path: Path) -> None:
    source = make_sound_video(tmp_path / "a.mkv", [(0.0, make_clicks(2.0, [0.5, 1.5]))], 2.0)
    first, second = (Sound().extract(source, lambda uri: tmp_path / "a.mkv") for _ in range(2))
    assert first == second


def test_part_of_a_file_has_times_of_its_own(tmp_path: Path) -> None:
    source = make_sound_video(tmp_path / "a.mkv", [(0.0, make_clicks(8.0, [1.0, 5.5, 7.0]))], 8.0)
    assert source.stream is not None
    stream = source.stream.model_copy(update={"origin_s": 5.0, "duration_s": 1.0})
    part: Source = source.model_copy(update={"stream": stream})
    found = spans(Sound().extract(part, lambda uri: tmp_path / "a.mkv"), "onset")
    assert found == [pytest.approx((0.5, 0.5), abs=0.02)]


def test_short_pause_belongs_to_the_sentence_and_a_long_one_parts_two() -> None:
    heard = make_heard([(1.0, 2.0), (2.4, 3.0), (3.7, 5.0)], 6.0)
    assert find_speech(heard) == [pytest.approx((1.0, 3.0)), pytest.approx((3.7, 5.0))]


def test_speech_and_silence_share_their_borders() -> None:
    heard = make_heard([(1.0, 2.0), (3.0, 4.0)], 5.0)
    quiet = find_silence(heard, find_speech(heard))
    assert quiet == [pytest.approx(span) for span in [(0.0, 1.0), (2.0, 3.0), (4.0, 5.0)]]


def test_border_follows_the_level_where_the_detector_lags() -> None:
    heard = make_heard([(1.0, 2.0)], 3.0, noise_db=-55.0)
    late = Heard(heard.levels, np.roll(heard.voice, 4), heard.end_s)
    assert find_speech(late) == [pytest.approx((1.0, 2.0))]


def test_border_stays_where_speech_hardly_stands_out() -> None:
    heard = make_heard([(1.024, 2.048)], 3.0, noise_db=-28.0)
    late = Heard(heard.levels, np.roll(heard.voice, 2), heard.end_s)
    assert find_speech(late) == [pytest.approx((1.088, 2.112))]


def test_hiss_between_sounds_is_silence() -> None:
    heard = make_levels(6.0, [(0.0, 2.0, -20.0), (4.0, 6.0, -20.0)], base_db=-50.0)
    assert find_silence(heard, []) == [pytest.approx((2.0, 4.0))]


def test_hiss_alone_is_a_sound() -> None:
    assert find_silence(make_levels(6.0, [], base_db=-50.0), []) == []


def test_loud_hiss_is_never_silence() -> None:
    heard = make_levels(6.0, [(0.0, 2.0, -5.0), (4.0, 6.0, -5.0)], base_db=-38.0)
    assert find_silence(heard, []) == []


def test_what_is_damaged_is_not_silent() -> None:
    heard = make_levels(4.0, [(1.0, 3.0, float("nan"))])
    assert find_silence(heard, []) == [pytest.approx((0.0, 1.0)), pytest.approx((3.0, 4.0))]


def test_sound_after_damage_is_no_onset() -> None:
    heard = make_levels(4.0, [(1.0, 2.0, float("nan")), (2.0, 4.0, -20.0)])
    assert find_onsets(heard.levels, []) == []


def test_slow_swelling_is_no_onset() -> None:
    levels = np.interp(np.arange(400), [0, 100, 300, 400], [-60, -60, -20, -20]).astype(np.float32)
    assert find_onsets(levels, []) == []


def test_syllables_within_speech_are_no_onsets() -> None:
    levels = np.tile(np.repeat(np.array([-20.0, -38.0], np.float32), (20, 10)), 10)
    assert find_onsets(levels, [(0.0, 3.0)]) == []


def test_first_words_after_a_pause_are_an_onset() -> None:
    heard = make_levels(4.0, [(2.0, 4.0, -20.0)])
    assert find_onsets(heard.levels, [(2.0, 4.0)]) == [pytest.approx((2.0, 40.0))]


@pytest.mark.parametrize("kind", ["speech", "silence"])
def test_narrated_talk_is_right_to_a_tenth_of_a_second(shared_footage: Path, kind: str) -> None:
    video = shared_footage / "video" / "narrated_slides.mp4"
    labels = json.loads((shared_footage / "video" / "narrated_slides.truth.json").read_text())
    labelled = [(float(start), float(end)) for start, end in labels[f"{kind}_intervals_s"]]
    found = spans(Sound().extract(describe_video(video), lambda uri: video), kind)
    score = score_intervals(video.name, kind, labelled, found)
    assert (score.found, score.right) == (score.labelled, score.labelled)
    assert score.error_s <= TOLERANCE_S
