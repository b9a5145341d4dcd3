"""``dedupe tune``: labels in, thresholds with their uncertainty out."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperGroup

from dedupe.cli.console import data, notes, progress
from dedupe.cli.options import AsJson, Facts, Workers
from dedupe.errors import SettingsError

if TYPE_CHECKING:
    from dedupe.tune.choice import Criterion
    from dedupe.tune.labels import Labels


_T = TypeVar("_T")


class _Tune(TyperGroup):
    """Takes ``dedupe tune LABELS …`` as ``dedupe tune labels LABELS …``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, "-h", "--help"}:
            args = ["labels", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_Tune,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Choose thresholds on labelled pairs, with the uncertainty of the choice.\n\n"
    "dedupe tune LABELS --on RUN -o DIR is short for dedupe tune labels LABELS --on RUN -o DIR.",
)


@app.command("labels")
def command(
    labels: Annotated[list[Path], typer.Argument(help="Label files: CSV or JSON Lines.", show_default=False)],
    on: Annotated[Path, typer.Option("--on", help="The results folder that the labels are about.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for tuned.toml and the figures.")],
    min_precision: Annotated[
        float | None, typer.Option(help="Most recall at this precision, or more. [default: 0.95]")
    ] = None,
    min_recall: Annotated[float | None, typer.Option(help="Most precision at this recall, or more.")] = None,
    maximum: Annotated[str | None, typer.Option("--max", help="Highest F1: --max F1.")] = None,
    cost: Annotated[str | None, typer.Option(help="Least cost of errors, as fp=5,fn=1.")] = None,
    confidence: Annotated[float, typer.Option(help="Of a bound on precision or recall.")] = 0.95,
    seed: Annotated[int, typer.Option(min=0, help="Of resamples and folds.")] = 0,
    search: Annotated[
        int,
        typer.Option(min=0, help="Also try so many other settings, a run each; goes on where it stopped."),
    ] = 0,
    inputs: Annotated[
        list[Path] | None,
        typer.Option("--input", help="With --search: the run's inputs, if not where run.json says."),
    ] = None,
    facts: Facts = None,
    workers: Workers = 0,
) -> None:
    """Choose thresholds on LABELS for a run, and write tuned.toml, curves, figures and a page.

    Examples:

      dedupe tune docs/examples/seeds-labels.csv --on reports/seeds -o reports/tuning --cost fp=5,fn=1

      dedupe run seeds/ --settings reports/tuning/tuned.toml
    """
    from dedupe.runs import open_run
    from dedupe.tune import outputs, parsing
    from dedupe.tune.record import run_digest
    from dedupe.tune.tuning import tune

    criterion = criterion_of(min_precision, min_recall, maximum, cost, confidence)
    run = open_run(on)
    tables = {name: run.table(name) for name in ("documents", "candidates", "pairs")}
    answers = _all_problems(lambda: parsing.read(labels))
    meta = run.meta
    if answers.run and answers.run != run_digest(meta):
        said = "labels were drawn from another run: their inclusion probabilities are those of its candidates"
        answers = dataclasses.replace(answers, notes=(*answers.notes, said))
    tried: dict[str, Any] | None = None
    if search:
        tables, meta, tried = _searched(
            search, answers, tables, meta, criterion, out, seed, inputs, facts, workers
        )
    tuning = _all_problems(lambda: tune(answers, tables, meta["settings"], criterion, seed=seed))
    found = outputs.write(tuning, tables, meta, out, tried)
    _print(found)
    if tried:
        _note(tried["text"])
    _note(f"settings: {out / 'tuned.toml'}; figures: {out / 'tuning.html'}")


def _all_problems(work: Callable[[], _T]) -> _T:
    """Return what ``work`` returns; print all problems of labels but the last, which is raised."""
    from dedupe.tune.labels import SHOWN, LabelsError

    try:
        return work()
    except LabelsError as error:
        *others, last = error.problems
        for problem in others[:SHOWN]:
            _note(str(problem))
        if len(others) > SHOWN:
            _note(f"… and {len(others) - SHOWN} more, and this one:")
        raise LabelsError([last]) from error


def _note(text: str) -> None:
    from dedupe.reports.terminal import safe

    notes().print(safe(text), markup=False, soft_wrap=True)


def _line(text: str) -> None:
    from dedupe.reports.terminal import safe

    data().print(safe(text), markup=False, soft_wrap=True)


