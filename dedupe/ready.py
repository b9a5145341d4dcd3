"""What every worker of a run needs, loaded once: workers are forked from the process that imports this.

Compiled loops and the phrases of credits take a second to load. What each worker would load for itself
costs that second as often as there are workers.
"""

from __future__ import annotations

import gc
from contextlib import suppress

import pyarrow as pa

from dedupe.engines.start import lean
from dedupe.settings import Settings
from dedupe.stages import candidates
from dedupe.stages.align import AlignBundles
from dedupe.stages.candidates import FOUND
from dedupe.stages.credits import FindCredits
from dedupe.stages.text import MarkFurniture


def _load() -> None:
    columns = {
        "id": ["1", "2"],
        "text": ["Jakarta (Reuters)."] * 2,
        "language": ["id", "en"],
        "outlet": [""] * 2,
    }
    documents = pa.table(columns)
    marked = MarkFurniture()(documents)
    for name in ("furniture", "sentences"):
        documents = documents.append_column(name, marked[name])
    FindCredits(Settings())(documents)
    pair = {
        "a": [0],
        "b": [1],
        "channels": [["shingles"]],
        "jaccard": [0.0],
        "minhash": [0.0],
        "tfidf": [0.0],
    }
    found = pa.table([pa.array(pair[name], FOUND.field(name).type) for name in FOUND.names], schema=FOUND)
    for bundle in candidates.bundles(documents, found, 1):
        AlignBundles(Settings())(bundle)


lean()
with suppress(Exception):  # a worker that needs what is missing tells of it
    _load()
gc.freeze()  # what is loaded stays: a worker that looks for garbage need not look through it
