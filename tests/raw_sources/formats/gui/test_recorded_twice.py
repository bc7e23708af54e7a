"""One session in a real browser, recorded by Playwright and by rrweb: the same actions in the same order.

What may differ is what rrweb does not record: keys, and points within a frame. Its points are whole pixels.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dataclaw_assets.raw_sources.formats.gui.playwright import read_trace
from dataclaw_assets.raw_sources.formats.gui.rrweb import read_session
from dataclaw_assets.raw_sources.formats.gui.session import Action, Point, Session
from tests.raw_sources.formats.gui.recorded_site import SHOP, open_browser, serve
from tests.raw_sources.formats.gui.rrweb_bundle import load_script

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SECRET = "Correct-Horse-7"
KEYS = {"key", "hotkey"}
CLOCK_S = 0.5
"""rrweb hears of an action while Playwright's call runs, of a scroll a little later."""

RECORD = """
if (window.top === window)
    rrweb.record({emit: event => keepEvent(JSON.stringify(event)), maskInputOptions: {password: false}})
"""
"""Frames are recorded with the page around them. Passwords stay in the log: the reader has to hide them."""


class Told(NamedTuple):
    """What both readers have to say of an action."""

    verb: str
    value: str | None
    role: str | None
    name: str | None
    page: str | None
    clicks: int = 1


SIGNIN, SHELF, BASKET, DONE = "/signin.html", "/shop.html", "/basket.html", "/done.html"

WHAT_WAS_DONE = [
    Told("navigate", SIGNIN, None, None, None),
    Told("type", "Ines", "textbox", "Your name", SIGNIN),
    Told("key", "Tab", "textbox", "Your name", SIGNIN),
    Told("type", "[redacted]", "textbox", "Password", SIGNIN),
    Told("click", None, "button", "Sign in", SIGNIN),
    Told("select", "l", "combobox", "Size", SHELF),
    Told("select", "blue", "listbox", "Colour", SHELF),
    Told("click", None, "checkbox", "I accept", SHELF),
    Told("click", None, "radio", "By post", SHELF),
    Told("double_click", None, None, "Stone mug", SHELF),
    Told("right_click", None, None, "Stone mug", SHELF),
    Told("click", None, None, "A note to copy", SHELF, clicks=3),
    Told("hover", None, "button", "More about mugs", SHELF),
    Told("drag", None, None, "Stone mug", SHELF),
    Told("click", None, "button", "Close", SHELF),
    Told("click", None, "textbox", "Dear shop", SHELF),
    Told("click", None, "gridcell", "Friday", SHELF),
    Told("click", None, "button", "Share", SHELF),
    Told("click", None, "button", "In the shade", SHELF),
    Told("click", None, "button", "Inside", SHELF),
    Told("scroll", "down", None, None, SHELF),
    Told("scroll", "up", None, None, SHELF),
    Told("click", None, "link", "Basket 2 things", SHELF),
    Told("type", "SPRING", "textbox", "Voucher", BASKET),
    Told("type", "Leave it\nat the door", "textbox", "For the shop", BASKET),
    Told("key", "Enter", "textbox", "Voucher", BASKET),
    Told("click", None, "link", "Back to the shop", DONE),
]


