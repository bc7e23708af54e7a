"""A claim that the pixels confirm names the measurement; others stay as they are."""

from __future__ import annotations

import pytest

from dataclaw_assets.anchor_values import TargetReadValue, TextValue
from dataclaw_assets.factual_anchors.corroboration import corroborate
from dataclaw_assets.factual_anchors.extractors.actions import Actions
from dataclaw_assets.factual_anchors.extractors.contract import make_anchor
from dataclaw_assets.factual_anchors.extractors.log_check import LogCheck
from dataclaw_assets.factual_anchors.extractors.session_elements import SessionElements
from dataclaw_assets.factual_anchors.extractors.text import TextExtractor
from dataclaw_assets.raw_sources.formats.gui.session import Appearance
from dataclaw_assets.records import Anchor
from tests.factual_anchors.made_sessions import act, make_session, make_source


@pytest.mark.parametrize("agrees", [True, False])
def test_only_what_agrees_corroborates(agrees: bool) -> None:
    source = make_source()
    first, second = Actions().tell(source, make_session(act("click", name="Save"), act("click", 1.0)))
    value = TargetReadValue(index=0, name="Save", agrees=agrees, suspect=())
    read = make_anchor(source, LogCheck(), "target_read", value, "The screen reads “Save”.")
    told, other, _ = corroborate([first, second, read])
    assert told.corroborated_by == ((read.anchor_id,) if agrees else ())
    assert told.anchor_id == first.anchor_id
    assert other == second


def read_text(text: str, start_s: float) -> Anchor:
    value = TextValue(text=text, confidence=0.9, seen=3)
    return make_anchor(
        make_source(),
        TextExtractor(),
        "text",
        value,
        f"“{text}” is on the screen.",
        start_s=start_s,
        end_s=60.0,
    )


def element_appeared(name: str = "Add an order") -> Anchor:
    item = Appearance(since_s=1.2, time_s=1.5, role="dialog", name=name)
    session = make_session(act("click", 1.0, name="New order"), appearances=(item,))
    (anchor,) = SessionElements().tell(make_source(), session)
    return anchor


@pytest.mark.parametrize(
    ("text", "start_s", "agrees"),
    [
        ("Add an order", 1.6, True),
        ("+ ADD  an order:", 1.6, True),
        ("Add an order for Mara", 1.6, True),
        ("Add an orderly", 1.6, False),
        ("Add order", 1.6, False),
        ("Add an order", 0.5, False),
        ("Add an order", 3.0, False),
    ],
)
def test_element_is_corroborated_by_its_name_that_begins_to_be_read(
    text: str, start_s: float, agrees: bool
) -> None:
    claim, read = element_appeared(), read_text(text, start_s)
    told, other = corroborate([claim, read])
    assert told.corroborated_by == ((read.anchor_id,) if agrees else ())
    assert (told.anchor_id, other) == (claim.anchor_id, read)


def test_element_without_words_is_not_corroborated() -> None:
    (told, _) = corroborate([element_appeared("…"), read_text("…", 1.6)])
    assert told.corroborated_by == ()
