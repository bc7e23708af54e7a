"""Finds the times that a text states, in digits or words, in seconds."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator

_UNITS = {
    0.001: "ms|milliseconds?|millisekunden?|毫秒",
    1.0: r"s|secs?|secon\w+|sekund\w*|segundos?|секунд\w*|秒钟?|秒鐘|초",
    60.0: r"mins?|minut\w*|минут\w*|хвилин\w*|分(?!之)钟?|分鐘|분",
    3600.0: r"h|hrs?|hours?|stunden?|heures?|horas?|ore|годин\w*|час(?:а|ов)?|小时|小時|時間|시간",
}
_ANY_UNIT = "|".join(f"(?:{names})" for names in _UNITS.values())
_UNIT = [(seconds, re.compile(f"(?:{names})\\Z", re.I)) for seconds, names in _UNITS.items()]

_NUMBER_WORDS = {
    word: value
    for value, words in {
        0.5: "half halbe demi media",
        1: "one eine einer une un una",
        2: "two zwei deux dos due",
        3: "three drei trois tres tre",
        4: "four vier quatre cuatro quattro",
        5: "five fünf cinq cinco cinque",
        6: "six sechs seis sei",
        7: "seven sieben sept siete sette",
        8: "eight acht huit ocho otto",
        9: "nine neun neuf nueve nove",
        10: "ten zehn dix diez dieci",
        11: "eleven elf onze once",
        12: "twelve dozen zwölf douze doce",
        15: "fifteen fünfzehn quinze quince",
        20: "twenty zwanzig vingt veinte venti",
        30: "thirty dreißig trente treinta trenta",
        40: "forty vierzig",
        50: "fifty fünfzig",
        60: "sixty sechzig",
        100: "hundred hundert cent cien",
    }.items()
    for word in words.split()
}
_DIGITS = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {"〇": 0, "两": 2, "兩": 2}
_HAN = "".join(_DIGITS) + "十百半"

_FIGURE = r"\d+(?:[.,]\d+)?"
_CLOCK = re.compile(r"(?<![\d:.])(?:(\d{1,2}):)?(\d{1,3}):(\d{2}(?:\.\d+)?)(?![\d:])")
_WITH_UNIT = re.compile(
    rf"(?<![\d.,])({_FIGURE})(?:\s*(?:[-–—~]|to|and|bis|und|à|et|a|y|至|到|から)\s*({_FIGURE}))?"
    rf"\s*[-–]?\s*({_ANY_UNIT})(?![^\W\d_])",
    re.I,
)
_WITH_HAN_UNIT = re.compile(
    rf"(?<![\d.,])({_FIGURE})(?:\s*(?:[-–—~]|至|到|から)\s*({_FIGURE}))?\s*(毫秒|秒|分(?!之)|小时|小時|時間|초|분|시간)"
)
_UNIT_FIRST = re.compile(
    rf"\b(?:(?:seconds?|secs?|sekunde|seconde|segundo|secondo|секунда)|(?:t\s*=))\s*({_FIGURE})", re.I
)
_IN_WORDS = re.compile(
    rf"\b({'|'.join(sorted(_NUMBER_WORDS, key=len, reverse=True))})(?:\s+(?:an?|of|de))?"
    rf"[\s\-]+({_ANY_UNIT})(?![^\W\d_])",
    re.I,
)
_IN_HAN = re.compile(rf"([{_HAN}]+)\s*(?:个|個)?\s*(毫秒|秒|分(?!之)钟|分鐘|分(?!之)|小时|小時)")
_BARE = re.compile(rf"(?<![\w.,]){_FIGURE}(?![\w]|[.,]\d)")


def find_times(text: str, bare: bool = False) -> Iterator[tuple[str, float]]:
    """Each time or length of time in a text, as written and in seconds: clock times, numbers with a unit of
    time, the same in words of some languages. With `bare`, numbers without a unit too, as seconds."""
    text = unicodedata.normalize("NFKC", text)
    for match in _CLOCK.finditer(text):
        hours, minutes, seconds = match.groups()
        yield match[0], int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)
    for pattern in (_WITH_UNIT, _WITH_HAN_UNIT):
        for match in pattern.finditer(text):
            for figure in filter(None, match.groups()[:2]):
                yield match[0], _read(figure) * _seconds(match[3])
    for match in _UNIT_FIRST.finditer(text):
        yield match[0], _read(match[1])
    for match in _IN_WORDS.finditer(text):
        yield match[0], _NUMBER_WORDS.get(match[1].lower(), math.inf) * _seconds(match[2])
    for match in _IN_HAN.finditer(text):
        yield match[0], _read_han(match[1]) * _seconds(match[2])
    if bare:
        for match in _BARE.finditer(text):
            yield match[0], _read(match[0])


def _read(figure: str) -> float:
    return float(figure.replace(",", "."))


def _seconds(unit: str) -> float:
    return next(seconds for seconds, names in _UNIT if names.match(unit))


def _read_han(numeral: str) -> float:
    """The value of a numeral up to the hundreds: 二十三 is 23, 半 a half."""
    if numeral == "半":
        return 0.5
    total, last = 0.0, 0.0
    for sign in numeral:
        if sign in _DIGITS:
            last = _DIGITS[sign]
        elif sign == "半":
            last += 0.5
        else:
            total += (last or 1.0) * (10 if sign == "十" else 100)
            last = 0.0
    return total + last
