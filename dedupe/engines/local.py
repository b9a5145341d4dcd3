"""The local engine: Arrow tables, kernels on a pool of processes, SQL on DuckDB.

A kernel is a picklable pure function from an Arrow table to an Arrow table. Batches are cut
by row count alone, never by worker count, and results come back in order, so the output
does not depend on how many workers there are.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from types import TracebackType

import pyarrow as pa

Kernel = Callable[[pa.Table], pa.Table]
Progress = Callable[[int, int], None]


def batches(table: pa.Table, rows: int) -> list[pa.Table]:
    """Cut a table into slices of at most ``rows`` rows (no copy)."""
    return [table.slice(start, rows) for start in range(0, table.num_rows, rows)]


def _no_progress(done: int, total: int) -> None:
    del done, total


class LocalEngine:
    """Runs kernels and SQL on this machine. Use as a context manager: it ends its workers."""

    name = "local"

    def __init__(self, workers: int = 0) -> None:
        """``workers`` processes; 0 takes one per processor that this process may use."""
        self.workers = workers or len(os.sched_getaffinity(0))
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> LocalEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def map(
        self,
        kernel: Kernel,
        batches: Iterable[pa.Table],
        schema: pa.Schema,
        *,
        count: int,
        progress: Progress = _no_progress,
    ) -> pa.Table:
        """Return the rows of ``kernel`` over ``count`` batches, in order; ``schema`` is theirs."""
        parts: list[pa.Table] = []
        for part in self._results(kernel, batches, count):
            parts.append(part)
            progress(len(parts), count)
        return pa.concat_tables([schema.empty_table(), *parts])

    def _results(self, kernel: Kernel, batches: Iterable[pa.Table], count: int) -> Iterator[pa.Table]:
        if self.workers == 1 or count < 2:
            yield from map(kernel, batches)
            return
        if self._pool is None:
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(["dedupe.pipeline"])
            self._pool = ProcessPoolExecutor(self.workers, mp_context=context)
        # A bounded window keeps memory flat: batches are sent as results come back.
        window: list[Future[pa.Table]] = []
        for batch in batches:
            window.append(self._pool.submit(kernel, batch))
            if len(window) > 2 * self.workers:
                yield window.pop(0).result()
        for future in window:
            yield future.result()

    def sql(self, query: str, **tables: pa.Table) -> pa.Table:
        """Return the result of one SELECT over the named tables."""
        import duckdb  # here, so that commands without SQL start quickly

        with duckdb.connect() as connection:
            connection.execute("SET threads TO 1")  # order of floating sums does not depend on the machine
            for name, table in tables.items():
                connection.register(name, table)
            return connection.sql(query).to_arrow_table()
