"""Secrets that a log recorded by accident: what a person typed into a password field, keys, card numbers."""

from __future__ import annotations

import re

REDACTED = "[redacted]"

_SECRET_FIELD = re.compile(
    r"pass(?:word|code|wd|phrase)|passwort|mot de passe|contrase|senha|secret|token|api.?key|credential"
    r"|\bpin\b|\bcvv\b|\bcvc\b|\bssn\b|\botp\b|verification code|card number|密码|パスワード",
    re.IGNORECASE,
)
# Prefixes that issuers document: GitHub, Slack, AWS, OpenAI, Stripe, Google, GitLab, Hugging Face; JWT.
_KEY = re.compile(
    r"\b(?:gh[pousr]_|github_pat_|xox[abprs]-|AKIA|ASIA|sk-|sk_live_|pk_live_|rk_live_|AIza|glpat-|hf_|eyJ)"
    r"[A-Za-z0-9_\-.=/+]{8,}"
)
_LONG_WORD = re.compile(r"[A-Za-z0-9_\-+/=]{20,}")
_CARD = re.compile(r"\b\d(?:[ -]?\d){12,18}\b")


def names_secret(field: str | None) -> bool:
    """Whether a field's name says that what is typed there is not to be repeated."""
    return bool(field and _SECRET_FIELD.search(field))


def redact(text: str) -> str:
    """Text with every piece that looks like a key, a token or a payment card's number taken out."""
    text = _KEY.sub(REDACTED, text)
    text = _CARD.sub(lambda found: REDACTED if _passes_luhn(found.group()) else found.group(), text)
    return _LONG_WORD.sub(lambda found: REDACTED if _looks_random(found.group()) else found.group(), text)


def _looks_random(word: str) -> bool:
    classes = (str.isupper, str.islower, str.isdigit)
    mixed = sum(any(test(letter) for letter in word) for test in classes)
    digits = sum(letter.isdigit() for letter in word)
    return mixed == 3 or (mixed == 2 and digits >= 5)


def _passes_luhn(text: str) -> bool:
    digits = [int(letter) for letter in text if letter.isdigit()]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
