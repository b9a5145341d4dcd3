"""Where things are printed: data on stdout, progress and notes on stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # rich is imported when first printed with: --help stays quick
    from rich.console import Console

Report = Callable[[str, int, int], None]


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
