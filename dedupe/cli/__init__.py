"""The command ``dedupe``: one small file per command, which parses, calls and prints.

Heavy modules are imported inside the commands, so that ``dedupe --help`` is quick.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Callable
from typing import TextIO

import typer
from typer.exceptions import TyperException

from dedupe import __version__
from dedupe.cli import (
    align,
    compare,
    credits,
    diff,
    index,
    label,
    matrix,
    query,
    report,
    run,
    show,
    similar,
    sources,
    tune,
)
from dedupe.cli.console import notes
from dedupe.errors import INTERNAL, OK, USAGE, DedupeError

STOPPED = 130
"""Exit code after Ctrl-C, as shells count it (128 + SIGINT)."""

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


_COMMANDS: dict[str, Callable[..., None]] = {
    "run": run.command,
    "matrix": matrix.command,
    "show": show.command,
    "report": report.command,
    "similar": similar.command,
    "compare": compare.command,
    "diff": diff.command,
    "align": align.command,
    "credits": credits.command,
    "sources": sources.command,
    "label": label.command,
    "query": query.command,
}
for _name, _command in _COMMANDS.items():
    app.command(_name)(_command)
app.add_typer(tune.app, name="tune")
app.add_typer(index.app, name="index")


def main() -> None:
    """Run the command line; turn every error into one clear sentence and an exit code."""
    gc.set_threshold(50_000, 20, 20)  # modules are many objects that stay: not looked through again and again
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its threads spin while they wait, here for nothing
    for stream in (sys.stdout, sys.stderr):  # names of files need not be sound Unicode
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    stdout = sys.stdout
    try:
        code = app(prog_name="dedupe", standalone_mode=False)
        sys.stdout.flush()
    except (typer.Abort, KeyboardInterrupt):
        code = STOPPED
    except TyperException as error:  # a wrong option, argument or command
        code = _usage(error)
    except DedupeError as error:
        _say("error", str(error))
        code = error.exit_code
    except BrokenPipeError:  # the reader of our stdout has gone, as in `dedupe … | head`
        code = _unread(stdout)
    except SystemExit as stop:  # typer notices a broken pipe, too, and then puts a wrapper around stdout
        code = stop.code if sys.stdout is stdout else _unread(stdout)
    except OSError as error:  # a full disk, a folder that went away
        _say(
            "error",
            f"{error.filename or 'writing'}: {error.strerror or error}; make room or name another place",
        )
        code = USAGE
    except Exception as error:
        if os.environ.get("DEDUPE_DEBUG"):
            raise
        what = " ".join(f"{type(error).__name__}: {error}".split())
        _say("internal error", f"{what}; set DEDUPE_DEBUG=1 to see where, and please report it")
        code = INTERNAL
    if code == STOPPED:
        notes().print(
            "stopped; finished stages are kept, the same command goes on from there", soft_wrap=True
        )
    raise SystemExit(code if isinstance(code, int) else 0)


def _unread(stdout: TextIO) -> int:
    """Send the rest of the output nowhere, so that nothing is said about it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stdout.fileno())
    return OK


def _usage(error: TyperException) -> int:
    message = error.format_message().replace("Value error, ", "").rstrip(". \n")
    if message:  # empty where no command was given: the help was printed
        context = getattr(error, "ctx", None)
        _say("error", f"{message}; see {context.command_path if context else 'dedupe'} --help")
    return USAGE


def _say(kind: str, text: str) -> None:
    from rich.markup import escape

    from dedupe.reports.terminal import safe

    line = escape(safe(text).replace("\n", " "))
    notes().print(f"[bold red]{kind}:[/] {line}", soft_wrap=True)
