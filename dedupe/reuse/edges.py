"""Where a reworded passage begins and ends.

A piece (sentence, line or clause) at the end of a passage belongs to it by what it *adds*: the weight of its terms
that the other side has too and no other piece of its own side supplies, as a share of the
weight of all its terms. So a piece that only resembles what others match better falls
off, and the neighbour that holds the missing words comes in.
"""

from __future__ import annotations

import numpy as np

from dedupe.reuse.likeness import TermWeights
from dedupe.reuse.prepared import Pieces, Prepared
from dedupe.settings import Align
from dedupe.text.kernels import kernel

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
def _count(bounds, entry, counts, start, stop, step):  # type: ignore[no-untyped-def]
    for at in range(bounds[start], bounds[stop]):
        counts[entry[at]] += step


@kernel
def _adds(bounds, entry, weight, twin, own, other, unit, inside):  # type: ignore[no-untyped-def]
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
def _refined(  # type: ignore[no-untyped-def]
    a_bounds, a_entry, b_bounds, b_entry, a_weight, b_weight, twin,
    a_start, a_stop, b_start, b_stop, a_ranges, b_ranges, min_words, stay, enter,
):  # fmt: skip
    back = np.full(len(b_weight), -1, np.int32)
    for term in range(len(twin)):
        if twin[term] >= 0:
            back[twin[term]] = term
    own_a = np.zeros(len(a_weight), np.int32)
    own_b = np.zeros(len(b_weight), np.int32)
    _count(a_bounds, a_entry, own_a, a_start, a_stop, 1)
    _count(b_bounds, b_entry, own_b, b_start, b_stop, 1)
    low_a, high_a, low_b, high_b = a_start, a_stop, b_start, b_stop
    for phase in range(2):
        for _ in range(ROUNDS):
            moved = False
            for side in range(2):
                if side == 0:
                    bounds, entry, weight, match, own, other = a_bounds, a_entry, a_weight, twin, own_a, own_b
                    start, stop, ranges = low_a, high_a, a_ranges
                else:
                    bounds, entry, weight, match, own, other = b_bounds, b_entry, b_weight, back, own_b, own_a
                    start, stop, ranges = low_b, high_b, b_ranges
                if phase == 0:
                    rest = ranges[stop - 1, 1] - ranges[start, 1]
                    if rest >= min_words and _adds(bounds, entry, weight, match, own, other, start, 1) < stay:
                        _count(bounds, entry, own, start, start + 1, -1)
                        start += 1
                        moved = True
                    rest = ranges[stop - 1, 0] - ranges[start, 0]
                    if rest >= min_words and _adds(bounds, entry, weight, match, own, other, stop - 1, 1) < stay:
                        _count(bounds, entry, own, stop - 1, stop, -1)
                        stop -= 1
                        moved = True
                else:
                    if start > 0 and _adds(bounds, entry, weight, match, own, other, start - 1, 0) >= enter:
                        start -= 1
                        _count(bounds, entry, own, start, start + 1, 1)
                        moved = True
                    if stop < len(bounds) - 1 and _adds(bounds, entry, weight, match, own, other, stop, 0) >= enter:
                        _count(bounds, entry, own, stop, stop + 1, 1)
                        stop += 1
                        moved = True
                if side == 0:
                    low_a, high_a = start, stop
                else:
                    low_b, high_b = start, stop
            if not moved:
                break
    return low_a, high_a, low_b, high_b
