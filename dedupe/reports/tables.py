"""A run's tables for other programs: CSV, XLSX, JSON and Markdown.

No cell of a CSV or XLSX file can start a formula: a text that begins like one gets an
apostrophe in front (CSV injection, OWASP).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from dedupe.errors import DedupeError
from dedupe.records import LEDGER_CLASSES, TABLES
from dedupe.runs import Run, write_text

FORMATS = ("html", "csv", "xlsx", "json", "markdown")
SHEET_ROWS, CELL = 1_048_575, 32_767
"""What a worksheet holds: rows under its heading, characters in a cell."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BATCH = 10_000


def cell(value: Any) -> Any:
    """Return a value as one cell: lists and records as JSON, text that cannot start a formula."""
    if value is None:
        return ""
    if isinstance(value, (bool, int, float)):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "'" + text if text.startswith(_FORMULA) else text


def _rows(table: pa.Table) -> Iterator[list[Any]]:
    for batch in table.to_batches(max_chunksize=_BATCH):
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield [cell(value) for value in row]


def as_csv(table: pa.Table) -> str:
    """Return a table as CSV (RFC 4180, lines end with ``\\n``), its column names in the first line."""
    lines = [",".join(map(_quoted, table.column_names))]
    lines += [",".join(map(_quoted, row)) for row in _rows(table)]
    return "\n".join(lines) + "\n"


def _quoted(value: Any) -> str:
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n\r') else text


def as_markdown(matrix: pa.Table, names: Mapping[str, str], title: str) -> str:
    """Return the matrix as a Markdown table: a line per outlet and source, words and shares."""
    lines = [
        f"# {_inline(title)}",
        "",
        "Words of each outlet by source: credited; with no credit found; claimed (a credit, but no copy of "
        "the source's text to confirm it).",
        "",
        "| outlet | source | via | credited | no credit found | claimed | share |",
        "|---|---|---|--:|--:|--:|--:|",
    ]
    cells: dict[tuple[str, str, str], dict[str, int]] = {}
    totals: dict[str, dict[str, int]] = {}
    for row in matrix.to_pylist():
        by_class = totals.setdefault(row["outlet"], dict.fromkeys(LEDGER_CLASSES, 0))
        by_class[row["class"]] += row["words"]
        if row["source"]:
            found = cells.setdefault((row["outlet"], row["source"], row["via"] or ""), {})
            found[row["class"]] = found.get(row["class"], 0) + row["words"]
    for (outlet, source, via), words in sorted(cells.items()):
        parts = [outlet, names.get(source, source), names.get(via, via)]
        figures = [f"{words.get(name, 0):,}" for name in LEDGER_CLASSES[:3]]
        share = sum(words.values()) / max(1, sum(totals[outlet].values()))
        lines.append("| " + " | ".join([*map(_inline, parts), *figures, f"{share:.1%}"]) + " |")
    lines += [
        "",
        "| outlet | all words | " + " | ".join(LEDGER_CLASSES) + " |",
        "|---|--:|" + "--:|" * len(LEDGER_CLASSES),
    ]
    for outlet, by_class in sorted(totals.items()):
        figures = [f"{by_class[name]:,}" for name in LEDGER_CLASSES]
        lines.append("| " + " | ".join([_inline(outlet), f"{sum(by_class.values()):,}", *figures]) + " |")
    return "\n".join(lines) + "\n"


def _inline(text: str) -> str:
    """Return text that stays inside its cell and means nothing in Markdown or HTML."""
    text = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>()#+!|~&" else c for c in text)


def write(done: Run, out: Path | None, *, form: str, names: Mapping[str, str]) -> Path:
    """Write a run's tables and return the path: CSV as a folder with a file per table, else one file.

    Raises DedupeError for an unknown format.
    """
    if form not in FORMATS[1:]:
        raise DedupeError(
            f"unknown format {form!r}", where="--format", mend=f"use one of {', '.join(FORMATS)}"
        )
    if form == "csv":
        folder = out or done.path / "csv"
        folder.mkdir(parents=True, exist_ok=True)
        for name in TABLES:
            write_text(as_csv(done.table(name)), folder / f"{name}.csv")
        return folder
    suffix = {"xlsx": "report.xlsx", "json": "report.json", "markdown": "report.md"}[form]
    path = out or done.path / suffix
    if form == "markdown":
        write_text(as_markdown(done.table("matrix"), names, done.path.resolve().name), path)
    elif form == "json":
        _write_json(done, path)
    else:
        _write_xlsx(done, path, names)
    return path


def _write_json(done: Run, path: Path) -> None:
    """Write ``{"run": …, "rejected": …, "tables": {name: rows}}``, a row a line."""
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as out:
        out.write('{"run": ' + json.dumps(done.meta, ensure_ascii=False, sort_keys=True))
        out.write(',\n"rejected": ' + json.dumps(done.rejected, ensure_ascii=False) + ',\n"tables": {')
        for number, name in enumerate(TABLES):
            out.write(("," if number else "") + f'\n"{name}": [')
            comma = "\n"
            for batch in done.table(name).to_batches(max_chunksize=_BATCH):
                for row in batch.to_pylist():
                    out.write(comma + json.dumps(row, ensure_ascii=False))
                    comma = ",\n"
            out.write("]")
        out.write("}}\n")


def _write_xlsx(done: Run, path: Path, names: Mapping[str, str]) -> None:
    """Write a workbook: a sheet per table and, first, what is in it and what did not fit."""
    import datetime

    import xlsxwriter

    path.touch()  # a place that cannot be written is an OSError, as for every other format
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": done.path.resolve().name, "created": datetime.datetime(2000, 1, 1)})
    bold = book.add_format({"bold": True})
    about: list[list[Any]] = [["sheet", "rows", "rows that did not fit", "cells that were cut"]]
    sheets = {name: book.add_worksheet(name) for name in ("about", *TABLES, "sources")}
    for name in TABLES:
        table = done.table(name)
        if name == "documents":
            table = table.drop_columns(["text"])
        cut = _fill(sheets[name], table, bold)
        about.append([name, table.num_rows, max(0, table.num_rows - SHEET_ROWS), cut])
    known = pa.table(
        {
            "id": pa.array(sorted(names), pa.string()),
            "name": pa.array([names[i] for i in sorted(names)], pa.string()),
        }
    )
    about.append(["sources", known.num_rows, 0, _fill(sheets["sources"], known, bold)])
    about.append(
        ["The texts of the documents are not in this workbook; they are in documents.parquet.", "", "", ""]
    )
    for number, row in enumerate(about):
        for column, value in enumerate(row):
            _put(sheets["about"], number, column, value, bold if number == 0 else None)
    book.close()


def _fill(sheet: Any, table: pa.Table, bold: Any) -> int:
    """Write a table to a sheet; return how many cells were too long and had to be cut."""
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(table.column_names):
        sheet.write_string(0, column, name, bold)
    cut = 0
    for number, row in enumerate(_rows(table.slice(0, SHEET_ROWS)), start=1):
        for column, value in enumerate(row):
            cut += _put(sheet, number, column, value)
    return cut


def _put(sheet: Any, row: int, column: int, value: Any, form: Any = None) -> bool:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        sheet.write_number(row, column, value, form)
        return False
    text = str(value)
    sheet.write_string(row, column, text[:CELL], form)
    return len(text) > CELL
