"""ms-swift: rows for GRPO, and the command that trains on them with the rewards shipped beside them."""

from __future__ import annotations

from collections.abc import Sequence

from dataclaw_assets.records import Json
from dataclaw_assets.validated_exports.artifacts import Exported
from dataclaw_assets.validated_exports.writers import llama_factory
from dataclaw_assets.validated_exports.writers.verifiers import REWARDS, write_columns
from resources.settings import Settings

ROWS = "ms_swift_grpo.jsonl"
COMMAND = "ms_swift_grpo.sh"


def write_rows(exported: Sequence[Exported]) -> list[Json]:
    """One row per sample: `messages` without the answer, the paths of its input media from the root of the
    export, and the verifier's columns, which ms-swift hands to the reward.

    Tags and media agree as in the rows of LLaMA-Factory, whose prompts these are.
    """
    return [
        {
            "messages": row["messages"][:1],
            "images": row["images"],
            "videos": row["videos"],
            **write_columns(item.sample),
        }
        for item, row in zip(exported, llama_factory.write_rows(exported), strict=True)
    ]


def write_command(settings: Settings) -> str:
    """A GRPO of a small Qwen2.5-VL with LoRA. Sampling equals what the gates looked through; the learning
    rate and the rewards' weights are the DataClaw paper's. Options: ms-swift 4.6, `swift/arguments`."""
    return f"""\
#!/bin/sh
# pip install ms-swift==4.6.0 qwen-vl-utils decord msgspec; options given to this script override these.
cd "$(dirname "$0")" || exit 1
export MAX_PIXELS={settings.consumer_image_px**2} VIDEO_MAX_PIXELS={settings.consumer_video_px**2}
export FPS={settings.consumer_fps:g} FPS_MAX_FRAMES={settings.consumer_frames}
exec swift rlhf --rlhf_type grpo \\
    --model Qwen/Qwen2.5-VL-3B-Instruct --tuner_type lora --torch_dtype bfloat16 \\
    --dataset {ROWS} \\
    --external_plugins {REWARDS} \\
    --reward_funcs dataclaw_reward dataclaw_format --reward_weights 1.0 0.7 \\
    --num_generations 8 --per_device_train_batch_size 8 --max_completion_length 1024 \\
    --learning_rate 4e-6 --num_train_epochs 1 --output_dir saves "$@"
"""
