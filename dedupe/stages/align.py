"""Candidate pairs with their texts → pairs with measures, and aligned passages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedupe.records import PAIRS, Passage, Span
from dedupe.reuse.align import Prepared, align, prepare
from dedupe.reuse.background import NOTHING, Background
from dedupe.reuse.beads import cut
from dedupe.reuse.bundle import Bundle, decoded
from dedupe.reuse.many import align_many, cut_many
from dedupe.settings import Settings
from dedupe.stages.columns import (
    SENTENCES,
    SPANS,
    flat,
    masked,
    numbers,
    share,
    spans,
    text_bytes,
    tokenized,
    words_from,
)
from dedupe.stages.passages import ALIGNED, bounds_of, records, together

__all__ = ["ALIGNED", "AlignBundles", "AlignPairs", "as_row"]

SIDE = [("id", pa.string()), ("text", pa.string()), ("language", pa.string()), ("furniture", SPANS)]
SAID = [
    ("channels", pa.list_(pa.string())), ("jaccard", pa.float64()), ("minhash", pa.float64()),
    ("tfidf", pa.float64()),
]  # fmt: skip
CANDIDATE_PAIRS = pa.schema([*((f"{side}_{name}", kind) for side in "ab" for name, kind in SIDE), *SAID])
"""What `AlignPairs` takes: both documents, and what the channels said of the pair."""
BUNDLES = pa.schema([
    ("documents", pa.list_(pa.struct([*SIDE, ("sentences", SENTENCES)]))),
    ("pairs", pa.list_(pa.struct([("a", pa.int32()), ("b", pa.int32()), *SAID]))),
])  # fmt: skip
"""What `AlignBundles` takes: documents, and pairs of them by their places in that list."""

Side = tuple[str, Prepared]
"""A document's id, and itself made ready."""


@dataclass(frozen=True, slots=True)
class AlignPairs:
    """Kernel: ``CANDIDATE_PAIRS`` → ``ALIGNED``, one row per pair, in order.

    With ``cut`` a reworded passage of several sentences becomes one row per bead (``reuse.beads``).
    """

    settings: Settings
    cut: bool = True

    def __call__(self, batch: pa.Table) -> pa.Table:
        @lru_cache(maxsize=512)  # neighbouring rows share documents
        def ready(text: str, language: str | None, furniture: tuple[Span, ...]) -> Prepared:
            return prepare(text, language=language, furniture=furniture, wrapped=self.settings.align.wrapped)

        def side(row: dict[str, Any], name: str) -> Side:
            furniture = tuple(spans(row[f"{name}_furniture"]))
            return row[f"{name}_id"], ready(row[f"{name}_text"], row[f"{name}_language"], furniture)

        pairs = ((side(row, "a"), side(row, "b"), row) for row in batch.to_pylist())
        return aligned(pairs, self.settings, beads=self.cut)


@dataclass(frozen=True, slots=True)
class AlignBundles:
    """Kernel: ``BUNDLES`` → ``ALIGNED``, one row per pair, in order. Every document comes once.

    ``background`` says which words the whole corpus uses anyway.
    """

    settings: Settings
    background: Background = NOTHING

    def __call__(self, batch: pa.Table) -> pa.Table:
        parts = [ALIGNED.empty_table()]
        for documents, pairs in zip(*(batch[name].combine_chunks() for name in BUNDLES.names), strict=True):
            known, rows = (pa.Table.from_struct_array(column.values) for column in (documents, pairs))
            parts.append(self._aligned(known, rows))
        return pa.concat_tables(parts)

    def _aligned(self, documents: pa.Table, pairs: pa.Table) -> pa.Table:
        settings = self.settings.align
        bundle = bundled(documents, self.background)
        ids = documents["id"].combine_chunks()

        @cache
        def ready(number: int) -> Prepared:
            if settings.wrapped:  # then sentences end elsewhere
                return prepare(
                    bundle.texts[number],
                    language=bundle.languages[number],
                    furniture=spans(documents["furniture"][number].as_py()),
                    wrapped=True,
                    background=self.background,
                )
            return bundle.prepared(number)

        if settings.wrapped or settings.condensed_cosine < 1:
            names = ids.to_pylist()
            rows = (
                ((names[row["a"]], ready(row["a"])), (names[row["b"]], ready(row["b"])), row)
                for row in pairs.to_pylist()
            )
            return aligned(rows, self.settings, beads=True)
        places = np.stack([numbers(pairs[side]) for side in "ab"], axis=1)
        found = align_many(bundle, places, settings, ready=ready)
        passages = cut_many(bundle, places, found.passages, settings.min_words, ready=ready)
        others = {
            row: cut(ready(places[row, 0]), ready(places[row, 1]), rare, settings.min_words)
            for row, rare in found.others.items()
        }
        return together(ids, np.diff(bundle.batch.offsets), places, pairs, passages, others)


