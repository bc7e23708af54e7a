"""What is written where the user clicked, in the pictures that a session's log holds."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.extractors.gui_sessions import (
    has_times,
    read_claims_of,
    session_params,
)
from dataclaw_assets.factual_anchors.extractors.log_check import MOST_READ, has_target, tell_target
from dataclaw_assets.factual_anchors.measures.targets import judge_target
from dataclaw_assets.raw_sources.formats.gui.session import Action, Screen
from dataclaw_assets.raw_sources.formats.gui.zip_member import open_archive
from dataclaw_assets.records import Anchor, Json, Source
from resources.landing import display_name
from resources.media import Picture, decode_image, read_image

log = logging.getLogger(__name__)

PICTURE_BYTES = 32 * 1024 * 1024
"""The largest picture of a screen that is read."""

FIELDS = frozenset({"textbox", "searchbox", "combobox", "spinbutton"})
"""Roles whose own words are what was typed: repeated only where the log names them so."""

PicturesOf = Callable[[str], Picture]


class ScreenTargets:
    """Makes `target_read`, measured, of sessions whose log holds pictures of the screen."""

    name = "screen_targets"
    version = "1"

    def applies(self, source: Source) -> bool:
        """To Playwright traces and to episodes with screenshots."""
        return source.format in {"playwright", "gui-odyssey", "aitz"}

    def params(self, source: Source) -> Json:
        """What the session is read from, and the size that it is placed on."""
        return session_params(source)

    def extract(self, source: Source, local: Callable[[str], Path]) -> list[Anchor]:
        """One anchor for each action under whose point something is written, in the picture before it."""
        session = read_claims_of(source, local)
        screens = {screen.name: screen for screen in session.screens}
        shown = [
            (index, action, screens[action.before])
            for index, action in enumerate(session.actions)
            if has_target(action) and action.before in screens
        ]
        if len(shown) > MOST_READ:
            log.warning("the targets of %d action(s) were not read: too many", len(shown) - MOST_READ)
        with ExitStack() as opened:
            picture_of = _open_pictures(source, local, opened)
            found = (
                self._read(source, index, action, screen, picture_of)
                for index, action, screen in shown[:MOST_READ]
            )
            return [anchor for anchor in found if anchor is not None]

    def _read(
        self, source: Source, index: int, action: Action, screen: Screen, picture_of: PicturesOf
    ) -> Anchor | None:
        try:
            picture = picture_of(screen.name)
        except UnreadableSource as reason:
            log.warning("picture %s: %s", screen.name, reason)
            return None
        if action.point is None:
            return None
        size = source.width or screen.width, source.height or screen.height
        scale = picture.shape[1] / size[0], picture.shape[0] / size[1]
        judged = judge_target(action.target, action.point, size, [picture], scale)
        field = action.target is not None and action.target.role in FIELDS
        if field and not judged.agrees:
            return None
        if judged.read is not None:
            left, top, right, bottom = judged.read.box
            box = left / scale[0], top / scale[1], right / scale[0], bottom / scale[1]
            judged = replace(judged, read=replace(judged.read, box=box))
        seen_s = screen.time_s if has_times(source) else action.start_s
        return tell_target(source, self, index, action, judged, action.start_s, seen_s)


def _open_pictures(source: Source, local: Callable[[str], Path], opened: ExitStack) -> PicturesOf:
    """Gives a picture of the session by its name; `UnreadableSource` for one that cannot be read."""
    if source.format == "playwright":
        archive = opened.enter_context(open_archive(local(source.uri)))
        return lambda name: decode_image(archive.read(name, PICTURE_BYTES))
    files = {display_name(item.uri): item.uri for item in source.sidecars if item.role == "screen"}
    return lambda name: read_image(local(files[name]))
