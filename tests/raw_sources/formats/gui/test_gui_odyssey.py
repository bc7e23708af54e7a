"""GUI-Odyssey episodes: gestures in pixels, keys and text by name, and what a hostile log may not do."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui.gui_odyssey import read_session
from dataclaw_assets.raw_sources.formats.gui.redaction import REDACTED
from dataclaw_assets.raw_sources.formats.gui.session import Action, Session
from tests.fuzzing import TIMES

SIZE = (1080, 2400)
NAMES = [f"12_{index}.png" for index in range(9)]
PICTURES = dict.fromkeys(NAMES, SIZE)


def step(action: Any, info: Any = "", **more: Any) -> dict[str, Any]:
    return {"action": action, "info": info, "ps": "", "sam2_bbox": [], **more}


def episode(*steps: Any) -> dict[str, Any]:
    numbered = [
        {"step": index, "screenshot": NAMES[index % 9], **found} if isinstance(found, dict) else found
        for index, found in enumerate(steps)
    ]
    return {
        "episode_id": "12",
        "device_info": {"product": "cheetah", "w": 1080, "h": 2400, "device_name": "Pixel 7 Pro"},
        "task_info": {"category": "Multi_Apps", "app": ["Clock", "Tasks"], "instruction": "Set an alarm."},
        "step_length": len(steps),
        "steps": numbered,
    }


GOOD = episode(
    step("CLICK", [[500, 250]], sam2_bbox=[400, 200, 600, 300]),
    step("TEXT", "seven o'clock", low_level_instruction="Type the time."),
    step("SCROLL", [[500, 800], [510, 200]]),
    step("LONG_PRESS", [[100, 100]]),
    step("CLICK", "KEY_HOME"),
    step("COMPLETE"),
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "12.json"


def read(log: Path, document: Any, pictures: dict[str, tuple[int, int]] = PICTURES) -> Session:
    log.write_text(json.dumps(document))
    return read_session(log, pictures)


def read_one(log: Path, action: Any, info: Any = "", **more: Any) -> Action:
    (found,) = read(log, episode(step(action, info, **more))).actions
    return found


def test_an_episode_gives_its_actions_in_order(log: Path) -> None:
    session = read(log, GOOD)
    assert [action.verb for action in session.actions] == ["click", "type", "scroll", "long_press", "key"]
    assert (session.width, session.height, session.duration_s) == (1080, 2400, 6.0)
    assert session.task == "Set an alarm."


def test_times_are_numbers_of_steps(log: Path) -> None:
    session = read(log, episode(step("IMPOSSIBLE"), step("CLICK", [[1, 1]])))
    assert [(action.start_s, action.end_s) for action in session.actions] == [(1.0, 1.0)]


def test_points_are_thousandths_of_the_screen(log: Path) -> None:
    assert read_one(log, "CLICK", [[500, 250]]).point == (540.0, 600.0)
    assert read_one(log, "CLICK", [500, 250]).point == (540.0, 600.0)


def test_a_box_around_the_point_is_the_target(log: Path) -> None:
    target = read_one(log, "CLICK", [[500, 250]], sam2_bbox=[400, 200, 600, 300]).target
    assert target is not None
    assert target.box == (432.0, 480.0, 648.0, 720.0)


@pytest.mark.parametrize(
    "box",
    [[0, 0, 100, 100], [600, 300, 400, 200], [400, 200, 1600, 300], [1, 2, 3], ["a", 2, 3, 4], [{}, 1, 2, 3]],
    ids=["elsewhere", "turned over", "off the screen", "three numbers", "text", "an object"],
)
def test_a_box_that_cannot_be_right_is_no_target_and_noted(log: Path, box: Any) -> None:
    session = read(log, episode(step("CLICK", [[500, 250]], sam2_bbox=box)))
    assert session.actions[0].target is None
    assert session.notes == ("step 0: its box does not hold its point",)


def test_that_boxes_are_made_by_a_model_is_noted(log: Path) -> None:
    assert "SAM2" in read(log, GOOD).notes[0]


@pytest.mark.parametrize(
    ("ends", "way"),
    [
        ([[500, 800], [500, 200]], "down"),
        ([[500, 200], [500, 800]], "up"),
        ([[800, 500], [200, 500]], "right"),
        ([[200, 500], [800, 500]], "left"),
        ([[500, 500], [600, 580]], "up"),
    ],
    ids=["finger up", "finger down", "finger left", "finger right", "longer way in pixels"],
)
def test_a_scroll_moves_the_view_against_the_finger(log: Path, ends: Any, way: str) -> None:
    assert read_one(log, "SCROLL", ends).value == way


def test_a_scroll_keeps_where_the_finger_lifted(log: Path) -> None:
    found = read_one(log, "SCROLL", [[500, 500], [500, 0]])
    assert (found.point, found.to) == ((540.0, 1200.0), (540.0, 0.0))


@pytest.mark.parametrize(
    ("action", "info", "key"),
    [
        ("CLICK", "KEY_HOME", "Home"),
        ("CLICK", "KEY_BACK", "Back"),
        ("CLICK", "KEY_APPSELECT", "Recents"),
        ("LONG_PRESS", "KEY_RECENT", "Recents"),
        ("HOME", "", "Home"),
        ("BACK", "", "Back"),
        ("ENTER", "", "Enter"),
    ],
)
def test_keys_are_named(log: Path, action: str, info: str, key: str) -> None:
    found = read_one(log, action, info)
    assert (found.verb, found.value, found.point) == ("key", key, None)


def test_text_that_spells_a_key_is_text(log: Path) -> None:
    assert read_one(log, "TEXT", "BACK").value == "BACK"


@pytest.mark.parametrize("verdict", ["COMPLETE", "INCOMPLETE", "IMPOSSIBLE"])
def test_the_annotators_verdict_is_no_action(log: Path, verdict: str) -> None:
    session = read(log, episode(step(verdict)))
    assert session.actions == ()
    assert "the annotator ends the episode as" in session.notes[0]


def test_pictures_lie_before_and_after_an_action(log: Path) -> None:
    first, *_, last = read(log, GOOD).actions
    assert (first.before, first.after) == ("12_0.png", "12_1.png")
    assert (last.before, last.after) == ("12_4.png", "12_5.png")


def test_screens_have_their_own_size(log: Path) -> None:
    (screen,) = read(log, episode(step("CLICK", [[1, 1]])), {"12_0.png": (540, 1200)}).screens
    assert (screen.name, screen.time_s, screen.width, screen.height) == ("12_0.png", 0.0, 540, 1200)


def test_a_missing_picture_is_a_note(log: Path) -> None:
    session = read(log, episode(step("CLICK", [[1, 1]])), {})
    assert session.actions[0].before is None
    assert session.notes == ("step 0: its screenshot is not here, or is no picture",)


@pytest.mark.parametrize("path", ["../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "", 7, None])
def test_a_picture_elsewhere_is_never_looked_for(log: Path, path: Any) -> None:
    session = read(log, episode(step("CLICK", [[1, 1]], screenshot=path)))
    assert session.screens == ()


def test_without_a_device_the_first_picture_says_how_large_the_screen_is(log: Path) -> None:
    session = read(
        log, episode(step("CLICK", [[500, 500]])) | {"device_info": None}, {"12_0.png": (300, 600)}
    )
    assert (session.width, session.height, session.actions[0].point) == (300, 600, (150.0, 300.0))


@pytest.mark.parametrize("width", [0, -5, True, 1e300, "1080", 10**9, None])
def test_a_screen_of_no_known_size_rejects_the_episode(log: Path, width: Any) -> None:
    with pytest.raises(UnreadableSource, match="bad_episode"):
        read(log, episode(step("CLICK", [[1, 1]])) | {"device_info": {"w": width, "h": 2400}}, {})


def test_secret_text_is_redacted_by_what_the_step_is_said_to_do(log: Path) -> None:
    found = read_one(log, "TEXT", "hunter2", low_level_instruction="Type hunter2 as your password")
    assert found.value == REDACTED


def test_text_that_only_speaks_of_a_secret_is_kept(log: Path) -> None:
    found = read_one(log, "TEXT", "lost password", low_level_instruction="Type lost password in the bar")
    assert found.value == "lost password"


def test_a_key_in_typed_text_is_redacted(log: Path) -> None:
    assert "AKIA" not in str(read_one(log, "TYPE", "use AKIAIOSFODNN7EXAMPLE now").value)


@pytest.mark.parametrize(
    ("action", "info", "why"),
    [
        ("CLICK", "", "its point is not in the log"),
        ("CLICK", [], "its point is not in the log"),
        ("CLICK", [["500", "250"]], "its point is not in the log"),
        ("CLICK", [[float("nan"), 250]], "its point is not in the log"),
        ("CLICK", [[float("inf"), 250]], "its point is not in the log"),
        ("CLICK", [[10**400, 250]], "its point is not in the log"),
        ("CLICK", [[1001, 250]], "its point is not on the screen"),
        ("CLICK", [[-1, 250]], "its point is not on the screen"),
        ("SCROLL", [[500, 500]], "its point is not in the log"),
        ("SCROLL", [[500, 500], [500, 500]], "a scroll that goes nowhere"),
        ("SCROLL", "UP", "its point is not in the log"),
        ("TEXT", "", "the text typed is not in the log"),
        ("TEXT", ["a"], "the text typed is not in the log"),
        ("REBOOT", "", "an action that is not known: REBOOT"),
        (["CLICK"], [[1, 1]], "an action that is not known: None"),
        (None, "", "an action that is not known: None"),
    ],
)
def test_a_bad_step_costs_itself_only(log: Path, action: Any, info: Any, why: str) -> None:
    session = read(log, episode(step(action, info), step("CLICK", [[1, 1]])))
    assert [found.start_s for found in session.actions] == [1.0]
    assert session.notes == (f"step 0: {why}",)


def test_steps_out_of_order_are_noted(log: Path) -> None:
    document = episode(step("CLICK", [[1, 1]], step=1), step("CLICK", [[2, 2]], step=0))
    assert "do not count from 0" in read(log, document).notes[0]


def test_broken_unicode_is_mended(log: Path) -> None:
    log.write_text(json.dumps(episode(step("TEXT", "a\ud800b"))))
    assert read_session(log, PICTURES).actions[0].value == "a?b"


def test_notes_are_bounded(log: Path) -> None:
    session = read(log, episode(*[step("REBOOT")] * 900))
    assert len(session.notes) == 51
    assert session.notes[-1] == "850 more of the kind"


@pytest.mark.parametrize("steps", [[], None, {}, "CLICK"])
def test_an_episode_without_steps_is_refused(log: Path, steps: Any) -> None:
    with pytest.raises(UnreadableSource, match="no_steps"):
        read(log, episode() | {"steps": steps})


def test_an_episode_of_a_million_steps_is_refused(log: Path) -> None:
    with pytest.raises(UnreadableSource, match="too_many"):
        read(log, {**episode(), "steps": [0] * 1_000_000})


def test_a_document_larger_than_any_episode_is_refused(log: Path) -> None:
    with pytest.raises(UnreadableSource, match="too_large"):
        read(log, {**episode(), "ps": "x" * (9 * 1024 * 1024)})


@pytest.mark.parametrize("text", ["", "{", "[" * 200_000, '{"steps": ' * 50_000, "\x00"])
def test_damaged_json_is_refused(log: Path, text: str) -> None:
    log.write_text(text)
    with pytest.raises(UnreadableSource, match="bad_json"):
        read_session(log, PICTURES)


SEED = json.dumps(GOOD).encode()


@settings(
    max_examples=200 * TIMES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(at=st.integers(0, len(SEED) - 1), cut=st.integers(0, 12), junk=st.binary(max_size=12))
def test_any_damage_is_a_session_or_a_reason(log: Path, at: int, cut: int, junk: bytes) -> None:
    log.write_bytes(SEED[:at] + junk + SEED[at + cut :])
    with contextlib.suppress(UnreadableSource):
        read_session(log, PICTURES)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(500),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@settings(
    max_examples=100 * TIMES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    action=st.sampled_from(["CLICK", "SCROLL", "TEXT", "LONG_PRESS"]) | VALUES,
    info=VALUES,
    box=VALUES,
    device=VALUES,
    task=VALUES,
)
def test_any_value_is_a_session_or_a_reason(
    log: Path, action: Any, info: Any, box: Any, device: Any, task: Any
) -> None:
    document = episode(step(action, info, sam2_bbox=box, low_level_instruction=task))
    with contextlib.suppress(UnreadableSource):
        read(log, document | {"device_info": device, "task_info": task})
