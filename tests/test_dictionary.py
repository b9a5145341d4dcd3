"""Dictionary matching: nothing is lost to the looks that pass most places over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.provenance.dictionary import STRETCH, TOGETHER, WORD, Dictionary

LETTERS = "abAé新😀\ud800 \0"
KEYS = st.text(LETTERS, min_size=1, max_size=WORD + 3)


def plainly(keys, text):
    """All occurrences, looked for key by key and place by place."""
    return sorted(
        (at + len(key), at, key) for key in keys for at in range(len(text)) if text.startswith(key, at)
    )


def found(keys, texts):
    dictionary = Dictionary({key: key for key in keys})
    return [[(a, b, dictionary.values[c]) for a, b, c in hits] for hits in dictionary.occurrences(texts)]


@given(st.sets(KEYS, max_size=12), st.lists(st.text(LETTERS, max_size=80), max_size=4))
def test_every_occurrence_is_found_and_no_other(keys, texts):
    assert found(keys, texts) == [plainly(keys, text) for text in texts]


@given(st.sets(KEYS, min_size=1, max_size=12), st.data())
def test_keys_run_together_are_found(keys, data):
    text = "".join(data.draw(st.lists(st.sampled_from(sorted(keys)), max_size=12)))
    assert found(keys, [text]) == [plainly(keys, text)]


@pytest.mark.parametrize("key", ["AP", "dpa", "Reuters", "Agence France-Presse", "新华社", "é", "😀"])
def test_a_key_is_found_wherever_a_stretch_ends(key):
    for before in range(STRETCH - 2 * len(key.encode()), STRETCH + 2):
        assert found([key], ["-" * before + key]) == [[(before + len(key), before, key)]]


def test_a_key_does_not_run_from_one_text_into_the_next():
    assert found(["Reuters"], ["(Reut", "ers)", "", "Reuters"]) == [[], [], [], [(7, 0, "Reuters")]]


def test_texts_are_kept_apart_however_many_are_looked_at_together():
    texts = ["AP" + "-" * (TOGETHER // 3)] * 7 + ["", "AP"]
    assert found(["AP"], texts) == [[(2, 0, "AP")]] * 7 + [[], [(2, 0, "AP")]]
