"""Column types that several kernels share, and looks at columns as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedupe.records import Span
from dedupe.text.kernels import I32, I64, Flags, frozen, kernel
from dedupe.text.tokens import TokenBatch, tokenize_utf8

SPANS = pa.list_(pa.struct([("start", pa.int32()), ("stop", pa.int32()), ("kind", pa.string())]))
SENTENCES = pa.list_(pa.struct([("start", pa.int32()), ("stop", pa.int32())]))

Int = NDArray[np.int64]


def spans(column: Iterable[Mapping[str, Any]] | None) -> list[Span]:
    """Return the spans of one row of a ``SPANS`` column."""
    return [Span(s["start"], s["stop"], s["kind"]) for s in column or ()]


def spans_column(found: Sequence[Sequence[Span]], kind: pa.ListType) -> pa.ListArray:
    """Return lists of spans as a column of type ``SPANS`` or ``SENTENCES``."""
    entries = list(chain.from_iterable(found))
    columns = [
        pa.array([getattr(span, field.name) for span in entries], field.type) for field in kind.value_type
    ]
    owner = np.repeat(np.arange(len(found)), [len(spans) for spans in found])
    return grouped(pa.StructArray.from_arrays(columns, fields=list(kind.value_type)), owner, len(found))


def packed(bounds: Int, rows: Int) -> pa.BinaryArray:
    """Return rows of three integers as binary values (little-endian int64), the rows from ``bounds[i]`` on as one."""
    offsets = (bounds * 24).astype(np.int32)
    data = np.ascontiguousarray(rows, "<i8")
    return pa.Array.from_buffers(
        pa.binary(), len(bounds) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    )


def unpacked(column: pa.ChunkedArray) -> tuple[Int, Int]:
    """Return the rows of all values of `packed`, int64[n, 3], and the row number that each came from."""
    lengths = pc.binary_length(column).to_numpy() // 24
    parts = [np.zeros((0, 3), np.int64)]
    for chunk in column.chunks:
        if len(chunk):
            bounds = np.frombuffer(chunk.buffers()[1], np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
            data = memoryview(chunk.buffers()[2] or b"")[bounds[0] : bounds[-1]]
            parts.append(np.frombuffer(data, "<i8").reshape(-1, 3))
    return np.concatenate(parts), np.repeat(np.arange(len(lengths)), lengths)


def flat(column: pa.ChunkedArray) -> tuple[pa.StructArray, Int]:
    """Return the entries of a column of lists, and the row number that each came from."""
    parts, owners = [], []
    first = 0
    for chunk in column.chunks:
        parts.append(pc.list_flatten(chunk))
        owners.append(pc.list_parent_indices(chunk).to_numpy(zero_copy_only=False).astype(np.int64) + first)
        first += len(chunk)
    together = pa.chunked_array(parts, column.type.value_type).combine_chunks()
    return together, np.concatenate([np.zeros(0, np.int64), *owners])


def grouped(entries: pa.Array, owner: Int, rows: int) -> pa.ListArray:
    """Return the column of ``rows`` lists that `flat` takes apart; ``owner`` ascends."""
    return lists(entries, np.searchsorted(owner, np.arange(rows + 1)))


def lists(entries: pa.Array, bounds: Int) -> pa.ListArray:
    """Return the column of lists of which number i begins at ``bounds[i]``."""
    return pa.ListArray.from_arrays(pa.array(bounds.astype(np.int32)), entries)


def numbers(column: pa.ChunkedArray) -> NDArray[Any]:
    """Return a column of numbers without nulls as one array."""
    values: NDArray[Any] = column.to_numpy()
    return values


def codes(column: pa.ChunkedArray) -> tuple[NDArray[np.int32], list[str]]:
    """Return a column of strings as numbers in the order of the strings, and the distinct strings."""
    encoded = column.combine_chunks().dictionary_encode()
    names = encoded.dictionary.to_pylist()
    order = sorted(range(len(names)), key=names.__getitem__)
    rank = np.empty(len(names), np.int32)
    rank[order] = np.arange(len(names), dtype=np.int32)
    return rank[encoded.indices.to_numpy()], [names[n] for n in order]


def tokenized(texts: pa.ChunkedArray) -> TokenBatch:
    """Return the words of a column of texts."""
    return tokenize_utf8(*text_bytes(texts))


def text_bytes(texts: pa.ChunkedArray) -> tuple[NDArray[np.uint8], Int]:
    """Return a column of texts as UTF-8 and the bounds of each."""
    column = texts.combine_chunks()
    if not len(column):
        return np.empty(0, np.uint8), np.zeros(1, np.int64)
    bounds = np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + len(column) + 1]
    return np.frombuffer(column.buffers()[2] or b"", np.uint8), bounds.astype(np.int64)


def masked(batch: TokenBatch, furniture: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Return True for every word of the batch that lies in its document's furniture."""
    spans, owner = flat(furniture)
    mask = np.zeros(len(batch.starts), np.bool_)
    _cover(
        frozen(owner, np.int64), frozen(spans.field("start").to_numpy(), np.int32),
        frozen(spans.field("stop").to_numpy(), np.int32), frozen(batch.offsets, np.int64),
        frozen(batch.starts, np.int32), frozen(batch.stops, np.int32), mask,
    )  # fmt: skip
    return mask


