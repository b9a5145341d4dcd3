"""``dedupe label``: label pairs of a run, in the browser or in the terminal."""

from __future__ import annotations

import sys
import webbrowser
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dedupe.cli.console import notes
from dedupe.cli.options import RunFolder


class Unit(StrEnum):
    """What is labelled."""

    passages = "passages"
    documents = "documents"


def command(
    run: RunFolder,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Log of answers. [default: RUN-labels.jsonl]")
    ] = None,
    unit: Annotated[
        Unit, typer.Option(help="Label pairs of passages, or of whole documents.")
    ] = Unit.passages,
    annotator: Annotated[str, typer.Option(help="Your name or initials, for agreement.")] = "",
    uncertain: Annotated[
        bool, typer.Option("--uncertain", help="Begin with the most uncertain pairs.")
    ] = False,
    browser: Annotated[bool, typer.Option("--browser/--terminal", help="Where to label.")] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Of the page on this machine; 0 takes a free one.")
    ] = 0,
    seed: Annotated[
        int, typer.Option(min=0, help="Of the sample; annotators with one seed get the same pairs.")
    ] = 0,
) -> None:
    """Label a stratified sample of a run's candidate pairs; every answer is saved at once.

    Examples:

      dedupe label reports/seeds --annotator ana

      dedupe label reports/seeds --browser -o labels.jsonl

    The same command goes on where you stopped. Then: dedupe tune LABELS --on RUN -o DIR
    """
    from dedupe.runs import open_run
    from dedupe.tune import browser as page
    from dedupe.tune import terminal
    from dedupe.tune.sampling import plan
    from dedupe.tune.session import open_session
    from dedupe.tune.shown import Texts

    opened = open_run(run)
    tables = {name: opened.table(name) for name in ("documents", "candidates", "pairs")}
    log = out or run.resolve().with_name(f"{run.resolve().name}-labels.jsonl")
    session = open_session(log, plan(tables, opened.meta, unit.value, seed), annotator)
    session.prefer_uncertain(uncertain)
    try:
        if browser:
            desk = page.Desk(session, Texts(tables))
            server = page.serve(desk, port)
            address = page.address(desk, server)
            notes().print(
                f"label at {address} (this machine only; press f there to finish)",
                markup=False,
                soft_wrap=True,
            )
            webbrowser.open(address)
            count = page.run(desk, server)
        else:
            count = terminal.label(
                session, Texts(tables), terminal.keys_of(sys.stdin, typer.getchar), terminal.write_out
            )
    finally:
        session.close()
    notes().print(
        f"{count} answers in {log}; next: dedupe tune {log} --on {run} -o DIR", markup=False, soft_wrap=True
    )
