"""The typed value of every kind of anchor: one model per kind, found by the kind's name."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """Base of anchor values: frozen, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ContainerValue(Value):
    """What the container declares and the probe confirmed."""

    codec: str
    fps: float
    frames: int
    duration_s: float
    has_audio: bool


class CutValue(Value):
    """A hard cut: `contrast` is the share of the picture's structure that does not survive it, 0-1."""

    contrast: float


class TransitionValue(Value):
    """A gradual change between two shots."""

    style: Literal["fade", "dissolve"]


class FrameValue(Value):
    """One frame by its time and number. `dhash` and `sharpness` (see `KeyframeValue`) are those of a frame
    that the scan decodes as anybody does; None for others."""

    time_s: float
    frame: int
    sharpness: float | None = None
    dhash: str | None = None


class ShotValue(Value):
    """One uninterrupted take. `edge_contrast` is the weaker of its two borders (1.0 at the ends of the
    source); `inner_contrast` that of the strongest isolated change inside it that was no border (0 when
    there was none): a wide gap between the two is what makes the borders beyond doubt."""

    index: int
    edge_contrast: float
    inner_contrast: float
    still: FrameValue | None = None
    """The frame that stands for the shot, sharp and steady."""


class StillValue(Value):
    """A sharp picture that names one moment. The anchor's interval is the one run of frames that match it:
    `inside_distance` is the largest distance (`resources.media.distance`) of a frame of that run,
    `outside_distance` the smallest of any frame more than half a second beyond it, 0-1."""

    time_s: float
    frame: int
    sharpness: float
    outside_distance: float
    inside_distance: float = 0.0


class StableValue(Value):
    """A stretch in which the screen does not change (screen recordings, slides)."""

    changed_region: tuple[float, float, float, float] | None
    """The box that changed when this stretch began, in source pixels; None for the first one."""
    still: FrameValue | None = None
    """The frame that stands for the stretch."""


class MotionValue(Value):
    """Motion of one interval. `level` is the mean and `floor` the weakest half-second of picture change
    per second (0-1 luma); camera and its direction come from a global fit of the flow."""

    camera: Literal["static", "pan", "tilt", "zoom", "roll", "mixed"]
    direction: Literal["left", "right", "up", "down", "in", "out", "clockwise", "counter-clockwise", "none"]
    level: float
    floor: float


class KeyframeValue(Value):
    """The sharpest steady frame of a shot, or of a state that the screen rests in. `sharpness` is the mean
    absolute Laplacian of the small luma plane, `dhash` the difference hash of the normally decoded frame."""

    of: Literal["shot", "state"]
    time_s: float
    frame: int
    sharpness: float
    dhash: str


class BlackValue(Value):
    """A stretch with nothing to be seen: `level` is the brightest mean luma of its frames, 0-1."""

    level: float


class FreezeValue(Value):
    """A stretch in which one frame is shown again and again although the shot moves before or after it."""

    frames: int


class MoverValue(Value):
    """The thing that moves most by itself in an interval, the camera's motion taken off. `share` is its share
    of all residual motion, `speed` in picture widths a second (for towards and away: growth of its size a
    second); the direction is that in the picture."""

    direction: Literal["left", "right", "up", "down", "towards", "away", "none"]
    share: float
    speed: float
    confidence: Literal["high", "low"]


class RepetitionValue(Value):
    """Motion that repeats: how many whole cycles in the interval, and the length of one."""

    count: int
    period_s: float
    strength: float
    """Autocorrelation at the period, 0-1."""


class AttributeValue(Value):
    """A lasting change of one attribute within a shot: `brightness` and `moving_area` 0-1, `dominant_colour`
    as `#rrggbb`. The anchor's interval is that of the change."""

    attribute: Literal["brightness", "dominant_colour", "moving_area"]
    before: float | str
    after: float | str


class TextValue(Value):
    """One text on the screen, followed from its first appearance to its last (the anchor's interval); the
    region is where it was read best. `confidence` is the reader's own, 0-1."""

    text: str
    confidence: float
    seen: int
    """In how many of the pictures read it was there."""