def words_from(batch: TokenBatch, owner: Int, places: NDArray[np.int32]) -> Int:
    """Return the first word of the batch that begins at each of these places in its document or behind, or the first
    one of the next document."""
    found = np.empty(len(owner), np.int64)
    _from(
        frozen(owner, np.int64), frozen(places, np.int32), frozen(batch.offsets, np.int64),
        frozen(batch.starts, np.int32), found,
    )  # fmt: skip
    return found


@kernel
def _cover(owner: I64, begins: I32, ends: I32, offsets: I64, starts: I32, stops: I32, mask: Flags) -> None:
    for span in range(len(owner)):
        first, last = offsets[owner[span]], offsets[owner[span] + 1]
        low = first + np.searchsorted(stops[first:last], begins[span], "right")
        high = first + np.searchsorted(starts[first:last], ends[span])
        for word in range(low, high):
            mask[word] = True


@kernel
def _from(owner: I64, places: I32, offsets: I64, starts: I32, found: I64) -> None:
    for at in range(len(owner)):
        first, last = offsets[owner[at]], offsets[owner[at] + 1]
        found[at] = first + np.searchsorted(starts[first:last], places[at])


def share(words: Iterable[float], total: int) -> float:
    """Return the sum of ``words`` over ``total``, at most 1, to four places."""
    return round(min(1.0, sum(words) / total), 4) if total else 0.0


class Rows:
    """Rows of a table by number, wherever they stand: only the pages that hold them are read."""

    def __init__(self, table: pa.Table) -> None:
        self._schema = table.schema
        self._batches = table.to_batches()
        self._bounds = np.cumsum([0, *(len(batch) for batch in self._batches)])

    def take(self, rows: Sequence[int] | NDArray[np.integer]) -> pa.Table:
        """Return these rows, in this order."""
        wanted = np.asarray(rows, np.int64)
        home = np.searchsorted(self._bounds, wanted, "right") - 1
        order = np.argsort(home, kind="stable")
        parts = [
            _taken(self._batches[home[group[0]]], wanted[group] - self._bounds[home[group[0]]])
            for group in np.split(order, np.flatnonzero(np.diff(home[order])) + 1)
            if len(group)
        ]
        together = pa.Table.from_batches(parts, self._schema)
        if (np.diff(order) == 1).all():
            return together if len(parts) < 2 else together.combine_chunks()
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        return together.combine_chunks().take(pa.array(back))


def _taken(batch: pa.RecordBatch, rows: Int) -> pa.RecordBatch:
    """Return rows of a batch; where they stand together, as a view of it."""
    together = (np.diff(rows) == 1).all()
    return batch.slice(rows[0], len(rows)) if together else batch.take(pa.array(rows))
