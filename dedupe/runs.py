"""The results directory: write it stage by stage, resume it, open it.

Each finished stage is a Parquet file, written aside and renamed, and listed in
``stages.json`` under the digest of everything that it depends on (inputs, settings,
versions). Long stages keep what they have in ``work/``, part by part. A run that was killed
finds its finished stages and parts again and goes on; ``run.json`` is written last and
marks a complete run.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dedupe.errors import RunError
from dedupe.records import TABLES

FORMAT = 1
"""Version of the results directory. A reader refuses a version that it does not know."""

WRITTEN = frozenset(
    (*(f"{name}.parquet" for name in TABLES), "matrix.csv", "rejected.jsonl", "report.html", "csv")
)
"""Results that may be kept without the rest of the run: a folder with nothing else may be written to."""
META = frozenset(("counts", "settings", "channels", "inputs", "versions", "stages", "notes"))
"""What ``run.json`` holds beside ``format``."""

STAGES_FILE = "stages.json"
WORK = "work"
"""Folder of what is kept while a run goes on; removed at its end."""

ROW_GROUP = 20_000
PART_SECONDS = 5.0
"""A part is written so often, so that no more than this is lost."""


@dataclass(frozen=True, slots=True)
class Run:
    """An opened results directory; tables are read when asked for, but for those that are at hand."""

    path: Path
    meta: dict[str, Any]
    at_hand: Mapping[str, pa.Table] = field(default_factory=dict)

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return one table of ``records.TABLES``, or some columns of it; raise RunError when it is damaged."""
        if name in self.at_hand:
            return self.at_hand[name] if columns is None else self.at_hand[name].select(columns)
        path = self.path / f"{name}.parquet"
        table, schema = _read(path, columns)
        if not schema.equals(TABLES[name]):
            raise RunError("has other columns than this version writes", where=str(path), mend="run it again")
        return table

    @property
    def tables(self) -> dict[str, pa.Table]:
        """All tables, by name."""
        return {name: self.table(name) for name in TABLES}

    @property
    def rejected(self) -> list[dict[str, Any]]:
        """The records that were not analysed, with their reasons."""
        path = self.path / "rejected.jsonl"
        try:
            return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        except (OSError, ValueError) as error:
            raise RunError("cannot be read", where=str(path), mend="run it again") from error


