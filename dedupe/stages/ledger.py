"""Documents with their credits and family passages → the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedupe.provenance import ledger
from dedupe.provenance.catalogue import Catalogue
from dedupe.records import CREDITS, LEDGER
from dedupe.stages.borrowed import WHERE
from dedupe.stages.columns import Int, Rows, codes, flat, grouped, numbers, spans, tokenized
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
        return kept(batch, catalogue(self.facts))


def kept(batch: pa.Table, known: Catalogue) -> pa.Table:
    """Return the ledger of a batch of articles, in order; its words add up to theirs."""
    words = tokenized(batch["text"])
    credited = numbers(pc.fill_null(pc.list_value_length(batch["credits"]), 0)) > 0
    layers = _Layers()
    for article, row in zip(
        np.flatnonzero(credited).tolist(),
        batch.select(["outlet", "furniture", "credits", "passages"]).filter(pa.array(credited)).to_pylist(),
        strict=True,
    ):
        for start, stop, label in ledger.layers(
            row["outlet"],
            [from_row(credit) for credit in row["credits"]],
            [ledger.FamilyPassage(**passage) for passage in row["passages"] or ()],
            spans(row["furniture"]),
            known,
        ):
            layers.add([article], [start], [stop], [label])
    _add_plain(layers, batch, ~credited, known)
    begin, end, painted = ledger.paint(words, *layers.columns())
    document = np.searchsorted(words.offsets, begin, "right") - 1
    names = [pa.array(column, pa.string()) for column in zip(*layers.labels, strict=True)]
    arrays = [
        batch["id"].combine_chunks().take(pa.array(document)),
        pa.array(words.starts[begin]),
        pa.array(words.stops[end - 1]),
        *(column.take(pa.array(painted)) for column in names),
        pa.array((end - begin).astype(np.int32)),
    ]
    return pa.table(arrays, schema=LEDGER)


class _Layers:
    """Stretches of the articles of a batch, in the order in which they are painted; equal labels have one number."""

    def __init__(self) -> None:
        self.labels: dict[ledger.Label, int] = {ledger.OWN: 0}
        self._rows: tuple[list[int], ...] = ([], [], [], [])

    def add(
        self, articles: list[int], starts: list[int], stops: list[int], labels: Iterable[ledger.Label]
    ) -> None:
        numbered = [self.labels.setdefault(label, len(self.labels)) for label in labels]
        for column, values in zip(self._rows, (articles, starts, stops, numbered), strict=True):
            column.extend(values)

    def columns(self) -> list[Int]:
        """Return articles, starts, stops and labels."""
        return [np.array(column, np.int64) for column in self._rows]


def _add_plain(layers: _Layers, batch: pa.Table, plain: NDArray[np.bool_], known: Catalogue) -> None:
    """Add the stretches of the articles without credits, as `ledger.layers` has them, all at once: most are."""
    passages, article = flat(batch["passages"])
    passages, article = passages.filter(pa.array(plain[article])), article[plain[article]]
    start, stop, low, high, confidence = (
        passages.field(name).to_numpy()
        for name in ("start", "stop", "common_start", "common_stop", "confidence")
    )
    sources = passages.field("source")
    families = passages.field("family").to_pylist()
    rank, _ = codes(pa.chunked_array([passages.field("family")]))
    decided = pc.not_equal(sources, "").to_numpy(zero_copy_only=False)
    after = np.flatnonzero(decided)
    which = np.concatenate((np.arange(len(passages)), after))
    begin = np.concatenate((start, high[after]))
    end = np.concatenate((np.where(decided, low, stop), stop[after]))
    order = np.lexsort((end, begin, rank[which], end - begin))
    order = order[begin[order] < end[order]]
    layers.add(
        article[which[order]].tolist(), begin[order].tolist(), end[order].tolist(),
        [ledger.Label("shared", family=families[n]) for n in which[order].tolist()],
    )  # fmt: skip
    order = after[np.lexsort((rank[after], (high - low)[after], confidence[after]))]
    outlets, named = batch["outlet"].to_pylist(), sources.to_pylist()
    layers.add(
        article[order].tolist(), low[order].tolist(), high[order].tolist(),
        [
            ledger.Label("own", family=families[n])
            if known.is_self(named[n], outlets[owner])
            else ledger.Label("uncredited", named[n], family=families[n])
            for n, owner in zip(order.tolist(), article[order].tolist(), strict=True)
        ],
    )  # fmt: skip
    lines, article = flat(batch["furniture"])
    there = plain[article]
    start, stop = (lines.field(name).to_numpy()[there] for name in ("start", "stop"))
    layers.add(article[there].tolist(), start.tolist(), stop.tolist(), [ledger.BOILERPLATE] * len(start))


class Articles:
    """The articles of a run (no dispatches) with what the ledger needs to know of each, batch by batch; ``documents``
    say where they stand (`borrowed.WHERE`)."""

    def __init__(self, documents: pa.Table, credits: pa.Table, families: pa.Table, origins: pa.Table) -> None:
        self._documents = Rows(documents.select([*WHERE.names, "furniture"]))
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
        """Yield what `KeepLedger` takes, but for what it borrows (``id, text, outlet``): ``rows`` articles each, from
        batch ``first`` on."""
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
