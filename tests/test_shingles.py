import itertools
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dedupe.errors import InputError
from dedupe.reuse import shingles
from dedupe.reuse.shingles import UNDATED, candidate_pairs, layout, link, merge_counts, pairs, traits_of
from dedupe.settings import Shingles
from dedupe.text.tokens import TokenBatch

compiled = settings(deadline=None)  # the first example may wait for the compiler

CORPUS = st.lists(st.lists(st.integers(1, 4), max_size=25), min_size=1, max_size=9)
K3 = Shingles(k=3, star=1000)


def batch_of(documents: list[list[int]]) -> TokenBatch:
    offsets = np.cumsum([0, *map(len, documents)])
    words = np.array([word for words in documents for word in words], np.uint64)
    nowhere = np.empty(0, np.int32)
    return TokenBatch(offsets, words * np.uint64(0x9E3779B97F4A7C15), nowhere, nowhere)


def found(batch: TokenBatch, options: Shingles, **arguments: object) -> dict[tuple[int, int], int]:
    result = candidate_pairs(batch, options, **arguments)  # type: ignore[arg-type]
    return {(a, b): n for (a, b), n in zip(result.pairs.tolist(), result.links.tolist(), strict=True)}


def oracle(documents: list[list[int]], options: Shingles) -> dict[tuple[int, int], int]:
    """Every pair: shared k-grams at their first places, the most within 16 diagonals."""
    first = [
        {tuple(words[i : i + options.k]): i for i in reversed(range(len(words) - options.k + 1))}
        for words in documents
    ]
    out = {}
    for a, b in itertools.combinations(range(len(documents)), 2):
        diagonals = sorted(first[a][gram] - first[b][gram] for gram in first[a].keys() & first[b].keys())
        best = max((sum(x <= y <= x + 16 for y in diagonals) for x in diagonals), default=0)
        if best >= options.min_links:
            out[a, b] = best
    return out


@compiled
@given(CORPUS)
def test_against_all_pairs(documents: list[list[int]]) -> None:
    assert found(batch_of(documents), K3) == oracle(documents, K3)


@compiled
@given(CORPUS, st.sampled_from([64, 128, 1024]), st.integers(0, 9), st.sampled_from([2, 16]))
def test_partitions_batches_and_filter_change_nothing(
    documents: list[list[int]], partitions: int, cut: int, star: int
) -> None:
    options = Shingles(k=3, star=star)
    batch = batch_of(documents)
    expected = found(batch, options)
    assert found(batch, options, partitions=partitions) == expected
    plan = layout(len(batch.hashes), len(batch), options, partitions=partitions)
    cut = min(cut, len(batch))
    collected = []
    for start, stop in ((0, cut), (cut, len(batch))):
        part = batch.documents(start, stop)
        collected.append(shingles.postings(part, int(batch.offsets[start]), plan))
    links = [link(parts, traits_of(batch.offsets), plan, options) for parts in zip(*collected, strict=True)]
    result = pairs(links[::-1], plan, options)
    assert dict(zip(map(tuple, result.pairs.tolist()), result.links.tolist(), strict=True)) == expected


@compiled
@given(CORPUS, st.integers(0, 9))
def test_counts_merge(documents: list[list[int]], cut: int) -> None:
    batch = batch_of(documents)
    plan = layout(len(batch.hashes), len(batch), K3)
    whole, one, other = (shingles.empty_counts(plan) for _ in range(3))
    cut = min(cut, len(batch))
    shingles.count(batch, whole, plan)
    shingles.count(batch.documents(0, cut), one, plan)
    shingles.count(batch.documents(cut, len(batch)), other, plan)
    assert (merge_counts(one, other) == whole).all()


def components(n: int, edges: list[tuple[int, int]]) -> list[int]:
    rows, columns = np.array(edges or [(0, 0)]).T
    labels = connected_components(coo_array((np.ones(len(rows)), (rows, columns)), shape=(n, n)))[1]
    first: dict[int, int] = {}
    return [first.setdefault(label, i) for i, label in enumerate(labels.tolist())]


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from([0, 1, 3, 10]))
def test_stars_leave_families_connected(data: st.DataObject, window: int) -> None:
    n = data.draw(st.integers(2, 14))
    draw = lambda values: np.array(data.draw(st.lists(values, min_size=n, max_size=n)))  # noqa: E731
    outlets = draw(st.integers(-1, 3))
    days = draw(st.integers(0, 20) | st.just(UNDATED))
    ranks = np.array(data.draw(st.permutations(range(n))))
    batch = batch_of([[*range(100, 108)]] * n)
    options = Shingles(k=3, star=1)
    got = list(found(batch, options, outlets=outlets, days=days, ranks=ranks, window_days=window))
    allowed = [
        (a, b)
        for a, b in itertools.combinations(range(n), 2)
        if (outlets[a] < 0 or outlets[a] != outlets[b])
        and (window == 0 or UNDATED in (days[a], days[b]) or abs(days[a] - days[b]) <= window)
    ]
    assert set(got) <= set(allowed)
    assert components(n, got) == components(n, allowed)
    assert len(got) <= 5 * n


