"""What each action of a session does to the screen: the pictures before and after it, compared."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dataclaw_assets.anchor_values import ActionValue, LogClockValue, ScreenStateChangeValue
from dataclaw_assets.factual_anchors.extractors.actions import Actions
from dataclaw_assets.factual_anchors.extractors.contract import Box, WholeFrameView, make_anchor
from dataclaw_assets.factual_anchors.extractors.gui_sessions import has_times, holds_session, session_params
from dataclaw_assets.factual_anchors.extractors.log_check import LogCheck
from dataclaw_assets.factual_anchors.measures.screen_states import (
    Difference,
    Picture,
    compare,
    find_look_size,
    is_flat,
    may_differ,
)
from dataclaw_assets.records import Anchor, Json, Source

log = logging.getLogger(__name__)

LEAD_S = 0.15
"""Look this long before an action starts: effects show at the press, and log clocks are a little off."""

REST_BEFORE_S = 0.25
"""How long the screen must have rested before an action. A control may light up under the pointer just
before."""

REST_S = 0.7
"""How long it must have rested before the next one: a control that lights up on the pointer's way there, half
a second before the press, is none of this action's doing."""

LEAST_REST_S = 0.3
"""With less time than this between two actions nothing is said of the first."""

MOST_S = 5.0
"""What comes later after an action is not laid to it."""

WAIT_S = 1.0
"""Sooner than this after an action, that nothing has changed is not said."""

STEP_S = 0.5
"""Pictures on the way are this far apart: what opens and closes again is a change, too."""

LARGE = 0.1
WHOLE = 0.6
"""Shares of the screen from which a change is large, or one of the whole screen. Seen: what is typed and
short menus change up to 0.05, long lists, scrolling and pages on white 0.12 to 0.49, dialogs that darken all
else 0.78 to 1."""

MOST_ACTIONS = 500
"""Of a longer session the first are looked at, each 4 to 15 pictures of 5 ms and what decoding them costs."""


@dataclass(frozen=True)
class Plan:
    """The times at which the screen is looked at for one action, in source time: `before` it and `after` it
    (each rising, the last one compared), and `between`."""

    action: Anchor
    end_s: float
    before: tuple[float, ...]
    between: tuple[float, ...]
    after: tuple[float, ...]


class ScreenStates:
    """Makes `screen_state_change`, measured, of sessions with a moving picture and a clock.

    It corroborates no action. That the screen changes after a click shows that something happened then, not
    that it was this click on what the log names; a confirmed action may be quoted, label and all.
    """

    name = "screen_states"
    version = "1"
    needs: tuple[str, ...] = (Actions.name, LogCheck.name)

    def applies(self, source: Source) -> bool:
        """To sessions whose log has times and whose screen is seen in a stream."""
        seen = source.stream is not None and bool(source.width and source.height)
        return seen and holds_session(source) and has_times(source)

    def params(self, source: Source) -> Json:
        """What the session is read from, and the versions of what places its actions."""
        return {
            "session": session_params(source),
            Actions.name: Actions.version,
            LogCheck.name: LogCheck.version,
        }

    def look(self, source: Source, found: Sequence[Anchor]) -> ScreenStatesLooker:
        """A looker for the pictures around the actions; for none where a recording's log has no clear
        clock."""
        return ScreenStatesLooker(self, source, found)


