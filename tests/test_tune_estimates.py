"""Estimates against plain counting, scipy, scikit-learn and known coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import average_precision_score, brier_score_loss

from dedupe.tune import estimates as e
from dedupe.tune.estimates import Sample

units = st.lists(
    st.tuples(
        st.one_of(st.just(-math.inf), st.integers(0, 10).map(float)),
        st.booleans(),
        st.integers(1, 5),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=30,
)


def sample(rows: list) -> tuple[np.ndarray, Sample]:
    critical, positive, weight, story = (np.array(column) for column in zip(*rows, strict=True))
    return critical, Sample(positive.astype(bool), weight.astype(float), story.astype(int), 4)


@given(units)
def test_sums_equal_counting(rows: list) -> None:
    critical, of = sample(rows)
    thresholds = np.array([0.0, 2.5, 5.0, 10.0])
    found = e.sums(critical, thresholds, of)
    for column, threshold in enumerate(thresholds):
        for story in range(4):
            inside = [row for row in rows if row[3] == story]
            assert found.accepted[story, column] == sum(w for c, _, w, _ in inside if c >= threshold)
            assert found.hits[story, column] == sum(w for c, p, w, _ in inside if p and c >= threshold)
            assert found.positives[story] == sum(w for _, p, w, _ in inside if p)


@given(units)
def test_average_precision_equals_scikit_learn(rows: list) -> None:
    rows = [row for row in rows if math.isfinite(row[0])]
    if not any(row[1] for row in rows):
        return
    critical, of = sample(rows)
    found = e.average_precision(e.sums(critical, e.grid(critical), of), np.ones((1, 4)))[0]
    assert found == pytest.approx(average_precision_score(of.positive, critical, sample_weight=of.weight))


def test_fifty_nine() -> None:
    assert e.labels_needed(0.95, 0.95) == 59
    assert e.labels_needed(0.9, 0.95) == 29
    one = np.ones((1, 1))
    assert e.lower_bound(one, one * 59, 0.95) >= 0.95 > e.lower_bound(one, one * 58, 0.95)
    assert e.holds(one, one * 59, 0.95, 0.95)
    assert not e.holds(one, one * 58, 0.95, 0.95)


@given(st.integers(1, 200), st.data())
def test_bounds_are_clopper_pearson(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    exact = binomtest(k, n).proportion_ci(0.9, method="exact")
    share, worth = np.array([[k / n]]), np.array([[float(n)]])
    assert e.lower_bound(share, worth, 0.95)[0, 0] == pytest.approx(exact.low, abs=1e-9)
    assert e.upper_bound(share, worth, 0.95)[0, 0] == pytest.approx(exact.high, abs=1e-9)
    assert e.holds(share, worth, 0.8, 0.95)[0, 0] == (e.lower_bound(share, worth, 0.95)[0, 0] >= 0.8)


@given(st.lists(st.booleans(), min_size=2, max_size=60))
def test_independent_labels_are_worth_their_number(hits: list[bool]) -> None:
    top = np.array(hits, float)[:, None]
    share, worth = e.effective(top, np.ones_like(top), np.ones((1, len(hits))))
    assert share[0, 0] == pytest.approx(np.mean(hits))
    # The variance of n labels is estimated with n - 1; otherwise each label counts one.
    assert len(hits) - 1 - 1e-6 <= worth[0, 0] <= len(hits) + 1e-6


def test_five_articles_of_one_story_are_one() -> None:
    top = np.full((12, 1), 5.0)
    _, worth = e.effective(top, top, np.ones((1, 12)))
    assert worth[0, 0] == pytest.approx(12)


@given(units, st.integers(1, 5))
def test_more_weight_for_all_changes_nothing(rows: list, factor: int) -> None:
    critical, of = sample(rows)
    counts = e.resamples(4, 1, 50)
    heavy = of._replace(weight=of.weight * factor)
    one, two = (e.curve(e.sums(critical, np.array([0.0, 5.0]), each), counts) for each in (of, heavy))
    for name in ("precision", "recall", "f1"):
        assert np.allclose(getattr(one, name), getattr(two, name), equal_nan=True)


def test_intervals_cover() -> None:
    """95 % intervals of precision hold the truth in 95 % of samples or more, clusters and all."""
    rng = np.random.default_rng(5)
    truth, held = 0.85, 0
    for trial in range(200):
        level = rng.beta(truth * 3, (1 - truth) * 3, size=60)
        top = rng.binomial(4, level).astype(float)[:, None]
        figure = e.proportion(top, np.full((60, 1), 4.0), e.resamples(60, trial, 200))[0]
        held += figure.low <= truth <= figure.high
    assert held >= 188


def test_nothing_accepted_is_not_estimable() -> None:
    nothing = np.zeros((3, 1))
    figure = e.proportion(nothing, nothing, e.resamples(3, 0, 20))[0]
    assert math.isnan(figure.value)
    assert (figure.low, figure.high) == (0, 1)


def test_no_error_is_not_certainty() -> None:
    ones = np.ones((20, 1))
    figure = e.proportion(ones, ones, e.resamples(20, 0, 200))[0]
    assert figure.value == 1
    assert figure.low == pytest.approx(0.025 ** (1 / 20))


@settings(deadline=None)
@given(st.integers(0, 5))
def test_calibration_scores_like_scikit_learn(seed: int) -> None:
    from tune_data import run_tables

    from dedupe.settings import Settings
    from dedupe.tune.calibration import calibrate
    from dedupe.tune.units import build

    tables, labels = run_tables(60, 2, seed)
    found = build(labels, tables, Settings().as_dict())
    level = found.together([0, 1, 2])
    done = calibrate(found, level, e.resamples(60, 0, 100), seed)
    assert done is not None
    assert done.raw.value == pytest.approx(brier_score_loss(found.positive, level))
    assert done.brier.value < done.constant.value
    xs, ys = zip(*done.knots, strict=True)
    assert list(ys) == sorted(ys)
    assert list(xs) == sorted(xs)
    assert sum(one.units for one in done.bins) == len(found)
    assert all(one.low - 1e-9 <= one.said <= one.high + 1e-9 for one in done.bins)
