"""Many documents at once: the compiled loops against the rules for one document, on hostile text."""

from __future__ import annotations

import re
from hashlib import blake2b

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.text import boilerplate, normal, repeated, sentences
from dedupe.text.pages import pages

compiled = settings(deadline=None)  # the first example may wait for the compiler

LANGUAGES = st.sampled_from([None, "id", "en", "de", "fr", "ru", "xx"])
PATTERNS = boilerplate.patterns()
LISTED = sorted({
    *PATTERNS.whole, *PATTERNS.labels, *PATTERNS.all_ends, *(entry.text for entry in PATTERNS.holds),
    *(text for texts, _ in PATTERNS.starts.values() for text in texts),
})  # fmt: skip
BEFORE_A_STOP = sorted({word for name in (None, "de", "fr", "ru") for word in sentences.rules(name).entries})
AFTER_A_STOP = sorted(sentences.rules(None).starters | sentences.rules(None).speech)
LINES = [
    "By Ana Putri", "Oleh: Budi", "12/3", "Updated July 1, 2024 at 7:08 AM", "an hour ago", "sejam yang lalu",
    "-- ends --", "(*)", "###", "KOMPAS.com, JAKARTA - ", "JAKARTA, Kota.com -- ", "20. Juni", "?\" Ana Putri asked",
    "?” kata dia", "لاہور ۔ ", "حال ہی میں۔", "「…。」と", "选。", "ขอ" * 40, "warga " * 20, "rumah-rumah", "3,5", "١٢",
    "İstanbul", "ılık", "straße", "ΣΊΣΥΦΟΣ", "²", "K", "ſ", "_", "\U00010400\U0001f600", "\ud800", "\x00", "Ⓐ",
]  # fmt: skip
MARKS = list(".!?…。؟۔।\"'”’»)]}」([{“«「,;:%-–—*#|/@" + "\t\r\n\x0b\x1c\x1f\x85\u00a0\u2028\u200b\u3000")
FOLDS = [str, str, str.capitalize, str.upper, lambda text: text.replace("i", "ı").replace("s", "ſ")]
TEXTS = st.lists(
    st.one_of(
        st.builds(
            lambda fold, text: fold(text),
            st.sampled_from(FOLDS),
            st.sampled_from([*LISTED, *LINES, *AFTER_A_STOP]),
        ),
        st.builds(
            lambda fold, text: fold(text) + ". ", st.sampled_from(FOLDS), st.sampled_from(BEFORE_A_STOP)
        ),
        st.sampled_from([" ", "\n", ". ", ".\n", *MARKS]),
        st.text(max_size=4),
    ),
    max_size=24,
).map("".join)


def line_keys(text: str) -> list[list[int]]:
    found, position = [], 0
    for line in text.splitlines(keepends=True):
        bare, start = line.strip(), position + len(line) - len(line.lstrip())
        position += len(line)
        if re.search(r"[^\W\d_]", bare):
            prose = len(bare) >= 40 and bare.endswith((*repeated.SENTENCE_ENDS, ".)"))
            plain = bare if prose else re.sub(r"\d+", "0", " ".join(bare.lower().split()))
            digest = blake2b(plain.encode("utf-8", "replace"), digest_size=8).digest()
            key = int.from_bytes(digest, "little") >> 2 << 1 | prose
            found.append([key, start, start + len(bare)])
    return found


def check(texts: list[str], languages: list[str | None]) -> None:
    read = pages(texts)
    assert read.furniture() == [boilerplate.furniture(text) for text in texts]
    bounds, spans = read.sentences(languages)
    for number, (text, language) in enumerate(zip(texts, languages, strict=True)):
        mine = spans[bounds[number] : bounds[number + 1]].tolist()
        assert mine == [list(span[:2]) for span in sentences.split(text, language)]
    bounds, rows = read.line_keys()
    for number, text in enumerate(texts):
        assert rows[bounds[number] : bounds[number + 1]].tolist() == line_keys(text)


@compiled
@given(st.lists(st.tuples(TEXTS, LANGUAGES), max_size=5))
def test_many_documents_are_as_each_by_itself(documents: list[tuple[str, str | None]]) -> None:
    check([text for text, _ in documents], [language for _, language in documents])


@pytest.mark.parametrize("line", [*LISTED, *LINES])
@pytest.mark.parametrize("fold", [str, str.upper, str.title])
def test_no_pattern_is_missed(line: str, fold: type[str]) -> None:
    check(
        [fold(line), f"• {fold(line)}\nSatu", f"Ana went, {fold(line)} then", f"Ia tiba {fold(line)}"],
        [None] * 4,
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\r\n\n",
        "a" * 1_000_000,
        "A. " * 100_000,
        "Dr. Ana " * 20_000,
        "." * 300_000,
        "\u0e01 " * 1000,
        "。" * 1000,
    ],
    ids=len,
)
def test_hostile(text: str) -> None:
    check([text, "Ia tiba.Namun, St. Ana pergi.", text], ["id", None, "en"])


def test_no_document() -> None:
    check([], [])


def test_letters_that_are_one_in_small_letters_are_one_when_folded() -> None:
    # On this rests that no pattern and no abbreviation is missed.
    table = normal.table() & ((1 << normal.CLASS_SHIFT) - 1)
    for point in range(0x110000):
        small = chr(point).lower()
        assert table[point] == table[ord(small[0])], hex(point)
        assert len(small) == 1 or table[ord(small[1])] == 0
    assert all(len(entry.text) > 1 for entry in PATTERNS.holds)  # they are found by two letters
