"""From the tables' ids and code point offsets to the report's positions and UTF-16 offsets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dedupe.reports.select import Ints, index_of, numbers


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
