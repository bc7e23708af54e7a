"""The synthesis-ready words of an instruction, from `prompts/`, in the language of the request."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from dataclaw_assets.records import digest
from dataclaw_assets.resolved_intents.amounts import Difficulty
from dataclaw_assets.resolved_intents.offers import Offer
from dataclaw_assets.resolved_intents.tokens import list_tokens, normalise
from dataclaw_assets.task_specs import TaskSpec

PROMPTS = Path(__file__).parent / "prompts"


@dataclass(frozen=True)
class Wish:
    """What is asked for beside the task: the request, the output schema, how many and how hard at will."""

    request: str
    schema: str
    count: int | None = None
    difficulty: Difficulty | None = None


def write_instruction(spec: TaskSpec, offer: Offer, wish: Wish, said: str | None = None) -> str:
    """What to look for, by which evidence, in which form, how hard and how many.

    From `prompts/<task>.<kind>.txt`, else `<task>.txt`, else `task.txt`; for a Chinese request from
    `prompts/zh/<task>.txt` where it exists; round what a model `said` of it from `said.txt`.
    """
    language = "zh" if said is None and is_chinese(wish.request) and _has_chinese(spec.task_type) else "en"
    named = _name_in_chinese(offer) if language == "zh" else _name_in_english(offer)
    fields = {**named, "name": _quote(offer.name), "title": spec.title, "description": spec.description}
    body = Template(_load(_find_prompt(spec.task_type, offer, language, said))).substitute(fields, said=said)
    amounts = _load_yaml("amounts.yaml")[language]
    closing = Template(_load("zh/closing.txt" if language == "zh" else "closing.txt")).substitute(
        difficulty=amounts[wish.difficulty or "any"],
        number=Template(amounts["any_number" if wish.count is None else "number"]).substitute(
            count=wish.count
        ),
        schema=wish.schema,
        request=_quote(wish.request),
    )
    return " ".join(f"{body} {closing}".split())


def write_refusal(spec: TaskSpec, offer: Offer, why: str) -> str:
    """What stands in place of an instruction that a source does not bear."""
    return f"{spec.title}: not made from {_quote(offer.name)}; {why}."


def is_chinese(text: str) -> bool:
    """Whether a request is to be answered in Chinese: as many Chinese characters as other words at least."""
    tokens = list_tokens(normalise(text))
    return bool(tokens) and 2 * sum(token.is_han for token in tokens) >= len(tokens)


def digest_prompts() -> str:
    """Digest of every prompt file, so that a changed one makes instructions anew."""
    paths = (path for ending in ("txt", "yaml") for path in PROMPTS.rglob(f"*.{ending}"))
    return digest([(path.name, path.parent.name, path.read_text("utf-8")) for path in sorted(paths)])


def _find_prompt(task_type: str, offer: Offer, language: str, said: str | None) -> str:
    if said is not None:
        return "said.txt"
    if language == "zh":
        return f"zh/{task_type}.txt"
    own = (f"{task_type}.{offer.kind}.txt", f"{task_type}.txt")
    return next((name for name in own if (PROMPTS / name).is_file()), "task.txt")


@functools.cache
def _has_chinese(task_type: str) -> bool:
    return (PROMPTS / "zh" / f"{task_type}.txt").is_file()


def _name_in_english(offer: Offer) -> dict[str, str]:
    kind = (offer.kind or "unknown").replace("_", " ")
    return {"kind": kind, "length": offer.length, "facts": offer.facts}


def _name_in_chinese(offer: Offer) -> dict[str, str]:
    names = _load_yaml("zh/names.yaml")
    counts = [f"{offer.found[kind]} {name}" for kind, name in names["facts"].items() if offer.found[kind]]
    seconds = offer.duration_s
    length = (
        names["no_clock"]
        if seconds is None
        else Template(names["length"]).substitute(seconds=f"{seconds:.1f}")
    )
    return {
        "kind": names["kinds"].get(offer.kind, offer.kind or ""),
        "length": length,
        "facts": "、".join(counts) or names["no_facts"],
    }


@functools.cache
def _load(name: str) -> str:
    return (PROMPTS / name).read_text(encoding="utf-8")


@functools.cache
def _load_yaml(name: str) -> Any:
    import yaml

    return yaml.safe_load(_load(name))


def _quote(text: str) -> str:
    """Text from a user or a file name, as data: in quotes, on one line."""
    return json.dumps(text, ensure_ascii=False)
