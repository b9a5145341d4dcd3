"""Sentences: examples as data, invariants on random text, and the hand annotation where it is at hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.text.sentences import split

SHARED = Path(__file__).parents[1].parent / "shared" / "seeds"

# language, sentences: joined with a space they must be split where they were joined
CASES = [
    ("id", ["Wali kota membuka pasar.", "Warga senang."]),
    ("id", ["Harga beras Rp 1.000 per liter.", "Harga gula Rp. 2.500."]),
    ("id", ["Acara mulai pukul 03.00 waktu setempat.", "Tamu datang lebih awal."]),
    ("id", ["Kantor itu ada di Jl. Melati No. 7, Kab. Sukamaju.", "Kantornya kecil."]),
    ("id", ["Prof. Dr. Tn. Budi, S.H., M.Si., hadir.", "Ia memberi ceramah."]),
    ("id", ["Mereka menjual beras, gula, dll. di pasar.", "Pasar itu ramai."]),
    ("id", ['"Mengapa harga naik?" tanya seorang warga.', "Tidak ada yang menjawab."]),
    ("id", ['"Kami siap," kata Kol. Inf. Sapto.', '"Semua siap."']),
    ("id", ["“Jangan!” seru penjaga itu.", "Namun pintu sudah terbuka."]),
    (
        "id",
        ["Situs www.kabarkota.com dan warta.co.id ramai dikunjungi.", "Tarifnya 50 sen.", "Murah sekali."],
    ),
    ("id", ["Ia ragu ... lalu pergi.", "Hujan turun…", "Jalan basah."]),
    ("id", ["Rapat itu (lihat hal. 4) batal.", "(Antara)"]),
    ("id", ["Naik 3,5 persen menjadi 24.300 unit.", "Itu rekor baru."]),
    ("ms", ["Dato. Ahmad dan En. Lim hadir di Kg. Baru.", "Beliau tiba jam 9 a.m. dengan isterinya."]),
    ("en", ["Gen. A. B. Clark met Sen. Mary Jones (R-Ariz.) in St. Paul.", "She left at noon."]),
    (
        "en",
        [
            "The U.S. Senate met at 5 p.m. Monday.",
            "It rose at 6 p.m.",
            "He stayed in the U.S.",
            "But she left.",
        ],
    ),
    ("en", ["“Why now?” Mayor Lena Ortiz asked.", "Nobody knew.", "“Go!”", "They went."]),
    ("en", ["No. 5 is alive.", "No.", "It is not."]),
    ("en", ["He lives on Oak Ave. near Acme Inc. headquarters.", "The firm pays well."]),
    ("en", ["He was ill.", "Nurses came."]),
    ("en", ["The book cost $3.50 vs. $4.00 last year.", "Prices (e.g. of paper) rise."]),
    ("de", ["Am 20. Juni kam Dr. Weber nach Bonn.", "Er blieb z.B. im Hotel.", "Gut!"]),
    ("fr", ["M. Durand est parti.", "Il a dit « non ».", "Pourquoi ?"]),
    ("ru", ["В 2020 г. он уехал.", "Она осталась."]),
    ("ur", ["یہ پہلا جملہ ہے۔", "یہ دوسرا ہے۔", "کیا یہ تیسرا ہے؟"]),
    ("hi", ["यह पहला वाक्य है।", "यह दूसरा है।"]),
    ("ar", ["هذا هو الأول.", "هل هذا هو الثاني؟", "نعم."]),
]


@pytest.mark.parametrize(
    ("language", "sentences"), CASES, ids=lambda value: value if isinstance(value, str) else None
)
def test_split_where_joined(language: str, sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [text[span.start : span.stop] for span in split(text, language)] == sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "他说：“你好！”她走了。「行く。」と彼は言った。次だ。",
            ["他说：“你好！”", "她走了。", "「行く。」と彼は言った。", "次だ。"],
        ),
        ("Rapat selesai.Kemudian hujan turun.", ["Rapat selesai.", "Kemudian hujan turun."]),
        ("Lihat Kabarkota.Com untuk berita lain.", ["Lihat Kabarkota.Com untuk berita lain."]),
        ("Satu\nDua\r\nTiga\u2028Empat", ["Satu", "Dua", "Tiga", "Empat"]),
        ("Semua selesai. ***\n***\n\n  \n- - -", ["Semua selesai. ***"]),
        ("  \u00a0Rapat usai.\u00a0 \n Lalu?", ["Rapat usai.", "Lalu?"]),
        (
            "لاہور ۔ یکم مئی (اے بی) بارش ہوئی۔ سڑکیں بند ہیں۔",
            ["لاہور ۔ یکم مئی (اے بی) بارش ہوئی۔", "سڑکیں بند ہیں۔"],
        ),
        ("2. Butir kedua dibahas. Lalu rapat usai.", ["2. Butir kedua dibahas.", "Lalu rapat usai."]),
        ("", []),
        ("...\n***\n!?", []),
    ],
)
def test_marks_and_lines(text: str, expected: list[str]) -> None:
    assert [text[span.start : span.stop] for span in split(text)] == expected


def test_thai_lines_are_cut_at_spaces_into_pieces_of_some_length() -> None:
    phrase = "ก" * 40
    text = " ".join([phrase] * 6)
    spans = split(text, "th")
    assert "".join(text[span.start : span.stop] for span in spans).replace(" ", "") == phrase * 6
    assert all(60 <= span.stop - span.start <= 110 for span in spans)


@given(
    st.text(alphabet=st.sampled_from("aB.?!。\"”)( \n\r\t'…۔1,-*ก\u00a0\u2028\ud800\x00"), max_size=80),
    st.sampled_from([None, "id", "en", "de", "xx"]),
)
def test_spans_are_trimmed_disjoint_and_lose_no_word(text: str, language: str | None) -> None:
    spans = split(text, language)
    position = 0
    for span in spans:
        surface = text[span.start : span.stop]
        assert position <= span.start < span.stop
        assert surface == surface.strip()
        assert any(character.isalnum() for character in surface)
        assert len(surface.splitlines()) == 1
        assert not any(character.isalnum() for character in text[position : span.start])
        position = span.stop
    assert not any(character.isalnum() for character in text[position:])


@given(st.text(max_size=200), st.text(max_size=200))
def test_lines_are_split_apart(one: str, other: str) -> None:
    both = split(one + "\n" + other)
    shift = len(one) + 1
    apart = [*split(one), *((span.start + shift, span.stop + shift, "") for span in split(other))]
    assert both == apart


def test_hand_annotated_sentences() -> None:
    if not SHARED.is_dir():
        pytest.skip("the annotated articles are not at hand")
    gold = json.loads((SHARED / "gold.json").read_text(encoding="utf-8"))
    right = found = wanted = 0
    for article in gold["articles"].values():
        text = (SHARED / article["file"]).read_bytes().decode()
        expected = {(sentence["start"], sentence["end"]) for sentence in article["sentences"]}
        spans = {(span.start, span.stop) for span in split(text, "id")}
        right, found, wanted = right + len(expected & spans), found + len(spans), wanted + len(expected)
    assert right / wanted >= 0.97
    assert right / found >= 0.97
