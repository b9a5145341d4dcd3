"""Documents made ready together are what each is by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.records import Document
from dedupe.reuse.background import NOTHING
from dedupe.reuse.bundle import Bundle, terms_of
from dedupe.reuse.columns import rounded
from dedupe.reuse.kernels_blocks import _place
from dedupe.reuse.kernels_bundle import UnitTable, by_unit, word_terms
from dedupe.reuse.kernels_seeds import lowest
from dedupe.reuse.kernels_twins import HOMES, SIEVE_BYTES, put, twins
from dedupe.reuse.prepared import Prepared
from dedupe.stages.align import bundled
from dedupe.stages.documents import documents_table
from dedupe.stages.text import MarkFurniture

FURNITURE = "Read also: the tide turns at noon\n"
texts = st.lists(
    st.lists(
        st.sampled_from(["the ", "Ilse ", "tide-", "14 ", "3,500", "a\u0301", "\u200b ", "水曜日", "й", ". ", ", ", "\n", FURNITURE]),
        max_size=60,
    ).map("".join),
    min_size=1,
    max_size=4,
)  # fmt: skip


def ready(texts: list[str]) -> tuple[Bundle, list[Prepared]]:
    documents = [Document(f"d{n}", text, "o") for n, text in enumerate(texts)]
    table = documents_table(documents)
    marked = MarkFurniture()(table.select(["id", "text", "language"]))
    for name in ("furniture", "sentences"):
        table = table.append_column(name, marked[name])
    bundle = bundled(table, NOTHING)
    return bundle, [bundle.prepared(number) for number in range(len(texts))]


@settings(deadline=None, max_examples=150)
@given(texts, st.data())
def test_terms_and_the_n_grams_of_a_passage(texts: list[str], data: st.DataObject) -> None:
    bundle, single = ready(texts)
    grams, places = bundle.grams
    units = UnitTable(*by_unit(grams, np.diff(bundle.of_sentences)))
    for number, side in enumerate(single):
        for field in ("distinct", "frequency", "bounds", "entry", "weight"):
            alone, together = (
                getattr(terms, field) for terms in (side.grams, terms_of(grams, units, number))
            )
            assert np.array_equal(alone, together), field
        if not len(side.hashes):
            continue
        start = data.draw(st.integers(0, len(side.hashes) - 1))
        stop = data.draw(st.integers(start + 1, len(side.hashes)))
        for sentence in range(len(side.sentences)):
            held = slice(side.grams.bounds[sentence], side.grams.bounds[sentence + 1])
            once = side.grams.frequency[side.grams.entry[held]] == 1
            squares = (side.grams.weight[held][once].astype(np.float64) ** 2).sum()
            assert places.alone[bundle.of_sentences[number] + sentence] == pytest.approx(squares, rel=1e-6)
        first = bundle.batch.offsets[number]
        own = slice(
            grams.of_places[number] + places.firsts[first + start],
            grams.of_places[number] + places.lasts[first + stop - 1],
        )
        hashes, weights = side.grams_of(start, stop)
        assert np.array_equal(side.grams.distinct[grams.term_of[own]], hashes)
        assert np.array_equal(places.weights[own], weights)


@settings(deadline=None, max_examples=60)
@given(texts)
def test_pieces_hold_the_words_of_a_document_by_itself(texts: list[str]) -> None:
    bundle, single = ready(texts)
    for edge, name in (("clause", "clause_pieces"), ("line", "line_pieces"), ("sentence", "sentence_pieces")):
        bounds, ranges, starts, entry = bundle.pieces(np.arange(len(texts)), edge)
        for number, side in enumerate(single):
            if not len(side.sentences):
                assert bounds[number] == bounds[number + 1]
                continue
            pieces = getattr(side, name)
            own = slice(bounds[number], bounds[number + 1])
            assert np.array_equal(ranges[own], pieces.ranges)
            begins = starts[bounds[number] : bounds[number + 1] + 1]
            assert np.array_equal(begins - begins[0], pieces.words.bounds)
            assert np.array_equal(entry[begins[0] : begins[-1]], pieces.words.entry)


@pytest.mark.parametrize(("count", "low", "step"), [(4_000, 0, 1), (4_000, 1 << 40, 1), (40_000, 7, 1 << 33)])
def test_terms_that_were_made_to_collide(count: int, low: int, step: int) -> None:
    """Hashes with equal upper halves, or equal first bytes, more than passes and insertion are meant for."""
    hashes = (np.arange(count, dtype=np.uint64)[::-1] % np.uint64(1_500)) * np.uint64(step) + np.uint64(low)
    owners = (np.arange(count) // 100).astype(np.int32)
    found = word_terms(np.array([0, count]), hashes, owners)
    _, _, distinct, frequency, posts, units, amounts, term_of = found
    assert np.array_equal(distinct, np.unique(hashes))
    assert np.array_equal(distinct[term_of], hashes)
    assert posts[-1] == len(units) == frequency.sum()
    assert amounts.sum() == count
    for key in (hashes[7], hashes[7] + np.uint64(1 << 50)):
        place = _place(distinct, key)
        assert (place >= 0 and distinct[place] == key) == (key in hashes)


@pytest.mark.parametrize("step", [1, 1 << 20, (1 << 53) + 12345])
def test_twins_are_found_wherever_hashes_stand(step: int) -> None:
    """Close together, as if made to collide, and spread evenly."""
    hashes = np.arange(900, dtype=np.uint64) * np.uint64(step)
    hashes = np.sort(hashes[np.random.default_rng(1).permutation(900)])
    one, other = np.sort(hashes[::2]), np.sort(hashes[::3])
    homes, sieve = np.empty(HOMES, np.int32), np.empty(SIEVE_BYTES, np.uint8)
    put(one, homes, sieve)
    likely, twin = np.empty(901, np.int32), np.empty(900, np.int32)
    weight, put_weight = np.zeros(900), np.zeros(900)
    stamps, put_stamps = np.zeros(900, np.int32), np.zeros(900, np.int32)
    often, put_often = np.full(len(other), 2, np.int32), np.full(len(one), 3, np.int32)
    count = twins(
        other, often, one, put_often, np.arange(9.0), homes, sieve, likely, twin, weight, stamps, put_weight,
        put_stamps, 7,
    )  # fmt: skip
    both, here, there = np.intersect1d(other, one, return_indices=True)
    assert np.array_equal(likely[:count], here)
    assert np.array_equal(twin[:count], there)
    assert len(both) == count == 150
    assert (weight[here] == 5).all() and (put_weight[there] == 5).all()
    assert (stamps == 7).sum() == (put_stamps == 7).sum() == 150


@given(st.integers(1, (1 << 64) - 1))
def test_the_lowest_bit(bits: int) -> None:
    assert lowest(np.uint64(bits)) == (bits & -bits).bit_length() - 1


@given(
    st.lists(
        st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**7), 10**7).map(lambda n: n / 2e6)
    ),
    st.sampled_from([4, 6]),
)
def test_rounding_is_that_of_python(values: list[float], digits: int) -> None:
    found = rounded(np.array(values, np.float64), digits).tolist()
    assert [*map(repr, found)] == [repr(round(value, digits)) for value in values]
