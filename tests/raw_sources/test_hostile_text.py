"""Hostile drawings and logs in text: entities, references, nesting, endless lines, endless drawings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.raw_sources.hostile_files import (
    GIGABYTE,
    Bait,
    Cases,
    Make,
    Outcome,
    read_hostile,
    watch_folder,
    write_sparse,
)

INK = 'xmlns="http://www.w3.org/2003/InkML"'
SVG = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
XINCLUDE = 'xmlns:xi="http://www.w3.org/2001/XInclude"'
LAUGHS = '<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
FILLING = b"1," * 35_000
"""Longer than the head by which a file is told, so that a sparse tail does not show in it."""

ENDLESS = 80_000_000
"""More than any reader takes at once: the largest JSON document that is parsed has 64 MB."""


def svg(body: str, doctype: str = "", attributes: str = "") -> Make:
    """An SVG drawing; `FILE` and `HTTP` in it are the bait."""
    return xml("a.svg", f"{doctype}<svg {SVG} {attributes}>{body}</svg>")


def inkml(body: str, doctype: str = "", attributes: str = "") -> Make:
    """An InkML drawing, as `svg`."""
    return xml("a.inkml", f"{doctype}<ink {INK} {attributes}>{body}</ink>")


def xml(name: str, text: str, encoding: str = "utf-8") -> Make:
    def make(folder: Path, bait: Bait) -> None:
        path = bait.file("bait.xml", b'<!ENTITY stolen "1 1">')
        filled = text.replace("FILE", path.as_uri()).replace("HTTP", f"{bait.address}/x")
        (folder / name).write_bytes(filled.encode(encoding))

    return make


def text(name: str, content: str) -> Make:
    return lambda folder, bait: (folder / name).write_text(content)


def endless(name: str, start: str, size: int = ENDLESS) -> Make:
    """A first line without end: text for longer than the head that is looked at, then zeros."""
    return lambda folder, bait: write_sparse(folder / name, start.encode() + FILLING, size)


def session(folder: Path, bait: Bait) -> None:
    """An AgentNet session whose log is one line without end."""
    (folder / "metadata.json").write_text(json.dumps({"start_time": "2024-01-02 03:04:05"}))
    endless("events.jsonl", '{"time_stamp": 1, "action": "click", "x": [')(folder, bait)


def lerobot(**files: Callable[[Path], object]) -> Make:
    """A LeRobot v2 folder whose parts are written so."""

    def make(folder: Path, bait: Bait) -> None:
        (folder / "meta").mkdir()
        (folder / "meta/info.json").write_text('{"codebase_version": "v2.1", "fps": 10}')
        for name, write in files.items():
            write(folder / "meta" / name.replace("_", "."))

    return make


DRAWINGS: Cases = {
    "svg entities that multiply": (svg("<path d='&l9;'/>", f"<!DOCTYPE svg [{LAUGHS}]>"), "hostile_xml"),
    "svg external entity": (
        svg("<title>&x;</title><path d='M0 0L9 9'/>", '<!DOCTYPE svg [<!ENTITY x SYSTEM "FILE">]>'),
        "hostile_xml",
    ),
    "svg entity of the net": (
        svg("<title>&x;</title><path d='M0 0L9 9'/>", '<!DOCTYPE svg [<!ENTITY x SYSTEM "HTTP">]>'),
        "hostile_xml",
    ),
    "svg parameter entity": (
        svg("<path d='M0 0L9 9'/>", '<!DOCTYPE svg [<!ENTITY % x SYSTEM "FILE"> %x;]>'),
        "hostile_xml",
    ),
    "svg entity in utf-16": (
        xml("a.svg", f'<?xml version="1.0"?><!DOCTYPE svg [{LAUGHS}]><svg {SVG}>&l9;</svg>', "utf-16"),
        "no_reader",
    ),
    "svg inclusion": (svg('<xi:include href="FILE" parse="text"/>', "", XINCLUDE), "bad_drawing"),
    "svg picture of the disk": (svg('<image href="FILE" xlink:href="FILE"/>'), "bad_drawing"),
    "svg picture of the net": (svg('<image href="HTTP" xlink:href="HTTP"/>'), "bad_drawing"),
    "svg shapes used by one another": (
        svg("<defs><path id='u0' d='M0 0L9 9'/>"
            + "".join(f"<g id='u{n + 1}'>" + f"<use href='#u{n}'/>" * 10 + "</g>" for n in range(9))
            + "</defs><use href='#u9'/>"),
        "bad_drawing",
    ),
    "svg shape that uses itself": (svg("<g id='a'><use href='#a'/></g>"), "bad_drawing"),
    "svg arcs of silly radii": (
        svg(f"<path d='M0 0{'A1e9 1e-9 45 1 1 9 9A1e-9 1e9 45 0 0 0 0' * 6_000}'/>"), "bad_drawing"
    ),
    "svg arc beyond numbers": (svg("<path d='M0 0A1e999 1 0 1 1 9 9'/>"), "bad_path"),
    "svg nested without end": (svg("<g>" * 100_000), "hostile_xml"),
    "svg without end": (endless("a.svg", f"<svg {SVG}><path d='M"), "too_large"),
    "inkml entities that multiply": (
        inkml("<trace>&l9;</trace>", f"<!DOCTYPE ink [{LAUGHS}]>"), "hostile_xml"
    ),
    "inkml external entity": (
        inkml("<trace>0 0,&x;</trace>", '<!DOCTYPE ink [<!ENTITY x SYSTEM "FILE">]>'), "hostile_xml"
    ),
    "inkml definitions elsewhere": (
        inkml("<trace>0 0,&stolen;</trace>", '<!DOCTYPE ink SYSTEM "FILE">'), "bad_xml"
    ),
    "inkml parameter entity": (
        inkml("<trace>0 0,1 1</trace>", '<!DOCTYPE ink [<!ENTITY % x SYSTEM "HTTP"> %x;]>'), "hostile_xml"
    ),
    "inkml inclusion": (inkml('<xi:include href="FILE"/>', "", XINCLUDE), "bad_drawing"),
    "inkml traces elsewhere": (inkml('<traceView traceDataRef="FILE#a"/>'), "bad_drawing"),
    "inkml trace without end": (inkml(f"<trace>{'0 0,' * 1_000_000}</trace>"), "too_large"),
    "inkml without end": (endless("a.inkml", f"<ink {INK}><trace>"), "too_large"),
    "drawing of a million strokes": (
        text("a.ndjson", '{"drawing":[' + "[[0],[0]]," * 300_000 + "[[0],[0]]]}"), "too_large"
    ),
    "drawing of one endless stroke": (
        text("a.ndjson", '{"drawing":[[[' + "0," * 2_000_000 + "0],[0]]]}"), "too_large"
    ),
    "drawing whose other axis is endless": (
        text("a.ndjson", '{"drawing":[[[0],[' + "0," * 2_000_000 + "0]]]}"), "bad_drawing"
    ),
    "drawing nested without end": (text("a.ndjson", '{"drawing":' + "[" * 1_000_000), "bad_json"),
    "drawing of a gigabyte": (endless("a.ndjson", '{"drawing":[[[', GIGABYTE), "too_large"),
    "array of drawings without end": (endless("a.json", '[{"drawing":[[['), "too_large"),
}  # fmt: skip

LOGS: Cases = {
    "rrweb log without end": (
        endless("a.json", '[{"type": 4, "timestamp": 1, "data": {}}, {"type": 3, "data": ['), "too_large"
    ),
    "rrweb nested without end": (
        text("a.json", '[{"type": 4, "timestamp": 1, "data": {}}, {"data": ' + '{"node":' * 100_000),
        "bad_json",
    ),
    "rrweb page that names files": (
        lambda folder, bait: (folder / "a.json").write_text(
            json.dumps(
                [
                    {"type": 2, "timestamp": 1, "data": {"node": {"type": 2, "id": 1, "tagName": "img",
                     "attributes": {"src": url, "href": url, "rr_dataURL": url}, "childNodes": []}}}
                    for url in (bait.file("a.png").as_uri(), f"{bait.address}/a.png")
                ]
            )
        ),
        "bad_events",
    ),
    "agentnet log without end": (session, "too_large"),
    "lerobot episodes without end": (
        lerobot(episodes_jsonl=lambda path: write_sparse(path, b'{"tasks": [' + FILLING, ENDLESS)),
        "too_large",
    ),
    "lerobot information without end": (
        lerobot(info_json=lambda path: write_sparse(path, b'{"codebase_version": ' + FILLING, ENDLESS)),
        "no_reader",
    ),
    "lerobot information nested without end": (
        lerobot(info_json=lambda path: path.write_text('{"codebase_version": ' + "[" * 1_000_000)),
        "no_reader",
    ),
    "features nested without end": (
        text("features.json", '{"featuresDict": ' * 100_000), "no_reader"
    ),
    "odyssey nested without end": (text("11.json", '{"steps": ' * 100_000), "no_reader"),
    "subtitles without end": (endless("a.vtt", "WEBVTT "), "orphan_sidecar"),
    "subtitles without a line": (endless("a.srt", "1 "), "not_subtitles"),
    "facts without end": (endless("a.anchors.jsonl", '{"kind": "'), "not_anchors"),
    "facts nested without end": (text("a.anchors.jsonl", '{"kind": ' * 100_000), "not_anchors"),
    "json that swells in memory": (text("a.json", "[" + '{"":0},' * 6_000_000 + "0]"), "memory"),
}  # fmt: skip

CASES = {**DRAWINGS, **LOGS}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """All cases, read once."""
    return read_hostile(CASES, tmp_path_factory.mktemp("hostile"), memory_mb=1024)


@pytest.mark.parametrize("case", CASES)
def test_it_costs_its_own_row_only(outcome: Outcome, case: str) -> None:
    assert outcome.reasons(case) == [CASES[case][1]]


def test_the_good_file_beside_them_is_read(outcome: Outcome) -> None:
    assert outcome.good == ["registered"]


def test_nothing_that_they_name_is_opened_or_fetched(outcome: Outcome) -> None:
    assert (outcome.opened, outcome.visits) == (0, 0)


def test_a_file_that_is_opened_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    with watch_folder(tmp_path) as count_opened:
        (tmp_path / "a").read_text()
        assert count_opened() == 1
