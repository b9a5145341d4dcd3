"""The run over tables that need not fit one machine: the stages of `dedupe.pipeline`, spread.

Written over the operations of `dedupe.engines.tables`. Every stage's table is kept, so that each is
computed once, and documents are known by their number in the order of their ids, so that a
pair is two numbers. No text passes through this process, but for what `Plan` names. The
same documents give the same tables as the local run, whatever the number of partitions and the
order in which work is done.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa

from dedupe.engines.tables import Table, Tables
from dedupe.plan import Plan
from dedupe.provenance import matrix
from dedupe.records import CANDIDATES, CREDITS, LEDGER
from dedupe.reuse import background, candidates, tfidf_blocks
from dedupe.settings import Settings
from dedupe.stages.credits import FindCredits
from dedupe.stages.ledger import PASSAGES
from dedupe.stages.reading import READ
from dedupe.stages.spread import (
    across,
    bundles,
    components,
    frequencies,
    linking,
    neighbours,
    queries,
    verdicts,
)
from dedupe.stages.spread.aligning import NUMBERED, AlignTogether, Together, Unnested
from dedupe.stages.spread.bundles import PROPOSED
from dedupe.stages.spread.furniture import REPEATED, RepeatedLines
from dedupe.stages.spread.ledgers import KeepJoined
from dedupe.stages.spread.reading import Said, said
from dedupe.stages.spread.rows import PACKED, PAIRED, Beside, Nest, Placed, nested, placed
from dedupe.stages.text import MARKED, MarkFurniture

Progress = Callable[[int, int], None]
Ready = Callable[[str, Table], None]


MARKS = pa.schema([
    *READ, ("number", pa.int64()), *(field for field in MARKED if field.name != "id"),
])  # fmt: skip

UNNESTED = pa.schema([
    *CANDIDATES, ("channels", pa.list_(pa.string())), ("a_number", pa.int64()), ("b_number", pa.int64()),
    ("place", pa.int32()),
])  # fmt: skip


class Spread:
    """The stages over one engine. A method is a stage and returns its table."""

    def __init__(
        self, engine: Tables, settings: Settings, channels: Sequence[str], plan: Plan, facts: Path | None
    ) -> None:
        self.engine, self.settings, self.channels = engine, settings, channels
        self.plan, self.facts = plan, facts

    def read(self, records: Table) -> tuple[Table, Said]:
        """Take the first of the documents that have one id, and number them in the order of their ids."""
        engine = self.engine
        records = engine.keep("records", records)
        again = engine.keep("again", engine.sql(queries.AGAIN, records=records))
        documents = engine.keep(
            "read", engine.sql(queries.FIRSTS, records=records, again=again), order=["id"], number="number"
        )
        told = said(
            engine.collect(
                engine.sql("SELECT file_number, place, said FROM records WHERE id IS NULL", records=records)
            ),
            engine.collect(engine.sql(queries.LATER, records=records, again=again)),
        )
        return documents, told

    def documents(self, read: Table) -> Table:
        """Count words, cut sentences, mark furniture, the lines that an outlet repeats included."""
        engine = self.engine
        kernel = Beside(MarkFurniture(), (*(name for name in READ.names if name != "id"), "number"))
        marked = engine.keep("marked", engine.map(kernel, read, MARKS))
        lines = engine.sql(
            "SELECT number, id, outlet, kind, furniture, lines FROM marked WHERE kind = 'outlet'",
            marked=marked,
        )
        repeated = engine.group(RepeatedLines(self.settings.boilerplate), lines, "outlet", REPEATED)
        columns = ", ".join(
            f"COALESCE(r.{name}, m.{name}) AS {name}" if name == "furniture" else f"m.{name}"
            for name in MARKS.names
            if name != "lines"
        )
        query = f"SELECT {columns} FROM marked m LEFT JOIN repeated r ON r.number = m.number"
        return engine.keep("documents", engine.sql(query, marked=marked, repeated=repeated), order=["number"])

    def credits(self, documents: Table) -> Table:
        """Find the credits."""
        found = self.engine.map(Placed(FindCredits(self.settings, self.facts)), documents, placed(CREDITS))
        return self.engine.keep("credits", found, order=["number", "place"])

    def proposed(self, documents: Table, count: int, words: int) -> tuple[Table, np.ndarray]:
        """Return the pairs that the channels propose, and in how many documents each word stands."""

        def weighed() -> tuple[np.ndarray, Table | None]:
            frequency = self.frequency(documents)
            return frequency, self._by_tfidf(documents, bits["tfidf"], frequency, count)

        bits = {name: 1 << bit for bit, name in enumerate(candidates.CHANNELS)}
        (frequency, near), *linked = self.engine.beside(
            weighed,
            lambda: self._by_shingles(documents, bits["shingles"], count, words),
            lambda: self._by_minhash(documents, bits["minhash"], count),
        )
        tables = {f"pairs{n}": table for n, table in enumerate((*linked, near)) if table is not None}
        if not tables:
            return self.engine.put(PROPOSED.empty_table()), frequency
        query = " UNION ALL ".join(f"SELECT * FROM {name}" for name in tables)
        parts = self.plan.partitions
        every = self.engine.sql(f"SELECT *, (a * 31 + b) % {parts} AS part FROM ({query}) AS every", **tables)
        return self.engine.keep("proposed", self.engine.group(Together(), every, "part", PROPOSED)), frequency

    def frequency(self, documents: Table) -> np.ndarray:
        """Return in how many documents each word stands."""
        counts = self.engine.map(frequencies.DocumentFrequencies(), documents, PACKED)
        summed = self.engine.group(frequencies.Sum(), counts, "key", PACKED)
        return frequencies.summed(self.engine.collect(self.engine.keep("frequencies", summed)))

    def _by_shingles(self, documents: Table, channel: int, count: int, words: int) -> Table | None:
        if "shingles" not in self.channels or count < 2:
            return None
        shingles = self.settings.shingles
        kernel = linking.ShinglePostings(self.settings, words, count, self.plan.partitions)
        count_links = linking.CountLinks(channel, shingles.min_links, shingles.min_common, 16)
        return self._linked("shingles", kernel, documents, shingles.star, count_links)

    def _by_minhash(self, documents: Table, channel: int, count: int) -> Table | None:
        if "minhash" not in self.channels or count < 2:
            return None
        parts = max(1, self.plan.partitions // 8)
        kernel = linking.BandPostings(self.settings, count, parts)
        return self._linked(
            "minhash", kernel, documents, linking.BAND_STAR, linking.CountLinks(channel, 1, 1, 0)
        )

    def _linked(
        self,
        name: str,
        kernel: Callable[[pa.Table], pa.Table],
        documents: Table,
        star: int,
        count_links: linking.CountLinks,
    ) -> Table:
        engine = self.engine
        postings = engine.map(kernel, documents, PACKED)
        link = linking.LinkPostings(star, self.settings.candidates.window_days, self.plan.partitions)
        links = engine.group(link, postings, "key", PACKED)
        return engine.keep(name, engine.group(count_links, links, "key", PAIRED))

    def _by_tfidf(self, documents: Table, channel: int, frequency: np.ndarray, count: int) -> Table | None:
        engine, chosen = self.engine, self.settings.tfidf
        if "tfidf" not in self.channels or count < 2 or chosen.neighbours < 1:
            return None
        weights = tfidf_blocks.idf(frequency, count)
        block = self.plan.block
        vectors = engine.keep(
            "vectors", engine.map(neighbours.MakeVectors(self.settings, weights, block), documents, PACKED)
        )
        counts = engine.group(
            frequencies.Sum(), engine.map(frequencies.HeavyCounts(), vectors, PACKED), "key", PACKED
        )
        heavy = frequencies.summed(engine.collect(counts))
        common = np.flatnonzero(heavy > chosen.postings).astype(np.int32)
        spread = engine.map(neighbours.SpreadBlocks(-(-count // block)), vectors, neighbours.CELLS)
        reached = engine.group(neighbours.ReachBlock(self.settings, common, block), spread, "key", PACKED)
        return engine.keep(
            "tfidf", engine.group(neighbours.ChooseNeighbours(self.settings, channel), reached, "key", PAIRED)
        )

    def aligned(self, documents: Table, proposed: Table, frequency: np.ndarray, count: int) -> Table:
        """Bring pairs and their documents together in bundles, and align them."""
        engine = self.engine
        bundled = self._bundled(proposed)
        needed = engine.sql(queries.NEEDED, bundled=bundled, documents=documents)
        kernel = AlignTogether(self.settings, background.common(frequency, count))
        found = engine.meet(kernel, bundled, needed, "bundle", NUMBERED)
        return engine.keep("aligned", found, order=["a_number", "b_number"])

    def _bundled(self, proposed: Table) -> Table:
        """Return pairs with the ``bundle`` in which they are aligned."""
        engine = self.engine
        count = engine.count(proposed)
        if count <= self.plan.pairs:
            return engine.put(bundles.arranged(engine.collect(proposed)))
        homes = engine.keep("homes", engine.sql(bundles.HOMES, proposed=proposed))
        homes = engine.keep("nearer", engine.sql(bundles.NEARER, proposed=proposed, homes=homes))
        query = bundles.BY_HOME.format(pairs=bundles.PAIRS, bundles=count // bundles.PAIRS + 1)
        return engine.keep("bundles", engine.sql(query, proposed=proposed, homes=homes))

    def across(
        self, documents: Table, aligned: Table, count: int, cache: Path | None, progress: Progress
    ) -> tuple[Table, list[str]]:
        """Add what the translated channel finds; return the pairs with it, and notes on how it was found."""
        engine = self.engine
        if "translated" not in self.channels:
            return aligned, []
        if count > self.plan.translated:
            return aligned, [
                f"translated: left out, {count} documents are more than the {self.plan.translated} that one"
                " process compares across languages; run the parts of the corpus that share stories apart"
            ]
        columns = ", ".join(across.NEEDED)
        rows = engine.sql(f"SELECT {columns} FROM documents ORDER BY number", documents=documents)
        known = engine.collect(rows)
        pairs = engine.collect(
            engine.sql("SELECT a, b, tfidf FROM aligned WHERE tfidf IS NOT NULL", aligned=aligned)
        )
        found = across.find(known, pairs, self.settings, cache, progress)
        notes = [f"translated: sentences compared by {found.embedder}"] if found.embedder else []
        if not found.passages:
            return aligned, [*notes, *found.notes]
        keys = engine.put(across.pairs_of(found, known))
        more = across.joined(
            [engine.collect(engine.sql(queries.THESE, aligned=aligned, keys=keys))], found, known
        )
        together = engine.sql(queries.REST, aligned=aligned, keys=keys, more=engine.put(more))
        return engine.keep("together", together, order=["a_number", "b_number"]), [*notes, *found.notes]

    def matched(self, documents: Table, passages: Table) -> tuple[Table, Table]:
        """Return ``matches`` and ``families``."""
        engine = self.engine
        accepted = engine.keep(
            "accepted", engine.sql(queries.ACCEPTED, passages=passages), ORDERS["candidates"], number="match"
        )
        accepted = engine.sql(queries.PARTED, accepted=accepted, parts=self._parts(accepted))
        needed = engine.sql(queries.COMPARED, accepted=accepted, documents=documents)
        kernel = verdicts.MatchTogether(self.settings)
        both = engine.keep("matched", engine.meet(kernel, accepted, needed, "part", verdicts.MATCHED))

        def only(name: Literal["matches", "families"]) -> Table:
            found = engine.map(verdicts.Only(name), both, verdicts.only(name))
            return engine.keep(name, found, order=verdicts.ORDER[name])

        matches, families = engine.beside(lambda: only("matches"), lambda: only("families"))
        return matches, families

    def origins(self, documents: Table, credits: Table, matches: Table, families: Table) -> Table:
        """Name the origins of families."""
        engine, parts = self.engine, self.plan.partitions
        said = self._nested(credits, verdicts.CREDIT, ("place",))
        rows = engine.sql(
            queries.GATHERED.format(parts=parts), documents=documents, matches=matches, families=families
        )
        needed = engine.sql(
            queries.MEMBERS.format(parts=parts), families=families, documents=documents, said=said
        )
        kernel = verdicts.Judge(self.settings, self.facts)
        return engine.keep(
            "origins", engine.meet(kernel, rows, needed, "part", verdicts.JUDGED), order=["family"]
        )

    def _parts(self, accepted: Table) -> Table:
        """Return the ``part`` in which each ``match`` is judged: components are never parted."""
        engine, parts = self.engine, self.plan.partitions
        count = engine.count(engine.sql(queries.MATCHED, accepted=accepted))
        if count <= self.plan.together:
            return engine.sql("SELECT match, CAST(0 AS BIGINT) AS part FROM accepted", accepted=accepted)
        sides = engine.sql(queries.SIDES.format(parts=parts), accepted=accepted)
        stretches = engine.keep(
            "stretches", engine.group(components.Stretches(), sides, "part", components.STRETCHES)
        )
        edges = engine.keep("edges", engine.sql(queries.EDGES, stretches=stretches))
        few = engine.count(edges) <= self.plan.edges
        labels = engine.put(components.labelled(engine.collect(edges))) if few else self._starred(edges)
        return engine.sql(queries.PARTS.format(parts=parts), stretches=stretches, labels=labels)

    def _starred(self, edges: Table) -> Table:
        """Return the edges from the smallest node of each component to every other one."""
        engine, parts = self.engine, self.plan.partitions
        before = edges
        for turn in itertools.count():
            both = engine.sql(queries.BOTH.format(parts=parts), edges=before)
            large = engine.group(components.LargeStar(), both, "part", components.EDGES)
            smaller = engine.sql(queries.SMALLER.format(parts=parts), edges=large)
            small = engine.group(components.SmallStar(), smaller, "part", components.EDGES)
            after = engine.keep(
                f"edges-{turn}", engine.sql("SELECT DISTINCT low, high FROM edges", edges=small)
            )
            same = engine.count(before) == engine.count(after)
            if same and not engine.count(engine.sql(queries.NEW, before=before, after=after)):
                return after
            before = after
        raise AssertionError("unreachable")

    def ledger(self, documents: Table, credits: Table, origins: Table) -> Table:
        """Give every word of every article one class."""
        engine = self.engine
        reached = engine.map(verdicts.Reached(), origins, verdicts.REACHING)
        own = ", ".join(f"r.{field.name}" for field in PASSAGES.value_type)
        query = f"SELECT d.number, {own} FROM reached r JOIN documents d ON d.id = r.document"
        passages = engine.sql(query, reached=reached, documents=documents)
        said = self._nested(credits, verdicts.CREDIT, ("start", "stop", "surface", "place"))
        copied = self._nested(passages, PASSAGES.value_type, ("start", "stop", "family"))
        joined = engine.sql(queries.ARTICLES, documents=documents, said=said, copied=copied)
        kept = engine.map(Placed(KeepJoined(self.facts)), joined, placed(LEDGER))
        return engine.keep("ledger", kept, order=["number", "place"])

    def matrix(self, ledger: Table, documents: Table) -> Table:
        """Sum the ledger."""
        outlets = self.engine.sql("SELECT id, outlet, kind, words FROM documents", documents=documents)
        return self.engine.keep("matrix", self.engine.sql(matrix.QUERY, ledger=ledger, documents=outlets))

    def _nested(self, rows: Table, entry: pa.StructType, order: tuple[str, ...]) -> Table:
        """Return one row a document, with the list of its rows."""
        parts = self.plan.partitions
        cut = self.engine.sql(f"SELECT *, number % {parts} AS part FROM listed", listed=rows)
        return self.engine.group(Nest(entry, order), cut, "part", nested(entry))

    def all(
        self, records: Table, cache: Path | None, progress: Progress,
        ready: Ready = lambda name, table: None,
    ) -> Results:  # fmt: skip
        """Run every stage. ``cache`` is a folder for sentence vectors; ``progress`` is that of encoding them;
        ``ready`` is told each result as soon as it is kept."""
        engine = self.engine
        read, told = self.read(records)
        documents = self.documents(read)
        ready("documents", documents)
        total = engine.collect(engine.sql(queries.TOTAL, documents=documents)).to_pylist()[0]
        count, words = total["documents"], total["words"] or 0

        def compared() -> tuple[Table, Table, Table, Table, list[str]]:
            proposed, frequency = self.proposed(documents, count, words)
            aligned = self.aligned(documents, proposed, frequency, count)
            pairs, notes = self.across(documents, aligned, count, cache, progress)
            ready("pairs", pairs)
            unnested = engine.map(Unnested(), pairs, UNNESTED)
            passages, (matches, families) = engine.beside(
                lambda: engine.keep("candidates", unnested, order=ORDERS["candidates"]),
                lambda: self.matched(documents, unnested),
            )
            return pairs, passages, matches, families, notes

        credits, found = engine.beside(lambda: self.credits(documents), compared)
        pairs, passages, matches, families, notes = found
        tables = {"documents": documents, "credits": credits, "pairs": pairs, "candidates": passages}
        tables |= {"matches": matches, "families": families}
        for name in ("credits", "candidates", "matches", "families"):
            ready(name, tables[name])
        tables["origins"] = self.origins(documents, credits, matches, families)
        ready("origins", tables["origins"])
        tables["ledger"] = self.ledger(documents, credits, tables["origins"])
        ready("ledger", tables["ledger"])
        tables["matrix"] = self.matrix(tables["ledger"], documents)
        ready("matrix", tables["matrix"])
        return Results(tables, told, count, words, total["undated"], notes)


@dataclass(frozen=True, slots=True)
class Results:
    """The tables by name, what was said of records, counts of all documents, and notes."""

    tables: dict[str, Table]
    said: Said
    documents: int
    words: int
    undated: int
    notes: list[str]


ORDERS: Mapping[str, tuple[str, ...]] = {
    "documents": ("number",), "credits": ("number", "place"), "pairs": ("a_number", "b_number"),
    "candidates": ("a_number", "b_number", "place"), "origins": ("family",), "ledger": ("number", "place"),
    "matrix": ("outlet", "class", "source", "via"), **verdicts.ORDER,
}  # fmt: skip
"""The columns that put each table's rows in order."""
