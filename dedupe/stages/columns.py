"""Column types that several kernels share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedupe.records import Span

SPANS = pa.list_(pa.struct([("start", pa.int32()), ("stop", pa.int32()), ("kind", pa.string())]))


def spans(column: Iterable[Mapping[str, Any]] | None) -> list[Span]:
    """Return the spans of one row of a ``SPANS`` column."""
    return [Span(s["start"], s["stop"], s["kind"]) for s in column or ()]


def pack(lines: Iterable[tuple[int, int, int]]) -> bytes:
    """Return rows of three integers as one binary value (little-endian int64)."""
    return np.array(list(lines), dtype="<u8").reshape(-1, 3).tobytes()


def unpack(value: bytes) -> NDArray[np.uint64]:
    """Return the rows that `pack` packed, uint64[n, 3]."""
    return np.frombuffer(value, dtype="<u8").reshape(-1, 3)
