"""Gate `wording`: a model's words say nothing that no cited fact says, give nothing away, are language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.quality.gates.times import find_times
from dataclaw_assets.quality.language import JOINERS, find_nonsense
from dataclaw_assets.quality.material import drop_material
from dataclaw_assets.records import Anchor, Draft, Json

TOLERANCE_S = 0.15
"""How far a stated time may lie from a cited one, as in `gates.citation`."""

MAX_LETTERS = 1200
"""Of a question without its material: longer ones are loops, not questions."""

_QUOTES = re.compile(
    r"„([^“”„]*)[“”]|“([^“”]*)”|«([^«»]*)»|‹([^‹›]*)›|「([^「」]*)」|『([^『』]*)』|‘([^‘’]*)’|\"([^\"]*)\""
)
_LOOSE_QUOTE = re.compile(r"[„“”«»「」『』\"]")
_FACT_LABEL = re.compile(r"(?<![A-Za-z0-9_])(?:F\d{1,4}|a-[0-9a-f]{16})(?![A-Za-z0-9_])")
_FOREIGN = re.compile(
    r"<\s*\|"  # <|im_end|>, and its full-width form once normalised
    r"|\|\s*>"
    r"|<\s*/?\s*[a-z!?][^<>\n]{0,80}>"  # <image>, </s>, <think>, HTML
    r"|<<\s*/?\s*sys"
    r"|\[\s*/?\s*inst\s*\]"
    r"|\[\s*(?:bos|eos|pad|unk|sep|cls|mask|img|image|video|audio)\s*\]"
    r"|!?\[[^\]\n]*\]\s*\("
    r"|```|\{\{|\}\}|\$\{"
    r"|\b(?:[a-z][a-z0-9+.\-]{1,15}:\s*//|javascript\s*:|data\s*:\s*\w+/|mailto\s*:|www\.)"
    r"|\b[a-z0-9\-]{2,}\.(?:com|org|net|io|ai|dev|app|cn|ru|de|uk|fr|jp|info|xyz)\b"
    r"|^\s*#{0,4}\s*(?:system|user|assistant|human|instruction|response)\s*:",
    re.I | re.M,
)
_TEXT_FIELDS = ("text", "name", "target", "lines", "object", "label", "word", "targets")
_LETTER = re.compile(
    r"(?<![\w'’.])(?:([B-Z])|(A)(?!\s+[a-zà-öø-ÿ])|(?<=, )(A)|(A)(?=\s+to\s+[B-Z]\b))(?![\w'’])"
)
"""A letter that stands alone; an A before a small letter is an article, unless it begins or ends a list."""


def check_wording(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `foreign_markup` (media tags, chat tokens, links, hidden characters), `quote_unbacked`,
    `label_leak` (names of facts), `number_unbacked` (a time that no cited fact states), `answer_given`,
    `options_repeat`, `not_language`. For drafts that a model wrote; the material that a question ships is the
    footage's own and not judged."""
    cited = [
        facts.anchors[name] for claim in draft.evidence for name in claim.anchors if name in facts.anchors
    ]
    sayings = [saying for anchor in cited for saying in said_by(anchor)]
    sayings += _list_material(draft.payload)
    known = [*sayings, *(anchor.text for anchor in cited)]
    times = _list_times(draft)
    for field, text in _list_texts(draft.payload):
        yield from _check_text(field, text, sayings, times)
        if field != "answer" or (_is_prose(draft) and text not in sayings):
            for line in filter(str.strip, text.splitlines() or [text]):
                reason = find_nonsense(line, known)
                if reason:
                    yield Finding(code="not_language", detail=f"{field}: {reason}")
        if not text.strip():
            yield Finding(code="not_language", detail=f"{field} is empty")
    yield from _check_given(draft)
    options = [_plain(text) for text in (draft.payload.get("options") or {}).values()]
    if len(set(options)) < len(options):
        yield Finding(code="options_repeat", detail="two options say the same")


def _is_prose(draft: Draft) -> bool:
    """Whether the answer is a text of some length, and not one of a few words that the question names."""
    return draft.verifier.kind == "text" and len(str(draft.verifier.value).split()) > 1


def find_quotes(text: str) -> list[str]:
    """What a text puts between quotation marks of any kind, in order."""
    return ["".join(filter(None, match.groups())) for match in _QUOTES.finditer(text)]


def said_by(anchor: Anchor) -> list[str]:
    """The words that an anchor's value holds: what was spoken, typed, printed or named."""
    fields = anchor.value.model_dump()
    found = [fields[name] for name in _TEXT_FIELDS if fields.get(name)]
    found += [value for value in (fields.get("data") or {}).values() if isinstance(value, str)]
    return [text for value in found for text in ([value] if isinstance(value, str) else map(str, value))]


