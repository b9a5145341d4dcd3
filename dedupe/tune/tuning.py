"""The tuning run: labels and a run in, the choice and all its figures out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from dedupe.reuse import minhash
from dedupe.tune.agreement import Agreement, agreements
from dedupe.tune.calibration import Calibration, calibrate
from dedupe.tune.choice import Choice, Criterion, choose, free_cuts, objective
from dedupe.tune.cuts import CUTS, Flags, Floats, evidence
from dedupe.tune.estimates import (
    RESAMPLES,
    Curve,
    Figure,
    curve,
    decided,
    grid,
    proportion,
    ratio,
    resamples,
    sums,
)
from dedupe.tune.families import BCubed, b_cubed
from dedupe.tune.labels import Labels, LabelsError, Problem, check_against, resolve
from dedupe.tune.units import Units, build
from dedupe.tune.validation import Figures, HeldOut, Spread, figures, held_out, spreads


@dataclass(frozen=True, slots=True)
class Tuning:
    """Everything that a tuning found; see ``docs/tuning.md`` for the methods.

    ``curves`` and ``calibrations`` are by channel (``exact``, ``reworded``, ``translated``,
    ``paraphrase``, ``combined``; for labels of whole documents also the names of ``units.MEASURES``).
    """

    criterion: Criterion
    seed: int
    draws: int
    labels: Labels
    units: Units
    counts: Mapping[str, int]
    choice: Choice
    free: tuple[int, ...]
    default: Figures
    tuned: Figures
    unseen: Figures
    """By thresholds chosen without the story: what to expect on new text."""
    unseen_thresholds: tuple[Floats, ...]
    spread: Mapping[int, Spread]
    curves: Mapping[str, Curve]
    calibrations: Mapping[str, Calibration]
    families_default: BCubed
    families_tuned: BCubed
    relations: Mapping[str, tuple[int, Figure]]
    agreement: tuple[Agreement, ...]
    notes: tuple[str, ...]

    def decisions(self) -> tuple[Flags, Flags]:
        """Return each unit's decision by the run's own thresholds, and by the chosen ones."""
        return self.units.accepted(self.units.base), self.units.accepted(self.choice.thresholds)


def tune(
    labels: Labels,
    tables: Mapping[str, pa.Table],
    settings: Mapping[str, Mapping[str, Any]],
    criterion: Criterion,
    *,
    seed: int = 0,
    draws: int = RESAMPLES,
) -> Tuning:
    """Choose thresholds on ``labels`` for the run with these tables and settings (``run.json``).

    The same labels and seed give the same figures; ``draws`` is the number of
    resamples. Raises LabelsError where labels do not fit the run.
    """
    documents = tables["documents"]
    lengths = {
        name: len(text)
        for name, text in zip(documents["id"].to_pylist(), documents["text"].to_pylist(), strict=True)
    }
    check_against(labels, lengths)
    usable, counts, notes = _usable(labels)
    units = build(usable, tables, settings)
    drawn = resamples(len(units.stories), seed, draws)
    choice = choose(units, criterion)
    before = units.accepted(units.base)
    unseen = held_out(units, criterion, seed)
    refused = sum(bool(one.refusal) for one in unseen.choices)
    if refused and not choice.refusal:
        notes.append(
            f"for {refused} of {len(unseen.choices)} folds the others are too few labels to choose on: "
            "cross-validated figures leave them out"
        )
    cross_validated = figures(units, unseen.accepted, drawn, unseen.tested)
    choice = vetted(units, choice, criterion, unseen)
    after = units.accepted(choice.thresholds)
    curves, calibrations = _by_channel(units, drawn, seed)
    missing = ~np.isin(np.arange(len(units)), units.owner)
    if missing.any():
        notes.append(
            f"{missing.sum()} labelled pairs have no candidate passage, so that no threshold accepts them; "
            f"{(missing & units.positive).sum()} of them are labelled yes"
        )
    return Tuning(
        criterion, seed, draws, labels, units, {**counts, "stories": len(units.stories)}, choice,
        tuple(free_cuts(units)), figures(units, before, drawn), figures(units, after, drawn),
        cross_validated, tuple(one.thresholds for one in unseen.choices),
        {} if choice.refusal else spreads(units, choice.thresholds, criterion, drawn),
        curves, calibrations, b_cubed(units, before, drawn), b_cubed(units, after, drawn),
        _relations(units, after, drawn), tuple(agreements(labels.rows, seed)), tuple(notes),
    )  # fmt: skip


def _usable(labels: Labels) -> tuple[list[Any], dict[str, int], list[str]]:
    """Return the rows that estimates rest on, counts of all, and what was left out and why."""
    notes = list(labels.notes)
    rows, tied = resolve(labels.rows)
    if tied:
        notes.append(f"annotators disagree evenly on {tied} pairs, which are left out")
    unsure = [row for row in rows if row.positive is None]
    loose = [
        row
        for row in rows
        if row.sampling == "uncertain" and row.probability is None and row.positive is not None
    ]
    usable = [row for row in rows if row.positive is not None and row not in loose]
    if unsure:
        notes.append(f"{len(unsure)} pairs are unsure and left out")
    if loose:
        notes.append(
            f"{len(loose)} pairs were picked as uncertain without an inclusion probability: they speak for "
            "no others and are left out"
        )
    weighted = sum(row.probability is not None for row in usable)
    if not weighted:
        notes.append("labels carry no inclusion probabilities: figures speak for the labelled pairs alone")
    elif weighted < len(usable):
        notes.append(
            f"{len(usable) - weighted} labels carry no inclusion probability and count for one pair each"
        )
    if not usable:
        raise LabelsError([Problem(labels.rows[0].where, "no label says yes or no", "label more pairs")])
    verdicts = Counter(row.verdict for row in usable)
    yes = sum(row.positive is True for row in usable)
    counts = {
        "labels": len(labels.rows), "used": len(usable), "yes": yes, "no": len(usable) - yes,
        "unsure": len(unsure), "tied": tied, "wholly": verdicts["wholly"],
        "partially": verdicts["partially"], "weighted": weighted,
        "annotators": len({row.annotator for row in labels.rows}),
    }  # fmt: skip
    return usable, counts, notes


def _by_channel(units: Units, drawn: Floats, seed: int) -> tuple[dict[str, Curve], dict[str, Calibration]]:
    levels: dict[str, tuple[Floats, Floats]] = {}  # name → (what the curve runs over, score from 0 to 1)
    for place, cut in enumerate(CUTS):
        critical = units.alone(place, units.base)
        levels[cut.channel] = critical, evidence(critical, units.base[place : place + 1])
    together = units.together(range(len(CUTS)))
    levels["combined"] = together, together
    for name, figure in units.measures.items():
        levels[name] = figure, _share_of(figure) if name == "longest_words" else figure
    curves, calibrations = {}, {}
    for name, (critical, level) in levels.items():
        points = grid(critical)
        if len(points):
            curves[name] = curve(sums(critical, points, units.sample), drawn)
            fitted = calibrate(units, level, drawn, seed)
            if fitted is not None:
                calibrations[name] = fitted
    return curves, calibrations


def _share_of(words: Floats) -> Floats:
    """Return numbers of words on a scale from 0 to 1."""
    return np.where(np.isfinite(words), np.maximum(words, 0) / (np.maximum(words, 0) + 50), -np.inf)


def vetted(units: Units, choice: Choice, criterion: Criterion, unseen: HeldOut) -> Choice:
    """Return the choice, or the run's own thresholds where cross-validation does not bear it out.

    A bound that was asked for must be reached by the estimate on unseen stories; F1 and cost must
    be better there than with the run's own thresholds. Too few labels for any fold test nothing.
    """
    if choice.refusal or not unseen.tested.any() or np.array_equal(choice.thresholds, units.base):
        return choice
    whole = np.ones((1, len(units.stories)))
    sample = units.sample._replace(weight=units.weight * unseen.tested)
    new, own = (decided(one, sample) for one in (unseen.accepted, units.accepted(units.base)))
    if criterion.goal in ("min-precision", "min-recall"):
        name = criterion.goal.removeprefix("min-")
        bottom = new.accepted if name == "precision" else new.positives[:, None]
        reached = float(ratio(whole @ new.hits, whole @ bottom)[0, 0])
        if reached < criterion.value:
            said = f"in cross-validation {name} is {reached:.3f}"
            return Choice(units.base, f"the choice does not hold up: {said}")
        return choice
    values = [float(objective(one, criterion, whole)[0, 0]) for one in (new, own)]
    if values[0] <= values[1]:
        what = "F1" if criterion.goal == "max" else "cost"
        said = f"cross-validated {what} is {abs(values[0]):.4g}, that of the run's own {abs(values[1]):.4g}"
        return Choice(units.base, f"the labels do not bear out another choice: {said}")
    return choice


def _relations(units: Units, accepted: Flags, drawn: Floats) -> dict[str, tuple[int, Figure]]:
    """Return, for each relation that labels name, how many pairs are yes and the share of them found."""
    found = {}
    names = np.array([label.relation for label in units.labels])
    for name in sorted(set(names.tolist()) - {""}):
        inside = units.positive & (names == name)
        if inside.any():
            stories = len(units.stories)
            top = np.bincount(units.story, weights=units.weight * (inside & accepted), minlength=stories)
            bottom = np.bincount(units.story, weights=units.weight * inside, minlength=stories)
            figure = proportion(top[:, None].astype(float), bottom[:, None].astype(float), drawn)[0]
            found[name] = int(inside.sum()), figure
    return found


@dataclass(frozen=True, slots=True)
class Lsh:
    """The bands that a run's MinHash settings mean, and the chance that LSH finds a similarity."""

    bands: int
    rows: int
    threshold: float
    probabilities: tuple[tuple[float, float], ...]


def lsh(settings: Mapping[str, Mapping[str, Any]]) -> Lsh:
    """Return the LSH mathematics of a run's settings."""
    values = settings["minhash"]
    bands, rows = minhash.bands_and_rows(values["threshold"], values["permutations"])
    points = [step / 20 for step in range(21)]
    chances = tuple((point, round(minhash.probability(point, bands, rows), 6)) for point in points)
    return Lsh(bands, rows, round(minhash.threshold(bands, rows), 6), chances)
