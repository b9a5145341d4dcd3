"""Furniture: what belongs to the outlet's page and not to the article.

Lines are compared with the patterns of ``facts/boilerplate.toml``. A line of prose costs one
look at its first letters, its first colon and its end, so that the cost is that of walking
the lines. Lines that an outlet repeats across its articles are the matter of
:mod:`dedupe.text.repeated`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from dedupe.facts import table
from dedupe.records import Span
from dedupe.text import datelines, dates

_LONGEST = 160
LABEL_REACH = 32  # characters: a colon further on is not that of a label
_PREFIX_REACH = 96
_PROBE = 5  # characters
SHORT = 90  # characters: a line that may be furniture as a whole
BULLETS = " \t\r\u00a0\u200b•·●▪■►▶»>*|+"
PROSE = 60  # characters: a longer line that ends like a sentence is prose
SENTENCE_ENDS = (".", "!", "?", '"', "”", "’", ")", "…", "。", "۔", "।")
_LIST_LIMIT = 12
_HEADLINE = (15, 150)  # characters
_DIGITS = re.compile(r"\d+")
END_WORDS = ("end", "ends", "tamat", "selesai")
_END_MARK = re.compile(
    rf"[*_=~#•—–-](?:\s?[*_=~#•—–-]){{0,60}}|[-–—(]{{0,2}}\s?(?:30|{'|'.join(END_WORDS)})\s?[-–—)]{{1,2}}",
    re.IGNORECASE,
)
_TAIL_MARK = re.compile(r"\*{2,8}$|\(\*{1,3}\)$|#{3}$")
_NAME = r"[^\W\d_a-z][\w.'’-]{0,30}"
_BYLINE = re.compile(
    rf"(?:[Bb]y|BY|[Oo]leh|OLEH):?\s{_NAME}"
    rf"(?:(?:,?\s(?:and|&|dan|[|/–-]|for|of|in|on|at|to|the|The|with)|,|;)?(?:\s(?:the|The))?\s(?:{_NAME}|@\w{{1,30}}))"
    r"{0,14}\.?"
    r"(?:[\s,|–-]{1,3}(?:[A-Z][a-z]{2,8}\.?\s\d{1,2}(?:,?\s\d{4})?|\d{1,2}\s[A-Z][a-z]{2,8}\.?(?:\s\d{4})?)"
    r"(?:,?\s(?:at\s)?\d{1,2}[:.]\d\d(?:\s?[AaPp]\.?[Mm]\.?)?)?)?(?:\sEmail the author)?"
)
_TWEET = re.compile(r"[—–-]{1,2}\s?[^()\n]{1,60}\(@\w{1,30}\)\s[A-Z][a-z]{2,9}\.?\s\d{1,2},\s\d{4}")
_COUNTER = re.compile(
    r"(?:image|photo|slide|page|halaman)?\s?\d{1,4}\s?(?:/|of|dari)\s?\d{1,4}"
    r"|(?:twitter)?\d[\d.,]{0,9}\s?[km]?"
    r"\s(?:shares?|comments?|likes?|retweets?|views?|komentar|kali di(?:baca|bagikan))"
    r"|(?:(?:published|updated|posted|diperbarui|diterbitkan)\s?:?\s)?(?:less than\s)?"
    r"(?:\d{1,3}|an?|one|sekitar)\s(?:sec|second|min|minute|hr|hour|day|week|month|menit|jam|hari)s?"
    r"(?:\s\d{1,2}\s(?:min|minute)s?)?\s(?:ago|(?:yang )?lalu)",
    re.IGNORECASE,
)


Line = tuple[int, int, bool, bool]
"""Start, stop, whether it must be compared with the patterns, whether it is prose."""


class _Entry(NamedTuple):
    text: str
    kind: str
    longest: int
    lists: bool


@dataclass(slots=True)
class _Patterns:
    """The data file, indexed for one look-up per line."""

    whole: dict[str, _Entry] = field(default_factory=dict)
    labels: dict[str, _Entry] = field(default_factory=dict)
    starts: dict[str, tuple[tuple[str, ...], tuple[_Entry, ...]]] = field(default_factory=dict)
    ends: tuple[_Entry, ...] = ()
    all_ends: tuple[str, ...] = ()
    holds: tuple[_Entry, ...] = ()
    probes: tuple[tuple[str, tuple[_Entry, ...]], ...] = ()
    probed: tuple[_Entry, ...] = ()  # `holds` in the order of the probes
    longest: int = 0


@cache
def patterns() -> _Patterns:
    """Return the patterns of the data file."""
    found = _Patterns()
    starts: dict[str, list[_Entry]] = {}
    ends: list[_Entry] = []
    holds: list[_Entry] = []
    for section in table("boilerplate")["line"]:
        kind, longest, lists = section["kind"], section.get("longest", _LONGEST), section.get("list", False)
        found.longest = max(found.longest, longest)
        for text in section.get("whole", ()):
            found.whole.setdefault(_key(text), _Entry(text, kind, longest, lists))
        for text in section.get("label", ()):
            found.labels.setdefault(text, _Entry(text, kind, longest, False))
        for text in section.get("starts", ()):
            starts.setdefault(text[:2], []).append(_Entry(text, kind, longest, lists))
        ends.extend(_Entry(text, kind, longest, False) for text in section.get("ends", ()))
        holds.extend(_Entry(text, kind, longest, False) for text in section.get("holds", ()))
    for key, entries in starts.items():
        entries.sort(key=lambda entry: (-len(entry.text), entry.text))
        found.starts[key] = (tuple(entry.text for entry in entries), tuple(entries))
    found.ends, found.all_ends = tuple(ends), tuple(entry.text for entry in ends)
    found.holds, found.probes = tuple(holds), _probes(holds)
    found.probed = tuple(entry for _, entries in found.probes for entry in entries)
    return found


def _probes(entries: list[_Entry]) -> tuple[tuple[str, tuple[_Entry, ...]], ...]:
    """Return a few pieces of text of which each entry contains one, with the entries of each.

    Looking for ten pieces in a text instead of forty entries takes a quarter of the time. The
    piece that stands in the most entries is taken first, of those the longest.
    """
    left, probes = entries, []
    while left:
        pieces: dict[str, list[_Entry]] = {}
        for entry in left:
            size = len(entry.text)
            cuts = {entry.text[i:j] for i in range(size) for j in range(i + _PROBE, min(size, i + 12) + 1)}
            for piece in cuts or {entry.text}:
                pieces.setdefault(piece, []).append(entry)
        best = min(pieces, key=lambda piece: (-len(pieces[piece]), -len(piece), piece))
        probes.append((best, tuple(pieces[best])))
        left = [entry for entry in left if best not in entry.text]
    return tuple(probes)


def _key(line: str) -> str:
    """Return a short line as the data file's ``whole`` entries are compared."""
    key = " ".join(line.lower().split()).strip(" :.…→»>")
    return _DIGITS.sub("0", key)


