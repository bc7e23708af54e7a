"""What a model is asked and what it answers: requests, replies, and the backends between them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, Protocol

import numpy as np

from dataclaw_assets.records import Json, Record, digest
from resources.media import Picture


@dataclass(frozen=True, eq=False)
class Image:
    """A picture in a prompt: RGB, already of the size at which it is sent."""

    picture: Picture

    @cached_property
    def media_id(self) -> str:
        """The digest of the pixels: what an engine may reuse an encoding by."""
        return _hash_pixels("image", self.picture)


@dataclass(frozen=True, eq=False)
class Video:
    """Frames of one size in a prompt, `fps` of them a second."""

    frames: tuple[Picture, ...]
    fps: float

    @cached_property
    def media_id(self) -> str:
        """The digest of the pixels and the rate."""
        return _hash_pixels(f"video {self.fps!r}", *self.frames)


Part = str | Image | Video


class Sampling(Record):
    """How a reply is drawn. `temperature` 0 is greedy."""

    max_tokens: int = 1024
    temperature: float = 0.7
    top_p: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class Request:
    """One question to a model. `parts` begin with what other requests share. `schema` is a JSON schema that
    the reply must follow; without one the reply is free text."""

    key: str
    """The caller's own name for it, given back with the reply; no part of what is asked."""
    system: str
    parts: tuple[Part, ...]
    schema: Json | None = None
    sampling: Sampling = field(default_factory=Sampling)

    @cached_property
    def media_ids(self) -> tuple[str, ...]:
        """The ids of its pictures and videos, in their order."""
        return tuple(part.media_id for part in self.parts if not isinstance(part, str))

    @cached_property
    def prompt_hash(self) -> str:
        """The digest of the whole prompt: texts, media, schema."""
        said = [part if isinstance(part, str) else [part.media_id] for part in self.parts]
        return digest(self.system, said, self.schema, size=32)


ErrorCode = Literal[
    "too_long",  # the prompt does not fit the model's context
    "too_many_media",
    "bad_request",  # refused for another reason that trying again does not change
    "unavailable",  # no answer within the time and the attempts allowed
    "cancelled",
    "budget",  # not sent: the run's cap is reached
]


class ReplyError(Record):
    """Why there is no reply."""

    code: ErrorCode
    detail: str = ""


class Reply(Record):
    """A model's answer to one request. Token counts are the model's own; `seconds` from sending to the last
    token. With an `error` there is no text."""

    key: str
    text: str = ""
    finish_reason: str | None = None
    prompt_tokens: int = 0
    cached_tokens: int = 0
    """Of the prompt's tokens, those that the engine had computed before."""
    generated_tokens: int = 0
    seconds: float = 0.0
    retries: int = 0
    cost: float = 0.0
    """In the currency of the settings' prices; 0 where none are set."""
    error: ReplyError | None = None


class Backend(Protocol):
    """A model that can be asked."""

    @property
    def name(self) -> str:
        """`vllm` or `openai`."""

    @property
    def model(self) -> str:
        """As the settings name it."""

    @property
    def revision(self) -> str:
        """What else tells the weights: a commit, a digest, or what the server says, which it is asked;
        `InferenceError` when it does not answer. The same again after a restart with the same weights."""

    @property
    def remote(self) -> bool:
        """Whether what is sent leaves this machine."""

    def infer(self, requests: Sequence[Request]) -> Iterator[Reply]:
        """One reply for each request, as each is done, in any order. Closing the iterator cancels the rest.

        What is wrong with one request is that reply's `error`, and costs no other. Raises `InferenceError`
        when the model as a whole cannot be used.
        """

    def close(self) -> None:
        """Give back memory and connections; the backend may be used again, and then starts anew."""


def request_hash(backend: Backend, request: Request) -> str:
    """Under which a reply is kept: what is asked, of which model, drawn how."""
    return digest(
        backend.name, backend.model, backend.revision, request.prompt_hash, request.sampling, size=32
    )


def _hash_pixels(kind: str, *pictures: Picture) -> str:
    state = hashlib.sha256(kind.encode())
    for picture in pictures:
        state.update(json.dumps(picture.shape).encode())
        state.update(np.ascontiguousarray(picture).data)
    return state.hexdigest()[:32]
