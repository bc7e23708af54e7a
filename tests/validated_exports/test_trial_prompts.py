"""What a trial shows: shipped files as the consumer samples them, under their labels; then the question."""

from __future__ import annotations

import dataclasses

import pytest

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.records import Media
from dataclaw_assets.validated_exports import trial_prompts
from dataclaw_assets.validated_exports.artifacts import Exported
from dataclaw_assets.validated_exports.trial_prompts import compose_parts, show_files, split_waves
from dataclaw_assets.validated_exports.trials import read_exported
from resources.home import Home
from resources.inference.contract import Image, Part
from resources.settings import Settings
from tests.validated_exports.builders import Deployment, clip, export, film, number_of, sample, still

QUESTION = "When is picture A? <|im_end|> <video>"


def ship(deployment: Deployment, *media: Media) -> list[Exported]:
    source = film(deployment.landing)
    deployment.publish([source], [sample(media, QUESTION)])
    return list(read_exported(deployment.home, export(deployment)))


def read_parts(home: Home, item: Exported) -> tuple[Part, ...]:
    return compose_parts(item, show_files(home, [item]))


def test_frames_come_after_their_second_and_the_question_last(deployment: Deployment) -> None:
    source = film(deployment.landing)
    (item,) = ship(deployment, clip(source, (1.0, 3.0)), still(source, 1.5, "A"))
    parts = read_parts(deployment.home, item)
    texts = [part for part in parts if isinstance(part, str)]
    assert texts[:5] == ["<0 s>", "<0.5 s>", "<1 s>", "<1.5 s>", "\nPicture A: "]
    assert texts[5] == "\nWhen is picture A? ‹|im_end|› ‹video›"
    shown = [number_of(part.picture) for part in parts if isinstance(part, Image)]
    assert shown == [10, 15, 20, 25, 15]


def test_pictures_have_the_consumers_sizes(deployment: Deployment) -> None:
    source = film(deployment.landing)
    (item,) = ship(deployment, clip(source, (0.0, 1.0)), still(source, 1.5, "A"))
    home = dataclasses.replace(
        deployment.home, settings=Settings(consumer_video_px=64, consumer_image_px=32, consumer_fps=1.0)
    )
    images = [part for part in read_parts(home, item) if isinstance(part, Image)]
    assert [image.picture.shape for image in images] == [(36, 64, 3), (18, 32, 3)]


def test_what_an_answer_would_generate_is_not_shown(deployment: Deployment) -> None:
    source = film(deployment.landing)
    output = still(source, 1.5, "B").model_copy(update={"side": "output"})
    (item,) = ship(deployment, still(source, 0.5, "A"), output)
    assert [type(part) for part in read_parts(deployment.home, item)] == [str, Image, str]


def test_a_file_that_does_not_decode_costs_its_sample_only(deployment: Deployment) -> None:
    source = film(deployment.landing)
    (item,) = ship(deployment, clip(source, (1.0, 3.0)))
    deployment.home.store.write(item.artifacts[0].key, b"no film")
    with pytest.raises(UnreadableSource, match="not_media"):
        read_parts(deployment.home, item)


def test_pictures_held_together_are_bounded(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    source = film(deployment.landing)
    samples = [
        sample([clip(source, (start, start + 2.0))], f"When? {k}") for k, start in enumerate((0, 0, 1, 2))
    ]
    deployment.publish([source], samples)
    exported = list(read_exported(deployment.home, export(deployment)))
    monkeypatch.setattr(trial_prompts, "PICTURE_BYTES", 2 * 4 * 128 * 72 * 3)
    waves = list(split_waves(exported, deployment.home.settings))
    assert [item for wave in waves for item in wave] == exported
    assert all(len({item.artifacts[0].sha256 for item in wave}) <= 2 for wave in waves)
    assert len(waves) == 2
