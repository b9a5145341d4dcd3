"""Accuracy may rise, and falls only on purpose: small fixed subsets against `data/floors.toml`.

``python tests/test_floors.py`` prints what each reaches now. Subsets of data that stands beside the
project are left out where it is absent; the generated articles and the credits are always there.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "bench"
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "tests")]

from credit_scoring import load, score

FLOORS = tomllib.loads((ROOT / "tests" / "data" / "floors.toml").read_text("utf-8"))
CLEAN = "detections on clean pairs"
SEED, GENERATED, ARTICLES, PAIRS = 7, 600, 3_000, 60


def _beside(name: str) -> Path:
    if not (SHARED / name).is_file():
        pytest.skip(f"../shared/bench/{name} does not stand beside the project")
    return SHARED / name


def generated() -> dict[str, float]:
    """Articles of the project's own generator, with the passages it copied."""
    import generate
    import scale

    from dedupe.settings import Settings

    written = list(generate.generate(GENERATED, SEED))
    documents, gold = [one[0] for one in written], [passage for one in written for passage in one[1]]
    return scale.score(documents, gold, scale.detect(documents, Settings())[0])


def of_scale() -> dict[str, float]:
    """All dispatches of scale-10k, and its first articles."""
    import scale

    from dedupe.settings import Settings

    documents, gold = scale.read(_beside("scale-10k.tar.xz"))
    articles = [entry for entry in documents if entry["kind"] != "wire"][:ARTICLES]
    chosen = [*(entry for entry in documents if entry["kind"] == "wire"), *articles]
    names = {entry["id"] for entry in articles}
    gold = [passage for passage in gold if passage["article"] in names]
    return scale.score(chosen, gold, scale.detect(chosen, Settings())[0])


def of_pan13() -> dict[str, float]:
    """Plagdet on the first pairs of each kind, with the shipped settings."""
    import pan13

    from dedupe.reuse.align import prepare
    from dedupe.settings import load as settings

    texts, every = pan13.read(_beside("pan13-train.tar.xz"))
    pairs, chosen = pan13.sampled(every, PAIRS), settings(pan13.SETTINGS)
    found, _ = pan13.run(
        pan13.ours(chosen),
        pairs,
        lambda name: prepare(texts[name], language="en", wrapped=chosen.align.wrapped),
    )
    scored = pan13.scored(pairs, found)
    clean = scored.pop("no-plagiarism").detections
    return {**{kind: one.plagdet for kind, one in scored.items()}, CLEAN: clean}


def of_counter() -> dict[str, float]:
    """Derived or not, by newspaper: each tried on a model of the others."""
    import counter
    from sklearn.model_selection import LeaveOneGroupOut

    rows = [json.loads(line) for line in _beside("counter-dev.jsonl").read_bytes().splitlines()]
    labels = np.array([counter.LABELS.index(row["label"]) for row in rows])
    _, figures = counter.measures(rows)
    groups = [row["newspaper"] for row in rows]
    splits = list(LeaveOneGroupOut().split(figures, labels, groups))
    f1, accuracy = counter.score(labels, counter.guesses(figures, labels, splits))
    return {"macro-F1": f1, "derived or not": accuracy}


def of_credits() -> dict[str, float]:
    """F1 on the project's own labelled texts."""
    return {name: score(load(name)).f1 for name in FLOORS["credits"]}


SUBSETS: dict[str, Callable[[], dict[str, float]]] = {
    "generated": generated,
    "scale": of_scale,
    "pan13": of_pan13,
    "counter": of_counter,
    "credits": of_credits,
}


@pytest.mark.parametrize("name", SUBSETS)
def test_floors(name: str) -> None:
    reached, floors = SUBSETS[name](), dict(FLOORS[name])
    most = floors.pop("at_most", {})
    assert floors and floors.keys() | most.keys() <= reached.keys()
    low = {figure: reached[figure] for figure, floor in floors.items() if reached[figure] < floor}
    high = {figure: reached[figure] for figure, ceiling in most.items() if reached[figure] > ceiling}
    assert not (low or high), "below tests/data/floors.toml"


if __name__ == "__main__":
    for name, reach in SUBSETS.items():
        print(name, reach())
