"""``dedupe run``: articles in, provenance matrix and report out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dedupe.cli.console import data, notes, progress, tell_rejected
from dedupe.cli.options import Assignments, Facts, Inputs, SettingsFile, Workers, settings
from dedupe.errors import FINDINGS, REJECTED


def command(
    inputs: Inputs,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Results folder. [default: reports/<name of the input>]")
    ] = None,
    channels: Annotated[
        str | None,
        typer.Option(help="Which to use, by comma: shingles,minhash,tfidf,translated. [default: all available]"),
    ] = None,
    settings_file: SettingsFile = None,
    assignments: Assignments = None,
    facts: Facts = None,
    workers: Workers = 0,
    fail_on: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Exit with 1 when an outlet's uncredited share of words is at least this."),
    ] = None,
) -> None:
    """Read articles, find shared passages and their sources, and write the matrix and the report.

    Examples:

      dedupe run seeds/

      dedupe run archive.jsonl dispatches/ -o reports/june --set candidates.window_days=7

    A run that was stopped goes on where it was when the same command is given again.
    """
    from dedupe import pipeline, results
    from dedupe.reports import terminal

    out = out or Path("reports") / (inputs[0].resolve().name.split(".")[0] or "run")
    with progress() as report:
        done = pipeline.run(
            inputs,
            out,
            settings(settings_file, assignments),
            channels=pipeline.parse_channels(channels),
            facts=facts,
            workers=workers,
            progress=report,
        )
    names = results.source_names(done, facts)
    terminal.print_matrix(done.table("matrix"), names, data())
    counts = done.meta["counts"]
    for note in done.meta["notes"]:
        notes().print(terminal.safe(f"note: {note}"), markup=False, soft_wrap=True)
    notes().print(
        f"{counts['read']} read, {counts['analysed']} analysed, {counts['rejected']} rejected; "
        f"{counts['matches']} shared passages in {counts['families']} families, {counts['credits']} credits",
        markup=False,
        soft_wrap=True,
    )
    notes().print(f"report: {out / 'report.html'}", markup=False, soft_wrap=True)
    tell_rejected(done.rejected, f"; all are in {out / 'rejected.jsonl'}")
    if fail_on is not None and terminal.largest_uncredited(done.table("matrix")) >= fail_on:
        raise typer.Exit(FINDINGS)
    if counts["rejected"]:
        raise typer.Exit(REJECTED)
