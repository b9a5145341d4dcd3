"""Lines, furniture and sentences of many documents at once, as those of each by itself.

Compiled loops walk the characters and see to the usual; lines that may be furniture and full stops
after what may be an abbreviation are left to the rules of `boilerplate` and `sentences`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

import numpy as np

from dedupe.records import Span
from dedupe.text import boilerplate, datelines, normal, repeated, sentences, traits
from dedupe.text import kernels_pages as kernels
from dedupe.text.kernels import I32, I64, U32, Flags, frozen

_CODE = (1 << normal.CLASS_SHIFT) - 1
_ROUNDS = 100  # stops asked about in a document, before it is cheaper to split it by itself


@dataclass(frozen=True, slots=True)
class Pages:
    """Documents, their characters, and their lines that are not blank."""

    texts: Sequence[str]
    points: U32
    offsets: I64
    lines: kernels.Lines

    def furniture(self) -> list[list[Span]]:
        """Return `boilerplate.furniture` of each document."""
        found: list[list[Span]] = [[] for _ in self.texts]
        bounds, bits = self.lines.bounds, self.lines.bits
        dashed = self.lines.documents & kernels.HAS_DASH != 0
        telling = bits & (kernels.MATCHES | kernels.HOLDS | kernels.TAIL) != 0
        told = np.zeros(len(self.texts), np.bool_)
        told[np.repeat(np.arange(len(self.texts)), np.diff(bounds))[telling]] = True
        for document in np.flatnonzero(dashed | told).tolist():
            text = self.texts[document]
            dateline = datelines.find(text) if dashed[document] else None
            if dateline is None and not told[document]:
                continue
            mine = slice(bounds[document], bounds[document + 1])
            lines = zip(
                self.lines.starts[mine].tolist(),
                self.lines.stops[mine].tolist(),
                (bits[mine] & (kernels.MATCHES | kernels.HOLDS) != 0).tolist(),
                (bits[mine] & kernels.PROSE != 0).tolist(),
                strict=True,
            )
            holds = boilerplate.patterns().probed if (bits[mine] & kernels.HOLDS).any() else ()
            found[document] = boilerplate.furniture_of(text, lines, holds, dateline)
        return found

    def line_keys(self) -> tuple[I64, I64]:
        """Return the bounds of each document's rows, and rows of key, start and stop: see `repeated.keys`.

        One row for every line that has a letter.
        """
        chosen = np.flatnonzero(self.lines.bits & kernels.WORDS)
        owners = np.searchsorted(self.lines.bounds, chosen, "right") - 1
        starts, stops, bits = self.lines.starts[chosen], self.lines.stops[chosen], self.lines.bits[chosen]
        plain = (
            self.texts[owner][start:stop] if bit & kernels.KEYED
            else repeated.levelled(
                self.texts[owner][start:stop], figures=bit & kernels.FIGURES != 0, gaps=bit & kernels.GAPS != 0
            )
            for owner, start, stop, bit in zip(
                owners.tolist(), starts.tolist(), stops.tolist(), bits.tolist(), strict=True
            )
        )  # fmt: skip
        rows = np.empty((len(chosen), 3), np.int64)
        rows[:, 0] = repeated.keys(plain, bits & kernels.KEYED != 0)
        rows[:, 1], rows[:, 2] = starts, stops
        return np.searchsorted(owners, np.arange(len(self.texts) + 1)), rows

    def sentences(self, languages: Sequence[str | None]) -> tuple[I64, I32]:
        """Return the bounds of each document's rows, and rows of start and stop: `sentences.split`."""
        known = list(dict.fromkeys(languages))
        rules = kernels.Rules(
            np.array([_words(language) for language in known]).reshape(-1, kernels.FILTER),
            np.array([bool(sentences.rules(language).ordinals) for language in known], np.bool_),
            sentences.REACH,
            sentences.PLACE,
        )
        rule_of = np.array([known.index(language) for language in languages], np.int64)
        state = np.zeros((len(self.texts), 7), np.int64)
        state[:, kernels.LINE] = self.lines.bounds[:-1]
        state[:, kernels.STOP_AT] = -1
        spans = np.empty((len(self.points), 2), np.int32)
        in_thai = self.lines.documents & kernels.IN_THAI != 0
        asking = np.flatnonzero(~in_thai)
        for _ in range(_ROUNDS):
            asking = asking[
                : kernels.sentences(
                    self.points, self.offsets, self.lines, traits.table(), _letters(), rules, rule_of, state, asking,
                    spans,
                )
            ]  # fmt: skip
            if not len(asking):
                break
            state[asking, kernels.AFTER] = [
                self._next_sentence(document, languages[document], mine)
                for document, mine in zip(asking.tolist(), state[asking].tolist(), strict=True)
            ]
        for document in (*np.flatnonzero(in_thai).tolist(), *asking.tolist()):
            found = [span[:2] for span in sentences.split(self.texts[document], languages[document])]
            base = self.offsets[document]
            spans[base : base + len(found)] = np.array(found, np.int32).reshape(-1, 2)
            state[document, kernels.COUNT] = len(found)
        counts = state[:, kernels.COUNT]
        bounds = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
        return bounds, spans[np.repeat(self.offsets[:-1] - bounds[:-1], counts) + np.arange(bounds[-1])]

    def _next_sentence(self, document: int, language: str | None, mine: Sequence[int]) -> int:
        base = int(self.offsets[document])
        line, _, first, last, dot, end, _ = mine
        after = sentences.next_sentence(
            self.texts[document], dot - base, end - base, first=first - base, last=last - base,
            known=sentences.rules(language), at_line_start=first - base == self.lines.starts[line],
        )  # fmt: skip
        return after and after + base