class TextLineValue(Value):
    """One line of text of one state of the screen, or of an image. `order` counts from 0 in reading order,
    `of` says how many lines there are, `readable_256` whether it can still be read when the picture's longer
    side is 256 px."""

    text: str
    order: int
    of: int
    height_px: float
    readable_256: bool
    confidence: float


class LinesValue(Value):
    """The lines of text that are visible together during an interval, in reading order."""

    lines: tuple[str, ...]


class StateValue(Value):
    """One side of a change of the screen: the text within the box that changed (the anchor's region)."""

    change: int
    """Number of the change within the source; its `state_before` and `state_after` share it."""
    lines: tuple[str, ...]


class SpeechValue(Value):
    """A stretch of speech; `probability` is the detector's mean, 0-1."""

    probability: float


class SilenceValue(Value):
    """A stretch without sound above `level_db` (dB of full scale, its loudest 10 ms)."""

    level_db: float


class OnsetValue(Value):
    """A sudden rise of loudness, by `rise_db`, at the anchor's start."""

    rise_db: float


class TranscriptValue(Value):
    """What a speech recogniser heard: a claim, however sure it is of it."""

    text: str
    language: str
    probability: float


class SubtitleValue(Value):
    """One spoken or written line, markup stripped."""

    text: str
    language: str | None


class PictureValue(Value):
    """Size as displayed, perceptual hash, sharpness and main colours of a still image."""

    width: int
    height: int
    dhash: str
    sharpness: float
    palette: tuple[str, ...]


class CaptureValue(Value):
    """What the camera wrote into an image, the place left out unless it was asked for."""

    taken_at: str | None = None
    """As the camera's clock had it, `YYYY-MM-DDTHH:MM:SS`, with its offset where it is recorded."""
    make: str | None = None
    model: str | None = None
    orientation: int | None = None
    exposure_s: float | None = None
    f_number: float | None = None
    iso: int | None = None
    focal_length_mm: float | None = None
    latitude: float | None = None
    longitude: float | None = None


class ActionValue(Value):
    """One action of a GUI log; the point is in pixels of the recording, the target is the log's claim."""

    index: int
    action: str
    x: float | None = None
    y: float | None = None
    target: str | None = None
    role: str | None = None
    text: str | None = None


class PhaseValue(Value):
    """A stretch of a robot episode, from measured state: `amount` is metres or the state's own unit."""

    phase: Literal["moving", "stopped", "gripper_closing", "gripper_opening"]
    index: int
    amount: float


class InstructionValue(Value):
    """The language instruction that a demonstration's log states."""

    text: str


class StrokeValue(Value):
    """One stroke of a drawing; the points are in the anchor's source pixels, in the order drawn."""

    index: int
    of: int
    points: tuple[tuple[float, float], ...]
    length_share: float
    """Share of the drawing's whole ink."""
    closed: bool
    duration_s: float | None


class LabelValue(Value):
    """What a log calls the thing: a claim, never a measurement."""

    text: str


class DeclaredValue(Value):
    """A fact from the user's own sidecar, passed through as it stands."""

    data: dict[str, Any]


VALUES: dict[str, type[Value]] = {
    "container": ContainerValue,
    "cut": CutValue,
    "transition": TransitionValue,
    "shot": ShotValue,
    "still_unique": StillValue,
    "stable": StableValue,
    "motion": MotionValue,
    "keyframe": KeyframeValue,
    "black": BlackValue,
    "freeze": FreezeValue,
    "dominant_mover": MoverValue,
    "repetition": RepetitionValue,
    "attribute_change": AttributeValue,
    "text": TextValue,
    "text_line": TextLineValue,
    "lines_visible": LinesValue,
    "state_before": StateValue,
    "state_after": StateValue,
    "speech": SpeechValue,
    "silence": SilenceValue,
    "onset": OnsetValue,
    "transcript": TranscriptValue,
    "subtitle": SubtitleValue,
    "picture": PictureValue,
    "capture": CaptureValue,
    "action": ActionValue,
    "phase": PhaseValue,
    "instruction": InstructionValue,
    "stroke": StrokeValue,
    "label": LabelValue,
}
"""Kinds that extractors make; any other kind is a user's own and holds a `DeclaredValue`."""


def value_model(kind: str) -> type[Value]:
    """The model that a value of this kind must fit."""
    return VALUES.get(kind, DeclaredValue)