def furniture(text: str) -> list[Span]:
    """Return the furniture of a text as disjoint spans in order, each with its kind.

    A span is a whole line (without its leading and trailing space), the outlet's prefix of a
    dateline (kind ``dateline``) or a mark at a text's end (``endmark``). Other kinds:
    ``related``, ``byline``, ``newsletter``, ``social``, ``copyright``, ``trailer`` (source
    lines and "reporting by", which credits still read), ``caption``, ``advert``.
    """
    known = patterns()
    lowered = text.lower()
    holds = [entry for probe, entries in known.probes if probe in lowered for entry in entries]
    return furniture_of(text, _lines(text, known.longest), holds, datelines.find(text))


def _lines(text: str, longest: int) -> Iterator[Line]:
    position = 0
    for line in text.splitlines(keepends=True):
        start, position = position, position + len(line)
        bare = line.strip()
        if bare:
            start += len(line) - len(line.lstrip())
            prose = len(bare) >= PROSE and bare.endswith(SENTENCE_ENDS)
            yield start, start + len(bare), len(bare) <= longest, prose


def furniture_of(
    text: str, lines: Iterable[Line], holds: Sequence[_Entry], dateline: datelines.Dateline | None
) -> list[Span]:
    """Return `furniture` of a text, seen its lines, the patterns ``holds`` that may occur and its dateline."""
    known = patterns()
    spans: list[Span] = []
    seen_prose = False
    listing = ""
    listed = 0
    for start, stop, may_match, prose in lines:
        entry = _match(text[start:stop], stop - start, holds, known) if may_match else None
        if dateline is not None and start <= dateline.start < stop:
            spans.append(Span(dateline.start, dateline.stop, "dateline"))
            entry = None
        if entry is not None:
            spans.append(Span(start, stop, entry.kind))
            listing, listed = (entry.kind, 0) if entry.lists and seen_prose else ("", 0)
            continue
        if listing and not prose and listed < _LIST_LIMIT and _is_headline(text[start:stop], stop - start):
            spans.append(Span(start, stop, listing))
            listed += 1
            continue
        seen_prose = seen_prose or prose
        listing = ""
        if text[stop - 1] in "*)#" and (mark := _TAIL_MARK.search(text[max(start, stop - 10) : stop])):
            spans.append(Span(max(start, stop - 10) + mark.start(), stop, "endmark"))
    return spans


