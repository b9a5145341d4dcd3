"""``.csv`` and ``.tsv`` with a header line that names at least ``id`` and ``text``."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from dedupe.corpus.inputs import InputFile
from dedupe.corpus.lines import BROKEN, BinaryFileError, Line, read_lines
from dedupe.corpus.raw import Raw, longest_bytes, too_long
from dedupe.settings import Reading

_DELIMITERS = {".csv": ",;\t", ".tsv": "\t"}


class _Counted:
    """The texts of lines, with the replacements of those since the last look."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self.lines = lines
        self.replacements = 0

    def __iter__(self) -> Iterator[str]:
        for line in self.lines:
            self.replacements += line.replacements
            yield line.text

    def take(self) -> int:
        taken, self.replacements = self.replacements, 0
        return taken


def read(file: InputFile, limits: Reading) -> Iterator[Raw]:
    """Yield a record for every row that is not blank; ``line`` is the one on which the row begins."""
    # The limit of the csv module is global; a quote that is never closed would else swallow the file.
    csv.field_size_limit(max(csv.field_size_limit(), limits.max_characters + 1))
    source = _Counted(read_lines(file, longest_bytes(limits)))
    lines = iter(source)
    number = 1
    try:
        header = next(lines, "")
        try:
            delimiter, columns = _columns(header, _DELIMITERS[file.path.suffix.lower()])
        except csv.Error as error:  # a carriage return within it: how lines ended on old Macintoshes
            yield Raw(
                1, None, f"not a CSV header: {error}; save the file with ordinary line ends", source.take()
            )
            return
        if not {"id", "text"} <= set(columns):
            yield Raw(
                1,
                None,
                f"the header names {', '.join(columns) or 'nothing'}; it needs the columns id and text",
            )
            return
        rows = csv.reader(lines, delimiter=delimiter)
        while True:
            number = 2 + rows.line_num
            try:
                row = next(rows, None)
            except csv.Error as error:
                reason = (
                    too_long(limits)
                    if "field limit" in str(error)
                    else f"not a CSV row: {error}; check its quotes"
                )
                yield Raw(number, None, reason, source.take())
                continue
            if row is None:
                return
            if row:
                yield _record(number, row, columns, source.take())
    except BinaryFileError:
        yield Raw(0, None, "a binary file; give CSV")
    except BROKEN as error:
        yield Raw(number, None, f"the file cannot be read on from here ({error}); mend or replace it")


def _columns(header: str, delimiters: str) -> tuple[str, list[str]]:
    """Return the delimiter that makes the header name ``id`` and ``text``, else the first, and the names."""
    for delimiter in (*delimiters, delimiters[0]):
        names = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter), [])]
        if {"id", "text"} <= set(names):
            break
    return delimiter, names


def _record(number: int, row: list[str], columns: list[str], replacements: int) -> Raw:
    if len(row) != len(columns):
        reason = f"the row has {len(row)} cells, the header {len(columns)}; check its quotes and delimiters"
        return Raw(number, None, reason, replacements)
    fields = {name: cell for name, cell in zip(columns, row, strict=True) if cell}
    return Raw(number, fields, replacements=replacements)
