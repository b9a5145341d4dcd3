"""What can be compared across languages without a model: numbers, months, names, negation.

Names are compared by sound, roughly: transliterated to Latin letters (anyascii), spelling
habits levelled ("Katolik", "Catholic"), the first five letters kept, so that case endings
and derived forms ("Путина", "Putin"; "Presiden", "President") meet. Countries and bodies
with a name of their own in each language come from ``facts/crosslingual.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from anyascii import anyascii

from dedupe import facts

_KEY_LETTERS = 5
_WORD = re.compile(r"[^\W\d_]{1,40}(?:['’.][^\W\d_]{1,40}){0,4}")
_NUMBER = re.compile(
    r"(?<![\w.,:])(\d{1,15}(?:[.,:]\d{1,6}){0,5})(?!\d)(?:[\s\u00a0-]{1,2}([^\W\d_]{1,12})|([^\W\d_]{1,3}))?"
)
_BRACKET_DATE = re.compile(r"\(\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?\)")
_SOUND = re.compile(r"ph|th|gh|kh|sch|sh|sy|ch|ck|qu|q|c|x|v|w|y|z|dj|tj|oe|(.)\1")
_SOUNDS = {
    "ph": "f", "th": "t", "gh": "g", "kh": "k", "sch": "s", "sh": "s", "sy": "s", "ch": "k", "ck": "k",
    "qu": "k", "q": "k", "c": "k", "x": "k", "v": "f", "w": "f", "y": "i", "z": "s", "dj": "j", "tj": "k",
    "oe": "u",
}  # fmt: skip
_MAGNITUDES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


@dataclass(frozen=True, slots=True)
class Anchors:
    """What one sentence, or one passage, says that can be checked.

    ``numbers`` are values in digits ("24.3", "2000000"), ``months`` 1 to 12, ``names``
    keys of capitalised words and ``@`` ids of known bodies, ``words`` the keys of all
    words; ``negations`` counts negating words, or is None where the language has no list.
    """

    numbers: frozenset[str]
    months: frozenset[int]
    names: frozenset[str]
    words: frozenset[str]
    negations: int | None


@dataclass(frozen=True, slots=True)
class _Lexicon:
    numbers: Mapping[str, int]
    endings: Mapping[str, tuple[int, int]]
    magnitudes: Mapping[str, int]
    months: Mapping[str, int]
    days: frozenset[str]
    negation: frozenset[str] | None
    names: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    native_names: tuple[tuple[str, str], ...]


@cache
def _lexicon(language: str | None) -> _Lexicon:
    data, code = facts.table("crosslingual"), language or ""
    negation = data["negation"].get(code)
    surfaces = sorted(
        (surface, f"@{body}")
        for body, forms in data["names"].items()
        for surface in forms.get(code, "").split("|")
        if surface
    )
    names: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {}
    for surface, body in surfaces:
        form = tuple(_WORD.findall(surface))
        if form:
            names[form[0]] = (*names.get(form[0], ()), (form, body))
    return _Lexicon(
        numbers={
            form: value
            for value, forms in enumerate(data["numbers"].get(code, ()), start=2)
            for form in forms.split("|")
        }
        | data["larger_numbers"].get(code, {}),
        endings={word: (by, plus) for word, (by, plus) in data["number_endings"].get(code, {}).items()},
        magnitudes={
            word: _MAGNITUDES[size]
            for size, words in data["magnitudes"].items()
            for word in words.get(code, ())
        },
        months={
            form: month
            for month, forms in enumerate(data["months"].get(code, ()), start=1)
            for form in forms.split("|")
        },
        days=frozenset(data["weekdays"].get(code, ())),
        negation=None if negation is None else frozenset(negation),
        names=names,
        native_names=tuple((s, b) for s, b in surfaces if not s.isascii() and s == s.upper()),
    )


def anchors(text: str, language: str | None) -> Anchors:
    """Return the anchors of a sentence or passage; linear in its length.

    The first word of a sentence is no name unless a list knows it: its capital says nothing.
    """
    lexicon = _lexicon(language)
    words = _WORD.findall(text)
    lowered = [word.lower() for word in words]
    keys = [sound_key(word) for word in lowered]
    names = {
        key
        for place, (word, key) in enumerate(zip(words, keys, strict=True))
        if place and word[0].isupper() and len(key) > 2 and word.lower() not in lexicon.months
        if word.lower() not in lexicon.days
    }
    known, parts = _known_names(lowered, words, text, lexicon)
    months = {lexicon.months[word] for word in lowered if word in lexicon.months and _is_month(word, text)}
    negations = None
    if lexicon.negation is not None:
        negations = sum(word in lexicon.negation or word.endswith(("n't", "n’t")) for word in lowered)
    return Anchors(
        numbers=frozenset(_numbers(text, lowered, lexicon)),
        months=frozenset(months),
        names=frozenset((names - parts) | known),
        words=frozenset(key for key in keys if len(key) > 2) | known,
        negations=negations,
    )


def _is_month(word: str, text: str) -> bool:
    """A month is capitalised in English and Indonesian ("may", "mac"); elsewhere often not."""
    return len(word) > 4 or word.capitalize() in text


def _known_names(
    lowered: list[str], words: list[str], text: str, lexicon: _Lexicon
) -> tuple[set[str], set[str]]:
    """Return ids of known bodies, and the keys of the words that they were named with."""
    known: set[str] = set()
    parts: set[str] = set()
    for start, first in enumerate(lowered):
        for form, body in lexicon.names.get(first, ()):
            width = len(form)
            if form != tuple(lowered[start : start + width]):
                continue
            surface = words[start]
            if width == 1 and surface.isascii() and not _is_capital(surface):
                continue  # "as" is a conjunction in English, "us" a pronoun; the countries are in capitals
            known.add(body)
            parts.update(sound_key(word) for word in form)
    known.update(body for surface, body in lexicon.native_names if surface in text)
    return known, parts


def _is_capital(word: str) -> bool:
    return word.isupper() if len(word) < 4 else word[0].isupper()


def _numbers(text: str, lowered: Sequence[str], lexicon: _Lexicon) -> set[str]:
    found = set()
    for place, word in enumerate(lowered):
        value = lexicon.numbers.get(word)
        if value is None:
            continue
        if place and word in lexicon.endings and lowered[place - 1] in lexicon.numbers:
            continue  # "two dozen": counted with the word before
        by, plus = lexicon.endings.get(lowered[place + 1], (1, 0)) if place + 1 < len(lowered) else (1, 0)
        found.add(str(value * by + plus))
    for match in _NUMBER.finditer(_BRACKET_DATE.sub(" ", text)):
        digits = normal_number(match.group(1))
        unit = (match.group(2) or match.group(3) or "").lower()
        size = lexicon.magnitudes.get(unit)
        found.add(digits if size is None else _scaled(digits, size))
    return found


def normal_number(digits: str) -> str:
    """Return one spelling for "1.000", "1,000" and "1000", and one for "24,3" and "24.3".

    A last group of exactly three digits is read as thousands.
    """
    groups = re.split(r"[.,:]", digits)
    if len(groups) == 1:
        return digits.lstrip("0") or "0"
    if all(len(group) == 3 for group in groups[1:]):
        return "".join(groups).lstrip("0") or "0"
    whole, fraction = "".join(groups[:-1]).lstrip("0") or "0", groups[-1].rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def _scaled(value: str, size: int) -> str:
    whole, _, fraction = value.partition(".")
    zeros = len(str(size)) - 1
    return ((whole + fraction + "0" * max(0, zeros - len(fraction))).lstrip("0")) or "0"


@lru_cache(maxsize=200_000)
def sound_key(word: str) -> str:
    """Return the first letters of a lower-case word as it sounds, in Latin letters."""
    latin = word if word.isascii() else anyascii(word).lower()
    letters = "".join(letter for letter in latin if "a" <= letter <= "z")
    return _SOUND.sub(_sounded, letters)[:_KEY_LETTERS]


def _sounded(match: re.Match[str]) -> str:
    return _SOUNDS.get(match.group(), match.group(1) or "")
