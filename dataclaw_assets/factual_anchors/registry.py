"""Which extractors there are, in the order in which their anchors are worth reading."""

from __future__ import annotations

from dataclaw_assets.factual_anchors.extractors.actions import Actions
from dataclaw_assets.factual_anchors.extractors.attributes import AttributesExtractor
from dataclaw_assets.factual_anchors.extractors.container import ContainerExtractor
from dataclaw_assets.factual_anchors.extractors.contract import Extractor, StreamExtractor
from dataclaw_assets.factual_anchors.extractors.declared import Declared
from dataclaw_assets.factual_anchors.extractors.keyframes import KeyframesExtractor
from dataclaw_assets.factual_anchors.extractors.log_check import LogCheck
from dataclaw_assets.factual_anchors.extractors.motion import MotionExtractor
from dataclaw_assets.factual_anchors.extractors.movers import MoversExtractor
from dataclaw_assets.factual_anchors.extractors.phases import Phases
from dataclaw_assets.factual_anchors.extractors.picture_text import PictureText
from dataclaw_assets.factual_anchors.extractors.pictures import Pictures
from dataclaw_assets.factual_anchors.extractors.repetition import RepetitionExtractor
from dataclaw_assets.factual_anchors.extractors.robot_motion import RobotMotion
from dataclaw_assets.factual_anchors.extractors.screen_states import ScreenStates
from dataclaw_assets.factual_anchors.extractors.screen_targets import ScreenTargets
from dataclaw_assets.factual_anchors.extractors.session_elements import SessionElements
from dataclaw_assets.factual_anchors.extractors.session_events import SessionEvents
from dataclaw_assets.factual_anchors.extractors.shots import ShotsExtractor
from dataclaw_assets.factual_anchors.extractors.sound import Sound
from dataclaw_assets.factual_anchors.extractors.stable import StableExtractor
from dataclaw_assets.factual_anchors.extractors.stills import StillsExtractor
from dataclaw_assets.factual_anchors.extractors.strokes import Strokes
from dataclaw_assets.factual_anchors.extractors.subtitles import Subtitles
from dataclaw_assets.factual_anchors.extractors.text import TextExtractor
from dataclaw_assets.factual_anchors.extractors.transcript import Transcript
from resources.settings import Settings

STREAM_EXTRACTORS: tuple[StreamExtractor, ...] = (
    ContainerExtractor(),
    ShotsExtractor(),
    StillsExtractor(),
    StableExtractor(),
    MotionExtractor(),
    MoversExtractor(),
    RepetitionExtractor(),
    AttributesExtractor(),
)
"""Those fed by the one decoding pass."""


def list_extractors(settings: Settings) -> tuple[Extractor, ...]:
    """Every extractor, with the reader of the user's own facts last."""
    own: tuple[Extractor, ...] = (
        *STREAM_EXTRACTORS,
        KeyframesExtractor(),
        TextExtractor(),
        Sound(),
        Transcript(settings.asr_model),
        Subtitles(),
        Pictures(keep_location=settings.keep_location),
        PictureText(),
        Actions(),
        SessionEvents(),
        SessionElements(),
        LogCheck(),
        ScreenTargets(),
        ScreenStates(),
        Phases(),
        RobotMotion(),
        Strokes(),
    )
    reserved = tuple(extractor.name for extractor in own)
    return (*own, Declared(trusted=settings.trusted_extractors, reserved=reserved))
