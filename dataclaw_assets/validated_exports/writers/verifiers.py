"""What rows for reinforcement learning hold beside the prompt: columns for the reward, which ships too."""

from __future__ import annotations

import json
from pathlib import Path

from dataclaw_assets.quality import rewards
from dataclaw_assets.records import Json, Sample

REWARDS = "dataclaw_rewards.py"


def write_columns(sample: Sample) -> Json:
    """The columns of a sample. The verifier's value is JSON text, for a column of a table holds one type."""
    return {
        "sample_id": sample.sample_id,
        "task_type": sample.task_type,
        "twin_of": sample.twin_of,
        "verifier_kind": sample.verifier.kind,
        "verifier_value": json.dumps(sample.verifier.value, ensure_ascii=False),
        "verifier_tolerance": sample.verifier.tolerance,
    }


def write_rewards() -> bytes:
    """The reward module as it is tested here: it stands alone."""
    return Path(rewards.__file__).read_bytes()
