"""The run over tables that need not fit one machine: the stages of `dedupe.pipeline`, spread.

Written over the operations of `dedupe.engines.tables`. Every stage's table is kept, so that each is
computed once, and documents are known by their number in the order of their ids, so that a
pair is two numbers. No text passes through this process, but for what `Limits` names. The
same documents give the same tables as the local run, whatever the number of partitions and the
order in which work is done.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from dedupe.engines.tables import Table, Tables
from dedupe.provenance import matrix
from dedupe.records import CANDIDATES, CREDITS, FAMILIES, LEDGER
from dedupe.reuse import background, candidates, tfidf_blocks
from dedupe.settings import Settings
from dedupe.stages.credits import FindCredits
from dedupe.stages.ledger import PASSAGES
from dedupe.stages.reading import READ
from dedupe.stages.spread import across, bundles, components, frequencies, linking, neighbours, verdicts
from dedupe.stages.spread.aligning import NUMBERED, AlignTogether, Together, Unnested
from dedupe.stages.spread.bundles import PROPOSED
from dedupe.stages.spread.furniture import REPEATED, RepeatedLines
from dedupe.stages.spread.ledgers import KeepJoined
from dedupe.stages.spread.reading import Said, said
from dedupe.stages.spread.rows import PACKED, PAIRED, Beside, Nest, Placed, nested, placed
from dedupe.stages.text import MARKED, MarkFurniture

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How work is cut: changes no result."""

    partitions: int
    """Pieces of whatever has to come together by hash: postings, links, pairs, families."""
    block: int = 50_000
    """Documents in a block of the TF-IDF neighbours."""
    together: int = 100_000
    """Documents with matches that are judged in one piece; with more, connected components are found."""
    edges: int = 20_000_000
    """Edges of which this process finds the components; with more, the engine does, round by round."""
    pairs: int = 10_000_000
    """Pairs that this process puts in the order in which they are aligned; with more, it goes by hash."""
    translated: int = 50_000
    """Documents that are compared across languages, which this process does; with more, no one does."""


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
            engine.collect(
                engine.sql("SELECT file_number, place, said FROM records WHERE id IS NULL", records=records)
            ),
            engine.collect(engine.sql(_LATER, records=records, again=again)),
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

    def proposed(self, documents: Table, frequency: np.ndarray, count: int, words: int) -> Table:
        """Return the pairs that the channels propose."""
        found = []
        for bit, name in enumerate(candidates.CHANNELS):
            if name in self.channels and count > 1:
                channel = {
                    "shingles": self._by_shingles,
                    "minhash": self._by_minhash,
                    "tfidf": self._by_tfidf,
                }
                found.append(channel[name](documents, 1 << bit, frequency, count, words))
        if not found:
            return self.engine.put(PROPOSED.empty_table())
        tables = {f"pairs{n}": table for n, table in enumerate(found)}
        query = " UNION ALL ".join(f"SELECT * FROM {name}" for name in tables)
        parts = self.plan.partitions
        every = self.engine.sql(f"SELECT *, (a * 31 + b) % {parts} AS part FROM ({query}) AS every", **tables)
        return self.engine.keep("proposed", self.engine.group(Together(), every, "part", PROPOSED))

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
        return engine.keep(
            name, engine.group(linking.CountLinks(channel, least, slack), links, "key", PAIRED)
        )

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
        bundled = self._bundled(proposed)
        needed = engine.sql(_NEEDED, bundled=bundled, documents=documents)
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
        more = across.joined([engine.collect(engine.sql(_THESE, aligned=aligned, keys=keys))], found, known)
        together = engine.sql(_REST, aligned=aligned, keys=keys, more=engine.put(more))
        return engine.keep("together", together, order=["a_number", "b_number"]), [*notes, *found.notes]

    def passages(self, aligned: Table) -> Table:
        """Return the aligned passages, one a row."""
        schema = pa.schema([
            *CANDIDATES, ("channels", pa.list_(pa.string())), ("a_number", pa.int64()), ("b_number", pa.int64()),
            ("place", pa.int32()),
        ])  # fmt: skip
        return self.engine.keep(
            "candidates",
            self.engine.map(Unnested(), aligned, schema),
            order=["a_number", "b_number", "place"],
        )

    def matched(self, documents: Table, passages: Table) -> tuple[Table, Table]:
        """Return ``matches`` and ``families``."""
        engine = self.engine
        accepted = engine.keep("accepted", engine.sql(_ACCEPTED, passages=passages), number="match")
        accepted = engine.sql(_PARTED, accepted=accepted, parts=self._parts(accepted))
        needed = engine.sql(_COMPARED, accepted=accepted, documents=documents)
        kernel = verdicts.MatchTogether(self.settings)
        both = engine.keep("matched", engine.meet(kernel, accepted, needed, "part", verdicts.MATCHED))
        matches, families = (
            engine.keep(
                name,
                engine.map(verdicts.Only(name), both, verdicts.only(name)),
                order=verdicts.ORDER[name],
            )
            for name in ("matches", "families")
        )
        return matches, families

    def origins(self, documents: Table, credits: Table, matches: Table, families: Table) -> Table:
        """Name the origins of families."""
        engine, parts = self.engine, self.plan.partitions
        said = self._nested(credits, verdicts.CREDIT, ("place",))
        rows = engine.sql(
            _FAMILIES.format(parts=parts), documents=documents, matches=matches, families=families
        )
        needed = engine.sql(_MEMBERS.format(parts=parts), families=families, documents=documents, said=said)
        kernel = verdicts.Judge(self.settings, self.facts)
        return engine.keep(
            "origins", engine.meet(kernel, rows, needed, "part", verdicts.JUDGED), order=["family"]
        )

    def _parts(self, accepted: Table) -> Table:
        """Return the ``part`` in which each ``match`` is judged: components are never parted."""
        engine, parts = self.engine, self.plan.partitions
        count = engine.count(engine.sql(_MATCHED, accepted=accepted))
        if count <= self.plan.together:
            return engine.sql("SELECT match, CAST(0 AS BIGINT) AS part FROM accepted", accepted=accepted)
        sides = engine.sql(_SIDES.format(parts=parts), accepted=accepted)
        stretches = engine.keep(
            "stretches", engine.group(components.Stretches(), sides, "part", components.STRETCHES)
        )
        edges = engine.keep("edges", engine.sql(_EDGES, stretches=stretches))
        few = engine.count(edges) <= self.plan.edges
        labels = engine.put(components.labelled(engine.collect(edges))) if few else self._starred(edges)
        return engine.sql(_PARTS.format(parts=parts), stretches=stretches, labels=labels)

    def _starred(self, edges: Table) -> Table:
        """Return the edges from the smallest node of each component to every other one."""
        engine, parts = self.engine, self.plan.partitions
        before = edges
        for turn in itertools.count():
            both = engine.sql(_BOTH.format(parts=parts), edges=before)
            large = engine.group(components.LargeStar(), both, "part", components.EDGES)
            smaller = engine.sql(_SMALLER.format(parts=parts), edges=large)
            small = engine.group(components.SmallStar(), smaller, "part", components.EDGES)
            after = engine.keep(
                f"edges-{turn}", engine.sql("SELECT DISTINCT low, high FROM edges", edges=small)
            )
            same = engine.count(before) == engine.count(after)
            if same and not engine.count(engine.sql(_NEW, before=before, after=after)):
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
        joined = engine.sql(_ARTICLES, documents=documents, said=said, copied=copied)
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

    def all(self, records: Table, cache: Path | None, progress: Progress) -> Results:
        """Run every stage. ``cache`` is a folder for sentence vectors; ``progress`` is that of encoding them."""
        engine = self.engine
        read, told = self.read(records)
        documents = self.documents(read)
        total = engine.collect(engine.sql(_TOTAL, documents=documents)).to_pylist()[0]
        count, words = total["documents"], total["words"] or 0
        credits = self.credits(documents)
        frequency = self.frequency(documents)
        proposed = self.proposed(documents, frequency, count, words)
        aligned = self.aligned(documents, proposed, frequency, count)
        pairs, notes = self.across(documents, aligned, count, cache, progress)
        passages = self.passages(pairs)
        tables = {"documents": documents, "credits": credits, "pairs": pairs, "candidates": passages}
        matches, families = self.matched(documents, passages)
        origins = self.origins(documents, credits, matches, families)
        tables |= {"matches": matches, "families": families, "origins": origins}
        tables["ledger"] = self.ledger(documents, credits, origins)
        tables["matrix"] = self.matrix(tables["ledger"], documents)
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