def pages(texts: Sequence[str]) -> Pages:
    """Read texts: any strings, of any length."""
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    offsets = np.array([0, *accumulate(map(len, texts))], np.int64)
    room = (len(points) + len(texts) + 1) // 2  # a break between two lines
    lines = kernels.Lines(
        np.zeros(len(texts) + 1, np.int64),
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.empty(room, np.uint8),
        np.zeros(len(texts), np.uint8),
    )
    while (count := kernels.lines(points, offsets, traits.table(), _letters(), _patterns(), lines)) < 0:
        traits.learn(points)
    lines = lines._replace(starts=lines.starts[:count], stops=lines.stops[:count], bits=lines.bits[:count])
    return Pages(texts, points, offsets, lines)


@cache
def _letters() -> U32:
    return frozen(normal.table(), np.uint32)


def _folded(text: str) -> list[int]:
    return [int(_letters()[ord(letter)]) & _CODE or ord(letter) for letter in text]


def _filter(words: Iterable[Iterable[int]]) -> Flags:
    """Return where words fall in a table: as `kernels_pages.place` has it."""
    places = np.zeros(kernels.FILTER, np.bool_)
    for word in words:
        digest = 0
        for letter in word:
            digest = (digest * 31 + letter) & (kernels.FILTER - 1)
        places[digest] = True
    return places


@cache
def _words(language: str | None) -> Flags:
    entries = sentences.rules(language).entries
    return _filter([int(_letters()[ord(letter)]) & _CODE for letter in entry] for entry in entries)


def _by_one(piece: list[int]) -> int:
    return piece[0] & 255


def _by_two(piece: list[int]) -> int:
    return (piece[0] * 31 + piece[1]) & 255


@cache
def _patterns() -> kernels.Patterns:
    known = boilerplate.patterns()
    groups = (
        [_folded(text) for texts, _ in known.starts.values() for text in texts],
        [_folded(text)[::-1] for text in known.all_ends],
        [_folded(entry.text) for entry in known.holds],
    )
    pieces: list[list[int]] = []
    buckets = np.zeros((3, 257), np.int64)
    for group, members in enumerate(groups):
        falls = _by_two if group == kernels.INSIDE else _by_one
        members.sort(key=falls)
        buckets[group] = len(pieces) + np.searchsorted([falls(piece) for piece in members], np.arange(257))
        pieces += members
    whole = [
        _folded("".join(letter for letter in text if letter.isalnum() and not letter.isdecimal()))
        for text in (*known.whole, *boilerplate.END_WORDS)
    ]
    return kernels.Patterns(
        np.array([letter for piece in pieces for letter in piece], np.uint32),
        np.array([0, *accumulate(map(len, pieces))], np.int64),
        buckets,
        _filter(whole),
        known.longest,
        boilerplate.SHORT,
        boilerplate.LABEL_REACH,
        boilerplate.PROSE,
        repeated.PROSE,
    )
