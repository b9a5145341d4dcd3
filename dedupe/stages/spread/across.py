"""The translated channel, which one process runs: its passages joined to those found so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.reuse.translated.channel import TranslatedReuse
from dedupe.settings import Settings
from dedupe.stages import translated
from dedupe.stages.align import ALIGNED
from dedupe.stages.columns import numbers
from dedupe.stages.spread.aligning import NUMBERED

NEEDED = ("number", "id", "text", "language", "outlet", "kind", "published", "furniture", "words")
"""What is asked of documents."""
KEYS = pa.schema([("a_number", pa.int64()), ("b_number", pa.int64())])


def find(
    documents: pa.Table,
    proposed: pa.Table,
    settings: Settings,
    cache: Path | None,
    progress: Callable[[int, int], None],
) -> TranslatedReuse:
    """Return what the channel finds in documents, in the order of their numbers; ``proposed`` are the pairs
    (``a, b, tfidf``) aligned so far."""
    return translated.find(documents, proposed, settings, cache, progress)


def pairs_of(found: TranslatedReuse, documents: pa.Table) -> pa.Table:
    """Return the pairs in which passages were found (``KEYS``)."""
    known = numbers(documents["number"])
    rows = np.array(sorted(found.passages), np.int64).reshape(-1, 2)
    return pa.table([known[rows[:, 0]], known[rows[:, 1]]], schema=KEYS)


def joined(rows: Iterable[pa.Table], found: TranslatedReuse, documents: pa.Table) -> pa.Table:
    """Return ``NUMBERED`` rows of these pairs with the passages added; ``rows`` are those there were."""
    before = pa.concat_tables(
        [ALIGNED.empty_table(), *(part.select(ALIGNED.names).cast(ALIGNED) for part in rows)]
    )
    after = translated.joined(before, found, documents)
    ids, known = documents["id"].combine_chunks(), documents["number"]
    sides = [known.take(pc.index_in(after[side], ids)) for side in "ab"]
    return pa.table([*after.columns, *sides], schema=NUMBERED)
