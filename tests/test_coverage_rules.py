"""The rules of coverage, on invented articles; ``?`` possible, ``~`` likely, ``!`` certain, ``.`` nothing."""

from __future__ import annotations

import pytest
from credit_scoring import find

from dedupe.text.sentences import split

MARK = {"possible": "?", "likely": "~", "certain": "!"}
A, B, C, D = "Kapal itu karam.", "Awaknya selamat.", "Cuaca membaik.", "Pelabuhan dibuka."


@pytest.mark.parametrize(
    ("text", "covers"),
    [
        (f"{A} Mengutip Reuters, hujan turun. {B} {C}", ["?!~~"]),
        (f"Mengutip Reuters, hujan turun. {A} Melansir AFP, angin kencang. {B}", ["!~..", "..!~"]),
        (f"{A} Hujan turun, menurut Reuters. {B}", [".!."]),
        (f"{A} Reuters melaporkan hujan turun. Media itu menyebut angin kencang. {B}", [".!~."]),
        (f"{A}\n{B} {C} Demikian dilaporkan Antara.\n{D}", ["~!!.~"]),
        (f"JAKARTA (ANTARA) - {A} {B}\n{C}", ["!~~"]),
        (f"{A} {B}\n{C}\nSumber: Antara", ["~~~."]),
        (f"{A} {B} (ANTARA)", ["~~!"]),
    ],
)
def test_rules(text: str, covers: list[str]) -> None:
    sentences = split(text, "id")
    found = find(text, "id", "Warta Teluk", sentences=sentences)
    drawn = []
    for credit in found:
        by_start = {cover.start: MARK[cover.strength] for cover in credit.covers}
        drawn.append("".join(by_start.get(s.start, ".") for s in sentences))
    assert drawn == covers
