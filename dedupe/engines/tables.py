"""What a run over tables asks of an engine, and the small engine that does it in memory.

The distributed run (`dedupe.distributed`) is written over these few operations. A table is
whatever the engine takes it to be; only `Tables.collect` and `Tables.stream` bring rows here.
`MemoryTables` has them all as Arrow tables, with DuckDB for SQL: the stages are tested on it
and on Spark (`dedupe.engines.spark`) by the same tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.engines.local import Kernel, LocalEngine, batches

Meeting = Callable[[pa.Table, pa.Table], pa.Table]
"""A kernel of two tables: the rows of both that have one value of a key."""
Table = Any

ROWS = 1_000
"""Rows that a kernel is given at once, at most."""


class Tables(Protocol):
    """The operations. Rows have no order, but for those of a table that `keep` ordered."""

    def put(self, table: pa.Table) -> Table:
        """Hand over a table that is small."""

    def map(self, kernel: Kernel, table: Table, schema: pa.Schema) -> Table:
        """Return the rows of a kernel over batches of consecutive rows, cut anywhere."""

    def group(self, kernel: Kernel, table: Table, key: str, schema: pa.Schema) -> Table:
        """Return the rows of a kernel over all rows that have one value of ``key``, in any order."""

    def meet(self, kernel: Meeting, left: Table, right: Table, key: str, schema: pa.Schema) -> Table:
        """Return the rows of a kernel over the rows of two tables that have one value of ``key``."""

    def sql(self, query: str, **tables: Table) -> Table:
        """Return the result of one SELECT over the named tables."""

    def keep(self, name: str, table: Table, order: Sequence[str] = (), number: str = "") -> Table:
        """Compute a table once and keep it, sorted by ``order``; ``number`` names a column that is added:
        the row's number in that order."""

    def beside(self, *tasks: Callable[[], Any]) -> list[Any]:
        """Do what does not wait for one another, at one time where that is quicker; return the results in order."""

    def count(self, table: Table) -> int:
        """Return the number of rows."""

    def collect(self, table: Table) -> pa.Table:
        """Bring a table here."""

    def stream(self, table: Table) -> Iterator[pa.Table]:
        """Bring a kept table here, in its order, part by part."""


class MemoryTables:
    """The operations on Arrow tables in this process."""

    name = "memory"

    def put(self, table: pa.Table) -> pa.Table:
        return table

    def map(self, kernel: Kernel, table: pa.Table, schema: pa.Schema) -> pa.Table:
        return _joined(map(kernel, batches(table, ROWS)), schema)

    def group(self, kernel: Kernel, table: pa.Table, key: str, schema: pa.Schema) -> pa.Table:
        return _joined((kernel(part) for _, part in sorted(_by_key(table, key).items())), schema)

    def meet(self, kernel: Meeting, left: pa.Table, right: pa.Table, key: str, schema: pa.Schema) -> pa.Table:
        ours, theirs = _by_key(left, key), _by_key(right, key)
        return _joined(
            (
                kernel(ours.get(value, left.slice(0, 0)), theirs.get(value, right.slice(0, 0)))
                for value in sorted({*ours, *theirs})
            ),
            schema,
        )

    def sql(self, query: str, **tables: pa.Table) -> pa.Table:
        with LocalEngine(1) as engine:
            return engine.sql(query, **tables)

    def keep(self, name: str, table: pa.Table, order: Sequence[str] = (), number: str = "") -> pa.Table:
        del name
        if order:
            table = table.take(pc.sort_indices(table, [(column, "ascending") for column in order]))
        if number:
            table = table.append_column(number, pa.array(np.arange(table.num_rows)))
        return table

    def beside(self, *tasks: Callable[[], Any]) -> list[Any]:
        return [task() for task in tasks]

    def count(self, table: pa.Table) -> int:
        return int(table.num_rows)

    def collect(self, table: pa.Table) -> pa.Table:
        return table

    def stream(self, table: pa.Table) -> Iterator[pa.Table]:
        yield table


def _joined(parts: Iterator[pa.Table], schema: pa.Schema) -> pa.Table:
    return pa.concat_tables(
        [schema.empty_table(), *(part.select(schema.names).cast(schema) for part in parts)]
    )


def _by_key(table: pa.Table, key: str) -> dict[Any, pa.Table]:
    encoded = table[key].combine_chunks().dictionary_encode()
    places = encoded.indices.to_numpy()
    order = np.argsort(places, kind="stable")
    bounds = np.searchsorted(places[order], np.arange(len(encoded.dictionary) + 1))
    return {
        value: table.take(pa.array(order[bounds[number] : bounds[number + 1]]))
        for number, value in enumerate(encoded.dictionary.to_pylist())
    }
