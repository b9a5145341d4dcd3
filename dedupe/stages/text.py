"""Documents → words counted, furniture marked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa

from dedupe.stages.columns import SPANS, grouped, pack, tokenized
from dedupe.text import boilerplate

MARKED = pa.schema([
    ("id", pa.string()), ("words", pa.int32()), ("furniture", SPANS), ("lines", pa.binary()),
])  # fmt: skip
"""``lines``: packed int64[n, 3] of line key, start, stop; for lines repeated by an outlet."""


@dataclass(frozen=True, slots=True)
class MarkFurniture:
    """Kernel: ``id, text`` → ``MARKED``, one row per document, in order."""

    def __call__(self, batch: pa.Table) -> pa.Table:
        words = np.diff(tokenized(batch["text"]).offsets).astype(np.int32)
        texts = batch["text"].to_pylist()
        furniture = [boilerplate.furniture(text) for text in texts]
        spans = list(chain.from_iterable(furniture))
        columns = [pa.array([getattr(span, field.name) for span in spans], field.type) for field in SPANS.value_type]
        entries = pa.StructArray.from_arrays(columns, fields=list(SPANS.value_type))
        owner = np.repeat(np.arange(len(texts)), [len(found) for found in furniture])
        lines = [pack(boilerplate.line_keys(text)) for text in texts]
        return pa.table(
            [batch["id"], pa.array(words), grouped(entries, owner, len(texts)), pa.array(lines, pa.binary())],
            schema=MARKED,
        )
