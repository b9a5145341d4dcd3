"""``dedupe run --engine spark``."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dedupe.cli.console import data, notes, progress, tell_rejected
from dedupe.cli.sizes import shown_bytes

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from dedupe.settings import Settings


class How(NamedTuple):
    """The options that only this engine has, and what the machine may give."""

    master: str | None
    workers: int
    memory: int
    partitions: int


def command(
    inputs: Sequence[Path],
    out: Path,
    settings: Settings,
    channels: tuple[str, ...],
    facts: Path | None,
    how: How,
    *,
    dry_run: bool,
    fail_on: float | None,
) -> None:
    """Run on Spark, or print how the work would be cut."""
    from dedupe.engines.spark import started

    # Java takes as long to start as everything takes to import.
    threading.Thread(target=importlib.import_module, args=("dedupe.onspark",), daemon=True).start()
    session = started(how.master, how.workers, how.memory)

    from dedupe import onspark
    from dedupe.cli.run import end, tell
    from dedupe.engines.spark.files import url_of
    from dedupe.stages.credits import catalogue

    if dry_run:
        _plan(session, inputs, settings, channels, how.partitions)
        return
    with progress() as report:
        done = onspark.run(
            session, inputs, out, settings, channels=channels, facts=facts, partitions=how.partitions,
            progress=report,
        )  # fmt: skip
    known = catalogue(facts)
    ids = {*done.matrix["source"].to_pylist(), *done.matrix["via"].to_pylist()}
    names = {source: known.name(source) for source in sorted(filter(None, ids))}
    where = f"report: {out / 'report.html'}" if done.run else f"tables: {url_of(out)}"
    tell(done.matrix, names, done.meta, where)
    tell_rejected(done.rejected, f"; all are in {out / 'rejected.jsonl'}")
    end(done.matrix, done.meta, fail_on)


def _plan(
    session: SparkSession,
    inputs: Sequence[Path],
    settings: Settings,
    channels: tuple[str, ...],
    partitions: int,
) -> None:
    from dedupe import onspark
    from dedupe.plan import plan_of, steps

    source = onspark.source_of(inputs, settings, session)
    processors = session.sparkContext.defaultParallelism
    cut = plan_of(source.size, processors, partitions)
    data().print(
        f"input       {shown_bytes(source.size)} in {len(source.digests):,} files; {processors} tasks at once",
        markup=False,
        soft_wrap=True,
    )
    data().print(f"{'step':<34} {'pieces':>7}  {'in all':>9}  {'a piece':>9}", markup=False, soft_wrap=True)
    for step in steps(source.size, cut, channels):
        pieces = f"{step.pieces:,}" if step.pieces else "driver"
        line = f"{step.name:<34} {pieces:>7}  {shown_bytes(step.sent):>9}  {shown_bytes(step.piece):>9}"
        data().print(f"{line}  {step.held}".rstrip(), markup=False, soft_wrap=True)
    notes().print("note: sizes are estimates from the input's bytes; nothing was read", soft_wrap=True)
