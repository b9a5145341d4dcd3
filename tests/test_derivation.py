"""Figures on whole texts against obvious oracles."""

from __future__ import annotations

import math
from dataclasses import astuple, fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.reuse.derivation import RUN, Derivation, derivation, known, rarity, standing_out, wording

DISPATCH = (
    "Larsk, 3 May - The harbour board opened the new lock on Tuesday after eleven years of work. "
    "Some 240 barges can pass each day, the engineer Ilse Brandt said. "
    "The old lock from 1931 will be kept as a museum."
)
PASTED = "The harbour board opened the new lock on Tuesday after eleven years of work."
REWORDED = "After eleven years of works the harbor boards opened a new locks in Larsk on Tuesday: 240 barges pass daily."
APART = (
    "Ships queued for hours outside Larsk on Tuesday. Captains blamed the lock, inaugurated that morning "
    "with a brass band, for jams worse than 17 seen last winter."
)
OTHERS = ["Rain fell on the hills again.", "The league table has a new leader after Sunday's games."]
words = st.lists(
    st.sampled_from(["amber", "birch", "cedar", "delta", "ember", "fjord", "12", "7.5"]), max_size=12
)
KINDRED = {"amber": "ember", "ember": "amber"}
anything = st.one_of(words.map(" ".join), st.text(st.characters(exclude_categories=()), max_size=60))


def on(text: str, source: str, *others: str) -> Derivation:
    a, b = wording(text), wording(source)
    return derivation(a, b, known([a, b, *map(wording, others)]))


def test_the_words_are_in_normal_form_and_apart_from_numbers() -> None:
    assert wording("The 51runs, in 1.5h — ٥١ كم").words == ("the", "51", "runs", "in", "1.5", "h", "51", "کم")
    assert wording("new spapers").letters == wording("newspapers").letters


def test_a_copy_is_contained_and_an_independent_report_is_not() -> None:
    pasted, reworded, apart = (on(text, DISPATCH, *OTHERS) for text in (PASTED, REWORDED, APART))
    assert pasted.contained_spelt == pasted.local == pasted.in_order == 1
    assert pasted.longest == len(wording(PASTED).letters)
    assert pasted.runs == 1 / pasted.longest
    assert pasted.own_rare == 0
    assert pasted.source_contained_spelt < 0.7
    assert pasted.local > reworded.local > apart.local
    assert reworded.contained_spelt > apart.contained_spelt
    assert reworded.own_rare < apart.own_rare
    assert reworded.numbers == pytest.approx(2 / 3)
    assert apart.numbers == pytest.approx(1 / 3)


def test_sentences_turned_round_are_out_of_order() -> None:
    letters = np.random.default_rng(0).choice(list("abcdefghijklmnopqrstuvwxyz"), (3, 40, 9))
    parts = [" ".join("".join(word) for word in part) for part in letters.tolist()]
    there, turned = " ".join(parts), " ".join(reversed(parts))
    assert on(there, there).order == pytest.approx(1, abs=0.01)
    assert on(turned, there).order < 0.5
    assert on(parts[0], parts[1]).order == on("", there).order == 0.5
    assert on(turned, there).longest == len(wording(parts[0]).letters)


def test_numbers_must_be_equal() -> None:
    assert on("2400 barges", "2401 barges").contained_spelt < 1
    assert on("barge 2400", "barges 2400").contained_spelt == 1


def test_rare_words_weigh_more() -> None:
    counted = rarity([["the", "lock"], ["the"], ["the", "mast"]])
    assert counted.weigh(["lock", "unseen"]).tolist() == [1, 1]
    assert counted.weigh(["the"])[0] == pytest.approx(1 - math.log(2) / math.log(4))


def longest_run(a: str, b: str) -> int:
    return max(
        (j - i for i in range(len(a)) for j in range(i + 1, len(a) + 1) if a[i:j] in b),
        default=0,
    )


def runs(a: str, b: str, least: int) -> int:
    common = [(i, j) for i in range(len(a)) for j in range(i + least, len(a) + 1) if a[i:j] in b]
    return sum(not any(x <= i and j <= y and (x, y) != (i, j) for x, y in common) for i, j in common)


def in_order(a: list[str], b: list[str]) -> int:
    row = [0] * (len(b) + 1)
    for x in a:
        last = 0
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], last + 1 if x == y else max(row[j], row[j - 1])
    return row[-1]


@given(words, words)
def test_oracles(left: list[str], right: list[str]) -> None:
    found = on(" ".join(left), " ".join(right))
    a, b = set(left), set(right)
    if a:
        spelt = {word for word in a if {word, KINDRED.get(word)} & b}  # in two documents no word is rarer
        assert found.contained_spelt == pytest.approx(len(spelt) / len(a))
        assert found.in_order == pytest.approx(in_order(left, right) / len(left))
    numbers = {"12", "7.5"}
    assert found.numbers == (len(a & b & numbers) + 1) / (len(a & numbers) + 2)
    letters, others = (wording(" ".join(side)).letters for side in (left, right))
    assert found.longest == longest_run(letters, others)
    assert found.runs == runs(letters, others, RUN) / max(1, len(letters))


@given(anything, anything)
def test_any_text_is_taken_and_shares_are_shares(left: str, right: str) -> None:
    amounts = {"words", "longest", "shared", "own_rare"}
    for field, value in zip(fields(Derivation), astuple(on(left, right, *OTHERS)), strict=True):
        assert value >= 0
        assert field.name in amounts or value <= 1 + 1e-9
    same = on(left, left, *OTHERS)
    if same.words:
        assert same.contained_spelt == pytest.approx(1)
        assert same.local == pytest.approx(1)
        assert same.longest == len(wording(left).letters)


def test_long_texts_are_cut() -> None:
    assert on("lock 7 " * 50_000, "lock 7 " * 50_000).words == 3_000


def test_what_stands_out_is_nearer_than_the_others() -> None:
    sources = [wording(text) for text in (DISPATCH, *OTHERS)]
    texts = [wording(text) for text in (PASTED, OTHERS[1], OTHERS[0])]
    ahead = standing_out(texts, sources)
    assert ahead.shape == (3, 2)
    assert (ahead[0] > 1).all()
    assert (ahead[1:] < 0).all()
    assert standing_out([texts[0]] * 2, [sources[0]] * 2).tolist() == [[0, 0]] * 2
    assert standing_out([wording("")], [wording("")]).tolist() == [[0, 0]]
    assert np.array_equal(ahead[::-1], standing_out(texts[::-1], sources[::-1]))
