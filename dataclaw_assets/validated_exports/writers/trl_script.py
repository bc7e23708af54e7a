"""GRPO with TRL on this folder: `python trl_grpo.py [options of GRPOConfig and ModelConfig]`.

Needs trl, peft, av and pillow. TRL 1.16 computes log-probabilities without videos, so a clip is shown as
the frames that the samples were audited with, each after its second.
"""

from __future__ import annotations

import json
import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

HERE = Path(__file__).resolve().parent

DEFAULTS = {
    "model_name_or_path": "Qwen/Qwen2.5-VL-3B-Instruct",
    "output_dir": "saves",
    "use_peft": True,
    "lora_target_modules": ["all-linear"],
    "learning_rate": 4e-6,
    "num_generations": 8,
    "max_completion_length": 1024,
    "reward_weights": [1.0, 0.7],
}


def load_rows(folder: Path) -> Any:
    """The rows of an export as a `datasets.Dataset`, whose media are opened when a row is read."""
    from datasets import load_dataset  # type: ignore[import-not-found]

    rows = load_dataset("json", data_files=str(folder / "trl_grpo.jsonl"), split="train")
    seen = json.loads((folder / "manifest.json").read_text("utf-8"))["settings"]
    return rows.with_transform(partial(show_media, folder, seen))


def show_media(folder: Path, seen: dict[str, Any], batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Rows, by column, with their media opened: every part of a prompt is a text or an image of `images`."""
    rows = [dict(zip(batch, values, strict=True)) for values in zip(*batch.values(), strict=True)]
    for row in rows:
        stills, clips = iter(row["images"]), iter(row.pop("videos"))
        parts: list[dict[str, Any]] = []
        row["images"] = []
        for part in row["prompt"][0]["content"]:
            if part["type"] == "text":
                parts.append({"type": "text", "text": part["text"]})
            elif part["type"] == "image":
                parts.append({"type": "image"})
                row["images"].append(_open_still(folder / next(stills), seen["consumer_image_px"]))
            else:
                for time_s, frame in _sample_clip(folder / next(clips), seen):
                    parts += [{"type": "text", "text": f"<{round(time_s, 2):g} s>"}, {"type": "image"}]
                    row["images"].append(frame)
        row["prompt"] = [{"role": "user", "content": parts}]
    return {name: [row[name] for row in rows] for name in rows[0]}


def _open_still(path: Path, side_px: int) -> Image:
    from PIL import Image

    with Image.open(path) as image:
        picture = image.convert("RGB")
    picture.thumbnail((side_px, side_px))
    return picture


def _sample_clip(path: Path, seen: dict[str, Any]) -> list[tuple[float, Image]]:
    """Frames at the consumer's rate, fewer where there would be too many, with their seconds."""
    import av

    with av.open(str(path)) as container:
        duration = (container.duration or 0) / av.time_base
        step = max(1 / seen["consumer_fps"], duration / seen["consumer_frames"])
        times = [number * step for number in range(math.ceil(duration / step - 1e-9))]
        kept: list[Any] = []
        last: Any = None
        for frame in container.decode(video=0):
            on_screen = (frame.time or 0.0) - 1e-6
            kept += [last for time_s in times[len(kept) :] if time_s < on_screen]
            last = frame
        kept += [last] * (len(times) - len(kept))
    pictures: list[Image] = [frame.to_image() for frame in kept]
    for picture in pictures:
        picture.thumbnail((seen["consumer_video_px"], seen["consumer_video_px"]))
    return list(zip(times, pictures, strict=True))


def main() -> None:
    """Train. What is not given on the command line is as in `DEFAULTS`."""
    from dataclaw_rewards import dataclaw_format, dataclaw_reward  # type: ignore[import-not-found]
    from trl import (  # type: ignore[import-not-found]
        GRPOConfig,
        GRPOTrainer,
        ModelConfig,
        TrlParser,
        get_peft_config,
    )

    parser = TrlParser((GRPOConfig, ModelConfig))
    parser.set_defaults(**DEFAULTS)
    config, model = parser.parse_args_and_config()
    trainer = GRPOTrainer(
        model=model.model_name_or_path,
        reward_funcs=[dataclaw_reward, dataclaw_format],
        args=config,
        train_dataset=load_rows(HERE),
        peft_config=get_peft_config(model),
    )
    trainer.train()
    trainer.save_model(config.output_dir)


if __name__ == "__main__":
    main()
