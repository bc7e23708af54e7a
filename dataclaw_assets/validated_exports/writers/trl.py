"""TRL: rows for its GRPO trainer, and the script that trains on them with the rewards shipped beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from dataclaw_assets.records import Json
from dataclaw_assets.validated_exports.artifacts import Exported
from dataclaw_assets.validated_exports.writers import llama_factory, trl_script
from dataclaw_assets.validated_exports.writers.tags import IMAGE, VIDEO
from dataclaw_assets.validated_exports.writers.verifiers import write_columns

ROWS = "trl_grpo.jsonl"
SCRIPT = "trl_grpo.py"

_PARTS = {IMAGE: {"type": "image", "text": None}, VIDEO: {"type": "video", "text": None}}
_TAG = re.compile(f"({IMAGE}|{VIDEO})")


def write_rows(exported: Sequence[Exported]) -> list[Json]:
    """One row per sample: `prompt`, a conversation of one message of content parts, the paths of its input
    media from the root of the export in the order of their parts, and the verifier's columns.

    Parts hold no paths: a column has one type, and the chat templates of Qwen-VL take every part with an
    `image` field, be it null, for an image.
    """
    return [
        {
            "prompt": [{"role": "user", "content": _split(row["messages"][0]["content"])}],
            "images": row["images"],
            "videos": row["videos"],
            **write_columns(item.sample),
        }
        for item, row in zip(exported, llama_factory.write_rows(exported), strict=True)
    ]


def write_script() -> bytes:
    """The script `trl_grpo.py`."""
    return Path(trl_script.__file__).read_bytes()


def _split(content: str) -> list[Json]:
    """Content parts of a text in which only media have tags."""
    pieces = [piece for piece in _TAG.split(content) if piece]
    return [_PARTS.get(piece, {"type": "text", "text": piece}) for piece in pieces]
