"""The order of rows is numpy's, however many rows there are and whatever the numbers."""

from __future__ import annotations

import numpy as np
import pytest

from dedupe.reuse.kernels_sort import order_of, sort_from


@pytest.mark.parametrize("rows", [0, 1, 300, 5_000])
@pytest.mark.parametrize("span", [1, 3, 1 << 12, 1 << 62])
@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_order_of(rows, span, dtype):
    draw = np.random.default_rng(rows)
    low, high = max(-span, np.iinfo(dtype).min), min(span, np.iinfo(dtype).max)
    columns = [draw.integers(low, high, rows, dtype) for _ in range(2)] + [draw.integers(0, 2, rows) << 40]
    for some in (columns, columns[::-1], columns[:1]):
        assert np.array_equal(order_of(*some), np.lexsort(some[::-1]))


def test_order_of_the_ends_of_the_range():
    ends = np.tile(np.array([np.iinfo(np.int64).max, 0, np.iinfo(np.int64).min, -1]), 200)
    assert np.array_equal(order_of(ends), np.argsort(ends, kind="stable"))


def test_sort_from_looks_at_the_upper_bits_only():
    values = np.random.default_rng(0).integers(0, 1 << 63, 3_000, np.uint64)
    order = np.argsort(values >> np.uint64(40), kind="stable")
    assert np.array_equal(sort_from(values.copy(), 40), values[order])
