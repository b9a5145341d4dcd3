"""Documents → words counted, furniture marked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dedupe.stages.columns import SPANS, pack
from dedupe.text import boilerplate
from dedupe.text.tokens import tokenize

MARKED = pa.schema([
    ("id", pa.string()), ("words", pa.int32()), ("furniture", SPANS), ("lines", pa.binary()),
])  # fmt: skip
"""``lines``: packed int64[n, 3] of line key, start, stop; for lines repeated by an outlet."""


@dataclass(frozen=True, slots=True)
class MarkFurniture:
    """Kernel: ``id, text`` → ``MARKED``, one row per document, in order."""

    def __call__(self, batch: pa.Table) -> pa.Table:
        texts = batch["text"].to_pylist()
        words = np.diff(tokenize(texts).offsets).astype(np.int32)
        furniture, lines = [], []
        for text in texts:
            furniture.append([span._asdict() for span in boilerplate.furniture(text)])
            lines.append(pack(boilerplate.line_keys(text)))
        return pa.table(
            [batch["id"].combine_chunks(), pa.array(words), pa.array(furniture, SPANS), pa.array(lines, pa.binary())],
            schema=MARKED,
        )
