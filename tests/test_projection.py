"""Where a part of a passage stands in its copy."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedupe.reuse.projection import projected

words = st.lists(st.integers(0, 10**6), min_size=6, max_size=40, unique=True)


def array(values):
    return np.array(values, np.uint64)


@given(words, st.data())
def test_a_verbatim_part_is_found_where_it_stands(passage, data):
    first = data.draw(st.integers(0, len(passage) - 2))
    last = data.draw(st.integers(first + 1, len(passage)))
    before = data.draw(st.lists(st.integers(10**7, 10**8), max_size=9))
    found = projected(array(passage), array(before + passage), first, last)
    assert found == (len(before) + first, len(before) + last)


def test_edits_inside_are_bridged_and_edges_are_words_of_the_part():
    passage, copy = array([1, 2, 3, 4, 5, 6, 7, 8]), array([1, 2, 30, 4, 99, 5, 6, 70, 8])
    assert projected(passage, copy, 2, 7) == (3, 7)


def test_a_part_that_is_mostly_gone_has_no_place():
    assert projected(array([1, 2, 3, 4, 5, 6]), array([1, 2, 3, 7, 8, 9]), 2, 6) is None
