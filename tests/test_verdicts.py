"""Verdicts on whole columns are those on row after row."""

from collections import defaultdict

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dedupe.records import MATCH_KINDS
from dedupe.stages import verdicts

FAMILIES = ["f0", "f1", "f2", "f3"]
matches = st.lists(
    st.tuples(
        st.sampled_from([*FAMILIES, "elsewhere"]),
        st.lists(st.integers(0, 5), min_size=2, max_size=2, unique=True).map(sorted),
        st.sampled_from(MATCH_KINDS), st.integers(0, 4).map(lambda score: score / 4),
    ),
    max_size=20,
)  # fmt: skip
members = st.lists(st.tuples(st.sampled_from(FAMILIES), st.integers(0, 4)), min_size=1, max_size=15)


def one_by_one(found, told, dispatches):
    best = {}
    homes, families = defaultdict(set), defaultdict(set)
    for family, pair, _, _ in found:
        homes[tuple(pair)].add(family)
    for family, document in told:
        families[document].add(family)
    for family, (a, b), kind, score in found:
        value = (-MATCH_KINDS.index(kind), score)
        for document in {a, b} & dispatches:
            for home in {family} | (families[a] & families[b]) - homes[a, b]:
                best[home, document] = max(best.get((home, document), value), value)
    return {key: (MATCH_KINDS[-kind], score) for key, (kind, score) in best.items()}


@given(matches, members, st.sets(st.integers(0, 4)))
def test_a_dispatch_is_as_good_as_its_best_match(found, told, dispatches):
    """Document 5 and the family ``elsewhere`` are of a part that is judged apart."""
    documents = pa.table(
        {
            "id": [f"d{n}" for n in range(5)],
            "kind": ["wire" if n in dispatches else "outlet" for n in range(5)],
        }
    )
    table = pa.table(
        {
            "family": pa.array([family for family, _, _, _ in found], pa.string()),
            "a": pa.array([f"d{a}" for _, (a, _), _, _ in found], pa.string()),
            "b": pa.array([f"d{b}" for _, (_, b), _, _ in found], pa.string()),
            "kind": pa.array([kind for _, _, kind, _ in found], pa.string()),
            "score": pa.array([score for _, _, _, score in found], pa.float64()),
        }
    )
    listed = sorted({family for family, _ in told})
    rows = pa.table(
        {
            "family": [family for family, _ in sorted(told)],
            "document": [f"d{document}" for _, document in sorted(told)],
        }
    )
    quality = verdicts._quality(table, rows, listed, documents)
    asked = {(listed.index(family), document) for family, document in told if document in dispatches}
    expected = one_by_one(found, told, dispatches)
    assert {key: quality.get(key) for key in asked} == {
        (family, document): expected.get((listed[family], document)) for family, document in asked
    }
