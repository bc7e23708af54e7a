"""The typed, frozen records that cross stages. Times are seconds, boxes and points source pixels."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, model_validator

from dataclaw_assets.anchor_values import Value, value_model

SCHEMA_VERSION = 1

SourceKind = Literal["video", "image", "gui_trace", "robot_demo", "drawing"]
SourceStatus = Literal["registered", "rejected", "duplicate"]
Basis = Literal["measured", "recorded", "made"]
Json = dict[str, Any]


class Record(BaseModel):
    """Base of all records: frozen, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def digest(*parts: Any, size: int = 16) -> str:
    """First `size` hex digits of the sha256 of the parts as canonical JSON."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:size]


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} has no canonical form")


class Stream(Record):
    """The moving picture of a source: a whole video file, a screen recording, or one episode's stretch of
    a longer file. Source time = file time - `origin_s`; the stream ends at `duration_s`."""

    uri: str
    origin_s: float
    duration_s: float
    fps: float
    frames: int
    codec: str
    has_audio: bool = False
    sha256: str | None = None
    """Of the file's bytes: the id of an episode or a folder says nothing of this one file."""
    assembled: bool = False
    """Whether the file is put together from the source's own pictures (`raw_sources.streams`): `uri` is then
    the file that holds them, or the first of them, and `origin_s` is 0."""


class Sidecar(Record):
    """A further file of a source: one beside it that says something about it, or a part of its dataset."""

    uri: str
    role: Literal[
        "subtitles",
        "anchors",
        "metadata",
        "task",
        "events",
        "actions",
        "table",
        "episodes",
        "screen",
        "frame",
        "elements",
        "windows",
    ]
    sha256: str
    language: str | None = None


class Source(Record):
    """One registered item of raw material, or the row that says why it was not."""

    source_id: str
    kind: SourceKind | None
    format: str
    uri: str
    name: str
    member: int | None = None
    batch: str
    bytes: int
    mtime_ns: int
    width: int | None = None
    height: int | None = None
    stream: Stream | None = None
    sidecars: tuple[Sidecar, ...] = ()
    licence: str | None = None
    tags: tuple[str, ...] = ()
    status: SourceStatus
    reason: str | None = None
    duplicate_of: str | None = None


class Anchor(Record):
    """One deterministic fact about a source. `frames` is half-open, in presentation order."""

    anchor_id: str
    source_id: str
    kind: str
    start_s: float | None = None
    end_s: float | None = None
    frames: tuple[int, int] | None = None
    region: tuple[float, float, float, float] | None = None
    value: SerializeAsAny[Value]
    text: str
    basis: Basis
    corroborated_by: tuple[str, ...] = ()
    extractor: str
    extractor_version: str
    params_hash: str

    @model_validator(mode="before")
    @classmethod
    def _type_value(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("value"), dict):
            return {**data, "value": value_model(data["kind"]).model_validate(data["value"])}
        return data


class Instruction(Record):
    """One typed, synthesis-ready reading of an intent for one source."""

    instruction_id: str
    intent_id: str
    source_id: str
    task_type: str
    status: Literal["ready", "needs_model", "infeasible"]
    text: str
    rank: int
    confidence: float
    rationale: str
    assumptions: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    target_schema: str
    resolver: str


class Piece(Record):
    """One stretch of a clip, in source time, half-open, at `speed` times its own pace.

    What is done to it, all but `play` being a change that we made: `freeze` shows the frame at `start_s` for
    the whole stretch, `rotate_180` turns it upside down, `mirror` swaps left and right, `reverse` plays it
    backwards, `elsewhere` is a stretch that does not belong where it stands. A speed other than 1 is a change
    as well.
    """

    op: Literal["play", "freeze", "rotate_180", "mirror", "reverse", "elsewhere"] = "play"
    start_s: float
    end_s: float
    speed: float = Field(default=1.0, gt=0.0)

    @property
    def length_s(self) -> float:
        """How long it lasts in the clip."""
        return (self.end_s - self.start_s) / self.speed

    @property
    def changed(self) -> bool:
        """Whether it is not as the source shows it."""
        return self.op != "play" or self.speed != 1.0


class Shape(Record):
    """A shape that we lay over a clip from `start_s` to `end_s` of the clip's clock: its middle and its size
    (diameter or side) as shares of the picture's width, height and shorter side."""

    form: Literal["circle", "square", "triangle"]
    colour: Literal["red", "green", "blue", "yellow"]
    x: float = Field(ge=0.0, le=1.0)
    y: float = Field(ge=0.0, le=1.0)
    size: float = Field(gt=0.0, le=1.0)
    start_s: float
    end_s: float


class Edit(Record):
    """A change to a picture that can be done again: on `region` (left, top, right, bottom as shares of the
    picture), or on all of it.

    `crop` keeps the region alone; `outline` draws a frame round it; `rotate_90` (clockwise), `rotate_180`,
    `mirror` and `flip` (upside down) turn it; `grey`, `invert`, `brighten` (by a curve that leaves black and
    white), `darken`, `blur` and `pixelate` treat its colours; `tiles` cuts the picture into `rows` ×
    `columns` and puts tile `order[i]` at place i, both counted from the upper left in reading order.
    `amount` says how much, for those that have a degree.
    """

    op: Literal[
        "crop",
        "outline",
        "rotate_90",
        "rotate_180",
        "mirror",
        "flip",
        "grey",
        "invert",
        "brighten",
        "darken",
        "blur",
        "pixelate",
        "tiles",
    ]
    region: tuple[float, float, float, float] | None = None
    amount: float | None = None
    rows: int | None = None
    columns: int | None = None
    order: tuple[int, ...] = ()


