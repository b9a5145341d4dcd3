"""How far a choice holds on labels that it has not seen: cross-validation by story, and its spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import GroupKFold

from dedupe.tune.choice import Choice, Criterion, choose, free_cuts, line, objective, picked, sweep
from dedupe.tune.cuts import Flags, Floats, Ints
from dedupe.tune.estimates import Figure, decided, f1, interval, proportion, ratio
from dedupe.tune.units import Units

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """Precision, recall and F1 of one set of decisions."""

    precision: Figure
    recall: Figure
    f1: Figure
    accepted: float
    """Weighted number of accepted units."""


def figures(units: Units, accepted: Flags, counts: Floats, only: Flags | None = None) -> Figures:
    """Return the figures of decisions, all or ``only`` some; ``counts`` resample the stories."""
    sample = units.sample
    if only is not None:
        sample = sample._replace(weight=sample.weight * only)
    found = decided(accepted, sample)
    whole = np.ones((1, len(units.stories)))
    bottom = found.positives[:, None]
    value = f1(ratio(whole @ found.hits, whole @ found.accepted), ratio(whole @ found.hits, whole @ bottom))
    drawn = f1(
        ratio(counts @ found.hits, counts @ found.accepted), ratio(counts @ found.hits, counts @ bottom)
    )
    return Figures(
        proportion(found.hits, found.accepted, counts)[0],
        proportion(found.hits, bottom, counts)[0],
        interval(float(value[0, 0]), drawn[:, 0]),
        float(found.accepted.sum()),
    )


def folds(stories: int, seed: int, count: int = FOLDS) -> Ints:
    """Return the fold of each story."""
    out = np.zeros(stories, np.int64)
    if stories < 2:
        return out
    names = np.arange(stories)
    splitter = GroupKFold(n_splits=min(count, stories), shuffle=True, random_state=seed)
    for number, (_, test) in enumerate(splitter.split(names, groups=names)):
        out[test] = number
    return out


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Decisions by thresholds that were chosen without the story decided on.

    Where the other folds were too small to choose on, the run's own thresholds decide and
    ``tested`` is False. ``choices`` has one entry per fold.
    """

    accepted: Flags
    tested: Flags
    choices: tuple[Choice, ...]


def held_out(units: Units, criterion: Criterion, seed: int) -> HeldOut:
    """Choose on all folds of stories but one, decide on that one; for each fold."""
    fold = folds(len(units.stories), seed)
    accepted = np.zeros(len(units), np.bool_)
    tested = np.zeros(len(units), np.bool_)
    choices = []
    for number in range(int(fold.max()) + 1):
        choice = choose(units, criterion, (fold != number).astype(np.float64))
        test = fold[units.story] == number
        accepted[test] = units.accepted(choice.thresholds)[test]
        tested[test] = not choice.refusal
        choices.append(choice)
    return HeldOut(accepted, tested, tuple(choices))


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the choice of one threshold falls over resamples of the stories, others held."""

    low: float
    middle: float
    high: float
    none: float
    """Share of resamples in which no threshold met the criterion."""


def spreads(units: Units, chosen: Floats, criterion: Criterion, counts: Floats) -> dict[int, Spread]:
    """Return the spread of each threshold that was free to move."""
    out = {}
    for cut in free_cuts(units):
        thresholds = line(units, cut, chosen)
        values = objective(sweep(units, cut, chosen, thresholds), criterion, counts)
        best = values.max(axis=1)
        drawn = thresholds[picked(values, thresholds == units.base[cut])][~np.isneginf(best)]
        if not len(drawn):
            drawn = units.base[cut : cut + 1]
        low, middle, high = np.percentile(drawn, (2.5, 50, 97.5), method="nearest")
        out[cut] = Spread(float(low), float(middle), float(high), float(np.isneginf(best).mean()))
    return out
