"""In how many documents each word stands: counted batch by batch, summed by range of words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedupe.reuse import background, tfidf_blocks
from dedupe.reuse.wide import packed, unpacked
from dedupe.stages.columns import masked, tokenized
from dedupe.stages.spread.rows import packed_table, values_of

COLUMNS = 1 << background.BITS
RANGES = 16
_KINDS = (np.dtype("<i4"), np.dtype("<i8"))


@dataclass(frozen=True, slots=True)
class DocumentFrequencies:
    """Kernel: ``text, furniture`` → ``PACKED`` counts by range of words."""

    def __call__(self, batch: pa.Table) -> pa.Table:
        words = tokenized(batch["text"])
        counts = background.frequencies(words, masked(words, batch["furniture"]))
        return packed_table(_ranges(counts))


@dataclass(frozen=True, slots=True)
class HeavyCounts:
    """Kernel: ``PACKED`` vectors → ``PACKED`` counts of the words that are among documents' heaviest."""

    def __call__(self, batch: pa.Table) -> pa.Table:
        counts = np.zeros(COLUMNS, np.int64)
        for value in values_of(batch):
            columns = tfidf_blocks.heavy_columns(tfidf_blocks.unpacked_vectors([value]))
            counts += np.bincount(columns, minlength=COLUMNS)
        return packed_table(_ranges(counts))


@dataclass(frozen=True, slots=True)
class Sum:
    """Kernel: ``PACKED`` counts of one range → their sum."""

    def __call__(self, rows: pa.Table) -> pa.Table:
        return packed_table([(int(rows["key"][0].as_py()), _packed(summed(rows)))])


def summed(rows: pa.Table) -> NDArray[np.int64]:
    """Return the counts of ``PACKED`` rows, by word."""
    counts = np.zeros(COLUMNS, np.int64)
    for value in values_of(rows):
        columns, found = unpacked(value, _KINDS)
        counts[columns] += found  # each column once in a value
    return counts


def _ranges(counts: NDArray[np.integer]) -> Iterator[tuple[int, bytes]]:
    columns = np.flatnonzero(counts)
    cuts = np.searchsorted(columns, np.arange(RANGES + 1) * (COLUMNS // RANGES))
    for number in range(RANGES):
        own = columns[cuts[number] : cuts[number + 1]]
        if len(own):
            yield number, packed((own, counts[own]), _KINDS)


def _packed(counts: NDArray[np.integer]) -> bytes:
    columns = np.flatnonzero(counts)
    return packed((columns, counts[columns]), _KINDS)