def criterion_of(
    min_precision: float | None,
    min_recall: float | None,
    maximum: str | None,
    cost: str | None,
    confidence: float,
) -> Criterion:
    """Return the criterion that the options name; raise SettingsError for none or several."""
    from dedupe.tune.choice import Criterion

    given = [value for value in (min_precision, min_recall, maximum, cost) if value is not None]
    if len(given) > 1:
        raise SettingsError(
            "several criteria", where="tune", mend="give one of --min-precision, --min-recall, --max, --cost"
        )
    for name, value in (
        ("--min-precision", min_precision),
        ("--min-recall", min_recall),
        ("--confidence", confidence),
    ):
        if value is not None and not 0 < value < 1:
            raise SettingsError(f"{value:g} is not between 0 and 1", where=name, mend="for example 0.95")
    if min_recall is not None:
        return Criterion("min-recall", min_recall, confidence=confidence)
    if maximum is not None:
        if maximum.lower() != "f1":
            raise SettingsError(f"cannot maximise {maximum!r}", where="--max", mend="write --max F1")
        return Criterion("max")
    if cost is not None:
        return _cost(cost)
    return Criterion("min-precision", 0.95 if min_precision is None else min_precision, confidence=confidence)


def _cost(text: str) -> Criterion:
    from dedupe.tune.choice import Criterion

    try:
        values = {name.strip(): float(value) for name, value in (part.split("=") for part in text.split(","))}
    except ValueError:
        values = {}
    if set(values) != {"fp", "fn"} or not all(0 <= value < 1e9 for value in values.values()):
        raise SettingsError(f"{text!r} names no costs", where="--cost", mend="for example --cost fp=5,fn=1")
    return Criterion("cost", fp=values["fp"], fn=values["fn"])