TEXT_IN_PIECE = 32 << 20
"""Bytes of input that make one piece of what is shuffled."""


def plan_of(input_bytes: int, processors: int, partitions: int = 0) -> Plan:
    """Return how the work on so much input is cut; ``partitions`` overrides the number of pieces."""
    return Plan(partitions or max(2 * processors, -(-input_bytes // TEXT_IN_PIECE)))


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a run before it begins: pieces that it is cut into (0: one process, see ``held``), bytes that
    are sent over the network, bytes in one piece, and what one process holds, with its limit."""

    name: str
    pieces: int
    sent: int
    piece: int
    held: str = ""


DOCUMENT_BYTES = 2_080
"""Of JSON Lines a document takes about so much, …"""
WORD_BYTES = 5.9
"""… and a word, of which each has a posting of …"""
POSTING_BYTES = 19
"""… so many bytes, its document's share included."""
VECTOR_BYTES = 1_900
PAIRS_PER_DOCUMENT = 2.0
"""Of documents and pairs in the scale corpus (docs/benchmarks.md); a corpus of few stories has more."""


def steps(input_bytes: int, plan: Plan, channels: Sequence[str]) -> list[Step]:
    """Return the steps that send data, estimated from the bytes of the input alone."""
    parts = plan.partitions
    documents = max(1, input_bytes // DOCUMENT_BYTES)
    pairs = int(documents * PAIRS_PER_DOCUMENT)

    def step(name: str, sent: float, pieces: int = parts, held: str = "") -> Step:
        return Step(name, pieces, int(sent), int(sent / max(1, pieces)), held)

    found = [step("documents, by id", input_bytes), step("repeated lines, by outlet", input_bytes / 6)]
    if "shingles" in channels:
        postings = input_bytes / WORD_BYTES * POSTING_BYTES
        found.append(step("postings, by hash", postings, held="a k-gram in n documents: 19 n bytes"))
        found.append(step("links, by pair", 12 * 40 * pairs))
    if "minhash" in channels:
        found.append(step("signatures' bands, by hash", documents * 25 * 40, max(1, parts // 8) * 25))
    if "tfidf" in channels:
        blocks = -(-documents // plan.block)
        found.append(step("TF-IDF vectors, block by block", 2 * VECTOR_BYTES * documents * blocks, blocks**2))
    found.append(
        step(
            "pairs with their texts, by bundle", pairs * 1.5 * DOCUMENT_BYTES, max(1, pairs // bundles.PAIRS)
        )
    )
    ordering = f"the driver orders up to {plan.pairs:,} pairs; with more, by hash"
    found.append(step("order of pairs", 28 * pairs, 0 if pairs <= plan.pairs else parts, ordering))
    if "translated" in channels:
        held = (
            f"the driver compares up to {plan.translated:,} documents across languages; with more, none are"
        )
        found.append(step("translated", input_bytes if documents <= plan.translated else 0, 0, held))
    one = documents <= plan.together
    judging = f"one piece up to {plan.together:,} documents; with more, by connected components"
    found.append(step("families", input_bytes, 1 if one else parts, judging))
    found.append(step("origins, ledger", input_bytes * 1.2))
    return found


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
_TOTAL = """
SELECT COUNT(*) AS documents, CAST(SUM(words) AS BIGINT) AS words, COUNT(*) - COUNT(published) AS undated
FROM documents
"""
_NEEDED = """
SELECT n.bundle, d.number, d.id, d.text, d.language, d.furniture, d.sentences
FROM (SELECT bundle, a AS number FROM bundled UNION SELECT bundle, b AS number FROM bundled) n
JOIN documents d ON d.number = n.number
"""
_SAME = "k.a_number = l.a_number AND k.b_number = l.b_number"
_THESE = f"SELECT l.* FROM aligned l JOIN keys k ON {_SAME}"
_REST = f"""
SELECT l.* FROM aligned l LEFT JOIN keys k ON {_SAME} WHERE k.a_number IS NULL
UNION ALL SELECT * FROM more
"""
_ACCEPTED = "SELECT * FROM passages WHERE accepted"
_PARTED = "SELECT a.*, p.part FROM accepted a JOIN parts p ON p.match = a.match"
_MATCHED = "SELECT a_number FROM accepted UNION SELECT b_number FROM accepted"
_SIDES = """
SELECT match, a_number AS number, a_start AS start, a_stop AS stop, a_number % {parts} AS part FROM accepted
UNION ALL
SELECT match, b_number AS number, b_start AS start, b_stop AS stop, b_number % {parts} AS part FROM accepted
"""
_EDGES = """
SELECT DISTINCT low, high
FROM (SELECT match, MIN(node) AS low, MAX(node) AS high FROM stretches GROUP BY match) m WHERE low < high
"""
_PARTS = """
SELECT s.match, MIN(COALESCE(l.low, s.node) % 1000003 % {parts}) AS part
FROM stretches s LEFT JOIN labels l ON l.high = s.node GROUP BY s.match
"""
_BOTH = """
SELECT low AS node, high AS other, low % 1000003 % {parts} AS part FROM edges
UNION ALL SELECT high AS node, low AS other, high % 1000003 % {parts} AS part FROM edges
"""
_SMALLER = "SELECT high AS node, low AS other, high % 1000003 % {parts} AS part FROM edges"
_NEW = "SELECT * FROM after EXCEPT SELECT * FROM before"
_COMPARED = f"""
SELECT n.part, d.number, {", ".join(f"d.{name}" for name in READ.names)}, d.words
FROM (SELECT part, a_number AS number FROM accepted UNION SELECT part, b_number AS number FROM accepted) n
JOIN documents d ON d.number = n.number
"""
_OF_FAMILY = (*FAMILIES.names, *verdicts.ORDER["families"])
_OF_MATCH = tuple(name for name in verdicts.ABOUT_MATCH if name not in _OF_FAMILY)
_NO_MEMBER = ", ".join("m.family" if name == "family" else f"NULL AS {name}" for name in _OF_FAMILY)
_FAMILIES = f"""
SELECT home % {{parts}} AS part, {", ".join(_OF_FAMILY)}, {", ".join(f"NULL AS {name}" for name in _OF_MATCH)}
FROM families
UNION ALL
SELECT m.home % {{parts}} AS part, {_NO_MEMBER}, {", ".join(f"m.{name}" for name in _OF_MATCH)} FROM matches m
UNION ALL
SELECT s.part, {_NO_MEMBER}, {", ".join(f"m.{name}" for name in _OF_MATCH)}
FROM (
  SELECT DISTINCT f.home % {{parts}} AS part, p.a, p.b
  FROM (
    SELECT m.a, m.b FROM matches m JOIN documents d ON d.number = m.a_number WHERE d.kind = 'wire'
    UNION
    SELECT m.a, m.b FROM matches m JOIN documents d ON d.number = m.b_number WHERE d.kind = 'wire'
  ) p
  JOIN families f ON f.document = p.a
  JOIN families g ON g.document = p.b AND g.family = f.family
) s
JOIN matches m ON m.a = s.a AND m.b = s.b
"""
_MEMBERS = """
SELECT n.part, d.number, d.id, d.outlet, d.kind, d.source_id, d.published, d.language, s.entries
FROM (SELECT DISTINCT home % {parts} AS part, document FROM families) n
JOIN documents d ON d.id = n.document
LEFT JOIN said s ON s.number = d.number
"""
_ARTICLES = """
SELECT d.number, d.id, d.text, d.outlet, d.furniture, s.entries, c.entries AS passages
FROM documents d
LEFT JOIN said s ON s.number = d.number
LEFT JOIN copied c ON c.number = d.number
WHERE d.kind = 'outlet'
"""
