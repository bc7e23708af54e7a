"""What a robot does by its measured state: holds, primitive movements, pauses, and places for a stall."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from dataclaw_assets.anchor_values import (
    HoldValue,
    IdleValue,
    PrimitiveValue,
    StallCandidateValue,
    SuccessValue,
    Value,
    VelocityMinimumValue,
)
from dataclaw_assets.factual_anchors.extractors.contract import make_anchor
from dataclaw_assets.factual_anchors.extractors.robot_channels import (
    Hand,
    choose_body,
    choose_hand,
    choose_objects,
    choose_rest,
    measure_openings,
)
from dataclaw_assets.factual_anchors.extractors.robot_episodes import (
    Local,
    episode_params,
    find_span,
    holds_episode,
    read_source,
    say_when,
)
from dataclaw_assets.factual_anchors.measures.holds import find_holds
from dataclaw_assets.factual_anchors.measures.motion_phases import Stretch, find_openings, find_stops
from dataclaw_assets.factual_anchors.measures.primitives import Primitive, find_primitives
from dataclaw_assets.factual_anchors.measures.stalls import find_idle, find_minima, find_stalls
from dataclaw_assets.raw_sources.formats.robot.episode import Channels, Episode, Series
from dataclaw_assets.records import Anchor, Basis, Json, Source

log = logging.getLogger(__name__)

Fact = tuple[str, Value, str, tuple[int, int], Basis]
"""Kind, value, what the sentence says after its times, frames, basis."""


class RobotMotion:
    """`hold`, `primitive`, `velocity_minimum`, `idle` and `stall_candidate` anchors (measured) and `success`
    (recorded) of an episode of any format. Where the log holds no time an anchor has frames only."""

    name = "robot_motion"
    version = "2"

    def applies(self, source: Source) -> bool:
        """Whether the source is an episode in a format that is read."""
        return holds_episode(source)

    def params(self, source: Source) -> Json:
        """The clock of the episode; its tables are part of its id."""
        return episode_params(source)

    def extract(self, source: Source, local: Local) -> list[Anchor]:
        """The anchors by kind and time; raises `UnreadableSource` when the episode cannot be read."""
        episode = read_source(source, local)
        facts = [*_say_success(episode)]
        if episode.state is None:
            log.warning("the episode has no measured state: no motion")
        else:
            facts += _measure(episode.times, episode.state)
        return [self._anchor(source, episode, *fact) for fact in facts]

    def _anchor(
        self,
        source: Source,
        episode: Episode,
        kind: str,
        value: Value,
        words: str,
        frames: tuple[int, int],
        basis: Basis,
    ) -> Anchor:
        start_s, end_s = find_span(source, episode.times, *frames)
        when: dict[str, Any] = {"start_s": start_s, "end_s": end_s} if episode.timed else {}
        text = (
            words
            if basis == "recorded"
            else f"{say_when(source, episode, *frames)} {words} (measured state)."
        )
        return make_anchor(source, self, kind, value, text, frames=frames, basis=basis, **when)


def _say_success(episode: Episode) -> Iterator[Fact]:
    if episode.success is not None:
        words = "succeeded" if episode.success else "failed"
        text = f"The demonstration's log states that the task {words}."
        yield "success", SuccessValue(success=episode.success), text, (0, len(episode.times)), "recorded"


def _measure(times: Series, state: Channels) -> Iterator[Fact]:
    what, body = choose_body(state.names)
    hand = choose_hand(state.names)
    places = state.values[:, body]
    stops = find_stops(times, places) if body else []
    openings = measure_openings(state)
    movements = [find_openings(times, opening) for opening in openings]
    for opening, moved in zip(openings, movements, strict=True):
        yield from _say_holds(state, hand, opening, moved)
    if hand:
        yield from _say_primitives(times, state, hand, stops)
    if not stops:
        log.warning("the %s never moves by its measured state: no pauses, no place for a stall", what)
        return
    for item in find_minima(times, places):
        words = f"the {what} is slowest between two movements"
        value = VelocityMinimumValue(frame=item.at, share=item.share)
        yield "velocity_minimum", value, words, (item.at, item.at + 1), "measured"
    parts = (places, state.values[:, choose_rest(state.names)])
    for first, last in find_idle(times, parts, [item for moved in movements for item in moved]):
        words = "nothing of the robot moves"
        yield "idle", IdleValue(frames=last - first), words, (first, last), "measured"
    stalls, reasons = find_stalls(times, places)
    for stall in stalls:
        words = f"the {what} moves right before and right after frame {stall.freeze}"
        place = StallCandidateValue.model_validate(vars(stall))
        yield "stall_candidate", place, words, (stall.observation[0], stall.future[1]), "measured"
    if reasons:
        log.warning("no place for a stall: %s", "; ".join(reasons))


def _say_holds(state: Channels, hand: Hand | None, opening: Series, moved: list[Stretch]) -> Iterator[Fact]:
    places = state.values[:, list(hand.place)] if hand else None
    objects = {name: state.values[:, list(axes)] for name, axes in choose_objects(state.names).items()}
    for hold in find_holds(opening, moved, places, objects):
        value = HoldValue(
            opening=hold.opening, floor=hold.floor, evidence=hold.evidence, object=hold.object,
            carried=hold.carried, released=hold.released,
        )  # fmt: skip
        words = "the gripper is closed on something"
        if hold.object is not None:
            words += f" that moves with it (the log's “{hold.object}”)"
        yield "hold", value, words, (hold.first, hold.last), "measured"


def _say_primitives(times: Series, state: Channels, hand: Hand, stops: list[Stretch]) -> Iterator[Fact]:
    turning = state.values[:, list(hand.turning)] if hand.turning else None
    for item in find_primitives(times, state.values[:, list(hand.place)], turning, stops):
        axis = hand.names["xyz".index(item.direction[1])] if item.direction[0] in "+-" else None
        value = PrimitiveValue.model_validate(
            {"direction": item.direction, "axis": axis, "amount": item.amount}
        )
        yield "primitive", value, _say_primitive(item, axis), (item.first, item.last), "measured"


def _say_primitive(item: Primitive, axis: str | None) -> str:
    if item.direction == "stop":
        return "the end effector stands still"
    if item.direction == "rotation":
        return "the end effector turns in place"
    sense = "grows" if item.direction[0] == "+" else "falls"
    return f"the end effector moves along {item.direction} of its log's axes ({axis} {sense})"
