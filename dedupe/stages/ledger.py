"""Documents with their credits and family passages → the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.provenance import ledger
from dedupe.records import CREDITS, LEDGER
from dedupe.stages.columns import Int, Rows, codes, grouped, numbers, spans, tokenized
from dedupe.stages.credits import catalogue, from_row

PASSAGES = pa.list_(pa.struct([
    ("start", pa.int32()), ("stop", pa.int32()), ("family", pa.string()), ("source", pa.string()),
    ("confidence", pa.float64()), ("common_start", pa.int32()), ("common_stop", pa.int32()),
]))  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeepLedger:
    """Kernel: ``id, text, outlet, furniture, credits, passages`` → rows of ``records.LEDGER``."""

    facts: Path | None = None

    def __call__(self, batch: pa.Table) -> pa.Table:
        known = catalogue(self.facts)
        tokens = tokenized(batch["text"])
        found: list[tuple[object, ...]] = []
        rows = batch.select(["id", "outlet", "furniture", "credits", "passages"]).to_pylist()
        for index, row in enumerate(rows):
            _, starts, stops = tokens.document(index)
            entries = ledger.entries(
                starts,
                stops,
                outlet=row["outlet"],
                credits=[from_row(credit) for credit in row["credits"] or ()],
                passages=[ledger.FamilyPassage(**passage) for passage in row["passages"] or ()],
                furniture=spans(row["furniture"]),
                catalogue=known,
            )
            document = row["id"]
            found.extend((document, start, stop, *label, words) for start, stop, label, words in entries)
        columns = zip(*found, strict=True) if found else [()] * len(LEDGER)
        arrays = [pa.array(values, field.type) for values, field in zip(columns, LEDGER, strict=True)]
        return pa.table(arrays, schema=LEDGER)


class Articles:
    """The articles of a run (no dispatches) with what the ledger needs to know of each, batch by batch."""

    def __init__(self, documents: pa.Table, credits: pa.Table, families: pa.Table, origins: pa.Table) -> None:
        self._documents = Rows(documents.select(["id", "text", "outlet", "furniture"]))
        self._articles = np.flatnonzero(numbers(pc.equal(documents["kind"], "outlet")))
        ids = documents["id"].combine_chunks()
        place = numbers(pc.index_in(families["family"], origins["family"].combine_chunks()))
        passages = pa.StructArray.from_arrays(
            [families[name].combine_chunks() for name in ("start", "stop", "family")]
            + [origins[name].combine_chunks().take(pa.array(place)) for name in ("source", "confidence")]
            + [families[name].combine_chunks() for name in ("common_start", "common_stop")],
            fields=list(PASSAGES.value_type),
        )
        of_passage = numbers(pc.index_in(families["document"], ids))
        starts, stops = numbers(families["start"]), numbers(families["stop"])
        order = np.lexsort((codes(families["family"])[0], stops, starts, of_passage))
        self._passages, self._of_passage = passages.take(pa.array(order)), of_passage[order].astype(np.int64)
        rest = credits.drop_columns(["document"]).combine_chunks().to_struct_array()
        said = pa.concat_arrays(rest.chunks) if rest.num_chunks else pa.array([], _CREDIT)
        of_credit = numbers(pc.index_in(credits["document"], ids))
        starts, stops = numbers(credits["start"]), numbers(credits["stop"])
        order = np.lexsort((codes(credits["surface"])[0], stops, starts, of_credit))
        self._credits, self._of_credit = said.take(pa.array(order)), of_credit[order].astype(np.int64)

    def __len__(self) -> int:
        return len(self._articles)

    def batches(self, rows: int, first: int = 0) -> Iterator[pa.Table]:
        """Yield the tables that `KeepLedger` takes, ``rows`` articles each, from batch ``first`` on."""
        for start in range(first * rows, len(self), rows):
            wanted = self._articles[start : start + rows]
            table = self._documents.take(wanted)
            credits = _lists(self._credits, self._of_credit, wanted)
            yield table.append_column("credits", credits).append_column(
                "passages", _lists(self._passages, self._of_passage, wanted)
            )


_CREDIT = pa.struct([field for field in CREDITS if field.name != "document"])


def _lists(entries: pa.Array, owner: Int, wanted: Int) -> pa.ListArray:
    """Return one list for each wanted document (ascending), of the entries that it owns (ascending)."""
    low, high = np.searchsorted(owner, [wanted[0], wanted[-1] + 1])
    kept = np.flatnonzero(np.isin(owner[low:high], wanted)) + low
    return grouped(entries.take(pa.array(kept)), np.searchsorted(wanted, owner[kept]), len(wanted))
