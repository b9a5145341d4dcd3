"""plagdet, the measure of the PAN text-alignment tasks.

Potthast, Stein, Barrón-Cedeño and Rosso (2010), "An Evaluation Framework for Plagiarism
Detection", COLING. Recall is the macro average, over the true cases, of the share of a
case's characters (both sides together) that detections cover; precision is the same with
the roles swapped; granularity is the mean number of detections per detected case; and
plagdet = F1 / log2(1 + granularity). A detection speaks for a case only when the two
overlap on both sides, in the same pair of documents.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Case = Sequence[int]
"""``a_start, a_stop, b_start, b_stop``, characters, stop exclusive."""


@dataclass(frozen=True, slots=True)
class Score:
    """The four figures, and how many cases and detections they were counted on."""

    plagdet: float
    recall: float
    precision: float
    granularity: float
    cases: int
    detections: int


def score(cases: Mapping[Hashable, Sequence[Case]], detections: Mapping[Hashable, Sequence[Case]]) -> Score:
    """Score detections against true cases, both by pair of documents."""
    sums = sums_of(cases, detections)
    return Score(*(float(part) for part in figures(sums)), int(sums[1]), int(sums[3]))


def sums_of(
    cases: Mapping[Hashable, Sequence[Case]], detections: Mapping[Hashable, Sequence[Case]]
) -> NDArray[np.float64]:
    """Return what the score is made of: recall summed over cases, cases, precision summed over
    detections, detections, detections of each detected case, detected cases. Sums of several sets of pairs
    are those of all."""
    recalls: list[float] = []
    precisions: list[float] = []
    found: list[int] = []
    for pair in dict.fromkeys([*cases, *detections]):
        true, guessed = cases.get(pair, ()), detections.get(pair, ())
        recalls += [_covered(case, guessed) for case in true]
        precisions += [_covered(guess, true) for guess in guessed]
        found += [count for case in true if (count := sum(_overlap(case, guess) for guess in guessed))]
    parts = [part for each in (recalls, precisions, found) for part in (sum(each), len(each))]
    return np.array(parts, np.float64)


def figures(
    sums: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return plagdet, recall, precision and granularity of sums (their last axis has the six of `sums_of`)."""
    recalled, cases, right, guesses, hits, found = np.moveaxis(sums, -1, 0)
    nothing, either = (cases == 0) & (guesses == 0), (cases == 0) | (guesses == 0)
    recall, precision = (
        np.where(nothing, 1.0, np.where(either, 0.0, top / np.maximum(bottom, 1)))
        for top, bottom in ((recalled, cases), (right, guesses))
    )
    granularity = np.where(found > 0, hits / np.maximum(found, 1), 1.0)
    both = precision + recall
    f1 = np.where(both > 0, 2 * precision * recall / np.where(both > 0, both, 1), 0.0)
    return f1 / np.log2(1 + granularity), recall, precision, granularity


def _overlap(x: Case, y: Case) -> bool:
    return x[0] < y[1] and y[0] < x[1] and x[2] < y[3] and y[2] < x[3]


def _covered(case: Case, others: Sequence[Case]) -> float:
    near = [other for other in others if _overlap(case, other)]
    length = case[1] - case[0] + case[3] - case[2]
    if not near or not length:
        return 0.0
    return (_union(case[0], case[1], [(o[0], o[1]) for o in near])
            + _union(case[2], case[3], [(o[2], o[3]) for o in near])) / length  # fmt: skip


def _union(start: int, stop: int, spans: Sequence[tuple[int, int]]) -> int:
    total, reached = 0, start
    for low, high in sorted(spans):
        gain = min(high, stop) - max(low, reached)
        if gain > 0:
            total += gain
            reached = min(high, stop)
    return total
