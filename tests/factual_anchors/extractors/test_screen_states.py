"""What an action does to the screen is said where both pictures are at rest, and only then."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from dataclaw_assets.anchor_values import LogClockValue, ScreenStateChangeValue
from dataclaw_assets.factual_anchors.corroboration import corroborate
from dataclaw_assets.factual_anchors.extractors.actions import Actions
from dataclaw_assets.factual_anchors.extractors.contract import make_anchor
from dataclaw_assets.factual_anchors.extractors.log_check import LogCheck
from dataclaw_assets.factual_anchors.extractors.screen_states import ScreenStates, plan_looks
from dataclaw_assets.factual_anchors.scan import look_again
from dataclaw_assets.raw_sources.formats.gui.session import Action
from dataclaw_assets.raw_sources.register import read_path
from dataclaw_assets.records import Anchor, Source
from resources.landing import local_path
from resources.media import Picture
from resources.settings import Settings
from tests.factual_anchors.made_sessions import act, make_session, make_source
from tests.factual_anchors.made_videos import make_video

FPS = 10.0
MENU = (200, 100, 360, 220)
TICK = (100, 60, 108, 68)
CLICK = (104.0, 64.0)


def paint(*boxes: tuple[int, int, int, int], level: int = 30) -> Picture:
    """A white screen with lines like text and a bar, and dark boxes (left, top, right, bottom)."""
    picture = np.full((360, 640, 3), 250, np.uint8)
    picture[:24] = (40, 60, 110)
    picture[260:264, 40:300:2] = picture[300:304, 40:240:2] = 20
    for left, top, right, bottom in boxes:
        picture[top:bottom, left:right] = level
    return picture


def film(path: Path, *states: tuple[Picture, float], fps: float = FPS, **more: object) -> Source:
    """A session's source whose recording shows each picture for so many seconds."""
    frames = [picture for picture, seconds in states for _ in range(round(seconds * fps))]
    stream = make_video(path, frames, fps).stream
    assert stream is not None
    return make_source(width=640, height=360, stream=stream.model_copy(update=more))


def tell(source: Source, *actions: Action) -> list[Anchor]:
    return Actions().tell(source, make_session(*actions, width=640, height=360))


def look(source: Source, found: Sequence[Anchor]) -> list[Anchor]:
    assert source.stream is not None
    looker = ScreenStates().look(source, found)
    look_again(source, local_path(source.stream.uri, Path()), looker)
    return looker.finish()


def value_of(anchor: Anchor) -> ScreenStateChangeValue:
    assert isinstance(anchor.value, ScreenStateChangeValue)
    return anchor.value


def test_menu_that_opens_is_a_local_change_within_its_box(tmp_path: Path) -> None:
    source = film(tmp_path / "v.mp4", (paint(), 2.0), (paint(MENU), 2.0))
    (anchor,) = look(source, tell(source, act("click", 1.9, "File", "button", point=CLICK)))
    assert anchor.region == pytest.approx(MENU, abs=2)
    value = value_of(anchor)
    assert (value.index, value.kind) == (0, "local")
    assert value.share == pytest.approx(160 * 120 / (640 * 360), abs=0.02)
    assert (anchor.basis, anchor.start_s, anchor.end_s) == ("measured", 1.75, 4.0)
    assert anchor.text == (
        f"By 4.00 s, after action 0 of the log (click), {value.share:.0%}".replace("%", " %")
        + " of the screen changes, within the box ({:.0f}, {:.0f}, {:.0f}, {:.0f}).".format(
            *anchor.region or ()
        )
    )


@pytest.mark.parametrize(
    ("box", "kind"), [((0, 24, 640, 100), "large"), ((0, 24, 640, 360), "whole")], ids=["banner", "page"]
)
def test_larger_changes_are_large_or_of_the_whole_screen(
    tmp_path: Path, box: tuple[int, int, int, int], kind: str
) -> None:
    source = film(tmp_path / "v.mp4", (paint(), 2.0), (paint(box), 2.0))
    (anchor,) = look(source, tell(source, act("click", 1.9)))
    assert value_of(anchor).kind == kind


def test_pointer_that_moves_over_a_still_screen_is_no_change(tmp_path: Path) -> None:
    source = film(tmp_path / "v.mp4", (paint(TICK), 2.0), (paint((400, 200, 408, 208)), 2.0))
    (anchor,) = look(source, tell(source, act("click", 1.5, point=CLICK)))
    value = value_of(anchor)
    assert (value.kind, value.share, value.smaller, anchor.region) == ("none", 0.0, 2, None)
    assert anchor.text.endswith("nothing larger than a mouse pointer changes on the screen.")


def test_picture_held_since_before_the_action_is_no_evidence_of_nothing(tmp_path: Path) -> None:
    source = film(tmp_path / "v.mp4", (paint(), 15.0), fps=0.2)
    found = look(source, tell(source, act("click", 6.0), act("click", 9.0)))
    assert [value_of(anchor).index for anchor in found] == [1]


def test_menu_that_opens_and_closes_again_is_not_nothing(tmp_path: Path) -> None:
    source = film(tmp_path / "v.mp4", (paint(), 2.0), (paint(MENU), 1.0), (paint(), 1.5))
    assert look(source, tell(source, act("click", 1.9))) == []


