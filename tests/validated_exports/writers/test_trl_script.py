"""The script that trains with TRL shows a clip as the frames through which the gates looked at it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dataclaw_assets.quality.clock import sampled_times
from dataclaw_assets.validated_exports.writers.trl_script import show_media
from resources.media import write_clip
from resources.settings import Settings
from tests.validated_exports.builders import number_of, paint

FPS = 10


@pytest.mark.parametrize(("frames", "at_most"), [(30, 128), (30, 4), (13, 128)])
def test_a_clip_is_its_sampled_frames_after_their_seconds(tmp_path: Path, frames: int, at_most: int) -> None:
    settings = Settings(consumer_frames=at_most)
    write_clip(tmp_path / "clip.mp4", (paint(number) for number in range(frames)), FPS)
    Image.fromarray(paint(50)).save(tmp_path / "still.png")
    parts = [
        {"type": "video", "text": None},
        {"type": "text", "text": "A: "},
        {"type": "image", "text": None},
    ]
    rows: dict[str, list[Any]] = {
        "prompt": [[{"role": "user", "content": parts}]],
        "images": [["still.png"]],
        "videos": [["clip.mp4"]],
        "verifier_kind": ["number"],
    }
    shown = show_media(tmp_path, settings.model_dump(), rows)
    times = sampled_times(frames / FPS, settings)
    texts = [part["text"] for part in shown["prompt"][0][0]["content"] if part["type"] == "text"]
    assert texts == [*(f"<{round(time_s, 2):g} s>" for time_s in times), "A: "]
    assert [number_of(np.asarray(image)) for image in shown["images"][0]] == [
        *(int(time_s * FPS + 1e-6) for time_s in times),
        50,
    ]
    assert (set(shown), shown["verifier_kind"]) == ({"prompt", "images", "verifier_kind"}, ["number"])
