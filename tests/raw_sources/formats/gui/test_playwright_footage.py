"""The Playwright traces of the reference footage: what the driver wrote down is what is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataclaw_assets.raw_sources.formats.gui.playwright import read_session, read_trace

KETTLE_VERBS = (
    "navigate select select hover hover click type select click type scroll click click type key type select "
    "click click"
)
LINEAGE_VERBS = (
    "navigate click type key type select click click click click type key click hover click click scroll"
)
MATERIALIZE_VERBS = (
    "navigate click type key hover click click click type key click click click click click scroll"
)


@pytest.mark.parametrize(
    ("name", "verbs"),
    [
        ("playwright_dagster_materialize_batch", MATERIALIZE_VERBS),
        ("playwright_dagster_signin_lineage", LINEAGE_VERBS),
        ("rrweb_shop_buy_kettle", KETTLE_VERBS),
    ],
)
def test_recorded_sessions_hold_what_the_driver_did(shared_footage: Path, name: str, verbs: str) -> None:
    folder = shared_footage / "gui" / name
    session = read_session(folder / "trace.zip")
    truth = json.loads((folder / "truth.json").read_text())["actions"]
    assert [action.verb for action in session.actions] == verbs.split()
    lags = {
        round(action.start_s - true["t_start_s"], 1)
        for action, true in zip(session.actions, truth, strict=True)
    }
    assert max(lags) - min(lags) < 0.25
    for action, true in zip(session.actions, truth, strict=True):
        if true["point"] and action.point:
            assert abs(action.point[0] - true["point"]["x"]) <= 1
            assert abs(action.point[1] - true["point"]["y"]) <= 1


def test_the_password_of_a_recorded_session_is_nowhere(shared_footage: Path) -> None:
    folder = shared_footage / "gui" / "playwright_dagster_signin_lineage"
    truth = json.loads((folder / "truth.json").read_text())
    (secret,) = (action["value"] for action in truth["actions"] if action.get("sensitive"))
    assert secret not in read_session(folder / "trace.zip").model_dump_json()


@pytest.mark.parametrize(
    ("name", "version", "verbs"),
    [
        ("playwright_test-trace1.zip", 6, ["navigate"]),
        ("playwright_test-trace2.zip", 6, ["navigate"]),
        ("playwright_trace-1.37.zip", 4, ["navigate"]),
        ("playwright_trace-library-1.46.zip", 7, []),
    ],
)
def test_traces_of_older_versions_are_read(
    shared_footage: Path, name: str, version: int, verbs: list[str]
) -> None:
    trace = read_trace(shared_footage / "gui" / name)
    assert (trace.version, [action.verb for action in trace.session.actions]) == (version, verbs)
    assert (trace.session.width, trace.session.height) == (1280, 720)
