"""``dedupe compare``: two files by every measure."""

from __future__ import annotations

import json

from dedupe.cli.console import data
from dedupe.cli.options import ArticleA, ArticleB, AsJson, Assignments, SettingsFile, settings


def command(
    a: ArticleA,
    b: ArticleB,
    as_json: AsJson = False,
    settings_file: SettingsFile = None,
    assignments: Assignments = None,
) -> None:
    """Compare two articles: how alike they are, and the passages that they share.

    Example:

      dedupe compare dispatch.txt article.txt
    """
    from dedupe.engines.start import lean

    lean()
    from dedupe import pairwise
    from dedupe.reports import terminal

    chosen = settings(settings_file, assignments)
    first, second = (pairwise.read_one(path, chosen) for path in (a, b))
    result = pairwise.compare(first, second, chosen)
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        terminal.print_comparison(first, second, result, data())
