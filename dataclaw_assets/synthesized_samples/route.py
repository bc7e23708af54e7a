"""The shared route: one context per source, the same for every task, the task and its schema last."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from dataclaw_assets.raw_sources.private_text import hide_private
from dataclaw_assets.records import Anchor, Json, Source
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.digest import (
    Count,
    Digest,
    estimate_tokens,
    make_digest,
    rank_facts,
)
from dataclaw_assets.synthesized_samples.frames import Shown
from dataclaw_assets.synthesized_samples.privacy import find_private_boxes, paint_over
from resources.inference.contract import Image, Part, Request, Sampling
from resources.inference.quoting import defuse

PROMPTS = Path(__file__).parent / "prompts"

FURTHER_SHARE = 4
"""A task's further facts have a quarter of the shared ones' budget: they are computed for that task alone."""

_PLACE = "\x00"
"""Where the pictures come: no text that is written here holds it."""

_NOUNS = {
    "video": "a video",
    "image": "an image",
    "gui_trace": "a recorded session at a screen",
    "robot_demo": "a robot's demonstration",
    "drawing": "a drawing",
}


@dataclass(frozen=True, eq=False)
class SharedRoute:
    """What all requests about one source begin with."""

    source: Source
    system: str
    parts: tuple[Part, ...]
    digest: Digest
    budget: int
    remote: bool
    count: Count

    def further(self, kinds: Sequence[str]) -> Digest:
        """Facts of the kinds that a task needs for which the digest had no room, labelled on from it."""
        rest = [anchor for anchor in self.digest.rest if anchor.kind in kinds]
        first = len(self.digest.facts) + 1
        return make_digest(rest, self.budget // FURTHER_SHARE, _wording(self.remote), self.count, first)

    def facts(self, further: Digest | None = None) -> Mapping[str, Anchor]:
        """The anchor of every label that a request may cite."""
        return {**self.digest.facts, **(further.facts if further else {})}


def share(
    context: SourceContext,
    shown: Sequence[Shown],
    budget: int,
    *,
    remote: bool,
    count: Count = estimate_tokens,
) -> SharedRoute:
    """The shared context of a source: its pictures after their times, then its facts in `budget` tokens.

    It depends on the source, its anchors and the registered tasks, on no instruction. With `remote` it is
    meant for a model elsewhere: private data is taken out of the texts and painted over in the pictures.
    """
    source = context.source
    if remote:
        boxes = find_private_boxes(context.anchors)
        size = source.width, source.height
        shown = [Shown(s.time_s, paint_over(s.picture, boxes, s.time_s, size)) for s in shown]
    digest = make_digest(rank_facts(context.anchors, source.kind), budget, _wording(remote), count)
    text = _load("material").substitute(
        source=_describe(source), pictures=_PLACE, facts="\n".join(digest.lines) or "none"
    )
    before, after = text.split(_PLACE)
    parts = (before, *_interleave(shown), after)
    system = _load("system").substitute()
    return SharedRoute(source, system, _join(parts), digest, budget, remote, count)


def ask_for(
    route: SharedRoute,
    suffix: str,
    schema: Json | None,
    sampling: Sampling,
    key: str,
    further: Digest | None = None,
) -> Request:
    """One task's request: what is shared, the task's further facts, and last its own text.

    The suffix is ours and the user's, and may name the footage's file: nothing in it can form a special
    token. Material from anchors has no place in it.
    """
    own = _wording(route.remote)(defuse(suffix))
    if further and further.facts:
        own = _load("further").substitute(facts="\n".join(further.lines)) + own
    return Request(key=key, system=route.system, parts=(*route.parts, own), schema=schema, sampling=sampling)


def _wording(remote: bool) -> Callable[[str], str]:
    return hide_private if remote else str


def _interleave(shown: Sequence[Shown]) -> Iterator[Part]:
    if not shown:
        yield "There are no pictures of it."
        return
    timed = shown[0].time_s is not None
    yield "Its pictures, each after the second it is from:\n" if timed else "Its picture:\n"
    for item in shown:
        if item.time_s is not None:
            yield f"<{round(item.time_s, 2):g} s>"
        yield Image(item.picture)


def _join(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Parts with neighbouring texts made one: a chat template may put something between two."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, str) and isinstance(last, str):
            joined[-1] = last + part
        else:
            joined.append(part)
    return tuple(joined)


def _describe(source: Source) -> str:
    size = f", {source.width} × {source.height} pixels" if source.width and source.height else ""
    length = f" of {source.stream.duration_s:.1f} s" if source.stream else ""
    return f"{_NOUNS.get(source.kind or '', 'a piece of footage')}{length}{size}"


@functools.cache
def _load(name: str) -> Template:
    return Template((PROMPTS / f"route.{name}.md").read_text("utf-8"))
