"""Where a reworded passage begins and ends.

A piece (sentence, line or clause) at the end of a passage belongs to it by what it *adds*:
the weight of its terms that the other side has too and no other piece of its own side
supplies, as a share of the weight of all its terms. So a piece that only resembles what
others match better falls off, and the neighbour that holds the missing words comes in.
"""

from __future__ import annotations

import numpy as np

from dedupe.reuse.likeness import TermWeights
from dedupe.reuse.prepared import F64, Pieces, Prepared
from dedupe.settings import Align
from dedupe.text.kernels import I32, kernel

Range = tuple[int, int]
"""First and last-plus-one sentence, or word."""
Block = tuple[int, int, int, int]
"""Word ranges ``a_start, a_stop, b_start, b_stop``."""

ROUNDS = 20


def refined(
    a: Prepared, b: Prepared, weights: TermWeights, in_a: Range, in_b: Range, settings: Align
) -> Block:
    """Return the words of two ranges of sentences, cut where ``settings.edge`` allows:
    without the pieces at the ends that add less than ``settings.stay``, and with the neighbours
    that add ``settings.enter`` or more. No side is cut below ``settings.min_words``."""
    left, right = _pieces(a, settings.edge), _pieces(b, settings.edge)
    a_weight, b_weight, twin = weights.words
    a_start, a_stop, b_start, b_stop = _refined(
        left.words.bounds, left.words.entry, right.words.bounds, right.words.entry, a_weight, b_weight, twin,
        *_range(a, left, in_a), *_range(b, right, in_b), left.ranges, right.ranges, settings.min_words,
        settings.stay, settings.enter,
    )  # fmt: skip
    return (*_words(left, a_start, a_stop), *_words(right, b_start, b_stop))


def _pieces(side: Prepared, edge: str) -> Pieces:
    if edge == "clause":
        return side.clause_pieces
    return side.line_pieces if edge == "line" else side.sentence_pieces


def _range(side: Prepared, pieces: Pieces, sentences: Range) -> Range:
    start, stop = side.sentences[sentences[0], 0], side.sentences[sentences[1] - 1, 1]
    first, last = np.searchsorted(pieces.ranges[:, 0], (start, stop), "left")
    return int(first), int(last)


def _words(pieces: Pieces, start: int, stop: int) -> Range:
    return int(pieces.ranges[start, 0]), int(pieces.ranges[stop - 1, 1])


@kernel
def _count(bounds: I32, entry: I32, counts: I32, start: int, stop: int, step: int) -> None:
    for at in range(bounds[start], bounds[stop]):
        counts[entry[at]] += step


@kernel
def _adds(
    bounds: I32, entry: I32, weight: F64, twin: I32, own: I32, other: I32, unit: int, inside: int
) -> float:
    """Return the share of the unit's weight that is shared and supplied by no other unit in range."""
    gain = 0.0
    total = 0.0
    for at in range(bounds[unit], bounds[unit + 1]):
        term = entry[at]
        total += weight[term]
        if twin[term] >= 0 and other[twin[term]] > 0 and own[term] == inside:
            gain += weight[term]
    return gain / total if total > 0.0 else 0.0


@kernel
def _shed(
    bounds: I32, entry: I32, weight: F64, match: I32, own: I32, other: I32, ranges: I32,
    start: int, stop: int, min_words: int, stay: float,
) -> tuple[int, int, int]:  # fmt: skip
    """Cut a piece off each end that adds too little; return the range and how many went."""
    gone = 0
    rest = ranges[stop - 1, 1] - ranges[start, 1]
    if rest >= min_words and _adds(bounds, entry, weight, match, own, other, start, 1) < stay:
        _count(bounds, entry, own, start, start + 1, -1)
        start += 1
        gone += 1
    rest = ranges[stop - 1, 0] - ranges[start, 0]
    if rest >= min_words and _adds(bounds, entry, weight, match, own, other, stop - 1, 1) < stay:
        _count(bounds, entry, own, stop - 1, stop, -1)
        stop -= 1
        gone += 1
    return start, stop, gone


@kernel
def _grow(
    bounds: I32, entry: I32, weight: F64, match: I32, own: I32, other: I32,
    start: int, stop: int, enter: float,
) -> tuple[int, int, int]:  # fmt: skip
    """Take in the piece next to each end that adds enough; return the range and how many came."""
    come = 0
    if start > 0 and _adds(bounds, entry, weight, match, own, other, start - 1, 0) >= enter:
        start -= 1
        _count(bounds, entry, own, start, start + 1, 1)
        come += 1
    if stop < len(bounds) - 1 and _adds(bounds, entry, weight, match, own, other, stop, 0) >= enter:
        _count(bounds, entry, own, stop, stop + 1, 1)
        stop += 1
        come += 1
    return start, stop, come


@kernel
def _refined(
    a_bounds: I32, a_entry: I32, b_bounds: I32, b_entry: I32, a_weight: F64, b_weight: F64, twin: I32,
    a_start: int, a_stop: int, b_start: int, b_stop: int, a_ranges: I32, b_ranges: I32,
    min_words: int, stay: float, enter: float,
) -> tuple[int, int, int, int]:  # fmt: skip
    back = np.full(len(b_weight), -1, np.int32)
    for term in range(len(twin)):
        if twin[term] >= 0:
            back[twin[term]] = term
    own_a = np.zeros(len(a_weight), np.int32)
    own_b = np.zeros(len(b_weight), np.int32)
    _count(a_bounds, a_entry, own_a, a_start, a_stop, 1)
    _count(b_bounds, b_entry, own_b, b_start, b_stop, 1)
    low_a, high_a, low_b, high_b = a_start, a_stop, b_start, b_stop
    for _ in range(ROUNDS):  # first the pieces that add nothing fall off, …
        moved = 0
        low_a, high_a, gone = _shed(
            a_bounds, a_entry, a_weight, twin, own_a, own_b, a_ranges, low_a, high_a, min_words, stay
        )
        moved += gone
        low_b, high_b, gone = _shed(
            b_bounds, b_entry, b_weight, back, own_b, own_a, b_ranges, low_b, high_b, min_words, stay
        )
        if moved + gone == 0:
            break
    for _ in range(ROUNDS):  # … then neighbours that add much come in
        moved = 0
        low_a, high_a, come = _grow(a_bounds, a_entry, a_weight, twin, own_a, own_b, low_a, high_a, enter)
        moved += come
        low_b, high_b, come = _grow(b_bounds, b_entry, b_weight, back, own_b, own_a, low_b, high_b, enter)
        if moved + come == 0:
            break
    return low_a, high_a, low_b, high_b
