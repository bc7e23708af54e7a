"""XML from anybody, within bounds: entities are refused, and nothing outside the file is read."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from xml.parsers.expat import errors

from dataclaw_assets.errors import UnreadableSource

MAX_BYTES = 16 * 1024 * 1024
"""The largest document that is parsed: a drawing of `canvas.MAX_POINTS` points takes a few megabytes."""

MAX_ELEMENTS = 200_000
MAX_DEPTH = 64
"""How deep elements may lie in one another; drawings of editors reach about twenty."""

MAX_ATTRIBUTES = MAX_BYTES
"""Characters of all attributes together: a default that a DTD declares is added to every element anew."""

_CUT_SHORT = frozenset(
    errors.codes[message]
    for message in (
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_PARTIAL_CHAR,
    )
)
"""What expat says of a document that ends too early."""

_PROLOGUE = re.compile(
    rb"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[[^\]]*\]\s*)?>",
    re.DOTALL,
)
_ROOT = re.compile(rb"<(?:[\w.-]{1,64}:)?([\w.-]{1,64})[\s/>]")


def root_name(head: bytes) -> str | None:
    """The local name of the root element as the file's first bytes have it; None where there is none."""
    at = 3 if head.startswith(b"\xef\xbb\xbf") else 0
    while passed := _PROLOGUE.match(head, at):
        at = passed.end()
    root = _ROOT.match(head, at)
    return root[1].decode("ascii", "replace") if root else None


def parse_xml(path: Path) -> Element:
    """The root element of a document.

    A DOCTYPE is passed over, save the attribute defaults of its internal subset (KanjiVG declares its
    namespace there); any entity declared is refused. Raises `UnreadableSource` (`too_large`, `truncated`,
    `bad_xml`, `hostile_xml`).
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnreadableSource("too_large", f"an XML document of more than {MAX_BYTES // (1024 * 1024)} MB")
    parser = DefusedXMLParser(target=_BoundedBuilder())
    try:
        parser.feed(data)
        root: Element = parser.close()
    except ParseError as error:
        cut = error.code in _CUT_SHORT
        raise UnreadableSource("truncated" if cut else "bad_xml", str(error)[:200]) from error
    except DefusedXmlException as error:
        raise UnreadableSource("hostile_xml", "it declares an entity, which is never expanded") from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise UnreadableSource("bad_xml", str(error)[:200]) from error
    return root


def split_name(tag: str) -> tuple[str, str]:
    """Namespace (empty where there is none) and local name of a tag or an attribute."""
    namespace, _, name = tag.rpartition("}")
    return namespace[1:], name


class _BoundedBuilder:
    """Builds the tree and stops at the first bound that is passed."""

    def __init__(self) -> None:
        self._tree = TreeBuilder()
        self._elements = self._depth = self._attributes = 0

    def start(self, tag: str, attributes: dict[str, str]) -> Element:
        self._elements += 1
        self._depth += 1
        self._attributes += sum(len(key) + len(value) for key, value in attributes.items())
        if self._elements > MAX_ELEMENTS:
            raise UnreadableSource("too_large", f"more than {MAX_ELEMENTS} elements")
        if self._depth > MAX_DEPTH:
            raise UnreadableSource("hostile_xml", f"elements nested more than {MAX_DEPTH} deep")
        if self._attributes > MAX_ATTRIBUTES:
            raise UnreadableSource("hostile_xml", "attributes longer than the document")
        return self._tree.start(tag, attributes)

    def end(self, tag: str) -> Element:
        self._depth -= 1
        return self._tree.end(tag)

    def data(self, text: str) -> None:
        self._tree.data(text)

    def close(self) -> Element:
        return self._tree.close()
