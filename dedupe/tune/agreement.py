"""Two annotators: Cohen's kappa and the pairs on which they disagree."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dedupe.tune.cuts import Floats
from dedupe.tune.estimates import Figure, interval, ratio, resamples
from dedupe.tune.labels import Key, Label
from dedupe.tune.units import stories

ANSWERS = (True, False, None)
"""Yes, no, unsure; what is compared (wholly and partially are both yes)."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two annotators on the pairs that both answered; NaN where kappa is undefined."""

    first: str
    second: str
    both: int
    same: Figure
    kappa: Figure
    disagreements: tuple[tuple[Label, Label], ...]


def agreements(rows: Sequence[Label], seed: int = 0) -> list[Agreement]:
    """Compare every two annotators that answered some of the same pairs."""
    answers: dict[str, dict[Key, Label]] = {}
    for row in rows:
        answers.setdefault(row.annotator, {})[row.key] = row
    found = []
    for first, second in itertools.combinations(sorted(answers), 2):
        keys = [key for key in answers[first] if key in answers[second]]
        if keys:
            pairs = [(answers[first][key], answers[second][key]) for key in keys]
            found.append(_compared(first, second, pairs, seed))
    return found


def _compared(first: str, second: str, pairs: list[tuple[Label, Label]], seed: int) -> Agreement:
    story, names = stories([one for one, _ in pairs])
    tables = np.zeros((len(names), 9))
    for place, (one, two) in zip(story, pairs, strict=True):
        tables[place, 3 * ANSWERS.index(one.positive) + ANSWERS.index(two.positive)] += 1
    counts = resamples(len(names), seed)
    whole = np.ones((1, len(names)))
    same, kappa = _kappa(whole @ tables)
    drawn_same, drawn_kappa = _kappa(counts @ tables)
    return Agreement(
        first, second, len(pairs),
        interval(float(same[0]), drawn_same), interval(float(kappa[0]), drawn_kappa),
        tuple((one, two) for one, two in pairs if one.positive is not two.positive),
    )  # fmt: skip


def _kappa(tables: Floats) -> tuple[Floats, Floats]:
    """Return observed agreement and Cohen's kappa (1960) of tables float64[R, 9]."""
    cube = tables.reshape(-1, 3, 3)
    total = cube.sum(axis=(1, 2))
    observed = ratio(np.trace(cube, axis1=1, axis2=2), total)
    chance = ratio((cube.sum(axis=1) * cube.sum(axis=2)).sum(axis=1), total**2)
    return observed, ratio(observed - chance, np.where(chance < 1 - 1e-12, 1 - chance, 0.0))
