"""Reworded passages of two documents: alike sentences, gathered, bounded and measured."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.reuse.clusters import clusters
from dedupe.reuse.condensed import condensed
from dedupe.reuse.edges import Range, refined
from dedupe.reuse.likeness import Likeness, TermWeights, likeness, term_weights
from dedupe.reuse.measures import Figures, figures
from dedupe.reuse.prepared import Prepared
from dedupe.settings import Align

Block = tuple[int, int, int, int]
"""Word ranges ``a_start, a_stop, b_start, b_stop``."""

_CLAUSE = re.compile(r"[,;:()\[\]«»“”„—–،؛、，；：]|\s-+\s")
TRIM = 0.12
"""A clause at the end of a passage with less of its weight in shared words is cut off."""

EXPLAINED = 0.6
"""A sentence with more of its words in a solid exact passage seeds no reworded one."""


@dataclass(frozen=True, slots=True)
class Found:
    """A reworded passage: where it stands, in words, and its figures."""

    block: Block
    figures: Figures
    sentences: int
    """Of the side with fewer."""
    condensed: bool = False


def reworded(a: Prepared, b: Prepared, solid: Sequence[Block], settings: Align) -> list[Found]:
    """Return reworded passages outside the exact passages ``solid``, as found, unfiltered but
    for the seeds' thresholds; they may overlap."""
    if not len(a.sentences) or not len(b.sentences):
        return []
    weights = term_weights(a, b)
    low = min(settings.seed_cosine, settings.condensed_cosine)
    alike = likeness(a, b, weights, low_cosine=low, low_strength=settings.seed_strength)
    points = _seeds(alike, settings)
    points = points[~_explained(a, b, points, solid)]
    found = []
    for group in clusters(points, settings.gap):
        low, high = points[group].min(axis=0), points[group].max(axis=0) + 1
        in_a, in_b = (int(low[0]), int(high[0])), (int(low[1]), int(high[1]))
        in_a, in_b = refined(a, b, weights, in_a, in_b, stay=settings.stay, enter=settings.enter)
        block = (*_words(a, in_a), *_words(b, in_b))
        if settings.trim:
            trimmed = _trimmed(a, b, weights, block)
            if min(trimmed[1] - trimmed[0], trimmed[3] - trimmed[2]) >= settings.min_words:
                block = trimmed
        sentences = min(in_a[1] - in_a[0], in_b[1] - in_b[0])
        found.append(Found(block, figures(a, b, weights, in_a, in_b), sentences))
    if settings.condensed_cosine < 1 and not solid:
        others = [one.block for one in found if one.sentences > 1]
        found += [
            Found((*_words(a, in_a), *_words(b, in_b)), figures(a, b, weights, in_a, in_b), condensed=True, sentences=in_a[1] - in_a[0])
            for in_a, in_b in _condensed(a, b, alike, others, settings)
        ]
    return found


def _condensed(
    a: Prepared, b: Prepared, alike: Likeness, others: Sequence[Block], settings: Align
) -> list[tuple[Range, Range]]:
    low = settings.condensed_cosine
    in_a, in_b = _covered(a, b, others)
    forth = condensed(a, b, alike, in_a, low_cosine=low)
    back = condensed(b, a, alike.mirrored(), in_b, low_cosine=low)
    return forth + [(left, right) for right, left in back]


def exact_share(block: Block, exact: Sequence[Block]) -> float:
    """Return the share of a block's words, on the side with less, that exact passages inside it hold."""
    shares = []
    inside = [other for other in exact if overlap(block, other)]
    for start, stop, first in ((block[0], block[1], 0), (block[2], block[3], 2)):
        covered = np.zeros(stop - start, np.bool_)
        for other in inside:
            covered[max(0, other[first] - start) : max(0, other[first + 1] - start)] = True
        shares.append(float(covered.mean()))
    return min(shares)


def overlap(x: Block, y: Block) -> bool:
    """Whether two blocks have words in common on both sides."""
    return x[0] < y[1] and y[0] < x[1] and x[2] < y[3] and y[2] < x[3]


def _seeds(alike: Likeness, settings: Align) -> NDArray[np.int32]:
    kept = (alike.cosine >= settings.seed_cosine) & (alike.dice >= settings.seed_dice)
    kept |= alike.strength >= settings.seed_strength
    return np.stack((alike.a[kept], alike.b[kept]), axis=1)


def _explained(a: Prepared, b: Prepared, points: NDArray[np.int32], exact: Sequence[Block]) -> NDArray[np.bool_]:
    """Which seeds have a sentence that stands, for the most part of its words, in an exact passage:
    it has its partner already."""
    in_a, in_b = _covered(a, b, exact)
    return (_inside(a, points[:, 0], in_a) > EXPLAINED) | (_inside(b, points[:, 1], in_b) > EXPLAINED)


def _covered(a: Prepared, b: Prepared, blocks: Sequence[Block]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Mark the words of both documents that stand in a block."""
    in_a, in_b = np.zeros(len(a.hashes), np.bool_), np.zeros(len(b.hashes), np.bool_)
    for block in blocks:
        in_a[block[0] : block[1]] = True
        in_b[block[2] : block[3]] = True
    return in_a, in_b


def _inside(side: Prepared, sentences: NDArray[np.int32], marked: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the share of each sentence's words that are marked."""
    total = np.concatenate(([0], np.cumsum(marked)))
    start, stop = side.sentences[sentences, 0], side.sentences[sentences, 1]
    return (total[stop] - total[start]) / np.maximum(stop - start, 1)


def _words(side: Prepared, sentences: tuple[int, int]) -> tuple[int, int]:
    return int(side.sentences[sentences[0], 0]), int(side.sentences[sentences[1] - 1, 1])


def _trimmed(a: Prepared, b: Prepared, weights: TermWeights, block: Block) -> Block:
    shared = np.intersect1d(a.hashes[block[0] : block[1]], b.hashes[block[2] : block[3]])
    in_a = _trimmed_side(a, weights.words[0], shared, block[0], block[1])
    in_b = _trimmed_side(b, weights.words[1], shared, block[2], block[3])
    return (*in_a, *in_b)


def _trimmed_side(
    side: Prepared, weights: NDArray[np.float64], shared: NDArray[np.uint64], start: int, stop: int
) -> tuple[int, int]:
    hashes = side.hashes[start:stop]
    weight = weights[np.minimum(np.searchsorted(side.words.distinct, hashes), len(weights) - 1)]
    weight = weight * np.where(side.names[start:stop], 0.25, 1.0)
    matched = np.concatenate(([0.0], np.cumsum(weight * np.isin(hashes, shared))))
    total = np.concatenate(([0.0], np.cumsum(weight)))
    cuts = [0, *_clause_starts(side, start, stop), stop - start]
    first, last = 0, len(cuts) - 1

    def idle(i: int, j: int) -> bool:
        return bool(matched[j] - matched[i] <= TRIM * (total[j] - total[i]))

    while last - first > 1 and idle(cuts[first], cuts[first + 1]):
        first += 1
    while last - first > 1 and idle(cuts[last - 1], cuts[last]):
        last -= 1
    return start + cuts[first], start + cuts[last]


def _clause_starts(side: Prepared, start: int, stop: int) -> list[int]:
    """Words, counted from ``start``, before which a clause mark stands."""
    low, high = int(side.starts[start]), int(side.stops[stop - 1])
    marks = [found.end() for found in _CLAUSE.finditer(side.text, low, high)]
    words = np.unique(np.searchsorted(side.starts[start:stop], marks, "left"))
    return [int(word) for word in words if 0 < word < stop - start]