def _searched(
    trials: int,
    answers: Labels,
    tables: dict[str, Any],
    meta: dict[str, Any],
    criterion: Criterion,
    out: Path,
    seed: int,
    inputs: list[Path] | None,
    facts: Path | None,
    workers: int,
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return the tables and ``run.json`` to tune on, and what was tried."""
    from dedupe import pipeline
    from dedupe.runs import digest
    from dedupe.tune import search
    from dedupe.tune.record import run_digest

    paths = [Path(name) for name in inputs or meta["inputs"]]
    lost = [path for path in paths if not path.exists()]
    if lost:
        raise SettingsError(
            f"needs a new run for each trial, and {lost[0]}, an input of this run, is not there",
            where="--search",
            mend="name what `dedupe run` was given: --input seeds/",
        )

    def runner(settings: Any, number: int) -> dict[str, Any]:
        folder = out / "search" / f"{number:04d}"
        done = pipeline.run(paths, folder, settings, channels=meta["channels"], facts=facts, workers=workers)
        found = {name: done.table(name) for name in ("documents", "candidates", "pairs")}
        if not found["documents"].select(["id", "text"]).equals(tables["documents"].select(["id", "text"])):
            raise SettingsError(
                "are not the documents of the run",
                where="--input",
                mend="name what `dedupe run` was given, unchanged since",
            )
        return found

    def tell(done: int, total: int) -> None:
        report("search", done, total)
        if not notes().is_terminal:  # a run each: worth a line each
            _note(f"search: {done} of {total} runs")

    base = search.from_dict(meta["settings"])
    with progress() as report:
        found = search.search(
            answers.rows, base, tables, runner, criterion, trials=trials, out=out, seed=seed,
            key=digest(answers.digest, run_digest(meta), dataclasses.asdict(criterion), seed),
            progress=tell,
        )  # fmt: skip
    if found.adopted:
        tables = runner(found.settings, found.trial)
        meta = {**meta, "settings": found.settings.as_dict()}
    return tables, meta, dict(found.summary)


def _print(found: dict[str, Any]) -> None:
    from rich.table import Table

    for note in found["labels"]["notes"]:
        _note(f"note: {note}")
    table = Table("threshold", "run", "chosen", "95 % of resamples", box=None, pad_edge=False)
    for one in found["thresholds"]:
        spread = one["spread"]
        said = (
            f"{spread['low']:g} to {spread['high']:g}"
            if spread
            else "too few labels"
            if not one["free"]
            else "–"
        )
        table.add_row(one["setting"], f"{one['run']:g}", f"{one['chosen']:g}", said)
    data().print(table)
    table = Table("figures", "precision", "recall", "F1", box=None, pad_edge=False)
    for name, title in (("run", "run's own"), ("chosen", "chosen"), ("unseen", "cross-validated")):
        table.add_row(
            title, *(_figure(found["figures"][name][part]) for part in ("precision", "recall", "f1"))
        )
    data().print(table)
    if found["refusal"]:
        _note(f"thresholds kept as they were: {found['refusal']}")


def _figure(one: dict[str, float | None]) -> str:
    if one["value"] is None:
        return "not estimable"
    low, high = (0.0 if part is None else part for part in (one["low"], one["high"]))
    return f"{one['value']:.3f} ({low:.3f}–{high:.3f})"


@app.command("compare")
def compare_command(
    a: Annotated[Path, typer.Argument(help="A folder that `dedupe tune` wrote.", show_default=False)],
    b: Annotated[Path, typer.Argument(help="Another, on the same labels.", show_default=False)],
    as_json: AsJson = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the resamples.")] = 0,
) -> None:
    """Compare two tunings: paired bootstrap difference, and the pairs that they decide differently.

    Example:

      dedupe tune compare reports/tuning reports/tuning-2
    """
    from rich.table import Table

    from dedupe.tune import outputs
    from dedupe.tune.compare import compare
    from dedupe.tune.record import plain

    found = compare(outputs.load(a), outputs.load(b), seed)
    if as_json:
        print(json.dumps(plain(found), ensure_ascii=False, indent=1))
        return
    table = Table("", str(a), str(b), "difference (95 %)", box=None, pad_edge=False)
    for name, change in found.difference.items():
        said = f"{change.value:+.3f} ({change.low:+.3f} to {change.high:+.3f})"
        table.add_row(name, f"{found.a[name]:.3f}", f"{found.b[name]:.3f}", said)
    data().print(table)
    for pair in found.flipped:
        side = "only the first" if pair["in_a"] else "only the second"
        _line(f"{pair['a']}  {pair['b']}  labelled {pair['label']}, accepted by {side}")
    _note(f"{len(found.flipped)} of {found.pairs} pairs flipped, {found.stories} stories")
    if found.left_out:
        _note(f"{found.left_out} labels are not in both with the same answer and are left out")


@app.command("agreement")
def agreement_command(
    labels: Annotated[
        list[Path], typer.Argument(help="Label files of two or more annotators.", show_default=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Compare annotators: Cohen's kappa, and the pairs on which they disagree.

    Example:

      dedupe tune agreement labels-ana.jsonl labels-ben.jsonl
    """
    from dedupe.tune.agreement import agreements
    from dedupe.tune.parsing import read
    from dedupe.tune.record import plain

    found = agreements(_all_problems(lambda: read(labels)).rows)
    if as_json:
        print(json.dumps([plain(one) for one in found], ensure_ascii=False, indent=1))
        return
    if not found:
        _note("no two annotators answered the same pair")
    for one in found:
        names = f"{one.first or '(unnamed)'} and {one.second or '(unnamed)'}"
        kappa = _figure(plain(one.kappa))
        _line(f"{names}: {one.both} pairs, kappa {kappa}, same answer {_figure(plain(one.same))}")
        for x, y in one.disagreements:
            spans = f" {x.spans}" if x.spans else ""
            _line(f"  {x.a}  {x.b}{spans}: {x.verdict} ({x.where}), {y.verdict} ({y.where})")


@app.command("history")
def history_command(
    folder: Annotated[Path, typer.Argument(help="A folder that `dedupe tune` wrote.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """List the tunings that were made in a folder, oldest first.

    Example:

      dedupe tune history reports/tuning
    """
    from rich.table import Column, Table

    from dedupe.tune import outputs

    found = outputs.history(folder)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return
    heads = ("labels", "criterion", "decision", "thresholds", "cross-validated precision", "recall")
    table = Table(*(Column(head, overflow="fold") for head in heads), box=None)
    for one in found:
        chosen = "\n".join(f"{name}={value:g}" for name, value in one["thresholds"].items())
        figures = [_figure(one["unseen"][name]) for name in ("precision", "recall")]
        table.add_row(str(one["used"]), one["criterion"], one["decision"], chosen, *figures)
    data().print(table)
