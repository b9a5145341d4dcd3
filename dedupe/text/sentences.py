"""Sentences, as spans of the text as read.

Own rules over one compiled pattern of candidate stops, with the abbreviations of each
language in ``facts/abbreviations.toml``: splitters in packages break Indonesian news at
``Jl.``, ``Tn.``, ``Rp.`` and between a quotation and its ``kata X``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from dedupe.facts import table
from dedupe.records import Span

HARD = "。！？｡؟۔।॥።။។"  # end a sentence with no space after them
STOPS = ".!?…‽" + HARD
CLOSERS = "\"'”’»›)]}」』】）］〉》"
_CANDIDATE = re.compile(f"[{STOPS}][{STOPS}]*[{re.escape(CLOSERS)}]{{0,4}}")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_WORD = re.compile(r"[^\W\d_]+")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_GLUED = re.compile(r"[^\W\d_]{2,24}(?=[\s,;:])")
_THAI = re.compile("[\u0e00-\u0e7f]")
_THAI_GAP = re.compile(r"(?<=[\u0e00-\u0e7f])\s+(?=[\u0e00-\u0e7f])")
_THAI_MINIMUM = 60  # characters: Thai marks phrases, not sentences, with a space
QUOTES = "\"'”’»›」』"
OPENERS = "([{\"'“‘«‹„「『"
NEVER_FIRST = ",;:)]}%.!?…”’»"
QUOTING = "と、，,な"  # after a quotation, what it belongs to
_DOMAINS = frozenset(("com", "co", "net", "org", "id", "my", "news", "tv", "info", "io"))
PLACE = 40  # characters: the longest place of a dateline
REACH = 24  # characters looked back for the word before a full stop

Entry = Literal["title", "numbered", "closing", "month"]


@dataclass(frozen=True, slots=True)
class Rules:
    """What the abbreviations of a language say; keys are in lower case."""

    entries: dict[str, tuple[Entry, bool]]  # word -> kind, only when capitalised
    starters: frozenset[str]
    speech: frozenset[str]
    ordinals: frozenset[str]  # months that may follow an ordinal number: "20. Juni"


@cache
def rules(language: str | None) -> Rules:
    """Return the rules of an ISO 639-1 language, with the English ones; None for id, ms and en."""
    data = table("abbreviations")
    names = ("id", "ms", "en") if language in (None, "id", "ms") else ("en", language)
    tables = [data[name] for name in names if name in data]
    entries: dict[str, tuple[Entry, bool]] = {}
    kinds: tuple[tuple[str, Entry], ...] = (
        ("months", "month"),
        ("closing", "closing"),
        ("numbered", "numbered"),
        ("titles", "title"),
    )
    for section in tables:
        for key, kind in kinds:
            for word in section.get(key, ()):
                capital = word != word.lower()
                # The same word, written in lower case in one table, holds in any case.
                if capital and entries.get(word.lower(), (kind, True)) == (kind, False):
                    continue
                entries[word.lower()] = (kind, capital)
    return Rules(
        entries=entries,
        starters=frozenset(word for section in tables for word in section.get("starters", ())),
        speech=frozenset(word for section in tables for word in section.get("speech", ())),
        ordinals=frozenset(
            word for section in tables if section.get("ordinals") for word in section["months"]
        ),
    )


def split(text: str, language: str | None = None) -> list[Span]:
    """Return the sentences of ``text`` as trimmed, disjoint spans in order.

    A line break always ends a sentence. Marks such as ``***`` are no sentence of their own;
    on the line of a sentence they belong to it. A quotation and the ``kata X`` or ``he said``
    after it are one sentence. ``language`` is an ISO 639-1 code; None uses the Indonesian,
    Malay and English rules together.
    """
    known = rules(language)
    thai = not text.isascii() and _THAI.search(text) is not None
    spans: list[Span] = []
    position = 0
    for line in text.splitlines(keepends=True):
        start, position = position, position + len(line)
        stripped = len(line.rstrip())
        if stripped:
            _split_line(text, start + len(line) - len(line.lstrip()), start + stripped, known, spans, thai)
    return spans


def _split_line(text: str, start: int, stop: int, known: Rules, spans: list[Span], thai: bool) -> None:
    entries = known.entries
    first = start
    last = stop - 1  # of the letters and digits: marks after it belong to the last sentence
    while last > start and not text[last].isalnum():
        last -= 1
    for match in _CANDIDATE.finditer(text, start, stop):
        end = match.end()
        if end > last:
            break
        dot = end - 1
        # Most stops follow a word in small letters that is no abbreviation, and a capital follows them.
        if text[end] == " " and text[dot] == "." and "A" <= text[end + 1] <= "Z" and dot == match.start():
            word = text[text.rfind(" ", max(first, dot - REACH), dot) + 1 : dot]
            small = 1 < len(word) < REACH and word.isascii() and word.isalpha() and word.islower()
            if small and not thai and word not in entries:
                spans.append(Span(first, end))
                first = end + 1
                continue
        after = next_sentence(
            text, match.start(), end, first=first, last=last, known=known, at_line_start=first == start
        )
        if after:
            first = _add(text, first, end, after, spans)
    _add(text, first, stop, stop, spans)


def _add(text: str, first: int, end: int, after: int, spans: list[Span]) -> int:
    """Append the sentence unless it has no letter or digit; return where the next one begins."""
    if _LETTER_OR_DIGIT.search(text, first, end) is None:
        return after
    if _THAI.search(text, first, end) is not None:
        for gap in _THAI_GAP.finditer(text, first, end):
            if gap.start() - first >= _THAI_MINIMUM:
                spans.append(Span(first, gap.start()))
                first = gap.end()
    spans.append(Span(first, end))
    return after


def next_sentence(
    text: str, dot: int, end: int, *, first: int, last: int, known: Rules, at_line_start: bool
) -> int:
    """Return where the next sentence begins if the stop at ``dot`` ends one, else 0."""
    mark, following = text[dot], text[end]
    if mark in HARD:
        return _after_hard_stop(text, dot, end, first=first, at_line_start=at_line_start)
    if not following.isspace():
        glued = mark == "." and end == dot + 1 and _is_glued(text, dot, end)
        return end if glued else 0
    begin = end + 1
    while text[begin].isspace():  # a letter or digit follows on this line
        begin += 1
    opening = text[begin]
    if opening.islower() or opening in NEVER_FIRST:
        return 0
    if mark == ".":
        if end == dot + 1 and not _ends_after_word(text, dot, begin, first, known):
            return 0
    elif text[end - 1] in QUOTES and _is_attribution(text, begin, last, known):
        return 0
    return begin


def _after_hard_stop(text: str, dot: int, end: int, *, first: int, at_line_start: bool) -> int:
    if text[dot] == "۔":
        if text[dot - 1 : dot].isdigit() and text[end].isdigit():
            return 0
        if at_line_start and dot - first <= PLACE and len(text[first:dot].split()) <= 2:
            return 0  # a dateline: PLACE ۔ DATE (AGENCY)
    if end > dot + 1 and text[end] in QUOTING:  # 「…。」と述べた
        return 0
    begin = end
    while text[begin].isspace():
        begin += 1
    return begin


def _is_glued(text: str, dot: int, end: int) -> bool:
    """Whether a full stop without a space ends a sentence: ``selesai.Kemudian``, not ``Kota.Com``."""
    if not (dot >= 2 and text[end].isupper() and text[dot - 2 : dot].islower()):
        return False
    word = _GLUED.match(text, end)
    return word is not None and word[0][1:].islower() and word[0].lower() not in _DOMAINS


def _ends_after_word(text: str, dot: int, begin: int, first: int, known: Rules) -> bool:
    """Whether the full stop after this word ends the sentence, seen what begins at ``begin``."""
    floor = max(first, dot - REACH)
    at = dot
    while at > floor and not text[at - 1].isspace():
        at -= 1
    word = text[at:dot].lstrip(OPENERS)
    if not word:
        return False
    opening = text[begin]
    if word.isdigit():
        if at == first and len(word) <= 3:  # an enumeration: "2. Second point"
            return False
        return len(word) > 2 or _next_word(text, begin) not in known.ordinals
    if len(word) == 1:
        if not word.isupper():
            return True
        return at != first and _next_word(text, begin) in known.starters
    kind, capital = known.entries.get(word.lower(), (None, False))
    if kind is None and "-" in word:
        word = word.rpartition("-")[2]
        kind, capital = known.entries.get(word.lower(), (None, False))
    if kind is None and _DOTTED.fullmatch(word):
        kind = "closing"
    if kind is None or (capital and not word[0].isupper()):
        return True
    if kind == "title":
        return False
    if kind == "numbered":
        return not opening.isdigit()
    if opening.isdigit() or opening in "([":
        return False
    return opening in OPENERS or _next_word(text, begin) in known.starters


def _next_word(text: str, begin: int) -> str:
    word = _WORD.match(text, begin, begin + REACH)
    return word[0].lower() if word else ""


def _is_attribution(text: str, begin: int, last: int, known: Rules) -> bool:
    """Whether up to four capitalised words and a verb of saying follow: ``…?" Ana Putri asked``."""
    for word in text[begin : min(last + 1, begin + 80)].split()[:5]:
        bare = word.strip(",.;:").lower()
        if bare in known.speech:
            return True
        if not word[0].isupper():
            return False
    return False
