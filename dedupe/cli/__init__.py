"""The command ``dedupe``: one small file per command, which parses, calls and prints.

Heavy modules are imported inside the commands, so that ``dedupe --help`` is quick.
"""

from __future__ import annotations

import os
import sys

import click
import typer

from dedupe import __version__
from dedupe.cli import align, compare, credits, matrix, report, run, show, similar
from dedupe.cli.console import notes
from dedupe.errors import INTERNAL, DedupeError

app = typer.Typer(
    name="dedupe",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Who really wrote the news? Finds the passages that outlets share, names the agency "
    "that each came from, with the evidence, and draws the provenance matrix.\n\n"
    "Start with: [bold]dedupe run seeds/[/bold]",
)


def _version(value: bool) -> None:
    if value:
        print(f"dedupe {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    del version


for name, module in {
    "run": run,
    "matrix": matrix,
    "show": show,
    "report": report,
    "similar": similar,
    "compare": compare,
    "align": align,
    "credits": credits,
}.items():
    app.command(name)(module.command)


def main() -> None:
    """Run the command line; turn every error into one clear sentence and an exit code."""
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        notes().print("stopped; finished stages are kept, run the same command again to go on")
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except DedupeError as error:
        notes().print(f"[bold red]error:[/] {_plain(str(error))}", soft_wrap=True)
        code = error.exit_code
    except BrokenPipeError:  # the reader of our stdout has gone, as in `dedupe … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:
        if os.environ.get("DEDUPE_DEBUG"):
            raise
        notes().print(
            f"[bold red]internal error:[/] {type(error).__name__}: {_plain(str(error))}; "
            "set DEDUPE_DEBUG=1 to see where, and please report it",
            soft_wrap=True,
        )
        code = INTERNAL
    raise SystemExit(code or 0)


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)
