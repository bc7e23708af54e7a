"""Phases of a robot episode from its measured state, never from commands, and its instruction."""

from __future__ import annotations

import logging
from typing import Literal, cast

from dataclaw_assets.anchor_values import InstructionValue, PhaseValue
from dataclaw_assets.factual_anchors.extractors.contract import make_anchor
from dataclaw_assets.factual_anchors.extractors.robot_channels import choose_body, measure_openings
from dataclaw_assets.factual_anchors.extractors.robot_episodes import (
    Local,
    episode_params,
    find_span,
    holds_episode,
    read_source,
    say_when,
)
from dataclaw_assets.factual_anchors.measures.motion_phases import Stretch, find_openings, find_stops
from dataclaw_assets.raw_sources.formats.robot.episode import Episode, Span
from dataclaw_assets.records import Anchor, Json, Source

log = logging.getLogger(__name__)

_SAY = {
    "moving": "the {what} moves",
    "stopped": "the {what} stands still",
    "gripper_closing": "the gripper closes",
    "gripper_opening": "the gripper opens",
}


class Phases:
    """`phase` anchors (measured) and `instruction` anchors (recorded) of an episode of any format.

    Where the log holds no time an anchor has frames only.
    """

    name = "phases"
    version = "3"

    def applies(self, source: Source) -> bool:
        """Whether the source is an episode in a format that is read."""
        return holds_episode(source)

    def params(self, source: Source) -> Json:
        """The clock of the episode; its tables are part of its id."""
        return episode_params(source)

    def extract(self, source: Source, local: Local) -> list[Anchor]:
        """The anchors in time order; raises `UnreadableSource` when the episode cannot be read."""
        episode = read_source(source, local)
        anchors = [self._instruction(source, episode, span) for span in episode.instructions]
        for note in episode.notes:
            log.warning("%s", note)
        state = episode.state
        if state is None:
            log.warning("the episode has no measured state: no phases")
            return anchors
        what, body = choose_body(state.names)
        stretches = find_stops(episode.times, state.values[:, body]) if body else []
        if body and not stretches:
            log.warning("the %s never moves by its measured state: no phases", what)
        for opening in measure_openings(state):
            stretches += find_openings(episode.times, opening)
        stretches.sort(key=lambda item: (item.first, item.last, item.phase))
        return anchors + [self._phase(source, episode, item, at, what) for at, item in enumerate(stretches)]

    def _phase(self, source: Source, episode: Episode, item: Stretch, index: int, what: str) -> Anchor:
        start_s, end_s = find_span(source, episode.times, item.first, item.last)
        phase = cast(Literal["moving", "stopped", "gripper_closing", "gripper_opening"], item.phase)
        when = say_when(source, episode, item.first, item.last)
        return make_anchor(
            source,
            self,
            "phase",
            PhaseValue(phase=phase, index=index, amount=item.amount),
            f"{when} {_SAY[phase].format(what=what)} (measured state).",
            start_s=start_s if episode.timed else None,
            end_s=end_s if episode.timed else None,
            frames=(item.first, item.last),
        )

    def _instruction(self, source: Source, episode: Episode, span: Span) -> Anchor:
        start_s, end_s = find_span(source, episode.times, span.first, span.stop)
        return make_anchor(
            source,
            self,
            "instruction",
            InstructionValue(text=span.text),
            f"The demonstration's log states the instruction “{span.text}”",
            start_s=start_s if episode.timed else None,
            end_s=end_s if episode.timed else None,
            frames=(span.first, span.stop),
            basis="recorded",
        )
