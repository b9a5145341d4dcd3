"""Searching the settings that need a new run, with Optuna: resumable, and adopted only on evidence.

Each trial is a run with other settings, judged by decisions whose thresholds were chosen without
the story that they decide on. Trials are kept in ``DIR/search.db`` (SQLite); the sampler of a
trial is seeded by its number, so an interrupted search ends as an uninterrupted one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from dedupe.errors import MissingExtra, RunError
from dedupe.settings import Settings
from dedupe.tune.choice import Criterion, choose
from dedupe.tune.cuts import Flags, Floats
from dedupe.tune.estimates import decided, f1, interval, ratio, resamples
from dedupe.tune.labels import Label, resolve
from dedupe.tune.units import Units, build
from dedupe.tune.validation import held_out

Tables = Mapping[str, pa.Table]
Runner = Callable[[Settings, int], Tables]
"""Runs the pipeline with settings, for a trial's number, and returns its tables."""

STUDY = "dedupe-tune"


@dataclass(frozen=True, slots=True)
class Range:
    """What a search may try for one setting."""

    setting: str
    low: float
    high: float
    whole: bool = False


SPACE = (
    Range("shingles.k", 3, 8, whole=True),
    Range("shingles.min_links", 1, 4, whole=True),
    Range("minhash.threshold", 0.2, 0.8),
    Range("tfidf.neighbours", 5, 40, whole=True),
    Range("tfidf.threshold", 0.05, 0.5),
    Range("align.k", 3, 8, whole=True),
    Range("align.min_words", 6, 24, whole=True),
    Range("align.seed_cosine", 0.3, 0.6),
    Range("align.seed_dice", 0.3, 0.6),
    Range("align.seed_strength", 4.0, 9.0),
    Range("align.support", 0.0, 0.6),
    Range("align.guard", 0.5, 1.0),
    Range("translated.neighbours", 5, 40, whole=True),
)
"""k, bands (by the similarity that they are to find), minimum words, and the weights of evidence."""


@dataclass(frozen=True, slots=True)
class Found:
    """The best trial, whether it is better beyond chance, and how that was found out."""

    settings: Settings
    adopted: bool
    trial: int
    summary: Mapping[str, Any]


def search(
    rows: tuple[Label, ...],
    base: Settings,
    tables: Tables,
    runner: Runner,
    criterion: Criterion,
    *,
    trials: int,
    out: Path,
    seed: int,
    key: str,
    progress: Callable[[int, int], None],
) -> Found:
    """Try ``trials`` settings in all, those of an earlier, interrupted search among them.

    ``tables`` are the run's own with settings ``base``; ``key`` names labels, run and criterion: a
    folder with another search is refused. Raises MissingExtra without Optuna.
    """
    optuna = _optuna()
    decisive = [row for row in resolve(rows)[0] if row.positive is not None]
    study = _study(optuna, out, key)
    for trial in study.trials:  # a trial that was under way when the search was stopped is tried again
        if trial.state == optuna.trial.TrialState.RUNNING:
            study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
            study.enqueue_trial(trial.params)
    settled = (optuna.trial.TrialState.COMPLETE,)
    done = len(study.get_trials(deepcopy=False, states=settled))
    progress(done, trials)
    while done < trials:
        study.sampler = optuna.samplers.TPESampler(seed=seed * 100_003 + done, n_startup_trials=8)
        trial = study.ask()
        settings = _suggested(trial, base, first=done == 0)
        value, accepted = _judged(decisive, runner(settings, trial.number), settings, criterion, seed)
        trial.set_user_attr("settings", settings.as_dict())
        trial.set_user_attr("accepted", accepted.astype(int).tolist())
        study.tell(trial, value)
        done += 1
        progress(done, trials)
    best = study.best_trial
    units = build(decisive, tables, base.as_dict())
    value, before = _judged(decisive, tables, base, criterion, seed)
    after = np.array(best.user_attrs["accepted"], np.bool_)
    gain = interval(
        *_difference(units, before, after, criterion, resamples(len(units.stories), seed)),
    )
    adopted = best.value > value and gain.low > 0
    return Found(
        from_dict(best.user_attrs["settings"]) if adopted else base,
        adopted,
        best.number,
        {
            "trials": done, "best": round(best.value, 6), "run": round(value, 6), "adopted": adopted,
            "gain": [round(part, 6) for part in gain], "params": best.params,
            "text": _text(done, adopted, gain),
        },
    )  # fmt: skip


