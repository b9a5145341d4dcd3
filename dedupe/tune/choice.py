"""Choosing thresholds by a criterion, or refusing to.

Thresholds move together first (in proportion to the run's own), then one by one, as long as
the criterion gains. A lower limit on precision or recall is a limit on the one-sided confidence
bound, not on the estimate: 59 independent labels without an error are the least for 95 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from dedupe.tune.cuts import CUTS, Flags, Floats, Ints, threshold_at
from dedupe.tune.estimates import Sums, effective, f1, grid, holds, labels_needed, lower_bound, ratio, sums
from dedupe.tune.units import Units

Goal = Literal["min-precision", "min-recall", "max", "cost"]
LEAST_PER_CUT = 10
"""Stories with a candidate of a channel that its threshold needs in order to be moved at all."""
LEAST_PER_CLASS = 10
"""Stories with a yes, and with a no, that a criterion without a bound needs."""
ROUNDS = 5
TIE = 1e-12


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a choice must reach or optimise."""

    goal: Goal = "min-precision"
    value: float = 0.95
    fp: float = 1.0
    fn: float = 1.0
    confidence: float = 0.95

    def __str__(self) -> str:
        if self.goal == "max":
            return "max F1"
        if self.goal == "cost":
            return f"least cost, fp={self.fp:g}, fn={self.fn:g}"
        what = "precision" if self.goal == "min-precision" else "recall"
        return f"{what} ≥ {self.value:g} with {100 * self.confidence:g} % confidence"


@dataclass(frozen=True, slots=True)
class Choice:
    """Chosen thresholds in the order of ``CUTS``; or the run's own and why (``refusal``)."""

    thresholds: Floats
    refusal: str = ""


def free_cuts(units: Units) -> list[int]:
    """Return the cuts that enough stories say something about."""
    counts = []
    for cut in range(len(CUTS)):
        seen = np.isfinite(units.alone(cut, units.base * 0))
        counts.append(len(np.unique(units.story[seen])))
    return [cut for cut, count in enumerate(counts) if count >= LEAST_PER_CUT]


def choose(units: Units, criterion: Criterion, weights: Floats | None = None) -> Choice:
    """Return the thresholds that serve the criterion best, or the run's own with the reason why not.

    ``weights`` counts each story (a resample, or the training part of a split); all once when None.
    """
    counts = np.ones(len(units.stories)) if weights is None else weights
    refusal = _too_few(units, criterion, counts)
    if refusal:
        return Choice(units.base, refusal)
    free = free_cuts(units)
    best, value = units.base, _at(units, units.base, criterion, counts)
    for start in _together(units, free, criterion, counts):
        reached = _at(units, start, criterion, counts)
        if reached > value:
            best, value = start, reached
    for _ in range(ROUNDS):
        moved = False
        for cut in free:
            thresholds = line(units, cut, best)
            found = sweep(units, cut, best, thresholds)
            values = objective(found, criterion, counts[None, :])
            place = picked(values, thresholds == units.base[cut])[0]
            if values[0, place] >= value - TIE and thresholds[place] != best[cut]:
                best, value, moved = best.copy(), float(values[0, place]), True
                best[cut] = thresholds[place]
        if not moved:
            break
    if np.isneginf(value):
        return Choice(units.base, _unreached(units, free, criterion, counts))
    return Choice(best)


def picked(values: Floats, own: Flags) -> Ints:
    """Return the best column of each row: of equals the run's own threshold, else the strictest."""
    good = values >= values.max(axis=1, keepdims=True) - TIE
    strictest = values.shape[1] - 1 - np.argmax(good[:, ::-1], axis=1)
    home = int(np.flatnonzero(own)[0])
    return np.where(good[:, home], home, strictest)


def line(units: Units, cut: int, held: Floats) -> Floats:
    """Return the thresholds of one cut at which something changes, with the run's own and the held one.

    The last one lies above all that was labelled: there the channel finds nothing.
    """
    critical = units.along(cut, held)
    step = 1.0 if CUTS[cut].whole else 1e-4
    top = critical[np.isfinite(critical)].max(initial=units.base[cut]) + step
    points = grid(critical, always=np.unique([units.base[cut], held[cut], round(float(top), 4)]))
    return points[points >= units.base[cut]] if CUTS[cut].whole else points


