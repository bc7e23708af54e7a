"""Builds a Qwen3-VL of random weights: a checkpoint that the real engine serves, and that knows nothing.

Run by the environment's own Python: `python tiny_model.py FOLDER`. Takes nothing from a hub.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

CONTEXT_TOKENS = 16384
VOCABULARY = 640
WIDTH = 64
PATCH_PX = 16
SPREAD = 8.0
"""Weights are made larger by this. As they are drawn, the model gives all tokens nearly the same odds, and
what it is asked hardly changes what it says."""

SPECIAL = {
    "end_of_text": "<|endoftext|>",
    "turn": "<|im_start|>",
    "end_of_turn": "<|im_end|>",
    "vision": "<|vision_start|>",
    "end_of_vision": "<|vision_end|>",
    "image": "<|image_pad|>",
    "video": "<|video_pad|>",
}

LINES = (
    "At 4.5 seconds the door opens, and a man carries a red box to the table.",
    '{"question": "Which line is on screen?", "options": ["A", "B", "C"], "answer": "B"}',
    '{"reasoning": "first the box, then the cup", "start_s": 12.0, "end_s": 14.5, "facts": ["F1", "F2"]}',
    "Facts of this footage, one a line: F3 [7.0-9.5 s] the window closes <9.5 seconds>",
    "system user assistant",
)

TEMPLATE = """\
{%- for message in messages -%}
<|im_start|>{{ message.role }}
{% if message.content is string -%}
{{ message.content }}
{%- else -%}
{%- for part in message.content -%}
{%- if part.type == 'image' -%}<|vision_start|><|image_pad|><|vision_end|>
{%- elif part.type == 'video' -%}<|vision_start|><|video_pad|><|vision_end|>
{%- else -%}{{ part.text }}
{%- endif -%}
{%- endfor -%}
{%- endif -%}
<|im_end|>
{% endfor -%}
{%- if add_generation_prompt -%}
<|im_start|>assistant
{% endif -%}
"""


def train_tokenizer() -> Any:
    """Bytes, and a few hundred pairs of what `LINES` repeat: any text has tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers  # type: ignore[import-not-found]
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL.values()),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(LINES * 20, trainer)
    named = [token for name, token in SPECIAL.items() if name not in ("end_of_text", "end_of_turn")]
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=SPECIAL["end_of_turn"],
        pad_token=SPECIAL["end_of_text"],
        additional_special_tokens=named,
        model_max_length=CONTEXT_TOKENS,
        chat_template=TEMPLATE,
    )


def make_processor(tokenizer: Any) -> Any:
    """Pictures of up to 128 × 128 pixels, videos of up to 16 frames of 64 × 64."""
    from transformers import Qwen3VLProcessor
    from transformers.models.qwen2_vl.image_processing_qwen2_vl import Qwen2VLImageProcessor
    from transformers.models.qwen3_vl.video_processing_qwen3_vl import Qwen3VLVideoProcessor

    shared = {
        "patch_size": PATCH_PX,
        "temporal_patch_size": 2,
        "merge_size": 2,
        "image_mean": [0.5] * 3,
        "image_std": [0.5] * 3,
    }
    smallest = (2 * PATCH_PX) ** 2
    return Qwen3VLProcessor(
        image_processor=Qwen2VLImageProcessor(
            size={"shortest_edge": smallest, "longest_edge": 128**2}, **shared
        ),
        tokenizer=tokenizer,
        video_processor=Qwen3VLVideoProcessor(
            size={"shortest_edge": smallest, "longest_edge": 16 * 64**2},
            min_frames=2,
            max_frames=16,
            **shared,
        ),
        chat_template=TEMPLATE,
    )


def make_model(tokenizer: Any) -> Any:
    """Two layers that see, two that write; the same weights each time."""
    import torch
    from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

    ids = {name: tokenizer.convert_tokens_to_ids(token) for name, token in SPECIAL.items()}
    shape = {"hidden_size": WIDTH, "intermediate_size": 2 * WIDTH}
    config = Qwen3VLConfig(
        text_config={
            **shape,
            "vocab_size": len(tokenizer),
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "num_key_value_heads": 2,
            "head_dim": WIDTH // 2,
            "max_position_embeddings": CONTEXT_TOKENS,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 10_000.0,
                "mrope_section": [6, 5, 5],
                "mrope_interleaved": True,
            },
            "bos_token_id": ids["end_of_text"],
            "eos_token_id": ids["end_of_turn"],
            "tie_word_embeddings": True,
            "dtype": "float32",
        },
        vision_config={
            **shape,
            "depth": 2,
            "num_heads": 2,
            "patch_size": PATCH_PX,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "out_hidden_size": WIDTH,
            "num_position_embeddings": 64,
            "deepstack_visual_indexes": [0, 1],
        },
        image_token_id=ids["image"],
        video_token_id=ids["video"],
        vision_start_token_id=ids["vision"],
        vision_end_token_id=ids["end_of_vision"],
        tie_word_embeddings=True,
    )
    torch.manual_seed(0)
    model = Qwen3VLForConditionalGeneration(config).to(torch.float32)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.mul_(SPREAD)
    model.generation_config.eos_token_id = ids["end_of_turn"]
    model.generation_config.pad_token_id = ids["end_of_text"]
    return model


def build(folder: Path) -> None:
    """Write the checkpoint; half a one is never under its name."""
    tokenizer = train_tokenizer()
    part = folder.with_name(folder.name + ".part")
    make_model(tokenizer).save_pretrained(part)
    make_processor(tokenizer).save_pretrained(part)
    part.rename(folder)


if __name__ == "__main__":
    build(Path(sys.argv[1]))
