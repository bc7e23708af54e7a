"""rrweb recordings for the tests, event by event: one page of a form, times in seconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Event = dict[str, Any]

BASE_MS = 1_700_000_000_000
DOCUMENT, NAME, PASSWORD, CITY, TERMS, SEND, TEXT, BOX, TERMS_LABEL, FRAMED = (
    1,
    20,
    21,
    22,
    23,
    24,
    25,
    26,
    28,
    33,
)
"""Ids of the form's nodes; `TEXT` lies in the button `SEND`, `FRAMED` in a document of its own."""


def element(node_id: int, tag: str, *children: Event, **attributes: Any) -> Event:
    named = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    return {"type": 2, "tagName": tag, "attributes": named, "childNodes": list(children), "id": node_id}


def words(node_id: int, text: str) -> Event:
    return {"type": 3, "textContent": text, "id": node_id}


def document(*children: Event, node_id: int = DOCUMENT) -> Event:
    return {"type": 0, "childNodes": list(children), "id": node_id}


def form() -> Event:
    """A page with a name, a password, a city, a tick, a button, a box that reacts to the pointer, a frame."""
    return document(
        element(2, "html",
            element(3, "head", element(4, "style", words(5, ".card:hover { color: red }"))),
            element(10, "body",
                element(11, "label", words(12, "Your name"), for_="name"),
                element(NAME, "input", id="name"),
                element(PASSWORD, "input", type="password", placeholder="Password"),
                element(CITY, "select", element(13, "option", words(14, "Oslo"), value="osl"), title="City"),
                element(TERMS_LABEL, "label", element(TERMS, "input", type="checkbox"), words(27, "I agree")),
                element(SEND, "button", element(29, "b", words(TEXT, "Send it"))),
                element(BOX, "div", words(30, "Offer"), class_="card wide"),
                element(31, "p", words(34, "Some text")),
                element(32, "iframe", document(element(FRAMED, "button", words(35, "Inside")), node_id=36)),
            ),
        )
    )  # fmt: skip


def at(time_s: float, number: int, **data: Any) -> Event:
    return {"type": number, "data": data, "timestamp": BASE_MS + round(time_s * 1000)}


def opened(time_s: float = 0.0, href: str = "https://shop.example/form?user=7#top") -> list[Event]:
    """The events of a page's loading."""
    return [
        at(time_s, 4, href=href, width=800, height=600),
        at(time_s, 2, node=form(), initialOffset={"left": 0, "top": 0}),
    ]


def happened(time_s: float, source: int, **data: Any) -> Event:
    return at(time_s, 3, source=source, **data)


def mouse(time_s: float, number: int, node: int, x: float = 50, y: float = 50) -> Event:
    return happened(time_s, 2, type=number, id=node, x=x, y=y)


def clicked(time_s: float, node: int, x: float = 50, y: float = 50) -> list[Event]:
    """A press, its release 40 ms later, and the click."""
    return [
        mouse(time_s, 1, node, x, y), mouse(time_s + 0.04, 0, node, x, y), mouse(time_s + 0.04, 2, node, x, y)
    ]  # fmt: skip


def entered(time_s: float, node: int, text: str, **more: Any) -> Event:
    return happened(time_s, 5, id=node, text=text, isChecked=False, **more)


def keyed(time_s: float, node: int, text: str, before: str = "") -> list[Event]:
    """One input event a letter, 0.1 s apart."""
    return [
        entered(time_s + index / 10, node, before + text[: index + 1]) for index in range(len(text))
    ]  # fmt: skip


def moved(time_s: float, node: int, x: float = 50, y: float = 50) -> Event:
    return happened(time_s, 1, positions=[{"x": x, "y": y, "id": node, "timeOffset": 0}])


def scrolled(time_s: float, y: float, node: int = DOCUMENT, x: float = 0) -> Event:
    return happened(time_s, 3, id=node, x=x, y=y)


def changed(time_s: float, **lists: Any) -> Event:
    return happened(time_s, 0, **({"adds": [], "removes": [], "texts": [], "attributes": []} | lists))


def write(path: Path, events: Any) -> Path:
    path.write_text(json.dumps(events))
    return path
