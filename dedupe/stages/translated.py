"""Documents in several languages → translated passages, joined with those of one language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.reuse.translated.channel import TranslatedReuse, translated_passages
from dedupe.reuse.translated.sentences import View
from dedupe.settings import Settings
from dedupe.stages.align import ALIGNED, as_row
from dedupe.stages.columns import codes, numbers, share, spans
from dedupe.text import sentences


def find(
    documents: pa.Table,
    within: pa.Table,
    settings: Settings,
    cache: Path | None,
    progress: Callable[[int, int], None],
) -> TranslatedReuse:
    """Return what the translated channel finds: passages across languages, and paraphrases of dispatches in
    the pairs of one language that TF-IDF proposed (``within``, as aligned so far)."""
    same = _dispatch_pairs(documents, within)
    many = documents["language"].combine_chunks().drop_null().unique()
    wanted = sorted({number for pair in same for number in pair})
    if len(many) > 1:
        wanted = list(range(documents.num_rows))
    elif not wanted:
        return TranslatedReuse()
    columns = ["id", "text", "language", "outlet", "kind", "published", "furniture"]
    rows = documents.select(["id", "language", "outlet", "kind", "published"]).to_pylist()
    for number, row in zip(wanted, documents.select(columns).take(pa.array(wanted)).to_pylist(), strict=True):
        rows[number] = row
    views = [
        View(
            row["id"],
            row.get("text", ""),
            row["language"],
            sentences.split(row["text"], row["language"]) if "text" in row else (),
            row["outlet"],
            row["kind"],
            row["published"],
            spans(row.get("furniture")),
        )
        for row in rows
    ]
    return translated_passages(views, settings, cache, progress, same=same)


def _dispatch_pairs(documents: pa.Table, within: pa.Table) -> list[tuple[int, int]]:
    """Return the pairs (row numbers) of an article and a dispatch in its language that TF-IDF proposed."""
    proposed = within.filter(pc.is_valid(within["tfidf"]))
    ids = documents["id"].combine_chunks()
    a, b = (numbers(pc.index_in(proposed[side], ids)) for side in "ab")
    wire = numbers(pc.equal(documents["kind"], "wire")).astype(np.bool_)
    language, _ = codes(documents["language"].fill_null(""))
    kept = (wire[a] != wire[b]) & (language[a] == language[b])
    return list(zip(a[kept].tolist(), b[kept].tolist(), strict=True))


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
        new = [passage for passage in map(as_row, passages) if not _known(passage, row["aligned"])]
        if not new:
            continue
        row["channels"] = [*row["channels"], "translated"]
        row["aligned"] = sorted(
            [*row["aligned"], *new],
            key=lambda p: (p["a_start"], p["b_start"], p["a_stop"], p["kind"]),
        )
        accepted = [p for p in row["aligned"] if p["accepted"]]
        row["a_covered"] = share((p["a_words"] for p in accepted), total[key[0]])
        row["b_covered"] = share((p["b_words"] for p in accepted), total[key[1]])
        row["longest_words"] = max((min(p["a_words"], p["b_words"]) for p in accepted), default=0)
        row["passages"] = len(accepted)
    return pa.Table.from_pylist([rows[key] for key in sorted(rows)], schema=ALIGNED)


def _known(passage: dict[str, Any], others: Sequence[dict[str, Any]]) -> bool:
    """Whether accepted passages of the pair hold half of this one on either side: words that are there
    are surer than meaning."""
    for side in "ab":
        start, stop = passage[f"{side}_start"], passage[f"{side}_stop"]
        held = sum(
            max(0, min(stop, other[f"{side}_stop"]) - max(start, other[f"{side}_start"]))
            for other in others
            if other["accepted"]
        )
        if 2 * held >= stop - start:
            return True
    return False
