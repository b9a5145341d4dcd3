"""The operations of `dedupe.engines.tables` on a Spark session."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from dedupe.engines.local import Kernel
from dedupe.engines.spark.files import Store, local_path
from dedupe.engines.spark.packing import is_packed, packed, spark_schema, types_of, unpacked
from dedupe.engines.spark.trouble import explained
from dedupe.engines.tables import Meeting

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Progress = Callable[[str, int, int], None]
SECONDS = 1.0
"""Between two looks at how far a stage is: each is a dozen questions to Java."""
SORTED_ALONE = 8
"""With so few pieces (256 MB of input) a table is put in order in one."""
KEPT = {"parquet.block.size": str(2 << 20), "parquet.enable.dictionary": "false"}
"""How kept tables are written: in row groups of few bytes, of which each can be read by another task, and
without looking for values that come again, which takes longer than what is read back once or twice."""


class SparkTables:
    """Tables are Spark data frames; what is kept is a folder of Parquet files in ``store``."""

    name = "spark"

    def __init__(
        self, session: SparkSession, store: Store, *, partitions: int = 0, progress: Progress | None = None
    ) -> None:
        """``partitions`` is the number of pieces that shuffled data is cut into (0: as Spark is set up);
        it changes no result."""
        self.session = session
        self.store = store
        self.partitions = partitions or 4 * session.sparkContext.defaultParallelism
        self._progress = progress or (lambda stage, done, total: None)
        self.timings: list[dict[str, Any]] = []
        self._begun = time.perf_counter()
        context: Any = session.sparkContext
        self._cpu = context.accumulator({}, _Sums())
        self._naming = threading.Lock()
        session.conf.set("spark.sql.shuffle.partitions", str(self.partitions))

    @property
    def kernel_seconds(self) -> float:
        """Seconds of processor time that kernels have taken, work that was done twice included."""
        return float(sum(self._cpu.value.values()))

    def put(self, table: pa.Table) -> DataFrame:
        schema = spark_schema(table.schema)
        return self.session.createDataFrame(packed(table), schema)

    def map(self, kernel: Kernel, table: DataFrame, schema: pa.Schema) -> DataFrame:
        cpu, types = self._cpu, types_of(table.schema)

        def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                rows = unpacked(pa.Table.from_batches([batch]), types)
                begun = time.thread_time()
                found = kernel(rows).select(schema.names).cast(schema)
                cpu.add({_stage(): time.thread_time() - begun})
                yield from packed(found).to_batches()

        return table.mapInArrow(run, spark_schema(schema))

    def group(self, kernel: Kernel, table: DataFrame, key: str, schema: pa.Schema) -> DataFrame:
        cpu, types = self._cpu, types_of(table.schema)

        def run(rows: pa.Table) -> pa.Table:
            rows = unpacked(rows, types)
            begun = time.thread_time()
            found = kernel(rows).select(schema.names).cast(schema)
            cpu.add({_stage(): time.thread_time() - begun})
            return packed(found)

        return table.groupBy(key).applyInArrow(run, spark_schema(schema))

    def meet(
        self, kernel: Meeting, left: DataFrame, right: DataFrame, key: str, schema: pa.Schema
    ) -> DataFrame:
        cpu, types, other = self._cpu, types_of(left.schema), types_of(right.schema)

        def run(ours: pa.Table, theirs: pa.Table) -> pa.Table:
            ours, theirs = unpacked(ours, types), unpacked(theirs, other)
            begun = time.thread_time()
            found = kernel(ours, theirs).select(schema.names).cast(schema)
            cpu.add({_stage(): time.thread_time() - begun})
            return packed(found)

        # Under new names for columns: the two may have come from one table, and Spark would take them for one.
        left, right = left.toDF(*left.columns), right.toDF(*right.columns)
        both = left.groupBy(key).cogroup(right.groupBy(key))
        return both.applyInArrow(run, spark_schema(schema))

    def sql(self, query: str, **tables: DataFrame) -> DataFrame:
        noted = {}
        with self._naming:  # names are the session's; a query has looked them up when it comes back
            for name, table in tables.items():
                table.createOrReplaceTempView(name)
                noted.update({field.name: field.metadata for field in table.schema.fields if field.metadata})
            found = self.session.sql(query)
        for field in found.schema.fields:  # what is computed, as by COALESCE, has lost what is known of it
            if field.name in noted and not field.metadata:
                found = found.withMetadata(field.name, noted[field.name])
        return found

    def keep(self, name: str, table: DataFrame, order: Sequence[str] = (), number: str = "") -> DataFrame:
        path = self.store.path(name)
        if not self.store.is_whole(name):
            begun = time.perf_counter()
            with self._watched(name), explained(where=path), self._ordered(table, order) as rows:
                rows.write.mode("overwrite").options(**KEPT).parquet(path)
            self.timings.append({
                "name": name, "begun": round(begun - self._begun, 3),
                "seconds": round(time.perf_counter() - begun, 3),
                "kernel_seconds": round(self._cpu.value.get(name, 0.0), 3),
            })  # fmt: skip
        kept = self.session.read.schema(table.schema).parquet(path)
        return self._numbered(kept, number, path) if number else kept

    @contextmanager
    def _ordered(self, table: DataFrame, order: Sequence[str]) -> Iterator[DataFrame]:
        """Yield a table whose parts are sorted, and follow one another."""
        from pyspark import StorageLevel

        if not order:
            yield table
        elif self.partitions <= SORTED_ALONE:
            yield table.repartition(1).sortWithinPartitions(*order)
        else:
            # Where to cut is found in a sample: without keeping them, kernels would run for it, too.
            held = table.persist(StorageLevel.DISK_ONLY)
            try:
                yield held.repartitionByRange(self.partitions, *order).sortWithinPartitions(*order)
            finally:
                held.unpersist()

    def save(self, name: str, table: DataFrame, schema: pa.Schema, order: Sequence[str]) -> None:
        """Write a result, in the columns of ``schema``, as a folder of files whose names are in order."""
        path = self.store.path(name)
        with self._watched(name), explained(where=path), self._ordered(table, order) as rows:
            self._with_lists(rows.select(*schema.names), schema).write.mode("overwrite").parquet(path)

    def _with_lists(self, table: DataFrame, schema: pa.Schema) -> DataFrame:
        """Return a table, row by row, as others read it."""
        from pyspark.sql.pandas.types import from_arrow_schema

        if not any(map(is_packed, schema.types)):
            return table
        types = types_of(table.schema)

        def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                yield from unpacked(pa.Table.from_batches([batch]), types).to_batches()

        return table.mapInArrow(run, from_arrow_schema(schema))

    def _numbered(self, table: DataFrame, number: str, path: str) -> DataFrame:
        """Add the row's number: the rows in the files before its own, and its number in the file."""
        from pyspark.sql import functions as f

        rows = self.session.read.parquet(path).groupBy("_metadata.file_name").count().collect()
        first = 0
        starts = []
        for file, count in sorted((row[0], row[1]) for row in rows):
            starts.append((file, first))
            first += count
        files = self.session.createDataFrame(starts or [("", 0)], "file_name string, first long")
        at = table.select("*", f.col("_metadata.file_name").alias("file_name"), "_metadata.row_index")
        joined = at.join(f.broadcast(files), "file_name")
        return joined.select(*table.columns, (f.col("first") + f.col("row_index")).alias(number))

    def beside(self, *tasks: Callable[[], Any]) -> list[Any]:
        from pyspark import inheritable_thread_target

        def inheriting(task: Any) -> Any:  # each with properties of its own: one wrapper's are shared
            return inheritable_thread_target(self.session)(task)

        with ThreadPoolExecutor(len(tasks)) as threads:
            begun = [threads.submit(inheriting(task)) for task in tasks]
            try:
                for one in wait(begun, return_when=FIRST_EXCEPTION).done:
                    one.result()
            except BaseException:
                self.session.sparkContext.cancelAllJobs()  # what the others do would be for nothing
                raise
            return [one.result() for one in begun]

    def count(self, table: DataFrame) -> int:
        return int(table.count())

    def collect(self, table: DataFrame) -> pa.Table:
        with explained(where="--engine spark"):
            return unpacked(table.toArrow(), types_of(table.schema))

    def stream(self, table: DataFrame) -> Iterator[pa.Table]:
        types = types_of(table.schema)
        for url in sorted(table.inputFiles()):
            path = local_path(url)
            part = (
                pq.read_table(path) if path else self.session.read.schema(table.schema).parquet(url).toArrow()
            )
            yield unpacked(part.select(table.columns), types)

    @contextmanager
    def _watched(self, stage: str) -> Iterator[None]:
        """Report how many tasks of a stage's jobs are done while they run."""
        context = self.session.sparkContext
        context.setJobGroup(stage, stage)
        tracker = context.statusTracker()
        over = threading.Event()

        def watch() -> None:
            while not over.wait(SECONDS):
                done = total = 0
                for job in tracker.getJobIdsForGroup(stage):
                    about: Any = tracker.getJobInfo(job)
                    for number in about.stageIds if about else ():
                        info = tracker.getStageInfo(number)
                        if info is not None:
                            done, total = done + info.numCompletedTasks, total + info.numTasks
                if total:
                    self._progress(stage, done, total)

        thread = threading.Thread(target=watch, daemon=True)
        self._progress(stage, 0, 1)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


class _Sums:
    """Seconds by name, as Spark adds them up (its ``AccumulatorParam``)."""

    def zero(self, value: Mapping[str, float]) -> dict[str, float]:
        del value
        return {}

    def addInPlace(self, one: dict[str, float], other: Mapping[str, float]) -> dict[str, float]:  # noqa: N802
        for name, seconds in other.items():
            one[name] = one.get(name, 0.0) + seconds
        return one


def _stage() -> str:
    """Return, inside of a task, the name of the stage that it belongs to."""
    from pyspark import TaskContext

    context = TaskContext.get()
    return (context and context.getLocalProperty("spark.jobGroup.id")) or ""
