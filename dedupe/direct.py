"""Answers straight from files, without a results directory: ``dedupe similar``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc

from dedupe import corpus
from dedupe.engines.local import LocalEngine, batches
from dedupe.errors import SettingsError
from dedupe.records import CHANNELS, PAIRS, Rejected
from dedupe.settings import Settings
from dedupe.stages import candidates, furniture
from dedupe.stages.align import ALIGNED, AlignBundles
from dedupe.stages.documents import documents_table
from dedupe.stages.text import MARKED, MarkFurniture

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
        parts = batches(plain.select(["id", "text", "language"]), BATCH)
        marked = furniture.with_repeated(
            plain, engine.map(MarkFurniture(), parts, MARKED, count=len(parts)), settings.boilerplate
        )
        documents = plain
        for name in ("furniture", "sentences"):
            documents = documents.append_column(name, marked[name])
        with TemporaryDirectory(prefix="dedupe-") as scratch:
            found, common = candidates.find(
                documents,
                settings,
                CHANNELS[:3],
                lambda done, total: progress("candidates", done, total),
                scratch=Path(scratch),
            )
        found = found.take(pa.array(candidates.together(found)))
        aligned = engine.map(
            AlignBundles(settings, candidates.background_of(common, documents.num_rows)),
            candidates.bundles(documents, found, BATCH),
            ALIGNED,
            count=-(-found.num_rows // BATCH),
            progress=lambda done, total: progress("align", done, total),
        )
    order = [(sort, "descending"), *((name, "descending") for name in SORTS if name != sort)]
    pairs = aligned.select(PAIRS.names).sort_by([*order, ("a", "ascending"), ("b", "ascending")])
    return Similar(pairs, read.rejected)
