"""The README of an export folder: what it is, what is in it, and the one command that trains on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from dataclaw_assets.records import Json
from dataclaw_assets.validated_exports.artifacts import Exported
from dataclaw_assets.validated_exports.writers import dataclaw, llama_factory, ms_swift, trl, verifiers
from resources.settings import Settings


def write_readme(
    title: str,
    dataset: str,
    exported: Sequence[Exported],
    rejected: Mapping[str, int],
    generators: Sequence[Json],
    settings: Settings,
    notes: Sequence[str] = (),
) -> str:
    """The README of a folder of samples. `rejected` counts reason codes; `notes` are sentences about the
    whole, such as why it is empty or what is missing."""
    return "\n".join(
        [
            f"# {title}",
            "",
            *_describe(exported, generators),
            *[f"\n> {note}" for note in notes],
            "",
            *_count(exported, rejected),
            *_explain_training(dataset, exported, settings),
            *_explain_files(),
            *_explain_reading(settings),
        ]
    )


def _describe(exported: Sequence[Exported], generators: Sequence[Json]) -> list[str]:
    files = {artifact.path for item in exported for artifact in item.artifacts}
    sources = {item.sample.source_id for item in exported}
    lines = [
        f"{len(exported)} samples from {len(sources)} sources, with {len(files)} media files. Every claim "
        "of a sample cites facts of its own source; every medium was cut and audited as it lies here."
    ]
    for generator in generators:
        model = f" {generator['model']}" if generator["model"] else ""
        lines.append(
            f"\nWritten by: **{generator['backend']}**{model} (revision `{generator['revision']}`), "
            f"{generator['samples']} samples."
        )
    return lines


def _count(exported: Sequence[Exported], rejected: Mapping[str, int]) -> list[str]:
    lines = ["| Task | Template | Samples |", "|---|---|---|"]
    counts = Counter((item.sample.task_type, item.sample.template) for item in exported)
    lines += [f"| {task} | {template} | {count} |" for (task, template), count in sorted(counts.items())]
    if rejected:
        lines += ["", "Left out after cutting:", "", "| Reason | Samples |", "|---|---|"]
        lines += [f"| `{code}` | {count} |" for code, count in rejected.items()]
    return [*lines, ""]


def _explain_training(dataset: str, exported: Sequence[Exported], settings: Settings) -> list[str]:
    if not exported:
        return ["There is nothing to train on here.", ""]
    return [
        "## Train on it",
        "",
        "With [LLaMA-Factory](https://github.com/hiyouga/LLaMA-Factory) (`pip install llamafactory==0.9.5`), "
        "from this folder:",
        "",
        "```bash",
        f"llamafactory-cli train {llama_factory.CONFIG}",
        "```",
        "",
        f"`{llama_factory.CONFIG}` names this folder as `dataset_dir` and `media_dir`, the dataset "
        f"`{dataset}`, the template `qwen2_vl`, and the sampling that the samples were audited with "
        f"({settings.consumer_fps:g} frames a second, {settings.consumer_frames} at most, "
        f"{settings.consumer_video_px}² px a video frame, {settings.consumer_image_px}² px an image). "
        "From elsewhere, or with another model, override what differs:",
        "",
        "```bash",
        f"llamafactory-cli train FOLDER/{llama_factory.CONFIG} dataset_dir=FOLDER media_dir=FOLDER \\",
        "    model_name_or_path=Qwen/Qwen3-VL-4B-Instruct template=qwen3_vl_nothink",
        "```",
        "",
        "With reinforcement learning (GRPO), by the rewards that every sample's verifier gives:",
        "",
        "```bash",
        f"sh {ms_swift.COMMAND}        # ms-swift 4.6",
        f"python {trl.SCRIPT}       # TRL 1.16",
        "```",
        "",
    ]


def _explain_files() -> list[str]:
    rows = {
        llama_factory.ROWS: "ShareGPT rows; as many `<video>` and `<image>` tags as media, in their order",
        llama_factory.INFO: "what LLaMA-Factory needs to know of them",
        llama_factory.CONFIG: "a LoRA training configuration for a small Qwen2.5-VL",
        verifiers.REWARDS: "rewards from 0 to 1, from the verifiers' columns; for both trainers of GRPO",
        ms_swift.ROWS: "prompts and verifiers' columns for the GRPO of ms-swift",
        ms_swift.COMMAND: "the command that trains on them",
        trl.ROWS: "the same for TRL: conversational prompts, `image` and `video` parts, paths of the media",
        trl.SCRIPT: "the script that trains on them; it shows a clip as its frames",
        dataclaw.SAMPLES: "the DataClaw form: question, answer, evidence, verifier, difficulty, clock",
        dataclaw.ARTIFACTS: "the media files of each sample",
        "videos/, images/": "the media, named by their content",
        "manifest.json": "sha256 and size of every file, inputs, settings, sources",
    }
    return [
        "## Files",
        "",
        "| File | Holds |",
        "|---|---|",
        *[f"| `{name}` | {text} |" for name, text in rows.items()],
        "",
    ]


def _explain_reading(settings: Settings) -> list[str]:
    return [
        "## How to read a sample",
        "",
        "- Seconds in a question or answer count from the start of the clip that the sample ships.",
        f"- Clips run at {settings.clip_fps:g} frames a second, the longer side at most "
        f"{settings.clip_side_px} px; all went through the same encoding, changed or not.",
        f"- `verifier` in `{dataclaw.SAMPLES}` checks an answer by machine: kind, right value, tolerance.",
        "- `twin_of` names the sample whose media were changed so that the answer flips.",
        "- `dataclaw trace ID` tells why a sample is here, down to the frame.",
        "",
    ]
