"""Answers straight from files, without a results directory: ``dedupe similar``, ``dedupe credits``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dedupe import corpus
from dedupe.engines.local import LocalEngine, batches
from dedupe.errors import SettingsError
from dedupe.provenance import credits
from dedupe.records import CHANNELS, PAIRS, Document, Rejected
from dedupe.settings import Settings
from dedupe.stages import candidates, furniture
from dedupe.stages.align import ALIGNED, AlignPairs
from dedupe.stages.credits import as_row, catalogue
from dedupe.stages.documents import documents_table
from dedupe.stages.text import MARKED, MarkFurniture
from dedupe.text import boilerplate, sentences

BATCH = 500
SORTS = ("longest_words", "jaccard", "minhash", "tfidf", "a_covered", "b_covered")


@dataclass(frozen=True, slots=True)
class Similar:
    """Pairs of documents that are alike (``records.PAIRS``, most alike first), and what was rejected."""

    pairs: pa.Table
    rejected: Sequence[Rejected]

    @property
    def most_covered(self) -> float:
        """The largest share of a document's words that are in passages shared with one other."""
        shares = [pc.max(self.pairs[side]).as_py() or 0.0 for side in ("a_covered", "b_covered")]
        return float(max(shares))


def similar(
    inputs: Sequence[Path],
    settings: Settings,
    *,
    sort: str = "longest_words",
    workers: int = 0,
    progress: Callable[[str, int, int], None],
) -> Similar:
    """Return every pair of documents that a channel within one language proposes, with all measures.

    Pairs that share no passage are listed too, at the end, when any measure finds them alike.
    """
    if sort not in SORTS:
        raise SettingsError(f"unknown order {sort!r}", where="--sort", mend=f"use one of {', '.join(SORTS)}")
    read = corpus.load(inputs, settings.reading, progress=lambda done, total: progress("read", done, total))
    plain = documents_table(read.documents)
    with LocalEngine(workers) as engine:
        parts = batches(plain.select(["id", "text"]), BATCH)
        marked = furniture.with_repeated(
            plain, engine.map(MarkFurniture(), parts, MARKED, count=len(parts)), settings.boilerplate
        )
        documents = plain.append_column("furniture", marked["furniture"])
        found = candidates.find(
            documents, settings, CHANNELS[:3], lambda done, total: progress("candidates", done, total)
        )
        aligned = engine.map(
            AlignPairs(settings),
            candidates.with_texts(documents, found, BATCH),
            ALIGNED,
            count=-(-found.num_rows // BATCH),
            progress=lambda done, total: progress("align", done, total),
        )
    order = [(sort, "descending"), *((name, "descending") for name in SORTS if name != sort)]
    pairs = aligned.select(PAIRS.names).sort_by([*order, ("a", "ascending"), ("b", "ascending")])
    return Similar(pairs, read.rejected)


@dataclass
class Credited:
    """Documents with their credits, read and found as they are asked for."""

    names: Callable[[str], str]
    documents: Iterator[dict[str, Any]]
    rejected: list[Rejected] = field(default_factory=list)


def find_credits(inputs: Sequence[Path], settings: Settings, *, facts: Path | None = None) -> Credited:
    """Return ``{"id", "credits": […]}`` for each document, in the order of the input."""
    known = catalogue(facts)
    rejected: list[Rejected] = []

    def found() -> Iterator[dict[str, Any]]:
        for record in corpus.iter_records(corpus.find_files(inputs), settings.reading, corpus.Tally()):
            if isinstance(record, Rejected):
                rejected.append(record)
                continue
            yield {"id": record.id, "credits": [_row(credit) for credit in _credits(record)]}

    def _credits(record: Document) -> Sequence[Any]:
        return credits.find(
            record.text,
            language=record.language,
            outlet=record.outlet,
            sentences=sentences.split(record.text, record.language),
            furniture=boilerplate.furniture(record.text),
            catalogue=known,
            settings=settings.credits,
        )

    return Credited(known.name, found(), rejected)


def _row(credit: Any) -> dict[str, Any]:
    row = as_row("", credit)
    return {
        **{name: row[name] for name in ("start", "stop", "surface", "chain", "role", "confidence")},
        "covers": [[cover.start, cover.stop, cover.strength] for cover in credit.covers],
    }

