from __future__ import annotations

from itertools import pairwise

import pytest
from credit_scoring import known
from hypothesis import given
from hypothesis import strategies as st

from dedupe.provenance.credits import finder
from dedupe.provenance.sightings import lower, plain


def seen(text: str, language: str | None = None) -> list[tuple[str, str]]:
    flat = plain(text)
    return [(flat[s.start : s.stop], s.source) for s in finder(known()).find(flat, language)]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Reutersville", "en", []),
        ("ТАССу", "ru", [("ТАСС", "tass")]),
        ("Reutera", "pl", [("Reuter", "reuters")]),
        ("Reutera", "en", []),
        ("Української правди", "uk", [("Української правди", "ukrpravda")]),
        ("연합뉴스가", "ko", [("연합뉴스", "yonhap")]),
        ("유럽연합에", "ko", []),
        ("وبي بي سي", "ar", [("بي بي سي", "bbc")]),
        ("据路透社报道", "zh", [("路透社", "reuters")]),
        ("@Reuters", "en", []),
        ("https://www.reuters.com/x", "en", []),
        ("Associated\u00a0Press", "en", [("Associated Press", "ap")]),
        ("Michael Bloomberg", "en", []),
        ("38 North", "en", []),
        ("The New York Times", "en", [("The New York Times", "nyt")]),
    ],
)
def test_boundaries(text: str, language: str, expected: list[tuple[str, str]]) -> None:
    assert seen(text, language) == expected


def test_the_language_decides_between_sources_that_share_a_name() -> None:
    assert seen("CNA", "zh")[0][1] == "cna_tw"
    assert seen("CNA", "en")[0][1] == "cna_sg"


@given(st.text(max_size=200))
def test_plain_and_lower_keep_every_offset(text: str) -> None:
    assert len(plain(text)) == len(text)
    assert len(lower(text)) == len(text)


@given(
    st.lists(
        st.sampled_from(["Reuters", "AP", "Tempo", " ", ",", "x", "(", "ap", "com", "."]), max_size=60
    ).map("".join)
)
def test_sightings_are_disjoint_and_in_order(text: str) -> None:
    found = finder(known()).find(text, "en")
    assert all(a.stop <= b.start for a, b in pairwise(found))
    assert all(0 <= s.start < s.stop <= s.after <= len(text) for s in found)
