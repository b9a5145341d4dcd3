"""Every stage of the spread run, on both engines: its table is that of the local run."""

import json

import numpy as np
import pyarrow as pa
import pytest
from spark_session import ROOT, send_along, spark_tables

from dedupe import corpus, pipeline
from dedupe.distributed import Spread
from dedupe.engines.tables import MemoryTables
from dedupe.plan import Plan
from dedupe.records import TABLES
from dedupe.settings import Settings
from dedupe.stages.spread.reading import FILES, RECORDS, ReadFiles

CHANNELS = ("shingles", "minhash", "tfidf", "translated")
CHOSEN = Settings()
# Small enough that nothing is done in one place: blocks, components, bundles.
CUT = Plan(partitions=7, block=20, together=0, edges=0, pairs=0)
SCHEMA = pa.schema([("key", pa.int64()), ("x", pa.int64())])


@pytest.fixture(scope="module", params=["memory", "spark"])
def engine(request, tmp_path_factory):
    if request.param == "memory":
        return MemoryTables()
    tables = spark_tables(tmp_path_factory.mktemp("kept"), 3)
    send_along(__name__)
    return tables


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """The run of the local engine, with what needs no model, on the sample corpus with a flaw or two."""
    place = tmp_path_factory.mktemp("local")
    lines = (ROOT / "seeds" / "articles.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (place / "in").mkdir()
    (place / "in" / "a.jsonl").write_text("".join(lines[:40]) + "{}\nno JSON\n", encoding="utf-8")
    (place / "in" / "b.jsonl").write_text("".join(lines[35:]), encoding="utf-8")
    (place / "in" / "d.jsonl").write_text("".join(phrased()), encoding="utf-8")
    (place / "in" / "c.txt").write_text("PORT CARROW (AP) - A whale swam into the harbour.", encoding="utf-8")
    return place / "in", pipeline.run(
        [place / "in"], place / "run", CHOSEN_SPELLING, channels=CHANNELS, workers=1
    )


CHOSEN_SPELLING = Settings(translated=type(CHOSEN.translated)(model="none"))


def phrased():
    """Records of twenty articles that share seven words and nothing else, but for two, which share more elsewhere."""
    for n in range(20):
        own = [
            f"{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10]}{'aeiou'[i % 5]}{'vwxyz'[i // 5]}"
            for i in range(25)
        ]
        words = [
            *own,
            "who was not at once in reach.",
            *own[::-1],
            "The ferry came in late" if n in (0, 7) else "",
        ]
        yield (
            json.dumps({"id": f"phrase-{n:02}", "outlet": f"o{n}", "language": "en", "text": " ".join(words)})
            + "\n"
        )


@pytest.fixture(scope="module")
def results(engine, local):
    files = corpus.find_readable([local[0]])
    rows = [
        dict(zip(FILES.names, (n, str(f.path), f.label, list(f.folders), f.walked, default), strict=True))
        for n, (f, default) in enumerate(zip(files, corpus.default_ids(files), strict=True))
    ]
    spread = Spread(engine, CHOSEN_SPELLING, CHANNELS, CUT, None)
    records = engine.map(
        ReadFiles(CHOSEN.reading), engine.put(pa.Table.from_pylist(rows, schema=FILES)), RECORDS
    )
    return spread.all(records, None, lambda done, total: None)


@pytest.mark.parametrize("table", TABLES)
def test_the_stage_gives_the_rows_of_the_local_run_in_their_order(table, results, engine, local):
    schema = TABLES[table]
    parts = (part.select(schema.names).cast(schema) for part in engine.stream(results.tables[table]))
    found = pa.concat_tables([schema.empty_table(), *parts])
    assert found.num_rows > 0
    assert found.to_pylist() == local[1].table(table).to_pylist()


def test_a_phrase_of_many_articles_makes_no_pair(results, engine, local):
    shared = [row for row in local[1].table("pairs").to_pylist() if row["a"].startswith("phrase-")]
    assert [(row["a"], row["b"], row["channels"]) for row in shared] == [
        ("phrase-00", "phrase-07", ["shingles"])
    ]


def test_what_was_turned_down_is_said_in_the_order_of_files_and_lines(results, local):
    assert results.said.rejected == local[1].rejected
    assert len(results.said.rejected) == 7
    assert results.said.read == local[1].meta["counts"]["read"]
    assert results.notes == [note for note in local[1].meta["notes"] if note.startswith("translated")]


def double(table):
    return pa.table({"key": table["key"], "x": [2 * x for x in table["x"].to_pylist()]}, schema=SCHEMA)


def total(rows):
    return pa.table({"key": [rows["key"][0].as_py()], "x": [sum(rows["x"].to_pylist())]}, schema=SCHEMA)


def both(left, right):
    key = (left if left.num_rows else right)["key"][0].as_py()
    return pa.table({"key": [key], "x": [100 * left.num_rows + right.num_rows]}, schema=SCHEMA)


def rows_of(engine, table):
    return sorted(zip(*(engine.collect(table)[name].to_pylist() for name in ("key", "x")), strict=True))


def test_operations(engine):
    table = engine.put(pa.table({"key": [n % 3 for n in range(10)], "x": list(range(10))}, schema=SCHEMA))
    other = engine.put(pa.table({"key": [0, 5], "x": [1, 1]}, schema=SCHEMA))
    assert rows_of(engine, engine.map(double, table, SCHEMA)) == sorted((n % 3, 2 * n) for n in range(10))
    assert rows_of(engine, engine.group(total, table, "key", SCHEMA)) == [(0, 18), (1, 12), (2, 15)]
    assert rows_of(engine, engine.meet(both, table, other, "key", SCHEMA)) == [
        (0, 401),
        (1, 300),
        (2, 300),
        (5, 1),
    ]
    assert rows_of(engine, engine.sql("SELECT key, SUM(x) AS x FROM t GROUP BY key", t=table))[0] == (0, 18)
    assert engine.count(table) == 10


def test_kept_rows_are_in_order_and_numbered(engine):
    rng = np.random.default_rng(2)
    values = rng.permutation(3000)
    table = engine.put(pa.table({"key": values, "x": values}, schema=SCHEMA))
    kept = engine.keep("one", table, order=["x"], number="n")
    rows = pa.concat_tables(engine.stream(engine.keep("two", kept, order=["n"])))
    assert rows["x"].to_pylist() == rows["n"].to_pylist() == list(range(3000))
