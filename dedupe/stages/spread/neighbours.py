"""Documents → TF-IDF vectors → neighbours, block of documents by block of documents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedupe.reuse import tfidf_blocks
from dedupe.settings import Settings
from dedupe.stages.columns import masked, tokenized
from dedupe.stages.spread.rows import about, packed_table, paired, values_of

CELLS = pa.schema([("key", pa.int64()), ("side", pa.int32()), ("packed", pa.binary())])
QUERY, INDEX, BOTH = 1, 2, 3


@dataclass(frozen=True, slots=True)
class MakeVectors:
    """Kernel: ``number, outlet, kind, published, text, furniture`` → ``PACKED`` vectors by block.

    ``weights`` are the IDF of all columns."""

    settings: Settings
    weights: NDArray[np.float32]
    block: int

    def __call__(self, batch: pa.Table) -> pa.Table:
        words = tokenized(batch["text"])
        mask = masked(words, batch["furniture"])
        found = tfidf_blocks.vectors(
            words, mask, about(batch, self.settings), self.weights, self.settings.tfidf
        )
        return packed_table(
            (block, tfidf_blocks.packed_vectors(part))
            for block, part in tfidf_blocks.split(found, self.block)
        )


@dataclass(frozen=True, slots=True)
class SpreadBlocks:
    """Kernel: ``PACKED`` vectors → ``CELLS``: a block goes wherever it is compared with another."""

    blocks: int

    def __call__(self, batch: pa.Table) -> pa.Table:
        keys, sides, values = [], [], []
        for block, value in zip(batch["key"].to_pylist(), batch["packed"].to_pylist(), strict=True):
            for other in range(self.blocks):
                at = (
                    [(block * self.blocks + block, BOTH)]
                    if other == block
                    else [(block * self.blocks + other, QUERY), (other * self.blocks + block, INDEX)]
                )
                for key, side in at:
                    keys.append(key)
                    sides.append(side)
                    values.append(value)
        return pa.table([keys, sides, values], schema=CELLS)


@dataclass(frozen=True, slots=True)
class ReachBlock:
    """Kernel: ``CELLS`` of two blocks → ``PACKED`` neighbours, by range of documents."""

    settings: Settings
    common: NDArray[np.int32]
    block: int

    def __call__(self, rows: pa.Table) -> pa.Table:
        sides = rows["side"].to_numpy()
        values = list(values_of(rows))

        def side(which: int) -> tfidf_blocks.Vectors | None:
            own = [value for value, kind in zip(values, sides, strict=True) if kind & which]
            return tfidf_blocks.unpacked_vectors(own) if own else None

        queries, index = side(QUERY), side(INDEX)
        if queries is None or index is None:  # a block without documents
            return packed_table([])
        found = tfidf_blocks.reach(
            queries,
            index,
            bool((sides == BOTH).all()),
            self.common,
            self.settings.tfidf,
            self.settings.candidates.window_days,
        )
        key = int(queries.about.numbers[0]) // self.block
        return packed_table([(key, tfidf_blocks.packed_reached(found))])


@dataclass(frozen=True, slots=True)
class ChooseNeighbours:
    """Kernel: all ``PACKED`` neighbours of a range of documents → ``PAIRED``."""

    settings: Settings
    channel: int

    def __call__(self, rows: pa.Table) -> pa.Table:
        found = tfidf_blocks.chosen(tfidf_blocks.unpacked_reached(values_of(rows)), self.settings.tfidf)
        return paired(found.documents, found.others, self.channel, found.cosines)
