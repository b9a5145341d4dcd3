"""Where a part of a passage stands in its copy."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from dedupe.reuse.projection import LEAST, projected

words = st.lists(st.integers(0, 10**6), min_size=6, max_size=40, unique=True)
few = st.lists(st.integers(1, 5), max_size=200)


def part(passage, copy, first, last):
    """Where one part of one passage stands in its copy."""
    whole = len(passage) + len(copy)
    rows = np.array([[0, len(passage), len(passage), whole, first, last]])
    (found,) = projected(np.array([*passage, *copy], np.uint64), rows).tolist()
    return tuple(found) if found[0] >= 0 else None


def by_rapidfuzz(passage, copy, first, last):
    same = [
        (at, at - step.src_start + step.dest_start)
        for step in Indel.opcodes(passage, copy)
        if step.tag == "equal"
        for at in range(max(step.src_start, first), min(step.src_end, last))
    ]
    return (same[0][1], same[-1][1] + 1) if same and len(same) >= LEAST * (last - first) else None


@given(words, st.data())
def test_a_verbatim_part_is_found_where_it_stands(passage, data):
    first = data.draw(st.integers(0, len(passage) - 2))
    last = data.draw(st.integers(first + 1, len(passage)))
    before = data.draw(st.lists(st.integers(10**7, 10**8), max_size=9))
    found = part(passage, before + passage, first, last)
    assert found == (len(before) + first, len(before) + last)


def test_edits_inside_are_bridged_and_edges_are_words_of_the_part():
    assert part([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 30, 4, 99, 5, 6, 70, 8], 2, 7) == (3, 7)


def test_a_part_that_is_mostly_gone_has_no_place():
    assert part([1, 2, 3, 4, 5, 6], [1, 2, 3, 7, 8, 9], 2, 6) is None


@given(few, few, st.data())
def test_of_alignments_of_equal_length_rapidfuzz_s_is_taken(passage, copy, data):
    first = data.draw(st.integers(0, len(passage)))
    last = data.draw(st.integers(first, len(passage)))
    assert part(passage, copy, first, last) == by_rapidfuzz(passage, copy, first, last)


def test_rows_do_not_disturb_each_other():
    rng = np.random.default_rng(7)
    hashes = rng.integers(1, 9, 400).astype(np.uint64)
    bounds = np.sort(rng.integers(0, 400, (50, 4)), axis=1)
    rows = np.column_stack((bounds, np.zeros(50, np.int64), bounds[:, 1] - bounds[:, 0]))
    together = projected(hashes, rows).tolist()
    assert together == [found for row in rows for found in projected(hashes, row[None]).tolist()]
