"""Neighbours by TF-IDF against scikit-learn on everything with everything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfTransformer, TfidfVectorizer

from dedupe.reuse.tfidf import Vectors, cosine, neighbours, weighed
from dedupe.settings import Tfidf
from dedupe.text.tokens import tokenize

WORDS = [f"{a}{b}" for a in ("lo", "mi", "ra", "su", "te") for b in ("nda", "rik", "vos", "pel")]
corpora = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join), min_size=2, max_size=9
)
ALL = Tfidf(neighbours=50, threshold=0.05, terms=100, postings=100)


def oracle(texts: list[str]) -> np.ndarray:
    vectors = TfidfVectorizer(sublinear_tf=True, token_pattern=r"\w+").fit_transform(texts)
    return (vectors @ vectors.T).toarray()


@settings(max_examples=60, deadline=None)
@given(corpora)
def test_all_pairs_and_cosines_equal_scikit_learn(texts: list[str]) -> None:
    pairs, values = neighbours(tokenize(texts), ALL)
    full = oracle(texts)
    wanted = [(i, j) for i in range(len(texts)) for j in range(i + 1, len(texts)) if full[i, j] >= 0.0501]
    found = {tuple(pair): value for pair, value in zip(pairs.tolist(), values.tolist(), strict=True)}
    assert set(wanted) <= set(found)
    assert list(found) == sorted(found)
    for (i, j), value in found.items():
        assert i < j
        assert value == pytest.approx(full[i, j], abs=1e-4)


@settings(max_examples=40, deadline=None)
@given(corpora, st.randoms(use_true_random=False), st.integers(1, 3))
def test_the_order_of_documents_changes_nothing(texts: list[str], random, most: int) -> None:
    texts = list(dict.fromkeys(texts))  # ties between equal texts go by number
    few = Tfidf(neighbours=50, threshold=0.1, terms=most * 3, postings=4)
    order = list(range(len(texts)))
    random.shuffle(order)
    pairs, _ = neighbours(tokenize(texts), few)
    mixed, _ = neighbours(tokenize([texts[i] for i in order]), few)
    back = {tuple(sorted((order[i], order[j]))) for i, j in mixed.tolist()}
    assert {tuple(pair) for pair in pairs.tolist()} == back


def test_neighbours_are_the_nearest() -> None:
    texts = [
        "amber birch cedar delta",
        "amber birch cedar ember",
        "amber birch fjord grove",
        "haven islet jetty kayak",
    ]
    pairs, _ = neighbours(tokenize(texts), Tfidf(neighbours=1, threshold=0.01))
    assert pairs.tolist() == [[0, 1], [0, 2]]  # 2's nearest is 0 or 1, alike: the lower number


def test_outlets_dates_and_furniture() -> None:
    texts = ["amber birch cedar delta"] * 3
    outlets = np.array([0, 0, 1], np.int32)
    batch = tokenize(texts)
    assert neighbours(batch, ALL, outlets=outlets)[0].tolist() == [[0, 2], [1, 2]]
    days = np.array([0, 5, 6], np.int32)
    assert neighbours(batch, ALL, days=days, window_days=2)[0].tolist() == [[1, 2]]
    days[2] = -1
    assert neighbours(batch, ALL, days=days, window_days=2, undated=-1)[0].tolist() == [[0, 2], [1, 2]]
    mask = np.zeros(len(batch.hashes), np.bool_)
    mask[:4] = True
    assert neighbours(batch, ALL, mask=mask)[0].tolist() == [[1, 2]]


def test_words_that_many_documents_have_propose_nobody() -> None:
    texts = [f"common words everywhere unique{n}" for n in range(50)]
    assert len(neighbours(tokenize(texts), Tfidf(threshold=0.0, postings=10))[0]) == 0


@pytest.mark.parametrize("texts", [[], ["one document"], ["", ""], ["", "word"]])
def test_nothing_to_compare(texts: list[str]) -> None:
    pairs, values = neighbours(tokenize(texts), ALL)
    assert pairs.shape == (0, 2)
    assert len(values) == 0


def test_cosine_of_two() -> None:
    batch = tokenize(["amber birch cedar", "amber birch delta", "fjord grove"])
    one, other, third = (batch.document(n)[0] for n in range(3))
    assert cosine(one, one) == pytest.approx(1)
    assert cosine(one, other) == pytest.approx(
        oracle(["amber birch cedar", "amber birch delta"])[0, 1], abs=1e-5
    )
    assert cosine(one, third) == 0
    assert cosine(one[:0], one) == 0


@settings(max_examples=80, deadline=None)
@given(st.lists(st.dictionaries(st.integers(0, 40), st.integers(1, 9), max_size=30), min_size=1, max_size=30))
def test_weights_are_those_of_scikit_learn_to_the_last_bit(documents: list[dict[int, int]]) -> None:
    indptr = np.cumsum([0, *map(len, documents)]).astype(np.int32)
    columns = [column for document in documents for column in document]
    place = {column: number for number, column in enumerate(sorted(set(columns)))}  # each one is in use
    indices = np.array([place[column] for column in columns], np.int32)
    data = np.array([count for document in documents for count in document.values()], np.float32)
    shape = (len(documents), max(1, len(place)))
    full = TfidfTransformer(sublinear_tf=True).fit_transform(
        csr_matrix((data.copy(), indices, indptr), shape)
    )
    ours = weighed(Vectors(indptr, indices, data), np.bincount(indices).astype(np.int32))
    assert np.array_equal(ours.data, full.data)