def bundled(documents: pa.Table, background: Background) -> Bundle:
    """Return documents (``id, text, language, furniture, sentences``) made ready for alignment together."""
    batch = tokenized(documents["text"])
    mask = masked(batch, documents["furniture"])
    # As in `reuse.prepared.prepare_tokens`, for all documents together: sentences as ranges of words.
    edges, owner = flat(documents["sentences"])
    first, last = (words_from(batch, owner, edges.field(name).to_numpy()) for name in ("start", "stop"))
    clear: NDArray[np.int64] = np.concatenate((np.zeros(1, np.int64), np.cumsum(~mask)))
    kept = clear[last] > clear[first]
    ranges = (np.stack((first, last), axis=1) - batch.offsets[owner, None])[kept].astype(np.int32)
    bounds = np.searchsorted(owner[kept], np.arange(len(batch) + 1))
    of_codes, codes = decoded(*text_bytes(documents["text"]))
    texts, languages = documents["text"].to_pylist(), documents["language"].to_pylist()
    return Bundle(texts, languages, batch, of_codes, codes, mask, bounds, ranges, background)


def aligned(
    pairs: Iterable[tuple[Side, Side, dict[str, Any]]], settings: Settings, *, beads: bool
) -> pa.Table:
    """Return ``ALIGNED`` for pairs of documents, each with what the channels said of it (``SAID``)."""
    columns: dict[str, list[Any]] = {name: [] for name in PAIRS.names}
    passages: list[list[Passage]] = []
    for (a_id, a), (b_id, b), said in pairs:
        found = align(a, b, settings.align)
        if beads:
            found = cut(a, b, found, settings.align.min_words)
        accepted = [p for p in found if p.accepted]
        values = {
            "a": a_id,
            "b": b_id,
            **{name: said[name] for name, _ in SAID},
            "a_covered": share((p.a_words for p in accepted), len(a.hashes)),
            "b_covered": share((p.b_words for p in accepted), len(b.hashes)),
            "longest_words": max((min(p.a_words, p.b_words) for p in accepted), default=0),
            "passages": len(accepted),
        }
        for name, value in values.items():
            columns[name].append(value)
        passages.append(found)
    arrays = [pa.array(columns[field.name], field.type) for field in PAIRS]
    lists = pa.ListArray.from_arrays(bounds_of(passages), records(list(chain.from_iterable(passages))))
    return pa.table([*arrays, lists], schema=ALIGNED)


def as_row(passage: Passage) -> dict[str, Any]:
    """Return a passage as the columns of ``records.CANDIDATES`` after ``a`` and ``b``."""
    return {
        "a_start": passage.a_start,
        "a_stop": passage.a_stop,
        "b_start": passage.b_start,
        "b_stop": passage.b_stop,
        "kind": passage.kind,
        "score": round(passage.score, 4),
        "a_words": passage.a_words,
        "b_words": passage.b_words,
        "accepted": passage.accepted,
        "guards": list(passage.guards),
        "measures": [(name, round(value, 4)) for name, value in passage.measures],
    }
