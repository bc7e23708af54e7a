"""A trace recorded here and now by a real browser on a small site of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dataclaw_assets.raw_sources.formats.gui.playwright import read_trace
from dataclaw_assets.raw_sources.formats.gui.session import Session
from tests.raw_sources.formats.gui.recorded_site import open_browser, serve

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SECRET = "Correct-Horse-7"

FORM = """<!doctype html><title>Order</title><form action="done.html">
<label for="who">Your name</label><input id="who" name="who">
<label for="key">Key word</label><input id="key" name="k" type="password">
<label for="size">Size</label><select id="size"><option>small<option>large</select>
<label><input type="checkbox" id="terms"> I accept</label>
<p id="tip">Hover for help</p>
<button>Send the order</button></form><div style="height: 2000px"></div>"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site of two pages."""
    done = "<!doctype html><title>Done</title><a href='index.html'>Order again</a>"
    with serve(tmp_path_factory.mktemp("site"), {"index.html": FORM, "done.html": done}) as address:
        yield address


@pytest.fixture(scope="module")
def recorded(site: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trace of a session on the site, with pauses, queries and a click that fails between the actions."""
    from playwright.sync_api import TimeoutError as PlaywrightTimeout
    from playwright.sync_api import expect

    path = tmp_path_factory.mktemp("trace") / "trace.zip"
    with open_browser() as browser:
        context = browser.new_context(viewport={"width": 1000, "height": 700})
        context.tracing.start(screenshots=True, snapshots=True, title="send an order")
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(f"{site}/index.html?from=mail")
        page.get_by_label("Your name").fill("Ines")
        page.wait_for_timeout(100)
        page.get_by_label("Your name").press("Tab")
        page.keyboard.type(SECRET)
        expect(page.locator("#size")).to_have_value("small")
        page.locator("#size").select_option("large")
        page.evaluate("1 + 1")
        with pytest.raises(PlaywrightTimeout):
            page.locator("#nowhere").click(timeout=50)
        page.locator("#tip").hover()
        page.locator("#terms").check()
        page.mouse.wheel(0, 40)
        page.wait_for_selector("button")
        page.get_by_role("button", name="Send the order").click()
        page.get_by_role("link").wait_for()
        page.keyboard.press("Control+A")
        page.go_back()
        context.tracing.stop(path=path)
    return path


@pytest.fixture(scope="module")
def session(recorded: Path) -> Session:
    """The session that was recorded."""
    return read_trace(recorded).session


def test_the_actions_are_those_of_the_user_in_their_order(session: Session) -> None:
    assert [(action.verb, action.value) for action in session.actions] == [
        ("navigate", "/index.html"),
        ("type", "Ines"),
        ("key", "Tab"),
        ("type", "[redacted]"),
        ("select", "large"),
        ("hover", None),
        ("click", None),
        ("scroll", "down"),
        ("click", None),
        ("hotkey", "ctrl+a"),
        ("navigate", "/index.html"),
    ]


def test_the_targets_are_named_as_a_person_reads_them(session: Session) -> None:
    named = [(action.target.role, action.target.name) for action in session.actions if action.target]
    assert named == [
        ("textbox", "Your name"),
        ("textbox", "Your name"),
        ("combobox", "Size"),
        (None, "Hover for help"),
        ("checkbox", "I accept"),
        ("button", "Send the order"),
    ]


def test_a_click_lies_in_the_box_of_its_target(session: Session) -> None:
    click = session.actions[8]
    assert click.point is not None
    assert click.target is not None
    assert click.target.box is not None
    left, top, right, bottom = click.target.box
    assert left <= click.point[0] <= right
    assert top <= click.point[1] <= bottom


def test_the_pages_are_paths(session: Session) -> None:
    assert [action.page for action in session.actions] == [None, *["/index.html"] * 8, *["/done.html"] * 2]


def test_the_secret_is_nowhere(session: Session) -> None:
    assert SECRET not in session.model_dump_json()


def test_the_pictures_are_members_in_the_order_of_time(session: Session) -> None:
    times = [screen.time_s for screen in session.screens]
    assert times
    assert times == sorted(times)
    assert {action.before for action in session.actions} <= {
        None,
        *(screen.name for screen in session.screens),
    }


def test_the_failed_click_is_noted(session: Session) -> None:
    assert session.notes == ("left out: calls that failed: 1",)


def test_the_screen_is_the_viewport(session: Session) -> None:
    assert (session.width, session.height, session.task) == (1000, 700, "send an order")
