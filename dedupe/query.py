"""New articles against an archive: the matches that a full run on all of them would find."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedupe import corpus
from dedupe.archive import STORED, Archive, changed, open_archive, with_furniture
from dedupe.engines.local import LocalEngine
from dedupe.errors import InputError
from dedupe.records import CREDITS, MATCHES, PAIRS, Rejected
from dedupe.reuse import background, minhash
from dedupe.settings import Settings
from dedupe.stages import candidates, verdicts
from dedupe.stages.align import ALIGNED, AlignBundles
from dedupe.stages.columns import masked, numbers, tokenized
from dedupe.stages.credits import FindCredits
from dedupe.stages.documents import documents_table
from dedupe.stages.text import MARKED, MarkFurniture

BATCH = 500
CHANNELS = ("shingles", "minhash")
"""Those that look up only what the new articles hold. With ``tfidf`` every document is looked through."""

FOUND = pa.schema([field for field in MATCHES if field.name != "family"])


@dataclass(frozen=True, slots=True)
class Answer:
    """``matches`` (``records.MATCHES`` without ``family``) and ``pairs`` (``records.PAIRS``) with a new article on
    either side, ``credits`` of the new articles, ``others``: id, outlet, kind, published, title of
    the documents matched."""

    articles: Sequence[str]
    matches: pa.Table
    pairs: pa.Table
    credits: pa.Table
    others: pa.Table
    rejected: Sequence[Rejected]


def query(
    path: Path,
    inputs: Sequence[Path],
    settings: Settings,
    *,
    channels: Sequence[str] = CHANNELS,
    facts: Path | None = None,
    workers: int = 0,
) -> Answer:
    """Return what the articles of ``inputs`` share with the archive at ``path`` and with one another.

    Every row equals that of a full run, with the same channels, on the archive's documents and these
    (an archived document of the same id is left out).
    """
    archive = open_archive(path, settings)
    read = corpus.load(inputs, settings.reading)
    if not read.documents:
        why = read.rejected[0].reason if read.rejected else "has no article"
        raise InputError(why, where=str(inputs[0]), mend="give a file with an article")
    fresh = documents_table(read.documents)
    marked = MarkFurniture()(fresh)
    fresh = fresh.drop_columns(["words"])
    for name in ("words", "furniture", "sentences", "lines"):
        fresh = fresh.append_column(name, marked[name])
    fresh = fresh.select(STORED.names)
    news = _renewed(archive, fresh, settings)
    batch = tokenized(news.fresh["text"])
    sets = minhash.shingle_sets(batch, settings.shingles.k, masked(batch, news.fresh["furniture"]))
    every = np.setdiff1d(np.arange(archive.state.num_rows), news.dropped)
    wanted = every if "tfidf" in channels else np.intersect1d(archive.holding(sets.hashes.tolist()), every)
    documents = pa.concat_tables([news.furnished(archive, wanted), news.fresh]).sort_by("id")
    total = len(every) + news.fresh.num_rows
    # Shingles are longer in a large corpus: the whole counts, not those looked at here.
    sized = dataclasses.replace(
        settings.shingles, large_corpus=0 if total >= settings.shingles.large_corpus else 1 << 62
    )
    with TemporaryDirectory(prefix="dedupe-") as scratch, LocalEngine(workers) as engine:
        found, _ = candidates.find(
            documents, dataclasses.replace(settings, shingles=sized), channels, _silent, scratch=Path(scratch)
        )
        new = numbers(pc.is_in(documents["id"], news.fresh["id"].combine_chunks())).astype(np.bool_)
        found = found.filter(pa.array(new[numbers(found["a"])] | new[numbers(found["b"])]))
        kernel = AlignBundles(settings, background.common(news.counts, total))
        count = -(-found.num_rows // BATCH)
        aligned = engine.map(kernel, candidates.bundles(documents, found, BATCH), ALIGNED, count=count)
    pairs = aligned.select(PAIRS.names)
    matches, _ = verdicts.matched(candidates.unnested(aligned), pairs, documents, settings)
    credits = FindCredits(settings, facts)(news.fresh)
    met = pc.unique(pa.chunked_array([*matches["a"].chunks, *matches["b"].chunks], pa.string()))
    others = documents.filter(pc.and_(pc.is_in(documents["id"], met), pa.array(~new)))
    return Answer(
        news.fresh["id"].to_pylist(),
        matches.select(FOUND.names),
        pairs,
        credits.select(CREDITS.names),
        others.select(["id", "outlet", "kind", "published", "title"]),
        read.rejected,
    )


def _silent(done: int, total: int) -> None:
    del done, total


@dataclass(frozen=True, slots=True)
class _News:
    """The new articles with all their furniture; archived documents that they replace; archived ones whose
    furniture they change (``moved``, with ``furniture``); and the word counts of all."""

    fresh: pa.Table
    dropped: NDArray[np.int64]
    moved: NDArray[np.int64]
    furniture: pa.ChunkedArray
    counts: NDArray[np.int32]

    def furnished(self, archive: Archive, wanted: NDArray[np.int64]) -> pa.Table:
        """Return archived documents with their furniture as it is beside the new articles."""
        column = archive.state["furniture"].take(pa.array(wanted)).to_pylist()
        places = {int(row): place for place, row in enumerate(wanted)}
        for row, spans in zip(self.moved.tolist(), self.furniture.to_pylist(), strict=True):
            if row in places:
                column[places[row]] = spans
        table = archive.documents(wanted)
        place = STORED.get_field_index("furniture")
        return table.set_column(
            place, STORED.field("furniture"), pa.array(column, STORED.field("furniture").type)
        )


def _renewed(archive: Archive, fresh: pa.Table, settings: Settings) -> _News:
    """Work out what the new articles change: only in the outlets that they, or those they replace, are of."""
    state = archive.state
    dropped = np.flatnonzero(numbers(pc.is_in(state["id"], fresh["id"].combine_chunks())))
    outlets = {*fresh["outlet"].to_pylist(), *state["outlet"].take(pa.array(dropped)).to_pylist()}
    near = np.flatnonzero(numbers(pc.is_in(state["outlet"], pa.array(sorted(outlets), pa.string()))))
    near = np.setdiff1d(near, dropped)
    columns = ["outlet", "kind", *MARKED.names]
    beside = pa.concat_tables([archive.documents(near, columns), fresh.select(columns)])
    furnished = with_furniture(beside, settings.boilerplate)["furniture"]
    old, new = state["furniture"].take(pa.array(near)), furnished.slice(0, len(near))
    rows = changed(old, new)
    moved = near[rows]
    place = STORED.get_field_index("furniture")
    fresh = fresh.set_column(place, STORED.field("furniture"), furnished.slice(len(near)))
    counts = archive.counts.copy()
    for numbers_, furniture, step in (
        (dropped, state["furniture"].take(pa.array(dropped)), -1),
        (moved, old.take(pa.array(rows)), -1),
        (moved, new.take(pa.array(rows)), 1),
    ):
        if len(numbers_):
            batch = tokenized(archive.documents(numbers_, ["text"])["text"])
            counts += step * background.frequencies(batch, masked(batch, furniture))
    batch = tokenized(fresh["text"])
    counts += background.frequencies(batch, masked(batch, fresh["furniture"]))
    return _News(fresh, dropped, moved, new.take(pa.array(rows)), counts)