def test_faint_change_is_neither_a_change_nor_nothing(tmp_path: Path) -> None:
    source = film(tmp_path / "v.mp4", (paint(), 2.0), (paint(MENU, level=210), 2.0))
    assert look(source, tell(source, act("click", 1.9))) == []


def test_nothing_is_said_too_soon_to_have_stayed_the_same(tmp_path: Path) -> None:
    source = film(tmp_path / "v.mp4", (paint(), 4.0))
    found = look(source, tell(source, act("click", 1.0), act("click", 1.8)))
    assert [value_of(anchor).index for anchor in found] == [1]


def test_screen_that_moves_is_not_judged(tmp_path: Path) -> None:
    moving = [(paint((20 * step, 40, 20 * step + 240, 240)), 0.1) for step in range(20)]
    source = film(tmp_path / "v.mp4", (paint(), 2.0), *moving)
    assert look(source, tell(source, act("click", 1.9))) == []


def test_what_lights_up_under_the_pointer_before_the_next_action_is_left_out(tmp_path: Path) -> None:
    row = (420, 280, 560, 300)
    source = film(tmp_path / "v.mp4", (paint(), 2.0), (paint(MENU), 2.0), (paint(MENU, row), 1.0))
    (first,) = look(source, tell(source, act("click", 1.9), act("click", 4.5)))
    assert first.region == pytest.approx(MENU, abs=2)


@pytest.mark.parametrize("blank", [255, 128], ids=["a page not there yet", "a picture withheld"])
def test_picture_of_one_colour_is_not_compared(tmp_path: Path, blank: int) -> None:
    flat = np.full((360, 640, 3), blank, np.uint8)
    source = film(tmp_path / "v.mp4", (flat, 2.0), (paint(), 2.0))
    assert look(source, tell(source, act("click", 1.9))) == []


def test_ticked_box_counts_only_where_no_pointer_can_lie_on_it(tmp_path: Path) -> None:
    source = film(tmp_path / "v.mp4", (paint(), 2.0), (paint(TICK), 2.0))
    recorded = look(source, tell(source, act("click", 1.9, point=CLICK)))
    assert [value_of(anchor).kind for anchor in recorded] == ["none"]
    source = film(tmp_path / "w.mp4", (paint(), 2.0), (paint(TICK), 2.0), assembled=True)
    (anchor,) = look(source, tell(source, act("click", 1.9, point=CLICK)))
    assert anchor.region == pytest.approx(TICK, abs=2)


@pytest.mark.parametrize(("clear", "said"), [(True, ["local"]), (False, [])])
def test_log_of_a_recording_is_moved_to_its_clock(tmp_path: Path, clear: bool, said: list[str]) -> None:
    source = film(tmp_path / "v.mp4", (paint(), 2.0), (paint(MENU), 2.0))
    source = source.model_copy(update={"format": "agentnet"})
    value = LogClockValue(offset_s=-0.3, fit=1.0, clear=clear, alternatives=())
    clock = make_anchor(source, LogCheck(), "log_clock", value, "The clocks differ.")
    found = look(source, [*tell(source, act("click", 2.3)), clock])
    assert [value_of(anchor).kind for anchor in found] == said
    assert all(anchor.start_s == pytest.approx(1.85) for anchor in found)


def test_recording_without_a_found_clock_is_not_looked_at(tmp_path: Path) -> None:
    source = film(tmp_path / "v.mp4", (paint(), 2.0)).model_copy(update={"format": "agentnet"})
    assert plan_looks(source, tell(source, act("click", 1.0))) == []


def test_change_of_the_screen_confirms_no_label(tmp_path: Path) -> None:
    source = film(tmp_path / "v.mp4", (paint(), 2.0), (paint(MENU), 2.0))
    found = tell(source, act("click", 1.9, "File"))
    assert corroborate([*found, *look(source, found)])[0].corroborated_by == ()


@pytest.mark.parametrize(
    "more", [{"stream": None}, {"tags": ("times:steps",)}, {"width": None}, {"format": "unknown"}]
)
def test_only_sessions_with_a_clock_and_a_stream_are_looked_at(
    tmp_path: Path, more: dict[str, object]
) -> None:
    source = film(tmp_path / "v.mp4", (paint(), 0.5))
    assert ScreenStates().applies(source)
    assert not ScreenStates().applies(source.model_copy(update=more))


@pytest.mark.timeout(120)
def test_actions_of_a_real_session_change_what_they_change(shared_footage: Path, tmp_path: Path) -> None:
    session = shared_footage / "gui/agentnet_display_settings"
    (source,) = read_path(session, tmp_path, Settings(workers=1))
    scroll, *opened = Actions().extract(source, lambda uri: local_path(uri, tmp_path))[5:8]
    value = LogClockValue(offset_s=-0.3, fit=1.0, clear=True, alternatives=())
    clock = make_anchor(source, LogCheck(), "log_clock", value, "The log is 0.3 s late.")
    scrolled, listed = look(source, [scroll, *opened, clock])[:2]
    assert (value_of(scrolled).kind, value_of(listed).kind) == ("large", "local")
    assert listed.region == pytest.approx((321, 240, 583, 315), abs=4)
