"""Values of what moving pictures show."""

from __future__ import annotations

from typing import Literal

from dataclaw_assets.anchor_values.contract import Value


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
