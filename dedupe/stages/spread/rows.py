"""Kernels that add to rows, and tables of packed values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedupe.reuse.wide import About
from dedupe.settings import Settings
from dedupe.stages.candidates import days
from dedupe.stages.columns import grouped, numbers

PACKED = pa.schema([("key", pa.int64()), ("packed", pa.binary())])
"""Many rows as one binary value; those of one key come together."""
PAIRED = pa.schema([
    ("a", pa.int64()), ("b", pa.int64()), ("channel", pa.int32()), ("document", pa.int64()),
    ("cosine", pa.float64()),
])  # fmt: skip
"""Pairs of document numbers that a channel proposes; ``document`` is the one whose neighbour the other is."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Kernel: another one, one row out for each row in, with columns of its input beside its own."""

    kernel: Callable[[pa.Table], pa.Table]
    columns: tuple[str, ...]

    def __call__(self, batch: pa.Table) -> pa.Table:
        found = self.kernel(batch)
        for name in self.columns:
            found = found.append_column(batch.schema.field(name), batch[name])
        return found


@dataclass(frozen=True, slots=True)
class Placed:
    """Kernel: another one, several rows out for a document, with its ``number`` and the row's ``place``."""

    kernel: Callable[[pa.Table], pa.Table]
    id: str = "document"

    def __call__(self, batch: pa.Table) -> pa.Table:
        found = self.kernel(batch)
        rows = pc.index_in(found[self.id], batch["id"].combine_chunks())
        return found.append_column("number", batch["number"].take(rows)).append_column(
            "place", pa.array(np.arange(found.num_rows, dtype=np.int32))
        )


def placed(schema: pa.Schema) -> pa.Schema:
    """Return the schema of `Placed` rows."""
    return pa.schema([*schema, ("number", pa.int64()), ("place", pa.int32())])


@dataclass(frozen=True, slots=True)
class Nest:
    """Kernel: rows of several documents → ``number`` and a list of its rows, sorted by ``order``."""

    entry: pa.DataType
    order: tuple[str, ...]

    def __call__(self, rows: pa.Table) -> pa.Table:
        rows = rows.take(
            pc.sort_indices(rows, [(name, "ascending") for name in ("number", *self.order)])
        ).combine_chunks()
        owners = rows["number"].to_numpy()
        distinct, owner = np.unique(owners, return_inverse=True)
        columns = [rows[field.name].combine_chunks().cast(field.type) for field in self.entry]
        entries = pa.StructArray.from_arrays(columns, fields=list(self.entry))
        return pa.table({"number": distinct, "entries": grouped(entries, owner, len(distinct))})


def nested(entry: pa.DataType) -> pa.Schema:
    """Return the schema of `Nest`."""
    return pa.schema([("number", pa.int64()), ("entries", pa.list_(entry))])


def packed_table(values: Iterable[tuple[int, bytes]]) -> pa.Table:
    """Return keys and packed values as a ``PACKED`` table."""
    rows = list(values)
    return pa.table([[key for key, _ in rows], [value for _, value in rows]], schema=PACKED)


def values_of(table: pa.Table) -> Iterator[bytes]:
    """Yield the packed values of a table."""
    for value in table["packed"]:
        yield value.as_buffer()


def about(batch: pa.Table, settings: Settings) -> About:
    """Return what linking asks about the documents of a batch (``number, outlet, kind, published``)."""
    encoded = batch["outlet"].combine_chunks().dictionary_encode()
    hashes = np.array([_hash(name) for name in encoded.dictionary.to_pylist()], np.int64)
    outlets = hashes[encoded.indices.to_numpy()]
    if settings.candidates.same_outlet:
        outlets = np.full(len(outlets), -1, np.int64)
    return About(
        numbers(batch["number"]).astype(np.int64),
        outlets,
        days(batch["published"]),
        numbers(pc.equal(batch["kind"], "wire")).astype(np.bool_),
    )


def _hash(name: str) -> int:
    return int.from_bytes(blake2b(name.encode("utf-8"), digest_size=8).digest(), "little") >> 2


def paired(
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    channel: int | NDArray[np.integer],
    cosine: NDArray[np.float64] | None = None,
) -> pa.Table:
    """Return pairs, in whatever order their sides are, as a ``PAIRED`` table; ``channel`` is one for all, or each
    one's."""
    count = len(a)
    return pa.table(
        [
            pa.array(np.minimum(a, b)),
            pa.array(np.maximum(a, b)),
            pa.array(np.full(count, channel, np.int32)),
            pa.array(a),
            pa.nulls(count, pa.float64()) if cosine is None else pa.array(cosine),
        ],
        schema=PAIRED,
    )
