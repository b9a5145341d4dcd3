"""What a run will cost, from a sample, before anything is written: ``dedupe run --dry-run``."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from heapq import heappush, heapreplace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe import corpus
from dedupe.records import Document
from dedupe.settings import Settings
from dedupe.stages import candidates, furniture
from dedupe.stages.align import AlignBundles
from dedupe.stages.credits import FindCredits
from dedupe.stages.documents import documents_table
from dedupe.stages.text import MarkFurniture

SAMPLE = 4_000
"""Documents in the sample, chosen by their ids."""
FEW = 400
"""Documents and pairs whose costs are measured, …"""
RUNS = 4
"""… the pairs in so many runs of neighbours."""
START_SECONDS = 3.0
"""Processor time of starting, whatever the size."""
REST_SECONDS = 0.15e-3
"""Processor time per document of joining, judging, the ledger and writing."""
START_BYTES, WORKER_BYTES, DOCUMENT_BYTES, WORD_BYTES, PAIR_BYTES = 350 << 20, 220 << 20, 900, 14, 700
"""Memory of a run: measured, see ``docs/large-corpora.md``."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run would meet and take. ``exact`` says that the corpus is no larger than the sample."""

    documents: int
    rejected: int
    words: int
    pairs: int
    cpu_seconds: float
    seconds: float
    memory: int
    exact: bool


def estimate(
    inputs: Sequence[Path],
    settings: Settings,
    *,
    channels: Sequence[str],
    facts: Path | None = None,
    workers: int = 0,
    progress: Callable[[str, int, int], None],
) -> Estimate:
    """Read all of ``inputs``, and run the stages on a sample, the same for the same documents.

    Pairs are taken to grow on as they do from half of the sample to all of it; time is that of this
    machine now. The translated channel is left out: it depends on the languages.
    """
    processes = workers or len(os.sched_getaffinity(0))
    watch = _Watch()
    sample, count, rejected, characters = _read(inputs, settings, lambda done: progress("read", done, 0))
    reading = watch.lap() / max(1, count)
    plain = documents_table(sorted(sample, key=lambda document: document.id))
    few = plain.slice(0, FEW).drop_columns(["words"])
    MarkFurniture()(few.slice(0, 5))
    watch.lap()
    MarkFurniture()(few)
    marking = watch.lap() / max(1, few.num_rows)
    marked = furniture.with_repeated(plain, MarkFurniture()(plain), settings.boilerplate)
    documents = plain.drop_columns(["words"])
    for name in ("words", "furniture", "sentences"):
        documents = documents.append_column(name, marked[name])
    FindCredits(settings, facts)(documents.slice(0, 5))
    watch.lap()
    FindCredits(settings, facts)(documents.slice(0, FEW))
    crediting = watch.lap() / max(1, few.num_rows)
    with TemporaryDirectory(prefix="dedupe-") as scratch:
        candidates.find(documents.slice(0, 5), settings, channels, _silent, scratch=Path(scratch))
        watch.lap()
        found, common = candidates.find(documents, settings, channels, _silent, scratch=Path(scratch))
        finding = watch.lap() / max(1, len(sample))
        half = documents.filter(pa.array(np.arange(documents.num_rows) % 2 == 0))
        fewer, _ = candidates.find(half, settings, channels, _silent, scratch=Path(scratch))
    aligning = _aligning(documents, found, common, settings)
    times = count / max(1, len(sample))
    growth = np.log2(max(1, found.num_rows) / max(1, fewer.num_rows))
    pairs = round(found.num_rows * times ** float(np.clip(growth, 1, 2)))
    words = round(
        int(pc.sum(documents["words"]).as_py() or 0) * characters / max(1, sum(len(d.text) for d in sample))
    )
    apart = count * (marking + crediting) + pairs * aligning
    alone = count * (reading + finding + REST_SECONDS)
    return Estimate(
        count,
        rejected,
        words,
        pairs,
        cpu_seconds=START_SECONDS + alone + apart,
        seconds=START_SECONDS + alone + apart / processes,
        memory=START_BYTES
        + processes * WORKER_BYTES
        + count * DOCUMENT_BYTES
        + words * WORD_BYTES
        + pairs * PAIR_BYTES,
        exact=count == len(sample),
    )


class _Watch:
    def __init__(self) -> None:
        self._last = time.process_time()

    def lap(self) -> float:
        """Return the processor time since the last call."""
        last, self._last = self._last, time.process_time()
        return self._last - last


def _silent(done: int, total: int) -> None:
    del done, total


def _read(
    inputs: Sequence[Path], settings: Settings, progress: Callable[[int], None]
) -> tuple[list[Document], int, int, int]:
    """Return the sample, and the number of documents, of rejected records, and of characters."""
    tally = corpus.Tally()
    heap: list[tuple[int, str, Document]] = []
    count = characters = 0
    for record in corpus.iter_records(corpus.find_readable(inputs), settings.reading, tally):
        if not isinstance(record, Document):
            continue
        count += 1
        characters += len(record.text)
        key = -int.from_bytes(blake2b(record.id.encode("utf-8"), digest_size=8).digest(), "big")
        if len(heap) < SAMPLE:
            heappush(heap, (key, record.id, record))
        elif key > heap[0][0]:
            heapreplace(heap, (key, record.id, record))
        if count % 500 == 0:
            progress(count)
    return [document for _, _, document in heap], count, tally.read - count, characters


def _aligning(documents: pa.Table, found: pa.Table, common: pa.Table, settings: Settings) -> float:
    """Return the seconds that a pair takes."""
    if not found.num_rows:
        return 0.0
    kernel = AlignBundles(settings, candidates.background_of(common, documents.num_rows))
    # Runs of neighbours, as the alignment takes them: pairs there share documents.
    order = candidates.together(found)
    run = FEW // RUNS
    begins = np.linspace(0, max(0, len(order) - run), RUNS).astype(np.int64)
    places = np.unique(begins[:, None] + np.arange(run))
    chosen = found.take(pa.array(order[places[places < len(order)]]))
    bundles: list[Any] = list(islice(candidates.bundles(documents, chosen, FEW), 1))
    kernel(next(candidates.bundles(documents, chosen, 5)))
    watch = _Watch()
    for bundle in bundles:
        kernel(bundle)
    return float(watch.lap() / chosen.num_rows)
