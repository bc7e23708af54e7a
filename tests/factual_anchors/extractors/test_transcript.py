"""A transcript is made only with a model that the user names, and says what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.extractors.transcript import Transcript
from dataclaw_assets.records import Source
from tests.factual_anchors.made_sounds import make_quiet, make_sound_video


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return make_sound_video(tmp_path / "a.mkv", [(0.0, make_quiet(0.5))], 0.5)


def test_without_a_model_there_is_none(source: Source) -> None:
    assert not Transcript().applies(source)


def test_with_a_model_every_sound_track_has_one(source: Source) -> None:
    assert Transcript("small").applies(source)


def test_another_model_is_another_cache_entry(source: Source) -> None:
    assert Transcript("small").params(source) != Transcript("large-v3").params(source)


def test_missing_package_or_model_is_named_with_the_command(source: Source, tmp_path: Path) -> None:
    # Whether or not the extra is installed: a folder that does not exist is no model.
    with pytest.raises(UnreadableSource) as caught:
        Transcript(str(tmp_path / "no model")).extract(source, lambda uri: tmp_path / "a.mkv")
    assert caught.value.reason == "asr_unavailable"
    assert "pip install 'dataclaw-assets[asr]'" in caught.value.detail
