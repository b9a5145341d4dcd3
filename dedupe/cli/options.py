"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dedupe.settings import Settings

Inputs = Annotated[
    list[Path], typer.Argument(help="Files or folders: .txt, .jsonl, .csv, .parquet.", show_default=False)
]
RunFolder = Annotated[Path, typer.Argument(help="A results folder that `dedupe run` wrote.", show_default=False)]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="A TOML file of settings, or the name of a shipped one: news, pan13.")
]
Assignments = Annotated[
    list[str] | None, typer.Option("--set", help="One setting, as section.name=value; may be repeated.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Facts = Annotated[
    Path | None, typer.Option("--facts", help="A folder of your own sources and phrases; adds to the shipped ones.")
]
Workers = Annotated[int, typer.Option("--workers", min=0, help="Processes; 0 takes all processors.")]


def settings(path: Path | None, assignments: list[str] | None) -> Settings:
    """Return the settings that the options name."""
    from dedupe.settings import load, shipped

    return load(shipped(path), assignments or ())
