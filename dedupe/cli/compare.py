"""``dedupe compare``: two files by every measure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from dedupe.cli.console import data
from dedupe.cli.options import AsJson, Assignments, SettingsFile, settings


def command(
    a: Annotated[Path, typer.Argument(help="A file with one article.", show_default=False)],
    b: Annotated[Path, typer.Argument(help="Another.", show_default=False)],
    as_json: AsJson = False,
    settings_file: SettingsFile = None,
    assignments: Assignments = None,
) -> None:
    """Compare two articles: how alike they are, and the passages that they share.

    Example:

      dedupe compare dispatch.txt article.txt
    """
    from dedupe import pairwise
    from dedupe.reports import terminal

    first, second = pairwise.read_one(a, settings(settings_file, assignments)), pairwise.read_one(
        b, settings(settings_file, assignments)
    )
    result = pairwise.compare(first, second, settings(settings_file, assignments))
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        terminal.print_comparison(first, second, result, data())
