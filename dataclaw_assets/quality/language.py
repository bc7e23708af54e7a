"""Whether a text is language at all: by its characters, its scripts and the small words that it stands on."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

MIN_LETTERS = 0.6
"""Share of letters and their marks in what is not a blank. Rule-made questions have 0.9."""

MIN_KNOWN = 0.15
"""Share of words that must be small words of a language, or words of the facts. Plain prose has 0.3 to 0.5,
strings of random tokens 0.02."""

MIN_KNOWN_SIGNS = 0.1
"""The same for scripts without blanks between words, of their characters."""

LONGEST_SMALL = 3
"""Letters that one known word must have: pairs of letters are words of some language by chance."""

MAX_WORD = 40
"""Letters of one word: the longest German compounds in use stay below."""

MIN_DISTINCT = 0.4
"""Share of different words in a text of six or more."""

STEM = 4
"""Letters that a word must share with a word of the facts, so that `press` meets `pressed`."""

JOINERS = "\u200c\u200d"
"""Hidden characters that Persian and the languages of India are written with."""

_HARD = re.compile(r"[bcdfghjklmnpqrstvwxz]{6,}", re.I)
_MIXED_CASE = re.compile(r"[^\W\d_A-Z][A-Z]")

# The commonest words of more than one letter that carry grammar, from which hardly a sentence is free.
_SMALL_WORDS = """
the of and to in is are was that which this these those for on with as by from at it its be or not what when
where how
who does do did an after before between during each their they you your into out up then there has have if
put all one
der die das und ist in den dem des ein eine einer eines zu mit auf für von im wird wie was welche welcher
welches
wann wo nach vor während sich sie es nicht auch als aus bei oder wenn dann man wir ihr
le la les des et est un une dans que qui pour sur avec par au aux du ce cette ces quel quelle quels quand où
après
avant pendant se sont il elle en ne pas plus ou on nous vous
el los las del que en una por con para se su es al lo como más cuando donde qué cuál cuáles después antes
durante entre
este esta esto son sus o ha han
il lo gli di che è per una con del della dei delle nel nella sono si quale quali quando dove dopo prima
durante come
o os as da das dos um uma em no na nos nas para com por mais qual quais quando onde depois antes ao não é
são
de het een van en in op te dat die is zijn met voor aan wat welke wanneer waar na hoe wordt door naar om bij
uit
och att det en ett som på är av för med den till inte om vad vilken vilket när efter före var kan har
og på som er til med av ikke hva hvilken når etter før hvor
w na się nie do jest to z że co jak po od przed który która które kiedy gdzie oraz dla przez
a je na se že v ve do pro po před který která které kdy kde jak co
és az egy nem hogy van mi melyik mikor hol után előtt meg
ja on ei se että mikä milloin missä jälkeen ennen kuin
ve bir bu ne için ile de da hangi nerede sonra önce olan
di dan yang ini itu dengan untuk dari pada apa mana kapan setelah sebelum adalah
và là của có trong cho với này khi nào sau trước một các được không hình
și este în la cu pe care ce când unde după înainte din nu
в во на и не что это как по из за от до после перед когда где какой какая какое какие который с со для при
или он она
у і та не що це як по з від до після перед коли де який яка яке які для при або
и на от за се да не в е са какво кога къде след преди кой коя
και το η ο οι τα του της των στο στη στην με για από που είναι να δεν πότε πού μετά πριν ποια ποιο
في من على إلى عن هل ما متى أين بعد قبل هذا هذه التي الذي أي و ثم هو هي
של על את זה זו הוא היא מה מתי איפה אחרי לפני עם לא או איזה איזו
में के का की है हैं और से को पर यह वह क्या कब कहाँ बाद पहले कौन जो ने
"""

_SMALL_SIGNS = {
    "han": "的一是在了有和与及哪个這这那什么麼时時中上下后後前先出现現图圖片视視频頻画畫面请"
    "請按顺順序找到里裡为為从從被把将將就都也何些第几幾段看不个個人のはがをにでとへも"
    "かすたまなしいう",
    "hangul": "은는이가을를에의다까요로도와과서고지한어나",
    "thai": "ที่ในและของเป็นมีการก่อนหลังอะไรใดภาพ",
}

_SMALL = frozenset(_SMALL_WORDS.split())
_FAMILIES = {
    "CJK": "han",
    "HIRAGANA": "han",
    "KATAKANA": "han",
    "KATAKANA-HIRAGANA": "han",
    "IDEOGRAPHIC": "han",
    "HANGUL": "hangul",
    "THAI": "thai",
}


def split_words(text: str) -> list[str]:
    """The words of a text, in small letters; a script without blanks gives its runs."""
    return [word.casefold() for word in _cut(unicodedata.normalize("NFKC", text))]


def _cut(text: str) -> list[str]:
    """Runs of letters and their marks, with hyphens and apostrophes inside."""
    kept = (sign if unicodedata.category(sign)[0] in "LM" or sign in "'’-" else " " for sign in text)
    return [word for run in "".join(kept).split() if (word := run.strip("'’-"))]


def find_nonsense(text: str, facts: Iterable[str] = ()) -> str | None:
    """Why a text is no language, or None. `facts` are texts whose words count as known."""
    text = unicodedata.normalize("NFKC", text)
    signs = [sign for sign in text if not sign.isspace()]
    if any(
        unicodedata.category(sign) in {"Cc", "Cf", "Cn", "Co", "Cs"} for sign in signs if sign not in JOINERS
    ):
        return "it holds characters that nobody writes"
    letters = [sign for sign in signs if unicodedata.category(sign)[0] in "LM"]
    if len(letters) < MIN_LETTERS * max(1, len(signs)):
        return f"{len(letters)} letters in {len(signs)} characters"
    families = Counter(_family(letter) for letter in letters if unicodedata.category(letter)[0] == "L")
    if len(families.keys() - {"latin"}) > 1:
        return f"letters of {', '.join(sorted(families))}"
    main = max(families, key=lambda family: families[family], default="")
    if main in _SMALL_SIGNS:
        return _judge_signs([sign for sign in letters if _family(sign) == main], main)
    return _judge_words(text, facts)


def _family(letter: str) -> str:
    first = unicodedata.name(letter, "UNKNOWN").split()[0]
    return _FAMILIES.get(first, first.lower())


def _judge_signs(signs: list[str], family: str) -> str | None:
    if len(signs) <= STEM or len(set(signs)) < min(STEM, MIN_DISTINCT * len(signs)):
        return f"{len(signs)} characters, {len(set(signs))} of them different"
    known = sum(sign in _SMALL_SIGNS[family] for sign in signs)
    return (
        None
        if known >= MIN_KNOWN_SIGNS * len(signs)
        else f"{known} of {len(signs)} characters are common ones"
    )


def _judge_words(text: str, facts: Iterable[str]) -> str | None:
    words = _cut(text)
    if len(words) < 2:
        return f"{len(words)} words"
    if any(len(word) > MAX_WORD for word in words):
        return "a word without end"
    plain = [word.casefold() for word in words]
    if len(plain) >= 6 and len(set(plain)) < MIN_DISTINCT * len(plain):
        return f"{len(set(plain))} different words of {len(plain)}"
    if any(len({_family(letter) for letter in word if letter.isalpha()}) > 1 for word in plain):
        return "a word of two scripts"
    odd = sum(bool(_HARD.search(word) or _MIXED_CASE.search(word)) for word in words)
    if odd > 0.2 * len(words):
        return f"{odd} of {len(words)} words cannot be spoken"
    stems = {word[:STEM] for fact in facts for word in split_words(fact) if len(word) >= STEM}
    known = {word for word in plain if (word in _SMALL and len(word) > 1) or word[:STEM] in stems}
    count = sum(word in known for word in plain)
    if count < MIN_KNOWN * len(plain) or len(known) < 2 or max(map(len, known)) < LONGEST_SMALL:
        return f"{count} of {len(plain)} words are known"
    return None
