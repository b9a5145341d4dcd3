"""A stretch of text as a string of token classes, one character each.

The forms of dedupe.provenance.lexicon match over this string; token offsets lead back to the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dedupe.provenance.boundaries import REPORT_GOES_ON
from dedupe.provenance.lexicon import UNSPACED, Lexicon
from dedupe.provenance.sightings import Sighting

_MARKS = "\u0300-\u036f\u064b-\u0652\u0900-\u0903\u093a-\u094f\u0951-\u0957\u200c"
_TOKEN = re.compile(rf"([^\W\d_{UNSPACED}][\w{_MARKS}]*)|([{UNSPACED}])|(\d[\d.,:/]*\d|\d)|(\S)")
_ASCII_TOKEN = re.compile(r"([a-z][a-z0-9_]*)|(?!)()|([0-9](?:[0-9.,:/]*[0-9])?)|(\S)")
"""The same for a text in ASCII and lower case."""
_LETTERS, _DIGITS, _SIGN = 1, 3, 4
_PARTICLES = {"ل": "t", "و": "&", "ف": "&", "ب": "B", "ك": "z"}
_MARK = {
    **dict.fromkeys(",،、，", ","), **dict.fromkeys(".。．।؟?!！？…۔", "."), **dict.fromkeys(";；؛", ";"),
    **dict.fromkeys(":：", ":"), **dict.fromkeys("([{（【［", "("), **dict.fromkeys(")]}）】］", ")"),
    **dict.fromkeys("-–—―‒", "-"), **dict.fromkeys("/|", "/"), **dict.fromkeys("=＝", "="), "@": "@",
    "©": "g", "&": "&", "\n": "<", "・": "/",
}  # fmt: skip
_QUOTES = frozenset("\"'“”„«»‘’‹›「」『』《》`*_•")
_ABBREVIATED = frozenset(
    [
        "no",
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "sen",
        "gov",
        "rep",
        "gen",
        "prof",
        "jl",
        "jend",
        "inc",
        "corp",
        "ltd",
        "co",
        "art",
        "nr",
        "bzw",
        "vs",
        "mme",
        "ca",
        "rp",
        "tn",
        "ny",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "okt",
        "déc",
        "févr",
    ]
)
_DESCRIBED = re.compile(r"D[NwJABDd]{0,4},?[AJ]{0,2}$")
_BESIDE = "()/-=:<>.~,S"
_POSSESSIVE = re.compile(r"'s?(?!\w)|'s\b|:(?:s|n|lle|lta|ssa)\b")
_SUFFIX = re.compile(r"'[^\W\d_]{1,6}")
MOST_SOURCES = 48
"""A stretch with more names than this is a list or a menu, not prose: nothing in it is a credit."""


class Text(NamedTuple):
    """A text as read, its plain lower-case copy of the same length, and how the outlet calls itself."""

    text: str
    low: str
    own: frozenset[str] = frozenset()


@dataclass(slots=True)
class Reading:
    """Token classes of ``text[start:stop]``, with offsets and the sighting at each ``S`` or ``o``."""

    kinds: str
    starts: list[int]
    stops: list[int]
    sighted: dict[int, Sighting] = field(default_factory=dict)
    described: frozenset[int] = frozenset()


def read(source: Text, start: int, stop: int, sightings: Sequence[Sighting], lexicon: Lexicon) -> Reading:
    """Return the stretch ``start:stop`` of a text as token classes.

    ``sightings`` are those inside the stretch, in order.
    """
    text = source.text
    reader = _Reader(source, lexicon)
    reader.put("<" if start == 0 or text[start - 1] == "\n" else "~", start, start)
    at = start
    marks: list[tuple[int, Sighting]] = []
    for sighting in sightings:
        reader.words(at, sighting.start - len(sighting.proclitic))
        if sighting.proclitic:
            begin = sighting.start - len(sighting.proclitic)
            reader.put(_PARTICLES.get(sighting.proclitic[0], "z"), begin, sighting.start)
        if sighting.kind != "trailer":
            marks.append((len(reader.kinds), sighting))
            reader.put("O" if sighting.kind == "self" else "S", sighting.start, sighting.after)
        at = reader.ending(sighting.after)
    reader.words(at, stop)
    reader.put(">" if stop >= len(text) or text[stop] == "\n" else "~", stop, stop)
    return _folded(reader, marks)


class _Reader:
    """The tokens of a stretch as they are read, class by class."""

    __slots__ = ("kinds", "lexicon", "low", "own", "starts", "stops", "text", "tokens")

    def __init__(self, source: Text, lexicon: Lexicon) -> None:
        self.text, self.low, self.own = source
        self.lexicon = lexicon
        self.tokens = (_ASCII_TOKEN if self.low.isascii() else _TOKEN).finditer
        self.kinds: list[str] = []
        self.starts: list[int] = []
        self.stops: list[int] = []

    def put(self, kind: str, start: int, stop: int) -> None:
        self.kinds.append(kind)
        self.starts.append(start)
        self.stops.append(stop)

    def ending(self, at: int) -> int:
        """Read a possessive or a case ending written onto a name; return where it ends."""
        if not self.low.startswith(("'", ":"), at):
            return at
        found, kind = _POSSESSIVE.match(self.low, at), "p"
        if not found:
            found, kind = _SUFFIX.match(self.low, at), "x"
        if not found:
            return at
        self.put(kind, at, found.end())
        return found.end()

    def words(self, at: int, stop: int) -> None:
        """Read the tokens between two names."""
        while at < stop:
            at = self._run(at, stop)

    def _run(self, at: int, stop: int) -> int:
        """Read tokens up to ``stop``, or to the end of a phrase that ends inside a word."""
        find, low, text, own = self.lexicon.first.get, self.low, self.text, self.own
        kinds, stops, stemmed = self.kinds, self.stops, bool(self.lexicon.stems)
        put_kind, put_start, put_stop = kinds.append, self.starts.append, stops.append
        for found in self.tokens(low, at, stop):
            start, reach = found.span()
            if start < at:  # inside a phrase that was read as one
                continue
            group, end = found.lastindex, reach
            word = low[start:reach]
            entries = find(word)
            if (
                entries is None
                and group == _LETTERS
                and not stemmed
                and word[0] < "\u0600"
                and word not in own
            ):
                put_kind("N" if text[start].isupper() else "w")  # what most tokens are
                put_start(start)
                put_stop(reach)
                at = reach
                continue
            kind = ""
            if group == _LETTERS:
                if entries is not None:
                    if low.startswith(" ", reach) and (longer := find(low[start : reach + 2])):
                        kind, end = self._phrase(longer, start, stop, True)
                    if entries and not kind:
                        kind, end = self._phrase(entries, start, stop, True)
                if not kind:
                    kind, end = self._word(word, start, reach)
            elif group == _DIGITS:
                kind = "d"
            elif group == _SIGN:
                kind = "," if word == "," else self._mark(text[start], start, end, stop)
                phrase, limit = self._phrase(entries, start, stop, False) if entries else ("", 0)
                if phrase:
                    kind, end = phrase, limit
                if not kind:
                    at = max(end, stops[-1])
                    continue
            elif entries:
                kind, end = self._phrase(entries, start, stop, False)
            if kind:
                put_kind(kind)
                put_start(start)
                put_stop(end)
            elif group != _LETTERS:
                end = reach
                if kinds[-1] == "w" and stops[-1] == start:
                    stops[-1] = end
                else:
                    self.put("w", start, end)
            else:  # an Arabic particle and its word, put already
                end = stops[-1]
            at = end
            if end < reach:
                return at
        return stop

    def _phrase(
        self, entries: Iterable[tuple[str, str, bool]], start: int, stop: int, bounded: bool
    ) -> tuple[str, int]:
        """Return the class and end of the longest phrase of the lexicon at ``start``, or two empty values."""
        low = self.low
        for phrase, klass, more in entries:
            if not low.startswith(phrase, start):
                continue
            limit = start + len(phrase)
            if limit > stop:
                continue
            if more:
                while limit < stop and low[limit].isalpha():
                    limit += 1
            elif bounded and phrase[-1].isalnum() and limit < len(low) and _joins(low[limit]):
                continue
            elif phrase[-1] in "报報" and low[limit : limit + 1] in REPORT_GOES_ON:
                continue  # "3日报道" is no daily
            return klass, limit
        return "", 0

    def _word(self, word: str, start: int, end: int) -> tuple[str, int]:
        """Return the class and end of a word that begins no phrase."""
        if word in self.own:
            return "O", end
        char = word[0]
        if char >= "\u0600":
            if "\uac00" <= char <= "\ud7a3" and (noun := _noun(word, self.lexicon)):
                return noun[0], start + noun[1]
            if char in _PARTICLES and len(word) > 3:
                return self._particle(start, end)
        if self.lexicon.stems and (stem := self.lexicon.stem(word)):
            return stem, end
        return ("N" if self.text[start].isupper() else "w"), end

    def _particle(self, start: int, end: int) -> tuple[str, int]:
        """Read an Arabic word that may begin with a particle: "for the agency" is one word there."""
        low = self.low
        for phrase, klass, _ in self.lexicon.starting(low[start + 1 : end + 2]):
            limit = start + 1 + len(phrase)
            if low.startswith(phrase, start + 1) and not (limit < len(low) and _joins(low[limit])):
                self.put(_PARTICLES[low[start]], start, start + 1)
                self.put(klass, start + 1, limit)
                return "", limit
        return "w", end

    def _mark(self, char: str, start: int, end: int, stop: int) -> str:
        """Return the class of a sign, or an empty string for one that means nothing here."""
        if char in _QUOTES:
            low = self.low
            owned = char in "'’" and low.startswith("s", end) and not low[end + 1 : end + 2].isalnum()
            if owned and self.stops[-1] == start and self.kinds[-1] in "NJw":
                self.put("p", start, end + 1)
            return ""
        kind = _MARK.get(char, "")
        if kind == "-":
            text = self.text
            inside = char == "-" and start and text[start - 1].isalnum() and text[end : end + 1].isalnum()
            if self.kinds[-1] == "-" or (inside and "S" not in self.kinds[-3:]):
                return ""
        elif char in ".…":
            return self._stop(start, end, stop)
        return kind

    def _stop(self, start: int, end: int, stop: int) -> str:
        """Return ``.`` for a full stop that ends a sentence."""
        low, kind = self.low, self.kinds[-1]
        following = low[end : end + 1]
        if following and not following.isspace() and following not in "\"')]”’»-–—/":
            return "" if following.isalnum() else "."
        before = low[self.starts[-1] : self.stops[-1]]
        if (len(before) == 1 and before.isalpha() and kind != "S") or before in _ABBREVIATED:
            return ""
        rest = self.text[end : min(end + 3, stop)].lstrip(" ")
        if rest[:1].islower() or (kind == "d" and rest[:1].isdigit()):
            return ""
        return "" if kind == "." else "."


def _noun(word: str, lexicon: Lexicon) -> tuple[str, int] | None:
    """Return the class and length of the noun that a Korean word with a particle begins with."""
    for length in range(len(word) - 1, 1, -1):
        for phrase, klass, _ in lexicon.first.get(word[:length], ()):
            if len(phrase) == length and klass in "DLRJk":
                return klass, length
    return None


def _joins(char: str) -> bool:
    return char.isalnum() or "\u0900" <= char <= "\u094f"


def _folded(reader: _Reader, marks: list[tuple[int, Sighting]]) -> Reading:
    """Return the reading, with dates in brackets, repeated names and words that are no names folded."""
    kinds = reader.kinds
    sighted = dict(marks)
    dropped = _brackets(reader, sighted)
    for i, sighting in marks:
        if sighting.generic and i not in dropped and _named_after(kinds, i, sighted):
            kinds[i] = "D"  # "Russian state media, TASS": the named source counts
        elif sighting.generic and i not in dropped and i - 1 in sighted and kinds[i - 1] == "S":
            kinds[i] = "D"  # "Tasnim and Fars news agencies"
        elif sighting.needs in ("descriptor", "slug") and kinds[i] == "S":
            beside = (kinds[i - 1], kinds[i + 1])
            placed = "D" in (*kinds[max(0, i - 6) : i], beside[1]) or beside[0] == "J"
            if not placed and not any(kind in _BESIDE for kind in beside):
                kinds[i] = "N"  # a word like any other: it must not stand between a cue and its source
    if len(marks) > MOST_SOURCES:
        kinds = ["w" if kind == "S" else kind for kind in kinds]
    starts, stops = reader.starts, reader.stops
    if dropped:
        order = [i for i in range(len(kinds)) if i not in dropped]
        place = {old: new for new, old in enumerate(order)}
        kinds = [kinds[i] for i in order]
        starts, stops = [starts[i] for i in order], [stops[i] for i in order]
        marks = [(place[i], s) for i, s in marks if i in place]
    chosen = "".join(kinds)
    found = {i: s for i, s in marks if chosen[i] in "SO"}
    described = frozenset(
        i for i in found if chosen[i + 1 : i + 2] == "D" or _DESCRIBED.search(chosen, max(0, i - 9), i)
    )
    return Reading(chosen, starts, stops, found, described)


def _brackets(reader: _Reader, sighted: dict[int, Sighting]) -> set[int]:
    """Make one token of a date in brackets; return the tokens to drop, with names repeated in brackets."""
    kinds = reader.kinds
    dropped: set[int] = set()
    at = kinds.index(")") if ")" in kinds else len(kinds)
    for i in range(at, len(kinds)):
        if kinds[i] != ")":
            continue
        j = i - 1
        while j >= 0 and i - j < 8 and kinds[j] in "d,-/.:":
            j -= 1
        if j >= 0 and kinds[j] == "(" and j < i - 1:
            kinds[j] = "d"
            reader.stops[j] = reader.stops[i]
            dropped.update(range(j + 1, i + 1))
        elif kinds[max(0, i - 3) : i] == ["S", "(", "S"] and sighted[i - 1].source == sighted[i - 3].source:
            dropped.update(range(i - 2, i + 1))
    return dropped


def _named_after(kinds: list[str], i: int, sighted: dict[int, Sighting]) -> bool:
    """Whether a named source follows unnamed media in apposition."""
    j = i + 1
    while j < len(kinds) and j <= i + 4 and kinds[j] in ",JAw":
        j += 1
    near = j == i + 1 or (kinds[i + 1] == "," and j <= i + 3) or "w" not in kinds[i + 1 : j]
    return near and j < len(kinds) and kinds[j] == "S" and not sighted[j].generic
