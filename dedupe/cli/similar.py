"""``dedupe similar``: the similarity report of document pairs."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from dedupe.cli.console import data, notes, progress, tell_rejected
from dedupe.cli.options import AsJson, Assignments, Inputs, SettingsFile, Workers, settings
from dedupe.errors import FINDINGS, REJECTED


def command(
    inputs: Inputs,
    as_json: AsJson = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="Print so many pairs; 0 prints all.")] = 50,
    sort: Annotated[
        str, typer.Option(help="jaccard, minhash, tfidf, a_covered, b_covered or longest_words.")
    ] = "longest_words",
    settings_file: SettingsFile = None,
    assignments: Assignments = None,
    workers: Workers = 0,
    fail_on: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Exit with 1 when a document is covered at least so far."),
    ] = None,
) -> None:
    """List the pairs of documents that are alike, by several measures.

    MinHash estimate and exact Jaccard of word n-grams, the share of each document that is in
    shared passages, TF-IDF cosine, and the words of the longest shared passage.

    Example:

      dedupe similar articles/ --sort jaccard --limit 20
    """
    from dedupe.engines.start import lean

    lean()
    from dedupe import direct
    from dedupe.reports import tables, terminal

    with progress() as report:
        found = direct.similar(
            inputs, settings(settings_file, assignments), sort=sort, workers=workers, progress=report
        )
    shown = found.pairs.slice(0, limit) if limit else found.pairs
    if as_json:
        print(json.dumps(shown.to_pylist(), ensure_ascii=False, indent=1))
    elif csv:
        sys.stdout.write(tables.as_csv(shown))
    else:
        terminal.print_similar(shown, data())
    if shown.num_rows < found.pairs.num_rows:
        notes().print(
            f"{shown.num_rows} of {found.pairs.num_rows} pairs shown; --limit 0 shows all", markup=False
        )
    tell_rejected(found.rejected)
    if fail_on is not None and found.most_covered >= fail_on:
        raise typer.Exit(FINDINGS)
    if found.rejected:
        raise typer.Exit(REJECTED)
