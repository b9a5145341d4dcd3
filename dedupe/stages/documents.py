"""Documents → their table."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from dedupe.records import DOCUMENTS, Document


def documents_table(documents: Sequence[Document]) -> pa.Table:
    """Return ``records.DOCUMENTS`` in the order given; ``words`` are counted later and are 0 here."""
    columns = {
        name: [getattr(document, name) for document in documents]
        for name in DOCUMENTS.names
        if name != "words"
    }
    columns["words"] = [0] * len(documents)
    return pa.table(columns, schema=DOCUMENTS)
