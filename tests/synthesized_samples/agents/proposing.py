"""Random proposals from an agent's own schema, a made session, and answers told from the media alone."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from typing import Any

from dataclaw_assets.anchor_values import ActionValue, StableValue, TargetReadValue, TextValue
from dataclaw_assets.records import Anchor, Clip, Draft, Json, SketchClip, SketchStill, Source, Still
from tests.builders import make_anchor

SENTENCES = (
    "Look at how the light changes from one scene to the next in this film.",
    "Think about what the camera shows before and after the harbour.",
    "Watch the whole clip and keep the places apart that look alike.",
    "请仔细看视频里的每个画面，再回答下面的问题。",
    "Achte darauf, wo die Szene beginnt und wann sie wieder endet.",
)
LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJ 0123456789.,:;<>|“”"éß中文图я\u202e\n'


def make_session(source: Source, screens: int = 7) -> list[Anchor]:
    """Screens of five seconds, a button on each that is clicked as its time ends, and read there."""
    anchors: list[Anchor] = []
    for index in range(screens):
        start, end, name = index * 5.0 + 0.2, index * 5.0 + 4.8, f"Open part {'abcdefghij'[index]}"
        read = TargetReadValue(index=index, name=name, agrees=True, suspect=())
        target = make_anchor(source, read, "target_read", end - 0.4, end - 0.4)
        action = ActionValue(index=index, action="click", x=10.0, y=10.0, target=name, role="button")
        agreed = {"basis": "recorded", "corroborated_by": (target.anchor_id,)}
        anchors += [
            make_anchor(source, StableValue(changed_region=None), "stable", start, end),
            make_anchor(source, TextValue(text=name, confidence=0.9, seen=3), "text", start, end),
            make_anchor(source, action, "action", end - 0.3, end - 0.1, **agreed),
            target,
        ]
    return anchors


def label_facts(anchors: list[Anchor]) -> dict[str, Anchor]:
    """Every anchor under a label, as a prompt lists them."""
    return {f"F{number}": anchor for number, anchor in enumerate(anchors, start=1)}


def propose(schema: Json, chance: random.Random, facts: Mapping[str, Anchor], wild: bool) -> Any:
    """A value that fits a JSON schema. Labels are real half of the time. When `wild`, texts are random
    characters; else they are sentences, facts are mostly of one kind or of one time, and answers are labels
    of the item or seconds."""
    return _Proposer(schema, chance, facts, wild).value(schema, "")


class _Proposer:
    def __init__(self, schema: Json, chance: random.Random, facts: Mapping[str, Anchor], wild: bool) -> None:
        self.definitions = schema.get("$defs", {})
        self.chance, self.facts, self.wild = chance, facts, wild
        self.cited: list[str] = []

    def value(self, part: Json, name: str) -> Any:
        if "$ref" in part:
            return self.value(self.definitions[part["$ref"].rsplit("/", 1)[1]], name)
        if "enum" in part:
            return self.chance.choice(part["enum"])
        if part["type"] == "object":
            return {field: self.value(inner, field) for field, inner in part["properties"].items()}
        if part["type"] == "array":
            return self._list(part, name)
        return self._label() if part["pattern"].startswith("^F") else self._text(name)

    def _list(self, part: Json, name: str) -> list[Any]:
        least, most = part.get("minItems", 0), part["maxItems"]
        if self.wild:
            return [self.value(part["items"], name) for _ in range(self.chance.randint(least, most))]
        if name == "reasoning":
            most = self.chance.choice((0, 0, 0, 1))
        elif name == "steps":
            most = least + 1
        size = self.chance.randint(max(least, name == "items"), most)
        if name == "facts":
            self.cited = self._facts(size)
            return self.cited
        made = [self.value(part["items"], name) for _ in range(size)]
        if name == "steps" and self.chance.random() < 0.5:
            made.sort(key=lambda step: self._start(step["facts"][0]))
        return made

    def _start(self, label: str) -> float:
        return (self.facts[label].start_s if label in self.facts else None) or 0.0

    def _label(self) -> str:
        real = self.chance.random() < 0.5
        return self.chance.choice(sorted(self.facts)) if real else f"F{self.chance.randint(0, 9999)}"

    def _facts(self, size: int) -> list[str]:
        kind = self.chance.choice(sorted({fact.kind for fact in self.facts.values()}))
        first = self.chance.choice([name for name, fact in self.facts.items() if fact.kind == kind])
        about = self.facts[first]
        alike = [name for name, fact in self.facts.items() if fact.kind == about.kind and name != first]
        near = [
            name
            for name, fact in self.facts.items()
            if name != first and abs((fact.start_s or 0.0) - (about.start_s or 0.0)) < 1.0
        ]
        pool = self.chance.choice((alike, alike, near, near, alike + near))
        if self.chance.random() < 0.1:
            pool = [*pool, "F9999"]
        return [first, *self.chance.sample(pool, min(size - 1, len(pool)))]

    def _text(self, name: str) -> str:
        if self.wild:
            return "".join(self.chance.choice(LETTERS) for _ in range(self.chance.randint(1, 40)))
        if name != "answer":
            return self.chance.choice(SENTENCES)
        chosen = self.chance.sample(self.cited, min(len(self.cited), self.chance.choice((1, 3, 4))))
        about = self.facts.get(self.chance.choice(self.cited))
        start = (about.start_s if about else None) or 0.0
        end = (about.end_s if about else None) or 0.0
        off = self.chance.choice((0.0, 0.0, 0.1, 0.4))
        seconds = (f"{start + off:.1f}-{end:.1f}", f"{end - start + off:.1f}")
        return self.chance.choice((*seconds, ", ".join(chosen), ", ".join(sorted(chosen))))[:40]


def tell_answer(draft: Draft, anchors: list[Anchor]) -> Any:
    """The right answer, from the media that a draft ships and the source's anchors; its claims and what its
    agent derives are not looked at."""
    clip = draft.media[0]
    if isinstance(clip, SketchClip):
        marks = dict(next(m for m in draft.media if isinstance(m, SketchStill) and m.marks).marks)
        return [marks[stroke] for stroke in clip.strokes if stroke in marks]
    if isinstance(clip, Still):
        order = clip.edits[0].order
        return [chr(ord("A") + order.index(tile)) for tile in range(len(order))]
    assert isinstance(clip, Clip)
    if draft.template.startswith("count_"):
        return sum(f"count_{shape.form}s" == draft.template for shape in clip.shapes)
    if draft.template == "order_clips":
        clips = sorted((m for m in draft.media if isinstance(m, Clip)), key=lambda m: m.pieces[0].start_s)
        return [m.label for m in (clips[::-1] if clip.pieces[0].op == "reverse" else clips)]
    if draft.template in {"find_rotation", "find_mirrored", "find_speed", "find_elsewhere"}:
        edges = list(itertools.accumulate((piece.length_s for piece in clip.pieces), initial=0.0))
        made = [[*edges[n : n + 2]] for n, piece in enumerate(clip.pieces) if piece.changed]
        return made[0] if made else None
    at = {m.label: _play(clip, m.time_s or 0.0) for m in draft.media if isinstance(m, Still)}
    if draft.template in {"order_stills", "picture_order", "lesson", "screen_lesson"}:
        return sorted(at, key=lambda label: at[label])
    if draft.template == "next_picture":
        later = {label: time for label, time in at.items() if time > at["X"]}
        return min(later, key=lambda label: later[label])
    shown = {m.label: _holding(anchors, "shot", m.time_s or 0.0) for m in draft.media if isinstance(m, Still)}
    if draft.template == "find_moment":
        return at["A"]
    if draft.template in {"shown_interval", "find_shot", "find_screen"}:
        return [_play(clip, shown["A"][0]), _play(clip, shown["A"][1] - 1e-9)]
    if draft.template in {"shot_length", "screen_length"}:
        return shown["A"][1] - shown["A"][0]
    spoken = {getattr(a.value, "text", ""): a.start_s or 0.0 for a in anchors if a.kind == "subtitle"}
    if draft.template == "spoken_line":
        options = draft.payload["options"].items()
        inside = [n for n, text in options if shown["X"][0] <= spoken[text] < shown["X"][1]]
    else:
        said = next(time for text, time in spoken.items() if f"“{text}”" in draft.payload["question"])
        inside = [name for name, shot in shown.items() if shot[0] <= said < shot[1]]
    assert len(inside) == 1
    return inside[0]


def _play(clip: Clip, time_s: float) -> float:
    at = 0.0
    for piece in clip.pieces:
        if piece.start_s <= time_s < piece.end_s:
            return at + time_s - piece.start_s
        at += piece.end_s - piece.start_s
    raise AssertionError(f"{time_s} s is not played")


def _holding(anchors: list[Anchor], kind: str, time_s: float) -> tuple[float, float]:
    spans = [(a.start_s or 0.0, a.end_s or 0.0) for a in anchors if a.kind == kind]
    return next(span for span in spans if span[0] <= time_s < span[1])


def agrees(stated: Any, told: Any) -> bool:
    """Whether two answers are the same; seconds within the tolerance of the gates and rounding."""
    if isinstance(told, float):
        return bool(abs(stated - told) <= 0.2)
    if isinstance(told, list) and told and isinstance(told[0], float):
        return len(stated) == len(told) and all(agrees(a, b) for a, b in zip(stated, told, strict=True))
    return bool(stated == told)
