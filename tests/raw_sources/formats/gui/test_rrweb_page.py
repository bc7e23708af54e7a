"""The mirror of a recorded page: roles and names as a person knows them, and trees made to hurt."""

from __future__ import annotations

from typing import Any

import pytest

from dataclaw_assets.raw_sources.formats.gui import rrweb_tree
from dataclaw_assets.raw_sources.formats.gui.rrweb_page import Page, clean
from tests.raw_sources.formats.gui.made_rrweb import Event, document, element, words

BODY, FIELD = 3, 50


def page_of(*nodes: Event) -> Page:
    page = Page()
    page.tree.load(document(element(2, "html", element(BODY, "body", *nodes))))
    return page


def added(node: Event, parent: int = BODY, after: int | None = None) -> dict[str, Any]:
    return {"adds": [{"parentId": parent, "nextId": after, "node": node}]}


def name_of(page: Page, node_id: int = FIELD) -> str | None:
    target = page.target(node_id)
    return target.name if target else None


@pytest.mark.parametrize(
    ("tag", "attributes", "role"),
    [
        ("a", {"href": "#"}, "link"),
        ("a", {}, None),
        ("button", {}, "button"),
        ("input", {}, "textbox"),
        ("input", {"type": "EMAIL"}, "textbox"),
        ("input", {"type": "number"}, "spinbutton"),
        ("input", {"type": "radio"}, "radio"),
        ("input", {"type": "submit"}, "button"),
        ("select", {}, "combobox"),
        ("select", {"multiple": True}, "listbox"),
        ("textarea", {}, "textbox"),
        ("div", {"role": "tab presentation"}, "tab"),
        ("div", {}, None),
    ],
)
def test_role_comes_from_the_tag_its_type_or_what_is_stated(
    tag: str, attributes: dict[str, Any], role: str | None
) -> None:
    target = page_of(element(FIELD, tag, **attributes)).target(FIELD)
    assert target is not None
    assert target.role == role


@pytest.mark.parametrize(
    ("node", "name"),
    [
        (element(FIELD, "button", words(51, "  Send \n it "), aria_label="Post"), "Post"),
        (element(FIELD, "button", words(51, "  Send \n it ")), "Send it"),
        (element(FIELD, "button", element(51, "img", alt="Bin")), "Bin"),
        (element(FIELD, "button", element(51, "script", words(52, "x()")), title="Bin"), "Bin"),
        (element(FIELD, "input", type="submit", value="Order"), "Order"),
        (element(FIELD, "input", value="mine", placeholder="City"), "City"),
        (element(FIELD, "input", aria_labelledby="a b none"), "First second"),
        (element(FIELD, "input", id="city"), "Town"),
        (element(60, "label", words(61, "Street"), element(FIELD, "input")), "Street"),
        (element(FIELD, "select", element(51, "option", words(52, "Oslo"))), None),
        (element(FIELD, "p", words(51, "***** **")), None),
        (element(FIELD, "p", words(51, "ghp_abcdefghij0123456789")), "[redacted]"),
    ],
    ids=["aria", "text", "alt", "script", "submit", "placeholder", "labelledby", "for", "label", "none",
         "mask", "secret"],
)  # fmt: skip
def test_name_is_what_a_person_reads(node: Event, name: str | None) -> None:
    labels = [
        element(70, "b", words(71, "First "), id="a"),
        element(72, "b", words(73, "second"), id="b"),
        element(74, "label", words(75, "Town"), for_="city"),
    ]
    assert name_of(page_of(*labels, node)) == name


@pytest.mark.parametrize(
    ("attributes", "secret"),
    [
        ({"type": "password"}, True),
        ({"type": "text", "data_rr_is_password": "true"}, True),
        ({"name": "api_key"}, True),
        ({"autocomplete": "section-pay cc-number"}, True),
        ({"aria_label": "Card number"}, True),
        ({"name": "city"}, False),
    ],
)
def test_a_field_for_a_secret_is_known(attributes: dict[str, Any], secret: bool) -> None:
    assert page_of(element(FIELD, "input", **attributes)).hides(FIELD) is secret


