"""Candidate pairs with their texts → pairs with measures, and aligned passages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, chain
from typing import Any

import numpy as np
import pyarrow as pa

from dedupe.records import CANDIDATES, PAIRS, Passage, Span
from dedupe.reuse.align import Prepared, align, prepare
from dedupe.reuse.background import NOTHING, Background
from dedupe.reuse.beads import cut
from dedupe.settings import Settings
from dedupe.stages.columns import SENTENCES, SPANS, flat, masked, spans, tokenized

PASSAGE = pa.struct([field for field in CANDIDATES if field.name not in ("a", "b")])
ALIGNED = pa.schema([*PAIRS, pa.field("aligned", pa.list_(PASSAGE))])
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
        bundles = zip(*(batch[name].combine_chunks() for name in BUNDLES.names), strict=True)
        rows = chain.from_iterable(
            self._pairs(documents.values, pairs.as_py()) for documents, pairs in bundles
        )
        return aligned(rows, self.settings, beads=True)

    def _pairs(
        self, documents: pa.StructArray, pairs: Iterable[dict[str, Any]]
    ) -> Iterable[tuple[Side, Side, dict[str, Any]]]:
        ready = documents_ready(pa.Table.from_struct_array(documents), self.settings, self.background)
        return ((ready(row["a"]), ready(row["b"]), row) for row in pairs)


def documents_ready(documents: pa.Table, settings: Settings, background: Background) -> Callable[[int], Side]:
    """Return a function that gives a document by its number, made ready; what many need is made for all."""
    ids, texts, languages = (documents[name].to_pylist() for name in ("id", "text", "language"))
    batch = tokenized(documents["text"])
    mask = masked(batch, documents["furniture"])
    # As in `reuse.prepared.prepare_tokens`, for all documents together: sentences as ranges of words.
    edges, owner = flat(documents["sentences"])
    place = (np.repeat(np.arange(len(batch)), np.diff(batch.offsets)) << 32) + batch.starts
    first, last = (
        np.searchsorted(place, (owner << 32) + edges.field(n).to_numpy(), "left") for n in ("start", "stop")
    )
    clear = np.concatenate((np.zeros(1, np.int64), np.cumsum(~mask)))
    kept = clear[last] > clear[first]
    ranges = (np.stack((first, last), axis=1) - batch.offsets[owner, None])[kept].astype(np.int32)
    bounds = np.searchsorted(owner[kept], np.arange(len(batch) + 1))

    @cache
    def ready(number: int) -> Side:
        if settings.align.wrapped:  # then sentences end elsewhere
            furniture = spans(documents["furniture"][number].as_py())
            side = prepare(
                texts[number],
                language=languages[number],
                furniture=furniture,
                wrapped=True,
                background=background,
            )
            return ids[number], side
        words = slice(int(batch.offsets[number]), int(batch.offsets[number + 1]))
        sentences = ranges[bounds[number] : bounds[number + 1]]
        return ids[number], Prepared(
            texts[number], *batch.document(number), mask[words], sentences, languages[number], background
        )

    return ready


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
    return pa.table([*arrays, _lists(passages)], schema=ALIGNED)


def _lists(passages: Sequence[Sequence[Passage]]) -> pa.ListArray:
    """Return ``aligned``, a list of ``PASSAGE`` per pair; from columns, since rows as dicts take long."""
    flat = list(chain.from_iterable(passages))
    measures = [list(p.measures) for p in flat]
    each = list(chain.from_iterable(measures))
    make: dict[str, Callable[[], Any]] = {
        "score": lambda: [round(p.score, 4) for p in flat],
        "guards": lambda: [list(p.guards) for p in flat],
        "measures": lambda: pa.MapArray.from_arrays(
            _bounds(measures),
            pa.array([name for name, _ in each], pa.string()),
            pa.array([round(value, 4) for _, value in each], pa.float64()),
        ),
    }
    arrays = []
    for field in PASSAGE:
        values = make[field.name]() if field.name in make else [getattr(p, field.name) for p in flat]
        arrays.append(values if isinstance(values, pa.Array) else pa.array(values, field.type))
    return pa.ListArray.from_arrays(
        _bounds(passages), pa.StructArray.from_arrays(arrays, fields=list(PASSAGE))
    )


def _bounds(lists: Iterable[Sequence[Any]]) -> pa.Array:
    return pa.array(list(accumulate(map(len, lists), initial=0)), pa.int32())


def share(words: Any, total: int) -> float:
    """Return the sum of ``words`` over ``total``, at most 1, to four places."""
    return round(min(1.0, sum(words) / total), 4) if total else 0.0


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
