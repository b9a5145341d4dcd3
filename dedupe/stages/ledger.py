"""Documents with their credits and family passages → the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from dedupe.stages.columns import spans
from dedupe.stages.credits import catalogue, from_row
from dedupe.provenance import ledger
from dedupe.records import LEDGER
from dedupe.text.tokens import tokenize

PASSAGES = pa.list_(pa.struct([
    ("start", pa.int32()), ("stop", pa.int32()), ("family", pa.string()), ("source", pa.string()),
    ("confidence", pa.float64()),
]))  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeepLedger:
    """Kernel: ``id, text, outlet, furniture, credits, passages`` → rows of ``records.LEDGER``."""

    facts: Path | None = None

    def __call__(self, batch: pa.Table) -> pa.Table:
        known = catalogue(self.facts)
        tokens = tokenize(batch["text"].to_pylist())
        columns: dict[str, list[object]] = {name: [] for name in LEDGER.names}
        rows = batch.select(["id", "outlet", "furniture", "credits", "passages"]).to_pylist()
        for index, row in enumerate(rows):
            _, starts, stops = tokens.document(index)
            found = ledger.entries(
                starts,
                stops,
                outlet=row["outlet"],
                credits=[from_row(credit) for credit in row["credits"] or ()],
                passages=[ledger.FamilyPassage(**passage) for passage in row["passages"] or ()],
                furniture=spans(row["furniture"]),
                catalogue=known,
            )
            for start, stop, label, words in found:
                values = (row["id"], start, stop, label.label, label.source, label.via, label.family, words)
                for column, value in zip(columns.values(), values, strict=True):
                    column.append(value)
        return pa.table(columns, schema=LEDGER)
