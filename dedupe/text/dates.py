"""Dates as news texts write them, in Indonesian, Malay and English, as ISO 8601."""

from __future__ import annotations

import datetime
import re
from email.utils import parsedate_to_datetime

from dedupe.facts import table

_HEAD = 1500  # characters at the beginning of a text that may state when it was published
_HEAD_LINES = 12
_HEADER_LENGTH = 90  # a longer line is prose: its dates are those of events
_data = table("dates")
_MONTHS: dict[str, int] = _data["months"]
_names = "|".join(sorted(_MONTHS, key=lambda name: (-len(name), name)))
_weekdays = "|".join(sorted(_data["words"]["weekdays"], key=lambda name: (-len(name), name)))
_YEAR = r"(?:19|20)\d\d"
_DATE = re.compile(
    rf"""(?P<weekday>\b(?:{_weekdays})\.?,?\s{{0,2}})?(?P<bracket>\(\s?)?
    (?:(?P<iso>\b{_YEAR}-\d\d-\d\d\b)
    |\b(?P<first>\d{{1,2}})(?P<mark>[/.-])(?P<second>\d{{1,2}})(?P=mark)(?P<y1>{_YEAR})\b
    |\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s(?P<m2>{_names})\b\.?,?\s(?P<y2>{_YEAR})\b
    |\b(?P<m3>{_names})\b\.?\s(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<y3>{_YEAR})\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_printed = "|".join(sorted(_data["words"]["printed"], key=lambda name: (-len(name), name)))
_TOKEN = (
    rf"(?:{_printed}|{_weekdays}|{_names}|\(?\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}\)?|\d{{4}}-\d\d-\d\d|\d{{4}}"
    r"|\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:[ap]\.?m\b\.?)?|\d{1,2}(?:st|nd|rd|th|[ap]m)?|[ap]\.?m\b\.?"
    r"|[ecmp][sd]?t|gmt|utc|bst|cest|cet|wib|wita|wit|at|on|pukul|pada|jam)"
)
_DATE_LINE = re.compile(rf"{_TOKEN}[.:]?(?:[\s,;@|–—-]{{1,4}}{_TOKEN}[.:]?){{0,14}}", re.IGNORECASE)
_DATE_CORE = re.compile(rf"\d[:/-]\d|\d\s(?:{_names})\b|\b(?:{_names})\.?\s\d", re.IGNORECASE)
_HAS_YEAR = re.compile(r"[-/. ,](?:19|20)\d\d|(?:19|20)\d\d-")
_DIGIT = re.compile(r"\d")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_DAY_FIRST = frozenset(("id", "ms"))


def published(text: str, language: str | None = None) -> str | None:
    """Return the date of publication that the text itself states, as ``YYYY-MM-DD``, or None.

    Looked for at the beginning only: a date on a short line of its own (with or without words
    such as ``Published``), else the Indonesian form in brackets, ``Rabu (19/6/2024)``, else a
    weekday with a date in Indonesian or Malay. A date in an English sentence is that of an
    event and is not taken; neither is a day and month without a year.
    """
    head = text[:_HEAD]
    if _HAS_YEAR.search(head) is None:
        return None
    bracketed = spelled = None
    position = 0
    for number, line in enumerate(head.splitlines(keepends=True)):
        header = number < _HEAD_LINES and len(line) <= _HEADER_LENGTH
        for match in _DATE.finditer(head, position, position + len(line)):
            found = _iso(match, language)
            if found is None:
                continue
            if header and not line.rstrip().endswith((".", ",", "?", "!", '"', "”")):
                return found
            if match["bracket"] and (match["weekday"] or language in _DAY_FIRST):
                bracketed = bracketed or found
            elif match["weekday"] and language in _DAY_FIRST:
                spelled = spelled or found
        position += len(line)
    return bracketed or spelled


def is_date_line(line: str) -> bool:
    """Whether a line says nothing but when the text was printed: ``Updated July 1, 2024 at 7:08 AM``."""
    if _DIGIT.search(line) is None:
        return False
    line = " ".join(line.split()).strip(" ;|-")
    return _DATE_LINE.fullmatch(line) is not None and _DATE_CORE.search(line) is not None


def normalise(value: object) -> str | None:
    """Return a given date or time in ISO 8601, or None where it is not understood.

    Takes dates and datetimes, ISO 8601 strings (``2024-06-19T10:00:00Z`` stays as it is),
    ``20240619``, RFC 2822 (``Wed, 19 Jun 2024 10:00:00 +0700``) and the written forms of this module.
    """
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    if not isinstance(value, str) or len(value) > 80:
        return None
    value = value.strip()
    compact = _COMPACT.fullmatch(value)
    if compact:
        return _date(*(int(part) for part in compact.groups()))
    if value[:4].isdigit() and value[4:5] == "-":
        return _checked_iso(value)
    match = _DATE.search(value)
    if match and (found := _iso(match, None)):
        if match.end() == len(value):
            return found
        try:
            return parsedate_to_datetime(value).isoformat()
        except (ValueError, IndexError, OverflowError):
            return found
    return None


def _checked_iso(value: str) -> str | None:
    try:
        datetime.datetime.fromisoformat(value)
    except ValueError:
        return value if re.fullmatch(r"\d{4}-(?:0[1-9]|1[0-2])", value) else None
    return value


def _iso(match: re.Match[str], language: str | None) -> str | None:
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split("-"))
        return _date(year, month, day)
    if match["first"]:
        first, second = int(match["first"]), int(match["second"])
        if second > 12:  # month/day/year
            first, second = second, first
        elif first <= 12 and first != second and not _is_day_first(match, language):
            return None
        return _date(int(match["y1"]), second, first)
    form = "2" if match["d2"] else "3"
    return _date(int(match[f"y{form}"]), _MONTHS[match[f"m{form}"].lower()], int(match[f"d{form}"]))


def _is_day_first(match: re.Match[str], language: str | None) -> bool:
    """Whether 3/4/2024 is the third of April: in Indonesian and Malay, and with dots or hyphens."""
    return language in _DAY_FIRST or match["mark"] != "/" or bool(match["bracket"] and match["weekday"])


def _date(year: int, month: int, day: int) -> str | None:
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None
