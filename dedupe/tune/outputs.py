"""What a tuning writes into its folder: settings, curves, figures, page, history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from dedupe import __version__
from dedupe.errors import RunError
from dedupe.runs import write_table, write_text
from dedupe.tune import html, record
from dedupe.tune.cuts import CUTS
from dedupe.tune.paragraph import methods
from dedupe.tune.tuning import Tuning

FILES = ("tuned.toml", "curve.parquet", "tuning.json", "tuning.html", "history.jsonl")


def write(
    tuning: Tuning,
    tables: Mapping[str, pa.Table],
    meta: Mapping[str, Any],
    out: Path,
    search: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write all files into ``out`` and return what ``tuning.json`` holds.

    ``meta`` is the run's ``run.json``; ``search`` says what a search tried. The same tuning gives
    the same bytes; ``history.jsonl`` gains a line when its last one differs.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(
            f"cannot be written: {error.strerror}", where=str(out), mend="name another folder with -o"
        ) from error
    settings = record.tuned_settings(meta["settings"], tuning.choice.thresholds)
    chosen = {
        cut.setting: record.setting_value(place, tuning.choice.thresholds) for place, cut in enumerate(CUTS)
    }
    paragraph = methods(tuning, meta, chosen)
    if search:
        paragraph += " " + str(search["text"])
    found = record.record(tuning, meta, paragraph)
    found["search"] = dict(search) if search else None
    write_text(record.toml(settings, about(tuning, found)), out / "tuned.toml")
    write_table(record.curves(tuning), out / "curve.parquet")
    write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", out / "tuning.json")
    write_text(html.build(tuning, tables, meta, paragraph), out / "tuning.html")
    _remember(out / "history.jsonl", found)
    return found


def about(tuning: Tuning, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``tuned.toml`` says of itself; `dedupe.settings.load` reads over it."""
    counts, refusal = tuning.counts, tuning.choice.refusal
    lines: dict[str, Any] = {
        "made_by": f"dedupe tune {__version__}",
        "criterion": str(tuning.criterion),
        "decision": f"thresholds kept: {refusal}" if refusal else "thresholds chosen",
        "labels": f"{counts['used']} pairs: {counts['yes']} yes, {counts['no']} no",
        "stories": counts["stories"],
        "labels_digest": tuning.labels.digest,
        "run_digest": str(found["run"]),
        "seed": tuning.seed,
    }
    for name, figure in (("precision", tuning.unseen.precision), ("recall", tuning.unseen.recall)):
        value, low, high = map(record.number, figure)
        if value is not None:
            lines[f"cross_validated_{name}"] = f"{value:.3f}, 95 % interval {low:.3f} to {high:.3f}"
    return lines


def _remember(path: Path, found: Mapping[str, Any]) -> None:
    line = json.dumps({
        "labels": found["labels"]["digest"], "used": found["labels"]["used"], "run": found["run"],
        "criterion": found["criterion"]["text"], "seed": found["seed"], "decision": found["decision"],
        "thresholds": {one["setting"]: one["chosen"] for one in found["thresholds"]},
        "unseen": found["figures"]["unseen"],
    }, sort_keys=True)  # fmt: skip
    before = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    if before[-1:] != [line]:
        write_text("".join(f"{one}\n" for one in [*before, line]), path)


def history(folder: Path) -> list[dict[str, Any]]:
    """Return the tunings that were written to a folder, oldest first."""
    path = folder / "history.jsonl"
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise RunError(
            "holds no tuning", where=str(folder), mend="make one: dedupe tune LABELS --on RUN -o DIR"
        ) from error


def load(folder: Path) -> dict[str, Any]:
    """Return a folder's ``tuning.json``; raise RunError when there is none of this format."""
    try:
        found = json.loads((folder / "tuning.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(
            "holds no tuning", where=str(folder), mend="make one: dedupe tune LABELS --on RUN -o DIR"
        ) from error
    if not isinstance(found, dict) or found.get("format") != record.FORMAT:
        raise RunError(
            "is a tuning of another format", where=str(folder), mend="tune again with this version"
        )
    return found
