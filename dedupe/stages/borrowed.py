"""Kernels over rows of an Arrow file: workers read the texts themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from dedupe.engines.local import Kernel
from dedupe.stages.columns import numbers

WHERE = pa.schema([("part", pa.int32()), ("row", pa.int32())])
"""Where a row stands in a file: the number of its record batch, and its place there."""


@dataclass(frozen=True, slots=True)
class Borrowed:
    """Kernel: ``WHERE`` (ascending) and other columns → what ``kernel`` makes of the columns ``names`` of these rows of
    the file at ``path``, and the others.

    To send texts to workers would take longer than most of what is done with them. The file is mapped anew for each
    batch, so that the pages that were looked at go with it.
    """

    kernel: Kernel
    path: Path
    names: tuple[str, ...]

    def __call__(self, batch: pa.Table) -> pa.Table:
        parts = list(self._read(numbers(batch["part"]), numbers(batch["row"])))
        table = (
            pa.Table.from_batches(parts).combine_chunks() if len(parts) > 1 else pa.Table.from_batches(parts)
        )
        for field in batch.schema:
            if field.name not in WHERE.names:
                table = table.append_column(field, batch[field.name])
        return self.kernel(table)

    def _read(self, part: np.ndarray, row: np.ndarray) -> Iterator[pa.RecordBatch]:
        with pa.memory_map(str(self.path)) as source, pa.ipc.open_file(source) as reader:
            for own in np.split(np.arange(len(part)), np.flatnonzero(np.diff(part)) + 1):
                rows, names = row[own], list(self.names)
                held = reader.get_batch(int(part[own[0]])).select(names)
                whole = rows[-1] - rows[0] + 1 == len(rows)
                yield held.slice(int(rows[0]), len(rows)) if whole else held.take(pa.array(rows))


def where(table: pa.Table) -> pa.Table:
    """Return ``WHERE`` for all rows of a table that is mapped from a file."""
    sizes = np.array([len(chunk) for chunk in table.column(0).chunks], np.int64)
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    columns = np.repeat(np.arange(len(sizes)), sizes), np.arange(len(first)) - first
    return pa.table([pa.array(column.astype(np.int32)) for column in columns], schema=WHERE)
