"""``dedupe query``: new articles against an archive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from dedupe.cli.console import data, notes, tell_rejected
from dedupe.cli.options import AsJson, Assignments, Facts, Inputs, SettingsFile, Workers, settings
from dedupe.errors import REJECTED


def command(
    archive: Annotated[
        Path, typer.Argument(help="An archive that `dedupe index add` made.", show_default=False)
    ],
    articles: Inputs,
    as_json: AsJson = False,
    channels: Annotated[
        str,
        typer.Option(
            help="shingles,minhash look up; tfidf too finds reworded copies, through every document."
        ),
    ] = "shingles,minhash",
    facts: Facts = None,
    settings_file: SettingsFile = None,
    assignments: Assignments = None,
    workers: Workers = 0,
) -> None:
    """Find the passages that articles share with an archive, without computing it anew.

    Example:

      dedupe query archive/ today.txt
    """
    from dedupe.engines.start import lean

    lean()
    from dedupe import pipeline
    from dedupe.query import query
    from dedupe.reports.terminal import safe

    chosen = [name for name in pipeline.parse_channels(channels) if name != "translated"]
    found = query(
        archive, articles, settings(settings_file, assignments), channels=chosen, facts=facts, workers=workers
    )
    about = {row["id"]: row for row in found.others.to_pylist()}
    if as_json:
        shown = {
            "articles": list(found.articles),
            "matches": found.matches.to_pylist(),
            "credits": found.credits.to_pylist(),
            "documents": list(about.values()),
        }
        print(json.dumps(shown, ensure_ascii=False, indent=1))
    else:
        for row in found.matches.to_pylist():
            for own, other in (("a", "b"), ("b", "a")):
                if row[own] in found.articles:
                    it = about.get(row[other], {})
                    data().print(
                        safe(
                            f"{row[own]} {row[f'{own}_start']}:{row[f'{own}_stop']}  "
                            f"{row['kind']}, {row[f'{own}_words']} words  "
                            f"= {row[other]} {row[f'{other}_start']}:{row[f'{other}_stop']}  "
                            f"({', '.join(filter(None, (it.get('outlet'), it.get('published'))))})"
                        ),
                        markup=False,
                        soft_wrap=True,
                    )
        notes().print(
            f"{len(found.articles)} articles, {found.matches.num_rows} shared passages, "
            f"{found.credits.num_rows} credits",
            markup=False,
        )
    tell_rejected(found.rejected)
    if found.rejected:
        raise typer.Exit(REJECTED)
