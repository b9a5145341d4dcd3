"""How far an origin by credits reaches: as far as a credited copy is copied."""

import pyarrow as pa
import pytest

from dedupe.records import CREDITS, FAMILIES, MATCHES, ORIGINS
from dedupe.stages.reach import widened


def table(schema, rows):
    blank = dict.fromkeys(schema.names)
    return pa.Table.from_pylist([{**blank, **row} for row in rows], schema=schema)


def credit(document, stop, strength="certain", source="agency"):
    covers = [{"start": 0, "stop": stop, "strength": strength}]
    return {
        "document": document, "start": 0, "stop": 6, "surface": "Agency", "chain": [source], "role": "credit",
        "confidence": 0.9, "covers": covers, "rule": "x",
    }  # fmt: skip


def origin(basis="credits", source="agency"):
    evidence = [
        {
            "kind": "credit",
            "document": "a",
            "start": 0,
            "stop": 6,
            "source": "agency",
            "weight": 0.9,
            "note": "",
        }
    ]
    return {
        "family": "f",
        "source": source,
        "confidence": 0.9,
        "basis": basis,
        "direction": "",
        "evidence": evidence,
    }


FAMILY = [
    {"family": "f", "document": name, "start": 0, "stop": stop, "words": 9, "common_start": 100, "common_stop": 200}
    for name, stop in (("a", 900), ("b", 900), ("c", 300))
]  # fmt: skip
WHOLE = {"a": "a", "a_start": 0, "a_stop": 900, "b": "b", "b_start": 0, "b_stop": 900, "family": "f"}
PIECE = {"a": "a", "a_start": 100, "a_stop": 200, "b": "c", "b_start": 100, "b_stop": 200, "family": "f"}


def stretches(credits, decided):
    found = widened(
        table(FAMILIES, FAMILY),
        table(MATCHES, [WHOLE, PIECE]),
        table(ORIGINS, [decided]),
        table(CREDITS, credits),
    )
    assert found.schema == FAMILIES
    rows = found.to_pylist()
    return {row["document"]: (row["common_start"], row["common_stop"]) for row in rows}


def test_a_credit_over_a_whole_copy_speaks_for_both_sides_of_it():
    assert stretches([credit("a", 900)], origin()) == {"a": (0, 900), "b": (0, 900), "c": (100, 200)}


@pytest.mark.parametrize(
    ("credits", "decided"),
    [
        ([credit("a", 300)], origin()),  # covers a third of it
        ([credit("a", 900, "possible")], origin()),
        ([credit("a", 900, source="other")], origin()),
        ([credit("a", 900)], origin(basis="dispatch")),
        ([credit("a", 900)], origin(basis="none", source="")),
    ],
)
def test_otherwise_the_origin_stays_with_what_all_members_have(credits, decided):
    assert set(stretches(credits, decided).values()) == {(100, 200)}
