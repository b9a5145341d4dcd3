"""Two tunings on the same labels: how their figures differ, and the pairs that they decide differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dedupe.errors import RunError
from dedupe.tune.cuts import Flags, Floats
from dedupe.tune.estimates import Figure, Sample, decided, f1, interval, ratio, resamples


@dataclass(frozen=True, slots=True)
class Comparison:
    """Differences are b minus a, with 95 % intervals of the paired story bootstrap."""

    pairs: int
    stories: int
    left_out: int
    a: Mapping[str, float]
    b: Mapping[str, float]
    difference: Mapping[str, Figure]
    flipped: tuple[Mapping[str, Any], ...]


def compare(a: Mapping[str, Any], b: Mapping[str, Any], seed: int = 0) -> Comparison:
    """Compare the chosen thresholds of two ``tuning.json`` on the pairs that both were labelled on.

    Both decide the same pairs in each resample of stories, so that what is hard about a story
    does not blur the difference. Weights are those of ``a``. Raises RunError without common pairs.
    """
    others = {_key(unit): unit for unit in b["units"]}
    both = [(unit, others[_key(unit)]) for unit in a["units"] if _key(unit) in others]
    same = [(x, y) for x, y in both if _yes(x) == _yes(y)]
    if not same:
        raise RunError("the two tunings share no labelled pair", mend="compare tunings on the same labels")
    names = sorted({x["story"] for x, _ in same})
    number = {name: place for place, name in enumerate(names)}
    sample = Sample(
        np.array([_yes(x) for x, _ in same], np.bool_),
        np.array([x["weight"] for x, _ in same], np.float64),
        np.array([number[x["story"]] for x, _ in same], np.int64),
        len(names),
    )
    first = np.array([x["chosen"] for x, _ in same], np.bool_)
    second = np.array([y["chosen"] for _, y in same], np.bool_)
    counts = resamples(len(names), seed)
    whole = np.ones((1, len(names)))
    values = [_figures(one, sample, whole) for one in (first, second)]
    drawn = [_figures(one, sample, counts) for one in (first, second)]
    return Comparison(
        len(same), len(names), len(a["units"]) + len(b["units"]) - 2 * len(same),
        {name: float(one[0]) for name, one in values[0].items()},
        {name: float(one[0]) for name, one in values[1].items()},
        {name: interval(float(values[1][name][0] - values[0][name][0]), drawn[1][name] - drawn[0][name])
         for name in values[0]},
        tuple(
            {"a": x["a"], "b": x["b"], "spans": x["spans"], "label": x["label"], "in_a": x["chosen"],
             "in_b": y["chosen"]}
            for x, y in same if x["chosen"] != y["chosen"]
        ),
    )  # fmt: skip


def _key(unit: Mapping[str, Any]) -> tuple[str, str, tuple[int, ...]]:
    return unit["a"], unit["b"], tuple(unit["spans"] or ())


def _yes(unit: Mapping[str, Any]) -> bool:
    return unit["label"] not in {"no", "not"}


def _figures(accepted: Flags, sample: Sample, counts: Floats) -> dict[str, Floats]:
    found = decided(accepted, sample)
    precision = ratio(counts @ found.hits, counts @ found.accepted)[:, 0]
    recall = ratio(counts @ found.hits, (counts @ found.positives)[:, None])[:, 0]
    return {"precision": precision, "recall": recall, "f1": f1(precision, recall)}
