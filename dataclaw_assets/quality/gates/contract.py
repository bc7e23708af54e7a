"""What a gate is: a function from a draft and the facts to the reasons why it cannot pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.quality.known import Known, Prepares
from dataclaw_assets.records import Anchor, Draft, GateResult, Media, Record, Source
from resources.settings import Settings


class Finding(Record):
    """One reason to reject: a stable code for counting, a detail for the person who looks."""

    code: str
    detail: str = ""


@dataclass(frozen=True)
class Facts(Prepares):
    """What a draft is held against. Nothing here comes from the agent's reply: the anchors are the source's
    own published ones, `schema` is the task's, and `derive` recomputes the right answer of a draft whose
    labelled claims have been verified (the value that its verifier must hold). `siblings` are the other
    sources of its kind in the batch, which media, but no anchor, may be taken from."""

    source: Source
    anchors: Mapping[str, Anchor]
    schema: type[BaseModel]
    derive: Callable[[Draft], Any]
    settings: Settings
    siblings: Mapping[str, Source] = field(default_factory=dict)
    index: Known | None = None
    """The anchors by kind and by time, where the caller has them so."""

    @cached_property
    def known(self) -> Known:
        """The anchors by kind and by time."""
        return self.index or Known(self.anchors.values())


Gate = Callable[[Draft, Facts], Iterator[Finding]]


@dataclass(frozen=True)
class CutMedia:
    """One medium of a sample as it is shipped."""

    media: Media
    path: Path
    width: int
    height: int
    duration_s: float | None
    frames: int | None


def judge(gate: str, findings: Iterator[Finding]) -> GateResult:
    """The verdict of a gate: passed, or its first finding."""
    finding = next(findings, None)
    if finding is None:
        return GateResult(gate=gate, passed=True)
    return GateResult(gate=gate, passed=False, code=finding.code, detail=finding.detail)