def open_run(path: Path) -> Run:
    """Open a finished run; raise RunError when the folder is none or of another format."""
    try:
        meta = json.loads((path / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(
            "is not a finished run (no readable run.json)",
            where=str(path),
            mend="make one with: dedupe run INPUT -o DIR",
        ) from error
    if not isinstance(meta, dict) or meta.get("format") != FORMAT:
        found = meta.get("format") if isinstance(meta, dict) else None
        raise RunError(
            f"is a run of format {found!r}, this version reads format {FORMAT}",
            where=str(path),
            mend="run it again",
        )
    missing = [name for name in TABLES if not (path / f"{name}.parquet").exists()]
    if missing:
        raise RunError(f"lacks {missing[0]}.parquet", where=str(path), mend="run it again")
    absent = sorted(META - meta.keys())
    if absent:
        raise RunError(f"run.json lacks {absent[0]!r}", where=str(path), mend="run it again")
    return Run(path, meta)


def read_table(path: Path) -> pa.Table:
    """Read one Parquet file; raise RunError when it is damaged."""
    return _read(path)[0]


def _read(path: Path, columns: Sequence[str] | None = None) -> tuple[pa.Table, pa.Schema]:
    try:
        if path.is_dir():  # as Spark writes a table
            table = pq.read_table(path)
            return (table if columns is None else table.select(columns)), table.schema
        # Not for one file: that loads what it takes to read many, which takes longer than most of ours.
        with pq.ParquetFile(path) as file:
            return file.read(columns), file.schema_arrow
    except (OSError, pa.ArrowInvalid) as error:
        raise RunError(f"cannot be read as Parquet: {error}", where=str(path), mend="run it again") from error


def write_table(table: pa.Table, path: Path, rows: int = ROW_GROUP) -> None:
    """Write a table, ``rows`` to a row group, so that a killed process leaves the old file or the new one, whole.

    The bytes depend on the rows alone, not on the chunks that they came in.
    """
    with _aside(path) as aside, pq.ParquetWriter(aside, table.schema, compression="zstd") as writer:
        for start in range(0, table.num_rows, rows):
            writer.write_table(table.slice(start, rows).combine_chunks(), row_group_size=rows)


def write_parts(parts: Iterable[pa.Table], schema: pa.Schema, path: Path, rows: int = ROW_GROUP) -> int:
    """Write a table that comes in parts, to the bytes of `write_table`; return the number of rows."""
    count = 0
    held = schema.empty_table()
    with _aside(path) as aside, pq.ParquetWriter(aside, schema, compression="zstd") as writer:
        for part in parts:
            held = pa.concat_tables([held, part.select(schema.names).cast(schema)])
            count += part.num_rows
            while held.num_rows >= rows:
                writer.write_table(held.slice(0, rows).combine_chunks(), row_group_size=rows)
                held = held.slice(rows)
        if held.num_rows:
            writer.write_table(held.combine_chunks(), row_group_size=rows)
    return count


def write_arrow(parts: Iterable[pa.Table], schema: pa.Schema, path: Path) -> None:
    """Write an Arrow file in the same way, table after table; `map_arrow` reads it without loading it."""
    with _aside(path) as aside, pa.OSFile(str(aside), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        for part in parts:
            writer.write_table(part)


def map_arrow(path: Path) -> pa.Table:
    """Return the table in an Arrow file, mapped into memory: pages are read as they are looked at."""
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


def write_text(text: str, path: Path) -> None:
    """Write UTF-8 text the same way."""
    with _aside(path) as aside:
        aside.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")


@contextmanager
def _aside(path: Path) -> Iterator[Path]:
    aside = path.with_name(path.name + ".part")
    yield aside
    os.replace(aside, path)


def write_jsonl(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write one JSON object per line (ASCII-escaped, so that any string survives)."""
    write_text("".join(json.dumps(row) + "\n" for row in rows), path)


def digest(*parts: Any) -> str:
    """Return a hex digest of JSON-able values."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _is_ours(folder: Path) -> bool:
    """Whether a folder is a run, finished or not, or holds nothing but results of one."""
    marks = ("run.json", STAGES_FILE, STAGES_FILE + ".part")
    return any((folder / name).is_file() for name in marks) or all(
        p.name in WRITTEN for p in folder.iterdir()
    )


@dataclass
class Writer:
    """A results directory being written; ``stage`` computes a table once, or finds it done."""

    path: Path
    key: str
    usage: Callable[[], tuple[float, int, int]]
    """What the run has used so far, for the timings: seconds of processor time, bytes of the largest
    process and of all together."""
    timings: list[dict[str, Any]] = field(default_factory=list)
    _done: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def create(
        cls, path: Path, key: str, usage: Callable[[], tuple[float, int, int]] = lambda: (0.0, 0, 0)
    ) -> Writer:
        """Make or reopen the folder. Raises RunError when it holds something else than a run."""
        if path.exists() and not path.is_dir():
            raise RunError("is a file", where=str(path), mend="name a folder with -o")
        if path.is_dir() and not _is_ours(path):
            raise RunError(
                "is a folder with other things in it, not a run",
                where=str(path),
                mend="name a new or empty folder with -o",
            )
        try:
            path.mkdir(parents=True, exist_ok=True)
            writer = cls(path, key, usage)
            with suppress(OSError, ValueError, KeyError, TypeError):
                found = json.loads((path / STAGES_FILE).read_text(encoding="utf-8"))
                if found["key"] == key:
                    writer._done = dict(found["done"])
            (path / "run.json").unlink(missing_ok=True)
            writer._save()
            if not writer._done:
                writer._clear()
        except OSError as error:
            raise RunError(
                f"cannot be written: {error.strerror}", where=str(path), mend="name another folder with -o"
            ) from error
        return writer

    def stage(
        self, name: str, compute: Callable[[], pa.Table], *, schema: pa.Schema | None = None
    ) -> pa.Table:
        """Return the table of a stage: read when it is done, else computed, written and timed."""
        path = self.path / f"{name}.parquet"
        if self._resumed(name):
            with suppress(RunError):
                return read_table(path)
            self.timings.pop()
        begun, before = time.perf_counter(), self.usage()
        table = compute()
        if schema is not None:
            table = table.select(schema.names).cast(schema)
        write_table(table, path)
        self._finished(name, table.num_rows, begun, before)
        return table

    def written(self, name: str, table: pa.Table, schema: pa.Schema) -> None:
        """Write a table, in the columns of ``schema``, that is at hand (not to be read again)."""
        if not self._resumed(name):
            begun, before = time.perf_counter(), self.usage()
            write_table(table.select(schema.names).cast(schema), self.path / f"{name}.parquet")
            self._finished(name, table.num_rows, begun, before)

    def _resumed(self, name: str) -> bool:
        found = name in self._done and (self.path / f"{name}.parquet").is_file()
        if found:
            self.timings.append({**self._done[name], "resumed": True})
        return found

    def _finished(self, name: str, rows: int, begun: float, before: tuple[float, int, int]) -> None:
        after = self.usage()
        self._done[name] = {
            "name": name,
            "rows": rows,
            "seconds": round(time.perf_counter() - begun, 3),
            "cpu_seconds": round(after[0] - before[0], 3),
            "peak_mb": after[1] >> 20,
            "peak_mb_together": after[2] >> 20,
        }
        self._save()
        self.timings.append(self._done[name])

    def parts(
        self, name: str, count: int, compute: Callable[[int], Iterable[pa.Table]], schema: pa.Schema
    ) -> pa.Table:
        """Return the tables of ``count`` batches as one, mapped into memory, going on where a killed run stopped.

        ``compute(first)`` yields the tables of the batches from ``first`` on. They are kept in a file
        every few seconds.
        """
        folder = self.path / WORK / name
        folder.mkdir(parents=True, exist_ok=True)
        files = []
        done = 0
        while found := sorted(folder.glob(f"{done:08d}-*.arrow")):
            files.append(found[0])
            done = int(found[0].stem.partition("-")[2])
        held: list[pa.Table] = []
        written = time.perf_counter()
        for table in compute(done) if done < count else ():
            held.append(table)
            if time.perf_counter() - written >= PART_SECONDS or done + len(held) == count:
                files.append(folder / f"{done:08d}-{done + len(held):08d}.arrow")
                write_arrow([pa.concat_tables(held).combine_chunks()], schema, files[-1])
                done += len(held)
                held, written = [], time.perf_counter()
        return pa.concat_tables([schema.empty_table(), *map(map_arrow, files)])

    def mapped(self, name: str, compute: Callable[[], tuple[pa.Schema, Iterable[pa.Table]]]) -> pa.Table:
        """Return a table that ``compute`` makes once, kept in ``work/`` and mapped into memory."""
        path = self.mapped_file(name)
        path.parent.mkdir(exist_ok=True)
        if not path.is_file():
            schema, tables = compute()
            write_arrow(tables, schema, path)
        return map_arrow(path)

    def mapped_file(self, name: str) -> Path:
        """Return the path of the file that `mapped` keeps."""
        return self.path / WORK / f"{name}.arrow"

    def scratch(self, name: str) -> Path:
        """Return an empty folder in ``work/``."""
        folder = self.path / WORK / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def drop(self, name: str) -> None:
        """Remove a folder in ``work/`` that no later stage looks at."""
        shutil.rmtree(self.path / WORK / name, ignore_errors=True)

    def finish(self, meta: Mapping[str, Any]) -> None:
        """Write ``run.json``: the run is complete."""
        write_text(
            json.dumps({"format": FORMAT, **meta}, indent=1, sort_keys=True) + "\n", self.path / "run.json"
        )
        shutil.rmtree(self.path / WORK, ignore_errors=True)

    def _clear(self) -> None:
        """Remove what another run left in ``work/``; parts of this one (same key) stay."""
        marker = self.path / WORK / "key"
        with suppress(OSError):
            if marker.read_text(encoding="utf-8") == self.key:
                return
        shutil.rmtree(self.path / WORK, ignore_errors=True)
        marker.parent.mkdir()
        write_text(self.key, marker)

    def _save(self) -> None:
        write_text(
            json.dumps({"key": self.key, "done": self._done}, indent=1, sort_keys=True) + "\n",
            self.path / STAGES_FILE,
        )
