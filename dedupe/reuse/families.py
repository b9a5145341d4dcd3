"""Families: passages that are copies of one another, joined by their place in the text.

A match joins two passages. Two passages of one document are the same member when they
overlap by ``settings.families.overlap`` of the shorter one. Joining is done from the surest
overlap to the least sure (Kruskal's order), and a join is refused when the passages of some
document would then have no stretch common to all: that is how a round-up article, which
holds copies of two stories and was itself copied whole, is kept from fusing them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

NEIGHBOURS = 16
"""Overlaps looked at per passage: copies of viral text overlap all with all."""


class Side(NamedTuple):
    """One side of a match: a passage of a document (ordinal in id order, character span)."""

    document: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Family:
    """Members in order, one per document, and the matches (by position) that made it."""

    members: tuple[Side, ...]
    matches: tuple[int, ...]


def families(matches: Sequence[tuple[Side, Side]], *, overlap: float) -> list[Family]:
    """Return the families of ``matches``, ordered by their smallest member.

    Every match belongs to exactly one family. The result does not depend on the order of
    ``matches`` (positions aside).
    """
    groups = _Groups(side for match in matches for side in match)
    for index in range(len(matches)):
        groups.join(2 * index, 2 * index + 1, always=True)
    for first, second in _overlaps(groups.sides, overlap):
        groups.join(first, second)
    by_root: dict[int, list[int]] = {}
    for index in range(len(matches)):
        by_root.setdefault(groups.find(2 * index), []).append(index)
    found = [
        Family(tuple(sorted(Side(d, *span) for d, span in groups.places[root].items())), tuple(indices))
        for root, indices in by_root.items()
    ]
    return sorted(found, key=lambda family: (family.members, len(family.matches)))


class _Groups:
    """Union-find whose sets know, per document, the stretch that they cover and its common core."""

    def __init__(self, sides: Iterable[Side]) -> None:
        self.sides = list(sides)
        self.parent = list(range(len(self.sides)))
        self.places = {i: {side.document: (side.start, side.stop)} for i, side in enumerate(self.sides)}
        self.cores = {i: {side.document: (side.start, side.stop)} for i, side in enumerate(self.sides)}

    def find(self, node: int) -> int:
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    def join(self, first: int, second: int, *, always: bool = False) -> None:
        big, small = self.find(first), self.find(second)
        if big == small:
            return
        if len(self.places[big]) < len(self.places[small]):
            big, small = small, big
        if not always and self._conflict(self.cores[big], self.cores[small]):
            return
        self.parent[small] = big
        places, cores = self.places[big], self.cores[big]
        for document, (start, stop) in self.places.pop(small).items():
            old = places.get(document, (start, stop))
            places[document] = (min(old[0], start), max(old[1], stop))
        for document, (start, stop) in self.cores.pop(small).items():
            old = cores.get(document, (start, stop))
            cores[document] = (max(old[0], start), min(old[1], stop))

    @staticmethod
    def _conflict(big: dict[int, tuple[int, int]], small: dict[int, tuple[int, int]]) -> bool:
        return any(
            document in big and (big[document][0] >= stop or start >= big[document][1])
            for document, (start, stop) in small.items()
        )


def _overlaps(sides: Sequence[Side], least: float) -> list[tuple[int, int]]:
    """Return pairs of overlapping passages, the most alike (overlap over the longer) first."""
    order = sorted(range(len(sides)), key=lambda i: (sides[i], i))
    found: list[tuple[float, Side, Side, int, int]] = []
    for position, i in enumerate(order):
        one = sides[i]
        for j in order[position + 1 : position + 1 + NEIGHBOURS]:
            other = sides[j]
            if other.document != one.document or other.start >= one.stop:
                break
            shared = min(one.stop, other.stop) - other.start
            lengths = (one.stop - one.start, other.stop - other.start)
            if shared >= least * min(lengths):
                found.append((-shared / max(lengths), one, other, i, j))
    found.sort()
    return [(i, j) for *_, i, j in found]
