"""Documents → postings → links → pairs, for the shingle index and for MinHash LSH."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedupe.reuse import candidates, minhash, wide
from dedupe.settings import Settings
from dedupe.stages.columns import masked, tokenized
from dedupe.stages.spread.rows import PACKED, PAIRED, about, packed_table, paired, values_of

__all__ = ["PACKED", "PAIRED", "BandPostings", "CountLinks", "LinkPostings", "ShinglePostings"]

BAND_STAR = 16
"""Documents in a bucket of the LSH that are compared all with all (`minhash.lsh_pairs`)."""


@dataclass(frozen=True, slots=True)
class ShinglePostings:
    """Kernel: ``number, outlet, kind, published, text, furniture`` → ``PACKED`` postings by partition.

    ``words`` and ``documents`` are those of the corpus.
    """

    settings: Settings
    words: int
    documents: int
    partitions: int

    def __call__(self, batch: pa.Table) -> pa.Table:
        shingles = self.settings.shingles
        words = tokenized(batch["text"])
        found = wide.shingle_postings(
            words,
            about(batch, self.settings),
            shingles.k + (self.documents >= shingles.large_corpus),
            wide.compared_bits(self.words),
            masked(words, batch["furniture"]),
        )
        return packed_table(
            (part, wide.packed_postings(postings)) for part, postings in wide.split(found, self.partitions)
        )


@dataclass(frozen=True, slots=True)
class BandPostings:
    """Kernel: as `ShinglePostings`, for the bands of MinHash signatures."""

    settings: Settings
    documents: int
    partitions: int

    def __call__(self, batch: pa.Table) -> pa.Table:
        return packed_table(self._rows(batch))

    def _rows(self, batch: pa.Table) -> Iterator[tuple[int, bytes]]:
        words = tokenized(batch["text"])
        sets = minhash.shingle_sets(words, self.settings.shingles.k, masked(words, batch["furniture"]))
        signatures = minhash.signatures(sets, self.settings.minhash)
        bands, rows = minhash.bands_and_rows(
            self.settings.minhash.threshold, self.settings.minhash.permutations
        )
        place_bits = max(1, self.documents.bit_length())
        found = wide.band_postings(signatures, about(batch, self.settings), bands, rows, place_bits)
        for band, postings in enumerate(found):
            for part, own in wide.split(postings, self.partitions):
                yield band * self.partitions + part, wide.packed_postings(own)


@dataclass(frozen=True, slots=True)
class LinkPostings:
    """Kernel: all ``PACKED`` postings of a partition → ``PACKED`` links, by partition of pairs."""

    star: int
    window_days: int
    partitions: int

    def __call__(self, rows: pa.Table) -> pa.Table:
        postings = wide.unpacked_postings(values_of(rows))
        links = wide.link(postings, star=self.star, window_days=self.window_days)
        return packed_table(
            (part, wide.packed_links(found)) for part, found in wide.split_links(links, self.partitions)
        )


@dataclass(frozen=True, slots=True)
class CountLinks:
    """Kernel: all ``PACKED`` links of a partition → the pairs that have ``least`` in line (``PAIRED``); doubtful
    ones, all of whose links are from long lists and fewer than ``common``, marked as such in place of the channel."""

    channel: int
    least: int
    common: int
    slack: int

    def __call__(self, rows: pa.Table) -> pa.Table:
        found = wide.unpacked_links(values_of(rows))
        a, b, _, doubtful = wide.pairs(found, least=self.least, common=self.common, slack=self.slack)
        return paired(a, b, np.where(doubtful, candidates.DOUBTFUL, self.channel))


class Shares(NamedTuple):
    """The exact and the estimated Jaccard of pairs, rounded as in ``FOUND``, and how many shingles both have."""

    exact: NDArray[np.float64]
    estimate: NDArray[np.float64]
    both: NDArray[np.int32]


def shares(batch: pa.Table, settings: Settings, pairs: NDArray[np.integer]) -> Shares:
    """Return what pairs of rows of a batch share."""
    words = tokenized(batch["text"])
    sets = minhash.shingle_sets(words, settings.shingles.k, masked(words, batch["furniture"]))
    signatures = minhash.signatures(sets, settings.minhash)
    exact, estimate = minhash.overlaps(sets, pairs), minhash.estimate(signatures, pairs)
    return Shares(np.round(exact.jaccard, 4), np.round(estimate, 4), exact.both)
