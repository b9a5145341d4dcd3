"""Reworded passages that two dispatches explain better than copying does.

Two agencies report one event with the same facts, and each has its copyists. A copy of the one
then looks like a rewording of a copy of the other. So a reworded match between two documents is
set aside where each side is, more surely, a copy of a dispatch, and the dispatches are of two agencies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

EXACT = 1.0
"""What a verbatim or light match counts more than its score: no reworded one is as sure."""


class Matched(NamedTuple):
    """A match as this module needs it: both sides (document number, start, stop), kind and score."""

    a: int
    a_start: int
    a_stop: int
    b: int
    b_start: int
    b_stop: int
    kind: str
    score: float

    @property
    def sureness(self) -> float:
        """The score, exact matches above all others."""
        return self.score + (EXACT if self.kind in ("verbatim", "light") else 0.0)


def explained(matches: Sequence[Matched], agencies: dict[int, str]) -> list[bool]:
    """Return of each match whether it is set aside; ``agencies`` names the agency of each dispatch."""
    if not agencies:
        return [False] * len(matches)
    copies: dict[int, list[tuple[float, int, int, str]]] = defaultdict(list)
    for match in matches:
        if match.b in agencies and match.a not in agencies:
            copies[match.a].append((match.sureness, match.a_start, match.a_stop, agencies[match.b]))
        elif match.a in agencies and match.b not in agencies:
            copies[match.b].append((match.sureness, match.b_start, match.b_stop, agencies[match.a]))

    def of(document: int, start: int, stop: int, sureness: float) -> set[str]:
        if document in agencies:
            return {agencies[document]}
        found = [
            (surer, agency)
            for surer, first, last, agency in copies[document]
            if surer > sureness and 2 * (min(stop, last) - max(start, first)) >= stop - start
        ]
        best = max((surer for surer, _ in found), default=0.0)
        return {agency for surer, agency in found if surer == best}

    return [
        match.kind == "reworded"
        and _apart(
            of(match.a, match.a_start, match.a_stop, match.sureness),
            of(match.b, match.b_start, match.b_stop, match.sureness),
        )
        for match in matches
    ]


def _apart(one: set[str], other: set[str]) -> bool:
    return bool(one) and bool(other) and not one & other
