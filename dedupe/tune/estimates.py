"""Weighted precision, recall and F1, with intervals from the story bootstrap and exact bounds.

The unit of chance is the story: five articles of one story are one observation. All sums
are kept per story (rows) and threshold (columns), so that a resample of stories is one matrix product.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import special

from dedupe.tune.cuts import Flags, Floats, Ints

RESAMPLES = 2_000
GRID = 120
"""Thresholds of a curve, at most."""


class Figure(NamedTuple):
    """An estimate with its 95 % interval; NaN where it cannot be estimated."""

    value: float
    low: float
    high: float


class Sample(NamedTuple):
    """Labelled pairs: which are positive, their weights and stories, and the number of stories."""

    positive: Flags
    weight: Floats
    story: Ints
    stories: int


@dataclass(frozen=True, slots=True)
class Sums:
    """Weighted sums per story: accepted and rightly accepted float64[S, T], positives float64[S]."""

    grid: Floats
    accepted: Floats
    hits: Floats
    positives: Floats


def grid(critical: Floats, *, always: Floats | None = None, size: int = GRID) -> Floats:
    """Return at most ``size`` thresholds, ascending: the values at which something changes.

    Values in ``always`` are kept whatever the size.
    """
    points = np.unique(critical[np.isfinite(critical)])
    if len(points) > size:
        points = points[np.unique(np.linspace(0, len(points) - 1, size).round().astype(int))]
    return points if always is None else np.unique(np.concatenate((points, always)))


def sums(critical: Floats, thresholds: Floats, sample: Sample) -> Sums:
    """Return the sums when units with ``critical >= threshold`` are accepted."""
    accepted = np.zeros((sample.stories, len(thresholds)))
    hits = np.zeros((sample.stories, len(thresholds)))
    positives = np.zeros(sample.stories)
    # A unit is accepted up to the column of its critical value: add there, then sum from the right.
    reach = np.searchsorted(thresholds, critical, "right") - 1
    story, weight = sample.story, sample.weight
    inside = reach >= 0
    good = inside & sample.positive
    np.add.at(accepted, (story[inside], reach[inside]), weight[inside])
    np.add.at(hits, (story[good], reach[good]), weight[good])
    np.add.at(positives, story[sample.positive], weight[sample.positive])
    return Sums(
        thresholds,
        accepted[:, ::-1].cumsum(axis=1)[:, ::-1],
        hits[:, ::-1].cumsum(axis=1)[:, ::-1],
        positives,
    )


def resamples(stories: int, seed: int, count: int = RESAMPLES) -> Floats:
    """Return float64[count, stories]: how often each story stands in each bootstrap resample."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(stories, np.full(stories, 1 / stories), size=count).astype(np.float64)


