"""Anchors of elements that appeared: which action they follow, what they say, what they do not."""

from __future__ import annotations

import pytest

from dataclaw_assets.anchor_values import ElementAppearedValue
from dataclaw_assets.factual_anchors.extractors.gui_sessions import place_session
from dataclaw_assets.factual_anchors.extractors.session_elements import MAX_TOLD, SessionElements
from dataclaw_assets.factual_anchors.extractors.session_privacy import hide_secrets
from dataclaw_assets.factual_anchors.soundness import find_defect
from dataclaw_assets.raw_sources.formats.gui.session import Appearance
from dataclaw_assets.records import Anchor, Source
from tests.factual_anchors.made_sessions import act, make_session, make_source

CLICKS = (
    act("navigate", 0.0, value="/orders"),
    act("click", 1.0, "New order", "button", point=(30.0, 40.0)),
    act("click", 5.0, "Save", "button"),
)


def came(
    since_s: float, time_s: float, name: str = "Add an order", role: str = "dialog", parts: int = 0
) -> Appearance:
    return Appearance(since_s=since_s, time_s=time_s, role=role, name=name, page="/orders", parts=parts)


def tell(*items: Appearance) -> list[Anchor]:
    return SessionElements().tell(make_source(), make_session(*CLICKS, appearances=items))


def test_element_is_told_of_the_action_that_it_followed() -> None:
    (anchor,) = tell(came(1.2, 1.5, parts=12))
    assert anchor.value == ElementAppearedValue(
        index=1, role="dialog", name="Add an order", parts=12, page="/orders"
    )
    assert (anchor.kind, anchor.basis, anchor.start_s, anchor.end_s) == (
        "element_appeared",
        "recorded",
        1.2,
        1.5,
    )
    assert anchor.text == (
        "After the user clicked the button “New order” at (30, 40), the log shows that the dialog “Add an "
        "order”, with 12 named parts, appears by 1.50 s."
    )


def test_element_is_sound() -> None:
    (anchor,) = tell(came(1.2, 1.5))
    assert find_defect([make_source()], [anchor]) is None


@pytest.mark.parametrize(
    ("since_s", "time_s"), [(0.2, 0.5), (0.9, 1.2), (4.0, 5.1)], ids=["navigation", "across", "across later"]
)
def test_element_that_may_be_of_another_action_is_not_told(since_s: float, time_s: float) -> None:
    assert tell(came(since_s, time_s)) == []


def test_element_seen_as_the_next_action_begins_is_of_the_one_before() -> None:
    (anchor,) = tell(came(4.0, 5.0))
    assert isinstance(anchor.value, ElementAppearedValue)
    assert anchor.value.index == 1


def test_dialog_is_among_the_few_that_are_told() -> None:
    links = [came(1.2, 1.5, f"Link {letter}", "link") for letter in "abcdefghijkl"]
    told = tell(*links, came(1.2, 1.5))
    assert [anchor.value.name for anchor in told if isinstance(anchor.value, ElementAppearedValue)] == [
        *(f"Link {letter}" for letter in "abcdefg"), "Add an order",
    ]  # fmt: skip
    assert len(told) == MAX_TOLD


def test_secret_in_a_name_is_hidden() -> None:
    session = make_session(
        *CLICKS, appearances=(came(1.2, 1.5, "Key ghp_abcdefghijklmnopqrstuvwxyz0123456789"),)
    )
    assert hide_secrets(session).appearances[0].name == "Key [redacted]"


def test_name_of_blanks_is_none() -> None:
    assert hide_secrets(make_session(*CLICKS, appearances=(came(1.2, 1.5, "\u2003"),))).appearances == ()


def test_appearances_are_placed_on_the_clock_and_the_pixels_of_the_recording() -> None:
    source = make_source(
        width=2000,
        stream={
            "uri": "file:///a.mp4", "codec": "h264", "fps": 25.0, "frames": 75,
            "origin_s": 1.0, "duration_s": 3.0,
        },
    )  # fmt: skip
    boxed = came(1.5, 2.0).model_copy(update={"box": (10.0, 20.0, 30.0, 40.0)})
    session = make_session(*CLICKS, appearances=(boxed, came(0.5, 0.8), came(4.5, 4.8)))
    (placed,) = place_session(source, session).appearances
    assert (placed.since_s, placed.time_s, placed.box) == (0.5, 1.0, (20.0, 20.0, 60.0, 40.0))


@pytest.mark.parametrize(("form", "applies"), [("playwright", True), ("rrweb", True), ("agentnet", False)])
def test_only_logs_that_hold_the_page_are_asked(form: str, applies: bool) -> None:
    source: Source = make_source(format=form)
    assert SessionElements().applies(source) is applies
