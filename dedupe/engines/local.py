"""The local engine: Arrow tables, kernels on a pool of processes, SQL on DuckDB.

A kernel is a picklable pure function from an Arrow table to an Arrow table. Batches are cut
by row count alone, never by worker count, and results come back in order, so the output
does not depend on how many workers there are.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import connection
from types import TracebackType
from typing import NamedTuple

import pyarrow as pa

from dedupe.engines.memory import LARGE, keep_freed

Kernel = Callable[[pa.Table], pa.Table]
Progress = Callable[[int, int], None]


class Usage(NamedTuple):
    """What processes have used: seconds of processor time in all, bytes of the largest one and of the
    sum of all at their largest."""

    cpu_seconds: float
    largest: int
    together: int


class _Answer(NamedTuple):
    table: pa.Buffer
    process: int
    cpu_seconds: float
    peak: int


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
        self._used: dict[int, tuple[float, int]] = {}

    def __enter__(self) -> LocalEngine:
        keep_freed(LARGE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    @property
    def usage(self) -> Usage:
        """What this process and the workers, as far as they have answered, have used."""
        own = time.process_time(), _peak()
        each = [own, *self._used.values()]
        return Usage(
            sum(cpu for cpu, _ in each), max(peak for _, peak in each), sum(peak for _, peak in each)
        )

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
        for part in self.stream(kernel, batches, count=count):
            parts.append(part)
            progress(len(parts), count)
        return pa.concat_tables([schema.empty_table(), *parts])

    def stream(self, kernel: Kernel, batches: Iterable[pa.Table], *, count: int) -> Iterator[pa.Table]:
        """Yield ``kernel`` of each of ``count`` batches, in order, as they are done."""
        if self.workers == 1 or count < 2:
            yield from map(kernel, batches)
            return
        if self._pool is None:
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(["dedupe.pipeline", "dedupe.ready"])
            self._pool = ProcessPoolExecutor(self.workers, mp_context=context, initializer=_begin)
        # A bounded window keeps memory flat: batches are sent as results come back.
        window: deque[Future[_Answer]] = deque()
        for batch in batches:
            window.append(self._pool.submit(_work, kernel, _packed(batch)))
            if len(window) > 2 * self.workers:
                yield self._unpacked(window.popleft().result())
        while window:
            yield self._unpacked(window.popleft().result())

    def _unpacked(self, answer: _Answer) -> pa.Table:
        self._used[answer.process] = (answer.cpu_seconds, answer.peak)
        return pa.ipc.open_stream(answer.table).read_all()

    def sql(self, query: str, **tables: pa.Table) -> pa.Table:
        """Return the result of one SELECT over the named tables."""
        import duckdb  # here, so that commands without SQL start quickly

        with duckdb.connect() as connection:
            connection.execute("SET threads TO 1")  # order of floating sums does not depend on the machine
            for name, table in tables.items():
                connection.register(name, table)
            return connection.sql(query).to_arrow_table()


def _begin() -> None:
    keep_freed()
    _end_with_parent()


def _end_with_parent() -> None:
    """See to it that a worker does not outlive a run that was killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    sentinel = parent.sentinel

    def watch() -> None:
        connection.wait([sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _work(kernel: Kernel, batch: pa.Buffer) -> _Answer:
    table = kernel(pa.ipc.open_stream(batch).read_all())
    return _Answer(_packed(table), os.getpid(), time.process_time(), _peak())


def _packed(table: pa.Table) -> pa.Buffer:
    # Not pickle: that would send the whole of the column that a slice was cut from.
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
