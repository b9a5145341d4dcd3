from __future__ import annotations

import re

import pytest
from credit_scoring import known
from hypothesis import given
from hypothesis import strategies as st

from dedupe.provenance.lexicon import CLASSES, compile_form, expand


def test_classes_have_one_character_each() -> None:
    assert len(set(CLASSES.values())) == len(CLASSES)
    assert all(len(kind) == 1 for kind in CLASSES.values())
    assert not set(CLASSES.values()) & set("SNwOop@<>~.,:;()/=-")


def test_expand() -> None:
    assert expand("menyebut(kan)") == ["menyebutkan", "menyebut"]
    assert expand("laporan (dari|oleh) (sang)") == [
        "laporan dari sang", "laporan dari", "laporan oleh sang", "laporan oleh",
    ]  # fmt: skip
    assert expand("biasa") == ["biasa"]


@given(st.lists(st.sampled_from(["a", "(b)", "(c|d)", " "]), max_size=5).map("".join))
def test_expand_leaves_no_bracket(entry: str) -> None:
    assert all(not re.search(r"[()|]", phrase) for phrase in expand(entry))


def test_forms_over_classes() -> None:
    form = compile_form("{attribution} {list}", {"list": "S{1,2}"})
    assert form.pattern == "PS{1,2}"
    with pytest.raises(KeyError):
        compile_form("{nothing}", {})


def test_every_language_compiles_and_the_union_does_too() -> None:
    book = known()
    for language in [*book.phrases, None, "xx"]:
        assert book.lexicon(language).forms
    assert book.lexicon("xx") is book.lexicon(None)


def test_all_repetition_is_bounded() -> None:
    for language in known().phrases:
        lexicon = known().lexicon(language)
        for regex in [*(form.regex for form in lexicon.forms), *lexicon.links.values()]:
            bare = re.sub(r"\[[^\]]*\]", "", regex.pattern)
            assert "*" not in bare and "+" not in bare, (language, regex.pattern)
