import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.text import normal
from dedupe.text.tokens import TokenBatch, concatenate, count_words, tokenize, tokenize_utf8

compiled = settings(deadline=None)  # the first example may wait for the compiler

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


def words(text: str) -> list[str]:
    batch = tokenize([text])
    return [text[start:stop] for start, stop in zip(batch.starts, batch.stops, strict=True)]


def hashes(text: str) -> list[int]:
    return tokenize([text]).hashes.tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("   \n\t …—!", []),
        ("The port re-opened at 03.00.", ["The", "port", "re", "opened", "at", "03.00"]),
        ("isn’t 'quoted' rock'n'roll", ["isn’t", "quoted", "rock'n'roll"]),
        ("Rp 1.000,50 naik 24,3%, lalu", ["Rp", "1.000,50", "naik", "24,3", "lalu"]),
        ("3.a a.3 1,,2", ["3", "a", "a", "3", "1", "2"]),
        ("covid19 v2.0", ["covid19", "v2.0"]),
        ("日本語テスト", list("日本語テスト")),
        ("a日b", ["a", "日", "b"]),
        ("ไทย ลาว", ["ไ", "ท", "ย", "ล", "า", "ว"]),
        ("e\u0301te\u0301 nai\u0308ve", ["e\u0301te\u0301", "nai\u0308ve"]),
        ("soft\u00adhyphen end\u00ad.", ["soft\u00adhyphen", "end"]),
        ("\u0301 \ufe0f😀\ufe0f go", ["go"]),
        ("nul\x00byte", ["nul", "byte"]),
        ("\ud800lone\udfff", ["lone"]),
        ("𐐀𐐁 😀x", ["𐐀𐐁", "x"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected
    assert count_words(text) == len(expected)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PORT", "port"),
        ("Ｐｏｒｔ１", "port1"),
        ("isn’t", "ISN'T"),
        ("Erdoğan", "Erdogan"),
        ("caf\u00e9", "cafe\u0301"),
        ("İzmir", "izmir"),
        ("ΌΜΗΡΟΣ", "όμηρος"),
        ("ёлка", "елка"),
        ("٢٤", "24"),
        ("كتاب", "کتاب"),
        ("مكتبة", "مکتبه"),
        ("ہاتھ", "هاتھ"),
        ("آب", "ا\u0653ب"),
        ("آب", "اب"),
        ("گئے", "گیے"),
        ("مسؤول", "مسو\u0654ول"),
        ("in\u00advisible", "invisible"),
    ],
)
def test_same_word(one: str, other: str) -> None:
    assert hashes(one) == hashes(other)


@pytest.mark.parametrize(
    ("one", "other"), [("1.000", "1000"), ("its", "it's"), ("ab", "ba"), ("a", "aa"), ("ہم", "ھم")]
)
def test_other_word(one: str, other: str) -> None:
    assert hashes(one) != hashes(other)


def reference_hash(normalised: str) -> int:
    value = 0xCBF29CE484222325
    for char in normalised:
        value = (value ^ ord(char)) * 0x100000001B3 % 2**64
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        value = (value ^ value >> 33) * factor % 2**64
    return value ^ value >> 33


def test_hashes_never_change() -> None:
    assert hashes("harbour Ｏｎｅ 3.5") == [reference_hash(word) for word in ("harbour", "one", "3.5")]
    assert hashes("harbour") == [1978568806974066792]


def oracle(text: str) -> list[tuple[int, int]]:
    """The definition, character by character, written for reading and not for speed."""
    kinds = [int(normal.table()[ord(char)]) >> normal.CLASS_SHIFT for char in text]
    spans: list[tuple[int, int]] = []
    i = 0
    while i < len(text):
        if kinds[i] not in (normal.LETTER, normal.DIGIT, normal.ALONE):
            i += 1
            continue
        start, stop, last, j = i, i + 1, kinds[i], i + 1
        while j < len(text):
            kind = kinds[j]
            follow = j + 1
            while follow < len(text) and kinds[follow] == normal.INVISIBLE:
                follow += 1
            after = kinds[follow] if follow < len(text) else normal.SEPARATOR
            if kind in (normal.LETTER, normal.DIGIT) and last != normal.ALONE:
                last, stop = kind, j + 1
            elif kind in (normal.MARK, normal.SILENT):
                stop = j + 1
            elif kind == normal.APOSTROPHE:
                if not (last == after == normal.LETTER):
                    break
            elif kind == normal.POINT:
                if not (last == after == normal.DIGIT):
                    break
            elif kind != normal.INVISIBLE:
                break
            j += 1
        spans.append((start, stop))
        i = j if j > i else i + 1
    return spans


