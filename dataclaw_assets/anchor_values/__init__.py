"""The typed value of every kind of anchor: one model per kind, found by the kind's name."""

from __future__ import annotations

from dataclaw_assets.anchor_values.contract import DeclaredValue as DeclaredValue
from dataclaw_assets.anchor_values.contract import Value as Value
from dataclaw_assets.anchor_values.drawing import LabelValue as LabelValue
from dataclaw_assets.anchor_values.drawing import PartValue as PartValue
from dataclaw_assets.anchor_values.drawing import PauseValue as PauseValue
from dataclaw_assets.anchor_values.drawing import StrokeValue as StrokeValue
from dataclaw_assets.anchor_values.gui import ActionValue as ActionValue
from dataclaw_assets.anchor_values.gui import ElementAppearedValue as ElementAppearedValue
from dataclaw_assets.anchor_values.gui import EventStructureValue as EventStructureValue
from dataclaw_assets.anchor_values.gui import LogClockValue as LogClockValue
from dataclaw_assets.anchor_values.gui import LogScaleValue as LogScaleValue
from dataclaw_assets.anchor_values.gui import PageChangeValue as PageChangeValue
from dataclaw_assets.anchor_values.gui import RepeatedOperationValue as RepeatedOperationValue
from dataclaw_assets.anchor_values.gui import ScreenChangeValue as ScreenChangeValue
from dataclaw_assets.anchor_values.gui import ScreenStateChangeValue as ScreenStateChangeValue
from dataclaw_assets.anchor_values.gui import SessionPhaseValue as SessionPhaseValue
from dataclaw_assets.anchor_values.gui import TargetReadValue as TargetReadValue
from dataclaw_assets.anchor_values.gui import TypedTextValue as TypedTextValue
from dataclaw_assets.anchor_values.images import CaptureValue as CaptureValue
from dataclaw_assets.anchor_values.images import PictureValue as PictureValue
from dataclaw_assets.anchor_values.robot import HoldValue as HoldValue
from dataclaw_assets.anchor_values.robot import IdleValue as IdleValue
from dataclaw_assets.anchor_values.robot import InstructionValue as InstructionValue
from dataclaw_assets.anchor_values.robot import PhaseValue as PhaseValue
from dataclaw_assets.anchor_values.robot import PrimitiveValue as PrimitiveValue
from dataclaw_assets.anchor_values.robot import StallCandidateValue as StallCandidateValue
from dataclaw_assets.anchor_values.robot import SuccessValue as SuccessValue
from dataclaw_assets.anchor_values.robot import VelocityMinimumValue as VelocityMinimumValue
from dataclaw_assets.anchor_values.sound import OnsetValue as OnsetValue
from dataclaw_assets.anchor_values.sound import SilenceValue as SilenceValue
from dataclaw_assets.anchor_values.sound import SpeechValue as SpeechValue
from dataclaw_assets.anchor_values.sound import SubtitleValue as SubtitleValue
from dataclaw_assets.anchor_values.sound import TranscriptValue as TranscriptValue
from dataclaw_assets.anchor_values.text import LinesValue as LinesValue
from dataclaw_assets.anchor_values.text import StateValue as StateValue
from dataclaw_assets.anchor_values.text import TextLineValue as TextLineValue
from dataclaw_assets.anchor_values.text import TextValue as TextValue
from dataclaw_assets.anchor_values.video import AttributeValue as AttributeValue
from dataclaw_assets.anchor_values.video import BlackValue as BlackValue
from dataclaw_assets.anchor_values.video import ContainerValue as ContainerValue
from dataclaw_assets.anchor_values.video import CutValue as CutValue
from dataclaw_assets.anchor_values.video import FrameValue as FrameValue
from dataclaw_assets.anchor_values.video import FreezeValue as FreezeValue
from dataclaw_assets.anchor_values.video import KeyframeValue as KeyframeValue
from dataclaw_assets.anchor_values.video import MotionValue as MotionValue
from dataclaw_assets.anchor_values.video import MoverValue as MoverValue
from dataclaw_assets.anchor_values.video import RepetitionValue as RepetitionValue
from dataclaw_assets.anchor_values.video import ShotValue as ShotValue
from dataclaw_assets.anchor_values.video import StableValue as StableValue
from dataclaw_assets.anchor_values.video import StillValue as StillValue
from dataclaw_assets.anchor_values.video import TransitionValue as TransitionValue

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
    "pause": PauseValue,
    "part": PartValue,
    "label": LabelValue,
    "log_clock": LogClockValue,
    "log_scale": LogScaleValue,
    "target_read": TargetReadValue,
    "page_change": PageChangeValue,
    "typed_text": TypedTextValue,
    "screen_change": ScreenChangeValue,
    "element_appeared": ElementAppearedValue,
    "screen_state_change": ScreenStateChangeValue,
    "session_phase": SessionPhaseValue,
    "repeated_operation": RepeatedOperationValue,
    "event_structure": EventStructureValue,
    "hold": HoldValue,
    "primitive": PrimitiveValue,
    "velocity_minimum": VelocityMinimumValue,
    "idle": IdleValue,
    "stall_candidate": StallCandidateValue,
    "success": SuccessValue,
}
"""Kinds that extractors make; any other kind is a user's own and holds a `DeclaredValue`."""


def value_model(kind: str) -> type[Value]:
    """The model that a value of this kind must fit."""
    return VALUES.get(kind, DeclaredValue)
