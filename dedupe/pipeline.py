"""The run, from files to report: each step is a stage whose table is kept, so that it can be resumed."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dedupe import __version__, corpus, results
from dedupe.engines.local import LocalEngine, batches
from dedupe.errors import SettingsError
from dedupe.provenance import matrix
from dedupe.records import CANDIDATES, CHANNELS, CREDITS, DOCUMENTS, LEDGER, MATRIX, PAIRS
from dedupe.runs import Run, Writer, digest, open_run, write_jsonl
from dedupe.settings import Settings
from dedupe.reuse.translated import TranslatedReuse
from dedupe.stages import candidates, furniture, translated, verdicts
from dedupe.stages.align import ALIGNED, AlignPairs
from dedupe.stages.credits import FindCredits, catalogue
from dedupe.stages.documents import documents_table
from dedupe.stages.ledger import PASSAGES, KeepLedger
from dedupe.stages.text import MARKED, MarkFurniture

Progress = Callable[[str, int, int], None]

BATCH = 500
"""Rows per batch. A fixed number: results must not depend on how many workers there are."""

PACKAGES = ("numpy", "scipy", "scikit-learn", "datasketch", "rapidfuzz", "numba", "pyarrow", "duckdb")


def _silent(stage: str, done: int, total: int) -> None:
    del stage, done, total


def parse_channels(names: str | None) -> tuple[str, ...]:
    """Return the channels of a comma-separated list, in the order of ``records.CHANNELS``."""
    if names is None:
        return CHANNELS
    wanted = {name.strip() for name in names.split(",") if name.strip()}
    unknown = sorted(wanted - set(CHANNELS))
    if unknown or not wanted:
        raise SettingsError(
            f"unknown channel {unknown[0]!r}" if unknown else "names no channel",
            where="--channels",
            mend=f"use some of {','.join(CHANNELS)}",
        )
    return tuple(name for name in CHANNELS if name in wanted)


def run(
    inputs: Sequence[Path],
    out: Path,
    settings: Settings,
    *,
    channels: Sequence[str] = CHANNELS,
    facts: Path | None = None,
    workers: int = 0,
    progress: Progress = _silent,
) -> Run:
    """Analyse ``inputs`` and write the results directory ``out``; go on where a killed run stopped.

    Raises DedupeError for what the user can mend; everything else is a defect.
    """
    known = catalogue(facts)
    read = corpus.load(inputs, settings.reading, progress=lambda done, total: progress("read", done, total))
    key = digest(__version__, dict(read.digests), settings.as_dict(), list(channels), _versions(), _facts_digest(facts))
    writer = Writer.create(out, key)
    write_jsonl([{"where": r.where, "reason": r.reason, "id": r.id} for r in read.rejected], out / "rejected.jsonl")

    with LocalEngine(workers) as engine:

        def bar(stage: str) -> Callable[[int, int], None]:
            return lambda done, total: progress(stage, done, total)

        def mapped(stage: str, kernel: Any, table: pa.Table, schema: pa.Schema) -> pa.Table:
            parts = batches(table, BATCH)
            return engine.map(kernel, parts, schema, count=len(parts), progress=bar(stage))

        def mark() -> pa.Table:
            marked = mapped("furniture", MarkFurniture(), plain.select(["id", "text"]), MARKED)
            return furniture.with_repeated(plain, marked, settings.boilerplate)

        plain = documents_table(read.documents)
        marked = writer.stage("furniture", mark)
        documents = plain.append_column("furniture", marked["furniture"])
        documents = documents.set_column(documents.schema.get_field_index("words"), DOCUMENTS.field("words"), marked["words"])
        writer.stage("documents", lambda: documents, schema=DOCUMENTS)
        credits = writer.stage(
            "credits", lambda: mapped("credits", FindCredits(settings, facts), documents, CREDITS), schema=CREDITS
        )

        found = writer.stage(
            "found", lambda: candidates.find(documents, settings, channels, bar("candidates")), schema=candidates.FOUND
        )

        def align() -> pa.Table:
            parts = candidates.with_texts(documents, found, BATCH)
            count = -(-found.num_rows // BATCH)
            within = engine.map(AlignPairs(settings), parts, ALIGNED, count=count, progress=bar("align"))
            if "translated" not in channels:
                return within
            across = translated.find(documents, settings, vectors_folder(), bar("translated"))
            return translated.joined(within, across, documents).replace_schema_metadata(_told(across))

        aligned = writer.stage("aligned", align)
        pairs = writer.stage("pairs", lambda: aligned, schema=PAIRS)
        scored = writer.stage("candidates", lambda: candidates.unnested(aligned), schema=CANDIDATES)

        both: list[pa.Table] = []

        def join() -> pa.Table:
            both.extend(verdicts.matched(scored, pairs, documents, settings))
            return both[0]

        matches = writer.stage("matches", join)
        members = writer.stage(
            "families", lambda: (both or verdicts.matched(scored, pairs, documents, settings))[1]
        )
        origins = writer.stage(
            "origins", lambda: verdicts.judged(members, matches, documents, credits, known, settings)
        )

        def keep() -> pa.Table:
            rows = engine.sql(_LEDGER_INPUT, documents=documents, credits=credits, families=members, origins=origins)
            return mapped("ledger", KeepLedger(facts), rows.cast(_LEDGER_SCHEMA), LEDGER)

        ledger = writer.stage("ledger", keep)
        writer.stage("matrix", lambda: engine.sql(matrix.QUERY, ledger=ledger, documents=documents), schema=MATRIX)

    counts = {
        "read": read.read,
        "analysed": len(read.documents),
        "rejected": len(read.rejected),
        "replacements": read.replacements,
        "words": int(pc.sum(documents["words"]).as_py() or 0),
        "pairs": pairs.num_rows,
        "matches": matches.num_rows,
        "families": origins.num_rows,
        "origins_named": int(pc.sum(pc.not_equal(origins["source"], "")).as_py() or 0),
        "credits": credits.num_rows,
    }
    writer.finish({
        "counts": counts,
        "settings": settings.as_dict(),
        "channels": list(channels),
        "inputs": dict(read.digests),
        "versions": _versions(),
        "stages": writer.timings,
        "notes": notes(read, documents) + json.loads((aligned.schema.metadata or {}).get(_TOLD, b"[]")),
    })
    done = open_run(out)
    results.write_report(done, None, facts=facts)
    return done


_TOLD = b"notes"


def _told(found: TranslatedReuse) -> dict[bytes, bytes]:
    """Keep what the channel says of itself with its table, so that a resumed run says it, too."""
    said = [f"translated: sentences compared by {found.embedder}"] if found.embedder else []
    return {_TOLD: json.dumps([*said, *found.notes]).encode()}


def vectors_folder() -> Path:
    """Return the folder in which sentence vectors are kept from run to run."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "wiretrace" / "vectors"