@compiled
@given(
    ANY_TEXT | st.text("azAZ@[`{ ,.'-\n9é", max_size=60) | st.text("aé1٣.,'’-\u0301\u00ad日ท \n", max_size=40)
)
def test_against_oracle(text: str) -> None:
    batch = tokenize([text])
    assert list(zip(batch.starts.tolist(), batch.stops.tolist(), strict=True)) == oracle(text)


@compiled
@given(st.lists(ANY_TEXT, max_size=6))
def test_batch_is_its_documents(texts: list[str]) -> None:
    batch = tokenize(texts)
    assert len(batch) == len(texts)
    for index, text in enumerate(texts):
        alone = tokenize([text])
        for got, expected in zip(batch.document(index), alone.document(0), strict=True):
            assert got.tolist() == expected.tolist()
    parts = concatenate([batch.documents(i, i + 1) for i in range(len(texts))])
    same(parts, batch)


@compiled
@given(st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_utf8_buffer(texts: list[str]) -> None:
    parts = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, parts)])
    same(tokenize_utf8(np.frombuffer(b"".join(parts), np.uint8), offsets), tokenize(texts))


def same(one: TokenBatch, other: TokenBatch) -> None:
    for name in ("offsets", "hashes", "starts", "stops"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()


@compiled
@given(st.text(st.characters(categories=["L", "Nd", "M"]), max_size=20))
def test_composition_does_not_matter_for_accents(text: str) -> None:
    accented = "".join(char for char in text if char < "\u0500")
    composed, decomposed = (unicodedata.normalize(form, accented) for form in ("NFC", "NFD"))
    assert hashes(composed) == hashes(decomposed)


def test_large_texts_are_cut_between_documents() -> None:
    long = "kapal karam di pelabuhan " * 200_000
    batch = tokenize([long, "a b", long])
    assert batch.offsets.tolist() == [0, 800_000, 800_002, 1_600_002]


def test_table_maps_letters_to_themselves_or_what_they_fold_to() -> None:
    table = normal.table()
    codes = np.arange(len(table), dtype=np.uint32)
    kind, code = table >> normal.CLASS_SHIFT, table & np.uint32((1 << normal.CLASS_SHIFT) - 1)
    letters = (kind >= normal.LETTER) & (kind <= normal.MARK)
    assert (code[letters] > 0).all()
    folded = code[code]
    settled = letters & (folded != 0)
    assert (folded[settled] == code[settled]).mean() > 0.9999  # folding twice changes nothing
    assert not kind[(codes >= 0xD800) & (codes < 0xF900)].any()


def test_python_hash_seed_does_not_matter() -> None:
    code = "from dedupe.text.tokens import tokenize; print(tokenize(['kapal karam 24,3']).hashes.tolist())"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {f"{hashes('kapal karam 24,3')}\n"}


def test_the_table_of_letters_is_kept_and_a_damaged_one_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    fresh = normal.worked_out()
    assert np.array_equal(normal.table.__wrapped__(), fresh)
    (kept,) = (tmp_path / "wiretrace").iterdir()
    assert np.array_equal(normal.table.__wrapped__(), fresh)
    kept.write_bytes(b"\x93NUMPY")
    assert np.array_equal(normal.table.__wrapped__(), fresh)
    monkeypatch.setenv("XDG_CACHE_HOME", str(kept))  # a file: nothing can be written below it
    assert np.array_equal(normal.table.__wrapped__(), fresh)
