"""MinHash signatures of documents and their LSH, for near-duplicates.

Signatures are those of datasketch 2 (scheme ``affine32``) over the 32-bit hashes of a
document's word shingles, value for value, so rows can be handed to its indexes
(`sketch`). Document-level signatures find near-duplicate documents; a passage inside a
longer article they miss, which is what `dedupe.reuse.shingles` is for.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.reuse import kernels_minhash as kernels
from dedupe.reuse.kernels_shingles import count_links, link_postings
from dedupe.reuse.kernels_sort import sort_from
from dedupe.reuse.shingles import Layout, Traits, traits_of
from dedupe.settings import MinHash
from dedupe.text.kernels import I32, I64, U32, U64, Flags, frozen
from dedupe.text.tokens import TokenBatch

if TYPE_CHECKING:
    import datasketch

SCHEME = "affine32"
SEED = 1
TIE = 1e-12
"""Choices whose chances of error differ by less are alike: the fewer bands are taken."""


class ShingleSets(NamedTuple):
    """The shingles of documents: 32-bit hashes, document i's at ``offsets[i]`` to ``offsets[i + 1]``."""

    offsets: I64
    hashes: U32


class Overlaps(NamedTuple):
    """Exact figures of pairs of documents: how many distinct shingles both have, int32[n], and shares of all,
    float64[n]."""

    both: I32
    jaccard: NDArray[np.float64]
    a_contained: NDArray[np.float64]
    b_contained: NDArray[np.float64]


def shingle_sets(batch: TokenBatch, k: int, mask: Flags | None = None) -> ShingleSets:
    """Return the word k-gram hashes of each document, masked words left out.

    A document of fewer than k words is one shingle.
    """
    counts = np.zeros(len(batch.offsets), np.int64)
    hashes = np.empty(len(batch.hashes), np.uint32)
    total = kernels.shingle(
        frozen(batch.offsets, np.int64), frozen(batch.hashes, np.uint64),
        frozen(np.empty(0) if mask is None else mask, np.bool_), k, counts, hashes,
    )  # fmt: skip
    return ShingleSets(counts, hashes[:total].copy())


def signatures(sets: ShingleSets, settings: MinHash) -> U32:
    """Return uint32[n, permutations]; a document without shingles has the highest value throughout."""
    slopes, shifts = _permutations(settings.permutations)
    out = np.empty((len(sets.offsets) - 1, settings.permutations), np.uint32)
    kernels.sign(
        frozen(sets.offsets, np.int64), frozen(sets.hashes, np.uint32), frozen(slopes, np.uint32),
        frozen(shifts, np.uint32), out,
    )  # fmt: skip
    return out


def sketch(signature: U32) -> datasketch.MinHash:
    """Return one row of `signatures` as a datasketch object, for its indexes and estimators.

    The shingle hash is this package's own: update the object only with such hashes.
    """
    import datasketch

    return datasketch.MinHash(
        hashvalues=signature, permutations=_permutations(len(signature)), seed=SEED, scheme=SCHEME,
        hashfunc=int,
    )  # fmt: skip


