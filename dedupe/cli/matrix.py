"""``dedupe matrix``: the provenance matrix of a run."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from dedupe.cli.console import data
from dedupe.cli.options import AsJson, Facts, RunFolder


def command(
    run: RunFolder,
    as_json: AsJson = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    facts: Facts = None,
) -> None:
    """Print who took how much from whom: outlets by sources, in words and shares.

    Examples:

      dedupe matrix reports/seeds

      dedupe matrix reports/seeds --csv > matrix.csv
    """
    from dedupe import results
    from dedupe.reports import tables, terminal
    from dedupe.runs import open_run

    done = open_run(run)
    matrix = done.table("matrix")
    if as_json:
        print(json.dumps(matrix.to_pylist(), ensure_ascii=False, indent=1))
    elif csv:
        sys.stdout.write(tables.as_csv(matrix))
    else:
        terminal.print_matrix(matrix, results.source_names(done, facts), data())