_LEDGER_INPUT = """
SELECT d.id, d.text, d.outlet, d.furniture, c.credits, f.passages
FROM documents d
LEFT JOIN (
  SELECT document, LIST(STRUCT_PACK(
    start := start, stop := stop, surface := surface, chain := chain, role := role,
    confidence := confidence, covers := covers, rule := rule) ORDER BY start, stop, surface) AS credits
  FROM credits GROUP BY document
) c ON c.document = d.id
LEFT JOIN (
  SELECT m.document, LIST(STRUCT_PACK(
    start := m.start, stop := m.stop, family := m.family, source := o.source,
    confidence := o.confidence) ORDER BY m.start, m.stop, m.family) AS passages
  FROM families m JOIN origins o ON o.family = m.family GROUP BY m.document
) f ON f.document = d.id
WHERE d.kind = 'outlet'
ORDER BY d.id
"""
_CREDIT = pa.struct([field for field in CREDITS if field.name != "document"])
_LEDGER_SCHEMA = pa.schema([
    ("id", pa.string()), ("text", pa.string()), ("outlet", pa.string()), ("furniture", MARKED.field("furniture").type),
    ("credits", pa.list_(_CREDIT)), ("passages", PASSAGES),
])  # fmt: skip


def notes(read: corpus.Corpus, documents: pa.Table) -> list[str]:
    """Return what a reader of the results should know about the input."""
    found = []
    if read.replacements:
        found.append(f"{read.replacements} characters could not be decoded and stand as U+FFFD")
    if read.skipped:
        shown = ", ".join(read.skipped[:3]) + (f" and {len(read.skipped) - 3} more" if len(read.skipped) > 3 else "")
        found.append(f"{len(read.skipped)} files of other kinds were passed over: {shown}")
    for what, count in read.notes.items():
        found.append(f"{what}: {count}")
    undated = documents["published"].null_count
    if undated:
        found.append(f"{undated} of {documents.num_rows} documents carry no date; direction by date is not judged there")
    return found


def _versions() -> Mapping[str, str]:
    found = {name: version(name) for name in PACKAGES}
    return {"wiretrace": __version__, "python": platform.python_version(), "platform": sys.platform, **found}


def _facts_digest(facts: Path | None) -> str:
    if facts is None:
        return ""
    return digest(*sorted((path.name, path.read_text("utf-8", "replace")) for path in facts.rglob("*.toml")))
