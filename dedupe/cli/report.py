"""``dedupe report``: the report of a run again, as HTML or as tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dedupe.cli.console import notes
from dedupe.cli.options import Facts, RunFolder


def command(
    run: RunFolder,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="File to write. [default: in the run's folder]")] = None,
    form: Annotated[str, typer.Option("--format", help="html, csv, xlsx, json or markdown.")] = "html",
    language: Annotated[str, typer.Option(help="Language of the report's interface: en or id.")] = "en",
    redact: Annotated[bool, typer.Option(help="Spans and digests only, no article text.")] = False,
    anonymize: Annotated[bool, typer.Option(help="Outlets as letters.")] = False,
    facts: Facts = None,
) -> None:
    """Write the report of a finished run.

    Examples:

      dedupe report reports/seeds

      dedupe report reports/seeds --format xlsx -o matrix.xlsx
    """
    from dedupe import results
    from dedupe.runs import open_run

    path = results.write_report(
        open_run(run), out, form=form, language=language, redact=redact, anonymize=anonymize, facts=facts
    )
    notes().print(f"report: {path}", markup=False, soft_wrap=True)
