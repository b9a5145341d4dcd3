"""Documents → candidate pairs, and the batches of texts that the alignment takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedupe.records import CANDIDATES
from dedupe.reuse import candidates
from dedupe.settings import Settings
from dedupe.text.tokens import TokenBatch, tokenize

FOUND = pa.schema([
    ("a", pa.int32()), ("b", pa.int32()), ("channels", pa.list_(pa.string())), ("jaccard", pa.float64()),
    ("minhash", pa.float64()), ("tfidf", pa.float64()),
])  # fmt: skip
"""Pairs of row numbers in the table of documents, a < b, sorted."""


def find(
    documents: pa.Table, settings: Settings, channels: Sequence[str], progress: Callable[[int, int], None]
) -> pa.Table:
    """Return ``FOUND`` for documents (with ``furniture``), which are in the order of their ids."""
    batch = tokenize(documents["text"].to_pylist())
    known = candidates.corpus(
        batch,
        masked(batch, documents["furniture"]),
        settings,
        outlets=documents["outlet"].to_pylist(),
        kinds=documents["kind"].to_pylist(),
        published=documents["published"].to_pylist(),
    )
    found = candidates.find(known, channels, progress)
    return pa.table(
        [
            pa.array(found.pairs[:, 0]),
            pa.array(found.pairs[:, 1]),
            pa.array([list(names) for names in found.channels], FOUND.field("channels").type),
            *(pa.array(np.round(v, 4), from_pandas=True) for v in (found.jaccard, found.estimate, found.cosine)),
        ],
        schema=FOUND,
    )


def masked(batch: TokenBatch, furniture: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Return True for every word of the batch that lies in its document's furniture."""
    mask = np.zeros(len(batch.hashes), np.bool_)
    for index, spans in enumerate(furniture.to_pylist()):
        if spans:
            _, starts, stops = batch.document(index)
            first = int(batch.offsets[index])
            for span in spans:
                left = np.searchsorted(stops, span["start"], "right")
                right = np.searchsorted(starts, span["stop"], "left")
                mask[first + left : first + right] = True
    return mask


def with_texts(documents: pa.Table, found: pa.Table, rows: int) -> Iterator[pa.Table]:
    """Yield batches of at most ``rows`` pairs with both documents' texts, for ``AlignPairs``."""
    needed = documents.select(["id", "text", "language", "furniture"])
    for start in range(0, found.num_rows, rows):
        part = found.slice(start, rows)
        columns = {}
        for side in "ab":
            taken = needed.take(part[side])
            columns.update({f"{side}_{name}": taken[name] for name in needed.column_names})
        for name in ("channels", "jaccard", "minhash", "tfidf"):
            columns[name] = part[name]
        yield pa.table(columns)


def unnested(aligned: pa.Table) -> pa.Table:
    """Return the aligned passages, one per row (``records.CANDIDATES``), from ``ALIGNED``."""
    lists = aligned["aligned"].combine_chunks()
    owner = pc.list_parent_indices(lists)
    flat = pc.list_flatten(lists)
    columns = {"a": aligned["a"].take(owner), "b": aligned["b"].take(owner)}
    for index, field in enumerate(flat.type):
        columns[field.name] = flat.field(index)
    return pa.table({name: columns[name] for name in CANDIDATES.names}, schema=CANDIDATES)
