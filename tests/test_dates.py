"""Dates and datelines as news texts write them."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.text import datelines, dates

BODY = "Wali kota membuka pasar baru di pusat kota itu dan menyapa para pedagang yang datang sejak pagi."


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (f"Warta.com - {BODY} Ia berbicara pada Rabu (19/6/2024).", "id", "2024-06-19"),
        (f"{BODY} Ia datang Rabu (19/6/2024,) pagi.", "id", "2024-06-19"),
        (f"{BODY} Ia datang Rabu, 19 Juni 2024, dan pulang.", "id", "2024-06-19"),
        (f"Pasar Dibuka\nRabu, 19 Juni 2024 10:30 WIB\n{BODY}", "id", "2024-06-19"),
        (f"Market Opens\nPublished June 19, 2024 at 9:15 AM\n{BODY}", "en", "2024-06-19"),
        (f"Market Opens\n2024-06-19\n{BODY}", "en", "2024-06-19"),
        (f"Market Opens\n19 June 2024\n{BODY}", "en", "2024-06-19"),
        (f"Market Opens\n06/19/2024\n{BODY}", "en", "2024-06-19"),
        (f"Market Opens\n6/7/2024\n{BODY}", "en", None),  # June or July?
        (f"Pasar Dibuka\n6/7/2024\n{BODY}", "id", "2024-07-06"),
        (
            "In this Monday, May 3, 2021, file photo, two men shake hands in front of a large flag.",
            "en",
            None,
        ),
        (f"{BODY} Ia datang Selasa (18/6).", "id", None),  # no year
        (f"{BODY} Ia datang Rabu (31/2/2024).", "id", None),
        (f"{BODY * 20} Rabu (19/6/2024).", "id", None),  # too far down
        ("", None, None),
    ],
)
def test_published(text: str, language: str | None, expected: str | None) -> None:
    assert dates.published(text, language) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-06-19", "2024-06-19"),
        ("2024-06-19T10:00:00Z", "2024-06-19T10:00:00Z"),
        ("2024-06-19 10:00:00+07:00", "2024-06-19 10:00:00+07:00"),
        ("2024-06", "2024-06"),
        ("20240619", "2024-06-19"),
        ("Wed, 19 Jun 2024 10:00:00 +0700", "2024-06-19T10:00:00+07:00"),
        ("19 Juni 2024", "2024-06-19"),
        ("June 19, 2024", "2024-06-19"),
        (datetime.date(2024, 6, 19), "2024-06-19"),
        (datetime.datetime(2024, 6, 19, 10), "2024-06-19T10:00:00"),
        ("2024-13-01", None),
        ("yesterday", None),
        ("", None),
        (1718755200, None),
        (None, None),
        ("9" * 500, None),
    ],
)
def test_normalise(value: object, expected: str | None) -> None:
    assert dates.normalise(value) == expected


@given(st.dates(datetime.date(1990, 1, 1), datetime.date(2030, 1, 1)))
def test_written_forms_mean_the_day_they_are_made_from(day: datetime.date) -> None:
    for form in ("%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d"):
        assert dates.published(f"Pasar Dibuka\n{day.strftime(form)}\n{BODY}", "id") == day.isoformat()
    for form in ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%Y%m%d", "%Y-%m-%d"):
        assert dates.normalise(day.strftime(form)) == day.isoformat()


@given(st.text())
def test_any_text(text: str) -> None:
    for found in (dates.published(text, "id"), dates.normalise(text)):
        assert found is None or found[:4].isdigit()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Updated May 3, 2021 at  9:15 AM", True),
        ("Updated: May 3, 2021 @ 6:45 am", True),
        ("5:45 am PDT, Monday, May 3, 2021", True),
        ("Rabu, 19 Juni 2024 | 10:30 WIB", True),
        ("Diterbitkan: 19/06/2024 10.30", True),
        ("July 16", True),
        ("May 5 people died", False),
        ("2024", False),
        ("Juni", False),
        ("12 15 18", False),
        ("On May 5 he left", False),
    ],
)
def test_date_lines(line: str, expected: bool) -> None:
    assert dates.is_date_line(line) is expected


@pytest.mark.parametrize(
    ("text", "prefix", "outlet"),
    [
        ("Kabarkota.com, JAKARTA - Wali kota datang.", "Kabarkota.com, JAKARTA - ", "kabarkota.com"),
        ("WARTA.CO.ID - Wali kota datang.", "WARTA.CO.ID - ", "warta.co.id"),
        ("Kabarkota.com – Wali kota datang.", "Kabarkota.com – ", "kabarkota.com"),
        ("Kabarkota.com - Surabaya - Wali kota datang.", "Kabarkota.com - Surabaya - ", "kabarkota.com"),
        ("Kabarkota.com - pasar dibuka - wali kota datang.", "Kabarkota.com - ", "kabarkota.com"),
        ("Kabarkota.com, New York -- Wali kota datang.", "Kabarkota.com, New York -- ", "kabarkota.com"),
        ("JAKARTA, KABARKOTA.com — Wali kota datang.", "JAKARTA, KABARKOTA.com — ", "kabarkota.com"),
        ("Jakarta, CNN Indonesia -- Wali kota datang.", "Jakarta, CNN Indonesia -- ", "CNN Indonesia"),
        ("Judul Berita Hari Ini\nPenulis: Ani\nWARTA.COM - Wali kota datang.", "WARTA.COM - ", "warta.com"),
        ("JAKARTA (ANTARA) - Wali kota datang.", None, None),
        ("SEOUL, June 19 (Reuters) - The mayor came.", None, None),
        ("LONDON, England - The mayor came.", None, None),
        ("U.S. - China talks resume.", None, None),
        ("Wali kota datang ke Kabarkota.com - kemarin.", None, None),
        ("satu\n" * 30 + "WARTA.COM - Wali kota datang.", None, None),
        ("", None, None),
    ],
)
def test_datelines(text: str, prefix: str | None, outlet: str | None) -> None:
    found = datelines.find(text)
    if prefix is None:
        assert found is None
    else:
        assert found is not None
        assert (text[found.start : found.stop], found.outlet) == (prefix, outlet)
