"""Figures about passages against obvious oracles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.reuse.background import NOTHING, background
from dedupe.reuse.likeness import term_weights
from dedupe.reuse.measures import edit_share, figures, kind_of
from dedupe.reuse.prepared import prepare
from dedupe.text.tokens import tokenize

numbers = st.lists(st.integers(0, 5), max_size=12)
WORDS = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "haven",
    "islet",
    "jetty",
    "kayak",
    "lagoon",
]
text = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=7).map(" ".join), min_size=2, max_size=5
).map("\n".join)


def distance(left: list[int], right: list[int]) -> int:
    row = list(range(len(right) + 1))
    for i, x in enumerate(left, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(right, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


@given(numbers, numbers)
def test_edit_share_is_levenshtein_over_the_longer(left: list[int], right: list[int]) -> None:
    share = edit_share(np.array(left, np.uint64), np.array(right, np.uint64))
    longest = max(len(left), len(right))
    assert share == pytest.approx(distance(left, right) / longest if longest else 0)


def test_edits_of_very_long_passages_are_estimated() -> None:
    left = np.arange(30_000, dtype=np.uint64)
    assert edit_share(left, left) == 0
    assert edit_share(left, left[:15_000]) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("edits", "kind"),
    [(0, "verbatim"), (0.01, "light"), (0.25, "light"), (0.26, "reworded"), (1, "reworded")],
)
def test_kinds_by_share_of_edits(edits: float, kind: str) -> None:
    assert kind_of(edits) == kind


@settings(max_examples=60, deadline=None)
@given(text, text)
def test_figures(left: str, right: str) -> None:
    a, b = prepare(left), prepare(right)
    whole = (0, len(a.hashes), 0, len(b.hashes))
    forth = figures(a, b, term_weights(a, b), whole)
    back = figures(b, a, term_weights(b, a), (whole[2], whole[3], whole[0], whole[1]))
    assert forth.cosine == pytest.approx(back.cosine)
    assert forth.mass == pytest.approx(back.mass, rel=1e-5)
    assert (forth.a_contained, forth.b_contained) == pytest.approx((back.b_contained, back.a_contained))
    for figure in (forth.cosine, forth.wording, forth.a_contained, forth.b_contained):
        assert -1e-9 <= figure <= 1 + 1e-9
    same = figures(a, a, term_weights(a, a), (0, len(a.hashes), 0, len(a.hashes)))
    assert same.wording == pytest.approx(1) or same.mass == 0
    first = figures(a, b, term_weights(a, b), (0, 1, 0, len(b.hashes)))
    assert first.mass <= forth.mass + 1e-6


def test_names_and_common_words_tell_little() -> None:
    side = prepare("Yesterday in Larsk the mayor Ilse Brandt opened the bridge", language="en")
    words = [side.text[start:stop] for start, stop in zip(side.starts, side.stops, strict=True)]
    assert {word for word, name in zip(words, side.names, strict=True) if name} == {"Larsk", "Ilse", "Brandt"}
    assert background(tokenize(["one two", "two three"])).weigh(side.hashes).tolist() == [1] * len(words)
    documents = [f"the bridge number{n}" for n in range(1000)] + ["opened once"]
    weights = dict(zip(words, background(tokenize(documents)).weigh(side.hashes).tolist(), strict=True))
    assert weights["the"] < 0.01
    assert weights["bridge"] < 0.01
    assert weights["opened"] == weights["mayor"] == 1
    assert NOTHING.weigh(side.hashes).tolist() == [1] * len(words)


def test_the_mask_keeps_words_out_of_the_background() -> None:
    batch = tokenize(["share this story now"] * 1000)
    mask = np.zeros(len(batch.hashes), np.bool_)
    mask[0::4] = True
    weights = background(batch, mask).weigh(batch.document(0)[0])
    assert weights[0] == 1
    assert (weights[1:] < 0.01).all()
