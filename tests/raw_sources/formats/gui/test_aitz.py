"""AITZ episodes: taps and swipes from two points, elements from lists in strings, and hostile ones."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui.aitz import read_session
from dataclaw_assets.raw_sources.formats.gui.redaction import REDACTED
from dataclaw_assets.raw_sources.formats.gui.session import Action, Session, Target
from tests.fuzzing import TIMES

SIZE = (270, 600)
NAMES = [f"GENERAL-7_{index}.png" for index in range(9)]
PICTURES = dict.fromkeys(NAMES, SIZE)
TAP = {"result_touch_yx": "[0.5, 0.6]", "result_lift_yx": "[0.51, 0.6]"}


def step(code: Any, **more: Any) -> dict[str, Any]:
    return {
        "episode_id": "7", "instruction": "Open the clock.",
        "ui_positions": "[[280, 140, 40, 60], [290, 150, 20, 30], [20, 10, 8, 12]]",
        "ui_text": '["", "Clock", "Mail"]', "ui_types": '["ICON_TIME", "TEXT", "TEXT"]',
        "result_action_type": code, "result_action_text": "",
        "result_touch_yx": "[-1.0, -1.0]", "result_lift_yx": "[-1.0, -1.0]", **more,
    }  # fmt: skip


def episode(*steps: Any) -> list[Any]:
    return [
        {"step_id": index, "image_path": f"general/GENERAL-7/{NAMES[index % 9]}", **found}
        if isinstance(found, dict)
        else found
        for index, found in enumerate(steps)
    ]


GOOD = episode(
    step(6),
    step(4, result_touch_yx="[0.54, 0.5]", result_lift_yx="[0.001, 0.57]"),
    step(4, **TAP),
    step(3, result_action_text="alarm", coat_action_desc='input text "alarm"'),
    step(7),
    step(5),
    step(10),
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "GENERAL-7.json"


def read(log: Path, document: Any, pictures: dict[str, tuple[int, int]] = PICTURES) -> Session:
    log.write_text(json.dumps(document))
    return read_session(log, pictures)


def read_one(log: Path, code: Any, **more: Any) -> Action:
    (found,) = read(log, episode(step(code, **more))).actions
    return found


def tap_target(log: Path, **more: Any) -> Target | None:
    return read_one(log, 4, **TAP, **more).target


def test_an_episode_gives_its_actions_in_order(log: Path) -> None:
    session = read(log, GOOD)
    told = [(action.verb, action.start_s, action.value) for action in session.actions]
    assert told == [
        ("key", 0.0, "Home"),
        ("scroll", 1.0, "down"),
        ("click", 2.0, None),
        ("type", 3.0, "alarm"),
        ("key", 4.0, "Enter"),
        ("key", 5.0, "Back"),
    ]
    assert (session.width, session.height, session.duration_s) == (270, 600, 7.0)
    assert session.task == "Open the clock."


def test_points_are_stored_down_first(log: Path) -> None:
    assert read_one(log, 4, **TAP).point == (162.0, 300.0)


@pytest.mark.parametrize(
    ("lift", "verb"), [("[0.539, 0.6]", "click"), ("[0.541, 0.6]", "scroll"), ("[0.53, 0.63]", "scroll")]
)
def test_a_tap_lifts_near_where_it_touched(log: Path, lift: str, verb: str) -> None:
    assert read_one(log, 4, result_touch_yx="[0.5, 0.6]", result_lift_yx=lift).verb == verb


@pytest.mark.parametrize(
    ("touch", "lift", "way"),
    [
        ("[0.8, 0.5]", "[0.2, 0.5]", "down"),
        ("[0.2, 0.5]", "[0.8, 0.5]", "up"),
        ("[0.5, 0.8]", "[0.5, 0.2]", "right"),
        ("[0.5, 0.2]", "[0.5, 0.8]", "left"),
    ],
)
def test_a_scroll_moves_the_view_against_the_finger(log: Path, touch: str, lift: str, way: str) -> None:
    assert read_one(log, 4, result_touch_yx=touch, result_lift_yx=lift).value == way


def test_the_target_is_the_smallest_element_that_holds_the_point(log: Path) -> None:
    assert tap_target(log) == Target(role="text", name="Clock", box=(150.0, 290.0, 180.0, 310.0))


def test_an_element_without_text_has_no_name(log: Path) -> None:
    found = tap_target(
        log, ui_text='["", "", ""]', ui_positions="[[280, 140, 40, 60], [0, 0, 1, 1], [0, 0, 1, 1]]"
    )
    assert found == Target(role="icon time", name=None, box=(140.0, 280.0, 200.0, 320.0))


def test_a_tap_beside_every_element_has_no_target(log: Path) -> None:
    assert tap_target(log, ui_positions="[[0, 0, 9, 9], [0, 0, 9, 9], [0, 0, 9, 9]]") is None


def test_lists_of_different_lengths_give_no_name(log: Path) -> None:
    found = tap_target(log, ui_text='["Clock"]')
    assert found is not None
    assert (found.name, found.role) == (None, "text")


def test_elements_are_cut_off_at_the_edge_of_the_screen(log: Path) -> None:
    found = tap_target(log, ui_positions="[[-50, -50, 5000, 5000]]")
    assert found is not None
    assert found.box == (0.0, 0.0, 270.0, 600.0)


@pytest.mark.parametrize(
    "positions",
    [
        "__import__('os').abort()",
        "[[280, 140, 40, 60]",
        "[" * 100_000,
        "[[NaN, 140, 40, 60]]",
        "[[280, 140, Infinity, 60]]",
        '[["280", 140, 40, 60]]',
        '["[280, 140, 40, 60]"]',
        "[[280, 140, -40, 60]]",
        "[[280, 140, 40]]",
        "[7, null, {}]",
        {"a": 1},
        7,
        None,
    ],
)
def test_positions_that_are_none_give_no_target(log: Path, positions: Any) -> None:
    assert tap_target(log, ui_positions=positions) is None


def test_that_elements_are_detected_is_noted(log: Path) -> None:
    assert "detectors" in read(log, GOOD).notes[0]


def test_the_screen_is_as_large_as_the_first_picture_that_is_here(log: Path) -> None:
    session = read(log, GOOD, {NAMES[2]: (540, 1200), NAMES[3]: (270, 600)})
    assert (session.width, session.height) == (540, 1200)


def test_elements_of_a_smaller_picture_are_in_pixels_of_the_screen(log: Path) -> None:
    session = read(log, GOOD, {NAMES[0]: (540, 1200), NAMES[2]: (270, 600)})
    tap = session.actions[2]
    assert tap.target is not None
    assert (tap.point, tap.target.box) == ((324.0, 600.0), (300.0, 580.0, 360.0, 620.0))


def test_without_any_picture_the_episode_is_refused(log: Path) -> None:
    with pytest.raises(UnreadableSource, match="no_screen"):
        read(log, GOOD, {})


def test_pictures_lie_before_and_after_an_action(log: Path) -> None:
    tap = read(log, GOOD).actions[2]
    assert (tap.before, tap.after) == (NAMES[2], NAMES[3])


def test_a_missing_picture_is_a_note(log: Path) -> None:
    session = read(log, GOOD, {name: SIZE for name in NAMES if name != NAMES[2]})
    assert (session.actions[2].before, session.actions[1].after) == (None, None)
    assert "step 2: its screenshot is not here, or is no picture" in session.notes


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "http://127.0.0.1/x.png", "a/", 7, None])
def test_a_picture_elsewhere_is_never_looked_for(log: Path, path: Any) -> None:
    session = read(log, episode(step(5, image_path=path), step(5)))
    assert [screen.time_s for screen in session.screens] == [1.0]


def test_what_is_typed_into_a_secret_field_is_redacted(log: Path) -> None:
    tap = step(4, **TAP, ui_text='["", "Password", "Mail"]')
    session = read(log, episode(tap, step(3, result_action_text="hunter2")))
    assert session.actions[1].value == REDACTED


def test_what_is_typed_into_the_next_field_is_kept(log: Path) -> None:
    secret, plain = step(4, **TAP, ui_text='["", "Password", "Mail"]'), step(4, **TAP)
    session = read(log, episode(secret, plain, step(3, result_action_text="hello")))
    assert session.actions[2].value == "hello"


@pytest.mark.parametrize(
    ("code", "more", "why"),
    [
        (9, {}, "its action type is not known"),
        ("4", TAP, "its action type is not known"),
        (True, {}, "its action type is not known"),
        ([4], TAP, "its action type is not known"),
        (10**400, {}, "its action type is not known"),
        (4, {}, "its point is not on the screen"),
        (4, {"result_touch_yx": "[NaN, 0.5]"}, "its point is not in the log"),
        (4, {"result_touch_yx": "[1e999, 0.5]"}, "its point is not in the log"),
        (4, {"result_touch_yx": "(0.5, 0.5)"}, "its point is not in the log"),
        (4, {"result_lift_yx": None}, "its point is not in the log"),
        (3, {"result_action_text": ""}, "the text typed is not in the log"),
        (3, {"result_action_text": 7}, "the text typed is not in the log"),
    ],
)
def test_a_bad_step_costs_itself_only(log: Path, code: Any, more: dict[str, Any], why: str) -> None:
    session = read(log, episode(step(code, **more), step(5)))
    assert [action.start_s for action in session.actions] == [1.0]
    assert session.notes == (f"step 0: {why}",)


@pytest.mark.parametrize("code", [10, 11])
def test_the_annotators_verdict_is_no_action(log: Path, code: int) -> None:
    session = read(log, episode(step(code)))
    assert session.actions == ()
    assert "the annotator ends the episode" in session.notes[0]


@pytest.mark.parametrize("junk", [None, 7, "tap", [1]])
def test_a_step_that_is_no_object_costs_itself_only(log: Path, junk: Any) -> None:
    assert len(read(log, episode(junk, step(5))).actions) == 1


@pytest.mark.parametrize("document", [[], {}, None, "steps"])
def test_an_episode_without_steps_is_refused(log: Path, document: Any) -> None:
    with pytest.raises(UnreadableSource, match="no_steps"):
        read(log, document)


def test_an_episode_of_a_million_steps_is_refused(log: Path) -> None:
    with pytest.raises(UnreadableSource, match="too_many"):
        read(log, [0] * 1_000_000)


def test_json_that_is_nested_too_deep_is_refused(log: Path) -> None:
    log.write_text("[" * 200_000)
    with pytest.raises(UnreadableSource, match="bad_json"):
        read_session(log, PICTURES)


SEED = json.dumps(GOOD).encode()


@settings(
    max_examples=120 * TIMES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(at=st.integers(0, len(SEED) - 1), cut=st.integers(0, 12), junk=st.binary(max_size=12))
def test_any_damage_is_a_session_or_a_reason(log: Path, at: int, cut: int, junk: bytes) -> None:
    log.write_bytes(SEED[:at] + junk + SEED[at + cut :])
    with contextlib.suppress(UnreadableSource):
        read_session(log, PICTURES)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.just("[[0, 0, 600, 270]]"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60 * TIMES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(code=st.sampled_from([3, 4]) | VALUES, touch=VALUES, positions=VALUES, text=VALUES, path=VALUES)
def test_any_value_is_a_session_or_a_reason(
    log: Path, code: Any, touch: Any, positions: Any, text: Any, path: Any
) -> None:
    odd = step(code, result_touch_yx=touch, result_action_text=text, image_path=path, instruction=text)
    tap = step(4, **TAP, ui_positions=positions, ui_text=text, ui_types=text)
    with contextlib.suppress(UnreadableSource):
        read(log, episode(odd, tap))