class ScreenStatesLooker:
    """Keeps the pictures of one action at a time, a dozen of 3 MB at most, and compares them."""

    def __init__(self, extractor: ScreenStates, source: Source, found: Sequence[Anchor]) -> None:
        self.extractor = extractor
        self.source = source
        self.anchors: list[Anchor] = []
        self.plans = plan_looks(source, found)
        self.seen: dict[float, tuple[float, Picture]] = {}
        self.times: Sequence[float] = sorted(
            {time_s for plan in self.plans for time_s in (*plan.before, *plan.between, *plan.after)}
        )

    def see(self, time_s: float, view: WholeFrameView) -> None:
        """Keep a picture; say what an action changed once its last one is there."""
        last = next(reversed(self.seen.values()), None)
        if last is not None and last[0] == view.time_s:
            picture = last[1]
        else:
            picture = view.picture(*find_look_size(self.source.width or 1, self.source.height or 1))
        self.seen[time_s] = view.time_s, picture
        while self.plans and self.plans[0].after[-1] <= time_s:
            plan = self.plans.pop(0)
            anchor = self._judge(plan)
            if anchor is not None:
                self.anchors.append(anchor)
        first_s = self.plans[0].before[0] if self.plans else np.inf
        self.seen = {at_s: kept for at_s, kept in self.seen.items() if at_s >= first_s}

    def finish(self) -> list[Anchor]:
        """One anchor for each action of which something can be said, in their order."""
        return self.anchors

    def _judge(self, plan: Plan) -> Anchor | None:
        before, between, after = (
            [self.seen[time_s][1] for time_s in times] for times in (plan.before, plan.between, plan.after)
        )
        if is_flat(before[-1]) or is_flat(after[-1]):
            return None
        found = compare(before, after, self._find_near(plan.action, before[-1].shape))
        if found is None:
            return None
        if found.box is None:
            shown_s = self.seen[plan.after[-1]][0]
            soon = plan.after[-1] - plan.end_s < WAIT_S
            # a picture from before the action that is still shown is no evidence of what the screen did
            if soon or shown_s <= plan.end_s or any(may_differ(before[-1], picture) for picture in between):
                return None
        return self._anchor(plan, found, before[-1].shape)

    def _anchor(self, plan: Plan, found: Difference, shape: tuple[int, ...]) -> Anchor:
        assert isinstance(plan.action.value, ActionValue)
        before_s, after_s = plan.before[-1], plan.after[-1]
        region = self._place(found.box, shape)
        value = ScreenStateChangeValue(
            index=plan.action.value.index,
            kind=_name_kind(found),
            share=found.share,
            smaller=found.smaller,
            before_s=before_s,
            after_s=after_s,
        )
        if region is None:
            said = "nothing larger than a mouse pointer changes on the screen"
        else:
            box = ", ".join(f"{side:.0f}" for side in region)
            said = f"{_say_share(found.share)} of the screen changes, within the box ({box})"
            said += ", places no larger than a mouse pointer left out" if found.smaller else ""
        return make_anchor(
            self.source, self.extractor, "screen_state_change", value,
            f"By {after_s:.2f} s, after {_say_action(plan.action.value)}, {said}.",
            start_s=before_s, end_s=after_s, region=region,
        )  # fmt: skip

    def _find_near(self, action: Anchor, shape: tuple[int, ...]) -> Box | None:
        """Where a small change counts: the target or the point of the action, in pixels of the picture. None
        in a recording, in which the pointer itself lies there."""
        assert isinstance(action.value, ActionValue)
        if self.source.stream is None or not self.source.stream.assembled:
            return None
        box = action.region
        if box is None and action.value.x is not None and action.value.y is not None:
            box = action.value.x - 1, action.value.y - 1, action.value.x + 1, action.value.y + 1
        if box is None:
            return None
        across = shape[1] / (self.source.width or shape[1])
        down = shape[0] / (self.source.height or shape[0])
        return box[0] * across, box[1] * down, box[2] * across, box[3] * down

    def _place(self, box: tuple[int, int, int, int] | None, shape: tuple[int, ...]) -> Box | None:
        if box is None:
            return None
        across = (self.source.width or shape[1]) / shape[1]
        down = (self.source.height or shape[0]) / shape[0]
        return box[0] * across, box[1] * down, box[2] * across, box[3] * down


def plan_looks(source: Source, found: Sequence[Anchor]) -> list[Plan]:
    """When to look, for each action that leaves the time to see what it does, in their order."""
    offset_s = _find_offset(source, found)
    if source.stream is None or offset_s is None:
        return []
    duration_s = source.stream.duration_s
    actions = [
        (anchor.start_s + offset_s, anchor.end_s + offset_s, anchor)
        for anchor in found
        if isinstance(anchor.value, ActionValue) and anchor.start_s is not None and anchor.end_s is not None
        if anchor.value.action != "wait"
    ]
    actions.sort(key=lambda item: item[:2])
    if len(actions) > MOST_ACTIONS:
        log.warning("what %d action(s) change was not looked at: too many", len(actions) - MOST_ACTIONS)
    starts = [*(start_s for start_s, _, _ in actions[1:]), duration_s + LEAD_S]
    plans = []
    for (start_s, end_s, anchor), next_s in zip(actions[:MOST_ACTIONS], starts, strict=False):
        before_s = start_s - LEAD_S
        after_s = min(next_s - LEAD_S, end_s + MOST_S, duration_s)
        rest_s = min(REST_S, after_s - end_s)
        if before_s < REST_BEFORE_S or rest_s < LEAST_REST_S:
            continue
        ways = range(1, int((after_s - end_s) / STEP_S) + 1)
        plans.append(
            Plan(
                action=anchor,
                end_s=end_s,
                before=(before_s - REST_BEFORE_S, before_s),
                between=tuple(end_s + STEP_S * way for way in ways),
                after=(after_s - rest_s, after_s - rest_s / 2, after_s),
            )
        )
    return plans


def _find_offset(source: Source, found: Sequence[Anchor]) -> float | None:
    """Seconds to add to the log's times; None where they cannot be placed on the recording."""
    clock = next((anchor.value for anchor in found if isinstance(anchor.value, LogClockValue)), None)
    if clock is not None:
        return clock.offset_s if clock.clear else None
    return None if LogCheck().applies(source) else 0.0


def _name_kind(found: Difference) -> Literal["none", "local", "large", "whole"]:
    if found.box is None:
        return "none"
    return "whole" if found.share >= WHOLE else "large" if found.share >= LARGE else "local"


def _say_share(share: float) -> str:
    return f"{share:.0%}".replace("%", " %") if share >= 0.01 else "less than 1 %"


def _say_action(value: ActionValue) -> str:
    """Number and kind alone: what it was done on is the log's claim, and this anchor is measured."""
    return f"action {value.index} of the log ({value.action.replace('_', ' ')})"
