"""The whole path on ``seeds/``: run, tune with the sample labels, run again with ``tuned.toml``."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from dedupe import pipeline
from dedupe.settings import Settings, load
from dedupe.tune import outputs, parsing
from dedupe.tune.choice import Choice, Criterion
from dedupe.tune.tuning import tune

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.seed_labels import LABELS, SEEDS, labels

CHANNELS = ("shingles", "minhash", "tfidf")


def test_sample_labels_are_those_of_the_gold_labels() -> None:
    assert LABELS.read_text(encoding="utf-8") == labels(SEEDS), "run: python benchmarks/seed_labels.py"


def test_run_tune_run(tmp_path: Path) -> None:
    run = pipeline.run([SEEDS], tmp_path / "run", Settings(), channels=CHANNELS, workers=1)
    tables = {name: run.table(name) for name in ("documents", "candidates", "pairs")}
    answers = parsing.read([LABELS])
    found = tune(answers, tables, run.meta["settings"], Criterion("max"), draws=100)
    moved = replace(found, choice=Choice(np.array([15.0, 0.6, 0.5, 0.85])))  # whatever the labels say today
    outputs.write(moved, tables, run.meta, tmp_path / "tuning")
    tuned = load(tmp_path / "tuning" / "tuned.toml")
    assert (tuned.align.min_words, tuned.align.min_score) == (15, 0.6)
    again = pipeline.run([SEEDS], tmp_path / "again", tuned, channels=CHANNELS, workers=1)
    assert again.table("matches").num_rows < run.table("matches").num_rows
    rows = again.table("candidates").to_pylist()
    accepted = {(row["a"], row["b"]) for row in rows if row["accepted"]}
    data = json.loads((tmp_path / "tuning" / "tuning.json").read_text())
    same = [((unit["a"], unit["b"]) in accepted) == unit["chosen"] for unit in data["units"]]
    assert np.mean(same) > 0.99