def estimate(signatures: U32, pairs: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return the estimated Jaccard similarity of pairs of documents (int[n, 2]), float64[n]."""
    same = np.empty(len(pairs), np.int32)
    kernels.agree(frozen(signatures, np.uint32), _pairs(pairs), same)
    share: NDArray[np.float64] = same / max(1, signatures.shape[1])
    return share


def overlaps(sets: ShingleSets, pairs: NDArray[np.integer]) -> Overlaps:
    """Return shared shingles, exact Jaccard similarity and containment both ways; 0 where there are none."""
    counts = np.empty((len(pairs), 3), np.int32)
    kernels.overlap(frozen(sets.offsets, np.int64), frozen(sets.hashes, np.uint32), _pairs(pairs), counts)
    n_a, n_b, both = counts.T
    return Overlaps(
        both, both / np.maximum(1, n_a + n_b - both), both / np.maximum(1, n_a), both / np.maximum(1, n_b)
    )


def probability(similarity: float, bands: int, rows: int) -> float:
    """Return the chance that LSH finds a pair of this Jaccard similarity: 1 - (1 - s^r)^b.

    Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", section 3.4.
    """
    return float(1 - (1 - similarity**rows) ** bands)


def threshold(bands: int, rows: int) -> float:
    """Return the similarity about which LSH turns from missing to finding: (1 / b)^(1 / r)."""
    return float((1 / bands) ** (1 / rows))


@functools.cache
def bands_and_rows(threshold: float, permutations: int) -> tuple[int, int]:
    """Return the bands and rows that datasketch's optimiser chooses for a similarity threshold.

    Those with the least chance to propose a pair below it, or to miss one above it, integrated over all
    similarities. The integrands are polynomials of at most ``permutations`` degrees, so that Gauss's
    quadrature is exact (and its package need not be imported, which takes a second).
    """
    places, weights = np.polynomial.legendre.leggauss(permutations // 2 + 1)

    def integral(start: float, stop: float, bands: int, rows: int) -> float:
        """Of the chance that no band agrees."""
        similarities = start + (stop - start) * (places + 1) / 2
        return float(weights @ (1 - similarities**rows) ** bands) * (stop - start) / 2

    best = (float("inf"), 0, 0)
    for bands in range(1, permutations + 1):
        for rows in range(1, permutations // bands + 1):
            wrong = threshold - integral(0, threshold, bands, rows) + integral(threshold, 1, bands, rows)
            if wrong < best[0] - TIE:
                best = (wrong, bands, rows)
    return best[1:]


def lsh_pairs(
    signatures: U32, traits: Traits, settings: MinHash, *, star: int = 16, window_days: int = 0
) -> I32:
    """Return the pairs of documents that agree in a whole band, int32[n, 2], a < b, sorted.

    A band's bucket is linked as `dedupe.reuse.shingles` links a posting list: all with
    all up to ``star`` documents, beyond that each with a hub, so that a crowd of copies costs
    as many pairs as it has members and none is dropped. Documents without shingles are in
    no pair. ``traits.offsets`` is not used.
    """
    n, width = signatures.shape
    bands, rows = bands_and_rows(settings.threshold, settings.permutations)
    plan = Layout(words=n, documents=n, k=rows, partitions=1)
    one_each = traits_of(np.arange(n + 1, dtype=np.int64))
    empty = (signatures == np.uint32(0xFFFFFFFF)).all(axis=1) if width else np.ones(n, np.bool_)
    links: list[U64] = []
    postings = np.empty(n, np.uint64)
    for start in range(0, bands * rows, rows):
        kernels.band(frozen(signatures, np.uint32), start, rows, plan.place_bits, postings)
        bucket_order = sort_from(postings[~empty], plan.place_bits)
        found = link_postings(
            frozen(bucket_order, np.uint64), frozen(one_each.offsets, np.int64),
            frozen(one_each.blocks, np.int32), frozen(traits.outlets, np.int32),
            frozen(traits.days, np.int32), frozen(traits.ranks, np.int32), star, window_days,
            plan.place_bits, plan.document_bits,
        )  # fmt: skip
        links.append(found)
    together = sort_from(np.concatenate([np.empty(0, np.uint64), *links]), 0)
    return count_links(frozen(together, np.uint64), plan.document_bits, 1, 1, 0)[:, :2].copy()


@functools.cache
def _permutations(count: int) -> tuple[U32, U32]:
    """Return the parameters that datasketch draws for ``SEED`` in its scheme ``affine32``."""
    draw = np.random.RandomState(SEED)
    slopes = draw.randint(0, 1 << 31, count, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return slopes, draw.randint(0, 1 << 32, count, dtype=np.uint32)


def _pairs(pairs: NDArray[np.integer]) -> I32:
    return frozen(np.reshape(pairs, (-1, 2)), np.int32)
