"""Small real footage, a deployment that holds it, and samples made by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel

from dataclaw_assets.anchor_values import StrokeValue
from dataclaw_assets.quality.gates.contract import CutMedia
from dataclaw_assets.records import (
    Anchor,
    Claim,
    Clip,
    GateResult,
    Generator,
    Media,
    Piece,
    Sample,
    Source,
    Still,
    Stream,
    Verifier,
    digest,
    identify_draft,
    partition_key,
)
from dataclaw_assets.validated_exports.export import export_partition
from resources.home import Home, Outcome, Plan
from resources.landing import to_uri
from resources.ledger import Entry
from resources.media import Picture, probe_video, to_picture, write_clip
from resources.settings import Settings

FPS = 10
FRAMES = 60
TASK = "temporal_qa"
BATCH = "clips-1"

STROKES = (
    ((80.0, 80.0), (200.0, 90.0), (260.0, 200.0)),
    ((300.0, 100.0), (420.0, 140.0)),
    ((100.0, 300.0), (250.0, 420.0), (400.0, 300.0)),
)


def paint(number: int) -> Picture:
    """Frame `number`: its seven binary digits as columns, between a white bar and a black one."""
    bits = [(number >> place) & 1 for place in range(7)]
    row = np.repeat(np.array([60 + 140 * bit for bit in (*bits, 0)], np.uint8), 16)
    picture = np.repeat(np.broadcast_to(row, (72, 128))[:, :, None], 3, axis=2).copy()
    picture[:12] = 250
    picture[-12:] = 5
    return picture


def number_of(picture: Picture) -> int:
    """Which frame of the footage a picture shows."""
    middle = picture[picture.shape[0] // 3 : 2 * picture.shape[0] // 3].mean(axis=(0, 2))
    columns = middle.reshape(8, -1).mean(axis=1)
    return sum(1 << place for place in range(7) if columns[place] > 130)


def film(folder: Path, name: str = "film.mp4") -> Source:
    """Six seconds of footage at 10 fps as a registered source."""
    path = folder / name
    folder.mkdir(parents=True, exist_ok=True)
    write_clip(path, (paint(number) for number in range(FRAMES)), FPS)
    return as_source(path)


def as_source(path: Path) -> Source:
    """A video file as registration would record it."""
    probe = probe_video(path)
    uri = to_uri(path)
    return Source(
        source_id=hashlib.sha256(path.read_bytes()).hexdigest(),
        kind="video",
        format="video",
        uri=uri,
        name=path.name,
        batch=BATCH,
        bytes=path.stat().st_size,
        mtime_ns=path.stat().st_mtime_ns,
        width=probe.width,
        height=probe.height,
        stream=Stream(
            uri=uri,
            origin_s=probe.origin_s,
            duration_s=probe.duration_s,
            fps=probe.fps,
            frames=probe.frames,
            codec=probe.codec,
        ),
        status="registered",
    )


def drawing() -> tuple[Source, list[Anchor]]:
    """A drawing of three strokes, with its anchors; its file is never opened."""
    source = Source(
        source_id="d" * 64,
        kind="drawing",
        format="quickdraw",
        uri="file:///nowhere/drawing.ndjson",
        name="drawing.ndjson",
        member=0,
        batch=BATCH,
        bytes=1,
        mtime_ns=1,
        width=512,
        height=512,
        status="registered",
    )
    anchors = [
        Anchor(
            anchor_id=f"a-{index}",
            source_id=source.source_id,
            kind="stroke",
            value=StrokeValue(
                index=index,
                of=len(STROKES),
                points=points,
                length_share=0.3,
                closed=False,
                duration_s=None,
                direction="south-east",
            ),
            text=f"stroke {index}",
            basis="recorded",
            extractor="strokes",
            extractor_version="1",
            params_hash="0",
        )
        for index, points in enumerate(STROKES)
    ]
    return source, anchors


def clip(source: Source, *spans: tuple[float, float], label: str | None = None) -> Clip:
    """A clip that plays stretches of a source."""
    pieces = tuple(Piece(start_s=start, end_s=end) for start, end in spans)
    return Clip(source_id=source.source_id, pieces=pieces, label=label)


def still(source: Source, time_s: float | None, label: str | None = None) -> Still:
    """One frame of a source."""
    return Still(source_id=source.source_id, time_s=time_s, label=label)


def sample(
    media: Sequence[Media], question: str = "When?", answer: str = "At 1.0 s", twin_key: str | None = None
) -> Sample:
    """A sample over the media, as synthesis would publish it."""
    made = Sample(
        task_type=TASK,
        template="moment",
        source_id=media[0].source_id,
        payload={"question": question, "answer": answer, "cot": []},
        evidence=(Claim(kind="time", value=1.0, anchors=("a-1",), clip=0),),
        media=tuple(media),
        verifier=Verifier(kind="number", value=1.0, tolerance=0.5),
        twin_key=twin_key,
        sample_id="",
        batch=BATCH,
        instruction_id="i-1",
        generator=Generator(backend="rules", revision="1"),
        gate_results=(),
    )
    return made.model_copy(update={"sample_id": identify_draft(made, partition_key(BATCH, TASK))})


@dataclass
class Deployment:
    """A home, and ways to publish into it what the earlier stages would."""

    home: Home
    landing: Path

    def publish(
        self, sources: Sequence[Source], samples: Sequence[Sample], anchors: Sequence[Anchor] = ()
    ) -> None:
        """Publish sources, anchors and accepted samples of the one batch."""
        self._put("raw_sources", BATCH, "sources", Source, sources)
        self._put("factual_anchors", BATCH, "anchors", Anchor, anchors)
        self.publish_samples(samples)

    def publish_samples(self, samples: Sequence[Sample], task: str = TASK) -> None:
        """Publish accepted samples."""
        self._put("synthesized_samples", partition_key(BATCH, task), "samples", Sample, samples)

    def _put(
        self, asset: str, partition: str, table: str, model: type[BaseModel], rows: Sequence[BaseModel]
    ) -> None:
        inputs = {"rows": digest([row.model_dump(mode="json") for row in rows])}
        outcome = Outcome(tables={table: (model, list(rows))}, reason=None if rows else "nothing feasible")
        self.home.publish(asset, partition, lambda: Plan(inputs=inputs, build=lambda: outcome))


def decode_numbers(path: Path) -> list[int]:
    """Which frames of the footage a clip shows."""
    import av

    with av.open(str(path)) as container:
        return [number_of(to_picture(frame)) for frame in container.decode(video=0)]


def check_cut(made: Sample, cut: Sequence[CutMedia | str], settings: Settings) -> tuple[GateResult, ...]:
    """A plain audit: every medium is there; a sample whose question says so fails."""
    lost = [reason for reason in cut if isinstance(reason, str)]
    if lost or made.payload["question"].startswith("Bad"):
        return (GateResult(gate="media", passed=False, code="not_cut" if lost else "poor", detail=str(lost)),)
    return (GateResult(gate="media", passed=True),)


def export(deployment: Deployment, task: str = TASK) -> Entry:
    """Export the batch with the plain audit."""
    return export_partition(deployment.home, BATCH, task, audit=check_cut)


def folder_of(home: Home, entry: Entry) -> Path:
    """The export folder of an entry."""
    return home.store.fetch(entry.tables["manifest"]).parent


def sha256_of(data: bytes) -> str:
    """The sha256 of bytes."""
    return hashlib.sha256(data).hexdigest()
