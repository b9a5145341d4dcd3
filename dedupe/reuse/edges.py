"""Where a reworded passage begins and ends.

A sentence at the end of a passage belongs to it by what it *adds*: the weight of its terms
that the other side has too and no other sentence of its own side supplies, as a share of the
weight of all its terms. So a sentence that only resembles what others match better falls
off, and the neighbour that holds the missing words comes in.
"""

from __future__ import annotations

import numpy as np

from dedupe.reuse.likeness import TermWeights
from dedupe.reuse.prepared import Prepared
from dedupe.text.kernels import kernel

Range = tuple[int, int]
"""First and last-plus-one sentence."""

ROUNDS = 20


def refined(
    a: Prepared, b: Prepared, weights: TermWeights, in_a: Range, in_b: Range, *, stay: float, enter: float
) -> tuple[Range, Range]:
    """Return the ranges of sentences without those at the ends that add less than ``stay``, and with
    neighbours that add ``enter`` or more. Each side keeps a sentence at least."""
    a_weight, b_weight, twin = weights.words
    w = _refined(
        a.words.bounds, a.words.entry, b.words.bounds, b.words.entry, a_weight, b_weight, twin,
        *in_a, *in_b, stay, enter,
    )  # fmt: skip
    return (int(w[0]), int(w[1])), (int(w[2]), int(w[3]))


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
    a_start, a_stop, b_start, b_stop, stay, enter,
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
                    start, stop = low_a, high_a
                else:
                    bounds, entry, weight, match, own, other = b_bounds, b_entry, b_weight, back, own_b, own_a
                    start, stop = low_b, high_b
                if phase == 0:
                    if stop - start > 1 and _adds(bounds, entry, weight, match, own, other, start, 1) < stay:
                        _count(bounds, entry, own, start, start + 1, -1)
                        start += 1
                        moved = True
                    if stop - start > 1 and _adds(bounds, entry, weight, match, own, other, stop - 1, 1) < stay:
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
