"""Which documents and pairs a report carries when a run is too large to embed whole.

Half of the places go to the documents with most words in each cell of the matrix, cell by
cell in turn, so that every cell keeps examples; the rest to the documents of the pairs that
share most, outlet pair by outlet pair in turn. What is left out is counted, never hidden.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedupe.records import LEDGER_CLASSES
from dedupe.reuse.kernels_sort import order_of

Ints = NDArray[np.int64]


def index_of(values: pa.ChunkedArray, among: pa.Array) -> Ints:
    """Return the position of each value in ``among`` (unique), -1 where absent or null."""
    found = pc.fill_null(pc.index_in(values, value_set=among), -1)
    return np.asarray(found.to_numpy(), dtype=np.int64)


def numbers(column: pa.ChunkedArray, kind: type = np.int64) -> NDArray[np.generic]:
    """Return a column of numbers as numpy, nulls as 0."""
    return np.asarray(pc.fill_null(column, 0).to_numpy(), dtype=kind)


def grouped(keys: Ints, count: int) -> tuple[Ints, Ints]:
    """Return (order, offsets): a stable sort by key, and where each key from 0 to count begins.

    Rows whose key is below 0 come before ``offsets[0]``.
    """
    order = order_of(keys)
    offsets = np.searchsorted(keys[order], np.arange(count + 1))
    return order, np.asarray(offsets, dtype=np.int64)


def rank_within(groups: Ints, size: Ints) -> Ints:
    """Return each row's rank (0 = largest ``size``, ties by position) within its group."""
    order = order_of(groups, -size)
    sorted_groups = groups[order]
    first = np.searchsorted(sorted_groups, sorted_groups, side="left")
    ranks = np.empty(len(groups), dtype=np.int64)
    ranks[order] = np.arange(len(groups)) - first
    return ranks


def documents_to_show(tables: dict[str, pa.Table], limit: int) -> Ints:
    """Return positions in the documents table of those to embed, in table order."""
    documents = tables["documents"]
    total = documents.num_rows
    if total <= limit:
        return np.arange(total, dtype=np.int64)
    ids = documents["id"].combine_chunks()
    chosen = np.zeros(total, dtype=bool)
    chosen[_by_cell(tables, ids)[: limit // 2]] = True
    chosen_count = int(chosen.sum())
    for position in _by_pair(tables, ids).tolist():
        if chosen_count >= limit:
            break
        if not chosen[position]:
            chosen[position] = True
            chosen_count += 1
    for position in np.flatnonzero(~chosen)[: limit - chosen_count].tolist():
        chosen[position] = True
    return np.flatnonzero(chosen)


def _by_cell(tables: dict[str, pa.Table], ids: pa.Array) -> Ints:
    ledger = tables["ledger"]
    classes = index_of(ledger["class"], pa.array(LEDGER_CLASSES))
    document = index_of(ledger["document"], ids)
    told = (document >= 0) & (classes >= 0) & (classes < LEDGER_CLASSES.index("boilerplate"))
    document, classes = document[told], classes[told]
    words = numbers(ledger["words"])[told].astype(np.int64)
    sources = pc.unique(ledger["source"]).sort()
    source = index_of(ledger["source"], sources)[told]
    outlets = pc.unique(tables["documents"]["outlet"]).sort()
    outlet = index_of(tables["documents"]["outlet"], outlets)[document]
    cell = (outlet * (len(sources) + 1) + source + 1) * len(LEDGER_CLASSES) + classes
    later = rank_within(source, words) > 0  # the first of each source goes before all else
    order = order_of(later, rank_within(cell, words), -words, document)
    return _first_of_each(document[order])


def _by_pair(tables: dict[str, pa.Table], ids: pa.Array) -> Ints:
    matches = tables["matches"]
    a, b = index_of(matches["a"], ids), index_of(matches["b"], ids)
    known = (a >= 0) & (b >= 0)
    a, b = a[known], b[known]
    words = numbers(matches["a_words"])[known].astype(np.int64)
    outlets = pc.unique(tables["documents"]["outlet"]).sort()
    outlet = index_of(tables["documents"]["outlet"], outlets)
    rank = rank_within(outlet[a] * len(outlets) + outlet[b], words)
    order = order_of(rank, -words, a, b)
    return _first_of_each(np.column_stack([a[order], b[order]]).reshape(-1))


def _first_of_each(values: Ints) -> Ints:
    _, first = np.unique(values, return_index=True)
    return values[np.sort(first)]


def most_telling(rows: Ints, weight: NDArray[np.float64], limit: int) -> Ints:
    """Return the ``limit`` rows with the greatest weight, ties by position, in order of position."""
    if len(rows) <= limit:
        return rows
    order = np.lexsort((rows, -weight[rows]))
    return np.sort(rows[order[:limit]])
