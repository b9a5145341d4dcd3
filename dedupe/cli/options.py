"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dedupe.errors import DedupeError

if TYPE_CHECKING:
    from dedupe.settings import Settings


class Interface(StrEnum):
    """Languages of the report's interface."""

    en = "en"
    id = "id"


Inputs = Annotated[
    list[Path], typer.Argument(help="Files or folders: .txt, .jsonl, .csv, .parquet.", show_default=False)
]
ArticleA = Annotated[Path, typer.Argument(help="A file with one article.", show_default=False)]
ArticleB = Annotated[Path, typer.Argument(help="Another.", show_default=False)]
RunFolder = Annotated[
    Path, typer.Argument(help="A results folder that `dedupe run` wrote.", show_default=False)
]
SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", help="A TOML file of settings, or the name of a shipped one: news, pan13."),
]
Assignments = Annotated[
    list[str] | None, typer.Option("--set", help="One setting, as section.name=value; may be repeated.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Facts = Annotated[
    Path | None,
    typer.Option("--facts", help="A folder of your own sources and phrases; adds to the shipped ones."),
]
Language = Annotated[Interface, typer.Option(help="Language of the page's interface.")]
Workers = Annotated[int, typer.Option("--workers", min=0, help="Processes; 0 takes all processors.")]


def settings(path: Path | None, assignments: list[str] | None) -> Settings:
    """Return the settings that the options name."""
    from dedupe.settings import load, shipped

    return load(shipped(path), assignments or ())


@contextmanager
def writable(path: Path, *, folder: bool = False) -> Iterator[None]:
    """Turn what keeps a file (or ``folder``) from being written into one clear sentence."""
    if path.is_dir() and not folder:
        raise DedupeError("is a folder", where=str(path), mend="name a file with -o")
    try:
        yield
    except OSError as error:
        raise DedupeError(
            f"cannot be written: {error.strerror or error}", where=str(path), mend="name another file with -o"
        ) from error
