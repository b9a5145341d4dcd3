"""Documents with their credits and family passages → the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedupe.provenance import ledger
from dedupe.provenance.catalogue import Catalogue
from dedupe.records import CREDITS, LEDGER
from dedupe.reuse.kernels_sort import order_of
from dedupe.stages.borrowed import WHERE
from dedupe.stages.columns import Int, Rows, codes, flat, grouped, numbers, spans, tokenized
from dedupe.stages.credits import catalogue, from_row

PASSAGES = pa.list_(pa.struct([
    ("start", pa.int32()), ("stop", pa.int32()), ("family", pa.string()), ("source", pa.string()),
    ("confidence", pa.float64()), ("common_start", pa.int32()), ("common_stop", pa.int32()),
]))  # fmt: skip
LABELS = pa.struct([(name, pa.string()) for name in ledger.Label._fields])


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
    painted = _Painted()
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
            painted.add(article, start, stop, label)
    begin, end, number = ledger.paint(words, *painted.beside(*_plain(batch, ~credited, known)))
    document = np.searchsorted(words.offsets, begin, "right") - 1
    arrays = [
        batch["id"].combine_chunks().take(pa.array(document)),
        pa.array(words.starts[begin]),
        pa.array(words.stops[end - 1]),
        *painted.labels().take(pa.array(number)).flatten(),
        pa.array((end - begin).astype(np.int32)),
    ]
    return pa.table(arrays, schema=LEDGER)


class _Painted:
    """Stretches of the articles of a batch, in the order in which they are painted; labels have numbers."""

    def __init__(self) -> None:
        self._numbers: dict[ledger.Label, int] = {ledger.OWN: 0}
        self._rows: list[tuple[int, int, int, int]] = []
        self._others = pa.array([], LABELS)

    def add(self, article: int, start: int, stop: int, label: ledger.Label) -> None:
        self._rows.append((article, start, stop, self._numbers.setdefault(label, len(self._numbers))))

    def beside(self, rows: Int, labels: pa.StructArray) -> list[Int]:
        """Return articles, starts, stops and labels, with those of ``rows``: other articles, with ``labels``."""
        self._others = labels
        further = rows + np.array([0, 0, 0, len(self._numbers)])
        return list(np.concatenate((np.array(self._rows, np.int64).reshape(-1, 4), further)).T)

    def labels(self) -> pa.StructArray:
        """Return the labels by number."""
        return pa.concat_arrays([pa.array([n._asdict() for n in self._numbers], LABELS), self._others])


def _plain(batch: pa.Table, plain: NDArray[np.bool_], known: Catalogue) -> tuple[Int, pa.StructArray]:
    """Return the stretches of the articles without credits, as `ledger.layers` has them, all at once, since most
    articles have none: int64[n, 4], article, start, stop and label, and the labels."""
    passages, article = flat(batch["passages"])
    passages, article = passages.filter(pa.array(plain[article])), article[plain[article]]
    start, stop, low, high, confidence = (
        passages.field(name).to_numpy()
        for name in ("start", "stop", "common_start", "common_stop", "confidence")
    )
    family, families = codes(pa.chunked_array([passages.field("family")]))
    sources = passages.field("source")
    decided = pc.not_equal(sources, "").to_numpy(zero_copy_only=False)
    after = np.flatnonzero(decided)
    which = np.concatenate((np.arange(len(passages)), after))
    begin = np.concatenate((start, high[after]))
    end = np.concatenate((np.where(decided, low, stop), stop[after]))
    shared = np.column_stack((article[which], begin, end, family[which]))
    shared = shared[order_of(end - begin, family[which], begin, end)]
    shared = shared[shared[:, 1] < shared[:, 2]]

    after = after[np.lexsort((family[after], (high - low)[after], confidence[after]))]
    source, named = codes(pa.chunked_array([sources.take(pa.array(after))]))
    outlet, outlets = codes(batch["outlet"].take(pa.array(article[after])))
    asked, place = _distinct(source, outlet)
    own = np.array([known.is_self(named[s], outlets[o]) for s, o in asked.tolist()], np.bool_)[place]
    origins, place = _distinct(family[after], source)
    label = len(families) + np.where(own, family[after], len(families) + place)
    told = np.column_stack((article[after], low[after], high[after], label))

    lines, article = flat(batch["furniture"])
    ends = [lines.field(name).to_numpy() for name in ("start", "stop")]
    last = np.full(len(lines), 2 * len(families) + len(origins))
    boilerplate = np.column_stack((article, *ends, last))[plain[article]]

    every = np.arange(len(families))
    labels = [
        _labels("shared", families, every),
        _labels("own", families, every),
        _labels(
            "uncredited", families, origins[:, 0], pa.array(named, pa.string()).take(pa.array(origins[:, 1]))
        ),
        pa.array([ledger.BOILERPLATE._asdict()], LABELS),
    ]
    return np.concatenate((shared, told, boilerplate)), pa.concat_arrays(labels)


def _distinct(one: NDArray[np.int32], other: NDArray[np.int32]) -> tuple[Int, Int]:
    """Return the distinct pairs of two columns of numbers, int64[n, 2], and which of them each row is."""
    pairs, place = np.unique(one.astype(np.int64) << 32 | other, return_inverse=True)
    return np.column_stack((pairs >> 32, pairs & 0xFFFFFFFF)), place


def _labels(
    name: str, families: list[str], family: NDArray[np.integer], sources: pa.StringArray | None = None
) -> pa.StructArray:
    """Return one label for each of these families, by number."""
    empty = pa.repeat("", len(family))
    which = pa.array(families, pa.string()).take(pa.array(family))
    return pa.StructArray.from_arrays(
        [pa.repeat(name, len(family)), empty if sources is None else sources, empty, which],
        fields=list(LABELS),
    )


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
        order = order_of(of_passage, starts, stops, codes(families["family"])[0])
        self._passages, self._of_passage = passages.take(pa.array(order)), of_passage[order].astype(np.int64)
        rest = credits.drop_columns(["document"]).combine_chunks().to_struct_array()
        said = pa.concat_arrays(rest.chunks) if rest.num_chunks else pa.array([], _CREDIT)
        of_credit = numbers(pc.index_in(credits["document"], ids))
        starts, stops = numbers(credits["start"]), numbers(credits["stop"])
        order = order_of(of_credit, starts, stops, codes(credits["surface"])[0])
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
