"""Gate `citation`: every claim cites an anchor of its own source and matches it; nothing is unclaimed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dataclaw_assets.quality.clock import (
    clip_at,
    map_interval,
    map_moment,
    map_stroke,
)
from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.quality.gates.places import TOLERANCE as PLACE_TOLERANCE
from dataclaw_assets.quality.gates.places import check_place
from dataclaw_assets.quality.gates.recipes import BORNE_BY_MEDIA, TOLERANCE_S, check_recipe, is_near
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, SketchClip, SketchStill, Still

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w]|\.\d)")
_QUOTE = re.compile(r"“([^”]+)”")
_COUNTED = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten)\s+(seconds|times|strokes|cuts|shots)\b", re.I
)
_STEP = re.compile(r"^Step \d+:", re.MULTILINE)


def check_citation(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `unknown_anchor`, `untrusted_anchor`, `wrong_time`, `wrong_text`, `wrong_fact`,
    `wrong_place`, `not_absent`, `not_made`, `not_foreign`, `wrong_still`, `wrong_answer`,
    `uncited_claim`."""
    if not draft.evidence:
        yield Finding(code="uncited_claim", detail="no evidence at all")
    for claim in draft.evidence:
        yield from _check_claim(claim, draft, facts)
    yield from _check_transcript(draft, facts)
    expected = _derive(draft, facts)
    slack = PLACE_TOLERANCE if draft.verifier.kind in {"box", "point"} else TOLERANCE_S
    if not _same(expected, draft.verifier.value, slack):
        yield Finding(code="wrong_answer", detail=f"{draft.verifier.value}; the facts give {expected}")
    yield from _find_unclaimed(draft)


def _check_claim(claim: Claim, draft: Draft, facts: Facts) -> Iterator[Finding]:
    cited: list[Anchor] = []
    for anchor_id in claim.anchors:
        anchor = facts.anchors.get(anchor_id)
        if anchor is None or anchor.source_id != draft.source_id:
            yield Finding(code="unknown_anchor", detail=f"{anchor_id} is not an anchor of this source")
            return
        cited.append(anchor)
    clip = clip_at(draft, claim.clip)
    if claim.kind in BORNE_BY_MEDIA:
        yield from check_recipe(claim, draft, clip)
        return
    if not cited:
        yield Finding(code="uncited_claim", detail=f"{claim.kind} {claim.value} cites nothing")
        return
    if claim.kind == "text":
        offered = (draft.payload.get("options") or {}).get(claim.label, claim.value)
        said = {getattr(a.value, field, None) for a in cited for field in ("text", "name")}
        if offered != claim.value or claim.value not in said:
            yield Finding(code="wrong_text", detail=f"“{claim.value}” is not what the anchor says")
    elif claim.kind == "fact":
        stated = getattr(cited[0].value, claim.field or "", None)
        if stated is None or not _same(stated, claim.value):
            detail = f"{claim.field} is {stated!r}, not {claim.value!r}"
            yield Finding(code="wrong_fact", detail=detail)
    elif claim.kind in {"box", "point"}:
        yield from check_place(claim, cited[0], draft, facts.source)
    elif claim.kind in {"interval", "time", "duration", "absent"}:
        yield from _check_time(claim, cited[0], clip)
    if claim.label is not None and claim.kind != "fact":
        yield from _check_label(claim, cited[0], draft)
    shipped = {line["text"] for line in draft.payload.get("transcript") or ()}
    shipped.add(draft.payload.get("instruction"))
    for anchor in cited:
        # a log's word counts only when the question ships it as material, or a measurement agrees
        words = getattr(anchor.value, "text", None)
        as_material = anchor.kind in {"subtitle", "instruction"} and words is not None and words in shipped
        if anchor.basis == "recorded" and not anchor.corroborated_by and not as_material:
            yield Finding(
                code="untrusted_anchor", detail=f"{anchor.anchor_id} is a log's claim that nothing measured"
            )


