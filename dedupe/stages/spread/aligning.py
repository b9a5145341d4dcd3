"""Pairs and the documents they need, bundle by bundle → aligned passages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedupe.reuse import candidates
from dedupe.reuse.background import Background
from dedupe.settings import Settings
from dedupe.stages.align import ALIGNED, AlignBundles
from dedupe.stages.candidates import FOUND, bundles, unnested
from dedupe.stages.columns import flat, numbers
from dedupe.stages.spread.bundles import PROPOSED, order
from dedupe.stages.spread.linking import shares

PAIRS_IN_BUNDLE = 1_000
"""Pairs aligned together, as in the local run; changes no result."""
SHINGLES = 1 << list(candidates.CHANNELS).index("shingles")
NUMBERED = pa.schema([*ALIGNED, ("a_number", pa.int64()), ("b_number", pa.int64())])


@dataclass(frozen=True, slots=True)
class Together:
    """Kernel: ``PAIRED`` rows, all of a pair → ``PROPOSED``, one row a pair."""

    def __call__(self, rows: pa.Table) -> pa.Table:
        a, b, document, channel = (numbers(rows[name]) for name in ("a", "b", "document", "channel"))
        cosine = rows["cosine"].to_numpy()
        order = np.lexsort((document, np.isnan(cosine), b, a))  # of two cosines the first document's
        a, b = a[order], b[order]
        first = np.flatnonzero(np.concatenate(([True], (np.diff(a) != 0) | (np.diff(b) != 0))))[: len(a)]
        bits = np.bitwise_or.reduceat(channel[order], first) if len(first) else channel
        return pa.table(
            [a[first], b[first], bits.astype(np.int32), pa.array(cosine[order][first], from_pandas=True)],
            schema=PROPOSED,
        )


@dataclass(frozen=True, slots=True)
class AlignTogether:
    """Kernel of two tables: ``PROPOSED`` pairs of a bundle, and their documents (``number, id, text,
    language, furniture, sentences``) → ``NUMBERED``."""

    settings: Settings
    background: Background

    def __call__(self, pairs: pa.Table, documents: pa.Table) -> pa.Table:
        documents = documents.take(pc.sort_indices(documents["number"])).combine_chunks()
        known = numbers(documents["number"])
        pairs = pairs.take(pc.sort_indices(pairs, [("a", "ascending"), ("b", "ascending")])).combine_chunks()
        rows = [pa.array(np.searchsorted(known, numbers(pairs[name]))) for name in "ab"]
        pairs = pairs.take(
            pa.array(order(pa.table([*rows, pairs["channels"], pairs["tfidf"]], PROPOSED.names)))
        )
        sides = [np.searchsorted(known, numbers(pairs[name])).astype(np.int32) for name in "ab"]
        said = shares(documents, self.settings, np.stack(sides, axis=1))
        bits = numbers(pairs["channels"])
        proven = (bits & candidates.DOUBTFUL > 0) & (said.both >= self.settings.shingles.min_common)
        bits = (bits & ~candidates.DOUBTFUL) | proven * SHINGLES
        found = pa.table(
            [
                *sides,
                channel_names(bits),
                said.exact,
                said.estimate,
                pa.array(np.round(pairs["tfidf"].to_numpy(), 4), from_pandas=True),
            ],
            schema=FOUND,
        )
        proposed = pa.array(bits > 0)
        pairs, found = pairs.filter(proposed), found.filter(proposed)
        kernel = AlignBundles(self.settings, self.background)
        parts = [kernel(bundle) for bundle in bundles(documents, found, PAIRS_IN_BUNDLE)]
        aligned = pa.concat_tables([ALIGNED.empty_table(), *parts])
        return aligned.append_column("a_number", pairs["a"]).append_column("b_number", pairs["b"])


def channel_names(bits: NDArray[np.integer]) -> pa.Array:
    """Return the names of the channels that bits stand for, in the order of `candidates.CHANNELS`."""
    names = list(candidates.CHANNELS)
    sets = [[name for bit, name in enumerate(names) if value >> bit & 1] for value in range(1 << len(names))]
    return pa.array(sets, pa.list_(pa.string())).take(pa.array(bits))


@dataclass(frozen=True, slots=True)
class Unnested:
    """Kernel: ``NUMBERED`` → the aligned passages, one a row, with the ``channels`` and numbers of the pair
    and the passage's ``place`` in it."""

    def __call__(self, batch: pa.Table) -> pa.Table:
        passages = unnested(batch)
        _, owner = flat(batch["aligned"])
        first = np.searchsorted(owner, owner)
        for name in ("channels", "a_number", "b_number"):
            passages = passages.append_column(
                batch.schema.field(name), batch[name].combine_chunks().take(pa.array(owner))
            )
        return passages.append_column("place", pa.array((np.arange(len(owner)) - first).astype(np.int32)))
