"""The UI in a real browser, and footage that becomes a release with nobody's help."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dataclaw_assets.raw_sources.batches import list_batches
from tests.dagster.drawings import draw_file
from tests.dagster.local_dagster import TASKS, released_batches, running, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
PAGE_MS = 120_000


@pytest.fixture
def page() -> Iterator[Any]:
    """A page of headless Chromium. With DATACLAW_REQUIRE_SHARED set (CI sets it) its absence is a failure."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        reason = "no chromium on the PATH"
        if os.environ.get("DATACLAW_REQUIRE_SHARED"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        opened = browser.new_page(viewport={"width": 1700, "height": 1300})
        opened.set_default_timeout(PAGE_MS)
        yield opened
        browser.close()


def test_dropped_footage_becomes_a_release_that_the_ui_shows(page: Any, home: Path, tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    draw_file(landing / "before_the_first_tick.ndjson", 1)
    with running(home, landing) as local:
        wait_for("release of what was there", lambda: len(released_batches(local.home)) == 1, 400)
        draw_file(landing / "later.ndjson", 2)
        wait_for("release of what came later", lambda: len(released_batches(local.home)) == 2, 400)

        for group in ("raw_sources", "synthesized_samples"):
            page.goto(f"{local.url}/locations/dataclaw/asset-groups/{group}")
            page.get_by_text("Latest event").first.wait_for()
            assert page.get_by_text(group, exact=True).count() > 0
            assert page.get_by_text("Asset checks").count() > 0

        page.goto(f"{local.url}/assets/synthesized_samples?view=partitions")
        for key in [batch.key for batch in list_batches(local.home)] + list(TASKS):
            page.get_by_text(key, exact=True).first.wait_for()

        page.goto(f"{local.url}/assets/synthesized_samples?view=checks")
        page.get_by_text("gates_passed").first.wait_for()

        # The gallery: its pictures are inline, and the browser has really decoded them.
        page.goto(f"{local.url}/assets/validated_exports?view=events")
        page.get_by_text("Show Markdown").last.click()
        page.get_by_text("drawn at random").first.wait_for()
        page.locator("img[src^='data:image/jpeg']").first.wait_for()
        widths = page.evaluate("[...document.querySelectorAll('img')].map(image => image.naturalWidth)")
        assert max(widths) > 50
