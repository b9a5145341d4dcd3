"""One document made ready for alignment: words, sentences, and sorted terms.

Two kinds of term stand for the wording of a sentence: words, and character n-grams that
run across word boundaries (so that a kept inflection, a compound or a phrase counts,
whatever the language). Both are kept sorted by hash, so that two documents are compared
by merging two sorted lists; nothing here depends on the other document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dedupe.records import Span
from dedupe.reuse.background import NOTHING, Background
from dedupe.text import normal
from dedupe.text.kernels import I32, I64, U32, U64, frozen, kernel
from dedupe.text.sentences import split
from dedupe.text.tokens import TokenBatch, mix, tokenize

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

GRAM = 6
"""Characters in an n-gram, the space between words included: long enough to be a piece of
wording rather than of language (4 to 8 were compared; 6 ranks reworded sentences best)."""

NAME_SHARE = 0.3
"""Where more than so many words are capitalised, capitals do not mark names (German, headlines)."""

_SOFT_BREAK = re.compile(r"(?<![\r\n])(?:\r\n|[\r\n])(?![\r\n])")
_LINE = re.compile(r"[\r\n]")
_CLAUSE = re.compile(r"[,;:()\[\]«»“”„—–،؛、，；：\r\n]|\s-{1,3}\s")
_SHIFT = np.uint32(normal.CLASS_SHIFT)
_CODE = np.uint32((1 << normal.CLASS_SHIFT) - 1)
_SILENT, _INVISIBLE = np.uint32(normal.SILENT), np.uint32(normal.INVISIBLE)
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, its bits spread evenly


Bag = tuple[NDArray[np.uint64], NDArray[np.float32]]
"""Hashes of terms, repeated as they stand, and how much each weighs."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a document's sentences, by sentence, with the sorted list of distinct ones."""

    distinct: NDArray[np.uint64]
    """Sorted hashes of the distinct terms."""
    frequency: NDArray[np.int32]
    """In how many sentences each occurs."""
    bounds: NDArray[np.int32]
    """Sentence ``i`` owns the entries ``bounds[i]`` to ``bounds[i + 1]``."""
    entry: NDArray[np.int32]
    """Index into ``distinct``, one per (sentence, distinct term)."""
    weight: NDArray[np.float32]
    """How much of the term the sentence holds: its count, damped for names."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Ranges of words between which a passage may begin and end, and their words as terms (with the
    same ``distinct`` as the sentences' words)."""

    ranges: NDArray[np.int32]
    words: Terms


