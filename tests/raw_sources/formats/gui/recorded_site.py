"""A small site on this machine, and the browser that sessions on it are recorded in."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]

SHOP = {
    "signin.html": """<!doctype html><title>Sign in</title><h1>Sign in</h1>
<form action="shop.html">
<label for="who">Your name</label><input id="who" name="who">
<label>Password <input name="p" type="password"></label>
<button>Sign in</button></form>""",
    "shop.html": """<!doctype html><title>Shop</title><style>
.card { width: 120px; height: 60px; background: #dde; user-select: none }
#shelf { display: flex; gap: 8px } #rest { height: 2000px }</style>
<a href="basket.html?from=shop"><div>Basket</div><div>2 things</div></a>
<label>Size <select><option value="s">small<option value="l">large</select></label>
<select size="3" aria-label="Colour"><option>red<option>blue</select>
<label><input type="checkbox"> I accept</label>
<input type="radio" id="post"><label for="post">By post</label>
<div id="shelf"><div class="card">Stone mug</div><div class="card">Tray</div></div>
<p>A note to copy</p><button aria-label="More about mugs"><i>?</i></button>
<button><span aria-hidden="true">x</span> Close</button><div contenteditable>Dear shop</div>
<table><tr><td role="gridcell"><b>Friday</b></td></tr></table><div role="Button">Share</div>
<div id="shaded"></div><iframe srcdoc="<button>Inside</button>" height="60"></iframe><div id="rest"></div>
<script>
shaded.attachShadow({mode: "open"}).innerHTML = "<button>In the shade</button>"
shelf.addEventListener("contextmenu", event => event.preventDefault())
</script>""",
    "basket.html": """<!doctype html><title>Basket</title><form action="done.html">
<input placeholder="Voucher" name="v"><textarea title="For the shop"></textarea>
<button>Order</button></form>""",
    "done.html": "<!doctype html><title>Done</title><a href='shop.html'>Back to the <b>shop</b></a>",
}
"""Four pages; the second holds what a pointer is for."""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and writes no log."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def serve(folder: Path, pages: dict[str, str]) -> Iterator[str]:
    """The address of a site of these pages, by file name; they are written into the folder."""
    for name, page in pages.items():
        (folder / name).write_text(page)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def open_browser() -> Iterator[Any]:
    """Headless Chromium. With DATACLAW_REQUIRE_SHARED set (CI sets it) its absence is a failure."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        reason = "no chromium on the PATH"
        if os.environ.get("DATACLAW_REQUIRE_SHARED"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
