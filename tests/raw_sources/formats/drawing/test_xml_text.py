"""XML from anybody: what is refused, and that nothing is expanded or fetched."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.drawing import xml_text
from dataclaw_assets.raw_sources.formats.drawing.xml_text import parse_xml, root_name

LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))


def parse(tmp_path: Path, text: str | bytes) -> str:
    """The tag of the root, or the reason against the document."""
    path = tmp_path / "a.xml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    try:
        return str(parse_xml(path).tag)
    except UnreadableSource as reason:
        return reason.reason


def test_a_document_is_parsed(tmp_path: Path) -> None:
    assert parse(tmp_path, '<?xml version="1.0"?><!-- a --><a><b/></a>') == "a"


def test_entities_that_multiply_are_refused(tmp_path: Path) -> None:
    text = f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l9;</a>'
    assert parse(tmp_path, text) == "hostile_xml"


def test_an_external_entity_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    text = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{(tmp_path / "secret").as_uri()}">]><a>&x;</a>'
    assert parse(tmp_path, text) == "hostile_xml"


def test_an_external_parameter_entity_is_refused(tmp_path: Path) -> None:
    text = '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://192.0.2.1/x.dtd"> %x;]><a/>'
    assert parse(tmp_path, text) == "hostile_xml"


def test_an_external_dtd_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.dtd").write_text('<!ATTLIST a b CDATA "from outside">')
    path = tmp_path / "a.xml"
    path.write_text(f'<!DOCTYPE a SYSTEM "{(tmp_path / "a.dtd").as_uri()}"><a/>')
    assert parse_xml(path).attrib == {}


def test_an_undeclared_entity_is_a_mistake(tmp_path: Path) -> None:
    assert parse(tmp_path, "<a>&nbsp;</a>") == "bad_xml"


def test_elements_nested_too_deep_are_refused(tmp_path: Path) -> None:
    assert parse(tmp_path, "<a>" * 100_000) == "hostile_xml"


def test_too_many_elements_are_refused(tmp_path: Path) -> None:
    assert parse(tmp_path, f"<a>{'<b/>' * (xml_text.MAX_ELEMENTS + 1)}</a>") == "too_large"


def test_a_huge_attribute_is_not_parsed(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    with path.open("wb") as file:  # a sparse gigabyte
        file.write(b'<a b="')
        file.truncate(2**30)
    with pytest.raises(UnreadableSource, match="too_large"):
        parse_xml(path)


def test_a_default_that_multiplies_is_refused(tmp_path: Path) -> None:
    default = f'<!DOCTYPE a [<!ATTLIST b c CDATA "{"x" * 100_000}">]>'
    assert parse(tmp_path, f"{default}<a>{'<b/>' * 1_000}</a>") == "hostile_xml"


def test_bytes_that_are_not_utf_8_are_a_mistake(tmp_path: Path) -> None:
    assert parse(tmp_path, b"<a>\xff\xfe\xfa</a>") == "bad_xml"


def test_an_encoding_that_nobody_knows_is_a_mistake(tmp_path: Path) -> None:
    assert parse(tmp_path, '<?xml version="1.0" encoding="x-none"?><a/>') == "bad_xml"


@pytest.mark.parametrize("text", ["<a><b>", "<a><b", "<a", '<a b="', ""])
def test_a_document_that_ends_too_early_is_truncated(tmp_path: Path, text: str) -> None:
    assert parse(tmp_path, text) == "truncated"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"<svg>", "svg"),
        (b'\xef\xbb\xbf <?xml version="1.0"?>\n<!-- <ink> -->\n<svg:svg x="1">', "svg"),
        (b'<!DOCTYPE svg PUBLIC "a" "b" [\n<!ATTLIST g a CDATA #IMPLIED>\n]>\n<svg/>', "svg"),
        (b"<html><svg>", "html"),
        (b"a <svg>", None),
        (b"<!-- <svg> ", None),
        (b"", None),
    ],
)
def test_the_root_is_named_by_its_first_bytes(head: bytes, name: str | None) -> None:
    assert root_name(head) == name
