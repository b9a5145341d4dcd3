"""Which words a whole corpus uses anyway.

Two reports of one event share its vocabulary without sharing a text: in a corpus about a
summit, "summit", "meeting" and "election" say nothing about copying, and in any corpus
function words do not. How common a word is, counted over documents, takes the place of
lists of stop words, in every language.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.text.kernels import I64, U64, Flags, frozen, kernel
from dedupe.text.tokens import TokenBatch

BITS = 22
COMMON = 0.02
"""A word in a larger share of the documents is damped."""
ENOUGH = 500
"""From so many documents on, what is common is known; with fewer, the damping is milder in proportion."""

_SHIFT = np.uint64(64 - BITS)


@dataclass(frozen=True, slots=True)
class Background:
    """Common words, by the first ``BITS`` bits of their hash (sorted), and how much each still
    tells: 1 for a word in ``COMMON`` of the documents, 0 for one in all of them."""

    words: NDArray[np.int32]
    weights: NDArray[np.float32]
    crowd: float = 0.0
    """How large the corpus is, in ``ENOUGH`` documents, at most 1: among more texts on one event more
    sentences are alike that no one copied."""

    def weigh(self, hashes: U64) -> NDArray[np.float32]:
        """Return the weight of each word, 0 to 1."""
        if not len(self.words):
            return np.ones(len(hashes), np.float32)
        weights: NDArray[np.float32] = _weighed(
            frozen(hashes, np.uint64), frozen(self.words, np.int32), frozen(self.weights, np.float32)
        )
        return weights


NOTHING = Background(np.empty(0, np.int32), np.empty(0, np.float32))
"""Of two documents alone nothing is known to be common."""


def background(batch: TokenBatch, mask: Flags | None = None) -> Background:
    """Count the documents of a batch that hold each word; ``mask`` (bool, one per word) leaves words out.

    A word in a share f of n documents weighs log f / log COMMON, the pair that is looked at left
    out of the count, and with few documents the more the fewer they are.
    """
    return common(frequencies(batch, mask), len(batch))


def frequencies(batch: TokenBatch, mask: Flags | None = None) -> NDArray[np.int32]:
    """Return in how many documents each word stands, by the first ``BITS`` bits of its hash; sums of
    batches are those of all their documents."""
    masked = frozen(np.empty(0) if mask is None else mask, np.bool_)
    found: NDArray[np.int32] = _frequency(
        frozen(batch.offsets, np.int64), frozen(batch.hashes, np.uint64), masked
    )
    return found


def common(frequency: NDArray[np.int32], count: int) -> Background:
    """Return the background of ``count`` documents, given in how many of them each word stands."""
    shares = (frequency - 2) / max(count, 1)
    words = np.flatnonzero(shares > COMMON)
    told = np.log(shares[words]) / np.log(COMMON)
    size = crowd(count)
    return Background(words.astype(np.int32), (1 - (1 - told) * size).astype(np.float32), size)


def crowd(count: int) -> float:
    """Return ``Background.crowd`` of so many documents."""
    return min(1.0, count / ENOUGH)


@kernel
def _weighed(hashes: U64, words: NDArray[np.int32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Look words up in an open hash table of the common ones; the others weigh 1."""
    size = 64
    while size < 4 * len(words):
        size *= 2
    slots, told = np.full(size, -1, np.int32), np.empty(size, np.float32)
    for at in range(len(words)):
        slot = words[at] & (size - 1)
        while slots[slot] >= 0:
            slot = (slot + 1) & (size - 1)
        slots[slot], told[slot] = words[at], weights[at]
    out = np.ones(len(hashes), np.float32)
    for at in range(len(hashes)):
        word = np.int32(hashes[at] >> _SHIFT)
        slot = word & (size - 1)
        while slots[slot] >= 0:
            if slots[slot] == word:
                out[at] = told[slot]
                break
            slot = (slot + 1) & (size - 1)
    return out


@kernel
def _frequency(offsets: I64, hashes: U64, mask: Flags) -> NDArray[np.int32]:
    seen = np.full(1 << BITS, -1, np.int32)
    frequency = np.zeros(1 << BITS, np.int32)
    for document in range(len(offsets) - 1):
        for at in range(offsets[document], offsets[document + 1]):
            if len(mask) > 0 and mask[at]:
                continue
            word = np.int64(hashes[at] >> _SHIFT)
            if seen[word] != document:
                seen[word] = document
                frequency[word] += 1
    return frequency
