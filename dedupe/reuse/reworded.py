"""Reworded passages of two documents: alike sentences, gathered, bounded and measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.reuse.clusters import clusters
from dedupe.reuse.condensed import condensed
from dedupe.reuse.edges import Block, refined
from dedupe.reuse.likeness import Likeness, likeness, promising, term_weights, word_weights
from dedupe.reuse.measures import Figures, figures
from dedupe.reuse.prepared import Prepared
from dedupe.settings import Align

__all__ = ["Block", "Found", "exact_share", "overlap", "reworded"]

EXPLAINED = 0.6
"""A sentence with more of its words in a solid exact passage seeds no reworded one: it has its partner."""


MOST = 1_000
"""Of more passages in one pair of documents only those with the most seeds are looked at."""


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
    in_a, in_b = _covered(a, b, solid)
    busy_a, busy_b = _inside(a, in_a) > EXPLAINED, _inside(b, in_b) > EXPLAINED
    low = min(settings.seed_cosine, settings.condensed_cosine)
    if not promising(a, b, word_weights(a, b), busy_a, busy_b, low_cosine=low):
        return []
    weights = term_weights(a, b)
    alike = likeness(a, b, weights, low_cosine=low, low_strength=settings.seed_strength)
    points = _seeds(alike, settings)
    points = points[~(busy_a[points[:, 0]] | busy_b[points[:, 1]])]
    found = []
    groups = clusters(points, settings.gap)
    if len(groups) > MOST:
        groups = sorted(groups, key=len, reverse=True)[:MOST]
    for group in groups:
        first, last = points[group].min(axis=0).tolist(), points[group].max(axis=0).tolist()
        block = refined(a, b, weights, (first[0], last[0] + 1), (first[1], last[1] + 1), settings)
        block = _clipped(block, solid)
        if block[1] <= block[0] or block[3] <= block[2]:
            continue
        sentences = 1 + min(last[0] - first[0], last[1] - first[1])
        found.append(Found(block, figures(a, b, weights, block), sentences))
    if settings.condensed_cosine < 1 and not solid:
        others = [one.block for one in found if one.sentences > 1]
        found += [
            Found(block, figures(a, b, weights, block), sentences, condensed=True)
            for block, sentences in _condensed(a, b, alike, others, settings)
        ]
    return found


def _condensed(
    a: Prepared, b: Prepared, alike: Likeness, others: Sequence[Block], settings: Align
) -> list[tuple[Block, int]]:
    """Return condensing passages, and the number of sentences of their short side."""
    low = settings.condensed_cosine
    in_a, in_b = _covered(a, b, others)
    forth = condensed(a, b, alike, in_a, low_cosine=low)
    back = condensed(b, a, alike.mirrored(), in_b, low_cosine=low)
    return [((*_words(a, short), *_words(b, long)), short[1] - short[0]) for short, long in forth] + [
        ((*_words(a, long), *_words(b, short)), short[1] - short[0]) for short, long in back
    ]


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


def _covered(
    a: Prepared, b: Prepared, blocks: Sequence[Block]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Mark the words of both documents that stand in a block."""
    in_a, in_b = np.zeros(len(a.hashes), np.bool_), np.zeros(len(b.hashes), np.bool_)
    for block in blocks:
        in_a[block[0] : block[1]] = True
        in_b[block[2] : block[3]] = True
    return in_a, in_b


def _inside(side: Prepared, marked: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the share of each sentence's words that are marked."""
    total = np.concatenate(([0], np.cumsum(marked)))
    start, stop = side.sentences[:, 0], side.sentences[:, 1]
    share: NDArray[np.float64] = (total[stop] - total[start]) / np.maximum(stop - start, 1)
    return share


def _clipped(block: Block, solid: Sequence[Block]) -> Block:
    """Cut the ends of a block that overlap a solid passage on both sides back to its edge."""
    a_start, a_stop, b_start, b_stop = block
    for other in solid:
        if overlap((a_start, a_stop, b_start, b_stop), other):
            a_start, a_stop = _cut(a_start, a_stop, other[0], other[1])
            b_start, b_stop = _cut(b_start, b_stop, other[2], other[3])
    return a_start, a_stop, b_start, b_stop


def _cut(start: int, stop: int, low: int, high: int) -> tuple[int, int]:
    if low <= start:
        return max(start, high), stop
    return (start, low) if high >= stop else (start, stop)


def _words(side: Prepared, sentences: tuple[int, int]) -> tuple[int, int]:
    return int(side.sentences[sentences[0], 0]), int(side.sentences[sentences[1] - 1, 1])
