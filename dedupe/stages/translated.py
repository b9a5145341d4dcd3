"""Documents in several languages → translated passages, joined with those of one language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from dedupe.reuse.crosslingual_sentences import View
from dedupe.reuse.translated import TranslatedReuse, translated_passages
from dedupe.settings import Settings
from dedupe.stages.align import ALIGNED, as_row, share
from dedupe.stages.columns import spans
from dedupe.text import sentences


def find(
    documents: pa.Table, settings: Settings, cache: Path | None, progress: Callable[[int, int], None]
) -> TranslatedReuse:
    """Return what the translated channel finds; nothing where there is one language only."""
    rows = documents.select(
        ["id", "text", "language", "outlet", "kind", "published", "furniture"]
    ).to_pylist()
    many = len({row["language"] for row in rows} - {None}) > 1
    views = [
        View(
            row["id"],
            row["text"],
            row["language"],
            sentences.split(row["text"], row["language"]),
            row["outlet"],
            row["kind"],
            row["published"],
            spans(row["furniture"]),
        )
        for row in (rows if many else ())
    ]
    return translated_passages(views, settings, cache, progress)


def joined(aligned: pa.Table, found: TranslatedReuse, documents: pa.Table) -> pa.Table:
    """Return ``ALIGNED`` with the translated passages, one row per pair, sorted by pair."""
    if not found.passages:
        return aligned
    ids, words = documents["id"].to_pylist(), documents["words"].to_pylist()
    total = dict(zip(ids, words, strict=True))
    rows: dict[tuple[str, str], dict[str, Any]] = {(row["a"], row["b"]): row for row in aligned.to_pylist()}
    for (a, b), passages in found.passages.items():
        key = (ids[a], ids[b])
        row = rows.setdefault(key, {"a": key[0], "b": key[1], "channels": [], "aligned": []})
        row["channels"] = [*row["channels"], "translated"]
        row["aligned"] = sorted(
            [*row["aligned"], *map(as_row, passages)],
            key=lambda p: (p["a_start"], p["b_start"], p["a_stop"], p["kind"]),
        )
        accepted = [p for p in row["aligned"] if p["accepted"]]
        row["a_covered"] = share((p["a_words"] for p in accepted), total[key[0]])
        row["b_covered"] = share((p["b_words"] for p in accepted), total[key[1]])
        row["longest_words"] = max((min(p["a_words"], p["b_words"]) for p in accepted), default=0)
        row["passages"] = len(accepted)
    return pa.Table.from_pylist([rows[key] for key in sorted(rows)], schema=ALIGNED)
