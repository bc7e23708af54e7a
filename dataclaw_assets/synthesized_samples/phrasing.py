"""Phrasings: the sentences of a task, kept in a YAML file beside the code, several for each template."""

from __future__ import annotations

import functools
import random
from pathlib import Path

import yaml

PROMPTS = Path(__file__).parent / "prompts"


@functools.cache
def load_phrasings(task_type: str) -> dict[str, list[str]]:
    """The sentences of a task by template; none for a task without a file here."""
    file = PROMPTS / f"{task_type}.yaml"
    loaded: dict[str, list[str]] = yaml.safe_load(file.read_text("utf-8")) if file.is_file() else {}
    return loaded


def phrase(task_type: str, template: str, chance: random.Random, **fields: str) -> str:
    """One of the template's phrasings, chosen by chance, with its fields filled in."""
    return chance.choice(load_phrasings(task_type)[template]).strip().format(**fields)
