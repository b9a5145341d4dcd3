"""``dedupe credits``: who each article says it has its text from."""

from __future__ import annotations

import json

import typer

from dedupe.cli.console import data, tell_rejected
from dedupe.cli.options import AsJson, Assignments, Facts, Inputs, SettingsFile, settings
from dedupe.errors import REJECTED


def command(
    inputs: Inputs,
    as_json: AsJson = False,
    facts: Facts = None,
    settings_file: SettingsFile = None,
    assignments: Assignments = None,
) -> None:
    """Find the credits of each article: whom it names as the source, through whom, and for what.

    Example:

      dedupe credits articles/ --json
    """
    from dedupe.engines.start import lean

    lean()
    from rich.markup import escape

    from dedupe import credited
    from dedupe.reports.terminal import safe

    found = credited.find_credits(inputs, settings(settings_file, assignments), facts=facts)
    for document in found.documents:
        if as_json:
            print(json.dumps(document, ensure_ascii=False))
            continue
        data().print(f"[bold]{escape(safe(document['id']))}[/]", soft_wrap=True)
        for credit in document["credits"]:
            chain = " ← ".join(found.names(source) for source in credit["chain"])
            data().print(
                f"  {credit['start']:>6}:{credit['stop']:<6} {safe(chain)}  "
                f"({credit['role']}, {credit['confidence']:.2f})",
                markup=False,
                soft_wrap=True,
            )
    tell_rejected(found.rejected)
    if found.rejected:
        raise typer.Exit(REJECTED)