@dataclass(frozen=True)
class Prepared:
    """A document's text with its words (half-open ``starts, stops``, code points), its sentences as
    ranges of words, and ``mask``, True for words in furniture, which never take part in a match."""

    text: str
    hashes: NDArray[np.uint64]
    starts: NDArray[np.int32]
    stops: NDArray[np.int32]
    mask: NDArray[np.bool_]
    sentences: NDArray[np.int32]
    """int32[s, 2]: first and last-plus-one word of each sentence that has words outside furniture."""
    language: str | None = None
    background: Background = NOTHING

    @cached_property
    def unit_of_word(self) -> NDArray[np.int32]:
        """The sentence of each word; -1 for furniture."""
        units = np.full(len(self.hashes), -1, np.int32)
        for index, (start, stop) in enumerate(self.sentences.tolist()):
            units[start:stop] = index
        units[self.mask] = -1
        return units

    @cached_property
    def names(self) -> NDArray[np.bool_]:
        """True for words that look like names: a capital inside a sentence and never without it.

        Names show what a text is about, not how it is worded. Empty for scripts without case
        and where capitals mark something else.
        """
        codes = np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), np.uint32)
        letters, letter = np.unique(codes[self.starts], return_inverse=True)
        capital = np.array([chr(code).isupper() for code in letters], np.bool_)[letter]
        small = np.array([chr(code).islower() for code in letters], np.bool_)[letter]
        capital[self.sentences[:, 0]] = False
        if not capital.any() or capital.sum() > NAME_SHARE * len(capital):
            return np.zeros(len(capital), np.bool_)
        names = set(self.hashes[capital].tolist()) - set(self.hashes[small].tolist())
        return np.fromiter((word in names for word in self.hashes.tolist()), np.bool_, len(capital))

    @cached_property
    def tells(self) -> NDArray[np.float32]:
        """How much the letters of each word tell about wording, 0 (a name) to 1."""
        weights = self.background.weigh(self.hashes)
        weights[self.names] = 0
        return weights

    @cached_property
    def words(self) -> Terms:
        """Words of the sentences, each counted as often as it stands there."""
        ones = np.ones(len(self.hashes), np.float32)
        return _terms(self.hashes, self.unit_of_word, ones, len(self.sentences), counted=True)

    @cached_property
    def sentence_pieces(self) -> Pieces:
        """The sentences themselves."""
        return self._pieces(None)

    @cached_property
    def line_pieces(self) -> Pieces:
        """The sentences, cut at line breaks (where those do not end a sentence anyway)."""
        return self._pieces(_LINE)

    @cached_property
    def clause_pieces(self) -> Pieces:
        """The sentences, cut at clause marks such as commas, and at line breaks."""
        return self._pieces(_CLAUSE)

    def _pieces(self, mark: re.Pattern[str] | None) -> Pieces:
        ends = [found.end() for found in mark.finditer(self.text)] if mark else []
        cuts = np.unique(np.concatenate((self.sentences.ravel(), np.searchsorted(self.starts, ends, "left"))))
        first, last = cuts[:-1].astype(np.int32), cuts[1:].astype(np.int32)
        owner = np.searchsorted(self.sentences[:, 0], first, "right") - 1
        kept = (owner >= 0) & (last <= self.sentences[owner, 1])
        ranges = np.stack((first[kept], last[kept]), axis=1)
        units = np.full(len(self.hashes), -1, np.int32)
        for index, (start, stop) in enumerate(ranges.tolist()):
            units[start:stop] = index
        units[self.mask] = -1
        ones = np.ones(len(self.hashes), np.float32)
        return Pieces(ranges, _terms(self.hashes, units, ones, len(ranges), counted=True))

    @cached_property
    def grams(self) -> Terms:
        """Character n-grams of the sentences across words, weighed by what their letters tell."""
        hashes, units, weights = self._grams(0, len(self.hashes))
        return _terms(hashes, units, weights, len(self.sentences), counted=False)

    def words_of(self, start: int, stop: int) -> Bag:
        """Return the terms that are words of a range of words, with how much each weighs."""
        kept = ~self.mask[start:stop]
        return self.hashes[start:stop][kept], np.ones(int(kept.sum()), np.float32)

    def grams_of(self, start: int, stop: int) -> Bag:
        """Return the character n-grams of a range of words, with how much each weighs."""
        hashes, _, weights = self._grams(start, stop)
        return hashes, weights

    def _grams(
        self, start: int, stop: int
    ) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.float32]]:
        low, high = (int(self.starts[start]), int(self.stops[stop - 1])) if stop > start else (0, 0)
        codes = np.frombuffer(self.text[low:high].encode("utf-32-le", "surrogatepass"), np.uint32)
        room = len(codes) + stop - start + 2
        hashes, units = np.empty(room, np.uint64), np.empty(room, np.int32)
        weights = np.empty(room, np.float32)
        places = np.empty((2, stop - start), np.int32)
        count = _grams(
            codes, low, normal.table(), frozen(self.starts[start:stop], np.int32),
            frozen(self.stops[start:stop], np.int32), self.unit_of_word[start:stop], self.tells[start:stop],
            hashes, units, weights, *places,
        )  # fmt: skip
        return hashes[:count], units[:count], weights[:count]


def prepare(
    text: str, *, language: str | None = None, furniture: Sequence[Span] = (), wrapped: bool = False,
    background: Background = NOTHING,
) -> Prepared:  # fmt: skip
    """Make a document ready for `align`.

    ``furniture`` are spans that never make a match. ``wrapped`` says that a single line break
    inside a paragraph is typesetting and ends no sentence. ``background`` says which words the corpus
    uses anyway.
    """
    return prepare_tokens(
        text, tokenize([text]), 0,
        language=language, furniture=furniture, wrapped=wrapped, background=background,
    )  # fmt: skip


def prepare_tokens(
    text: str,
    batch: TokenBatch,
    index: int,
    *,
    language: str | None = None,
    furniture: Sequence[Span] = (),
    wrapped: bool = False,
    background: Background = NOTHING,
) -> Prepared:
    """As `prepare`, from words already cut: document ``index`` of ``batch``."""
    hashes, starts, stops = batch.document(index)
    mask = np.zeros(len(hashes), np.bool_)
    for span in furniture:
        mask[np.searchsorted(stops, span.start, "right") : np.searchsorted(starts, span.stop, "left")] = True
    spans = split(_SOFT_BREAK.sub(lambda found: " " * len(found[0]), text) if wrapped else text, language)
    edges = np.array([(span.start, span.stop) for span in spans], np.int64).reshape(-1, 2)
    first = np.searchsorted(starts, edges[:, 0], "left")
    last = np.maximum(np.searchsorted(starts, edges[:, 1], "left"), first)
    masked = np.concatenate(([0], np.cumsum(mask)))
    kept = masked[last] - masked[first] < last - first
    sentences = np.stack((first[kept], last[kept]), axis=1).astype(np.int32)
    return Prepared(text, hashes, starts, stops, mask, sentences, language, background)