def test_hub_is_of_the_lowest_rank() -> None:
    ranks = np.array([3, 0, 2, 1, 4])
    batch = batch_of([[*range(100, 110)]] * 5)
    assert sorted(found(batch, Shingles(star=2), ranks=ranks)) == [(0, 1), (1, 2), (1, 3), (1, 4)]


def test_hub_that_holds_a_part_does_not_split_the_family() -> None:
    whole = [*range(100, 160)]
    documents = [whole[:12], *[[*range(1000 * n, 1000 * n + 20), *whole] for n in range(1, 40)]]
    got = found(batch_of(documents), Shingles(star=4))
    assert components(40, [pair for pair, links in got.items() if links > 40])[1:] == [1] * 39
    assert all((0, n) in got for n in range(1, 40))


def test_edited_viral_passage_stays_one_family() -> None:
    random = np.random.default_rng(5)
    passage = random.integers(1, 10**6, 60)
    documents, outlets = [], []
    for _ in range(300):
        copy = np.where(random.random(60) < 0.15, random.integers(10**6, 10**7, 60), passage)
        own = random.integers(10**7, 10**9, 100)
        documents.append([*own[:50].tolist(), *copy.tolist(), *own[50:].tolist()])
        outlets.append(int(random.integers(0, 12)))
    got = found(batch_of(documents), Shingles(), outlets=np.array(outlets))
    assert components(300, list(got)) == [0] * 300
    assert len(got) < 300 * 40


def test_footers_of_an_outlet_make_no_pairs() -> None:
    footer = [*range(100, 125)]
    documents = [[*range(1000 * n, 1000 * n + 30), *footer] for n in range(1, 60)]
    outlets = np.array([n % 2 for n in range(59)])
    documents = [
        [word + 10**6 * outlet for word in words] for words, outlet in zip(documents, outlets, strict=True)
    ]
    assert found(batch_of(documents), Shingles(), outlets=outlets) == {}
    assert len(found(batch_of(documents), Shingles())) == 57


def test_chance_phrases_far_apart_make_no_pair() -> None:
    phrases = [[*range(base, base + 5)] for base in (100, 200, 300)]
    a = [*phrases[0], *range(1000, 1040), *phrases[1], *range(2000, 2100), *phrases[2]]
    b = [*phrases[2], *range(3000, 3040), *phrases[1], *range(4000, 4100), *phrases[0]]
    assert found(batch_of([a, b]), Shingles()) == {}
    assert found(batch_of([a, b]), Shingles(min_links=1)) == {(0, 1): 1}


def test_a_phrase_of_many_documents_makes_doubtful_pairs() -> None:
    def doubtful(count: int, words: int, options: Shingles) -> tuple[int, int]:
        phrase = [*range(100, 100 + words)]
        batch = batch_of([[*range(1000 * n, 1000 * n + 30), *phrase] for n in range(1, count + 1)])
        result = candidate_pairs(batch, options)
        return len(result.pairs), int(result.doubtful.sum())

    assert doubtful(16, 7, Shingles()) == (120, 0)
    assert doubtful(17, 7, Shingles()) == (16, 16)
    assert doubtful(17, 8, Shingles()) == (16, 0)
    assert doubtful(17, 7, Shingles(min_common=3)) == (16, 0)


def test_one_shingle_of_few_documents_leaves_no_doubt() -> None:
    phrase = [*range(100, 106)]
    documents = [[*range(1000 * n, 1000 * n + 30), *phrase, 7 * n] for n in range(1, 30)]
    documents.append([*range(90_000, 90_030), *phrase, 7])  # as the first, their hub, one word further
    result = candidate_pairs(batch_of(documents), Shingles())
    assert result.pairs[~result.doubtful].tolist() == [[0, 29]]


def test_masked_words_are_in_no_shingle() -> None:
    batch = batch_of([[*range(100, 130)]] * 2)
    mask = np.zeros(60, bool)
    mask[:30:4] = True
    assert found(batch, Shingles(), mask=mask) == {}


def test_large_corpora_take_longer_shingles() -> None:
    assert layout(10, 499_999, Shingles()).k == 5
    assert layout(10, 500_000, Shingles()).k == 6


def test_too_large_a_corpus_is_refused() -> None:
    with pytest.raises(InputError, match="split the corpus"):
        layout(1 << 34, 10, Shingles())


@compiled
@given(CORPUS, st.randoms(use_true_random=False))
def test_order_of_documents_does_not_matter(documents: list[list[int]], random: object) -> None:
    order = list(range(len(documents)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = found(batch_of([documents[i] for i in order]), K3)
    back = {tuple(sorted((order[a], order[b]))): n for (a, b), n in shuffled.items()}
    assert back == found(batch_of(documents), K3)


def test_every_gram_is_spread_over_partitions() -> None:
    batch = batch_of([[*range(5000)]])
    plan = layout(5000, 1, Shingles())
    sizes = defaultdict(int, enumerate(map(len, shingles.postings(batch, 0, plan))))
    assert sum(sizes.values()) == 4996
    assert len(sizes) == 64 and min(sizes.values()) > 40
