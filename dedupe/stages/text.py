"""Documents → words counted, sentences cut, furniture marked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dedupe.stages.columns import SENTENCES, SPANS, pack, spans_column, tokenized
from dedupe.text import boilerplate, sentences

MARKED = pa.schema([
    ("id", pa.string()), ("words", pa.int32()), ("furniture", SPANS), ("sentences", SENTENCES),
    ("lines", pa.binary()),
])  # fmt: skip
"""``lines``: packed int64[n, 3] of line key, start, stop; for lines repeated by an outlet."""


@dataclass(frozen=True, slots=True)
class MarkFurniture:
    """Kernel: ``id, text, language`` → ``MARKED``, one row per document, in order."""

    def __call__(self, batch: pa.Table) -> pa.Table:
        texts = batch["text"].to_pylist()
        languages = batch["language"].to_pylist()
        return pa.table(
            [
                batch["id"],
                pa.array(np.diff(tokenized(batch["text"]).offsets).astype(np.int32)),
                spans_column([boilerplate.furniture(text) for text in texts], SPANS),
                spans_column(list(map(sentences.split, texts, languages)), SENTENCES),
                pa.array([pack(boilerplate.line_keys(text)) for text in texts], pa.binary()),
            ],
            schema=MARKED,
        )
