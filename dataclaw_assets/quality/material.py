"""The footage's own words in a question: the transcript and the options that are shipped with it."""

from __future__ import annotations

from dataclaw_assets.records import Json


def drop_material(payload: Json) -> str:
    """The question's own sentences, without the material that follows them."""
    question = str(payload.get("question", ""))
    for block in reversed(render_material(payload)):
        question = question.removesuffix(f"\n\n{block}")
    return question


def render_material(payload: Json) -> list[str]:
    """The blocks of a question that are the footage's own: its transcript and its options."""
    blocks = []
    if payload.get("transcript"):
        lines = [
            f"[{line['start_s']:.1f}-{line['end_s']:.1f}] {line['text']}" for line in payload["transcript"]
        ]
        blocks.append("\n".join(["Transcript:", *lines]))
    if payload.get("options"):
        blocks.append("\n".join(f"{letter}. {text}" for letter, text in payload["options"].items()))
    return blocks