def _terms(
    hashes: NDArray[np.uint64],
    units: NDArray[np.int32],
    weights: NDArray[np.float32],
    count: int,
    *,
    counted: bool,
) -> Terms:
    order = np.argsort(hashes, kind="stable")  # units ascend in the text, so they do within a term
    return Terms(*_group(frozen(hashes, np.uint64), units, weights, order, count, counted))


@kernel
def _group(
    hashes: U64, units: I32, weights: F32, order: I64, count: int, counted: bool
) -> tuple[U64, I32, I32, I32, F32]:
    """Return the fields of `Terms`; ``order`` sorts the terms by hash."""
    room = len(order)
    distinct = np.empty(room, np.uint64)
    frequency = np.zeros(room, np.int32)
    post_term = np.empty(room, np.int32)
    post_unit = np.empty(room, np.int32)
    post_weight = np.zeros(room, np.float32)
    bounds = np.zeros(count + 1, np.int32)
    terms = 0
    posts = 0
    for at in range(room):
        place = order[at]
        unit = units[place]
        if unit < 0:
            continue
        if terms == 0 or distinct[terms - 1] != hashes[place]:
            distinct[terms] = hashes[place]
            terms += 1
            last = -1
        if unit != last:
            post_term[posts] = terms - 1
            post_unit[posts] = unit
            frequency[terms - 1] += 1
            bounds[unit + 1] += 1
            posts += 1
            last = unit
        if counted:
            post_weight[posts - 1] += weights[place]
        else:
            post_weight[posts - 1] = max(post_weight[posts - 1], weights[place])
    for unit in range(count):
        bounds[unit + 1] += bounds[unit]
    entry = np.empty(posts, np.int32)
    weight = np.empty(posts, np.float32)
    free = bounds[:-1].copy()
    for post in range(posts):
        place = free[post_unit[post]]
        entry[place] = post_term[post]
        weight[place] = post_weight[post]
        free[post_unit[post]] += 1
    return distinct[:terms].copy(), frequency[:terms].copy(), bounds, entry, weight


@kernel
def _grams(
    codes: U32, low: int, table: U32, starts: I32, stops: I32, units: I32, tells: F32,
    hashes: U64, out_units: I32, out_weights: F32, firsts: I32, lasts: I32,
) -> int:  # fmt: skip
    """Write the n-grams of every run of words of one sentence; return how many there are.

    For each word, ``firsts`` tells which n-gram is the first of a passage that begins with it, ``lasts`` which
    one comes after the last of a passage that ends with it.
    """
    line = np.empty(len(hashes) + GRAM, np.uint64)
    letters = np.empty(len(hashes) + GRAM, np.float32)  # how much each letter tells
    count = 0
    filled = 0
    begun = 0
    previous = -1
    for word in range(len(starts) + 1):
        unit = units[word] if word < len(starts) else -1
        if unit != previous or unit < 0:
            count = _digested(line, letters, filled, previous, hashes, out_units, out_weights, count)
            for earlier in range(begun, word):
                firsts[earlier] = min(firsts[earlier], count)
            filled = 0
            begun = word
            previous = unit
            if unit < 0:
                if word < len(starts):
                    firsts[word] = lasts[word] = count
                continue
            line[0] = np.uint64(32)  # a sentence begins and each word ends with a space
            letters[0] = np.float32(1.0)
            filled = 1
        plain = tells[word]
        firsts[word] = count + filled - 1
        for at in range(starts[word], stops[word]):
            entry = table[codes[at - low]]
            kind = entry >> _SHIFT
            line[filled] = np.uint64(entry & _CODE)
            letters[filled] = plain
            filled += kind != _SILENT and kind != _INVISIBLE  # noqa: PLR1714
        line[filled] = np.uint64(32)
        letters[filled] = np.float32(1.0)
        filled += 1
        lasts[word] = count + max(0, filled - GRAM + 1)
    return count


@kernel
def _digested(
    line: U64, letters: F32, filled: int, unit: int, hashes: U64, units: I32, weights: F32, count: int
) -> int:
    """Write the n-grams of a line of letters after the ``count`` that there are; return how many there are then."""
    grams = max(0, filled - GRAM + 1)
    out = hashes[count : count + grams]
    for first in range(grams):  # a polynomial of the letters' codes; each by itself, which is vector code
        digest = np.uint64(0)
        for step in range(GRAM):
            digest = digest * _BASE + line[first + step]
        out[first] = mix(digest)
    for first in range(grams):
        share = letters[first]
        for step in range(1, GRAM):
            share += letters[first + step]
        units[count + first] = unit
        weights[count + first] = share / np.float32(GRAM)
    return count + grams
