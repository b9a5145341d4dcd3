"""The index without a limit finds what the packed one finds, however it is cut; components against scipy."""

import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dedupe.distributed import Spread
from dedupe.engines.tables import MemoryTables
from dedupe.plan import Plan
from dedupe.reuse import minhash, shingles, wide
from dedupe.settings import MinHash, Settings, Shingles
from dedupe.stages.spread import components
from dedupe.text.tokens import TokenBatch

NOWHERE = np.empty(0, np.int32)
WORDS = st.lists(st.lists(st.integers(1, 4), max_size=30), min_size=2, max_size=14)


def batch_of(documents):
    offsets = np.cumsum([0, *map(len, documents)])
    words = np.array([word for words in documents for word in words], np.uint64)
    return TokenBatch(offsets, words * np.uint64(0x9E3779B97F4A7C15), NOWHERE, NOWHERE)


def traits(count, seed):
    """Outlets, days and dispatches of documents, and their ranks as `candidates.traits` gives them."""
    rng = np.random.default_rng(seed)
    days = rng.choice([shingles.UNDATED, 5, 6, 20, 90], count).astype(np.int32)
    wire, outlets = rng.random(count) < 0.2, rng.integers(0, 4, count).astype(np.int64)
    late = np.where(days == shingles.UNDATED, np.int64(1) << 40, days.astype(np.int64))
    ranks = np.empty(count, np.int32)
    ranks[np.lexsort((late, ~wire))] = np.arange(count)
    return outlets, days, wire, ranks


def linked(postings, partitions, star, window, least, common, slack):
    """Send postings and links through partitions, in an order of their own."""
    shelves, baskets = {}, {}
    for part, found in postings:
        shelves.setdefault(part, []).append(wide.packed_postings(found))
    for values in shelves.values():
        links = wide.link(wide.unpacked_postings(values[::-1]), star=star, window_days=window)
        for part, found in wide.split_links(links, partitions):
            baskets.setdefault(part, []).append(wide.packed_links(found))
    rows = []
    for values in baskets.values():
        found = wide.pairs(wide.unpacked_links(values), least=least, common=common, slack=slack)
        rows += zip(*found, strict=True)
    return sorted(tuple(map(int, row)) for row in rows)


@settings(deadline=None)
@given(
    WORDS,
    st.sampled_from([1, 7, 64]),
    st.sampled_from([1, 3, 50]),
    st.sampled_from([2, 16]),
    st.sampled_from([0, 3]),
    st.integers(0, 5),
)
def test_pairs_are_those_of_the_packed_index(documents, partitions, cut, star, window, seed):
    batch = batch_of(documents)
    outlets, days, wire, ranks = traits(len(batch), seed)
    chosen = Shingles(k=3, star=star)
    whole = shingles.candidate_pairs(
        batch, chosen, outlets=outlets, days=days, ranks=ranks, window_days=window
    )
    columns = (whole.pairs.tolist(), whole.links.tolist(), whole.doubtful.tolist())
    want = [(a, b, n, doubtful) for (a, b), n, doubtful in zip(*columns, strict=True)]
    about = wide.About(np.arange(len(batch)), outlets, days, wire)
    bits = wide.compared_bits(len(batch.hashes))
    postings = []
    for start in range(0, len(batch), cut):
        rows = slice(start, min(start + cut, len(batch)))
        part = batch.documents(rows.start, rows.stop)
        found = wide.shingle_postings(part, about.take(rows), 3, bits, None)
        postings += wide.split(found, partitions)
    assert linked(postings, partitions, star, window, chosen.min_links, chosen.min_common, 16) == want


@pytest.mark.parametrize("partitions", [1, 7])
def test_bands_are_those_of_the_packed_lsh(partitions):
    rng = np.random.default_rng(1)
    stories = [rng.integers(1, 99, 60).tolist() for _ in range(8)]
    documents = [[], *(stories[n % 8][n % 5 :] for n in range(60)), stories[0][:2]]
    batch = batch_of(documents)
    outlets, days, wire, ranks = traits(len(batch), 3)
    signatures = minhash.signatures(minhash.shingle_sets(batch, 5), MinHash())
    known = shingles.traits_of(batch.offsets, outlets=outlets, days=days, ranks=ranks)
    want = [tuple(row) for row in minhash.lsh_pairs(signatures, known, MinHash()).tolist()]
    bands, rows = minhash.bands_and_rows(0.5, 128)
    about = wide.About(np.arange(len(batch)), outlets, days, wire)
    found = wide.band_postings(signatures, about, bands, rows, len(batch).bit_length())
    postings = [
        (band * partitions + part, own)
        for band, each in enumerate(found)
        for part, own in wide.split(each, partitions)
    ]
    assert len(want) > 50
    assert [row[:2] for row in linked(postings, partitions, 16, 0, 1, 1, 0)] == want


def test_a_text_that_everyone_prints_costs_as_many_links_as_it_has_copies():
    story = list(range(1, 40))
    batch = batch_of([story] * 3000)
    about = wide.About(np.arange(3000), np.arange(3000), np.zeros(3000, np.int32), np.zeros(3000, bool))
    found = wide.shingle_postings(batch, about, 5, wide.compared_bits(len(batch.hashes)), None)
    links = wide.link(found, star=16, window_days=0)
    assert len(links.a) == 35 * 2999
    parts = dict(wide.split_links(links, 16))
    assert len(parts) == 16  # all have one hub, and yet no place gets all of them
    assert max(len(part.a) for part in parts.values()) < 2 * len(links.a) / 16


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=60), st.sampled_from([1, 7, 64]))
def test_stars_end_at_connected_components(edges, partitions):
    rows = sorted({(min(e), max(e)) for e in edges if e[0] != e[1]})
    table = pa.table([[low for low, _ in rows], [high for _, high in rows]], schema=components.EDGES)
    spread = Spread(MemoryTables(), Settings(), (), Plan(partitions), None)
    graph = coo_array((np.ones(len(rows)), ([r[0] for r in rows], [r[1] for r in rows])), shape=(41, 41))
    labels = connected_components(graph, directed=False)[1]
    least = {label: int(np.flatnonzero(labels == label).min()) for label in set(labels.tolist())}
    want = {(least[label], node) for node, label in enumerate(labels.tolist()) if least[label] != node}
    for found in (spread._starred(table), components.labelled(table)):
        assert set(zip(found["low"].to_pylist(), found["high"].to_pylist(), strict=True)) == want


def test_a_long_chain_is_one_component():
    rows = list(itertools.pairwise(range(500)))
    table = pa.table([[a for a, _ in rows], [b for _, b in rows]], schema=components.EDGES)
    found = Spread(MemoryTables(), Settings(), (), Plan(7), None)._starred(table)
    assert found["low"].unique().to_pylist() == [0]
    assert found.num_rows == 499


def test_passages_that_overlap_through_others_are_one_stretch():
    rows = {
        "match": [0, 1, 2, 3, 4],
        "number": [1, 1, 1, 1, 2],
        "start": [0, 8, 30, 20, 5],
        "stop": [10, 20, 40, 31, 9],
    }
    found = components.Stretches()(pa.table(rows))
    node = dict(zip(found["match"].to_pylist(), found["node"].to_pylist(), strict=True))
    assert node[0] == node[1] != node[3] == node[2]
    assert node[4] not in (node[0], node[2])
