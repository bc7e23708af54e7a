"""A session on its source's clock and in its pixels; what lies outside is left out and counted."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.extractors.gui_sessions import (
    drop_suspects,
    end_of,
    holds_session,
    place_session,
    read_session_of,
)
from dataclaw_assets.raw_sources.formats.gui.session import Screen
from dataclaw_assets.records import Stream
from tests.factual_anchors.made_sessions import act, make_session, make_source

RECORDING = Stream(uri="file:///v.mp4", origin_s=1.0, duration_s=10.0, fps=10.0, frames=100, codec="h264")


def test_points_and_boxes_are_scaled_to_the_source() -> None:
    session = make_session(act("click", point=(100.0, 50.0), name="x", box=(90.0, 40.0, 110.0, 60.0)))
    (action,) = place_session(make_source(width=2000, height=1000), session).actions
    assert action.point == (200.0, 100.0)
    assert action.target
    assert action.target.box == (180.0, 80.0, 220.0, 120.0)


def test_box_is_cut_off_at_the_edge_of_the_screen() -> None:
    session = make_session(act("click", name="x", box=(-50.0, 400.0, 100.0, 900.0)))
    target = place_session(make_source(), session).actions[0].target
    assert target
    assert target.box == (0.0, 400.0, 100.0, 500.0)


def test_box_off_the_screen_is_none() -> None:
    session = make_session(act("click", name="x", box=(2000.0, 0.0, 2100.0, 10.0)))
    target = place_session(make_source(), session).actions[0].target
    assert target
    assert target.box is None


def test_point_off_the_screen_is_left_out_and_counted_and_its_action_stays() -> None:
    placed = place_session(make_source(), make_session(act("click", point=(1500.0, 5.0)), act("wait")))
    assert [(action.verb, action.point) for action in placed.actions] == [("click", None), ("wait", None)]
    assert placed.notes == ("1 action(s) have a point that is not on the screen: it was left out",)


def test_drag_to_a_place_off_the_screen_has_no_points() -> None:
    session = make_session(act("drag", point=(5.0, 5.0), to=(math.nan, 5.0)))
    (action,) = place_session(make_source(), session).actions
    assert (action.point, action.to) == (None, None)


def test_recordings_origin_is_subtracted_and_its_end_holds() -> None:
    session = make_session(act("click", 0.5), act("type", 3.0, end_s=99.0), act("click", 11.0))
    placed = place_session(make_source(stream=RECORDING), session)
    assert [(action.start_s, action.end_s) for action in placed.actions] == [(2.0, 10.0)]
    assert placed.notes == ("2 action(s) lie outside the recording and were left out",)


@pytest.mark.parametrize("time_s", [math.nan, math.inf, -1.0])
def test_impossible_time_is_left_out(time_s: float) -> None:
    assert place_session(make_source(), make_session(act("click", time_s))).actions == ()


@pytest.mark.parametrize("end_s", [math.nan, math.inf, -5.0])
def test_impossible_end_is_the_start(end_s: float) -> None:
    (action,) = place_session(make_source(), make_session(act("click", 1.0, end_s=end_s))).actions
    assert action.end_s == 1.0


def test_actions_and_screens_are_put_in_order_of_time() -> None:
    screens = tuple(Screen(name=str(at), time_s=float(at), width=1, height=1) for at in (2, 1))
    placed = place_session(make_source(), make_session(act("wait", 3.0), act("click", 1.0), screens=screens))
    assert [action.start_s for action in placed.actions] == [1.0, 3.0]
    assert [screen.name for screen in placed.screens] == ["1", "2"]


def test_session_without_a_recording_ends_with_its_last_action() -> None:
    session = make_session(act("click", 70.0, end_s=71.0), duration_s=math.nan)
    assert end_of(make_source(), session) == 71.0


def test_unknown_format_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="no session is read from selenium"):
        read_session_of(make_source(format="selenium"), lambda _: tmp_path)


@pytest.mark.parametrize("name", ["agentnet", "playwright", "rrweb", "gui-odyssey", "aitz"])
def test_every_format_of_sessions_is_known(name: str) -> None:
    assert holds_session(make_source(format=name))


BUTTON = (90.0, 40.0, 110.0, 60.0)


@pytest.mark.parametrize(
    ("box", "rescales", "believed"),
    [
        (BUTTON, [], True),
        (BUTTON, [5.0], True),
        (BUTTON, [1.0], False),
        ((0.0, 0.0, 900.0, 400.0), [], False),
        ((200.0, 40.0, 220.0, 60.0), [], False),
        ((90.0, 40.0, 2000.0, 60.0), [], False),
    ],
)
def test_target_that_cannot_be_right_is_left_out(
    box: tuple[float, float, float, float], rescales: list[float], believed: bool
) -> None:
    session = make_session(act("click", 2.0, point=(100.0, 50.0), name="x", box=box))
    told = drop_suspects(session, rescales)
    assert (told.actions[0].target is not None) == believed
    assert len(told.notes) == (0 if believed else 1)
