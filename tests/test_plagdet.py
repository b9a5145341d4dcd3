"""plagdet against hand-computed cases, a brute-force oracle, and the official scores."""

from __future__ import annotations

import json
import sys
import tarfile
from collections import defaultdict
from math import log2
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.plagdet import score

BENCH = ROOT.parent / "shared" / "bench"


def test_perfect() -> None:
    result = score({"p": [(0, 10, 5, 25)]}, {"p": [(0, 10, 5, 25)]})
    assert (result.plagdet, result.recall, result.precision, result.granularity) == (1, 1, 1, 1)


def test_half_of_each_side() -> None:
    result = score({"p": [(0, 10, 0, 10)]}, {"p": [(5, 10, 0, 5)]})
    assert result.recall == 0.5
    assert result.precision == 1.0


def test_two_pieces_cost_granularity() -> None:
    result = score({"p": [(0, 10, 0, 10)]}, {"p": [(0, 5, 0, 5), (5, 10, 5, 10)]})
    assert result.granularity == 2
    assert result.plagdet == pytest.approx(1 / log2(3))


def test_one_side_alone_is_nothing() -> None:
    result = score({"p": [(0, 10, 0, 10)]}, {"p": [(0, 10, 50, 60)]})
    assert (result.recall, result.precision, result.plagdet) == (0, 0, 0)


def test_pairs_do_not_mix() -> None:
    assert score({"p": [(0, 10, 0, 10)]}, {"q": [(0, 10, 0, 10)]}).recall == 0


def test_nothing_to_find() -> None:
    assert score({}, {}).plagdet == 1
    assert score({}, {"p": [(0, 1, 0, 1)]}).precision == 0


span = st.tuples(st.integers(0, 30), st.integers(1, 15)).map(lambda s: (s[0], s[0] + s[1]))
case = st.tuples(span, span).map(lambda s: (*s[0], *s[1]))


@given(st.lists(case, max_size=4), st.lists(case, max_size=4))
def test_recall_equals_the_count_of_characters(cases: list, guesses: list) -> None:
    def recall(one: list, other: list) -> float:
        shares = []
        for c in one:
            near = [g for g in other if g[0] < c[1] and c[0] < g[1] and g[2] < c[3] and c[2] < g[3]]
            left = {i for g in near for i in range(g[0], g[1])} & set(range(c[0], c[1]))
            right = {i for g in near for i in range(g[2], g[3])} & set(range(c[2], c[3]))
            shares.append((len(left) + len(right)) / (c[1] - c[0] + c[3] - c[2]))
        return sum(shares) / len(shares)

    result = score({"p": cases}, {"p": guesses})
    if cases and guesses:
        assert result.recall == pytest.approx(recall(cases, guesses))
        assert result.precision == pytest.approx(recall(guesses, cases))


def test_official_scores_to_five_digits() -> None:
    example, expected = BENCH / "pan13-example.jsonl", BENCH / "pan13-example.score.json"
    archive = BENCH / "pan13-train.tar.xz"
    if not (example.exists() and expected.exists() and archive.exists()):
        pytest.skip(f"{BENCH} is not here: the official example scores cannot be checked")
    with tarfile.open(archive) as tar:
        member = tar.extractfile("pan13-train/pairs.jsonl")
        assert member is not None
        truth = [json.loads(line) for line in member]
    sides = ("a_start", "a_stop", "b_start", "b_stop")
    guesses = {
        (row["a"], row["b"]): [[passage[side] for side in sides] for passage in row["passages"]]
        for row in map(json.loads, example.open(encoding="utf-8"))
    }
    kinds: dict[str, dict] = defaultdict(dict)
    for row in truth:
        kinds[row["kind"]][row["a"], row["b"]] = row["passages"]
        kinds["all"][row["a"], row["b"]] = row["passages"]
    for kind, official in json.loads(expected.read_text(encoding="utf-8")).items():
        ours = score(kinds[kind], {pair: guesses[pair] for pair in kinds[kind]})
        for name, figure in official.items():
            assert round(getattr(ours, name), 5) == figure, (kind, name)
