"""Beads: where a reworded passage of several sentences is cut."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.records import Passage
from dedupe.reuse.beads import beads, cut
from dedupe.reuse.prepared import prepare

WORDS = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "haven",
    "islet",
    "jetty",
    "kayak",
    "lagoon",
    "marsh",
    "north",
    "ocean",
    "pier",
    "quay",
    "reef",
]
sentence = st.lists(st.sampled_from(WORDS), min_size=4, max_size=9).map(
    lambda w: " ".join(w).capitalize() + "."
)
article = st.lists(sentence, min_size=1, max_size=6).map("\n".join)


def whole(a, b):
    return (0, len(a.hashes), 0, len(b.hashes))


@settings(max_examples=60, deadline=None)
@given(article, article, st.integers(1, 12))
def test_beads_part_the_words_without_overlap(left, right, least):
    a, b = prepare(left), prepare(right)
    found = beads(a, b, whole(a, b), least)
    assert found
    for side in (0, 2):
        spans = sorted((bead[side], bead[side + 1]) for bead in found)
        assert all(start < stop for start, stop in spans)
        assert all(one[1] <= two[0] for one, two in zip(spans, spans[1:], strict=False))
    if len(found) > 1:
        assert all(min(bead[1] - bead[0], bead[3] - bead[2]) >= least for bead in found)


def test_each_sentence_meets_its_own():
    a = prepare("The pier was closed at noon.\nA storm had torn the roof.\nNobody was hurt in the harbour.")
    b = prepare(
        "At noon the pier was shut.\nIts roof had been torn by a storm.\nIn the harbour nobody was hurt."
    )
    assert beads(a, b, whole(a, b), 3) == [(0, 6, 0, 6), (6, 12, 6, 14), (12, 18, 14, 20)]


def test_two_sentences_that_change_places_are_paired_across():
    a = prepare("The pier was closed by the harbour master.\nA storm had torn its old tin roof.")
    b = prepare("An old tin roof the storm had torn.\nThe harbour master closed the pier.")
    assert beads(a, b, whole(a, b), 3) == [(0, 8, 8, 14), (8, 16, 0, 8)]


def test_only_accepted_reworded_passages_are_cut():
    a, b = (
        prepare("One pier shut today.\nOne roof torn today."),
        prepare("One pier shut now.\nOne roof torn now."),
    )
    passage = Passage(0, len(a.text) - 1, 0, len(b.text) - 1, "reworded", 0.7, 8, 8, measures=(("x", 1.0),))
    parts = cut(a, b, [passage], 2)
    assert [a.text[p.a_start : p.a_stop] for p in parts] == ["One pier shut today", "One roof torn today"]
    assert all(p.score == 0.7 and p.measures == passage.measures and p.a_words == 4 for p in parts)
    for kept in (
        Passage(0, 10, 0, 10, "verbatim", 1.0, 2, 2),
        Passage(0, 40, 0, 40, "reworded", 0.4, 8, 8, accepted=False),
    ):
        assert cut(a, b, [kept], 2) == [kept]
