"""Files, or lines and rows of files that an engine reads itself → documents and rejected records."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from dedupe import corpus
from dedupe.corpus import json_lines
from dedupe.corpus.checking import Tally, check, where_of
from dedupe.corpus.encoding import decode
from dedupe.corpus.inputs import InputFile
from dedupe.corpus.raw import Raw, longest_bytes
from dedupe.records import Document, Rejected
from dedupe.settings import Reading
from dedupe.stages.documents import documents_table
from dedupe.stages.reading import READ

FILES = pa.schema([
    ("file_number", pa.int64()), ("path", pa.string()), ("label", pa.string()),
    ("folders", pa.list_(pa.string())), ("walked", pa.bool_()), ("default_id", pa.string()),
])  # fmt: skip
"""Files to read, in their order."""
LINES = pa.schema([
    ("file_number", pa.int64()), ("label", pa.string()), ("line", pa.int64()), ("value", pa.binary()),
])  # fmt: skip
"""Lines of files of JSON Lines, numbered from 1."""
RECORDS = pa.schema([
    *READ, ("file_number", pa.int64()), ("place", pa.int64()), ("line", pa.int64()), ("said", pa.string()),
])  # fmt: skip
"""A document each; or, with ``id`` null, what is said of a record that was turned down (``where, reason,
id``) or of all records of a batch (``read, replacements, notes``), as JSON."""
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """Kernel: ``FILES`` → ``RECORDS``. The files must be where the kernel runs."""

    limits: Reading

    def __call__(self, files: pa.Table) -> pa.Table:
        parts = [RECORDS.empty_table()]
        for row in files.to_pylist():
            file = InputFile(Path(row["path"]), row["label"], tuple(row["folders"]), row["walked"])
            raws = corpus.read_raw(file, self.limits)
            parts.append(
                checked(((file, row["file_number"], raw) for raw in raws), self.limits, row["default_id"])
            )
        return pa.concat_tables(parts)


@dataclass(frozen=True, slots=True)
class ReadLines:
    """Kernel: ``LINES`` → ``RECORDS``."""

    limits: Reading

    def __call__(self, lines: pa.Table) -> pa.Table:
        return checked(self._records(lines), self.limits, None)

    def _records(self, lines: pa.Table) -> Iterator[tuple[InputFile, int, Raw]]:
        limit = longest_bytes(self.limits)
        columns = (lines[name].to_pylist() for name in LINES.names)
        for number, label, line, value in zip(*columns, strict=True):
            file = InputFile(Path(label), label, tuple(label.split("/")[:-1]), True)
            if len(value) > limit:
                reason = f"the line is longer than {limit:,} bytes; split it, or raise reading.max_characters"
                yield file, number, Raw(line, None, reason)
                continue
            text, replacements = _text(value.removeprefix(_BOM) if line == 1 else value)
            if text and not text.isspace():
                yield file, number, json_lines.record(line, text, replacements)


def _text(value: bytes) -> tuple[str, int]:
    try:
        return value.decode("utf-8"), 0
    except UnicodeDecodeError:
        found = decode(value)
        return found.text, found.replacements


@dataclass(frozen=True, slots=True)
class ReadRows:
    """Kernel: ``file_number, label, line`` and the columns of documents → ``RECORDS``."""

    limits: Reading

    def __call__(self, rows: pa.Table) -> pa.Table:
        return checked(self._records(rows), self.limits, None)

    def _records(self, rows: pa.Table) -> Iterator[tuple[InputFile, int, Raw]]:
        for row in rows.to_pylist():
            number, label, line = row.pop("file_number"), row.pop("label"), row.pop("line")
            fields = {name: value for name, value in row.items() if value is not None}
            file = InputFile(Path(label), label, tuple(label.split("/")[:-1]), True)
            yield file, number, Raw(line, fields)


def checked(
    records: Iterable[tuple[InputFile, int, Raw]], limits: Reading, default_id: str | None
) -> pa.Table:
    """Return raw records, each with its file and the file's number, as ``RECORDS``."""
    tally = Tally()
    documents: list[Document] = []
    at: list[tuple[int, int, int]] = []
    said: list[tuple[int, int, str]] = []
    for place, (file, number, raw) in enumerate(records):
        record = check(raw, file, default_id=default_id, limits=limits, tally=tally)
        if isinstance(record, Rejected):
            told = {"where": record.where, "reason": record.reason, "id": record.id}
            said.append((number, raw.line or place, json.dumps(told)))
        else:
            documents.append(record)
            at.append((number, raw.line or place, raw.line))
    sums = {"read": tally.read, "replacements": tally.replacements, "notes": tally.notes}
    said.append((-1, -1, json.dumps(sums)))
    table = documents_table(documents).select(READ.names)
    for n, name in enumerate(("file_number", "place", "line")):
        table = table.append_column(name, pa.array([row[n] for row in at], pa.int64()))
    table = table.append_column("said", pa.nulls(len(documents), pa.string()))
    others = pa.table(
        {
            "file_number": pa.array([row[0] for row in said], pa.int64()),
            "place": pa.array([row[1] for row in said], pa.int64()),
            "line": pa.array([row[1] for row in said], pa.int64()),
            "said": pa.array([row[2] for row in said], pa.string()),
        }
    )
    return pa.concat_tables([table, others], promote_options="default").select(RECORDS.names).cast(RECORDS)


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of records: the rejected ones in order, and the sums of all batches."""

    rejected: list[dict[str, str | None]]
    read: int
    replacements: int
    notes: dict[str, int]


def said(rows: pa.Table, again: pa.Table) -> Said:
    """Return what ``RECORDS`` without an id say; ``again`` (``file_number, place, id, file, line, first_file,
    first_line``) are the documents whose id an earlier one has."""
    rejected, read, replacements = [], 0, 0
    notes: Counter[str] = Counter()
    for row in rows.select(["file_number", "place", "said"]).to_pylist():
        told = json.loads(row["said"])
        if row["file_number"] < 0:
            read += told["read"]
            replacements += told["replacements"]
            notes.update(told["notes"])
        else:
            rejected.append((row["file_number"], row["place"], told))
    for row in again.to_pylist():
        earlier = _where(row["first_file"], row["first_line"])
        reason = f"id {row['id']!r} was already used in {earlier}; give each record its own id"
        told = {"where": _where(row["file"], row["line"]), "reason": reason, "id": row["id"]}
        rejected.append((row["file_number"], row["place"], told))
    rejected.sort(key=lambda entry: entry[:2])
    return Said([told for *_, told in rejected], read, replacements, dict(sorted(notes.items())))


def _where(label: str, line: int) -> str:
    return where_of(InputFile(Path(label), label, (), False), line)