def ratio(top: Floats, bottom: Floats) -> Floats:
    """Return ``top / bottom``, NaN where the bottom is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(bottom > 0, top / bottom, np.nan)


def f1(precision: Floats, recall: Floats) -> Floats:
    """Return the harmonic mean; 0 where nothing was accepted."""
    both = np.nan_to_num(precision) + np.nan_to_num(recall)
    return np.where(np.isnan(recall), np.nan, np.nan_to_num(ratio(2 * precision * recall, both)))


def effective(top: Floats, bottom: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Return the ratio and the number of independent observations that it is worth, per column.

    ``top, bottom`` are float64[S, T], ``counts`` float64[R, S] (resamples) or [1, S]; both results
    are float64[R, T]. The number is that of Korn and Graubard (1998): p (1 - p) over the variance
    of the ratio between stories; and no more than Kish's (sum of sizes)² / (sum of squares).
    """
    size, share = counts @ bottom, ratio(counts @ top, counts @ bottom)
    squares, cross, tops = counts @ bottom**2, counts @ (bottom * top), counts @ top**2
    kish = ratio(size**2, squares)
    drawn = counts.sum(axis=1, keepdims=True)
    spread = np.maximum(tops - 2 * share * cross + share**2 * squares, 0.0)
    variance = ratio(spread * drawn / np.maximum(drawn - 1, 1), size**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        worth = np.where(variance > 1e-15, share * (1 - share) / variance, np.inf)
    return share, np.fmin(worth, kish)


def lower_bound(share: Floats, worth: Floats, confidence: float) -> Floats:
    """Return the one-sided Clopper-Pearson lower bound of a proportion; 0 where nothing was observed."""
    hits = share * worth
    with np.errstate(invalid="ignore"):
        bound = special.betaincinv(hits, worth - hits + 1, 1 - confidence)
    return np.nan_to_num(np.where(hits > 0, bound, 0.0))


def upper_bound(share: Floats, worth: Floats, confidence: float) -> Floats:
    """Return the one-sided Clopper-Pearson upper bound; 1 where nothing was observed."""
    misses = (1 - share) * worth
    with np.errstate(invalid="ignore"):
        bound = special.betaincinv(share * worth + 1, misses, confidence)
    return np.nan_to_num(np.where(misses > 1e-12, bound, 1.0), nan=1.0)


def holds(share: Floats, worth: Floats, least: float, confidence: float) -> Flags:
    """Return whether `lower_bound` is at least ``least`` (without inverting the beta function)."""
    hits = share * worth
    with np.errstate(invalid="ignore"):
        chance = special.betainc(hits, worth - hits + 1, least)
    return np.asarray(np.where(hits > 0, chance, 1.0) <= 1 - confidence + 1e-12)


def labels_needed(least: float, confidence: float) -> int:
    """Return how many independent labels without an error support ``least``: 59 for .95 and .95."""
    return math.ceil(math.log(1 - confidence) / math.log(least) - 1e-9)


def proportion(top: Floats, bottom: Floats, counts: Floats) -> list[Figure]:
    """Return a ratio per column with its interval: the bootstrap's, widened to the exact one.

    A sample without a single error has no spread to resample; there Clopper-Pearson on the
    effective number of stories speaks.
    """
    share, worth = effective(top, bottom, np.ones((1, len(top))))
    lows, highs = lower_bound(share, worth, 0.975)[0], upper_bound(share, worth, 0.975)[0]
    drawn = ratio(counts @ top, counts @ bottom)
    bounds = _limits(drawn)
    lows, highs = np.fmin(bounds[0], lows), np.fmax(bounds[1], highs)
    found = [Figure(*map(float, one)) for one in zip(share[0], lows, highs, strict=True)]
    return [one if not math.isnan(one.value) else Figure(math.nan, 0.0, 1.0) for one in found]


def interval(value: float, drawn: Floats) -> Figure:
    """Return an estimate with the bootstrap's percentile interval."""
    low, high = _limits(drawn[:, None])
    return Figure(float(value), float(low[0]), float(high[0]))


def _limits(drawn: Floats) -> tuple[Floats, Floats]:
    """Return the 2.5th and 97.5th percentile of each column, NaN left out."""
    low, high = np.percentile(drawn, (2.5, 97.5), axis=0)
    for column in np.flatnonzero(np.isnan(drawn).any(axis=0)):
        known = drawn[~np.isnan(drawn[:, column]), column]
        low[column], high[column] = np.percentile(known, (2.5, 97.5)) if len(known) else (np.nan, np.nan)
    return low, high


def average_precision(found: Sums, counts: Floats) -> Floats:
    """Return float64[R]: precision averaged over recall, sum of (R_n - R_n-1) P_n from strict to lax.

    What no threshold accepts is never retrieved and adds nothing. Equals scikit-learn's
    ``average_precision_score`` where every unit has a finite score and its own threshold.
    """
    precision = np.nan_to_num(ratio(counts @ found.hits, counts @ found.accepted))[:, ::-1]
    recall = ratio(counts @ found.hits, (counts @ found.positives)[:, None])[:, ::-1]
    steps = np.diff(recall, axis=1, prepend=0.0)
    return np.asarray((steps * precision).sum(axis=1))


@dataclass(frozen=True, slots=True)
class Curve:
    """Precision, recall and F1 per threshold, with intervals, and average precision."""

    grid: Floats
    precision: list[Figure]
    recall: list[Figure]
    f1: list[Figure]
    accepted: Floats
    average_precision: Figure


def curve(found: Sums, counts: Floats) -> Curve:
    """Return the precision-recall curve of ``found``; ``counts`` are the bootstrap's resamples."""
    whole = np.ones((1, len(found.positives)))
    positives = np.repeat(found.positives[:, None], len(found.grid), axis=1)
    precision = proportion(found.hits, found.accepted, counts)
    recall = proportion(found.hits, positives, counts)
    drawn = f1(
        ratio(counts @ found.hits, counts @ found.accepted), ratio(counts @ found.hits, counts @ positives)
    )
    value = f1(
        ratio(whole @ found.hits, whole @ found.accepted), ratio(whole @ found.hits, whole @ positives)
    )[0]
    return Curve(
        found.grid, precision, recall,
        [Figure(*map(float, one)) for one in zip(value, *_limits(drawn), strict=True)],
        (whole @ found.accepted)[0],
        interval(average_precision(found, whole)[0], average_precision(found, counts)),
    )  # fmt: skip


def decided(accepted: Flags, sample: Sample) -> Sums:
    """Return the sums of one set of decisions, as a grid of one threshold."""
    return sums(np.where(accepted, 1.0, -np.inf), np.array([0.5]), sample)
