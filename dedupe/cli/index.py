"""``dedupe index add``: articles into a growing archive."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dedupe.cli.console import notes, progress, tell_rejected
from dedupe.cli.options import Assignments, Inputs, SettingsFile, Workers, settings
from dedupe.errors import REJECTED

app = typer.Typer(no_args_is_help=True, help="Keep an archive of articles to hold new ones against.")


@app.callback()
def _group() -> None:
    pass


@app.command("add")
def command(
    archive: Annotated[
        Path, typer.Argument(help="The archive's folder; made when it is new.", show_default=False)
    ],
    inputs: Inputs,
    settings_file: SettingsFile = None,
    assignments: Assignments = None,
    workers: Workers = 0,
) -> None:
    """Add articles to an archive; `dedupe query` then finds what new ones share with it.

    Example:

      dedupe index add archive/ june.jsonl
    """
    from dedupe.engines.start import lean

    lean()
    from dedupe.archive import add

    with progress() as report:
        added = add(archive, inputs, settings(settings_file, assignments), workers=workers, progress=report)
    notes().print(
        f"{added.documents} added, {added.total} in the archive, {len(added.rejected)} rejected", markup=False
    )
    tell_rejected(added.rejected)
    if added.rejected:
        raise typer.Exit(REJECTED)
