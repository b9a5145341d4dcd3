"""The run on Spark, from files to results: `dedupe.distributed` on a session, and what is around it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from dedupe import corpus, pipeline, results
from dedupe.corpus.inputs import problem_of
from dedupe.distributed import ORDERS, Results, Spread
from dedupe.engines.spark import SparkTables
from dedupe.engines.spark.files import Store, url_of
from dedupe.engines.spark.inputs import find_files, read
from dedupe.engines.tables import Table
from dedupe.errors import InputError
from dedupe.plan import Plan, plan_of
from dedupe.records import TABLES
from dedupe.runs import FORMAT, Run, Writer, digest, open_run, write_jsonl, write_parts
from dedupe.settings import Settings
from dedupe.stages import reading
from dedupe.stages.spread.reading import FILES, RECORDS, ReadFiles, ReadLines, ReadRows

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Finished:
    """A run on Spark: ``run`` where the results are on this machine; its matrix, and the rejected records."""

    run: Run | None
    meta: Mapping[str, Any]
    matrix: pa.Table
    rejected: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Source:
    """What is read: digests by label (of remote files: size and time), bytes, labels passed over."""

    digests: dict[str, str]
    size: int
    passed: list[str]
    records: Callable[[SparkTables], Table]


def run(
    session: SparkSession,
    inputs: Sequence[Path],
    out: Path,
    settings: Settings,
    *,
    channels: Sequence[str],
    facts: Path | None = None,
    partitions: int = 0,
    plan: Plan | None = None,
    progress: Progress = lambda stage, done, total: None,
) -> Finished:
    """Analyse ``inputs``, paths on this machine or URLs that Spark knows, and write the results to ``out``,
    a folder or a URL; go on where a killed run stopped.

    ``session`` is one that `engines.spark.started`; ``partitions`` (or a ``plan``) says how the work is cut.
    Raises DedupeError for what the user can mend.
    """
    source = source_of(inputs, settings, session)
    cut = plan or plan_of(source.size, session.sparkContext.defaultParallelism, partitions)
    kept_by = dataclasses.asdict(dataclasses.replace(cut, partitions=0))
    known_by = (pipeline.own_digest(), pipeline.facts_digest(facts), pipeline.versions(), kept_by)
    key = digest(source.digests, settings.as_dict(), list(channels), *known_by)
    url = url_of(out)
    writer = None if url else Writer.create(out, key)
    base = url or out.resolve().as_uri()
    work = Store(session, f"{base}/work" if url else f"{base}/work/spark")
    if url:
        _clear(work, key)
    engine = SparkTables(session, work, partitions=cut.partitions, progress=progress)
    spread = Spread(engine, settings, channels, cut, facts)

    def encoding(done: int, total: int) -> None:
        progress("translated", done, total)

    with ThreadPoolExecutor(1) as writing:  # here, while Spark goes on

        def write(name: str, table: Table) -> None:
            if writer is not None:
                path, schema = out / f"{name}.parquet", TABLES[name]
                written.append(writing.submit(lambda: write_parts(engine.stream(table), schema, path)))

        written: list[Future[int]] = []
        found = spread.all(source.records(engine), pipeline.vectors_folder(), encoding, write)
    meta = _meta(found, engine, settings, channels, source)
    matrix = engine.collect(found.tables["matrix"]).cast(TABLES["matrix"])
    rejected = found.said.rejected
    if writer is None:
        _write_there(engine, Store(session, base), found, meta, rejected)
        work.remove()
        return Finished(None, meta, matrix, rejected)
    for one in written:
        one.result()
    write_jsonl(rejected, out / "rejected.jsonl")
    results.write_report(Run(out, meta), None, facts=facts)
    writer.finish(meta)
    done = open_run(out)
    return Finished(done, meta, done.table("matrix"), rejected)


def source_of(inputs: Sequence[Path], settings: Settings, session: Any) -> Source:
    """Return what is to be read. Raises InputError for what is missing, and for paths mixed with URLs."""
    urls = [url_of(path) for path in inputs]
    limits = settings.reading
    if not any(urls):
        files = corpus.find_readable(inputs)
        rows = [
            (n, str(file.path.absolute()), file.label, list(file.folders), file.walked, default)
            for n, (file, default) in enumerate(zip(files, corpus.default_ids(files), strict=True))
        ]
        table = pa.Table.from_pylist([dict(zip(FILES.names, row, strict=True)) for row in rows], schema=FILES)
        size = sum(file.path.stat().st_size for file in files if problem_of(file) is None)
        return Source(
            reading.inputs_digests(inputs),
            size,
            reading.passed_over(inputs),
            lambda engine: engine.map(ReadFiles(limits), engine.put(table), RECORDS),
        )
    named = [url for url in urls if url is not None]
    if len(named) < len(urls):
        raise InputError(
            "paths on this machine and URLs are mixed",
            where=", ".join(map(str, inputs)),
            mend="write file:///… for those on this machine",
        )
    remote, passed = find_files(session, named)
    return Source(
        {file.label: f"{file.size} bytes, {file.modified}" for file in remote},
        sum(file.size for file in remote),
        passed,
        lambda engine: read(engine, remote, ReadLines(limits), ReadRows(limits), RECORDS),
    )


def _clear(work: Store, key: str) -> None:
    if work.text("key") != key:
        work.remove()
        work.write("key", key)


def _meta(
    found: Results, engine: SparkTables, settings: Settings, channels: Sequence[str], source: Source
) -> dict[str, Any]:
    counts = {
        "read": found.said.read,
        "analysed": found.documents,
        "rejected": len(found.said.rejected),
        "replacements": found.said.replacements,
        "words": found.words,
        **{name: engine.count(found.tables[name]) for name in ("pairs", "matches", "credits")},
        "families": engine.count(found.tables["origins"]),
        "origins_named": engine.count(
            engine.sql("SELECT family FROM origins WHERE source <> ''", origins=found.tables["origins"])
        ),
    }
    about = reading.About(found.said.read, counts["rejected"], found.said.replacements, found.said.notes)
    return {
        "counts": counts,
        "settings": settings.as_dict(),
        "channels": list(channels),
        "inputs": source.digests,
        "versions": {**pipeline.versions(), "pyspark": version("pyspark")},
        "stages": engine.timings,
        "notes": pipeline.notes(about, source.passed, found.undated, found.documents) + found.notes,
    }


def _write_there(
    engine: SparkTables,
    store: Store,
    found: Results,
    meta: Mapping[str, Any],
    rejected: Sequence[Mapping[str, Any]],
) -> None:
    """Write results to a URL: tables as folders of Parquet files, the rest beside them, ``run.json`` last."""
    results_engine = SparkTables(engine.session, store, partitions=engine.partitions)
    for name, schema in TABLES.items():
        results_engine.save(f"{name}.parquet", found.tables[name], schema, ORDERS[name])
    store.write("rejected.jsonl", "".join(json.dumps(row) + "\n" for row in rejected))
    store.write("run.json", json.dumps({"format": FORMAT, **meta}, indent=1, sort_keys=True) + "\n")