def _list_texts(payload: Json) -> Iterator[tuple[str, str]]:
    """What the model may have worded, field by field; the question without the material that it ships."""
    yield "question", drop_material(payload)
    yield "answer", str(payload.get("answer", ""))
    for line in payload.get("cot") or ():
        yield "cot", str(line)
    for step in payload.get("steps") or ():
        if step.get("text") is not None:
            yield "step", str(step["text"])


def _list_letters(text: str) -> list[str]:
    return ["".join(filter(None, match.groups())) for match in _LETTER.finditer(text)]


def _list_material(payload: Json) -> list[str]:
    lines = [str(line["text"]) for line in payload.get("transcript") or ()]
    return lines + [str(text) for text in (payload.get("options") or {}).values()]


def _list_times(draft: Draft) -> list[float]:
    """The seconds that claims and the shipped transcript state."""
    times: list[float] = []
    for claim in draft.evidence:
        if claim.kind in {"interval", "made"} and claim.value is not None:
            times += [float(value) for value in claim.value]
        elif claim.kind in {"time", "duration"}:
            times.append(float(claim.value))
    for line in draft.payload.get("transcript") or ():
        times += [float(line["start_s"]), float(line["end_s"])]
    return times


def _check_text(field: str, text: str, sayings: list[str], times: list[float]) -> Iterator[Finding]:
    text = unicodedata.normalize("NFKC", text)
    hidden = [sign for sign in text if unicodedata.category(sign) in {"Cf", "Co", "Cn"}]
    hidden = [sign for sign in hidden if sign not in JOINERS]
    if hidden:
        yield Finding(code="foreign_markup", detail=f"{field} hides U+{ord(hidden[0]):04X}")
    if len(text) > MAX_LETTERS and field != "answer":
        yield Finding(code="not_language", detail=f"{field} has {len(text)} characters")
    if found := _FOREIGN.search(_drop_backed(text, sayings) if field == "answer" else text):
        yield Finding(code="foreign_markup", detail=f"{field} holds {found[0].strip()!r}")
    for quote in find_quotes(text):
        if not _backs(sayings, quote):
            yield Finding(code="quote_unbacked", detail=f"{field} quotes “{quote}”")
    rest = _drop_backed(text, sayings)
    if _LOOSE_QUOTE.search(_QUOTES.sub(" ", rest)):
        yield Finding(
            code="quote_unbacked", detail=f"{field} opens or closes a quotation that has no other end"
        )
    if label := _FACT_LABEL.search(rest):
        yield Finding(code="label_leak", detail=f"{field} names {label[0]}")
    for stated, seconds in find_times(rest):
        if not any(abs(seconds - time) <= TOLERANCE_S for time in times):
            yield Finding(code="number_unbacked", detail=f"{field} states {stated}")


def _drop_backed(text: str, sayings: list[str]) -> str:
    """The text without the quotations that a cited fact bears: their words are the footage's."""
    return _QUOTES.sub(
        lambda match: " " if _backs(sayings, "".join(filter(None, match.groups()))) else match[0], text
    )


def _backs(sayings: list[str], quote: str) -> bool:
    """Whether a cited text holds these words; between blanks where they are written with blanks."""
    words = _plain(quote)
    if not words:
        return False
    ends = r"(?<![a-z0-9])", r"(?![a-z0-9])"
    pattern = ends[0] + re.escape(words) + ends[1]
    return any(re.search(pattern, _plain(saying)) for saying in sayings)


def _plain(text: str) -> str:
    """A text for comparison: composed, small letters, single blanks, no full stop or ellipsis at its end."""
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return folded.rstrip(".… ")


def _check_given(draft: Draft) -> Iterator[Finding]:
    """The question states the answer: its times, its one letter, its order, or its words."""
    question = next(text for field, text in _list_texts(draft.payload) if field == "question")
    question = unicodedata.normalize("NFKC", question)
    value = draft.verifier.value
    if draft.verifier.kind in {"number", "interval"} and value is not None:
        edges = [float(edge) for edge in (value if isinstance(value, list | tuple) else [value])]
        for stated, seconds in find_times(question, bare=True):
            if any(abs(seconds - edge) <= TOLERANCE_S for edge in edges):
                yield Finding(code="answer_given", detail=f"the question states {stated}")
    elif draft.verifier.kind == "choice":
        for line in question.splitlines():
            if set(_list_letters(line)) - {"X", "Y"} == {value}:
                yield Finding(code="answer_given", detail=f"the question names {value} alone")
    elif draft.verifier.kind == "permutation":
        named = _list_letters(question)
        ordered = list(value)
        if any(named[i : i + len(ordered)] == ordered for i in range(len(named) - len(ordered) + 1)):
            yield Finding(code="answer_given", detail=f"the question lists {', '.join(ordered)}")
    elif _is_prose(draft) and _backs([question], str(value)):
        yield Finding(code="answer_given", detail="the question says the answer")
