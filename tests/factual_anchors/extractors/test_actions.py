"""Action anchors: a log's claims on the recording's clock and in its pixels, secrets taken out."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dataclaw_assets.anchor_values import ActionValue
from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.extractors.actions import Actions
from dataclaw_assets.raw_sources.formats.gui.redaction import redact
from dataclaw_assets.records import Anchor, Json, Sidecar, Source, Stream
from resources.landing import local_path

META: Json = {"screen_width": 1000, "screen_height": 500, "video_start_timestamp": 100.0}


def make_source(folder: Path, origin_s: float = 0.0) -> Source:
    roles = {
        "metadata.json": "metadata",
        "events.jsonl": "events",
        "reduced_events_complete.jsonl": "actions",
    }
    sidecars = tuple(
        Sidecar.model_validate({"uri": (folder / name).as_uri(), "role": role, "sha256": "0" * 64})
        for name, role in roles.items()
        if (folder / name).exists()
    )
    stream = Stream(
        uri="file:///v.mp4", origin_s=origin_s, duration_s=20.0, fps=10.0, frames=200, codec="h264"
    )
    return Source(
        source_id="s", kind="gui_trace", format="agentnet", uri="file:///v.mp4", name="v.mp4", batch="b",
        bytes=1, mtime_ns=1, width=2000, height=1000, stream=stream, sidecars=sidecars, status="registered",
    )  # fmt: skip


def write_session(
    folder: Path, events: Sequence[Json] = (), reduced: Sequence[Json] | None = None, **meta: Any
) -> Path:
    (folder / "metadata.json").write_text(json.dumps(META | meta))
    (folder / "events.jsonl").write_text("\n".join(json.dumps(row) for row in events))
    if reduced is not None:
        lines = "\n".join(json.dumps(row) for row in reduced)
        (folder / "reduced_events_complete.jsonl").write_text(lines)
    return folder


def extract(folder: Path, **clock: float) -> list[Anchor]:
    return Actions().extract(make_source(folder, **clock), lambda uri: local_path(uri, folder))


def values_of(anchors: list[Anchor]) -> list[ActionValue]:
    return [anchor.value for anchor in anchors if isinstance(anchor.value, ActionValue)]


def click(start: float, x: float = 100, y: float = 50, button: str = "left", **more: Any) -> list[Json]:
    base = {"action": "click", "button": button}
    return [
        {**base, "time_stamp": start, "x": x, "y": y, "pressed": True},
        {**base, "time_stamp": start + 0.1, "x": more.get("to_x", x), "y": y, "pressed": False},
    ]


def reduced_click(start: float, **more: Any) -> Json:
    return {
        "action": "click", "start_time": start, "end_time": start + 0.1, "button": "left", "pressed": True,
        "click_type": 1, "coordinate": {"x": 100, "y": 50}, **more,
    }  # fmt: skip


def test_log_time_and_screen_points_become_the_recordings(tmp_path: Path) -> None:
    target = {"title": "Night light", "control_type": "ButtonControl"}
    (anchor,) = extract(write_session(tmp_path, reduced=[reduced_click(103.5, target=target)]))
    assert (anchor.kind, anchor.basis, anchor.start_s, anchor.end_s) == ("action", "recorded", 3.5, 3.6)
    assert anchor.value == ActionValue(
        index=0, action="click", x=200.0, y=100.0, target="Night light", role="ButtonControl"
    )
    assert "the log says" in anchor.text


def test_origin_of_the_stream_is_subtracted(tmp_path: Path) -> None:
    (anchor,) = extract(write_session(tmp_path, reduced=[reduced_click(103.5)]), origin_s=1.5)
    assert anchor.start_s == 2.0


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"click_type": 2}, ("double_click", 1, None)),
        ({"click_type": 3}, ("click", 3, None)),
        ({"button": "right"}, ("right_click", 1, None)),
        ({"button": "middle"}, ("click", 1, "middle")),
    ],
)
def test_reduced_clicks_are_told_apart(tmp_path: Path, more: Json, name: tuple[str, int, str | None]) -> None:
    (value,) = values_of(extract(write_session(tmp_path, reduced=[reduced_click(101, **more)])))
    assert (value.action, value.clicks, value.button) == name


def test_reduced_drag_scroll_type_and_press(tmp_path: Path) -> None:
    rows = [
        {**reduced_click(101), "action": "drag", "drag_trace": [[100, 50], [200, 50]]},
        {
            "action": "scroll",
            "start_time": 102,
            "end_time": 103,
            "trace": [{"x": 10, "y": 20, "dx": 0, "dy": -3}],
        },
        {
            "action": "type",
            "start_time": 104,
            "end_time": 105,
            "key_names": ["H", "i", "space", "x", "backspace"],
        },
        {
            "action": "press",
            "start_time": 106,
            "end_time": 107,
            "name": "ctrl_l",
            "children": [{"name": "c"}],
        },
        {"action": "move", "start_time": 108, "end_time": 109},
    ]
    anchors = extract(write_session(tmp_path, reduced=rows))
    assert [(value.action, value.text) for value in values_of(anchors)] == [
        ("drag", None),
        ("scroll", "down"),
        ("type", "Hi "),
        ("hotkey", "ctrl+c"),
    ]
    assert anchors[0].region == (200.0, 100.0, 400.0, 100.0)


def test_without_reduced_events_the_raw_ones_are_reduced(tmp_path: Path) -> None:
    events = [
        *click(101),
        {"action": "move", "time_stamp": 102.0, "x": 1, "y": 2},
        *click(110, button="right"),
    ]
    values = values_of(extract(write_session(tmp_path, events)))
    assert [(value.index, value.action) for value in values] == [(0, "click"), (1, "right_click")]


def test_empty_reduced_log_falls_back_to_the_raw_one(tmp_path: Path) -> None:
    assert len(extract(write_session(tmp_path, click(101), reduced=[]))) == 1


def test_what_lies_outside_is_left_out_and_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rows = [
        reduced_click(99.0),
        reduced_click(121.0),
        reduced_click(101.0, coordinate={"x": 1500, "y": 50}),
        reduced_click(102.0),
    ]
    with caplog.at_level(logging.WARNING):
        anchors = extract(write_session(tmp_path, reduced=rows))
    assert [anchor.start_s for anchor in anchors] == [1.0, 2.0]
    assert [value.x for value in values_of(anchors)] == [None, 200.0]
    assert "2 action(s) lie outside the recording" in caplog.text
    assert "1 action(s) have a point that is not on the screen" in caplog.text


def test_without_a_screen_size_actions_have_no_point(tmp_path: Path) -> None:
    (value,) = values_of(extract(write_session(tmp_path, reduced=[reduced_click(101)], screen_width=None)))
    assert (value.x, value.y) == (None, None)


def test_without_a_clock_the_log_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="video_start_timestamp"):
        extract(write_session(tmp_path, click(101), video_start_timestamp=None))


def test_broken_lines_cost_only_themselves(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = write_session(tmp_path, click(101))
    with (folder / "events.jsonl").open("a") as file:
        file.write('\n{"time_stamp": 1\n[1]\n{"time_stamp": "x", "action": 7}\n{"time_stamp": 1e999}')
    with caplog.at_level(logging.WARNING):
        assert len(extract(folder)) == 1
    assert "2 line(s) of events.jsonl" in caplog.text


def test_what_is_typed_in_a_password_field_is_redacted(tmp_path: Path) -> None:
    rows = [
        reduced_click(101, target={"title": "Password", "control_type": "EditControl"}),
        {"action": "type", "start_time": 102, "end_time": 103, "key_names": list("hunter2")},
        reduced_click(104, target={"title": "Name", "control_type": "EditControl"}),
        {"action": "type", "start_time": 105, "end_time": 106, "key_names": list("Ann")},
    ]
    anchors = extract(write_session(tmp_path, reduced=rows))
    assert [value.text for value in values_of(anchors) if value.action == "type"] == ["[redacted]", "Ann"]
    assert not any("hunter2" in anchor.model_dump_json() for anchor in anchors)


@pytest.mark.parametrize(
    "secret",
    [
        "ghp_" + "Ab3dEf6hIj" * 3,
        "sk-proj-" + "a1B2c3D4" * 4,
        "AKIA" + "IOSFODNN7EXAMPLE",
        "4111 1111 1111 1111",
        "9f86d081884c7d659a2feaa0c55ad015",
    ],
)
def test_what_looks_like_a_key_is_redacted(secret: str) -> None:
    assert redact(f"paste {secret} here") == "paste [redacted] here"


@pytest.mark.parametrize(
    "text", ["Open the display settings", "+49 170 1234567", "1920x1080", "internationalisation"]
)
def test_plain_words_are_kept(text: str) -> None:
    assert redact(text) == text


def test_halves_of_surrogate_pairs_can_be_stored(tmp_path: Path) -> None:
    row = reduced_click(101, target={"title": "a\ud800b", "control_type": "x"})
    (value,) = values_of(extract(write_session(tmp_path, reduced=[row])))
    assert value.target == "a?b"
