"""Bounds on a model's words that hold while it decodes, whichever grammar its server has."""

from __future__ import annotations

from dataclaw_assets.records import Json

REPEATS = 100
"""Repeats of one part of a pattern: xgrammar 0.2 fails on more than 128."""


def bound_by_pattern(schema: Json) -> None:
    """Put a pattern in place of a text's lengths, as `json_schema_extra` of a field that has both.

    Under a length alone xgrammar lets raw control characters into a string, which is then no JSON; under a
    pattern it does not. Validation keeps the length, so that a server without a grammar may write quotes.
    """
    least, most = schema.pop("minLength"), schema.pop("maxLength")
    later = [(0, min(REPEATS, most - start)) for start in range(REPEATS, most, REPEATS)]
    sizes = [(least, min(most, REPEATS)), *later]
    repeats = "".join(rf'[^\x00-\x1f\x7f"\\]{{{low},{high}}}' for low, high in sizes)
    schema["pattern"] = f"^{repeats}$"
