"""Whole columns give what row after row would."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedupe.stages.columns import rounded

shares = st.one_of(
    st.floats(0, 1),
    st.builds(lambda part, whole: part / whole, st.integers(0, 999), st.integers(1, 999)),
    st.integers(0, 10**6).map(lambda half: half / 20_000),  # in the middle of two decimals, or nearly
)


@given(st.lists(shares, max_size=50))
def test_numbers_are_rounded_as_python_does(values):
    assert rounded(np.array(values, np.float64)).tolist() == [round(value, 4) for value in values]
