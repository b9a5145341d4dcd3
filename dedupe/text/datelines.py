"""The outlet's own name before the first sentence: ``Kota.com, JAKARTA - ``.

An agency's dateline, ``JAKARTA (ANTARA) - ``, is evidence for a source and no outlet's name.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from dedupe.facts import table

_LINES, _CHARACTERS = 10, 2000  # a dateline may follow title, standfirst and byline lines
_data = table("boilerplate")["dateline"]
_REACH = 120  # characters of a line in which the dash stands
DASHES = "-–—"
_HAS_DASH = re.compile(f"[{DASHES}]")
_SUFFIXES = frozenset(_data["suffixes"])
_brands = "|".join(re.escape(name) for name in sorted(_data["outlets"], key=lambda name: (-len(name), name)))
_HOST = r"[^\W_][\w-]{0,40}(?:\.[A-Za-z]{2,10}){1,3}"
_PLACE = r"[^\W\d_][\w.'’/-]{0,30}(?:\s[^\W\d_][\w.'’/-]{0,30}){0,3}"
_DASH = r"\s{0,2}(?:-{1,3}|[–—])\s"
_DATELINE = re.compile(
    rf"""\s{{0,8}}(?:
    (?P<a>{_HOST}|{_brands})(?:\s?[,|/:]\s?{_PLACE})?(?:\s?\([^()\n]{{1,40}}\))?{_DASH}(?:(?P<second>{_PLACE}){_DASH})?
    |{_PLACE},\s?(?P<b>{_HOST}|{_brands})(?:\s?\([^()\n]{{1,40}}\))?{_DASH}
    )\s{{0,4}}""",
    re.VERBOSE,
)


class Dateline(NamedTuple):
    """Where the prefix stands and whose it is; domain-like names are in lower case."""

    start: int
    stop: int
    outlet: str


def find(text: str) -> Dateline | None:
    """Return the first outlet's dateline at the beginning of one of the first lines, or None."""
    position = 0
    for _ in range(_LINES):
        match = (
            _DATELINE.match(text, position) if _HAS_DASH.search(text, position, position + _REACH) else None
        )
        if match:
            name = match["a"] or match["b"]
            if is_host(name) or name in _data["outlets"]:
                stop = match.end()
                if match["second"] and not _is_name(match["second"]):
                    stop = match.start("second")
                return Dateline(position, stop, name.lower() if is_host(name) else name)
        end = text.find("\n", position, _CHARACTERS)
        if end < 0:
            return None
        position = end + 1
    return None


def is_host(name: str) -> bool:
    """Whether a name looks like a domain: ``Kota.com``, ``warta.co.id``; not ``U.S`` or ``St.Paul``."""
    _, dot, suffix = name.rpartition(".")
    return bool(dot) and (suffix.lower() in _SUFFIXES)


def _is_name(words: str) -> bool:
    return all(word[0].isupper() for word in words.split())
