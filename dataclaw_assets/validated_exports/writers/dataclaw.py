"""The form of the DataClaw paper (arXiv 2606.21337): training_samples.jsonl, training_artifacts.jsonl."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from dataclaw_assets.records import Clip, Json, Media, Sample, Source, Still
from dataclaw_assets.validated_exports.artifacts import Exported

SAMPLES = "training_samples.jsonl"
ARTIFACTS = "training_artifacts.jsonl"

_STATED = ("question", "answer", "cot")


def write_samples(exported: Sequence[Exported], sources: Mapping[str, Source]) -> list[Json]:
    """One row per sample: the paper's fields, then ours.

    `input_video` and `output_video` are [first, end) frame numbers of the source that the side's one clip is
    made of, else null; `input_image` and `output_image` the frame numbers of its stills, null where
    one is no frame of a stream. Numbers are in presentation order, from the time and the source's mean rate.
    """
    return [_row(item.sample, sources) for item in exported]


def write_artifacts(exported: Sequence[Exported]) -> list[Json]:
    """One row per sample: the paths of its files from the root of the export. The paper's singular fields
    hold the first file of their sort, or null; the plural ones hold all."""
    rows = []
    for item in exported:
        row: Json = {"id": item.sample.sample_id}
        for side in ("input", "output"):
            for noun, moving in (("video", True), ("image", False)):
                paths = item.paths(side, moving)
                if (side, noun) != ("input", "image"):
                    row[f"{side}_{noun}_path"] = paths[0] if paths else None
                row[f"{side}_{noun}_paths"] = paths
        rows.append(row)
    return rows


def _row(sample: Sample, sources: Mapping[str, Source]) -> Json:
    rest = {name: value for name, value in sample.payload.items() if name not in _STATED}
    return {
        "id": sample.sample_id,
        "data_type": sample.task_type,
        "task_family": sample.template,
        "input_video": _clip_frames(sample.media, "input", sources),
        "input_image": _still_frames(sample.media, "input", sources),
        "output_video": _clip_frames(sample.media, "output", sources),
        "output_image": _still_frames(sample.media, "output", sources),
        "question": sample.payload["question"],
        "answer": " ".join(filter(None, (sample.payload["answer"], sample.payload.get("recovery")))),
        "cot": list(sample.payload.get("cot", ())),
        "payload": rest,
        "verifier": sample.verifier.model_dump(mode="json"),
        "difficulty": sample.difficulty,
        "clock": _clock(sample),
        "evidence": [claim.model_dump(mode="json") for claim in sample.evidence],
        "instruction_id": sample.instruction_id,
        "source_id": sample.source_id,
        "twin_of": sample.twin_of,
        "transform": sample.transform.model_dump(mode="json") if sample.transform else None,
        "generator": sample.generator.model_dump(mode="json", include={"backend", "model", "revision"}),
    }


def _clock(sample: Sample) -> Json:
    """What times in the text count from: the start of the shipped clip with this number among the media."""
    clips = {claim.clip for claim in sample.evidence if claim.clip is not None}
    return {"unit": "seconds", "zero": "start of the clip", "media": sorted(clips)}


def _clip_frames(media: Sequence[Media], side: str, sources: Mapping[str, Source]) -> list[int] | None:
    clips = [medium for medium in media if medium.side == side and medium.form in ("clip", "sketch_clip")]
    if len(clips) != 1 or not isinstance(clips[0], Clip):
        return None
    fps, pieces = _rate(clips[0], sources), clips[0].pieces
    if fps is None:
        return None
    first = _frame_at(min(piece.start_s for piece in pieces), fps)
    end = math.ceil(max(piece.end_s for piece in pieces) * fps - 1e-3)
    return [first, max(first + 1, end)]


def _still_frames(media: Sequence[Media], side: str, sources: Mapping[str, Source]) -> list[int] | None:
    stills = [medium for medium in media if medium.side == side and medium.form in ("still", "sketch_still")]
    frames = []
    for still in stills:
        fps = _rate(still, sources)
        if not isinstance(still, Still) or still.time_s is None or fps is None:
            return None
        frames.append(_frame_at(still.time_s, fps))
    return frames or None


def _rate(medium: Media, sources: Mapping[str, Source]) -> float | None:
    source = sources.get(medium.source_id)
    return source.stream.fps if source and source.stream and source.stream.fps > 0 else None


def _frame_at(time_s: float, fps: float) -> int:
    """The frame on screen at a time; anchors' times are rounded, hence the slack."""
    return math.floor(time_s * fps + 1e-3)
