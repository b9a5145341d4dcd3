"""What is asked of a finished run: its documents, matches, names of sources, and its report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dedupe.errors import InputError
from dedupe.runs import Run, write_text
from dedupe.settings import Report
from dedupe.stages.credits import catalogue


def document(done: Run, name: str) -> dict[str, Any]:
    """Return the row of one document; raise InputError when the run has none of this id."""
    documents = done.table("documents")
    rows = documents.filter(pc.equal(documents["id"], name)).to_pylist()
    if not rows:
        near = [i for i in documents["id"].to_pylist() if name.casefold() in i.casefold() and len(i) < 100][
            :3
        ]
        mend = f"did you mean {' or '.join(near)}?" if near else "the ids are in documents.parquet"
        raise InputError(f"has no document {name!r}", where=str(done.path), mend=mend)
    row: dict[str, Any] = rows[0]
    return row


def matches_between(done: Run, a: str, b: str) -> list[dict[str, Any]]:
    """Return the shared passages of two documents (a < b), each with the ``origin`` of its family."""
    matches = done.table("matches")
    rows = matches.filter(pc.and_(pc.equal(matches["a"], a), pc.equal(matches["b"], b))).to_pylist()
    origins = done.table("origins")
    wanted = origins.filter(
        pc.is_in(origins["family"], pa.array([row["family"] for row in rows], pa.string()))
    )
    by_family = {row["family"]: row for row in wanted.to_pylist()}
    for row in rows:
        origin = by_family[row["family"]]
        row["origin"] = {name: origin[name] for name in ("source", "confidence", "basis", "direction")}
    return sorted(rows, key=lambda row: (row["a_start"], row["b_start"]))


def source_names(done: Run, facts: Path | None = None) -> dict[str, str]:
    """Return the display name of every source id that a run mentions."""
    known = catalogue(facts)
    matrix = done.table("matrix", ["source", "via"])
    chains = done.table("credits", ["chain"])["chain"]
    evidence = done.table("origins", ["evidence"])["evidence"]
    ids = {
        name
        for column in (
            *matrix.columns,
            pc.list_flatten(chains),
            pc.struct_field(pc.list_flatten(evidence), "source"),
            done.table("documents", ["source_id"])["source_id"],
        )
        for name in column.unique().to_pylist()
    }
    return {source: known.name(source) for source in sorted(filter(None, ids))}


def write_report(
    done: Run,
    out: Path | None,
    *,
    form: str = "html",
    language: str = "en",
    redact: bool = False,
    anonymize: bool = False,
    facts: Path | None = None,
) -> Path:
    """Write a run's report and return its path; in HTML, ``matrix.csv`` is written with it."""
    from dedupe.reports import html, tables

    names = source_names(done, facts)
    if form != "html":
        return tables.write(done, out, form=form, names=names)
    # Seconds, memory and versions of packages stay in run.json: the same input gives the same page.
    meta = {name: value for name, value in done.meta.items() if name not in ("stages", "versions")}
    meta["versions"] = {"wiretrace": done.meta["versions"]["wiretrace"]}
    text = html.build(
        done.tables, meta, done.rejected, names=names, title=done.path.resolve().name, redact=redact,
        anonymize=anonymize, language=language, limit=Report(**done.meta["settings"]["report"]),
    )  # fmt: skip
    path = out or done.path / "report.html"
    write_text(text, path)
    write_text(tables.as_csv(done.table("matrix")), done.path / "matrix.csv")
    return path
