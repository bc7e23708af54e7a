"""Parameters of a Playwright call in words: addresses, points, options and files."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from dataclaw_assets.raw_sources.formats.gui.redaction import redact
from dataclaw_assets.raw_sources.formats.gui.session import Point

MAX_VALUE_CHARS = 2_000
MAX_PATH_CHARS = 300
MAX_NAMES = 20

_LOOPBACK = re.compile(r"localhost|.*\.localhost|127(?:\.\d+){3}|::1|0\.0\.0\.0")


def show_url(url: str | None) -> str | None:
    """The path of a web address, with the host in front unless it is this machine; query and fragment are
    dropped, pieces that look like tokens taken out. A local file is its name; None for any other address."""
    try:
        parts = urlsplit(url or "")
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme == "file":
        return redact(parts.path.rpartition("/")[2])[:MAX_PATH_CHARS] or None
    if parts.scheme not in ("http", "https"):
        return None
    path = "/".join(redact(piece) for piece in (parts.path or "/").split("/"))
    return ("" if _LOOPBACK.fullmatch(host) else host)[:MAX_PATH_CHARS] + path[:MAX_PATH_CHARS]


def name_address(base: str, url: Any) -> str | None:
    """What an address bar was given: the path as `show_url` says it, or the kind of any other address
    (`about:blank`, `data:text/html`)."""
    try:
        address = urljoin(base, str(url))
        parts = urlsplit(address)
    except ValueError:
        return None
    if not parts.scheme:
        return show_url(f"http://localhost/{parts.path.lstrip('/')}")
    return show_url(address) or f"{parts.scheme}:{parts.path.partition(',')[0]}"[:MAX_PATH_CHARS]


def read_number(value: Any) -> float | None:
    """A finite number that arithmetic with times and pixels can hold, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 2**53:
        return None
    return float(value)


def read_point(value: Any) -> Point | None:
    """`{x, y}` as a point, else None."""
    if not isinstance(value, dict):
        return None
    x, y = read_number(value.get("x")), read_number(value.get("y"))
    return None if x is None or y is None else (x, y)


def name_options(params: dict[str, Any]) -> str | None:
    """The options that a selection names, by label or value."""
    options = params.get("options")
    names = [
        str(option.get(key))
        for option in (options if isinstance(options, list) else [])[:MAX_NAMES]
        if isinstance(option, dict)
        for key in ("label", "valueOrLabel", "value", "index")
        if isinstance(option.get(key), str | int)
    ]
    return redact(", ".join(names))[:MAX_VALUE_CHARS] if names else None


def name_files(params: dict[str, Any]) -> str | None:
    """The names, without folders, of the files chosen."""
    paths = params.get("localPaths") or params.get("payloads") or params.get("files")
    listed = paths[:MAX_NAMES] if isinstance(paths, list) else []
    names = [path.get("name") if isinstance(path, dict) else path for path in listed]
    last = [re.split(r"[\\/]", name)[-1] for name in names if isinstance(name, str)]
    return redact(", ".join(last))[:MAX_VALUE_CHARS] if last else None