def act(page: Any, site: str) -> None:
    """What the user does, with the pauses of a script in between; a page is left by what was done there."""
    page.goto(f"{site}/signin.html")
    page.wait_for_timeout(150)
    page.get_by_label("Your name").press_sequentially("Ines", delay=20)
    page.get_by_label("Your name").press("Tab")
    page.get_by_label("Password").fill(SECRET)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/shop.html*")
    page.wait_for_timeout(150)
    page.get_by_label("Size").select_option("l")
    page.get_by_label("Colour").select_option("blue")
    page.get_by_label("I accept").check()
    page.get_by_text("By post").click()
    page.get_by_text("Stone mug").dblclick()
    page.get_by_text("Stone mug").click(button="right")
    page.wait_for_timeout(600)
    page.get_by_text("A note to copy").click(click_count=3)
    page.get_by_role("button", name="More about mugs").hover()
    page.wait_for_timeout(400)
    page.get_by_text("Stone mug").drag_to(page.get_by_text("Tray"))
    for name in ("Close", "Dear shop", "Friday", "Share", "In the shade"):
        page.get_by_text(name).click()
    page.frame_locator("iframe").get_by_role("button").click()
    page.wait_for_timeout(200)
    page.mouse.wheel(0, 300)
    page.wait_for_timeout(300)
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(300)
    page.get_by_role("link").click()
    page.wait_for_url("**/basket.html*")
    page.wait_for_timeout(150)
    page.get_by_placeholder("Voucher").fill("SPRING")
    page.get_by_title("For the shop").fill("Leave it\nat the door")
    page.get_by_placeholder("Voucher").press("Enter")
    page.wait_for_url("**/done.html*")
    page.wait_for_timeout(150)
    page.get_by_role("link").click()
    page.wait_for_url("**/shop.html*")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The trace and the rrweb log of one session; the log holds the events of all pages as they came."""
    folder, script = tmp_path_factory.mktemp("recorded"), load_script()
    trace, log = folder / "trace.zip", folder / "events.json"
    events: list[Any] = []
    with serve(tmp_path_factory.mktemp("site"), SHOP) as site, open_browser() as browser:
        context = browser.new_context(viewport={"width": 1000, "height": 700})
        context.expose_binding("keepEvent", lambda _source, event: events.append(json.loads(event)))
        context.add_init_script(f"{script};{RECORD}")
        context.tracing.start(screenshots=True, snapshots=True)
        page = context.new_page()
        page.set_default_timeout(30_000)
        act(page, site)
        context.tracing.stop(path=trace)
    log.write_text(json.dumps(events))
    return trace, log


@pytest.fixture(scope="module")
def by_playwright(recorded: tuple[Path, Path]) -> Session:
    """The session as the trace tells it."""
    return read_trace(recorded[0]).session


@pytest.fixture(scope="module")
def by_rrweb(recorded: tuple[Path, Path]) -> Session:
    """The session as the rrweb log tells it."""
    return read_session(recorded[1])


def tell(action: Action) -> Told:
    """An action in the words of both."""
    target = action.target
    role, name = (target.role, target.name) if target else (None, None)
    return Told(action.verb, action.value, role, name, action.page, action.clicks)


def pair(one: Session, other: Session) -> list[tuple[Action, Action]]:
    """The actions that both can tell, side by side."""
    return list(zip((a for a in one.actions if a.verb not in KEYS), other.actions, strict=True))


def lie_together(one: Point | None, other: Point | None) -> bool:
    """Whether two points are the same to a pixel, or one is not told."""
    return one is None or other is None or math.dist(one, other) < 2**0.5


def test_playwright_tells_what_was_done(by_playwright: Session) -> None:
    assert list(map(tell, by_playwright.actions)) == WHAT_WAS_DONE


def test_rrweb_tells_the_same_but_for_the_keys(by_rrweb: Session) -> None:
    assert list(map(tell, by_rrweb.actions)) == [told for told in WHAT_WAS_DONE if told.verb not in KEYS]


def test_both_point_at_the_same_pixels(by_playwright: Session, by_rrweb: Session) -> None:
    apart = [
        tell(one)
        for one, other in pair(by_playwright, by_rrweb)
        if not (lie_together(one.point, other.point) and lie_together(one.to, other.to))
    ]
    assert apart == []


def test_rrweb_points_wherever_the_pointer_was_used_outside_a_frame(by_rrweb: Session) -> None:
    used = [action for action in by_rrweb.actions if action.verb.endswith(("click", "drag", "hover"))]
    assert [tell(action).name for action in used if action.point is None] == ["Inside"]


def test_both_tell_the_same_times_of_the_wall_clock(by_playwright: Session, by_rrweb: Session) -> None:
    assert by_playwright.began_at is not None
    assert by_rrweb.began_at is not None
    ahead_s = by_playwright.began_at - by_rrweb.began_at
    late = [
        tell(one)
        for one, other in pair(by_playwright, by_rrweb)
        if not one.start_s - CLOCK_S <= other.start_s - ahead_s <= one.end_s + CLOCK_S
    ]
    assert late == []


def test_the_secret_that_both_recordings_hold_is_in_neither_session(
    recorded: tuple[Path, Path], by_playwright: Session, by_rrweb: Session
) -> None:
    assert SECRET in recorded[1].read_text()
    assert SECRET not in by_playwright.model_dump_json() + by_rrweb.model_dump_json()
