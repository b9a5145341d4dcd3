"""``dedupe diff``: two files side by side, as one HTML page."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from dedupe.cli.console import notes
from dedupe.cli.options import (
    ArticleA,
    ArticleB,
    Assignments,
    Facts,
    Interface,
    Language,
    SettingsFile,
    settings,
    writable,
)


def command(
    a: ArticleA,
    b: ArticleB,
    out: Annotated[Path, typer.Option("-o", "--out", help="HTML file to write.")] = Path("diff.html"),
    language: Language = Interface.en,
    facts: Facts = None,
    settings_file: SettingsFile = None,
    assignments: Assignments = None,
) -> None:
    """Write a page with two articles side by side: shared passages, changed words, credits.

    Example:

      dedupe diff dispatch.txt article.txt -o diff.html
    """
    from dedupe.engines.start import lean

    lean()
    from dedupe import credited, pairwise
    from dedupe.reports import html
    from dedupe.runs import write_text

    chosen = settings(settings_file, assignments)
    given = [(pairwise.read_one(path, chosen), path) for path in (a, b)]
    if given[0][0].id == given[1][0].id:  # dispatch/1.txt and article/1.txt
        given = [(dataclasses.replace(document, id=str(path)), path) for document, path in given]
    if given[0][0].id == given[1][0].id:  # one file compared with itself
        given[1] = (dataclasses.replace(given[1][0], id=f"{b} (again)"), b)
    first, second = sorted((document for document, _ in given), key=lambda document: document.id)
    credits, names = credited.credits_of((first, second), chosen, facts=facts)
    page = html.build_pair(
        first,
        second,
        pairwise.compare(first, second, chosen),
        credits=credits,
        names=names,
        title=f"{first.id} – {second.id}",
        language=language,
    )
    with writable(out):
        write_text(page, out)
    notes().print(f"report: {out}", markup=False, soft_wrap=True)
