"""The alignment as commands use it: spans, kinds, acceptance, furniture, hostile text."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.records import Span
from dedupe.reuse.align import accept, align, prepare
from dedupe.reuse.background import background
from dedupe.settings import Align, Settings, load
from dedupe.text.tokens import tokenize

NEWS = Align()
WORDS = [
    f"{a}{b}{c}"
    for a in ("ka", "mo", "ti", "ru", "se")
    for b in ("lan", "dor", "pi", "ves")
    for c in ("a", "ko", "mi")
]
FILES = Path(__file__).parents[1] / "dedupe" / "facts" / "settings"

word = st.sampled_from(WORDS[:30])
prose = st.lists(st.lists(word, min_size=4, max_size=12).map(" ".join), max_size=5).map(
    lambda s: ". ".join(s) + "."
)
passage = st.lists(st.sampled_from(WORDS[30:]), min_size=12, max_size=30, unique=True).map(" ".join)


@settings(max_examples=80, deadline=None)
@given(prose, prose, prose, prose, passage)
def test_a_copied_passage_is_found_whole(a1: str, a2: str, b1: str, b2: str, shared: str) -> None:
    a, b = f"{a1} {shared} {a2}", f"{b1} {shared} {b2}"
    found = align(prepare(a), prepare(b), NEWS)
    start, where = a.index(shared), b.index(shared)
    assert any(
        p.accepted and p.a_start <= start and p.a_stop >= start + len(shared)
        and p.b_start <= where and p.b_stop >= where + len(shared)
        for p in found
    )  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(prose, prose)
def test_passages_are_whole_words_in_order_and_what_they_say(a: str, b: str) -> None:
    sides = prepare(a), prepare(b)
    found = align(*sides, NEWS)
    assert found == sorted(found, key=lambda p: (p.a_start, p.b_start, p.a_stop, p.b_stop))
    for p in found:
        left = tokenize([a[p.a_start : p.a_stop]]).document(0)
        right = tokenize([b[p.b_start : p.b_stop]]).document(0)
        assert p.a_start in sides[0].starts
        assert p.a_stop in sides[0].stops
        assert (p.a_words, p.b_words) == (len(left[0]), len(right[0]))
        assert 0 <= p.score <= 1
        if p.kind == "verbatim":
            assert np.array_equal(left[0], right[0])
        if p.accepted:
            assert min(p.a_words, p.b_words) >= NEWS.min_words


@settings(max_examples=60, deadline=None)
@given(prose, prose, passage, st.floats(0.3, 0.9), st.integers(5, 25))
def test_accepting_is_a_filter_over_what_is_stored(
    a: str, b: str, shared: str, score: float, words: int
) -> None:
    found = align(prepare(f"{a} {shared}"), prepare(f"{shared} {b}"), NEWS)
    assert accept(reversed(found), NEWS) == found
    cut = dataclasses.replace(NEWS, min_score=score, min_words=words)
    again = accept(found, cut)
    assert [(p.a_start, p.b_start, p.kind, p.measures) for p in again] == [
        (p.a_start, p.b_start, p.kind, p.measures) for p in found
    ]
    for p in again:
        assert not p.accepted or min(p.a_words, p.b_words) >= words


def test_kinds() -> None:
    copied = "the harbour master said on tuesday that the old ferry would sail again before the autumn storms begin"
    light = copied.replace("old ferry", "new ferry").replace("autumn", "winter")
    (verbatim,) = align(prepare(f"First line here.\n{copied}."), prepare(f"{copied}.\nAnother end."), NEWS)
    assert (verbatim.kind, verbatim.score, verbatim.guards) == ("verbatim", 1.0, ())
    (edited,) = align(prepare(copied), prepare(light), NEWS)
    assert edited.kind == "light"
    assert edited.score == pytest.approx(1 - 2 / 18)


def test_furniture_makes_no_match() -> None:
    line = "subscribe to our weekly letter and never miss a story from the northern coast again"
    a, b = f"The mayor spoke for an hour.\n{line}", f"{line}\nRain fell all day in the hills."
    spans = [Span(text.index(line), text.index(line) + len(line)) for text in (a, b)]
    assert [p.accepted for p in align(prepare(a), prepare(b), NEWS)] == [True]
    assert align(prepare(a, furniture=spans[:1]), prepare(b), NEWS) == []
    assert align(prepare(a), prepare(b, furniture=spans[1:]), NEWS) == []


def test_names_and_titles_alone_are_no_passage() -> None:
    formula = "President Ana Lima of Verania met Chancellor Otto Brandt of Ostmark"
    a = f"In the capital on Monday {formula}. They spoke of fish and grain for two hours and then had lunch."
    b = f"It was raining when {formula}. Neither side would say what came of it, if anything at all."
    found = align(prepare(a, language="en"), prepare(b, language="en"), NEWS)
    assert found
    assert not any(p.accepted for p in found)


def test_what_a_corpus_says_anyway_proves_less() -> None:
    topic = "the council votes on the new harbour tax after months of protest by the fishermen of the bay"
    a = f"A long debate is expected. When {topic.replace('votes', 'decides')}, streets will be closed."
    b = f"Shops shut early. Before {topic.replace('months', 'weeks').replace('new', 'planned')}, police met."
    others = [f"{topic}. Story {n} decides what is planned in weeks." for n in range(600)]
    known = background(tokenize(others))
    (alone,) = align(prepare(a), prepare(b), NEWS)
    (among,) = align(prepare(a, background=known), prepare(b, background=known), NEWS)
    assert alone.accepted
    assert not among.accepted
    assert dict(among.measures)["telling"] < 1 < dict(alone.measures)["telling"]


@pytest.mark.parametrize(
    "text",
    ["", " \n\t", "\ud800 \udfff lone", "\0\0 nul \0", "x" * 100_000, "a " * 50_000, "same old line again.\n" * 3_000,
     "، ۔ . . .", "各地で大雨の恐れがあり、気象庁は警戒を呼びかけた。" * 200, "Ünïcödé\u0301 " * 500],
)  # fmt: skip
def test_hostile_text_is_aligned_with_itself_and_with_news(text: str) -> None:
    news = "The ferry sailed at nine with forty passengers and a cargo of grain for the islands."
    for one, other in ((text, text), (text, news), (news, text)):
        for p in align(prepare(one), prepare(other), NEWS):
            assert 0 <= p.a_start < p.a_stop <= len(one)
            assert 0 <= p.b_start < p.b_stop <= len(other)


def test_shipped_settings() -> None:
    assert load(FILES / "news.toml") == Settings()
    assert load(FILES / "pan13.toml").align.wrapped
