"""What the proposals of all tasks share: an item that cannot be made is refused by its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dataclaw_assets.records import Draft
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.proposals import draft_items, gather
from dataclaw_assets.synthesized_samples.context import SourceContext
from resources.settings import Settings
from tests.builders import make_source


def draft_nothing(item: list[str], context: SourceContext, facts: Any) -> Iterator[Draft]:
    gather(item, facts)
    yield from ()


def test_an_item_that_cannot_be_made_is_refused_by_its_place() -> None:
    context = SourceContext(make_source(), (), Settings())
    items: list[list[str]] = [[], ["F7"], [], ["F8"]]
    assert list(draft_items(items, context, {}, draft_nothing)) == [
        Refusal(code="unknown_fact", item=1, detail="F7"),
        Refusal(code="unknown_fact", item=3, detail="F8"),
    ]
