"""Secrets of a session: text typed into secret fields and what looks like a key are never repeated."""

from __future__ import annotations

import pytest

from dataclaw_assets.factual_anchors.extractors.session_privacy import MAX_NAME, clean_page, hide_secrets
from dataclaw_assets.raw_sources.formats.gui.session import Action
from tests.factual_anchors.made_sessions import act, make_session

KEY = "ghp_" + "Ab3dEf6hIj" * 3
SECRET = "hunter2"


def values(*actions: Action) -> list[str | None]:
    return [action.value for action in hide_secrets(make_session(*actions)).actions]


def typed(value: str, name: str | None = None) -> Action:
    return act("type", name=name, role="textbox" if name else None, value=value)


def test_what_is_typed_into_a_field_named_like_a_secret_is_hidden() -> None:
    assert values(typed(SECRET, "Password")) == ["[redacted]"]


def test_what_is_typed_after_a_click_on_a_secret_field_is_hidden() -> None:
    assert values(act("click", name="Password"), typed(SECRET)) == [None, "[redacted]"]


def test_another_field_ends_it() -> None:
    assert values(typed(SECRET, "Password"), typed("Ann", "Name")) == ["[redacted]", "Ann"]


def test_click_on_nothing_the_log_names_ends_it() -> None:
    clicks = (act("click", name="Password"), act("click", point=(1.0, 1.0)))
    assert values(*clicks, typed("Ann"))[-1] == "Ann"


def test_tab_from_a_user_name_leads_to_a_secret() -> None:
    tab = act("key", value="Tab")
    assert values(typed("mara", "User name"), tab, typed(SECRET)) == ["mara", "Tab", "[redacted]"]


def test_tab_within_typed_text_leads_to_a_secret() -> None:
    assert values(act("click", name="E-mail"), typed(f"mara\t{SECRET}")) == [None, "mara\t[redacted]"]


def test_tab_between_cells_hides_nothing() -> None:
    assert values(act("click", name="Cell A1"), typed("1\t2")) == [None, "1\t2"]


def test_single_keys_in_a_secret_field_are_hidden_and_named_keys_are_not() -> None:
    field = act("click", name="PIN")
    keys = [act("key", value=value) for value in ("7", "Enter")]
    assert values(field, *keys, act("hotkey", value="ctrl+v")) == [None, "[redacted]", "Enter", "ctrl+v"]


@pytest.mark.parametrize("verb", ["type", "select", "navigate"])
def test_value_that_looks_like_a_key_is_hidden(verb: str) -> None:
    (value,) = values(act(verb, value=KEY))
    assert value == "[redacted]"


def test_keys_in_names_pages_and_tasks_are_hidden() -> None:
    session = hide_secrets(make_session(act("click", name=KEY, page=f"/reset/{KEY}"), task=f"use {KEY}"))
    assert KEY not in session.model_dump_json()


def test_long_path_of_plain_words_is_kept() -> None:
    path = "/overview/Activity/timeline/2024"
    assert clean_page(path) == path


@pytest.mark.parametrize("page", ["about:blank", "blank", "", None])
def test_blank_page_is_no_page(page: str | None) -> None:
    assert clean_page(page) is None


def test_name_is_one_bounded_line_that_can_be_stored() -> None:
    (action,) = hide_secrets(make_session(act("click", name="a\ud800\n b " + "long " * 500))).actions
    assert action.target
    assert action.target.name
    assert action.target.name.startswith("a? b long")
    assert len(action.target.name) <= MAX_NAME


def test_names_of_screens_are_kept_whole() -> None:
    name = "page@9f86d081884c7d659a2feaa0c55ad015-1730000000.jpeg"
    assert hide_secrets(make_session(act("click", before=name))).actions[0].before == name
