"""Where things are printed: data on stdout, progress and notes on stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # rich is imported when first printed with: --help stays quick
    from rich.console import Console

Report = Callable[[str, int, int], None]
SHOWN = 20
"""Rejected records that are named on stderr; the rest are counted."""


@cache
def notes() -> Console:
    """Return the console of stderr. Honours ``NO_COLOR``; plain off a terminal."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


@cache
def data() -> Console:
    """Return the console of stdout."""
    from rich.console import Console

    return Console(highlight=False)


def tell_rejected(rejected: Iterable[Any], rest: str = "") -> None:
    """Say of each rejected record where it is and why; ``rest`` says where the others are listed.

    Records are ``records.Rejected`` or the same as a mapping (a line of ``rejected.jsonl``).
    """
    from dedupe.reports.terminal import safe

    count = 0
    for count, one in enumerate(rejected, start=1):
        if count <= SHOWN:
            where, why = (one["where"], one["reason"]) if isinstance(one, dict) else (one.where, one.reason)
            line = safe(f"rejected: {where}: {why}").replace("\n", " ")
            notes().print(line, markup=False, soft_wrap=True)
    if count > SHOWN:
        notes().print(f"rejected: {count - SHOWN} more{rest}", markup=False, soft_wrap=True)


@contextmanager
def progress() -> Iterator[Report]:
    """Yield ``report(stage, done, total)``: bars on a terminal, one line per stage off it."""
    if not notes().is_terminal:
        seen: set[str] = set()

        def line(stage: str, done: int, total: int) -> None:
            if stage not in seen:
                seen.add(stage)
                notes().print(f"{stage} …", markup=False)

        yield line
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=notes(), transient=True) as bars:
        tasks = {}

        def bar(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield bar
