"""The results directory: write it stage by stage, resume it, open it.

Each finished stage is a Parquet file, written aside and renamed, and listed in
``stages.json`` under the digest of everything that it depends on (inputs, settings,
versions). A run that was killed finds its finished stages again and goes on;
``run.json`` is written last and marks a complete run.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dedupe.errors import RunError
from dedupe.records import TABLES

FORMAT = 1
"""Version of the results directory. A reader refuses a version that it does not know."""

STAGES_FILE = "stages.json"


@dataclass(frozen=True, slots=True)
class Run:
    """An opened results directory; tables are read when asked for."""

    path: Path
    meta: dict[str, Any]

    def table(self, name: str) -> pa.Table:
        """Return one table of ``records.TABLES``."""
        return read_table(self.path / f"{name}.parquet")

    @property
    def tables(self) -> dict[str, pa.Table]:
        """All tables, by name."""
        return {name: self.table(name) for name in TABLES}

    @property
    def rejected(self) -> list[dict[str, Any]]:
        """The records that were not analysed, with their reasons."""
        lines = (self.path / "rejected.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


def open_run(path: Path) -> Run:
    """Open a finished run; raise RunError when the folder is none or of another format."""
    try:
        meta = json.loads((path / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(
            "is not a finished run (no readable run.json)", where=str(path), mend="make one with: dedupe run INPUT -o DIR"
        ) from error
    if not isinstance(meta, dict) or meta.get("format") != FORMAT:
        found = meta.get("format") if isinstance(meta, dict) else None
        raise RunError(
            f"is a run of format {found!r}, this version reads format {FORMAT}", where=str(path), mend="run it again"
        )
    missing = [name for name in TABLES if not (path / f"{name}.parquet").is_file()]
    if missing:
        raise RunError(f"lacks {missing[0]}.parquet", where=str(path), mend="run it again")
    return Run(path, meta)


def read_table(path: Path) -> pa.Table:
    """Read one Parquet file; raise RunError when it is damaged."""
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise RunError(f"cannot be read as Parquet: {error}", where=str(path), mend="run it again") from error


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table so that a killed process leaves the old file or the new one, whole."""
    aside = path.with_name(path.name + ".part")
    pq.write_table(table, aside, compression="zstd", row_group_size=50_000)
    os.replace(aside, path)


def write_text(text: str, path: Path) -> None:
    """Write UTF-8 text the same way."""
    aside = path.with_name(path.name + ".part")
    aside.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")
    os.replace(aside, path)


def write_jsonl(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write one JSON object per line (ASCII-escaped, so that any string survives)."""
    write_text("".join(json.dumps(row) + "\n" for row in rows), path)


def digest(*parts: Any) -> str:
    """Return a hex digest of JSON-able values."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@dataclass
class Writer:
    """A results directory being written; ``stage`` computes a table once, or finds it done."""

    path: Path
    key: str
    timings: list[dict[str, Any]] = field(default_factory=list)
    _done: dict[str, str] = field(default_factory=dict)

    @classmethod
    def create(cls, path: Path, key: str) -> Writer:
        """Make or reopen the folder. Raises RunError when it holds something else than a run."""
        if path.exists() and not path.is_dir():
            raise RunError("is a file", where=str(path), mend="name a folder with -o")
        known = {"run.json", STAGES_FILE}
        if path.is_dir() and any(path.iterdir()) and not any((path / name).is_file() for name in known):
            raise RunError(
                "is a folder with other things in it, not a run", where=str(path), mend="name a new or empty folder with -o"
            )
        try:
            path.mkdir(parents=True, exist_ok=True)
            writer = cls(path, key)
            with suppress(OSError, ValueError):
                found = json.loads((path / STAGES_FILE).read_text(encoding="utf-8"))
                if found.get("key") == key:
                    writer._done = dict(found["done"])
            (path / "run.json").unlink(missing_ok=True)
            writer._save()
        except OSError as error:
            raise RunError(
                f"cannot be written: {error.strerror}", where=str(path), mend="name another folder with -o"
            ) from error
        return writer

    def stage(self, name: str, compute: Callable[[], pa.Table], *, schema: pa.Schema | None = None) -> pa.Table:
        """Return the table of a stage: read when it is done, else computed, written and timed."""
        path = self.path / f"{name}.parquet"
        if self._done.get(name) == self.key and path.is_file():
            with suppress(RunError):
                table = read_table(path)
                self.timings.append({"name": name, "resumed": True})
                return table
        begun, cpu = time.perf_counter(), _cpu()
        table = compute()
        if schema is not None:
            table = table.select(schema.names).cast(schema)
        write_table(table, path)
        self._done[name] = self.key
        self._save()
        self.timings.append({
            "name": name,
            "rows": table.num_rows,
            "seconds": round(time.perf_counter() - begun, 3),
            "cpu_seconds": round(_cpu() - cpu, 3),
            "peak_mb": _peak_mb(),
        })
        return table

    def finish(self, meta: Mapping[str, Any]) -> None:
        """Write ``run.json``: the run is complete."""
        write_text(json.dumps({"format": FORMAT, **meta}, indent=1, sort_keys=True) + "\n", self.path / "run.json")

    def _save(self) -> None:
        write_text(json.dumps({"key": self.key, "done": self._done}, indent=1, sort_keys=True) + "\n", self.path / STAGES_FILE)


def _cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _peak_mb() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) * unit // 2**20
