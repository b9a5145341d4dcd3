"""Searching settings that need a run: resumable, repeatable, adopted only on evidence."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tune_data import run_tables

from dedupe.errors import MissingExtra, RunError
from dedupe.settings import Settings
from dedupe.tune import search
from dedupe.tune.choice import Criterion

TABLES, LABELS = run_tables(50)


class Stopped(Exception):
    """Stands for a kill."""


def runner(stop_at: int | None = None):
    """Return a stand-in for the pipeline: with a small k, false candidates lose their scores."""
    truth = {(label.a, label.b): label.positive for label in LABELS}

    def run(settings: Settings, number: int) -> dict[str, pa.Table]:
        if stop_at is not None and number >= stop_at:
            raise Stopped
        rows = TABLES["candidates"].to_pylist()
        if settings.shingles.k <= 5:
            rows = [row for row in rows if truth[row["a"], row["b"]] or settings.shingles.k > 4]
        return {**TABLES, "candidates": pa.Table.from_pylist(rows, schema=TABLES["candidates"].schema)}

    return run


def searched(out: Path, trials: int, run: Any = None, seed: int = 1, key: str = "k") -> search.Found:
    return search.search(
        tuple(LABELS), Settings(), TABLES, run or runner(), Criterion("max"), trials=trials, out=out,
        seed=seed, key=key, progress=lambda done, total: None,
    )  # fmt: skip


def test_the_space_is_of_settings_that_exist() -> None:
    values = Settings().as_dict()
    for one in search.SPACE:
        section, name = one.setting.split(".")
        assert isinstance(values[section][name], int if one.whole else float), one.setting
        assert one.low < one.high


def test_a_search_finds_what_helps_and_goes_on_after_a_kill(tmp_path: Path) -> None:
    pytest.importorskip("optuna")
    whole = searched(tmp_path / "whole", 6)
    with pytest.raises(Stopped):
        searched(tmp_path / "parts", 6, runner(stop_at=2))
    parts = searched(tmp_path / "parts", 6)
    assert whole.adopted and parts.adopted
    assert whole.settings.shingles.k <= 4
    assert whole.summary["params"] == parts.summary["params"]
    assert whole.summary["gain"][1] > 0
    assert searched(tmp_path / "parts", 6, runner(stop_at=0)).summary == parts.summary  # nothing left to run
    with pytest.raises(RunError, match="other labels, another run or criterion"):
        searched(tmp_path / "parts", 8, key="other")


def test_what_is_no_better_is_not_adopted(tmp_path: Path) -> None:
    pytest.importorskip("optuna")
    found = searched(tmp_path, 3, lambda settings, number: TABLES)
    assert not found.adopted
    assert found.settings == Settings()
    assert "none was better" in found.summary["text"]


def test_without_optuna_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(
        MissingExtra, match=r"--search needs Optuna; install it with: pip install 'wiretrace\[tune\]'"
    ):
        searched(tmp_path, 1)
