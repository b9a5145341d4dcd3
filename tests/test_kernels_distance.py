"""Compiled distances of runs of words are those of rapidfuzz."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from dedupe.reuse.kernels_distance import distances

words = st.integers(0, 40).map(lambda word: word * 0x9E3779B97F4A7C15 % (1 << 64))
run = st.lists(words, min_size=1, max_size=200)
edits = st.lists(st.tuples(st.integers(0, 10_000), words, st.booleans()), max_size=12)


def edited(base: list[int], changes: list[tuple[int, int, bool]]) -> list[int]:
    out = list(base)
    for place, word, insert in changes:
        at = place % (len(out) + 1)
        out[at : at if insert else at + 1] = [word] if insert else []
    return out or [1]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(run, run | st.none(), edits), min_size=1, max_size=4))
def test_distances_are_those_of_rapidfuzz(cases: list[tuple[list[int], list[int] | None, list]]) -> None:
    pairs = [(left, edited(left if right is None else right, changes)) for left, right, changes in cases]
    sides = [side for pair in pairs for side in pair]
    offsets = np.cumsum([0, *map(len, sides)])
    found = distances(
        np.arange(len(pairs), dtype=np.int32),
        np.array([(0, len(left), 0, len(right)) for left, right in pairs], np.int32),
        np.arange(2 * len(pairs), dtype=np.int32).reshape(-1, 2),
        offsets,
        np.concatenate([np.array(side, np.uint64) for side in sides]),
    )
    assert found.tolist() == [Levenshtein.distance(*pair) for pair in pairs]
