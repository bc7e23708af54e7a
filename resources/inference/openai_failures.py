"""What a server that speaks OpenAI's protocol means by an error: try again, give up one request, or all."""

from __future__ import annotations

import email.utils
import json
import math
import random
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from resources.inference.contract import ErrorCode

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 60.0
"""Between two attempts; a large model takes minutes to load again."""
LONGEST_ASKED_WAIT_S = 300.0
"""A server that asks for a longer wait means its quota of the day, not the load of the moment."""
DETAIL_CHARS = 500
"""Of a server's message; some repeat the prompt in it, pictures and all."""
PARSED_CHARS = 1_000_000
READ_CHARS = 4_000
"""Of an answer that is no known form of error; proxies send whole web pages."""

# vLLM and OpenAI ("maximum context length", "context_length_exceeded"), vLLM's engine and SGLang ("longer
# than the ... model length"), Gemini ("input token count ... exceeds"), llama.cpp
# ("exceed_context_size_error", 500 "Context size has been exceeded"), Anthropic ("prompt is too long"), and
# OpenAI's limit a minute that one request alone exceeds ("Request too large for").
_TOO_LONG = re.compile(
    r"maximum context length|context_length_exceeded|longer than the (?:maximum )?model"
    r"|model's context length|input token count.{0,40}exceeds|exceed_context_size"
    r"|exceeds the available context|context size has been exceeded|exceed context window"
    r"|prompt is too long|request too large for",
    re.IGNORECASE,
)
# vLLM ("At most 8 image(s) may be provided in one prompt."), OpenAI ("Too many images"), Gemini ("fewer
# than 16 images").
_TOO_MANY = re.compile(
    r"at most \d+ (?:image|video|audio)|too many (?:image|video)|(?:fewer|less) than \d+ (?:image|video)",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"model_not_found|\bmodel\b.{0,200}(?:does not exist|not found)", re.IGNORECASE | re.DOTALL
)
_NO_MONEY = re.compile(r"insufficient_quota|billing_hard_limit", re.IGNORECASE)
# OpenAI ("Unsupported parameter: 'max_tokens' ...", "Unsupported value: 'temperature' ..."), Gemini
# ("Unknown name \"seed\": Cannot find field.").
_NOT_TAKEN = re.compile(r"unsupported (?:parameter|value): '(\w+)'|unknown name \\*\"(\w+)", re.IGNORECASE)
_BAD_SCHEMA = re.compile(r"invalid schema for response_format", re.IGNORECASE)
# Gemini's google.rpc.RetryInfo.
_RETRY_DELAY = re.compile(r"\"retryDelay\"\s*:\s*\"(\d+(?:\.\d+)?)s\"")

_SIZE_STATUSES = frozenset({400, 413, 422, 429, 500})
_WAIT_STATUSES = frozenset({408, 409, 425, 429})


@dataclass(frozen=True)
class Failure:
    """An error answer. `again`: the same request may succeed later; `request`: this one never will; `whole`:
    no request will. `dropped` names a parameter that the server does not take, if that is the reason."""

    scope: Literal["again", "request", "whole"]
    detail: str
    code: ErrorCode = "unavailable"
    dropped: str | None = None
    wait_s: float | None = None
    """How long the server asks to wait."""
    status: int | None = None
    is_lost: bool = False
    """Whether there was no connection, or it broke."""


def judge_failure(status: int, text: str, headers: Mapping[str, str]) -> Failure:
    """What an answer of another status than 2xx means. `text` is its body, already without the key."""
    said, message = _read_body(text)
    failure = Failure("request", f"{status} {message}".strip(), "bad_request", status=status)
    if 300 <= status < 400:
        said_to = f"{status}: it redirects, which is not followed; give the final address"
        return replace(failure, scope="whole", detail=said_to)
    if status in (401, 402, 403) or _NO_MONEY.search(said) or (status == 404 and _NO_MODEL.search(said)):
        return replace(failure, scope="whole")
    if status == 413 or (status in _SIZE_STATUSES and _TOO_LONG.search(said)):
        return replace(failure, code="too_long")
    if status in _SIZE_STATUSES and _TOO_MANY.search(said):
        return replace(failure, code="too_many_media")
    if status in _WAIT_STATUSES or status >= 500:
        return replace(failure, scope="again", code="unavailable", wait_s=_find_wait(headers, said))
    return replace(failure, dropped=_find_dropped(said))


def choose_wait(failed: int, asked_s: float | None) -> float:
    """Seconds until the next attempt after `failed` ones: what the server asks for, else doubling from half a
    second; spread over a factor of two, so that those refused together do not come back together."""
    if asked_s is not None:
        return asked_s * random.uniform(1.0, 1.1)
    longest = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(failed - 1, 16))
    return longest * random.uniform(0.5, 1.0)


def _read_body(text: str) -> tuple[str, str]:
    """All that is said, for searching, and the message alone, for people."""
    try:
        found: Any = json.loads(text[:PARSED_CHARS])
    except (ValueError, RecursionError):
        found = text
    if isinstance(found, list) and found:  # Gemini wraps its error in a list
        found = found[0]
    if isinstance(found, dict) and isinstance(found.get("error"), (dict, str)):
        found = found["error"]
    message = found.get("message") if isinstance(found, dict) else found
    if not isinstance(message, str):
        message = text
    searched = f"{message[:READ_CHARS]}\n{text[:READ_CHARS]}"
    return searched, " ".join(message[:READ_CHARS].split())[:DETAIL_CHARS]


def _find_dropped(said: str) -> str | None:
    if _BAD_SCHEMA.search(said):
        return "strict"
    found = _NOT_TAKEN.search(said)
    return next((name for name in found.groups() if name), None) if found else None


def _find_wait(headers: Mapping[str, str], said: str) -> float | None:
    """The first given of `retry-after-ms`, `Retry-After` (seconds or a date, RFC 9110), Gemini's delay."""
    milliseconds = _to_seconds(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000.0
    after = headers.get("retry-after")
    seconds = _to_seconds(after)
    if seconds is not None:
        return seconds
    if after:
        try:
            return max(0.0, email.utils.parsedate_to_datetime(after).timestamp() - time.time())
        except (ValueError, OverflowError):
            pass
    delay = _RETRY_DELAY.search(said)
    return float(delay.group(1)) if delay else None


def _to_seconds(text: str | None) -> float | None:
    try:
        seconds = float(text or "")
    except ValueError:
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