def _check_transcript(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Each line of a shipped transcript is a subtitle of this source, at its time on the clip's clock."""
    clip = clip_at(draft, 0)
    lines = facts.known.of_kind("subtitle")
    for line in draft.payload.get("transcript") or ():
        said = [
            shown_intervals(anchor, clip)
            for anchor in lines
            if getattr(anchor.value, "text", None) == line["text"]
        ]
        if not any(len(shown) == 1 and is_near((line["start_s"], line["end_s"]), shown[0]) for shown in said):
            yield Finding(code="wrong_text", detail=f"transcript: “{line['text']}” is not said then")


def _check_time(claim: Claim, anchor: Anchor, clip: Clip | SketchClip | None) -> Iterator[Finding]:
    shown = shown_intervals(anchor, clip)
    if claim.kind == "absent":
        if clip is None or shown:
            yield Finding(code="not_absent", detail=f"shown at {shown}")
    elif len(shown) != 1:
        yield Finding(
            code="wrong_time", detail=f"the clip shows {anchor.anchor_id} {len(shown)} times, not once"
        )
    elif not _fits(claim, _narrow(claim, anchor, clip, shown[0])):
        yield Finding(code="wrong_time", detail=f"{claim.value}, but the anchor gives {_rounded(shown[0])}")


def _narrow(
    claim: Claim, anchor: Anchor, clip: Clip | SketchClip | None, shown: tuple[float, float]
) -> tuple[float, float]:
    """The stretch itself; for a time, the one moment that it must be: that which the anchor's value names, or
    the middle of what it is about where the claim's `field` says so, else its beginning."""
    if claim.kind != "time":
        return shown
    moment = getattr(anchor.value, "time_s", None)
    if moment is not None and not isinstance(clip, SketchClip):
        at = moment if clip is None else map_moment(clip, moment)
        return shown if at is None else (at, at)
    at = (shown[0] + shown[1]) / 2 if claim.field == "middle" else shown[0]
    return at, at


def _fits(claim: Claim, shown: tuple[float, float]) -> bool:
    """Whether an interval, a time, or a duration is stated as it is."""
    if claim.kind == "interval":
        return is_near(claim.value, shown)
    if claim.kind == "time":
        return bool(shown[0] - TOLERANCE_S <= claim.value <= shown[1] + TOLERANCE_S)
    return bool(abs(claim.value - (shown[1] - shown[0])) <= TOLERANCE_S)


def shown_intervals(anchor: Anchor, clip: Clip | SketchClip | None) -> list[tuple[float, float]]:
    """When a clip (or, without one, the source) shows what an anchor is about, on that clock."""
    if isinstance(clip, SketchClip):
        stroke = map_stroke(clip, getattr(anchor.value, "index", -1)) if anchor.kind == "stroke" else None
        return [stroke] if stroke else []
    if anchor.start_s is None or anchor.end_s is None:
        return []
    if clip is None:
        return [(anchor.start_s, anchor.end_s)]
    return map_interval(clip, anchor.start_s, anchor.end_s)


def _check_label(claim: Claim, anchor: Anchor, draft: Draft) -> Iterator[Finding]:
    """The picture that carries the label is the one that the anchor is about."""
    medium = next((medium for medium in draft.media if medium.label == claim.label), None)
    if isinstance(medium, Still) and medium.time_s is None:
        return  # the source's own picture, of which every anchor of it is
    if isinstance(medium, Still):
        moment = medium.time_s
        named = getattr(anchor.value, "time_s", None)
        if named is not None and (moment is None or abs(moment - named) > 1e-3):
            yield Finding(
                code="wrong_still", detail=f"{claim.label} is the frame at {moment} s, not {named} s"
            )
        elif named is None and claim.kind == "time":
            yield Finding(
                code="wrong_still", detail=f"{anchor.anchor_id} names no moment to show as {claim.label}"
            )
        elif named is None and not _holds(anchor, moment):
            yield Finding(code="wrong_still", detail=f"{claim.label} lies outside {anchor.anchor_id}")
    elif anchor.kind == "stroke" and getattr(anchor.value, "index", None) not in _marked(draft, claim.label):
        yield Finding(code="wrong_still", detail=f"{claim.label} does not mark {anchor.anchor_id}")


def _holds(anchor: Anchor, moment: float | None) -> bool:
    """Whether a moment lies in an anchor's stretch, or is the instant that it is about."""
    if moment is None or anchor.start_s is None or anchor.end_s is None:
        return False
    return anchor.start_s <= moment < anchor.end_s or anchor.start_s == moment == anchor.end_s


def _marked(draft: Draft, label: str | None) -> set[int]:
    """Strokes that a drawing's picture marks under a label: by its letter, or by being the picture itself."""
    pictures = [medium for medium in draft.media if isinstance(medium, SketchStill)]
    return {
        stroke
        for still in pictures
        for stroke, letter in still.marks
        if label in (letter or still.label, letter)
    }


def _derive(draft: Draft, facts: Facts) -> Any:
    try:
        return facts.derive(draft)
    except (KeyError, IndexError, StopIteration, TypeError, ValueError) as error:
        return f"nothing ({type(error).__name__}: {error})"


def _find_unclaimed(draft: Draft) -> Iterator[Finding]:
    """Numbers and quotations in the text that no claim covers."""
    numbers = {f"{value:.1f}" for claim in draft.evidence for value in _seconds(claim)}
    for claim in draft.evidence:
        numbers |= set(_write_numbers(claim))
    lines = draft.payload.get("transcript") or ()
    numbers |= {f"{line[edge]:.1f}" for line in lines for edge in ("start_s", "end_s")}
    # verified elsewhere in this gate, and written by whoever made the footage: what they count is not ours
    material = sorted(
        [line["text"] for line in lines] + list((draft.payload.get("options") or {}).values()), key=len
    )
    quotes = {claim.value for claim in draft.evidence if claim.kind == "text"}
    for field in ("question", "answer", "cot"):
        stated = draft.payload.get(field, "")
        if field == "answer" and stated in quotes:
            continue
        text = "\n".join(stated) if isinstance(stated, list | tuple) else str(stated)
        for known in reversed(material):
            text = text.replace(f"] {known}", "]").replace(f". {known}", ".")
        for quote in _QUOTE.findall(text):
            if quote not in quotes:
                yield Finding(code="uncited_claim", detail=f"{field} quotes “{quote}”")
        rest = _STEP.sub("", _QUOTE.sub("", text))
        for number in _NUMBER.findall(rest):
            if number not in numbers:
                yield Finding(code="uncited_claim", detail=f"{field} states {number}")
        for count, what in _COUNTED.findall(rest):
            yield Finding(code="uncited_claim", detail=f"{field} counts {count} {what}")


def _seconds(claim: Claim) -> list[float]:
    if claim.kind in {"interval", "made"} and claim.value is not None:
        return [float(value) for value in claim.value]
    return [float(claim.value)] if claim.kind in {"time", "duration"} else []


def _write_numbers(claim: Claim) -> list[str]:
    """The numbers that a claim bears besides seconds, as a text writes them."""
    if claim.kind in {"box", "point"}:
        return [f"{share:.3f}" for share in claim.value]
    if (
        claim.kind in {"fact", "shapes"}
        and isinstance(claim.value, int)
        and not isinstance(claim.value, bool)
    ):
        return [str(claim.value)]
    return []


def _same(expected: Any, stated: Any, slack: float = TOLERANCE_S) -> bool:
    if isinstance(expected, float | int) and isinstance(stated, float | int):
        return abs(expected - stated) <= slack
    if (
        isinstance(expected, list | tuple)
        and isinstance(stated, list | tuple)
        and len(expected) == len(stated)
    ):
        return all(_same(a, b, slack) for a, b in zip(expected, stated, strict=True))
    return bool(expected == stated)


def _rounded(interval: tuple[float, float]) -> list[float]:
    return [round(value, 3) for value in interval]
