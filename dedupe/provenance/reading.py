"""A stretch of text as a string of token classes, one character each.

The forms of dedupe.provenance.lexicon match over this string; token offsets lead back to the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from dedupe.provenance.lexicon import UNSPACED, Lexicon
from dedupe.provenance.sightings import Sighting

_MARKS = "\u0300-\u036f\u064b-\u0652\u0900-\u0903\u093a-\u094f\u0951-\u0957\u200c"
_TOKEN = re.compile(
    rf"(?P<u>[{UNSPACED}])|(?P<w>[^\W\d_][\w{_MARKS}]*)|(?P<d>\d[\d.,:]*\d|\d)|(?P<m>\S)"
)
_MARK = {
    **dict.fromkeys(",،、，", ","), **dict.fromkeys(".。．।؟?!！？…۔", "."), **dict.fromkeys(";；؛", ";"),
    **dict.fromkeys(":：", ":"), **dict.fromkeys("([{（【［", "("), **dict.fromkeys(")]}）】］", ")"),
    **dict.fromkeys("-–—―‒", "-"), **dict.fromkeys("/|", "/"), **dict.fromkeys("=＝", "="), "@": "@",
    "©": "g", "&": "&", "\n": "<", "・": "/",
}  # fmt: skip
_QUOTES = frozenset("\"'“”„«»‘’‹›「」『』《》`*_•")
_ABBREVIATED = frozenset(
    ["no", "mr", "mrs", "ms", "dr", "st", "sen", "gov", "rep", "gen", "prof", "jl", "jend", "inc", "corp", "ltd", "co", "art", "nr", "bzw", "vs", "mme", "ca", "rp", "tn", "ny", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "okt", "déc", "févr"]
)
_BESIDE = "()/-=:<>.~,S"
_POSSESSIVE = re.compile(r"'s?(?!\w)|'s\b")
_SUFFIX = re.compile(r"'[^\W\d_]{1,6}")
MOST_SOURCES = 48
"""A stretch with more names than this is a list or a menu, not prose: nothing in it is a credit."""


@dataclass(slots=True)
class Reading:
    """Token classes of ``text[start:stop]``, with offsets and the sighting at each ``S`` or ``o``."""

    kinds: str
    starts: list[int]
    stops: list[int]
    sighted: dict[int, Sighting] = field(default_factory=dict)
    described: frozenset[int] = frozenset()


def read(
    text: str, low: str, start: int, stop: int, sightings: Sequence[Sighting], lexicon: Lexicon, own: frozenset[str]
) -> Reading:
    """Return ``text[start:stop]`` as token classes.

    ``low`` is the plain lower-case copy of ``text``; ``sightings`` those inside the stretch, in order;
    ``own`` the lower-case words by which the outlet calls itself.
    """
    kinds: list[str] = ["<" if start == 0 or text[start - 1] == "\n" else "~"]
    starts, stops = [start], [start]
    at = start
    marks: list[tuple[int, Sighting]] = []
    for sighting in sightings:
        _words(text, low, at, sighting.start - len(sighting.proclitic), lexicon, own, kinds, starts, stops)
        if sighting.proclitic:
            kinds.append({"ل": "t", "و": "&", "ف": "&", "ب": "B"}.get(sighting.proclitic, "z"))
            starts.append(sighting.start - 1)
            stops.append(sighting.start)
        if sighting.kind != "trailer":
            marks.append((len(kinds), sighting))
            kinds.append("O" if sighting.kind == "self" else "S")
            starts.append(sighting.start)
            stops.append(sighting.after)
        at = sighting.after
        if low.startswith("'", at):
            at = _after_name(low, at, kinds, starts, stops)
    _words(text, low, at, stop, lexicon, own, kinds, starts, stops)
    kinds.append(">" if stop >= len(text) or text[stop] == "\n" else "~")
    starts.append(stop)
    stops.append(stop)
    return _tidy(kinds, starts, stops, marks)


def _after_name(low: str, at: int, kinds: list[str], starts: list[int], stops: list[int]) -> int:
    found = _POSSESSIVE.match(low, at)
    kind = "p"
    if not found:
        found, kind = _SUFFIX.match(low, at), "x"
    if not found:
        return at
    kinds.append(kind)
    starts.append(at)
    stops.append(found.end())
    return found.end()


def _words(
    text: str,
    low: str,
    at: int,
    stop: int,
    lexicon: Lexicon,
    own: frozenset[str],
    kinds: list[str],
    starts: list[int],
    stops: list[int],
) -> None:
    first, match = lexicon.first, _TOKEN.match
    while at < stop:
        char = low[at]
        if char == " ":
            at += 1
            continue
        found = match(low, at)
        if found is None:
            at += 1
            continue
        end = min(found.end(), stop)
        group = found.lastgroup
        word = low[at:end]
        if group == "m":
            kind = _mark(text, at, end, stop, kinds, starts, stops, low)
            for phrase, klass, _ in first.get(word, ()):
                if low.startswith(phrase, at):
                    kind, end = klass, at + len(phrase)
                    break
            if not kind:
                at = max(end, stops[-1]) if kinds[-1] == "p" else end
                continue
        elif group == "d":
            kind = "d"
        else:
            kind = ""
            for phrase, klass, more in first.get(word, ()):
                if low.startswith(phrase, at):
                    limit = at + len(phrase)
                    if limit > stop:
                        continue
                    if more:
                        while limit < stop and low[limit].isalpha():
                            limit += 1
                    elif group == "w" and phrase[-1].isalnum() and limit < len(low) and _joins(low[limit]):
                        continue
                    kind, end = klass, limit
                    break
            if not kind and group == "w":
                if word in own:
                    kind = "O"
                elif lexicon.stems and (stem := lexicon.stem(word)):
                    kind = stem
                elif word[0] in "وفبلك" and len(word) > 3:
                    end = _proclitic(low, at, end, lexicon, kinds, starts, stops)
                    at = end
                    continue
                else:
                    kind = "N" if text[at].isupper() else "w"
            elif not kind:
                if kinds[-1] == "w" and stops[-1] == at:
                    stops[-1] = end
                    at = end
                    continue
                kind = "w"
        kinds.append(kind)
        starts.append(at)
        stops.append(end)
        at = end


def _joins(char: str) -> bool:
    return char.isalnum() or "\u0900" <= char <= "\u094f"


def _proclitic(
    low: str, at: int, end: int, lexicon: Lexicon, kinds: list[str], starts: list[int], stops: list[int]
) -> int:
    """Read an Arabic word that may begin with a particle: "for the agency" is one word there."""
    rest = low[at + 1 : end]
    for phrase, klass, _ in lexicon.first.get(rest, ()):
        if low.startswith(phrase, at + 1) and not _joins(low[at + 1 + len(phrase) : at + 2 + len(phrase)] or " "):
            kinds += [{"ل": "t", "و": "&", "ف": "&", "ب": "B"}.get(low[at], "z"), klass]
            starts += [at, at + 1]
            stops += [at + 1, at + 1 + len(phrase)]
            return at + 1 + len(phrase)
    kinds.append("w")
    starts.append(at)
    stops.append(end)
    return end


def _mark(
    text: str, at: int, end: int, stop: int, kinds: list[str], starts: list[int], stops: list[int], low: str
) -> str:
    char = text[at]
    if char in _QUOTES:
        owned = char in "'’" and low.startswith("s", end) and not low[end + 1 : end + 2].isalnum()
        if owned and stops[-1] == at and kinds[-1] in "NJw":
            kinds.append("p")
            starts.append(at)
            stops.append(end + 1)
        return ""
    kind = _MARK.get(char, "")
    if kind == "-":
        inside = at and text[at - 1].isalnum() and end < len(text) and text[end].isalnum() and char == "-"
        if inside and kinds[-1] != "S" and "S" not in kinds[-3:]:
            return ""
        return "" if kinds[-1] == "-" else "-"
    if kind == "." and char in ".…":
        following = low[end : end + 1]
        if following and not following.isspace() and following not in "\"')]”’»-–—/":
            return "" if following.isalnum() else "."
        before = low[starts[-1] : stops[-1]]
        if (len(before) == 1 and before.isalpha() and kinds[-1] != "S") or before in _ABBREVIATED:
            return ""
        rest = text[end : min(end + 3, stop)].lstrip(" ")
        if rest[:1].islower() or (kinds[-1] == "d" and rest[:1].isdigit()):
            return ""
        return "" if kinds[-1] == "." else "."
    return kind


def _tidy(kinds: list[str], starts: list[int], stops: list[int], marks: list[tuple[int, Sighting]]) -> Reading:
    """Fold dates in brackets, repeated names in brackets and generic descriptors into one token each."""
    sighted = dict(marks)
    keep = [True] * len(kinds)
    for i, kind in enumerate(kinds):
        if kind != ")":
            continue
        j = i - 1
        while j >= 0 and i - j < 8 and kinds[j] in "d,-/.:":
            j -= 1
        if j >= 0 and kinds[j] == "(" and j < i - 1:
            kinds[j] = "d"
            stops[j] = stops[i]
            for k in range(j + 1, i + 1):
                keep[k] = False
        elif i >= 3 and kinds[i - 1] == "S" and kinds[i - 2] == "(" and kinds[i - 3] == "S":
            if sighted[i - 1].source == sighted[i - 3].source:
                keep[i - 2] = keep[i - 1] = keep[i] = False
    for i, sighting in marks:
        if sighting.generic and keep[i]:
            j = i + 1
            while j < len(kinds) and j <= i + 4 and kinds[j] in ",JAw":
                j += 1
            near = j == i + 1 or (kinds[i + 1] == "," and j <= i + 3) or "w" not in kinds[i + 1 : j]
            if j < len(kinds) and kinds[j] == "S" and not sighted[j].generic and near:
                kinds[i] = "D"
    if len(marks) > MOST_SOURCES:
        kinds = ["w" if kind == "S" else kind for kind in kinds]
    for i, sighting in marks:
        if sighting.needs in ("descriptor", "slug") and kinds[i] == "S":
            beside = kinds[max(0, i - 6) : i] + kinds[i + 1 : i + 2]
            if kinds[i - 1] not in _BESIDE and kinds[i + 1] not in _BESIDE and "D" not in beside:
                kinds[i] = "N"  # a word like any other: it must not stand between a cue and its source
    order = [i for i in range(len(kinds)) if keep[i]]
    place = {old: new for new, old in enumerate(order)}
    chosen = "".join(kinds[i] for i in order)
    found = {place[i]: s for i, s in marks if keep[i] and kinds[i] in "SO"}
    described = frozenset(
        i for i in found if i and (chosen[i - 1] == "D" or "D" in chosen[max(0, i - 5) : i].rpartition("S")[2])
    ) | frozenset(i for i in found if chosen[i + 1 : i + 2] == "D")
    return Reading(chosen, [starts[i] for i in order], [stops[i] for i in order], found, described)


def token_at(reading: Reading, offset: int) -> int:
    """Return the index of the first token that starts at or after a text offset."""
    return bisect_left(reading.starts, offset)
