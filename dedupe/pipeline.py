"""The run, from files to report: each step is a stage whose table is kept, so that it can be resumed."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe import __version__, results
from dedupe.engines.local import Kernel, LocalEngine, batches
from dedupe.errors import SettingsError
from dedupe.provenance import matrix
from dedupe.records import CANDIDATES, CHANNELS, CREDITS, DOCUMENTS, LEDGER, MATRIX, PAIRS
from dedupe.reuse.translated.channel import TranslatedReuse
from dedupe.runs import FORMAT, ROW_GROUP, Run, Writer, digest, open_run
from dedupe.settings import Settings
from dedupe.stages import candidates, furniture, reach, reading, translated, verdicts
from dedupe.stages.align import ALIGNED, AlignBundles
from dedupe.stages.borrowed import Borrowed, where
from dedupe.stages.columns import Rows
from dedupe.stages.credits import FindCredits, catalogue
from dedupe.stages.ledger import Articles, KeepLedger
from dedupe.stages.text import MARKED, MarkFurniture
from dedupe.text.normal import cache_folder

Progress = Callable[[str, int, int], None]

BATCH = 500
"""Rows per batch. A fixed number: results must not depend on how many workers there are."""
BUNDLE = 1_000
"""Pairs that are aligned together: more have more documents in common, which are made ready once."""

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
    memory: int = candidates.MEMORY,
    progress: Progress = _silent,
) -> Run:
    """Analyse ``inputs`` and write the results directory ``out``; go on where a killed run stopped.

    ``memory`` is what to keep within, in bytes; it changes no result. Raises DedupeError for what
    the user can mend; everything else is a defect.
    """
    known = catalogue(facts)
    digests = reading.inputs_digests(inputs)
    known_by = (own_digest(), facts_digest(facts), versions())
    key = digest(digests, settings.as_dict(), list(channels), *known_by)

    with LocalEngine(workers) as engine:
        writer = Writer.create(out, key, lambda: engine.usage)

        def bar(stage: str) -> Callable[[int, int], None]:
            return lambda done, total: progress(stage, done, total)

        def kept(
            stage: str,
            kernel: Kernel,
            count: int,
            made: Callable[[int], Iterable[pa.Table]],
            schema: pa.Schema,
        ) -> pa.Table:
            """Run a kernel over ``count`` batches, those from ``first`` on ``made(first)``, and keep its results."""

            def compute(first: int) -> Iterator[pa.Table]:
                for done, part in enumerate(engine.stream(kernel, made(first), count=count), start=first + 1):
                    progress(stage, done, count)
                    yield part

            return writer.parts(stage, count, compute, schema)

        def borrowed(kernel: Kernel, *names: str) -> Kernel:
            return Borrowed(kernel, writer.mapped_file("documents"), names)

        def mapped(stage: str, kernel: Kernel, table: pa.Table, schema: pa.Schema) -> pa.Table:
            parts = batches(table, BATCH)
            return kept(stage, kernel, len(parts), lambda first: parts[first:], schema)

        def read() -> tuple[pa.Schema, Iterable[pa.Table]]:
            return reading.read(
                inputs, settings.reading, writer.scratch("read"), out / "rejected.jsonl", bar("read")
            )

        def plain() -> pa.Table:
            return writer.mapped("documents", read)

        def mark() -> pa.Table:
            kernel = borrowed(MarkFurniture(), "id", "text", "language")
            marked = mapped("furniture", kernel, standing, MARKED)
            # In one piece: rows are taken by number later, from each piece by itself.
            return furniture.with_repeated(plain(), marked, settings.boilerplate).combine_chunks()

        about = reading.about(plain())
        standing = where(plain())
        writer.drop("read")
        marked = writer.stage("furniture", mark)

        def documents() -> pa.Table:
            """Map the documents anew: the pages that a stage has looked at go with its table."""
            return beside(
                plain().replace_schema_metadata(), marked.select(["words", "furniture", "sentences"])
            )

        count = marked.num_rows
        writer.written("documents", documents(), DOCUMENTS)
        credits = writer.stage(
            "credits",
            lambda: mapped(
                "credits",
                borrowed(FindCredits(settings, facts), "id", "text", "language", "outlet"),
                beside(standing, marked.select(["furniture", "sentences"])),
                CREDITS,
            ),
            schema=CREDITS,
        )

        at_once: list[pa.Table] = []

        def find() -> pa.Table:
            scratch = writer.scratch("candidates")
            at_once.extend(
                candidates.find(
                    documents(), settings, channels, bar("candidates"), scratch=scratch, memory=memory
                )
            )
            return at_once[0]

        def tell() -> pa.Table:
            if not at_once:  # resumed between the two
                find()
            return at_once[1]

        found = writer.stage("found", find, schema=candidates.FOUND)
        common = writer.stage("common", tell, schema=candidates.COMMON)
        writer.drop("candidates")

        def align() -> pa.Table:
            order = candidates.together(found)
            pairs = found.take(pa.array(order))
            within = kept(
                "align",
                AlignBundles(settings, candidates.background_of(common, count)),
                -(-len(order) // BUNDLE),
                lambda first: candidates.bundles(documents(), pairs.slice(first * BUNDLE), BUNDLE),
                ALIGNED,
            )
            back = Rows(within)
            place = np.argsort(order)
            parts = (back.take(place[start : start + ROW_GROUP]) for start in range(0, len(place), ROW_GROUP))
            within = writer.mapped("aligned", lambda: (ALIGNED, parts))
            if "translated" not in channels:
                return within
            across = translated.find(documents(), within, settings, vectors_folder(), bar("translated"))
            return translated.joined(within, across, documents()).replace_schema_metadata(_told(across))

        aligned = writer.stage("aligned", align)
        pairs = writer.stage("pairs", lambda: aligned, schema=PAIRS)
        scored = writer.stage("candidates", lambda: candidates.unnested(aligned), schema=CANDIDATES)

        @cache
        def matched() -> tuple[pa.Table, pa.Table]:
            return verdicts.matched(scored, pairs, documents(), settings, writer.scratch("matches"))

        matches = writer.stage("matches", lambda: matched()[0])
        members = writer.stage("families", lambda: matched()[1])
        writer.drop("matches")
        origins = writer.stage(
            "origins", lambda: verdicts.judged(members, matches, documents(), credits, known, settings)
        )

        def keep() -> pa.Table:
            within_reach = reach.widened(members, matches, origins, credits)
            articles = Articles(beside(documents(), standing), credits, within_reach, origins)
            count = -(-len(articles) // BATCH)
            kernel = borrowed(KeepLedger(facts), "id", "text", "outlet")
            return kept("ledger", kernel, count, lambda first: articles.batches(BATCH, first), LEDGER)

        ledger = writer.stage("ledger", keep)
        # Only the columns that are asked for: the engine would look at the texts, too.
        outlets = documents().select(["id", "outlet", "kind", "words"])
        table = writer.stage(
            "matrix", lambda: engine.sql(matrix.QUERY, ledger=ledger, documents=outlets), schema=MATRIX
        )

    counts = {
        "read": about.read,
        "analysed": count,
        "rejected": about.rejected,
        "replacements": about.replacements,
        "words": int(pc.sum(marked["words"]).as_py() or 0),
        "pairs": pairs.num_rows,
        "matches": matches.num_rows,
        "families": origins.num_rows,
        "origins_named": int(pc.sum(pc.not_equal(origins["source"], "")).as_py() or 0),
        "credits": credits.num_rows,
    }
    told = json.loads((aligned.schema.metadata or {}).get(_TOLD, b"[]"))
    meta = {
        "format": FORMAT,
        "counts": counts,
        "settings": settings.as_dict(),
        "channels": list(channels),
        "inputs": digests,
        "versions": versions(),
        "stages": writer.timings,
        "notes": notes(about, reading.passed_over(inputs), documents()["published"].null_count, count) + told,
    }
    at_hand = {
        "documents": documents().select(DOCUMENTS.names).cast(DOCUMENTS), "pairs": pairs, "candidates": scored,
        "matches": matches, "families": members, "credits": credits, "origins": origins, "ledger": ledger,
        "matrix": table,
    }  # fmt: skip
    results.write_report(Run(out, meta, at_hand), None, facts=facts)
    writer.finish(meta)
    return open_run(out)


def beside(table: pa.Table, other: pa.Table) -> pa.Table:
    """Return two tables of the same rows as one."""
    return pa.table([*table.columns, *other.columns], [*table.column_names, *other.column_names])


_TOLD = b"notes"


def _told(found: TranslatedReuse) -> dict[bytes, bytes]:
    """Keep what the channel says of itself with its table, so that a resumed run says it, too."""
    said = [f"translated: sentences compared by {found.embedder}"] if found.embedder else []
    return {_TOLD: json.dumps([*said, *found.notes]).encode()}


def vectors_folder() -> Path:
    """Return the folder in which sentence vectors are kept from run to run."""
    return cache_folder() / "vectors"


def notes(read: reading.About, skipped: Sequence[str], undated: int, documents: int) -> list[str]:
    """Return what a reader of the results should know about the input; ``undated`` of all ``documents``."""
    found = []
    if read.replacements:
        found.append(f"{read.replacements} characters could not be decoded and stand as U+FFFD")
    if skipped:
        shown = ", ".join(skipped[:3]) + (f" and {len(skipped) - 3} more" if len(skipped) > 3 else "")
        found.append(f"{len(skipped)} files of other kinds were passed over: {shown}")
    for what, count in read.notes.items():
        found.append(f"{what}: {count}")
    if undated:
        found.append(
            f"{undated} of {documents} documents carry no date; direction by date is not judged there"
        )
    return found


def versions() -> Mapping[str, str]:
    """Return the versions that results depend on."""
    found = {name: version(name) for name in PACKAGES}
    return {"wiretrace": __version__, "python": platform.python_version(), "platform": sys.platform, **found}


def own_digest() -> str:
    """Return a digest of this package's code and facts: what other code computed is not gone on with."""
    folder = Path(__file__).parent
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".toml"))
    return digest(
        *((path.relative_to(folder).as_posix(), path.read_text("utf-8", "replace")) for path in files)
    )


def facts_digest(facts: Path | None) -> str:
    """Return a digest of the user's own facts, empty without any."""
    if facts is None:
        return ""
    return digest(*sorted((path.name, path.read_text("utf-8", "replace")) for path in facts.rglob("*.toml")))
