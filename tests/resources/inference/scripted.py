"""A small backend that answers by a function: the contract without a model behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from dataclaw_assets.records import SourceKind
from resources.inference.answers import Asked
from resources.inference.client import Inference
from resources.inference.contract import Backend, ErrorCode, Reply, ReplyError, Request, Sampling
from resources.inference.settings import BudgetSettings, InferenceSettings, OpenAISettings, VllmSettings
from resources.store import FolderStore, Store

GOOD = '{"question": "What comes next?", "facts": ["F1"], "score": 0.5}'


class Proposal(BaseModel):
    """What the questions of these tests ask for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    facts: tuple[str, ...]
    score: float


class Crash(Exception):
    """What a scripted backend raises to end a run."""


Script = Callable[[Request], Reply | None]


class ScriptedBackend:
    """Answers each request by a function of it, in order; a request it answers with None it passes over."""

    name = "scripted"
    revision = "1"
    remote = False

    def __init__(self, script: Script, model: str = "tiny") -> None:
        self.model = model
        self.script = script
        self.calls: list[list[Request]] = []
        self.answered: list[Request] = []
        self.open = False
        self.closed = 0

    def infer(self, requests: Sequence[Request]) -> Iterator[Reply]:
        """See `Backend.infer`."""
        self.calls.append(list(requests))
        self.open = True
        try:
            for request in requests:
                reply = self.script(request)
                if reply is not None:
                    self.answered.append(request)
                    yield reply
        finally:
            self.open = False

    def close(self) -> None:
        """See `Backend.close`."""
        self.closed += 1


def say(request: Request, text: str = GOOD, tokens: int = 10) -> Reply:
    """A reply of that text."""
    return Reply(
        key=request.key, text=text, finish_reason="stop", prompt_tokens=tokens, generated_tokens=tokens
    )


def make_question(
    key: str, kind: SourceKind = "video", tries: int = 1, sampling: Sampling | None = None
) -> Asked:
    """A question whose words hold its key."""
    request = Request(key, "You write.", ("the facts", f"task {key}"), None, sampling or Sampling())
    return Asked(request, kind, Proposal, tries)


def is_repair(request: Request) -> bool:
    """Whether a request sends a reply back."""
    return len(request.parts) == 3


def refuse(request: Request, code: ErrorCode) -> Reply:
    """A reply that is an error."""
    return Reply(key=request.key, error=ReplyError(code=code))


def list_keys(requests: list[Request]) -> list[str]:
    """The keys of the questions that some requests come from, in their order."""
    return [str(request.parts[1]).removeprefix("task ") for request in requests]


def open_inference(
    place: Path | Store,
    backend: Backend,
    expert: Backend | None = None,
    budget: BudgetSettings | None = None,
    fresh: bool = False,
) -> Inference:
    """An `Inference` with these backends: the expert's for drawings, the first for all else."""
    settings = InferenceSettings(
        default=VllmSettings(model="default"),
        experts={"drawing": VllmSettings(model="expert")} if expert else {},
        budget=budget or BudgetSettings(),
    )

    def choose(chosen: VllmSettings | OpenAISettings) -> Backend:
        return expert if expert is not None and chosen.model == "expert" else backend

    store = FolderStore(place) if isinstance(place, Path) else place
    return Inference(settings, store, choose, fresh)