def test_a_label_that_is_taken_away_names_nothing() -> None:
    page = page_of(element(74, "label", words(75, "Town"), for_="city"), element(FIELD, "input", id="city"))
    page.tree.mutate({"removes": [{"parentId": BODY, "id": 74}]})
    assert name_of(page) is None


def test_children_are_added_in_their_order() -> None:
    page = page_of(element(FIELD, "p", words(51, "c")))
    page.tree.mutate(added(words(52, "a"), FIELD, 51))
    page.tree.mutate(added(words(53, "b"), FIELD, 51))
    page.tree.mutate(added(words(54, "d"), FIELD))
    assert name_of(page) == "abcd"


def test_a_child_may_be_named_before_its_parent() -> None:
    page = page_of()
    adds = [*added(words(51, "Hi"), FIELD)["adds"], *added(element(FIELD, "p"))["adds"]]
    page.tree.mutate({"adds": adds})
    assert name_of(page) == "Hi"


def test_an_id_that_is_used_again_is_the_new_node() -> None:
    page = page_of(element(FIELD, "p", words(51, "old")))
    page.tree.mutate(added(element(FIELD, "button", words(52, "new"))))
    assert (name_of(page), page.tree.find(51)) == ("new", None)


def test_a_node_put_into_itself_is_dropped() -> None:
    page = page_of(element(FIELD, "p", element(51, "b")))
    page.tree.mutate(added(element(FIELD, "p"), 51))
    assert (page.target(FIELD), page.tree.dropped) == (None, 1)


def test_parents_that_go_in_a_circle_are_dropped() -> None:
    page = page_of()
    page.tree.mutate({"adds": [*added(element(60, "p"), 61)["adds"], *added(element(61, "p"), 60)["adds"]]})
    assert page.tree.dropped == 2


@pytest.mark.parametrize("node_id", [999, -1, 0, None, "3", True, 2**60, 1.5, [3], {}])
def test_an_unknown_id_changes_nothing(node_id: Any) -> None:
    page = page_of(element(FIELD, "p", words(51, "Hi")))
    page.tree.mutate(
        {
            "removes": [{"id": node_id}],
            "adds": [{"parentId": node_id, "nextId": node_id, "node": element(80, "p")}],
            "texts": [{"id": node_id, "value": "x"}],
            "attributes": [{"id": node_id, "attributes": {"title": "x"}}],
        }
    )
    assert (name_of(page), page.target(node_id), page.field(node_id)) == ("Hi", None, None)


@pytest.mark.parametrize(
    "junk", [None, 7, "x", [7], [[]], [{"id": 3, "attributes": 7, "value": 7, "node": 7}]]
)
def test_a_mutation_that_is_none_changes_nothing(junk: Any) -> None:
    page = page_of(element(FIELD, "p", words(51, "Hi")))
    page.tree.mutate({"adds": junk, "texts": junk, "attributes": junk})
    assert name_of(page) == "Hi"


def test_a_tree_of_any_depth_is_mirrored() -> None:
    node = words(100_000, "deep")
    for node_id in range(99_999, 50_000, -1):
        node = {"type": 2, "tagName": "b", "attributes": {}, "childNodes": [node], "id": node_id}
    page = page_of(node)
    assert page.control(100_000) == 99_999
    page.tree.mutate({"removes": [{"id": 50_001}]})
    assert page.tree.find(100_000) is None


def test_nodes_beyond_the_cap_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rrweb_tree, "MAX_NODES", 100)
    page = page_of(*(words(node_id, "x") for node_id in range(1_000, 2_000)))
    assert page.tree.dropped == 903


def test_a_long_text_is_cut() -> None:
    page = page_of(element(FIELD, "p", *(words(node_id, "word ") for node_id in range(1_000, 9_000))))
    assert len(name_of(page) or "") <= 120


def test_control_characters_and_lone_surrogates_are_taken_out() -> None:
    assert clean("a\x00\x1b[31mb\ud800\u202ec", 20) == "a[31mbc"
