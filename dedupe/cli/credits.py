"""``dedupe credits``: who each article says it has its text from."""

from __future__ import annotations

import json

import typer

from dedupe.cli.console import data, notes
from dedupe.cli.options import AsJson, Assignments, Facts, Inputs, SettingsFile, Workers, settings
from dedupe.errors import REJECTED


def command(
    inputs: Inputs,
    as_json: AsJson = False,
    facts: Facts = None,
    settings_file: SettingsFile = None,
    assignments: Assignments = None,
    workers: Workers = 0,
) -> None:
    """Find the credits of each article: whom it names as the source, through whom, and for what.

    Example:

      dedupe credits articles/ --json
    """
    from dedupe import pipeline

    found = pipeline.find_credits(inputs, settings(settings_file, assignments), facts=facts, workers=workers)
    for document in found.documents:
        if as_json:
            print(json.dumps(document, ensure_ascii=False))
            continue
        data().print(f"[bold]{found.escape(document['id'])}[/]", soft_wrap=True)
        for credit in document["credits"]:
            chain = " ← ".join(found.names.get(s, s) for s in credit["chain"])
            data().print(
                f"  {credit['start']:>6}:{credit['stop']:<6} {chain}  ({credit['role']}, {credit['confidence']:.2f})",
                markup=False,
                soft_wrap=True,
            )
    for one in found.rejected:
        notes().print(f"rejected: {one.where}: {one.reason}", markup=False, soft_wrap=True)
    if found.rejected:
        raise typer.Exit(REJECTED)
