"""Media as data URLs: encoded once, kept within a bound."""

from __future__ import annotations

import base64
import io

import av
import numpy as np
import pytest

from resources.inference import openai_messages
from resources.inference.contract import Image, Video
from resources.inference.openai_messages import MediaParts

BLACK = np.zeros((16, 24, 3), np.uint8)
WHITE = np.full((16, 24, 3), 255, np.uint8)


def test_the_same_picture_is_encoded_once() -> None:
    media = MediaParts("frames")
    assert media.get(Image(BLACK)) is media.get(Image(BLACK.copy()))


def test_the_oldest_makes_room_when_the_bound_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_messages, "CACHE_BYTES", 1)
    media = MediaParts("frames")
    first = media.get(Image(BLACK))
    media.get(Image(WHITE))
    assert media.get(Image(BLACK)) is not first


def test_frames_of_a_video_carry_the_ids_of_pictures() -> None:
    shown = MediaParts("frames").get(Video((BLACK, WHITE), 2.0))
    assert [part["uuid"] for part in shown] == [Image(BLACK).media_id, Image(WHITE).media_id]


def test_a_clip_keeps_its_frames_and_its_rate() -> None:
    (shown,) = MediaParts("video_url").get(Video((BLACK, WHITE, BLACK), 2.0))
    data = base64.b64decode(shown["video_url"]["url"].partition(",")[2])
    with av.open(io.BytesIO(data), "r") as container:
        frames = [frame.to_ndarray(format="rgb24").mean() for frame in container.decode(video=0)]
        rate = container.streams.video[0].average_rate
    assert rate == 2
    assert [round(mean / 255) for mean in frames] == [0, 1, 0]


def test_colours_keep_their_places() -> None:
    red = np.zeros((16, 16, 3), np.uint8)
    red[..., 0] = 255
    (shown,) = MediaParts("frames").get(Image(red))
    data = base64.b64decode(shown["image_url"]["url"].partition(",")[2])
    with av.open(io.BytesIO(data), "r") as container:
        frame = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert np.abs(frame.astype(int) - red).max() < 10
