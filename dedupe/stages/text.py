"""Documents → words counted, sentences cut, furniture marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.stages.columns import SENTENCES, SPANS, lists, packed, spans_column, tokenized
from dedupe.text.pages import pages

MARKED = pa.schema([
    ("id", pa.string()), ("words", pa.int32()), ("furniture", SPANS), ("sentences", SENTENCES),
    ("lines", pa.binary()),
])  # fmt: skip
"""``lines``: packed int64[n, 3] of line key, start, stop; for lines repeated by an outlet."""

_CHUNK = 1 << 21  # bytes of text marked at a time, so that work space stays small


@dataclass(frozen=True, slots=True)
class MarkFurniture:
    """Kernel: ``id, text, language`` → ``MARKED``, one row per document, in order."""

    def __call__(self, batch: pa.Table) -> pa.Table:
        parts = [_marked(part) for part in _parts(batch)]
        return parts[0] if len(parts) == 1 else pa.concat_tables(parts).combine_chunks()


def _parts(batch: pa.Table) -> Iterator[pa.Table]:
    reach = np.cumsum(pc.binary_length(batch["text"]).to_numpy())
    start = 0
    while start == 0 or start < batch.num_rows:
        done = reach[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(reach, done + _CHUNK, "right")))
        yield batch.slice(start, stop - start)
        start = stop


def _marked(batch: pa.Table) -> pa.Table:
    read = pages(batch["text"].to_pylist())
    bounds, spans = read.sentences(batch["language"].to_pylist())
    return pa.table(
        [
            batch["id"],
            pa.array(np.diff(tokenized(batch["text"]).offsets).astype(np.int32)),
            spans_column(read.furniture(), SPANS),
            lists(
                pa.StructArray.from_arrays([spans[:, 0], spans[:, 1]], fields=list(SENTENCES.value_type)),
                bounds,
            ),
            packed(*read.line_keys()),
        ],
        schema=MARKED,
    )
