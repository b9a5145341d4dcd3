"""Scores as probabilities: isotonic calibration judged on other stories, reliability, Brier score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.isotonic import IsotonicRegression

from dedupe.tune.cuts import Floats
from dedupe.tune.estimates import Figure, interval, proportion, ratio
from dedupe.tune.units import Units
from dedupe.tune.validation import folds

BINS = 8
LEAST = 20
"""Units, of both verdicts, below which nothing is calibrated."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Units whose calibrated probability lies in a range: what was said, and what was so."""

    low: float
    high: float
    said: float
    so: Figure
    units: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """``knots`` are points (score, probability) of the isotonic fit on all labels.

    The Brier scores are those of predictions for stories that the fit has not seen; ``constant``
    is that of always saying the share of yes.
    """

    knots: tuple[tuple[float, float], ...]
    brier: Figure
    raw: Figure
    constant: Figure
    bins: tuple[Bin, ...]


def calibrate(units: Units, level: Floats, counts: Floats, seed: int) -> Calibration | None:
    """Return the calibration of a score from 0 to 1, if labels suffice.

    Units whose ``level`` is not finite were not scored and are left out.
    """
    known = np.isfinite(level)
    score, said = level[known], units.positive[known].astype(np.float64)
    weight, story = units.weight[known], units.story[known]
    if len(said) < LEAST or not 0 < said.sum() < len(said) or len(np.unique(story)) < 2:
        return None
    fold = folds(len(units.stories), seed)[story]
    predicted = np.full(len(said), np.average(said, weights=weight))
    constant = predicted.copy()
    for number in np.unique(fold):
        train, test = fold != number, fold == number
        if train.any():
            predicted[test] = _fit(score[train], said[train], weight[train]).predict(score[test])
            constant[test] = np.average(said[train], weights=weight[train])
    fitted = _fit(score, said, weight)
    knots = tuple(
        (round(float(x), 6), round(float(y), 6))
        for x, y in zip(fitted.X_thresholds_, fitted.y_thresholds_, strict=True)
    )

    def brier(guess: Floats) -> Figure:
        top = _by_story(weight * (guess - said) ** 2, story, len(units.stories))
        bottom = _by_story(weight, story, len(units.stories))
        return interval(float(top.sum() / bottom.sum()), ratio(counts @ top, counts @ bottom))

    bins = _reliability(predicted, said, weight, story, counts)
    return Calibration(knots, brier(predicted), brier(score), brier(constant), bins)


def _fit(score: Floats, said: Floats, weight: Floats) -> IsotonicRegression:
    return IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(score, said, sample_weight=weight)


def _by_story(value: Floats, story: np.ndarray, stories: int) -> Floats:
    return np.bincount(story, weights=value, minlength=stories).astype(np.float64)


def _reliability(
    predicted: Floats, said: Floats, weight: Floats, story: np.ndarray, counts: Floats
) -> tuple[Bin, ...]:
    stories = counts.shape[1]
    edges = np.unique(np.quantile(predicted, np.linspace(0, 1, BINS + 1)))
    place = np.clip(np.searchsorted(edges, predicted, "right") - 1, 0, max(0, len(edges) - 2))
    out = []
    for number in np.unique(place):
        inside = place == number
        top = _by_story((weight * said)[inside], story[inside], stories)[:, None]
        bottom = _by_story(weight[inside], story[inside], stories)[:, None]
        mean = float(np.average(predicted[inside], weights=weight[inside]))
        low, high = float(predicted[inside].min()), float(predicted[inside].max())
        out.append(Bin(low, high, mean, proportion(top, bottom, counts)[0], int(inside.sum())))
    return tuple(out)
