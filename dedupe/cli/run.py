"""``dedupe run``: articles in, provenance matrix and report out."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dedupe.cli.console import data, notes, progress, tell_rejected
from dedupe.cli.options import Assignments, Facts, Inputs, SettingsFile, Workers, settings
from dedupe.cli.sizes import bytes_of, shown
from dedupe.errors import FINDINGS, REJECTED, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from dedupe.settings import Settings


class Engine(StrEnum):
    """Where a run's stages are computed."""

    local = "local"
    spark = "spark"


def command(
    inputs: Inputs,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Results folder. [default: reports/<name of the input>]"),
    ] = None,
    channels: Annotated[
        str | None,
        typer.Option(
            help="Which to use, by comma: shingles,minhash,tfidf,translated. [default: all available]"
        ),
    ] = None,
    settings_file: SettingsFile = None,
    assignments: Assignments = None,
    facts: Facts = None,
    workers: Workers = 0,
    memory: Annotated[str, typer.Option(help="Memory to keep within; more goes through the disk.")] = "2GB",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Estimate pairs, memory and time from a sample; write nothing.")
    ] = False,
    engine: Annotated[
        Engine, typer.Option(help="Where it runs: on this machine, or on Apache Spark (see docs/spark.md).")
    ] = Engine.local,
    master: Annotated[
        str | None,
        typer.Option(help="Of Spark: spark://HOST:7077, yarn, local[4], … [default: this machine]"),
    ] = None,
    partitions: Annotated[
        int, typer.Option(min=0, help="On Spark: pieces that work is cut into; 0: by the input.")
    ] = 0,
    fail_on: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="Exit with 1 when an outlet's uncredited share of words is at least this."
        ),
    ] = None,
) -> None:
    """Read articles, find shared passages and their sources, and write the matrix and the report.

    Examples:

      dedupe run seeds/

      dedupe run archive.jsonl dispatches/ -o reports/june --set candidates.window_days=7

    A run that was stopped goes on where it was when the same command is given again.
    """
    from dedupe import pipeline, results
    from dedupe.engines.start import lean

    if engine is Engine.spark:
        from dedupe.cli import spark

        name = out or Path("reports") / (Path(str(inputs[0]).rstrip("/")).name.split(".")[0] or "run")
        how = spark.How(master, workers, bytes_of(memory), partitions)
        chosen = settings(settings_file, assignments)
        wanted = pipeline.parse_channels(channels)
        spark.command(inputs, name, chosen, wanted, facts, how, dry_run=dry_run, fail_on=fail_on)
        return
    if master or partitions:
        raise SettingsError(
            "is for Spark", where="--master" if master else "--partitions", mend="add --engine spark"
        )
    out = out or Path("reports") / (inputs[0].resolve().name.split(".")[0] or "run")
    if dry_run:
        _estimate(
            inputs, settings(settings_file, assignments), pipeline.parse_channels(channels), facts, workers
        )
        return
    lean()
    with progress() as report:
        done = pipeline.run(
            inputs,
            out,
            settings(settings_file, assignments),
            channels=pipeline.parse_channels(channels),
            facts=facts,
            workers=workers,
            memory=bytes_of(memory),
            progress=report,
        )
    names = results.source_names(done, facts)
    tell(done.table("matrix"), names, done.meta, f"report: {out / 'report.html'}")
    tell_rejected(done.rejected, f"; all are in {out / 'rejected.jsonl'}")
    end(done.table("matrix"), done.meta, fail_on)


def tell(matrix: pa.Table, names: dict[str, str], meta: Mapping[str, Any], where: str) -> None:
    """Print the matrix, the run's notes and counts, and where the rest is."""
    from dedupe.reports import terminal

    terminal.print_matrix(matrix, names, data())
    counts = meta["counts"]
    for note in meta["notes"]:
        notes().print(terminal.safe(f"note: {note}"), markup=False, soft_wrap=True)
    notes().print(
        f"{counts['read']} read, {counts['analysed']} analysed, {counts['rejected']} rejected; "
        f"{counts['matches']} shared passages in {counts['families']} families, {counts['credits']} credits",
        markup=False,
        soft_wrap=True,
    )
    notes().print(where, markup=False, soft_wrap=True)


def end(matrix: pa.Table, meta: Mapping[str, Any], fail_on: float | None) -> None:
    """Leave with the exit code that the findings ask for."""
    from dedupe.reports import terminal

    if fail_on is not None and terminal.largest_uncredited(matrix) >= fail_on:
        raise typer.Exit(FINDINGS)
    if meta["counts"]["rejected"]:
        raise typer.Exit(REJECTED)


def _estimate(
    inputs: list[Path], chosen: Settings, channels: tuple[str, ...], facts: Path | None, workers: int
) -> None:
    from dedupe.estimate import estimate

    with progress() as report:
        found = estimate(inputs, chosen, channels=channels, facts=facts, workers=workers, progress=report)
    about = "" if found.exact else "about "
    lines = (
        f"documents   {found.documents:,} ({found.rejected:,} records rejected)",
        f"words       {about}{found.words:,}",
        f"pairs       {about}{found.pairs:,} to align",
        f"time        about {shown(found.seconds)} ({shown(found.cpu_seconds)} of processor time)",
        f"memory      about {found.memory / 1e9:.1f} GB",
    )
    for line in lines:
        data().print(line, markup=False, soft_wrap=True)
    if "translated" in channels:
        notes().print(
            "note: without the translated channel, whose cost depends on the languages", soft_wrap=True
        )
