"""A home with one batch published by hand: sources, anchors, instructions, samples, an export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.records import (
    Anchor,
    Claim,
    Clip,
    Draft,
    GateResult,
    Generator,
    Piece,
    Sample,
    Source,
    Stream,
    Verifier,
    digest,
    identify_draft,
    partition_key,
)
from dataclaw_assets.resolved_intents.intents import add_intents, make_intent
from dataclaw_assets.resolved_intents.resolve import read_instructions, resolve_batch
from dataclaw_assets.validated_exports.artifacts import Artifact
from resources.home import Home, Outcome, Plan, open_home
from resources.ledger import Entry

BATCH = "landing-1"
TASK = "visual_puzzle"
PARTITION = partition_key(BATCH, TASK)


def make_source(name: str, kind: Any = "video", batch: str = BATCH, **fields: Any) -> Source:
    """A registered source; a video and its like get a stream of 20 s."""
    uri = f"file:///landing/{name}"
    stream = Stream(uri=uri, origin_s=0.0, duration_s=20.0, fps=25.0, frames=500, codec="h264")
    values: dict[str, Any] = {
        "source_id": digest(name, size=64),
        "kind": kind,
        "format": "quickdraw" if kind == "drawing" else "video",
        "uri": uri,
        "name": name,
        "batch": batch,
        "bytes": 1,
        "mtime_ns": 1,
        "stream": stream if kind in ("video", "gui_trace", "robot_demo") else None,
        "status": "registered",
    }
    return Source(**(values | fields))


VALUES: dict[str, dict[str, Any]] = {
    "still_unique": {"time_s": 3.0, "frame": 75, "sharpness": 1.0, "outside_distance": 0.5},
    "subtitle": {"text": "Hello.", "language": "en"},
    "phase": {"phase": "moving", "index": 0, "amount": 0.1},
    "stroke": {
        "index": 0,
        "of": 1,
        "points": [[0.0, 0.0], [9.0, 9.0]],
        "length_share": 1.0,
        "closed": False,
        "duration_s": None,
    },
    "shot": {"index": 0, "edge_contrast": 1.0, "inner_contrast": 0.1},
}


def make_anchor(source: Source, kind: str, number: int = 0) -> Anchor:
    """A plausible anchor of a kind; `number` tells several apart."""
    return Anchor.model_validate(
        {
            "anchor_id": "a-" + digest(source.source_id, kind, number),
            "source_id": source.source_id,
            "kind": kind,
            "start_s": float(number),
            "end_s": number + 1.0,
            "value": VALUES[kind],
            "text": f"{kind} {number} of {source.name}",
            "basis": "measured",
            "extractor": "by-hand",
            "extractor_version": "1",
            "params_hash": "0",
        }
    )


def make_sample(
    source: Source, anchor_ids: tuple[str, ...], instruction_id: str, start_s: float, code: str | None = None
) -> Sample:
    """A sample about one clip; with a code it is rejected."""
    clip = Clip(source_id=source.source_id, pieces=(Piece(start_s=start_s, end_s=start_s + 5),))
    draft = Draft(
        task_type=TASK,
        template="moment",
        source_id=source.source_id,
        payload={"question": f"When? {start_s}", "answer": "1.0 to 2.0 s"},
        evidence=(Claim(kind="interval", value=[1.0, 2.0], anchors=anchor_ids, clip=0),),
        media=(clip,),
        verifier=Verifier(kind="interval", value=[1.0, 2.0], tolerance=0.5),
    )
    return Sample(
        **dict(draft),
        sample_id=identify_draft(draft, PARTITION),
        batch=BATCH,
        instruction_id=instruction_id,
        generator=Generator(backend="rules", revision="test-1", tokens=3, seconds=0.5),
        gate_results=(
            GateResult(gate="schema", passed=True),
            GateResult(gate="visible", passed=code is None, code=code, detail="too small" if code else ""),
        ),
    )


def publish(
    home: Home,
    asset: str,
    partition: str,
    tables: dict[str, tuple[type[BaseModel], list[Any]]],
    inputs: dict[str, str] | None = None,
    **fields: Any,
) -> Entry:
    """Publish tables as they stand."""
    rows = {name: [row.model_dump(mode="json") for row in table[1]] for name, table in tables.items()}
    return home.publish(
        asset,
        partition,
        lambda: Plan(inputs or {}, lambda: Outcome(tables, **fields), parameters={"rows": rows}),
    )


class MadeHome:
    """One batch from sources to an export; `accepted` and `rejected` are its samples in synthesis."""

    def __init__(self, folder: Path) -> None:
        self.home = open_home(str(folder))
        self.video = make_source("film.mp4")
        self.drawing = make_source("cat.ndjson", "drawing", member=0)
        self.broken = make_source("broken.mp4", None, status="rejected", reason="not_media", stream=None)
        self.anchors = [make_anchor(self.video, "still_unique", number) for number in range(4)]
        self.anchors += [make_anchor(self.drawing, "stroke")]
        publish(
            self.home, "raw_sources", BATCH, {"sources": (Source, [self.video, self.drawing, self.broken])}
        )
        publish(self.home, "factual_anchors", BATCH, {"anchors": (Anchor, self.anchors)})
        add_intents(self.home, BATCH, [make_intent("Make visual puzzles from this footage")])
        resolve_batch(self.home, BATCH)
        instructions = read_instructions(self.home, BATCH)
        asked = next(row for row in instructions if row.source_id == self.video.source_id)
        cited = (self.anchors[1].anchor_id, self.anchors[2].anchor_id)
        self.accepted = [make_sample(self.video, cited, asked.instruction_id, start) for start in (0.0, 5.0)]
        self.rejected = [make_sample(self.video, cited, asked.instruction_id, 9.0, "too_small")]
        self.synthesis = self.synthesize(self.accepted, self.rejected)

    def synthesize(self, accepted: list[Sample], rejected: list[Sample], **fields: Any) -> Entry:
        """Publish the partition's samples, or refuse them when `verdict` says so."""
        tables: dict[str, tuple[type[BaseModel], list[Any]]] = {"quarantine": (Sample, rejected)}
        if fields.get("verdict") != "refused":
            tables["samples"] = (Sample, accepted)
        names = ("raw_sources", "factual_anchors", "resolved_intents")
        inputs = {}
        for name in names:
            entry = self.home.ledger.published(name, BATCH)
            assert entry is not None
            inputs[f"{name} [{BATCH}]"] = entry.fingerprint
        counts = {"candidates": 1, "drafts": len(accepted) + len(rejected), "accepted": len(accepted)}
        return publish(self.home, "synthesized_samples", PARTITION, tables, inputs, counts=counts, **fields)

    def export(self, samples: list[Sample], rejected: list[Sample]) -> Entry:
        """Publish an export whose clips lie in a folder of the store."""
        folder = f"exports/{BATCH}/{TASK}/0123456789ab"
        self.home.store.write(f"{folder}/manifest.json", b"{}")
        artifacts = [
            Artifact(
                sample_id=sample.sample_id,
                position=0,
                side="input",
                label=None,
                form="clip",
                path=f"videos/input/{sample.sample_id}.mp4",
                key=f"media/{'0' * 64}.mp4",
                sha256="0" * 64,
                bytes=1,
                width=16,
                height=16,
                duration_s=5.0,
                frames=60,
            )
            for sample in samples
        ]
        return publish(
            self.home,
            "validated_exports",
            PARTITION,
            {
                "samples": (Sample, samples),
                "quarantine": (Sample, rejected),
                "artifacts": (Artifact, artifacts),
            },
            {f"synthesized_samples [{PARTITION}]": self.synthesis.fingerprint},
            files={"manifest": f"{folder}/manifest.json"},
        )
