"""Settings of a home, from `DATACLAW_*` environment variables: all that bounds time, memory and size."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, ValidationError

from dataclaw_assets.errors import InputError
from dataclaw_assets.records import Record
from resources.workers import Spread


class Settings(Record):
    """Each field is set by the environment variable `DATACLAW_<NAME>`.

    The consumer's sampling is what the common trainers do when nobody tells them otherwise
    (2 frames a second, 128 at most, 256 px video frames, 768 px images).

    `workers` is how many sources are read side by side on this machine, one or more; all cores if not set.
    `spread` says where: "processes" of this machine, or "ray", the cluster of `RAY_ADDRESS`, which then says
    itself how many. Its nodes must reach the landing zone (a bucket or a shared folder) under the same name.
    `keep_location` reads where a photograph was taken as well; `asr_model` names the speech recogniser's
    model (none: speech is not written down). `drop_one_sided` leaves samples out of the release that a model
    answered always rightly or always wrongly in their latest trials (`dataclaw try`). `keep_unverified` lets
    samples pass, marked, in whose words a model said what no fact bears.
    """

    seed: int = 7
    workers: int = Field(default=max(1, os.cpu_count() or 1), ge=1)
    spread: Spread = "processes"
    source_deadline_s: float = 600.0
    source_memory_mb: int = 4096
    batch_max_files: int = 500
    batch_max_bytes: int = 50_000_000_000
    stable_after_s: float = 2.0
    max_clip_s: float = 64.0
    clip_fps: float = 12.0
    clip_side_px: int = 512
    consumer_fps: float = 2.0
    consumer_frames: int = 128
    consumer_video_px: int = 256
    consumer_image_px: int = 768
    max_rejected_share: float = 0.9
    trusted_extractors: tuple[str, ...] = ()
    keep_location: bool = False
    asr_model: str = ""
    drop_one_sided: bool = False
    keep_unverified: bool = False


def load_settings() -> Settings:
    """The settings of this process; `InputError` names the variable that cannot be read."""
    values: dict[str, object] = {}
    for name in Settings.model_fields:
        text = os.environ.get(f"DATACLAW_{name.upper()}")
        if text is not None:
            values[name] = tuple(filter(None, text.split(","))) if name == "trusted_extractors" else text
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0]).upper()
        raise InputError(f"DATACLAW_{name}: {error.errors()[0]['msg']}") from error


def home_uri() -> str:
    """Where the data lives: `DATACLAW_HOME`, else `.dataclaw` in the working folder."""
    return os.environ.get("DATACLAW_HOME") or ".dataclaw"


def scratch_path(home: str) -> Path:
    """Local, rebuildable files: `DATACLAW_SCRATCH`, else `scratch/` in a local home."""
    chosen = os.environ.get("DATACLAW_SCRATCH")
    if chosen:
        return Path(chosen).absolute()
    if "://" in home:
        raise InputError(f"DATACLAW_HOME is {home}: set DATACLAW_SCRATCH to a local folder as well")
    return Path(home).absolute() / "scratch"
