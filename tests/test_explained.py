"""A reworded match that two dispatches explain is set aside."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedupe.reuse import explained

ALFA, BETA, X, Y = 0, 1, 2, 3
AGENCIES = {ALFA: "alfa", BETA: "beta"}


def match(a, b, kind="reworded", score=0.7, a_place=(0, 100), b_place=(0, 100)):
    return ((a, *a_place), (b, *b_place)), kind, score


def aside(*matches, agencies=AGENCIES):
    numbers = {name: number for number, name in enumerate(sorted(set(agencies.values())))}
    kinds = [kind for _, kind, _ in matches]
    return explained.explained(
        np.array([sides for sides, _, _ in matches], np.int32).reshape(-1, 2, 3),
        np.array([kind == "reworded" for kind in kinds], np.bool_),
        np.array([kind in ("verbatim", "light") for kind in kinds], np.bool_),
        np.array([score for _, _, score in matches], np.float64),
        np.array([numbers.get(agencies.get(document), -1) for document in range(9)], np.int32),
    ).tolist()


def one_by_one(matches, agencies):
    """The rule, read from the top of the module."""

    def of(document, start, stop, surest):
        if document in agencies:
            return {agencies[document]}
        found = [
            (score + (kind in ("verbatim", "light")), agencies[dispatch])
            for sides, kind, score in matches
            for (article, first, last), (dispatch, _, _) in (sides, sides[::-1])
            if article == document and dispatch in agencies
            and 2 * (min(stop, last) - max(start, first)) >= stop - start
        ]  # fmt: skip
        best = max((score for score, _ in found if score > surest), default=None)
        return {agency for score, agency in found if score == best}

    def apart(sides, score):
        one, other = (of(*side, score) for side in sides)
        return bool(one) and bool(other) and not one & other

    return [kind == "reworded" and apart(sides, score) for sides, kind, score in matches]


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


places = st.tuples(st.integers(0, 8), st.integers(1, 8)).map(lambda place: (place[0], sum(place)))
some = st.builds(
    lambda pair, kind, score, a, b: match(*pair, kind, score / 4, a, b),
    st.lists(st.integers(0, 8), min_size=2, max_size=2, unique=True).map(sorted),
    st.sampled_from(["light", "reworded", "reworded", "translated"]), st.integers(0, 4), places, places,
)  # fmt: skip


@given(st.lists(some, max_size=30), st.dictionaries(st.integers(0, 8), st.sampled_from(["x", "y", "z"])))
def test_all_at_once_is_one_by_one(matches, agencies):
    assert aside(*matches, agencies=agencies) == one_by_one(matches, agencies)


def test_however_many_are_looked_at_at_once(monkeypatch):
    rng = np.random.default_rng(7)
    found = [
        match(*rng.choice(9, 2, replace=False).tolist(), rng.choice(["light", "reworded"]), rng.random())
        for _ in range(60)
    ]
    expected = one_by_one(found, AGENCIES)
    assert any(expected)
    monkeypatch.setattr(explained, "AT_ONCE", 3)
    assert aside(*found) == expected
