"""Options of a choice as phrasings of a task: what each means, and which letter says it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from dataclaw_assets.synthesized_samples.phrasing import load_phrasings, phrase


def letter_options(task: str, meanings: Sequence[str], chance: random.Random) -> dict[str, str]:
    """The texts of these meanings (`option.<meaning>` among the task's phrasings) in an order by chance."""
    order = chance.sample(list(meanings), len(meanings))
    return {chr(ord("A") + place): phrase(task, f"option.{name}", chance) for place, name in enumerate(order)}


def find_option(task: str, options: Mapping[str, str] | None, meaning: str) -> str:
    """The letter of the option that says this. Raises `ValueError` when not one does."""
    said = {text.strip() for text in load_phrasings(task).get(f"option.{meaning}", ())}
    letters = [letter for letter, text in (options or {}).items() if text in said]
    if len(letters) != 1:
        raise ValueError(f"{len(letters)} options say {meaning}")
    return letters[0]


def miss_options(task: str, options: Mapping[str, str] | None, meanings: Sequence[str]) -> str | None:
    """Why options are not these meanings, each once, under the first letters; None when they are."""
    try:
        named = {find_option(task, options, meaning) for meaning in meanings}
    except ValueError as error:
        return str(error)
    wanted = {chr(ord("A") + place) for place in range(len(meanings))}
    return None if named == wanted == set(options or {}) else f"{sorted(options or {})} for {meanings}"
