"""Candidate pairs with their texts → pairs with measures, and aligned passages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyarrow as pa

from dedupe.stages.columns import SPANS
from dedupe.records import CANDIDATES, PAIRS, Passage, Span
from dedupe.reuse.align import Prepared, align, prepare
from dedupe.reuse.beads import cut
from dedupe.settings import Settings

PASSAGE = pa.struct([field for field in CANDIDATES if field.name not in ("a", "b")])
ALIGNED = pa.schema([*PAIRS, pa.field("aligned", pa.list_(PASSAGE))])
SIDE = [("id", pa.string()), ("text", pa.string()), ("language", pa.string()), ("furniture", SPANS)]
CANDIDATE_PAIRS = pa.schema([
    *((f"{side}_{name}", kind) for side in "ab" for name, kind in SIDE),
    ("channels", pa.list_(pa.string())), ("jaccard", pa.float64()), ("minhash", pa.float64()),
    ("tfidf", pa.float64()),
])  # fmt: skip
"""What the kernel takes: both documents, and what the channels said of the pair."""


@dataclass(frozen=True, slots=True)
class AlignPairs:
    """Kernel: ``CANDIDATE_PAIRS`` → ``ALIGNED``, one row per pair, in order.

    With ``cut`` a reworded passage of several sentences becomes one row per bead (``reuse.beads``).
    """

    settings: Settings
    cut: bool = True

    def __call__(self, batch: pa.Table) -> pa.Table:
        seen = lru_cache(maxsize=512)(self._prepared)  # neighbouring rows share documents
        rows = []
        for row in batch.to_pylist():
            a = seen(*_side(row, "a"))
            b = seen(*_side(row, "b"))
            found = align(a, b, self.settings.align)
            if self.cut:
                found = cut(a, b, found, self.settings.align.min_words)
            rows.append(_row(row, a, b, found))
        return pa.Table.from_pylist(rows, schema=ALIGNED)

    def _prepared(self, text: str, language: str | None, furniture: tuple[tuple[int, int, str], ...]) -> Prepared:
        spans = [Span(*span) for span in furniture]
        return prepare(text, language=language, furniture=spans, wrapped=self.settings.align.wrapped)


def _side(row: dict[str, Any], side: str) -> tuple[str, str | None, tuple[tuple[int, int, str], ...]]:
    furniture = tuple((s["start"], s["stop"], s["kind"]) for s in row[f"{side}_furniture"] or ())
    return row[f"{side}_text"], row[f"{side}_language"], furniture


def _row(row: dict[str, Any], a: Prepared, b: Prepared, found: list[Passage]) -> dict[str, Any]:
    accepted = [p for p in found if p.accepted]
    return {
        "a": row["a_id"],
        "b": row["b_id"],
        "channels": row["channels"],
        "jaccard": row["jaccard"],
        "minhash": row["minhash"],
        "tfidf": row["tfidf"],
        "a_covered": share((p.a_words for p in accepted), len(a.hashes)),
        "b_covered": share((p.b_words for p in accepted), len(b.hashes)),
        "longest_words": max((min(p.a_words, p.b_words) for p in accepted), default=0),
        "passages": len(accepted),
        "aligned": [as_row(p) for p in found],
    }


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
