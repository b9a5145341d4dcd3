"""What every worker of a run needs, loaded once: workers are forked from the process that imports this.

Compiled loops and the phrases of credits take a second to load. What each worker would load for itself
costs that second as often as there are workers.
"""

from __future__ import annotations

from contextlib import suppress

import pyarrow as pa

from dedupe.engines.start import without_pandas
from dedupe.settings import Settings
from dedupe.stages.credits import FindCredits
from dedupe.stages.text import MarkFurniture


def _load() -> None:
    documents = pa.table({"id": ["1"], "text": ["Jakarta."], "language": ["id"], "outlet": [""]})
    marked = MarkFurniture()(documents)
    for name in ("furniture", "sentences"):
        documents = documents.append_column(name, marked[name])
    FindCredits(Settings())(documents)


without_pandas()
with suppress(Exception):  # a worker that needs what is missing tells of it
    _load()
