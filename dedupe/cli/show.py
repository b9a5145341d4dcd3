"""``dedupe show``: two documents of a run in the terminal, with what they share."""

from __future__ import annotations

from typing import Annotated

import typer

from dedupe.cli.console import data
from dedupe.cli.options import AsJson, Facts, RunFolder


def command(
    run: RunFolder,
    a: Annotated[str, typer.Argument(help="Id of a document.", show_default=False)],
    b: Annotated[str, typer.Argument(help="Id of another document.", show_default=False)],
    as_json: AsJson = False,
    facts: Facts = None,
) -> None:
    """Show two documents with what they share, word by word.

    Example:

      dedupe show reports/seeds reuters-clove suarapesisir-03
    """
    import json

    from dedupe import results
    from dedupe.reports import terminal
    from dedupe.runs import open_run

    done = open_run(run)
    first, second = (results.document(done, name) for name in sorted((a, b)))
    matches = results.matches_between(done, first["id"], second["id"])
    if as_json:
        print(
            json.dumps(
                {"a": first["id"], "b": second["id"], "passages": matches}, ensure_ascii=False, indent=1
            )
        )
    else:
        shown = [{**match, "origin": match["origin"]["source"]} for match in matches]
        terminal.print_pair(first, second, shown, results.source_names(done, facts), data())
