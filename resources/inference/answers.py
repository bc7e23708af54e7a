"""From a reply to what an agent can use: parsed, checked, mended at most once, or said to be unusable."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from string import Template
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from dataclaw_assets.records import Record, SourceKind
from resources.inference.contract import Reply, ReplyError, Request, Sampling

REPLY_CHARS = 1_000_000
"""A longer reply is not parsed: far more than any `max_tokens` in use allows."""

QUOTED_CHARS = 8_000
"""Of a broken reply, quoted in the request to mend it: about 2,500 tokens, beside the prompt it repeats."""

PROBLEMS = 5
"""Validation errors told to the model; one mistake often causes many."""

PROBLEM_CHARS = 200

# What chat templates mark turns with (<|im_end|>, <start_of_turn>, </s>; [INST], [TOOL_CALLS]), and what JSON
# leaves bare although it ends a line or turns the direction of writing.
_MARKS = re.compile(r"[<>\x7f-\x9f\u2028-\u202e\u2066-\u2069]|\[(?=/?[A-Z_]{2})")

Reason = Literal[
    "not_json",
    "invalid",  # JSON, but not what the schema asks for
    "cut_off",  # `max_tokens` came before the end
    "filtered",  # the server's content filter stopped it
]

_STOPPED: dict[str | None, Reason] = {"length": "cut_off", "content_filter": "filtered"}
"""Finish reasons after which a broken reply is not mended: the same would end the same way."""

Model = TypeVar("Model", bound=BaseModel)


class Unusable(Record):
    """A reply that the agent cannot use: for the quarantine, with the raw text. `problems` says what is wrong
    in the words that the model is told, which may quote it."""

    raw: str
    reason: Reason
    problems: tuple[str, ...] = ()

    @property
    def mendable(self) -> bool:
        """Whether asking once more, with the problems, may help."""
        return self.reason in {"not_json", "invalid"}


class FreeText(Record):
    """An answer in a model's own words: of whatever form, it fits."""

    text: str


@dataclass(frozen=True)
class Asked:
    """One question, how often it is tried, and the model that its answers must fit; `FreeText` asks for no
    form. The source's `kind` says who is asked. No two asked together share a `request.key`. A try adds its
    number to the seed."""

    request: Request
    kind: SourceKind
    answer_model: type[BaseModel]
    tries: int = 1


@dataclass(frozen=True)
class Exchange:
    """One request and its reply. `media` counts its pictures and videos. `from_store`: nobody was paid for it
    by this question, be it that an earlier run or another question with the same words had it."""

    prompt_hash: str
    sampling: Sampling
    media: int
    reply: Reply
    from_store: bool


@dataclass(frozen=True)
class Answer:
    """What became of one try of one question: a proposal of the answer's model; `Unusable`, which no further
    run changes; or a `ReplyError`. `exchanges` has one item, or two when the first reply was sent back."""

    key: str
    attempt: int
    outcome: BaseModel | Unusable | ReplyError
    exchanges: tuple[Exchange, ...]
    backend: str
    model: str
    revision: str
    remote: bool

    @property
    def reply(self) -> Reply:
        """The last reply."""
        return self.exchanges[-1].reply

    @property
    def from_store(self) -> bool:
        """Whether nothing was sent for it."""
        return all(exchange.from_store for exchange in self.exchanges)


class PassRate(Record):
    """Of the replies to one question, how many passed. A try without a reply is no try."""

    tries: int
    passed: int

    @property
    def one_sided(self) -> bool:
        """Whether all passed or none did: such a question teaches nothing. Of one try it is always so."""
        return self.passed in (0, self.tries)


def parse_answer(reply: Reply, model: type[Model]) -> Model | Unusable:
    """The text of a reply as the agent's model: a code fence around it is taken off, then strict JSON (finite
    numbers, no name twice), then strict validation. One that fits is used even if `max_tokens` ended it.
    `FreeText` is the reply as it stands."""
    if model is FreeText:
        return model.model_construct(text=reply.text)
    text = _strip_fence(reply.text)
    try:
        if len(text) > REPLY_CHARS:
            raise ValueError(f"more than {REPLY_CHARS} characters")
        json.loads(text, parse_constant=_refuse, parse_float=_parse_finite, object_pairs_hook=_refuse_doubles)
        return model.model_validate_json(text, strict=True)
    except ValidationError as error:
        return _judge_unusable(reply, "invalid", _list_problems(error))
    except ValueError as error:
        return _judge_unusable(reply, "not_json", (str(error)[:PROBLEM_CHARS],))
    except RecursionError:
        return _judge_unusable(reply, "not_json", ("nested too deeply",))


def request_repair(request: Request, broken: Unusable) -> Request:
    """The request to mend a reply: all that was asked first, so that the prefix stays shared, then the raw
    reply and what is wrong with it, both quoted as data."""
    raw = broken.raw
    if len(raw) > QUOTED_CHARS:
        raw = raw[:QUOTED_CHARS] + " …"
    told = _template().substitute(
        reply=_quote(raw), problems="\n".join(_quote(problem) for problem in broken.problems)
    )
    return replace(request, parts=(*request.parts, told))


def pass_rates(answers: Iterable[Answer], passed: Callable[[Answer], bool]) -> dict[str, PassRate]:
    """By key, how many tries were answered and how many of these passed. `passed` is asked of usable answers
    only; an unusable one did not pass, and one without a reply does not count."""
    rates: dict[str, PassRate] = {}
    for answer in answers:
        rate = rates.setdefault(answer.key, PassRate(tries=0, passed=0))
        if isinstance(answer.outcome, ReplyError):
            continue
        won = not isinstance(answer.outcome, Unusable) and passed(answer)
        rates[answer.key] = PassRate(tries=rate.tries + 1, passed=rate.passed + won)
    return rates


def _judge_unusable(reply: Reply, reason: Reason, problems: tuple[str, ...]) -> Unusable:
    return Unusable(raw=reply.text, reason=_STOPPED.get(reply.finish_reason, reason), problems=problems)


def _strip_fence(text: str) -> str:
    text = text.strip().strip("\ufeff")
    if not text.startswith("```"):
        return text
    _, _, inside = text.partition("\n")
    return inside.strip().removesuffix("```").strip()


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _parse_finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"{number[:40]} is too large")
    return value


def _refuse_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {name[:40]!r} stands twice in one object")
        found[name] = value
    return found


def _list_problems(error: ValidationError) -> tuple[str, ...]:
    problems = []
    for found in error.errors(include_url=False, include_input=False)[:PROBLEMS]:
        place = ".".join(str(part)[:40] for part in found["loc"])
        problems.append(f"{place}: {found['msg']}"[:PROBLEM_CHARS])
    return tuple(problems)


def _quote(text: str) -> str:
    """One JSON string in which no chat template finds a mark of its own."""
    return _MARKS.sub(lambda mark: f"\\u{ord(mark.group()):04x}", json.dumps(text, ensure_ascii=False))


@cache
def _template() -> Template:
    return Template((Path(__file__).parent / "repair.md").read_text("utf-8"))
