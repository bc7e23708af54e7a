"""The way to a server that speaks OpenAI's protocol: its address, its key, an HTTP client, what it serves."""

from __future__ import annotations

import asyncio
import importlib.util
import ipaddress
import json
import os
import re
from collections.abc import Awaitable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dataclaw_assets.errors import InferenceError
from dataclaw_assets.records import Json
from resources.inference.openai_failures import DETAIL_CHARS, Failure, judge_failure
from resources.inference.settings import OpenAISettings

REDACTED = "[redacted]"
SECRET_CHARS = 16
"""Shorter keys are the dummies that local servers ask for ("EMPTY"); a model may well use such a word."""
CONNECT_S = 15.0

SENT_HEADERS = frozenset(
    {"host", "accept", "accept-encoding", "connection", "content-length", "content-type"}
)
"""All else that the client sends tells of this machine, or comes from variables meant for another server
(OPENAI_ORG_ID, OPENAI_CUSTOM_HEADERS)."""


class Key:
    """The key of a server. It shows in no repr and takes itself out of texts."""

    def __init__(self, variable: str | None, address: str) -> None:
        self._value = (os.environ.get(variable) or "").strip() if variable else ""
        if variable and not self._value:
            raise InferenceError(f"{variable} is not set; it should hold the key of {address}")
        if not (self._value.isascii() and self._value.isprintable()):
            raise InferenceError(f"{variable} holds no key: it has characters that no HTTP header can hold")
        escaped = json.dumps(self._value)[1:-1]
        forms = {self._value, escaped, escaped.replace("/", "\\/")}
        self._forms = sorted(forms, key=len, reverse=True) if self._value else []

    def add_to(self, headers: MutableMapping[str, str]) -> None:
        """Sign a request."""
        if self._value:
            headers["Authorization"] = f"Bearer {self._value}"

    def redact(self, text: str) -> str:
        """A text without the key, also as JSON writes it."""
        for form in self._forms:
            text = text.replace(form, REDACTED)
        return text

    def redact_answer(self, answer: object) -> object:
        """The same for a whole JSON answer, from which a dummy is not taken."""
        if len(self._value) < SECRET_CHARS:
            return answer
        found: object = json.loads(self.redact(json.dumps(answer)))
        return found


@dataclass(frozen=True)
class Served:
    """What a server says of itself."""

    is_vllm: bool = False
    revision: str = ""


def check_address(settings: OpenAISettings) -> bool:
    """Whether the server is on another machine: anything but loopback by number, or `localhost`.

    Raises `InferenceError` for an address that is none, one that holds a key, another machine without
    `allow_remote`, and when the `openai` package is absent.
    """
    address = settings.base_url
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise InferenceError(f"base_url is no address: {error}") from None
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\\\x00-\x1f]", address):
        raise InferenceError("base_url is no address: it should read like http://127.0.0.1:8000/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InferenceError(f"base_url ({host}) has more than an address in it; keys go into `api_key_env`")
    remote = not _is_loopback(host)
    if remote and not settings.allow_remote:
        raise InferenceError(
            f"{address} is another machine: footage goes there only with `allow_remote: true`"
        )
    if importlib.util.find_spec("openai") is None:
        raise InferenceError("the openai package is absent: pip install 'dataclaw-assets[openai]'")
    return remote


def _is_loopback(host: str) -> bool:
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Connection:
    """Single attempts to get an answer, each within the settings' time. Belongs to one event loop.

    No redirect is followed, and only the headers of `SENT_HEADERS` and the key are sent. Proxies of the
    environment serve remote addresses alone: one would be asked for its own loopback.
    """

    def __init__(self, settings: OpenAISettings, key: Key, remote: bool) -> None:
        import openai

        async def choose_headers(request: Any) -> None:
            for name in [name for name in request.headers if name.lower() not in SENT_HEADERS]:
                del request.headers[name]
            key.add_to(request.headers)

        self._key = key
        self._timeout_s = settings.timeout_s
        self._client = openai.AsyncOpenAI(
            base_url=settings.base_url,
            api_key="set by the hook",  # else the client takes OPENAI_API_KEY, which may be another server's
            admin_api_key="",
            max_retries=0,
            timeout=openai.Timeout(settings.timeout_s, connect=min(CONNECT_S, settings.timeout_s)),
            http_client=openai.DefaultAsyncHttpxClient(
                follow_redirects=False, trust_env=remote, event_hooks={"request": [choose_headers]}
            ),
        )

    async def list_models(self) -> object | Failure:
        """The JSON of GET /models."""
        return await self._try(self._client.get("/models", cast_to=object))

    async def complete(self, body: bytes) -> object | Failure:
        """The JSON of a chat completion."""
        sent = self._client.post(
            "/chat/completions",
            cast_to=object,
            content=body,
            options={"headers": {"Content-Type": "application/json"}},
        )
        answer = await self._try(sent)
        if isinstance(answer, dict) and answer.get("error") and not answer.get("choices"):
            return self._judge_inner(answer)
        return answer

    async def close(self) -> None:
        """Close its connections."""
        await self._client.close()

    async def _try(self, sent: Awaitable[object]) -> object | Failure:
        import openai

        try:
            async with asyncio.timeout(self._timeout_s):
                return self._key.redact_answer(await sent)
        except openai.APIStatusError as error:
            text = self._key.redact(error.response.text)
            return judge_failure(error.status_code, text, error.response.headers)
        except (TimeoutError, openai.APITimeoutError):
            return Failure("again", f"no answer within {self._timeout_s:g} s")
        except openai.APIConnectionError as error:
            cause = error.__cause__ or error
            detail = self._key.redact(f"no connection: {type(cause).__name__}: {cause}")
            return Failure("again", detail[:DETAIL_CHARS], is_lost=True)
        except (ValueError, openai.OpenAIError):
            return Failure("again", "its answer is no JSON")

    def _judge_inner(self, answer: Json) -> Failure:
        """Routers answer 200 and put the failure behind them into the body."""
        error = answer["error"]
        code = error.get("code") if isinstance(error, dict) else None
        status = code if isinstance(code, int) and 400 <= code < 600 else 400
        return judge_failure(status, self._key.redact(json.dumps(answer)), {})


def read_models(answer: object, model: str, address: str) -> Served:
    """What GET /models says of a model. Raises `InferenceError` when vLLM, whose list is complete, lacks it.

    The revision is what stays the same while the weights do: vLLM's path of them, llama.cpp's sizes, OpenAI's
    date of the model. Elsewhere `created` is the time of the question; then the model's name must do.
    """
    listed = answer.get("data") if isinstance(answer, dict) else None
    cards = [card for card in listed if isinstance(card, dict)] if isinstance(listed, list) else []
    card = next((card for card in cards if card.get("id") in (model, f"models/{model}")), None)
    is_vllm = any(card.get("owned_by") == "vllm" for card in cards)
    if card is None:
        if is_vllm:
            names = ", ".join(str(card.get("id")) for card in cards[:5])
            raise InferenceError(f"{address} does not serve {model!r} but {names}")
        return Served(revision=model)
    owner, meta = card.get("owned_by"), card.get("meta")
    told: list[object] = [card.get("root"), card.get("parent")]
    if isinstance(meta, dict):
        told += [meta.get("n_params"), meta.get("size")]
    if isinstance(owner, str) and (owner == "system" or owner.startswith("openai")):
        told.append(card.get("created"))
    return Served(is_vllm, " ".join(str(each) for each in told if each) or model)
