"""Which puzzles of one source go together: each picture is shown in one of them only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from dataclaw_assets.records import Draft, Still

Shown = dict[float | None, str]
"""By the time of a picture (None: an image) the puzzle that shows it."""


def show_once(drafts: Iterable[Draft], cap: int, shown: Shown) -> Iterator[Draft]:
    """The drafts whose pictures no earlier one shows: whoever has seen a picture whole, or knows its place in
    time, need not put its tiles together, or look for it again. Of a template no more than `cap`, lest what
    is not released take pictures from what is. `shown` is kept up to date."""
    made: dict[str, set[str]] = defaultdict(set)
    for number, draft in enumerate(drafts):
        name = draft.twin_key or str(number)
        if (name in made[draft.template] or len(made[draft.template]) < cap) and take(draft, name, shown):
            made[draft.template].add(name)
            yield draft


def take(draft: Draft, name: str, shown: Shown) -> bool:
    """Note that the puzzle `name` shows a draft's pictures; False when another one does. Twins share them,
    and so do the lines to be found on one picture."""
    owner = draft.template if draft.template == "find_line" else name
    times = [medium.time_s for medium in draft.media if isinstance(medium, Still)]
    if any(shown.get(time, owner) != owner for time in times):
        return False
    shown.update(dict.fromkeys(times, owner))
    return True
