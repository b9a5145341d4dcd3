"""Reworded passages: likeness against an oracle, gathering, bounds, summaries."""

from __future__ import annotations

import dataclasses
from collections import Counter
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.reuse.align import align, prepare
from dedupe.reuse.clusters import clusters
from dedupe.reuse.likeness import FEW, likeness, promising, term_weights, word_weights
from dedupe.settings import Align

NEWS = Align()
WORDS = [
    "bark",
    "bolt",
    "cane",
    "dune",
    "fern",
    "gale",
    "helm",
    "iris",
    "jade",
    "kelp",
    "lark",
    "mint",
    "nest",
    "opal",
    "pine",
    "quay",
    "reed",
    "sage",
    "tarn",
    "vine",
]
sentences = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8), min_size=1, max_size=6)

LEFT = """The lighthouse keeper of Skarholm has retired after forty years.
Prices of dried cod rose sharply last month as storms kept the small boats in harbour.
A new school will open in the valley next spring."""
RIGHT = """Nobody had expected so quiet a summer on the coast.
Because storms kept small boats in the harbour, dried cod became sharply dearer during the last month.
The choir sings on Friday."""


@settings(max_examples=60, deadline=None)
@given(sentences, sentences)
def test_word_cosine_and_dice_equal_the_textbook(left: list[list[str]], right: list[list[str]]) -> None:
    a, b = (prepare("\n".join(" ".join(words) for words in side)) for side in (left, right))
    found = likeness(a, b, term_weights(a, b), low_cosine=1e-9, low_strength=1e9)
    frequency = Counter(word for words in left + right for word in set(words))
    isf = {word: log(max(FEW, len(left) + len(right)) / count) for word, count in frequency.items()}
    expected = {}
    for i, one in enumerate(left):
        for j, other in enumerate(right):
            x, y = Counter(one), Counter(other)
            dot = sum(x[w] * y[w] * isf[w] ** 2 for w in x)
            norm = sqrt(sum((x[w] * isf[w]) ** 2 for w in x) * sum((y[w] * isf[w]) ** 2 for w in y))
            if norm and dot / norm >= 1e-9:
                expected[i, j] = (dot / norm, 2 * len(x.keys() & y.keys()) / (len(x) + len(y)))
    pairs = list(zip(found.a.tolist(), found.b.tolist(), strict=True))
    assert pairs == sorted(expected)
    for place, pair in enumerate(pairs):
        assert found.cosine[place] == pytest.approx(expected[pair][0], abs=1e-5)
        assert found.dice[place] == pytest.approx(expected[pair][1])


@settings(max_examples=60, deadline=None)
@given(sentences, sentences)
def test_what_does_not_promise_has_no_seed_by_words(left: list[list[str]], right: list[list[str]]) -> None:
    a, b = (prepare("\n".join(" ".join(words) for words in side)) for side in (left, right))
    free = np.zeros(len(a.sentences), np.bool_), np.zeros(len(b.sentences), np.bool_)
    if not promising(a, b, word_weights(a, b), *free, low_cosine=0.45):
        assert not len(likeness(a, b, term_weights(a, b), low_cosine=0.4501, low_strength=1e9).a)
    busy = np.ones(len(a.sentences), np.bool_)
    assert not promising(a, b, word_weights(a, b), busy, free[1], low_cosine=0.1)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=12), st.integers(0, 5))
def test_clusters_part_the_seeds_and_keep_within_the_gap(seeds: list[tuple[int, int]], gap: int) -> None:
    points = np.array(seeds, np.int32).reshape(-1, 2)
    groups = clusters(points, gap)
    assert sorted(row for group in groups for row in group.tolist()) == list(range(len(points)))
    for group in groups:
        for side in (0, 1):
            assert (np.diff(np.sort(points[group, side])) <= gap + 1).all()


def test_a_reworded_sentence_is_found_among_others() -> None:
    (found,) = [
        p for p in align(prepare(LEFT, language="en"), prepare(RIGHT, language="en"), NEWS) if p.accepted
    ]
    assert found.kind == "reworded"
    assert LEFT[found.a_start : found.a_stop].startswith("Prices of dried cod")
    assert RIGHT[found.b_start : found.b_stop].startswith("Because storms kept")


def test_a_clause_that_shares_nothing_is_cut_off() -> None:
    added = RIGHT.replace(
        "last month.", "last month, although the minister had promised a calm and golden season."
    )
    (found,) = [
        p for p in align(prepare(LEFT, language="en"), prepare(added, language="en"), NEWS) if p.accepted
    ]
    assert added[found.b_start : found.b_stop].endswith("last month")
    whole = dataclasses.replace(NEWS, edge="sentence")
    (found,) = [
        p for p in align(prepare(LEFT, language="en"), prepare(added, language="en"), whole) if p.accepted
    ]
    assert added[found.b_start : found.b_stop].endswith("season")


def test_indonesian_without_any_word_list() -> None:
    a = """Harga ikan asin di pasar Lembana melonjak pekan lalu karena badai menahan perahu nelayan di dermaga.
Sekolah baru dibuka bulan depan."""
    b = """Paduan suara tampil pada malam Minggu.
Badai yang menahan perahu para nelayan di dermaga membuat harga ikan asin melonjak pada pekan lalu."""
    found = [p for p in align(prepare(a, language="id"), prepare(b, language="id"), NEWS) if p.accepted]
    assert [p.kind for p in found] == ["reworded"]


def test_a_summary_is_found_when_looked_for() -> None:
    facts = [
        "The dam above Torvik cracked after three weeks of heavy rain",
        "Engineers opened both sluices to lower the reservoir",
        "Four hundred villagers spent the night in the sports hall",
        "The railway between Torvik and the coast stays closed",
        "Parliament will debate an inquiry into the ageing concrete",
    ]
    filler = [
        [
            f"{name} grows {plant} and sells {thing} {when} near the {place} road"
            for name, plant, thing, when, place in rows
        ]
        for rows in (
            [("Olsen", "barley", "honey", "yearly", "old"), ("Berg", "plums", "wool", "seldom", "mill")],
            [
                ("Dahl", "turnips", "candles", "weekly", "moor"),
                ("Lund", "cherries", "rope", "often", "quarry"),
            ],
            [("Moe", "rye", "butter", "daily", "chapel"), ("Vik", "hops", "baskets", "gladly", "tannery")],
            [("Foss", "leeks", "clogs", "rarely", "bridge"), ("Haug", "oats", "soap", "monthly", "brewery")],
            [("Krogh", "peas", "tar", "twice", "forest"), ("Ness", "beans", "nails", "always", "fjord")],
        )
    ]
    long = " ".join(
        f"{fact}, officials added. {rest[0]}. {rest[1]}." for fact, rest in zip(facts, filler, strict=True)
    )
    short = "A choir sang in the square. " + " ".join(fact + "." for fact in facts)
    looking = dataclasses.replace(
        NEWS,
        condensed_cosine=0.2,
        k=40,
        solid_words=99,
        min_words=20,
        gap=1,
        seed_cosine=0.4,
        seed_dice=0.4,
        edge="sentence",
    )
    found = [p for p in align(prepare(short), prepare(long), looking) if p.accepted]
    assert any(p.b_words > 2 * p.a_words and p.a_words >= 40 for p in found)
    plain = [
        p
        for p in align(prepare(short), prepare(long), dataclasses.replace(looking, condensed_cosine=1.0))
        if p.accepted
    ]
    assert not any(p.b_words > 2 * p.a_words for p in plain)
