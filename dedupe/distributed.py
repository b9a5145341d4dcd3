"""The run over tables that need not fit one machine: the stages of `dedupe.pipeline`, spread.

Written over the operations of `dedupe.engines.tables`. Every stage's table is kept, so that each is
computed once, and documents are known by their number in the order of their ids, so that a
pair is two numbers. No text passes through this process, but for what `Limits` names. The
same documents give the same tables as the local run, whatever the number of partitions and the
order in which work is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.engines.tables import Table, Tables
from dedupe.provenance import matrix
from dedupe.records import CANDIDATES, CREDITS, LEDGER, PAIRS
from dedupe.reuse import background, candidates, tfidf_blocks
from dedupe.settings import Settings
from dedupe.stages.columns import SENTENCES, SPANS
from dedupe.stages.credits import FindCredits
from dedupe.stages.ledger import PASSAGES
from dedupe.stages.reading import READ
from dedupe.stages.spread import frequencies, linking, neighbours, verdicts
from dedupe.stages.spread.aligning import NUMBERED, PROPOSED, AlignTogether, Together, Unnested
from dedupe.stages.spread.bundles import BUNDLED, arranged
from dedupe.stages.spread.furniture import REPEATED, RepeatedLines
from dedupe.stages.spread.ledgers import KeepJoined
from dedupe.stages.spread.reading import Said, said
from dedupe.stages.spread.rows import PACKED, PAIRED, Beside, Nest, Placed, nested, placed
from dedupe.stages.text import MARKED, MarkFurniture


@dataclass(frozen=True, slots=True)
class Plan:
    """How work is cut: changes no result."""

    partitions: int
    """Pieces of whatever has to come together by hash: postings, links, pairs, families."""
    block: int = 50_000
    """Documents in a block of the TF-IDF neighbours."""


MARKS = pa.schema([
    *READ, ("number", pa.int64()), *(field for field in MARKED if field.name != "id"),
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
        again = engine.keep("again", engine.sql(_AGAIN, records=records))
        documents = engine.keep(
            "read", engine.sql(_FIRSTS, records=records, again=again), order=["id"], number="number"
        )
        told = said(
            engine.collect(engine.sql("SELECT file_number, place, said FROM records WHERE id IS NULL", records=records)),
            engine.collect(engine.sql(_LATER, records=records, again=again)),
        )
        return documents, told

    def documents(self, read: Table) -> Table:
        """Count words, cut sentences, mark furniture, the lines that an outlet repeats included."""
        engine = self.engine
        kernel = Beside(MarkFurniture(), tuple(name for name in READ.names if name != "id") + ("number",))
        marked = engine.keep("marked", engine.map(kernel, read, MARKS))
        lines = engine.sql(
            "SELECT number, id, outlet, kind, furniture, lines FROM marked WHERE kind = 'outlet'", marked=marked
        )
        repeated = engine.group(RepeatedLines(self.settings.boilerplate), lines, "outlet", REPEATED)
        columns = ", ".join(
            f"COALESCE(r.{name}, m.{name}) AS {name}" if name == "furniture" else f"m.{name}"
            for name in MARKS.names
            if name != "lines"
        )
        query = f"SELECT {columns} FROM marked m LEFT JOIN repeated r ON r.number = m.number"
        return engine.keep(
            "documents", engine.sql(query, marked=marked, repeated=repeated), order=["number"]
        )

    def credits(self, documents: Table) -> Table:
        """Find the credits."""
        found = self.engine.map(Placed(FindCredits(self.settings, self.facts)), documents, placed(CREDITS))
        return self.engine.keep("credits", found, order=["number", "place"])

    def proposed(self, documents: Table, frequency: np.ndarray, count: int, words: int) -> Table:
        """Return the pairs that the channels propose."""
        found = []
        for bit, name in enumerate(candidates.CHANNELS):
            if name in self.channels and count > 1:
                channel = {"shingles": self._by_shingles, "minhash": self._by_minhash, "tfidf": self._by_tfidf}
                found.append(channel[name](documents, 1 << bit, frequency, count, words))
        if not found:
            return self.engine.put(PROPOSED.empty_table())
        tables = {f"pairs{n}": table for n, table in enumerate(found)}
        query = " UNION ALL ".join(f"SELECT * FROM {name}" for name in tables)
        parts = self.plan.partitions
        every = self.engine.sql(
            f"SELECT *, (a * 31 + b) % {parts} AS part FROM ({query}) AS every", **tables
        )
        return self.engine.keep(
            "proposed", self.engine.group(Together(), every, "part", PROPOSED), order=["a", "b"]
        )

    def frequency(self, documents: Table) -> np.ndarray:
        """Return in how many documents each word stands."""
        counts = self.engine.map(frequencies.DocumentFrequencies(), documents, PACKED)
        summed = self.engine.group(frequencies.Sum(), counts, "key", PACKED)
        return frequencies.summed(self.engine.collect(self.engine.keep("frequencies", summed)))

    def _by_shingles(
        self, documents: Table, channel: int, frequency: np.ndarray, count: int, words: int
    ) -> Table:
        del frequency
        shingles = self.settings.shingles
        kernel = linking.ShinglePostings(self.settings, words, count, self.plan.partitions)
        return self._linked("shingles", kernel, documents, channel, shingles.star, shingles.min_links, 16)

    def _by_minhash(
        self, documents: Table, channel: int, frequency: np.ndarray, count: int, words: int
    ) -> Table:
        del frequency, words
        parts = max(1, self.plan.partitions // 8)
        kernel = linking.BandPostings(self.settings, count, parts)
        return self._linked("minhash", kernel, documents, channel, linking.BAND_STAR, 1, 0)

    def _linked(
        self,
        name: str,
        kernel: Callable[[pa.Table], pa.Table],
        documents: Table,
        channel: int,
        star: int,
        least: int,
        slack: int,
    ) -> Table:
        engine = self.engine
        postings = engine.map(kernel, documents, PACKED)
        link = linking.LinkPostings(star, self.settings.candidates.window_days, self.plan.partitions)
        links = engine.group(link, postings, "key", PACKED)
        return engine.keep(name, engine.group(linking.CountLinks(channel, least, slack), links, "key", PAIRED))

    def _by_tfidf(
        self, documents: Table, channel: int, frequency: np.ndarray, count: int, words: int
    ) -> Table:
        del words
        engine, chosen = self.engine, self.settings.tfidf
        if chosen.neighbours < 1:
            return engine.put(PAIRED.empty_table())
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
        bundled = engine.keep("bundles", engine.put(arranged(engine.collect(proposed))))
        needed = engine.sql(_NEEDED, bundled=bundled, documents=documents)
        kernel = AlignTogether(self.settings, background.common(frequency, count))
        found = engine.meet(kernel, bundled, needed, "bundle", NUMBERED)
        return engine.keep("aligned", found, order=["a_number", "b_number"])

    def passages(self, aligned: Table) -> Table:
        """Return the aligned passages, one a row."""
        schema = pa.schema([
            *CANDIDATES, ("channels", pa.list_(pa.string())), ("a_number", pa.int64()), ("b_number", pa.int64()),
            ("place", pa.int32()),
        ])  # fmt: skip
        return self.engine.keep(
            "candidates", self.engine.map(Unnested(), aligned, schema), order=["a_number", "b_number", "place"]
        )

    def judged(self, documents: Table, credits: Table, passages: Table) -> dict[str, Table]:
        """Return ``matches``, ``families`` and ``origins``."""
        engine = self.engine
        accepted = engine.sql("SELECT *, 0 AS part FROM passages WHERE accepted", passages=passages)
        said = self._nested("said", credits, verdicts.CREDIT, ("start", "stop", "surface", "place"))
        needed = engine.sql(_JUDGED, accepted=accepted, documents=documents, said=said)
        kernel = verdicts.Judge(self.settings, self.facts)
        judged = engine.keep("judged", engine.meet(kernel, accepted, needed, "part", verdicts.JUDGED))
        found = {}
        for name, order in (("matches", verdicts.ORDER), ("families", verdicts.ORDER), ("origins", ("family",))):
            schema = pa.schema(list(verdicts.JUDGED.field(name).type.value_type))
            rows = engine.map(verdicts.Only(name), judged, schema)
            found[name] = engine.keep(name, rows, order=order)
        return found

    def ledger(self, documents: Table, credits: Table, families: Table, origins: Table) -> Table:
        """Give every word of every article one class."""
        engine = self.engine
        own = ", ".join(
            f"{'f' if name in ('start', 'stop', 'family') else 'o'}.{name}" for name in _names(PASSAGES)
        )
        passages = engine.sql(
            f"SELECT d.number, {own} FROM families f JOIN origins o ON o.family = f.family "
            "JOIN documents d ON d.id = f.document",
            families=families, origins=origins, documents=documents,
        )  # fmt: skip
        said = self._nested("said", credits, verdicts.CREDIT, ("start", "stop", "surface", "place"))
        copied = self._nested("copied", passages, PASSAGES.value_type, ("start", "stop", "family"))
        joined = engine.sql(_ARTICLES, documents=documents, said=said, copied=copied)
        kept = engine.map(Placed(KeepJoined(self.facts)), joined, placed(LEDGER))
        return engine.keep("ledger", kept, order=["number", "place"])

    def matrix(self, ledger: Table, documents: Table) -> Table:
        """Sum the ledger."""
        outlets = self.engine.sql("SELECT id, outlet, kind, words FROM documents", documents=documents)
        return self.engine.keep("matrix", self.engine.sql(matrix.QUERY, ledger=ledger, documents=outlets))

    def _nested(self, name: str, rows: Table, entry: pa.StructType, order: tuple[str, ...]) -> Table:
        """Return one row a document, with the list of its rows."""
        parts = self.plan.partitions
        cut = self.engine.sql(f"SELECT *, number % {parts} AS part FROM {name}", **{name: rows})
        return self.engine.group(Nest(entry, order), cut, "part", nested(entry))

    def all(self, records: Table) -> tuple[dict[str, Table], Said, int]:
        """Run every stage; return the tables, what was said of records, and the number of documents."""
        read, told = self.read(records)
        documents = self.documents(read)
        total = self.engine.collect(
            self.engine.sql("SELECT COUNT(*) AS documents, CAST(SUM(words) AS BIGINT) AS words FROM documents", documents=documents)
        ).to_pylist()[0]
        count, words = total["documents"], total["words"] or 0
        credits = self.credits(documents)
        frequency = self.frequency(documents)
        proposed = self.proposed(documents, frequency, count, words)
        aligned = self.aligned(documents, proposed, frequency, count)
        passages = self.passages(aligned)
        tables = {"documents": documents, "credits": credits, "pairs": aligned, "candidates": passages}
        tables |= self.judged(documents, credits, passages)
        tables["ledger"] = self.ledger(documents, credits, tables["families"], tables["origins"])
        tables["matrix"] = self.matrix(tables["ledger"], documents)
        return tables, told, count


def _names(kind: pa.ListType) -> list[str]:
    return [field.name for field in kind.value_type]


_AGAIN = """
SELECT r.id AS id, MIN(r.file_number * 1099511627776 + r.place) AS first
FROM records r WHERE r.id IS NOT NULL GROUP BY r.id HAVING COUNT(*) > 1
"""
_FIRSTS = f"""
SELECT {", ".join(f"r.{name}" for name in READ.names)}
FROM records r LEFT JOIN again g ON g.id = r.id
WHERE r.id IS NOT NULL AND (g.first IS NULL OR g.first = r.file_number * 1099511627776 + r.place)
"""
_LATER = """
SELECT r.file_number, r.place, r.id, r.file, r.line, e.file AS first_file, e.line AS first_line
FROM again g
JOIN records r ON r.id = g.id AND g.first <> r.file_number * 1099511627776 + r.place
JOIN records e ON e.id = g.id AND g.first = e.file_number * 1099511627776 + e.place
"""
_NEEDED = """
SELECT n.bundle, d.number, d.id, d.text, d.language, d.furniture, d.sentences
FROM (SELECT bundle, a AS number FROM bundled UNION SELECT bundle, b AS number FROM bundled) n
JOIN documents d ON d.number = n.number
"""
_JUDGED = f"""
SELECT n.part, d.number, {", ".join(f"d.{name}" for name in READ.names)}, d.words, s.entries
FROM (SELECT part, a_number AS number FROM accepted UNION SELECT part, b_number AS number FROM accepted) n
JOIN documents d ON d.number = n.number
LEFT JOIN said s ON s.number = n.number
"""
_ARTICLES = """
SELECT d.number, d.id, d.text, d.outlet, d.furniture, s.entries, c.entries AS passages
FROM documents d
LEFT JOIN said s ON s.number = d.number
LEFT JOIN copied c ON c.number = d.number
WHERE d.kind = 'outlet'
"""
