"""Sessions and their sources written by hand, for tests of what is said of them."""

from __future__ import annotations

from typing import Any

from dataclaw_assets.raw_sources.formats.gui.session import Action, Session, Target
from dataclaw_assets.records import Source


def make_source(**more: Any) -> Source:
    """A Playwright trace of a screen of 1000 × 500, without a recording."""
    return Source.model_validate(
        {
            "source_id": "s",
            "kind": "gui_trace",
            "format": "playwright",
            "uri": "file:///trace.zip",
            "name": "trace.zip",
            "batch": "b",
            "bytes": 1,
            "mtime_ns": 1,
            "width": 1000,
            "height": 500,
            "status": "registered",
            **more,
        }
    )


def act(
    verb: str,
    start_s: float = 0.0,
    name: str | None = None,
    role: str | None = None,
    end_s: float | None = None,
    box: tuple[float, float, float, float] | None = None,
    **more: Any,
) -> Action:
    """One action, done in a moment unless told otherwise."""
    target = Target(role=role, name=name, box=box) if name or role or box else None
    fields = {
        "verb": verb,
        "start_s": start_s,
        "end_s": start_s if end_s is None else end_s,
        "target": target,
    }
    return Action.model_validate({**fields, **more})


def make_session(*actions: Action, **more: Any) -> Session:
    """A session of these actions on a screen of 1000 × 500."""
    return Session.model_validate(
        {"width": 1000, "height": 500, "duration_s": 60.0, "actions": actions, **more}
    )
