"""A reworded match that two dispatches explain is set aside."""

from dedupe.reuse.explained import Matched, explained

ALFA, BETA, X, Y = 0, 1, 2, 3
AGENCIES = {ALFA: "alfa", BETA: "beta"}


def match(a, b, kind="reworded", score=0.7, a_place=(0, 100), b_place=(0, 100)):
    return Matched(a, *a_place, b, *b_place, kind, score)


def aside(*matches, agencies=AGENCIES):
    return explained(matches, agencies)


def test_copies_of_two_agencies_are_no_copies_of_each_other():
    assert aside(match(ALFA, X, "light", 0.9), match(BETA, Y, "verbatim", 1.0), match(X, Y)) == [
        False,
        False,
        True,
    ]


def test_copies_of_one_agency_are():
    assert aside(match(ALFA, X, "light", 0.9), match(ALFA, Y, "light", 0.9), match(X, Y)) == [False] * 3


def test_an_article_that_copies_one_agency_is_no_copy_of_another_s_dispatch():
    assert aside(match(ALFA, X, "translated", 0.9), match(BETA, X, score=0.6)) == [False, True]
    assert aside(match(ALFA, X, "translated", 0.5), match(BETA, X, score=0.6)) == [False, False]


def test_the_dispatch_must_explain_the_same_passage():
    first = match(ALFA, X, "light", 0.9, b_place=(500, 600))
    assert aside(first, match(BETA, Y, "light", 0.9), match(X, Y)) == [False] * 3


def test_exact_matches_stay_and_without_dispatches_all_do():
    found = (match(ALFA, X, "light", 0.9), match(BETA, Y, "light", 0.9), match(X, Y, "light", 0.8))
    assert aside(*found) == [False] * 3
    assert aside(*found, match(X, Y), agencies={}) == [False] * 4
