"""Values of robot episodes. Amounts are in the state's own unit (metres where the log follows its format's
convention); frames are half-open."""

from __future__ import annotations

from typing import Literal

from dataclaw_assets.anchor_values.contract import Value

Direction = Literal["+x", "-x", "+y", "-y", "+z", "-z", "rotation", "stop"]


class PhaseValue(Value):
    """A stretch of a robot episode, from measured state: `amount` is metres or the state's own unit."""

    phase: Literal["moving", "stopped", "gripper_closing", "gripper_opening"]
    index: int
    amount: float


class InstructionValue(Value):
    """The language instruction that a demonstration's log states."""

    text: str


class HoldValue(Value):
    """The gripper closed on something: `opening` is the width at which it rests, `floor` the smallest width
    seen in the episode outside of this stretch. `evidence` says what was measured: that it rests above that
    floor (`opening`), that an object of the log moves with the hand (`object`). `carried` is how far the
    hand's farthest frame is from where it took hold, None where its place is not logged; `released` whether
    it opens again."""

    opening: float
    floor: float
    evidence: tuple[Literal["opening", "object"], ...]
    object: str | None
    carried: float | None
    released: bool


class PrimitiveValue(Value):
    """One primitive movement of the end effector by the log's own axes: nothing says which way they point in
    the picture. `amount` is the way covered (0 for a rotation), `axis` the name of the channel."""

    direction: Direction
    axis: str | None
    amount: float


class VelocityMinimumValue(Value):
    """A border between two movements: the frame at which the speed is least, and its share (0-1) of the
    lower of the two peaks beside it."""

    frame: int
    share: float


class IdleValue(Value):
    """A stretch in which nothing of the robot moves, its gripper neither; `frames` long."""

    frames: int


class StallCandidateValue(Value):
    """Where a stall can be made: `freeze` is the last frame of `observation`, `future` what truly follows.
    `before` and `after` are the ways covered in them."""

    share: float
    freeze: int
    observation: tuple[int, int]
    future: tuple[int, int]
    before: float
    after: float


class SuccessValue(Value):
    """Whether the log says that the task was done."""

    success: bool
