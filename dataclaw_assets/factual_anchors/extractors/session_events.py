"""What a GUI session's actions add up to: pages, typed texts, screens, phases, repeats and their order."""

from __future__ import annotations

import bisect
from collections.abc import Callable
from pathlib import Path

from dataclaw_assets.anchor_values import (
    EventStructureValue,
    InstructionValue,
    PageChangeValue,
    RepeatedOperationValue,
    ScreenChangeValue,
    SessionPhaseValue,
    TypedTextValue,
    Value,
)
from dataclaw_assets.factual_anchors.extractors.contract import make_anchor
from dataclaw_assets.factual_anchors.extractors.gui_sessions import (
    end_of,
    has_times,
    holds_session,
    read_session_of,
    session_params,
)
from dataclaw_assets.factual_anchors.extractors.session_wording import (
    count_times,
    quote,
    say_action,
    say_page,
    say_role,
    say_target,
)
from dataclaw_assets.factual_anchors.measures.session_structure import (
    MAX_PERIOD,
    PAUSE_S,
    Phase,
    Repeat,
    find_changes,
    find_phases,
    find_repeats,
    judge_events,
)
from dataclaw_assets.raw_sources.formats.gui.redaction import REDACTED
from dataclaw_assets.raw_sources.formats.gui.session import Action, Session
from dataclaw_assets.records import Anchor, Json, Source

MAX_LISTED = 5
"""How many names a sentence lists; the anchor's value holds all."""


class SessionEvents:
    """`page_change`, `typed_text`, `screen_change`, `session_phase`, `repeated_operation`,
    `event_structure` and `instruction` anchors of a session of any format. All `recorded`: rules over the
    log's own claims.

    In a log without times they have no interval; their values name actions by `index`.
    """

    name = "session_events"
    version = "1"

    def applies(self, source: Source) -> bool:
        """Whether the source is a session whose log can be read."""
        return holds_session(source)

    def params(self, source: Source) -> Json:
        """What the session is read from, and the rules' own numbers."""
        return {**session_params(source), "rules": [PAUSE_S, MAX_PERIOD]}

    def extract(self, source: Source, local: Callable[[str], Path]) -> list[Anchor]:
        """The anchors kind by kind, each in time order; raises what `read_session_of` raises."""
        return self.tell(source, read_session_of(source, local))

    def tell(self, source: Source, session: Session) -> list[Anchor]:
        """The anchors of a session that lies on the source's clock and in its pixels."""
        teller = _Teller(self, source, session)
        return [
            *teller.tell_task(),
            *teller.tell_pages(),
            *teller.tell_typing(),
            *teller.tell_screens(),
            *teller.tell_phases(),
            *teller.tell_repeats(),
            *teller.tell_structure(),
        ]


