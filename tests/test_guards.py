"""What differs although two passages are alike."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.reuse.guards import guards
from dedupe.reuse.prepared import prepare

BASE = "On Friday the ministry in Larsk said that 40 villages near Odrin had been cut off by the flood"
CASES = [
    (BASE, BASE, ()),
    (BASE, BASE.replace("40", "60"), ("number",)),
    (BASE, BASE.replace("Odrin", "Velmo"), ("name",)),
    (BASE, BASE.replace("had been", "had not been"), ("negation",)),
    (BASE, BASE.replace("had been", "hadn't been"), ("negation",)),
    ("Yesterday Larsk beat Odrin in the final of the river cup", "Yesterday Odrin beat Larsk in the final of the river cup", ("roles",)),
    (BASE, BASE.replace("villages", "small villages").replace("flood", "river"), ()),
    (BASE, BASE.replace("that 40 villages", "that villages"), ()),
    (BASE, BASE.replace("40", "60").replace("Odrin", "Velmo").replace("had been", "had never been"), ("name", "negation", "number")),
]  # fmt: skip


def tripped(left: str, right: str, language: str | None = "en") -> tuple[str, ...]:
    a, b = prepare(left, language=language), prepare(right, language=language)
    return guards(a, b, (0, len(a.hashes)), (0, len(b.hashes)))


@pytest.mark.parametrize(("left", "right", "expected"), CASES)
def test_each_change_is_named(left: str, right: str, expected: tuple[str, ...]) -> None:
    assert tripped(left, right) == expected


def test_indonesian_negation() -> None:
    said = "Kementerian di Larsk menyatakan desa itu akan dibuka kembali pekan depan"
    assert tripped(said, said.replace("akan", "tidak akan"), "id") == ("negation",)
    assert tripped(said, said.replace("akan", "tidak akan"), None) == ("negation",)


def test_a_negation_far_from_what_is_shared_does_not_count() -> None:
    left = "the harbour reopens on monday after the storm"
    right = "the harbour reopens on monday after the storm while elsewhere people quietly expected nothing but did not complain loudly"
    assert tripped(left, right) == ()


words = st.lists(
    st.sampled_from(["Ada", "went", "12", "not", "to", "Brno", "7", "town", "never"]), max_size=12
).map(" ".join)


@settings(max_examples=80, deadline=None)
@given(words, words)
def test_guards_do_not_depend_on_the_side(left: str, right: str) -> None:
    assert tripped(left, left) == ()
    assert {*tripped(left, right)} <= {"number", "name", "negation", "roles"}
    assert ("negation" in tripped(left, right)) == ("negation" in tripped(right, left))