def _text(trials: int, adopted: bool, gain: tuple[float, float, float]) -> str:
    said = f"{gain[0]:+.3f} [{gain[1]:+.3f}, {gain[2]:+.3f}]"
    if adopted:
        return (
            f"Other settings were searched in {trials} runs; the best were adopted, their cross-validated "
            f"gain over the run's own being {said} (paired story bootstrap; the same labels chose among "
            "the runs, so the gain is an upper estimate)."
        )
    return (
        f"Other settings were searched in {trials} runs; none was better than the run's own beyond chance "
        f"(best gain {said}, paired story bootstrap), and those were kept."
    )


def _optuna() -> Any:
    try:
        import optuna
    except ImportError as error:
        raise MissingExtra(
            "--search needs Optuna", mend="install it with: pip install 'wiretrace[tune]'"
        ) from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def _study(optuna: Any, out: Path, key: str) -> Any:
    out.mkdir(parents=True, exist_ok=True)
    path = (out / "search.db").resolve()
    study = optuna.create_study(
        study_name=STUDY, storage=f"sqlite:///{path}", direction="maximize", load_if_exists=True
    )
    if study.user_attrs.setdefault("key", key) != key:
        raise RunError(
            "holds a search on other labels, another run or criterion",
            where=str(path),
            mend="name another folder with -o",
        )
    study.set_user_attr("key", key)
    return study


def _suggested(trial: Any, base: Settings, *, first: bool) -> Settings:
    """Return the settings of a trial; the first is the run's own, as far as it lies in the space."""
    values = base.as_dict()
    for one in SPACE:
        section, name = one.setting.split(".")
        low, high = one.low, one.high
        if first:
            low = high = min(max(values[section][name], low), high)
        if one.whole:
            values[section][name] = trial.suggest_int(one.setting, int(low), int(high))
        else:
            values[section][name] = round(trial.suggest_float(one.setting, low, high), 4)
    return from_dict(values)


def from_dict(values: Mapping[str, Mapping[str, Any]]) -> Settings:
    """Return the settings that `Settings.as_dict` made a dictionary of."""
    settings = Settings()
    sections = {
        field.name: dataclasses.replace(getattr(settings, field.name), **values[field.name])
        for field in dataclasses.fields(settings)
        if field.name in values
    }
    return dataclasses.replace(settings, **sections)


def _judged(
    rows: list[Label], tables: Tables, settings: Settings, criterion: Criterion, seed: int
) -> tuple[float, Flags]:
    """Return the criterion on decisions for unseen stories, and the decisions."""
    units = build(rows, tables, settings.as_dict())
    accepted = held_out(units, criterion, seed).accepted
    whole = np.ones((1, len(units.stories)))
    value = float(_value(units, accepted, criterion, whole)[0])
    if criterion.goal in ("min-precision", "min-recall") and choose(units, criterion).refusal:
        value -= 1  # what cannot be supported comes after everything that can
    return value, accepted


def _value(units: Units, accepted: Flags, criterion: Criterion, counts: Floats) -> Floats:
    found = decided(accepted, units.sample)
    precision = np.nan_to_num(ratio(counts @ found.hits, counts @ found.accepted)[:, 0])
    positives = counts @ found.positives
    recall = np.nan_to_num(ratio((counts @ found.hits)[:, 0], positives))
    if criterion.goal == "min-precision":
        return recall
    if criterion.goal == "min-recall":
        return precision
    if criterion.goal == "cost":
        wrong = (counts @ (found.accepted - found.hits))[:, 0]
        missed = positives - (counts @ found.hits)[:, 0]
        return np.asarray(-(criterion.fp * wrong + criterion.fn * missed) / units.weight.sum())
    return np.nan_to_num(f1(precision, recall))


def _difference(
    units: Units, before: Flags, after: Flags, criterion: Criterion, counts: Floats
) -> tuple[float, Floats]:
    whole = np.ones((1, len(units.stories)))
    values = [_value(units, one, criterion, whole)[0] for one in (before, after)]
    drawn = [_value(units, one, criterion, counts) for one in (before, after)]
    return float(values[1] - values[0]), drawn[1] - drawn[0]
