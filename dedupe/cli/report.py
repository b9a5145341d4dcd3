"""``dedupe report``: the report of a run again, as HTML or as tables."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dedupe.cli.console import notes
from dedupe.cli.options import Facts, Interface, Language, RunFolder, writable
from dedupe.errors import SettingsError


class Form(StrEnum):
    """What a report can be written as."""

    html = "html"
    csv = "csv"
    xlsx = "xlsx"
    json = "json"
    markdown = "markdown"


def command(
    run: RunFolder,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="File (for csv: folder) to write. [default: in the run's folder]"),
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="What to write.")] = Form.html,
    language: Language = Interface.en,
    redact: Annotated[bool, typer.Option("--redact", help="HTML without any text of the articles.")] = False,
    anonymize: Annotated[bool, typer.Option("--anonymize", help="HTML with outlets as letters.")] = False,
    facts: Facts = None,
) -> None:
    """Write the report of a finished run.

    Examples:

      dedupe report reports/seeds

      dedupe report reports/seeds --format xlsx -o matrix.xlsx

      dedupe report reports/seeds --redact --anonymize --language id -o public.html
    """
    from dedupe import results
    from dedupe.runs import open_run

    if form is not Form.html and (redact or anonymize or language is not Interface.en):
        raise SettingsError(
            "--redact, --anonymize and --language are for HTML",
            where=f"--format {form}",
            mend="leave them out",
        )
    done = open_run(run)
    target = out or run
    with writable(target, folder=out is None or form is Form.csv):
        path = results.write_report(
            done, out, form=form, language=language, redact=redact, anonymize=anonymize, facts=facts
        )
    notes().print(f"report: {path}", markup=False, soft_wrap=True)
