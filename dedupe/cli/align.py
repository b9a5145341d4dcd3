"""``dedupe align``: shared passages of given pairs of documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from dedupe.cli.console import data, progress, tell_rejected
from dedupe.cli.options import AsJson, Assignments, SettingsFile, Workers, settings
from dedupe.errors import REJECTED


def command(
    documents: Annotated[Path, typer.Argument(help="Documents, one a record.", show_default=False)],
    pairs: Annotated[Path, typer.Argument(help='JSON Lines of {"a": id, "b": id}.', show_default=False)],
    as_json: AsJson = False,
    settings_file: SettingsFile = None,
    assignments: Assignments = None,
    workers: Workers = 0,
) -> None:
    """Find the shared passages of each pair, in the order of the pairs.

    Example:

      dedupe align documents.jsonl pairs.jsonl --json > passages.jsonl
    """
    from dedupe.engines.start import lean

    lean()
    from dedupe import pairwise
    from dedupe.reports.terminal import safe

    with progress() as report:
        results, rejected = pairwise.align_files(
            documents, pairs, settings(settings_file, assignments), workers=workers, progress=report
        )
    for result in results:
        if as_json:
            print(json.dumps(result, ensure_ascii=False))
        else:
            data().print(safe(f"{result['a']}  {result['b']}"), markup=False, soft_wrap=True)
            for p in result["passages"]:
                spans = "  ".join(f"{p[f'{side}_start']}:{p[f'{side}_stop']}" for side in "ab")
                data().print(f"  {p['kind']:<10} {p['score']:.2f}  {spans}", markup=False, soft_wrap=True)
    tell_rejected(rejected)
    if rejected:
        raise typer.Exit(REJECTED)