class _Teller:
    """Makes the anchors of one session."""

    def __init__(self, extractor: SessionEvents, source: Source, session: Session) -> None:
        self._extractor = extractor
        self._source = source
        self._session = session
        self._actions = session.actions
        self._timed = has_times(source)
        self._end_s = end_of(source, session)

    def tell_task(self) -> list[Anchor]:
        task = self._session.task
        if not task:
            return []
        said = f"The session's log states the task {quote(task)}"
        return [self._anchor("instruction", InstructionValue(text=task), f"{said}.", 0.0, self._end_s)]

    def tell_pages(self) -> list[Anchor]:
        return [
            self._anchor(
                "page_change",
                PageChangeValue(before=item.before, after=item.after, last=item.last, first=item.first),
                f"{self._between(item.last, item.first)} the log's page goes from {say_page(item.before)} to "
                f"{say_page(item.after)}; the user had just {say_action(self._actions[item.first - 1])}.",
                self._actions[item.last].start_s,
                self._actions[item.first].start_s,
            )
            for item in find_changes(self._actions)
        ]

    def tell_typing(self) -> list[Anchor]:
        anchors = []
        for index, action in enumerate(self._actions):
            if action.verb != "type" or action.value is None:
                continue
            target = action.target
            value = TypedTextValue(
                index=index,
                text=action.value,
                target=target.name if target else None,
                role=target.role if target else None,
                page=action.page,
            )
            what = "a secret" if action.value == REDACTED else f"the text {quote(action.value)}"
            into = say_target(target)
            said = f"{what} was typed" + (f" into {into}" if into else "")
            text = f"{self._during(action.start_s, action.end_s)} the log says {said}."
            anchors.append(self._anchor("typed_text", value, text, action.start_s, action.end_s))
        return anchors

    def tell_screens(self) -> list[Anchor]:
        screens, times = self._session.screens, [screen.time_s for screen in self._session.screens]
        anchors = []
        for index, action in enumerate(self._actions):
            at = bisect.bisect_right(times, action.start_s) - 1
            last = index + 1 == len(self._actions)
            until_s = self._end_s if last else self._actions[index + 1].start_s
            to = bisect.bisect_right(times, until_s) - 1
            if at < 0 or to == at or screens[at].name == screens[to].name:
                continue
            before, after = screens[at], screens[to]
            value = ScreenChangeValue(
                index=index,
                before=before.name,
                after=after.name,
                before_s=before.time_s if self._timed else None,
                after_s=after.time_s if self._timed else None,
            )
            names = (quote(before.name), quote(after.name))
            if self._timed:
                names = (f"a screen of {before.time_s:.2f} s", f"another of {after.time_s:.2f} s")
            text = (
                f"The log holds {names[0]}, before the user {say_action(action)}, and {names[1]}, "
                f"{'at the end' if last else 'before the next action'}."
            )
            anchors.append(self._anchor("screen_change", value, text, before.time_s, after.time_s))
        return anchors

    def tell_phases(self) -> list[Anchor]:
        phases = find_phases(self._actions, self._timed)
        anchors = []
        for index, phase in enumerate(phases):
            start_s = self._actions[phase.first].start_s if index else 0.0
            last = index + 1 == len(phases)
            end_s = self._end_s if last else self._actions[phases[index + 1].first].start_s
            value = SessionPhaseValue(
                index=index,
                of=len(phases),
                first=phase.first,
                last=phase.last,
                begins_with=phase.begins_with,
                page=phase.page,
                pause_s=phase.pause_s if self._timed and index else None,
            )
            until_s = end_s if self._timed else self._actions[phase.last].start_s
            text = f"{self._during(start_s, until_s)} the log shows {_say_phase(phase, index, len(phases))}."
            anchors.append(self._anchor("session_phase", value, text, start_s, end_s))
        return anchors

    def tell_repeats(self) -> list[Anchor]:
        anchors = []
        for item in find_repeats(self._actions):
            turn = self._actions[item.first : item.first + item.period]
            rounds = self._actions[item.first : item.last + 1]
            value = RepeatedOperationValue(
                verbs=tuple(action.verb for action in turn),
                roles=tuple(action.target.role if action.target else None for action in turn),
                times=item.times,
                first=item.first,
                last=item.last,
                targets=item.targets,
            )
            start_s, end_s = rounds[0].start_s, max(action.end_s for action in rounds)
            text = f"{self._during(start_s, end_s)} the log says the user {_say_repeat(item, turn)}."
            anchors.append(self._anchor("repeated_operation", value, text, start_s, end_s))
        return anchors

    def tell_structure(self) -> list[Anchor]:
        if not self._actions:
            return []
        events = judge_events(self._actions, self._session.task, self._timed)
        value = EventStructureValue(
            structure=events.structure,
            page_changes=events.page_changes,
            pauses=events.pauses,
            repeated_operations=events.repeats,
            wording=events.wording,
        )
        signs = [
            f"the page or app changes {count_times(events.page_changes)}" if events.page_changes else None,
            f"the user pauses {count_times(events.pauses)} for {PAUSE_S:.0f} s or more"
            if events.pauses
            else None,
            f"an operation is repeated over several objects {count_times(events.repeats)}"
            if events.repeats
            else None,
            f"the task says {quote(events.wording)}" if events.wording else None,
        ]
        why = "; ".join(sign for sign in signs if sign) or "one page, no long pause, nothing repeated"
        name = "one event" if events.structure == "none" else f"{events.structure} events"
        text = f"By its log the session is of {name}: {why}."
        return [self._anchor("event_structure", value, text, 0.0, self._end_s)]

    def _anchor(self, kind: str, value: Value, text: str, start_s: float, end_s: float) -> Anchor:
        return make_anchor(
            self._source,
            self._extractor,
            kind,
            value,
            text,
            start_s=start_s if self._timed else None,
            end_s=max(start_s, end_s) if self._timed else None,
            basis="recorded",
        )

    def _during(self, start_s: float, end_s: float) -> str:
        start, end = self._name_time(start_s), self._name_time(end_s)
        return f"At {start}" if start == end else f"From {start} to {end}"

    def _between(self, last: int, first: int) -> str:
        start, end = (self._name_time(self._actions[index].start_s) for index in (last, first))
        return f"Between {start} and {end}"

    def _name_time(self, time_s: float) -> str:
        return f"{time_s:.2f} s" if self._timed else f"step {time_s:.0f}"


def _say_phase(phase: Phase, index: int, count: int) -> str:
    done = phase.last - phase.first + 1
    said = f"phase {index + 1} of {count}: {done} action{'s' if done > 1 else ''}"
    if phase.page:
        said += f" on {say_page(phase.page)}"
    if phase.begins_with == "page_change":
        return f"{said}, after a change of page or app"
    return f"{said}, after a pause of {phase.pause_s:.1f} s" if phase.begins_with == "pause" else said


def _say_repeat(item: Repeat, turn: tuple[Action, ...]) -> str:
    names = ", ".join(quote(name) for name in item.targets[:MAX_LISTED])
    if len(item.targets) > MAX_LISTED:
        names += f" and {len(item.targets) - MAX_LISTED} more"
    if item.period == 1:
        role = say_role(turn[0].target.role) if turn[0].target else ""
        return (
            f"did the same ({turn[0].verb.replace('_', ' ')}) on {item.times} targets of role {role}: {names}"
        )
    steps = ", ".join(_say_step(action) for action in turn)
    return f"went {count_times(item.times)} through the same {item.period} actions ({steps}) on {names}"


def _say_step(action: Action) -> str:
    role = say_role(action.target.role) if action.target else ""
    return f"{action.verb.replace('_', ' ')} {role}".strip()