class Clip(Record):
    """A clip cut from a source's stream: its pieces one after the other, on a clock that starts at 0."""

    form: Literal["clip"] = "clip"
    label: str | None = None
    side: Literal["input", "output"] = "input"
    source_id: str
    pieces: tuple[Piece, ...]
    shapes: tuple[Shape, ...] = ()


class Still(Record):
    """One frame of a source's stream (`time_s`), or the source's own image (None), with the edits made to it,
    one after the other."""

    form: Literal["still"] = "still"
    label: str | None = None
    side: Literal["input", "output"] = "input"
    source_id: str
    time_s: float | None
    edits: tuple[Edit, ...] = ()


class SketchStill(Record):
    """A drawing rendered with the strokes listed, the marked ones in colour, their letters beside them."""

    form: Literal["sketch_still"] = "sketch_still"
    label: str | None = None
    side: Literal["input", "output"] = "input"
    source_id: str
    strokes: tuple[int, ...]
    marks: tuple[tuple[int, str], ...] = ()


class SketchClip(Record):
    """A drawing made stroke by stroke in the order listed, `seconds_per_stroke` each."""

    form: Literal["sketch_clip"] = "sketch_clip"
    label: str | None = None
    side: Literal["input", "output"] = "input"
    source_id: str
    strokes: tuple[int, ...]
    seconds_per_stroke: float


Media = Annotated[Clip | Still | SketchStill | SketchClip, Field(discriminator="form")]


class Claim(Record):
    """One checkable statement of a sample and the anchors that bear it.

    `kind` says what `value` is: `interval` [start, end], `time` t and `duration` d in seconds, of the one
    stretch in which `media[clip]` (or the source, when `clip` is None) shows what the first anchor is
    about, on that clock (a time is its beginning, its middle where `field` says `middle`, or the moment that
    its value names); `absent` None: the clip never shows it; `text` a quotation of it; `fact` what the
    field `field` of its value holds; `box` [left, top, right, bottom] and `point` [x, y], where it lies, as
    shares of the source's picture (of what a crop leaves, when `label` names a cropped still); `made` the
    [start, end] of a stretch that we changed, or None for a clip left as it was; `shapes` how many shapes of
    the form `label` we laid over it; `edited` the edits of the still `label`, as its recipe lists them;
    `foreign` None: the medium `label` is of another source of the batch. The last four are borne by the
    media's own recipe. `label` is the picture, mark or option that the claim is about, or the kind of change.
    """

    kind: Literal[
        "interval",
        "time",
        "duration",
        "absent",
        "text",
        "fact",
        "box",
        "point",
        "made",
        "shapes",
        "edited",
        "foreign",
    ]
    value: Any = None
    anchors: tuple[str, ...] = ()
    label: str | None = None
    clip: int | None = None
    field: str | None = None


class Verifier(Record):
    """How a trainer checks an answer by machine, and how near is near enough (seconds, IoU…). The value of a
    `point` is the box within which it is right, [left, top, right, bottom] as shares of the picture."""

    kind: Literal["choice", "permutation", "interval", "point", "box", "number", "text"]
    value: Any
    tolerance: float | None = None


class Transform(Record):
    """What we changed in the footage, exactly enough to do it again."""

    recipe: str
    seed: int
    settings: Json = {}


class Generator(Record):
    """Who wrote a sample and at what cost."""

    backend: str
    model: str | None = None
    revision: str
    settings: Json = {}
    seed: int = 0
    prompt_hash: str | None = None
    response_hash: str | None = None
    tokens: int = 0
    seconds: float = 0.0
    remote: bool = False
    """Whether what was known of the source left this machine, private data taken out, to be written about."""


class Draft(Record):
    """What an agent proposes for one source; drafts that share a `twin_key` stand or fall together."""

    task_type: str
    template: str
    source_id: str
    payload: Json
    evidence: tuple[Claim, ...]
    media: tuple[Media, ...]
    verifier: Verifier
    transform: Transform | None = None
    difficulty: Json = {}
    twin_key: str | None = None


class GateResult(Record):
    """One gate's verdict on one draft; `code` and `detail` are set when it did not pass, and for a mark."""

    gate: str
    passed: bool
    code: str | None = None
    detail: str = ""


class Sample(Draft):
    """A draft with its identity, its history and its verdicts; rejected ones live in the quarantine."""

    sample_id: str
    batch: str
    instruction_id: str
    generator: Generator
    gate_results: tuple[GateResult, ...]
    twin_of: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether every gate passed."""
        return all(result.passed for result in self.gate_results)


def partition_key(batch: str, task_type: str) -> str:
    """The key of a batch × task, as Dagster writes it: dimensions in order of name."""
    return f"{batch}|{task_type}"


def partition_digest(key: str) -> str:
    """The short name of a partition: the part of a sample id that says which one file holds it."""
    return digest("partition", key, size=8)


def identify_draft(draft: Draft, partition: str) -> str:
    """The id of a draft in a partition: the partition's digest, and that of all the draft states.

    It does not depend on which intent asked first, nor on what else is in the batch.
    """
    body = (draft.source_id, draft.task_type, draft.payload, draft.evidence, draft.media, draft.transform)
    return f"{partition_digest(partition)}-{digest(*body)}"
