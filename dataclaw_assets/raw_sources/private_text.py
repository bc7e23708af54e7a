"""What is taken out of texts before a model elsewhere gets them: secrets and personal data."""

from __future__ import annotations

import re
import unicodedata

from dataclaw_assets.raw_sources.formats.gui.redaction import REDACTED, names_secret, redact

_EMAIL = re.compile(
    r"[\w.+%\-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}", re.IGNORECASE
)
_CARD = re.compile(r"(?<![\d.])\d(?:[ \-]?\d){12,18}(?![\d.])")
"""13 to 19 digits (ISO/IEC 7812-1). Read from a picture, the check digit may not fit."""

_PHONE = re.compile(
    r"(?<![\w.])(?:\+|00)(?!\d+\.\d+(?![.\d]))(?=[1-9])(?:[ .\-/(]{0,2}\d\)?){8,15}(?!\w)"
    r"|(?<![\w.])\(\d{2,5}\)[ .\-]?\d{2,5}(?:[ .\-]?\d{2,5}){1,3}(?!\w)"
    r"|(?<![\w.])\d{3}[ .\-]\d{3,4}[ .\-]\d{4}(?!\w)"
    r"|(?<![\w.])0\d{1,4}[ \-/]\d{3,5}(?:[ \-]?\d{2,5}){0,3}(?!\w)"
    r"|(?<![\w.])(?:0\d{9,10}|1[3-9]\d{9})(?!\w)"
)
"""Numbers with a country code, 8 to 15 digits (ITU-T E.164); with an area code in brackets; of North America;
with a national 0; without spaces (0…, Chinese mobile)."""

_IPV4 = re.compile(r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\d|\.\d)")
_IPV6 = re.compile(
    r"(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])"
    r"|(?<![\w:])(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?(?![\w:])",
    re.IGNORECASE,
)
_HOME = re.compile(
    r"(?:/home/|/Users/|\b[A-Za-z]:[\\/]+(?:Users|Documents and Settings)[\\/]+)[^\s/\\\"”“:;,<>|]{1,64}"
    r"|/root(?=/)",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"((?:\w[\w\-]{0,30} ){0,2}\w[\w\-]{0,30})\s?[:=：]\s?([^\s”“\"]{1,256})")


def hide_private(text: str) -> str:
    """A text without secrets, e-mail addresses, phone and card numbers, IP addresses and the names of home
    folders. One that holds some only under other forms of its letters is given in plain ones."""
    hidden = _hide(text)
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf"
    )
    if plain == text:
        return hidden
    bare = _hide(plain)
    return bare if bare != plain else hidden


def _hide(text: str) -> str:
    text = _LABELLED.sub(_hide_labelled, text)
    text = _EMAIL.sub(REDACTED, redact(text))
    for pattern in (_CARD, _IPV4, _HOME):
        text = pattern.sub(REDACTED, text)
    text = _IPV6.sub(lambda found: REDACTED if _is_address(found.group()) else found.group(), text)
    return _PHONE.sub(REDACTED, text)


def _hide_labelled(found: re.Match[str]) -> str:
    if not names_secret(found[1]) or found[2] == REDACTED:
        return found.group()
    return found.group()[: found.start(2) - found.start()] + REDACTED


def _is_address(text: str) -> bool:
    """A `::` in source code is no address; one with digits about it is."""
    return text.count(":") > 2 or any(letter.isdigit() for letter in text)
