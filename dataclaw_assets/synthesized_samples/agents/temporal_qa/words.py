"""The words of `temporal_qa`: statements by what they state, and the gate that reads a question back."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.records import Draft
from dataclaw_assets.synthesized_samples.agents.contract import Line, ask
from dataclaw_assets.synthesized_samples.agents.temporal_qa.shapes import tell_shape
from dataclaw_assets.synthesized_samples.phrasing import load_phrasings, phrase

CLOCK = "seconds from the start of the video"

_FIELDS = {"P": "first", "Q": "second"}
"""What a phrasing calls the text that a label stands for; all others are its `line`."""


def offer(
    template: str, parts: Sequence[str], chance: random.Random
) -> tuple[dict[str, str], dict[str, str]]:
    """Statements of a template, one for each part, by letters in random order, all in one wording; and the
    letters by parts."""
    shuffled, wording = list(parts), chance.random()
    chance.shuffle(shuffled)
    options = {
        letter: phrase("temporal_qa", f"{template}.{part}", random.Random(wording))
        for letter, part in zip("ABCD", shuffled, strict=False)
    }
    return options, dict(zip(shuffled, options, strict=True))


def affirm(true: bool) -> str:
    """The answer of a yes/no question."""
    return "yes" if true else "no"


def read_part(template: str, statement: str) -> str | None:
    """What a statement of a template states; None when it is none of its phrasings."""
    for key, phrasings in load_phrasings("temporal_qa").items():
        if key.startswith(f"{template}.") and statement in (text.strip() for text in phrasings):
            return key.removeprefix(f"{template}.")
    return None


def read_parts(draft: Draft) -> dict[str, str | None]:
    """What each option of a draft states, by letter."""
    options = draft.payload.get("options") or {}
    return {letter: read_part(draft.template, text) for letter, text in options.items()}


def pick_letter(draft: Draft, part: str) -> str:
    """The one option that states a part. Raises `ValueError` when none does, or several do."""
    letters = [letter for letter, stated in read_parts(draft).items() if stated == part]
    if len(letters) != 1:
        raise ValueError(f"{len(letters)} options state {part!r}")
    return letters[0]


def check_words(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `field_differs`. The aspect is the template's, the options are statements of the template
    or quotations that claims bear, and the question ends with one of its phrasings, filled from claims, with
    the material that the payload ships."""
    payload = draft.payload
    shape = tell_shape(draft.media[0])
    if (payload["aspect"], payload["clock"], payload["shape"]) != (draft.template, CLOCK, shape):
        yield Finding(
            code="field_differs", detail=f"{payload['aspect']}, {payload['clock']}, {payload['shape']}"
        )
    options = payload.get("options")
    if options is not None and not _backed(draft):
        yield Finding(code="field_differs", detail="options that neither a phrasing nor a claim gives")
    lines = tuple(Line.model_validate(line) for line in payload.get("transcript") or ())
    endings = [ask(sentence, lines, options) for sentence in _fill(draft)]
    if not any(str(payload["question"]).endswith(ending) for ending in endings):
        yield Finding(code="field_differs", detail=f"no phrasing of {draft.template} asks this")


def _backed(draft: Draft) -> bool:
    options = draft.payload["options"]
    stated = [part for part in read_parts(draft).values() if part is not None]
    quoted = {claim.label: claim.value for claim in draft.evidence if claim.kind == "text"}
    return (
        list(options) == list("ABCDEFGH"[: len(options)])
        and len(set(options.values())) == len(options)
        and (
            len(set(stated)) == len(options)
            or all(quoted.get(letter) == text for letter, text in options.items())
        )
    )


def _fill(draft: Draft) -> list[str]:
    """Every phrasing of a draft's template, its fields filled from the claims and the clip's shape."""
    fields = {c.field: str(c.value) for c in draft.evidence if c.kind == "fact" and c.field}
    fields["shape"] = tell_shape(draft.media[0])
    for claim in draft.evidence:
        if claim.kind == "text" and claim.label not in (draft.payload.get("options") or {}):
            fields[_FIELDS.get(claim.label or "", "line")] = str(claim.value)
    filled = []
    for sentence in load_phrasings("temporal_qa")[draft.template]:
        try:
            filled.append(sentence.strip().format(**fields))
        except KeyError:
            continue
    return filled
