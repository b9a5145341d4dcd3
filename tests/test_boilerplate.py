"""Furniture: lines by their kind, prose that must stay, and lines that an outlet repeats."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.settings import Boilerplate
from dedupe.text.boilerplate import furniture, kind_of_line
from dedupe.text.pages import pages
from dedupe.text.repeated import repeated_lines

SHARED = Path(__file__).parents[1].parent / "shared" / "seeds"

KINDS = {
    "related": [
        "Baca juga: Pasar Baru Dibuka Pekan Depan",
        "Baca Juga",
        "BACA: Harga Cabai Naik Lagi",
        "Lihat juga:",
        "Simak Video: Detik-detik Pembukaan Pasar",
        "Read more: Five markets to see this year",
        "Related Articles",
        "Most viewed",
        "• Read More »",
        "Story continues below",
    ],
    "byline": [
        "Penulis: Ani Lestari",
        "Editor : Budi Santoso.",
        "Reporter: Citra, Dewi",
        "Pewarta: Eko",
        "By Lena Ortiz",
        "By LENA ORTIZ and Sam Park, The Daily Example",
        "Oleh: Ani Lestari",
        "Updated May 3, 2021 at  9:15 AM",
        "Rabu, 19 Juni 2024 | 10:30 WIB",
    ],
    "newsletter": [
        "Sign up for our free newsletter",
        "Ikuti berita terbaru kami lewat WhatsApp Channel",
        "SUBSCRIBE NOW",
        "Gabung di kanal Telegram kami untuk berita pilihan",
        "Follow us on X for more",
    ],
    "social": ["Share this article", "12 comments", "Bagikan", "3 hours ago", "Share on Facebook"],
    "copyright": [
        "COPYRIGHT © ANTARA 2024",
        "Copyright 2024 Example Media. All rights reserved.",
        "© 2024 Warta",
        "Hak cipta dilindungi undang-undang.",
        "Dilarang keras mengambil konten ini tanpa izin.",
    ],
    "trailer": [
        "Sumber: Reuters",
        "(Reporting by Lena Ortiz; Editing by Sam Park)",
        "Reporting by Lena Ortiz in Springfield; Editing by Sam Park",
        "Example Press writer Sam Park contributed to this report.",
        "Artikel ini telah tayang di Warta.com dengan judul Pasar Dibuka",
    ],
    "caption": [
        "Foto: Warga memadati pasar baru. (Dok. Pemkot)",
        "(Photo: Lena Ortiz)",
        "FILE PHOTO: A market in Springfield, May 1, 2024.",
        "A market in Springfield on Monday. (AP Photo/Lena Ortiz)",
        "Lena Ortiz/Getty Images",
    ],
    "advert": ["Advertisement", "ADVERTISEMENT", "Iklan", "SCROLL TO CONTINUE WITH CONTENT"],
    "endmark": ["***", "---", "- 30 -", "* * *", "___"],
}

PROSE = [
    "Wali kota membaca juga surat dari warga yang datang ke pasar itu.",
    "Editor surat kabar itu, kata wali kota, sudah lama pensiun.",
    "Sumber di balai kota mengatakan pasar akan dibuka pekan depan.",
    "Foto wali kota dipasang di dinding pasar.",
    "Simaklah apa yang dikatakan wali kota tentang pasar itu.",
    "Penulis buku itu tinggal di dekat pasar.",
    "Copyrighted works may be shown at the market, the court said.",
    "By Monday, the market had sold all of its bread.",
    "By the time Lena Ortiz arrived, the Market Hall was full.",
    "More than 30 traders came, and more will follow.",
    "Share prices fell on Monday after the market opened.",
    "Read the contract, she told the traders, before you sign up for a stall.",
    "Watch out, the trader said, the roof is not yet safe.",
    "The advertisement was shown on Monday, the company said.",
    "Photographs of the market hang in the town hall.",
    "Reporting by the newspaper led the mayor to open a second market hall in the east of the town, "
    "and she thanked the reporters for it at length when the doors were opened on the first of May, "
    "saying that without them nobody would have known how the roof had been paid for, who had signed the "
    "contracts and why the first hall had stood empty for so long while rents in the town kept rising year "
    "after year for every single one of the traders, big and small.",
    "Kata wali kota, “Baca juga laporan itu.”",
]


def _spans(text: str) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.stop]) for span in furniture(text)]


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in KINDS.items() for line in lines])
def test_kinds(kind: str, line: str) -> None:
    text = f"{PROSE[0]}\n  {line}\r\n{PROSE[1]}"
    assert _spans(text) == [(kind, line)]
    assert kind_of_line(f" {line}\n") == kind


@pytest.mark.parametrize("line", PROSE)
def test_prose_stays(line: str) -> None:
    assert furniture(line) == []
    assert furniture(f"Baca juga\n{line}\n{line}")[1:] == []


def test_dateline_and_end_mark() -> None:
    text = f"Pasar Dibuka Hari Ini\nEditor: Ani\nWARTA.COM, KOTA - {PROSE[0]}\n{PROSE[1]}***\n{PROSE[2]} ***"
    assert _spans(text) == [
        ("byline", "Editor: Ani"),
        ("dateline", "WARTA.COM, KOTA - "),
        ("endmark", "***"),
        ("endmark", "***"),
    ]
    assert _spans(f"JAKARTA (ANTARA) - {PROSE[0]}") == []


def test_headlines_after_a_list_label_belong_to_the_list() -> None:
    prose = "The mayor opened the new market hall in the centre of the town on Monday."
    text = (
        f"{prose}\nRelated Articles\nFive markets to see this year\nWhy bread is dear\n{prose}\nA subheading"
    )
    assert [surface for _, surface in _spans(text)] == [
        "Related Articles",
        "Five markets to see this year",
        "Why bread is dear",
    ]


LINES = st.sampled_from(
    [line for lines in KINDS.values() for line in lines] + PROSE + ["", "  ", "\x00", "\ud800"]
)


@given(st.lists(LINES | st.text(max_size=30), max_size=12), st.sampled_from(["\n", "\r\n", "\u2028"]))
def test_spans_are_disjoint_trimmed_and_in_order(lines: list[str], end: str) -> None:
    text = end.join(lines)
    position = 0
    for span in furniture(text):
        assert position <= span.start < span.stop
        surface = text[span.start : span.stop]
        assert span.kind == "dateline" or surface == surface.strip()
        assert len(surface.splitlines()) == 1
        position = span.stop


def test_hand_annotated_furniture() -> None:
    """Everything marked as furniture by hand is found, but titles and subheadings; nothing else is."""
    if not SHARED.is_dir():
        pytest.skip("the annotated articles are not at hand")
    gold = json.loads((SHARED / "gold.json").read_text(encoding="utf-8"))
    for article in gold["articles"].values():
        text = (SHARED / article["file"]).read_bytes().decode()
        kept = {"title", "standfirst", "subheading"}
        expected = sorted(
            (entry["start"], entry["end"]) for entry in article["boilerplate"] if entry["kind"] not in kept
        )
        assert [(span.start, span.stop) for span in furniture(text)] == expected


# Lines repeated by an outlet


def line_keys(text: str) -> list[tuple[int, int, int]]:
    return [tuple(row) for row in pages([text]).line_keys()[1].tolist()]


def _repeated(documents: list[tuple[str, str]], settings: Boilerplate | None = None) -> list[list[str]]:
    """Return the repeated lines of each document; a document is an outlet and a text."""
    names = sorted({outlet for outlet, _ in documents})
    rows = [
        (names.index(outlet), number, key, stop - start, start)
        for number, (outlet, text) in enumerate(documents)
        for key, start, stop in line_keys(text)
    ]
    table = np.array(rows, dtype=np.int64).reshape(-1, 5)
    marked = repeated_lines(*table.T[:4], settings or Boilerplate())
    found: list[list[str]] = [[] for _ in documents]
    for (_, number, _, length, start), is_repeated in zip(rows, marked, strict=True):
        if is_repeated:
            found[number].append(documents[number][1][start : start + length])
    return found


def _story(name: str, lines: int = 6) -> list[str]:
    return [
        f"The {name} was number {'abcdefghij'[at]} on the list that the town hall put out on Monday."
        for at in range(lines)
    ]


def _page(*body: str, likes: int = 3) -> str:
    return "\n".join(
        ["Top | Town | Sport", f"{likes} likes", *body, "The Example is printed on paper from our own mill."]
    )


def test_lines_under_unrelated_articles_are_furniture() -> None:
    pages = [
        ("example", _page(*_story(name), likes=likes))
        for likes, name in enumerate(["roof", "bread", "river", "bridge"])
    ]
    for likes, marked in enumerate(_repeated(pages)):
        assert marked == [
            "Top | Town | Sport",
            f"{likes} likes",
            "The Example is printed on paper from our own mill.",
        ]


def test_versions_of_one_story_are_not() -> None:
    versions = [("example", "\n".join(_story("roof")[: 4 + at])) for at in range(3)] * 2
    assert _repeated(versions) == [[]] * 6


def test_background_prose_inside_unrelated_articles_is_not() -> None:
    background = "The old market hall burned down nine years ago and was never built again by the town."
    pages = []
    for name in ("roof", "bread", "river", "bridge"):
        body = _story(name)
        pages.append(("example", "\n".join([*body[:3], background, *body[3:]])))
    assert _repeated(pages) == [[]] * 4


def test_an_outlet_is_judged_by_its_own_articles() -> None:
    pages = [
        (outlet, _page(*_story(name)))
        for outlet, name in (("one", "roof"), ("two", "bread"), ("three", "river"))
    ]
    assert _repeated(pages) == [[]] * 3
    assert all(_repeated([("one", page) for _, page in pages]))


def test_settings_are_followed() -> None:
    pages = [("example", _page(*_story(name))) for name in ("roof", "bread", "river")]
    assert _repeated(pages, Boilerplate(repeated_lines=4)) == [[]] * 3
    assert _repeated(pages, Boilerplate(repeated_lines=2, repeated_share=1.0)) == _repeated(pages)
    assert repeated_lines(*np.zeros((4, 0), dtype=np.int64), Boilerplate()).shape == (0,)


@given(
    st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=5), max_size=8),
    st.lists(st.sampled_from(["one", "two"]), min_size=8, max_size=8),
    st.integers(1, 4),
)
def test_short_lines_against_counting(texts: list[list[str]], outlets: list[str], least: int) -> None:
    """Without prose every document is a story of its own: a line counts once a document."""
    documents = [(outlet, "\n".join(lines)) for outlet, lines in zip(outlets, texts, strict=False)]
    expected = []
    for outlet, text in documents:
        mates = [set(other.split("\n")) for name, other in documents if name == outlet]
        expected.append(
            [line for line in text.split("\n") if line and sum(line in mate for mate in mates) >= least]
        )
    assert _repeated(documents, Boilerplate(repeated_lines=least, repeated_share=0.0)) == expected


@given(st.permutations(range(6)))
def test_the_order_of_documents_does_not_matter(order: list[int]) -> None:
    names = ["roof", "bread", "river", "bridge", "roof", "bread"]
    pages = [("example", _page(*_story(name, 3 + at))) for at, name in enumerate(names)]
    straight, mixed = _repeated(pages), _repeated([pages[at] for at in order])
    assert mixed == [straight[at] for at in order]


@given(st.text(st.characters(exclude_categories=["No", "Nl"])))
def test_line_keys(text: str) -> None:
    keys = line_keys(text)
    assert keys == line_keys(text)
    for key, start, stop in keys:
        assert 0 <= key < 2**63
        assert text[start:stop] == text[start:stop].strip() != ""
    lettered = [line.strip() for line in text.splitlines() if any(character.isalpha() for character in line)]
    assert [text[start:stop] for _, start, stop in keys] == lettered


def test_line_keys_are_stable() -> None:
    assert line_keys("12 Comments\nThe market was opened by the mayor on Monday.") == [
        (line_keys("3  comments")[0][0], 0, 11),
        (line_keys("The market was opened by the mayor on Monday.")[0][0], 12, 57),
    ]
    assert [
        key & 1 for key, _, _ in line_keys("Comments\nThe market was opened by the mayor on Monday.")
    ] == [0, 1]