def sweep(units: Units, cut: int, held: Floats, thresholds: Floats) -> Sums:
    """Return the sums along one cut."""
    return sums(units.along(cut, held), thresholds, units.sample)


def objective(found: Sums, criterion: Criterion, counts: Floats) -> Floats:
    """Return float64[R, T], to be maximised; minus infinity where the criterion is not met."""
    positives = np.repeat(found.positives[:, None], len(found.grid), axis=1)
    precision = ratio(counts @ found.hits, counts @ found.accepted)
    recall = np.nan_to_num(ratio(counts @ found.hits, counts @ positives))
    if criterion.goal == "max":
        return np.nan_to_num(f1(precision, recall))
    if criterion.goal == "cost":
        wrong = counts @ (found.accepted - found.hits)
        missed = counts @ (positives - found.hits)
        return np.asarray(-(criterion.fp * wrong + criterion.fn * missed))
    bottom = found.accepted if criterion.goal == "min-precision" else positives
    share, worth = effective(found.hits, bottom, counts)
    met = holds(share, worth, criterion.value, criterion.confidence)
    gain = recall if criterion.goal == "min-precision" else np.nan_to_num(precision)
    return np.where(met, gain, -np.inf)


def _at(units: Units, thresholds: Floats, criterion: Criterion, counts: Floats) -> float:
    found = sweep(units, 0, thresholds, thresholds[:1])
    return float(objective(found, criterion, counts[None, :])[0, 0])


def _together(units: Units, free: list[int], criterion: Criterion, counts: Floats) -> list[Floats]:
    """Return the best setting with all free cuts in proportion, in a list; empty when none serves."""
    levels = units.together(free)
    points = grid(levels, always=np.array([0.5]))
    points = points[points < 1]
    found = sums(levels, points, units.sample)
    values = objective(found, criterion, counts[None, :])[0]
    if not len(points) or np.isneginf(values.max()):
        return []
    level = float(points[np.flatnonzero(values == values.max())[-1]])
    chosen = units.base.copy()
    for cut in free:
        chosen[cut] = threshold_at(level, cut, units.base)
        if CUTS[cut].whole:
            chosen[cut] = max(chosen[cut], units.base[cut])
    return [chosen]


def _too_few(units: Units, criterion: Criterion, counts: Floats) -> str:
    there = counts[units.story] > 0
    yes = len(np.unique(units.story[units.positive & there]))
    no = len(np.unique(units.story[~units.positive & there]))
    if not yes:
        return "no label says yes: neither precision nor recall can be estimated"
    if not no and criterion.goal != "min-recall":
        return "no label says no: only recall can be estimated (--min-recall), not precision, F1 or cost"
    if criterion.goal in ("max", "cost"):
        if min(yes, no) < LEAST_PER_CLASS:
            return (
                f"too few independent labels: {yes} stories with a yes and {no} with a no, "
                f"{LEAST_PER_CLASS} of each are the least"
            )
    else:
        needed = labels_needed(criterion.value, criterion.confidence)
        counted = len(np.unique(units.story[there])) if criterion.goal == "min-precision" else yes
        if counted < needed:
            what = (
                "independent labels"
                if criterion.goal == "min-precision"
                else "independent labels that say yes"
            )
            return (
                f"too few {what}: {counted} stories, and {criterion} takes at least {needed} without an error"
            )
    if not free_cuts(units):
        return f"no channel has labelled candidates in {LEAST_PER_CUT} stories: there is no threshold to move"
    return ""


def _unreached(units: Units, free: list[int], criterion: Criterion, counts: Floats) -> str:
    """Say how far the best threshold falls short."""
    best = 0.0
    for cut in free:
        found = sweep(units, cut, units.base, line(units, cut, units.base))
        positives = np.repeat(found.positives[:, None], len(found.grid), axis=1)
        bottom = found.accepted if criterion.goal == "min-precision" else positives
        share, worth = effective(found.hits, bottom, counts[None, :])
        best = max(best, float(lower_bound(share, worth, criterion.confidence).max()))
    what = "precision" if criterion.goal == "min-precision" else "recall"
    return (
        f"no threshold supports {criterion}: the best lower bound of {what} on these labels is {best:.3f}; "
        "label more pairs, or ask for less"
    )
