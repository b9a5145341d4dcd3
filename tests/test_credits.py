from __future__ import annotations

from itertools import pairwise

import pytest
from credit_scoring import find
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.records import Span

PIECES = [
    "Reuters", "AFP", "ANTARA", "Tempo", "media lokal", "menurut ", "mengutip ", "dilansir dari ",
    "kata ", " kepada ", "told ", "according to ", " said", " reported", "(", ")", "/", " - ",
    ". ", ", ", "\n", "“", "”", "«", "'s ", " dan ", "Sumber: ", "Foto: ", "© ", "foo.com",
    "\ud800", "\u0000", "İ", "路透社", "报道", "は", "شاهد ", "لرويترز", " 3/5/2024 ",
]  # fmt: skip


@given(
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.sampled_from(["id", "en", "zh", "ar", "tr", None]),
)
@settings(max_examples=300, deadline=None)
def test_whatever_the_text_the_result_is_sound(text: str, language: str | None) -> None:
    found = find(text, language)
    assert [c.start for c in found] == sorted(c.start for c in found)
    for credit in found:
        assert text[credit.start : credit.stop] == credit.surface
        assert credit.chain and 0.6 <= credit.confidence <= 1
        assert len(credit.mentions) == len(credit.chain)
        assert credit.role in ("credit", "photo", "disputed", "copyright")
        spans = [(c.start, c.stop) for c in credit.covers]
        assert all(0 <= a < b <= len(text) for a, b in spans)
        assert all(x[1] <= y[0] for x, y in pairwise(spans))
    assert find(text, language) == found


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read(text: str) -> None:
    find(text)


def test_offsets_hold_beside_characters_that_grow_in_lower_case() -> None:
    (credit,) = find("İİİ, according to Reuters.", "en")
    assert (credit.surface, credit.start) == ("Reuters", 18)


@pytest.mark.parametrize("name", ["REUTERS", "Reuters", "reuters"])
def test_capitals_do_not_matter_after_a_strong_cue(name: str) -> None:
    assert find(f"Dilansir dari {name}, pasar itu terbakar.", "id")[0].chain == ("reuters",)


def test_the_outlet_is_never_its_own_source() -> None:
    text = "Hal itu dikatakan warga kepada Tempo, Senin."
    assert find(text, "id", "Radar Muara")[0].chain == ("tempo",)
    for outlet in ("Tempo", "tempo.co", "tempo", "https://tempo.co"):
        assert find(text, "id", outlet) == []


def test_an_unlisted_medium_after_an_unmistakable_cue() -> None:
    (credit,) = find("Dilansir dari warta-teluk.com, kapal itu karam.", "id")
    assert credit.chain == ("open:warta-teluk.com",)
    assert find("Dilansir dari situs bmkg.go.id, gempa terjadi dua kali.", "id") == []
    assert find("Unduh di warta-teluk.com sekarang.", "id") == []


def test_the_named_source_wins_over_its_description() -> None:
    (credit,) = find("Menurut media pemerintah Korea Utara, KCNA, uji coba itu berhasil.", "id")
    assert credit.chain == ("kcna",)


def test_furniture_is_mute_and_uncovered() -> None:
    text = "Menurut Reuters, harga naik.\nBaca juga: Menurut AFP Harga Turun\nPenutup."
    start = text.index("Baca")
    span = Span(start, text.index("\nPenutup"), "related")
    (credit,) = find(text, "id", furniture=[span])
    assert credit.chain == ("reuters",)
    assert all(c.stop <= span.start or c.start >= span.stop for c in credit.covers)


def test_photo_credits_have_their_role_and_cover_nothing() -> None:
    (credit,) = find("Warga mengungsi. (Foto: AFP)", "id")
    assert (credit.role, credit.covers) == ("photo", ())


def test_a_name_that_closes_the_line_under_a_picture_signs_the_picture() -> None:
    prose = "The port had been shut since the storm; " * 3
    above, caption = "The port reopened on Monday.", "A ship waits in the outer harbour (AP)"
    (credit,) = find(f"{above}\n{caption}\n{prose}", "en")
    assert (credit.role, credit.covers) == ("photo", ())
    (credit,) = find(f"{above}\n{prose} The mayor spoke (AP)", "en")
    assert credit.role == "credit"


def test_a_name_that_media_share_is_decided_by_its_context_or_not_at_all() -> None:
    def told(place: str) -> list[str]:
        return [c.chain[0] for c in find(f"The mayor told ABC that crews from {place} would come.", "en")]

    assert (told("Brisbane"), told("Washington"), told("Mirova")) == (["abc_au"], ["abc_us"], [])


def test_a_picture_passed_on_is_one_credit() -> None:
    (credit,) = find("A crane lifts the gate.\n(Photo: KCNA via Reuters)", "en")
    assert (credit.surface, credit.chain, credit.role) == ("Reuters", ("reuters", "kcna"), "photo")


def test_a_last_line_in_an_agency_style_names_it() -> None:
    (credit,) = find("The port reopened.\n(Reporting by Ina Marsh; Editing by Tom Oake)", "en")
    assert credit.chain == ("reuters",) and credit.rule == "trailer"
    assert find("The port reopened.\n(Reporting by Ina Marsh)", "en") == []


def test_hostile_text_is_dropped_as_no_prose() -> None:
    assert find("AP " * 5000, "en") == []
    assert find("(" * 5000 + "Reuters" + ")" * 5000, "en") == []
