"""From the tables' ids, code point offsets and numbers to the report's positions, UTF-16 offsets and lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from dedupe.reports.select import Ints, index_of, numbers


def listed(values: Any, digits: int = 3) -> list[Any]:
    """Return numbers as JSON writes them shortest: rounded to ``digits``, whole ones without a point."""
    array = np.asarray(values)
    if array.dtype.kind == "f":
        return [int(value) if value == int(value) else value for value in np.round(array, digits).tolist()]
    return list(array.tolist())


class Utf16:
    """Turns code point offsets of many documents into UTF-16 offsets, vectorised."""

    def __init__(self, texts: Sequence[str]) -> None:
        keys = [
            (np.int64(index) << 32) + np.flatnonzero(np.frombuffer(_utf32(text), dtype="<u4") > 0xFFFF)
            for index, text in enumerate(texts)
            if not text.isascii() and max(text) > "\uffff"
        ]
        self._astral = np.concatenate(keys) if keys else np.zeros(0, dtype=np.int64)

    def __call__(self, document: Ints, offset: Ints) -> Ints:
        """Return ``offset`` of ``document`` (positions) in UTF-16 code units."""
        base = document << 32
        before = np.searchsorted(self._astral, base + offset) - np.searchsorted(self._astral, base)
        return np.asarray(offset + before, dtype=np.int64)


def _utf32(text: str) -> bytes:
    return text.encode("utf-32-le", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Context:
    """The lists that the report's columns point into, and the shown documents' offsets."""

    ids: pa.Array
    outlets: pa.Array
    sources: pa.Array
    families: pa.Array
    units: Utf16

    def document(self, column: pa.ChunkedArray) -> Ints:
        """Return the position of each document id, -1 where it is not shown."""
        return index_of(column, self.ids)

    def span(
        self, table: pa.Table, document: Ints, start: str = "start", stop: str = "stop"
    ) -> tuple[Ints, Ints]:
        """Return (start, length) in UTF-16 units; documents that are not shown keep code points."""
        first, last = numbers(table[start]).astype(np.int64), numbers(table[stop]).astype(np.int64)
        known = document >= 0
        first[known] = self.units(document[known], first[known])
        last[known] = self.units(document[known], last[known])
        return first, last - first
