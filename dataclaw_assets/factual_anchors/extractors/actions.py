"""Actions of a GUI session as its log records them, on the source's clock and in its pixels."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from dataclaw_assets.anchor_values import ActionValue
from dataclaw_assets.factual_anchors.extractors.contract import Box, make_anchor
from dataclaw_assets.factual_anchors.extractors.gui_sessions import (
    has_times,
    holds_session,
    read_session_of,
    session_params,
)
from dataclaw_assets.factual_anchors.extractors.session_wording import say_action
from dataclaw_assets.raw_sources.formats.gui.session import Action, Session
from dataclaw_assets.records import Anchor, Json, Source

log = logging.getLogger(__name__)


class Actions:
    """What the log of a session, of any format, claims was done, as `recorded` anchors.

    Times are those of the log on the source's clock, points and boxes in its pixels; the target's role and
    name are the log's claim likewise. In a log of numbered steps without times, the order is the actions'
    `index`.
    """

    name = "actions"
    version = "2"

    def applies(self, source: Source) -> bool:
        """Whether the source is a session whose log can be read."""
        return holds_session(source)

    def params(self, source: Source) -> Json:
        """What the session is read from, and the clock and size that it is placed on."""
        return session_params(source)

    def extract(self, source: Source, local: Callable[[str], Path]) -> list[Anchor]:
        """`action` anchors in time order; what was left out of the log is counted in the log of the run.

        Raises what `read_session_of` raises.
        """
        session = read_session_of(source, local)
        for note in session.notes:
            log.warning("%s", note)
        return self.tell(source, session)

    def tell(self, source: Source, session: Session) -> list[Anchor]:
        """The anchors of a session that lies on the source's clock and in its pixels."""
        return [self._anchor(source, action, index) for index, action in enumerate(session.actions)]

    def _anchor(self, source: Source, action: Action, index: int) -> Anchor:
        target = action.target
        value = ActionValue(
            index=index,
            action=action.verb,
            x=action.point[0] if action.point else None,
            y=action.point[1] if action.point else None,
            to_x=action.to[0] if action.to else None,
            to_y=action.to[1] if action.to else None,
            target=target.name if target else None,
            role=target.role if target else None,
            text=action.value,
            clicks=action.clicks if action.verb == "click" else 1,
            button=action.button,
            page=action.page,
            before=action.before,
            after=action.after,
        )
        timed = has_times(source)
        when = f"At {action.start_s:.2f} s" if timed else f"At step {action.start_s:.0f}"
        return make_anchor(
            source,
            self,
            "action",
            value,
            f"{when} the log says the user {say_action(action)}.",
            start_s=action.start_s if timed else None,
            end_s=action.end_s if timed else None,
            region=_box(action),
            basis="recorded",
        )


def _box(action: Action) -> Box | None:
    """The box that a drag or a swipe spans, else that of the target."""
    if action.point and action.to:
        across, down = sorted((action.point[0], action.to[0])), sorted((action.point[1], action.to[1]))
        return across[0], down[0], across[1], down[1]
    return action.target.box if action.target else None
