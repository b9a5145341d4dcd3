"""Input that Spark reads itself: JSON Lines and Parquet at any path that it knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from dedupe.corpus.parquet import FIELDS
from dedupe.engines.spark.engine import SparkTables
from dedupe.engines.spark.packing import spark_schema
from dedupe.engines.spark.trouble import explained
from dedupe.engines.tables import Table
from dedupe.errors import InputError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
PARQUET = (".parquet",)


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file that Spark reads: its URL, the name it goes by in results, bytes, and milliseconds since 1970."""

    url: str
    label: str
    size: int
    modified: int

    @property
    def is_lines(self) -> bool:
        """Whether it holds JSON Lines."""
        return self.label.lower().endswith(LINES)


def find_files(session: SparkSession, urls: Sequence[str]) -> tuple[list[RemoteFile], list[str]]:
    """Return the files that are read, by label, and the labels of those in the folders that are not.

    A label is the path below the URL given, or the file's name; the whole URL where two would share
    one. Hidden files (``.name``, ``_name``) are left out. Raises InputError for a URL that
    leads nowhere and where nothing can be read.
    """
    found: dict[str, RemoteFile] = {}
    passed: list[str] = []
    for url in urls:
        with explained(where=url):
            for file in _below(session, url):
                if file.label.lower().endswith((*LINES, *PARQUET)):
                    found.setdefault(file.url, file)
                else:
                    passed.append(file.label)
    if not found:
        raise InputError(
            "no file of a kind that Spark reads",
            where=", ".join(urls),
            mend=f"give {', '.join((*LINES, *PARQUET))}",
        )
    labels = [file.label for file in found.values()]
    files = [
        file if labels.count(file.label) == 1 else RemoteFile(file.url, file.url, file.size, file.modified)
        for file in found.values()
    ]
    return sorted(files, key=lambda file: file.label), sorted(passed)


def _below(session: SparkSession, url: str) -> Iterator[RemoteFile]:
    context: Any = session.sparkContext
    path = context._jvm.org.apache.hadoop.fs.Path(url)
    system = path.getFileSystem(context._jsc.hadoopConfiguration())
    if not system.exists(path):
        raise InputError("no such file or folder", where=url, mend="check the path")
    root = _whole(system.getFileStatus(path).getPath().toUri().toString()).rstrip("/")
    listed = system.listFiles(path, True)
    while listed.hasNext():
        status = listed.next()
        name = _whole(status.getPath().toUri().toString())
        label = name.removeprefix(root).lstrip("/") or name.rpartition("/")[2]
        if not any(part.startswith((".", "_")) for part in label.split("/")):
            yield RemoteFile(name, label, int(status.getLen()), int(status.getModificationTime()))


def _whole(url: str) -> str:
    """Return a URL with the slashes that Java leaves out of those of files."""
    return re.sub(r"^file:/+", "file:///", url)


def read(engine: SparkTables, files: Sequence[RemoteFile], lines: Any, rows: Any, schema: pa.Schema) -> Table:
    """Return the records of files: ``lines`` is the kernel for tables of ``file_number, label, line, value``,
    ``rows`` that for rows of Parquet (``file_number, label, line`` and columns of documents)."""
    numbers = {file.url: (number, file.label) for number, file in enumerate(files)}
    parts = []
    texts = [file.url for file in files if file.is_lines]
    tables = [file.url for file in files if not file.is_lines]
    if texts:
        parts.append(_lines(engine, texts, numbers, lines, schema))
    if tables:
        parts.append(_rows(engine, tables, numbers, rows, schema))
    return parts[0].unionAll(parts[1]) if len(parts) == 2 else parts[0]


def _lines(
    engine: SparkTables, urls: list[str], numbers: dict[str, tuple[int, str]], kernel: Any, schema: pa.Schema
) -> Table:
    """Number the lines of each split, from the lines in the splits of its file before it."""
    text = (
        engine.session.read.option("lineSep", "\n")
        .text(urls)
        .selectExpr(
            "_metadata.file_path AS path",
            "_metadata.file_block_start AS block",
            "CAST(value AS BINARY) AS value",
        )
    )
    with explained(where=urls[0]):
        counts = text.groupBy("path", "block").count().collect()
    first: dict[tuple[str, int], int] = {}
    reached: dict[str, int] = {}
    for path, block, count in sorted((row[0], row[1], row[2]) for row in counts):
        first[path, block] = reached.get(path, 1)
        reached[path] = first[path, block] + count

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        at = dict(first)  # a task that is done again counts anew
        for batch in batches:
            lines = []
            keys = zip(batch["path"].to_pylist(), batch["block"].to_pylist(), strict=True)
            for key in keys:
                lines.append((*numbers[_whole(key[0])], at[key]))
                at[key] += 1
            table = pa.table(
                {
                    "file_number": pa.array([line[0] for line in lines], pa.int64()),
                    "label": pa.array([line[1] for line in lines], pa.string()),
                    "line": pa.array([line[2] for line in lines], pa.int64()),
                    "value": batch["value"],
                }
            )
            yield from kernel(table).to_batches()

    return text.mapInArrow(run, spark_schema(schema))


def _rows(
    engine: SparkTables, urls: list[str], numbers: dict[str, tuple[int, str]], kernel: Any, schema: pa.Schema
) -> Table:
    with explained(where=urls[0]):
        table = engine.session.read.option("mergeSchema", "true").parquet(*urls)
    if not {"id", "text"} <= set(table.columns):
        raise InputError(
            f"the columns are {', '.join(table.columns)}; the files need id and text",
            where=urls[0],
            mend="name them so",
        )
    rows = table.selectExpr(
        "_metadata.file_path AS path",
        "_metadata.row_index + 1 AS line",
        *(f"`{name}`" for name in FIELDS if name in table.columns),
    )

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            about = [numbers[_whole(path)] for path in batch["path"].to_pylist()]
            table = pa.Table.from_batches([batch]).drop_columns(["path"])
            table = table.append_column("file_number", pa.array([row[0] for row in about], pa.int64()))
            table = table.append_column("label", pa.array([row[1] for row in about], pa.string()))
            yield from kernel(table).to_batches()

    return rows.mapInArrow(run, spark_schema(schema))
