import datasketch
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.reuse import minhash
from dedupe.reuse.minhash import ShingleSets, lsh_pairs, overlaps, shingle_sets, signatures, sketch
from dedupe.reuse.shingles import traits_of
from dedupe.settings import MinHash
from dedupe.text.tokens import tokenize

compiled = settings(deadline=None)  # the first example may wait for the compiler

SETTINGS = MinHash()
SETS = st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=30), min_size=1, max_size=6)
SMALL = st.lists(st.lists(st.integers(0, 40), max_size=30), min_size=2, max_size=6)


def sets_of(documents: list[list[int]]) -> ShingleSets:
    offsets = np.cumsum([0, *map(len, documents)])
    return ShingleSets(offsets, np.array([value for values in documents for value in values], np.uint32))


def all_pairs(n: int) -> np.ndarray:
    return np.array([(a, b) for a in range(n) for b in range(a + 1, n)]).reshape(-1, 2)


@compiled
@given(SETS, st.sampled_from([1, 16, 128]))
def test_signatures_are_those_of_datasketch(documents: list[list[int]], permutations: int) -> None:
    rows = signatures(sets_of(documents), MinHash(permutations=permutations))
    assert rows.dtype == np.uint32
    for row, values in zip(rows, documents, strict=True):
        reference = datasketch.MinHash(num_perm=permutations, hashfunc=int, scheme="affine32")
        reference.update_batch(values)
        assert row.tolist() == reference.hashvalues.tolist()
        assert sketch(row).jaccard(reference) == 1.0


@compiled
@given(SMALL)
def test_exact_figures_against_sets(documents: list[list[int]]) -> None:
    pairs = all_pairs(len(documents))
    got = overlaps(sets_of(documents), pairs)
    for index, (a, b) in enumerate(pairs):
        one, other = set(documents[a]), set(documents[b])
        both = len(one & other)
        assert got.jaccard[index] == both / max(1, len(one | other))
        assert got.a_contained[index] == both / max(1, len(one))
        assert got.b_contained[index] == both / max(1, len(other))


def test_estimate_is_within_its_error_of_exact() -> None:
    random = np.random.default_rng(3)
    documents = []
    for n in range(41):
        shared, own, other = random.integers(0, 2**32, (3, 400)).tolist()
        documents += [shared[: 10 * n] + own[10 * n :], shared[: 10 * n] + other[10 * n :]]
    sets = sets_of(documents)
    pairs = np.arange(82).reshape(-1, 2)
    rows = signatures(sets, SETTINGS)
    exact, estimate = overlaps(sets, pairs).jaccard, minhash.estimate(rows, pairs)
    error = np.sqrt(exact * (1 - exact) / SETTINGS.permutations)
    assert (np.abs(estimate - exact) <= 5 * error + 1e-9).all()
    assert abs((estimate - exact).mean()) < 0.02
    for index, (a, b) in enumerate(pairs[:9]):
        assert estimate[index] == sketch(rows[a]).jaccard(sketch(rows[b]))


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8])
def test_pairs_are_those_of_datasketch(threshold: float) -> None:
    options = MinHash(threshold=threshold)
    random = np.random.default_rng(4)
    shared = random.integers(0, 2**32, 200)
    documents = [
        [*shared[: 20 * (n % 11)].tolist(), *random.integers(0, 2**32, 200 - 20 * (n % 11)).tolist()]
        for n in range(44)
    ]
    rows = signatures(sets_of(documents), options)
    index = datasketch.MinHashLSH(threshold=threshold, num_perm=options.permutations)
    assert minhash.bands_and_rows(threshold, options.permutations) == (index.b, index.r)
    for n, row in enumerate(rows):
        index.insert(n, sketch(row))
    expected = sorted({(n, m) for n, row in enumerate(rows) for m in index.query(sketch(row)) if n < m})
    got = lsh_pairs(rows, traits_of(np.arange(45)), options, star=1000)
    assert got.tolist() == [list(pair) for pair in expected]


def test_a_crowd_of_copies_costs_as_many_pairs_as_members() -> None:
    rows = signatures(sets_of([[*range(50)]] * 500), SETTINGS)
    got = lsh_pairs(rows, traits_of(np.arange(501)), SETTINGS)
    assert got.tolist() == [[0, n] for n in range(1, 500)]


def test_outlets_and_dates_part_pairs() -> None:
    rows = signatures(sets_of([[*range(50)]] * 4), SETTINGS)
    traits = traits_of(np.arange(5), outlets=np.array([0, 0, 1, 2]), days=np.array([0, 1, 1, 9]))
    assert lsh_pairs(rows, traits, SETTINGS).tolist() == [[0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]
    assert lsh_pairs(rows, traits, SETTINGS, window_days=3).tolist() == [[0, 2], [1, 2]]


def test_documents_without_shingles_are_alike_to_none() -> None:
    sets = sets_of([[], [], [1]])
    rows = signatures(sets, SETTINGS)
    assert lsh_pairs(rows, traits_of(np.arange(4)), SETTINGS).tolist() == []
    assert overlaps(sets, np.array([[0, 1]])).jaccard.tolist() == [0.0]


def test_shingles_of_texts() -> None:
    texts = [
        "",
        "too short",
        "one two three four five six",
        "one two three four five",
        "zero one two three four five",
    ]
    batch = tokenize(texts)
    sets = shingle_sets(batch, 5)
    assert np.diff(sets.offsets).tolist() == [0, 1, 2, 1, 2]
    parts = [sets.hashes[sets.offsets[n] : sets.offsets[n + 1]].tolist() for n in range(5)]
    assert parts[3][0] == parts[2][0] == parts[4][1]
    mask = np.zeros(len(batch.hashes), bool)
    mask[2] = True
    assert np.diff(shingle_sets(batch, 5, mask).offsets).tolist() == [0, 1, 1, 1, 2]


@compiled
@given(st.floats(0, 1), st.integers(1, 64), st.integers(1, 16))
def test_probability_rises_with_similarity(similarity: float, bands: int, rows: int) -> None:
    chance = minhash.probability(similarity, bands, rows)
    assert 0 <= chance <= minhash.probability(min(1.0, similarity + 0.1), bands, rows) <= 1


def test_threshold_lies_on_the_slope() -> None:
    for bands, rows in ((25, 5), (9, 13), (64, 2)):
        turn = minhash.threshold(bands, rows)
        assert 0.6 < minhash.probability(turn, bands, rows) < 0.75
    assert minhash.threshold(1, 1) == 1.0
    assert minhash.probability(0.5, 1, 1) == 0.5