def kind_of_line(line: str) -> str | None:
    """Return the kind of furniture that a line is by itself, or None."""
    bare = line.strip()
    known = patterns()
    if not bare or len(bare) > known.longest:
        return None
    entry = _match(bare, len(bare), known.holds, known)
    return None if entry is None else entry.kind


_MARK = _Entry("", "endmark", 0, False)
_BY = _Entry("", "byline", 0, False)
_SOCIAL = _Entry("", "social", 0, False)


def _match(line: str, length: int, holds: Sequence[_Entry], patterns: _Patterns) -> _Entry | None:
    if length <= SHORT and (entry := _match_short(line, patterns)):
        return entry
    bare = line.lstrip(BULLETS)
    head = bare[:_PREFIX_REACH].lower()
    group = patterns.starts.get(head[:2]) or patterns.starts.get(head[:1])
    if group is not None and head.startswith(group[0]):
        for entry in group[1]:
            if length <= entry.longest and _begins(head, entry.text):
                return entry
    colon = head.find(":", 0, LABEL_REACH)
    if colon > 0 and (entry := patterns.labels.get(head[:colon].strip())) and length <= entry.longest:
        return entry
    tail = line[-64:].lower()
    if tail.endswith(patterns.all_ends):
        for entry in patterns.ends:
            if length <= entry.longest and tail.endswith(entry.text):
                return entry
    if holds:
        lowered = line.lower()
        for entry in holds:
            if length <= entry.longest and entry.text in lowered:
                return entry
    return None


def _match_short(line: str, patterns: _Patterns) -> _Entry | None:
    if entry := patterns.whole.get(_key(line.strip(BULLETS))):
        return entry
    if _END_MARK.fullmatch(line):
        return _MARK
    if line[:2] in ("By", "BY", "by", "Ol", "OL", "ol") and _BYLINE.fullmatch(line):
        return _BY
    if _TWEET.fullmatch(line) or _COUNTER.fullmatch(line):
        return _SOCIAL
    return _BY if dates.is_date_line(line) else None


def _begins(head: str, text: str) -> bool:
    if not head.startswith(text):
        return False
    following = head[len(text) : len(text) + 1]
    return not (following.isalnum() and text[-1].isalnum())


def _is_headline(line: str, length: int) -> bool:
    low, high = _HEADLINE
    return low <= length <= high and line[-1] not in ".,;:。"
