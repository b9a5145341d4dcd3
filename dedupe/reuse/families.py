"""Families: passages that are copies of one another, joined by their place in the text.

A match joins two passages. Two passages of one document are the same member when they
overlap by ``settings.families.overlap`` of the shorter one. Joining is done from the surest
overlap to the least sure (Kruskal's order). What all passages of a family have in common is its
*core*; every match carries it from document to document, evenly between the ends of its two
passages. A join is refused when the two cores have too little in common. So members are copies of
one text, not links of a chain in which each resembles the next: a round-up article, which holds
copies of two stories and was itself copied whole, does not fuse them.

A passage of another family that covers a core has that text as well, and its copy elsewhere with
it: `further` names these, so that of a dispatch which every outlet cut differently all who
printed a paragraph stand in the family of that paragraph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.reuse import kernels_families as kernels
from dedupe.reuse.kernels_sort import order_of
from dedupe.text.kernels import I32, I64, frozen

F64 = NDArray[np.float64]

NEIGHBOURS = 16
"""Overlaps looked at per passage: copies of viral text overlap all with all."""


class Side(NamedTuple):
    """One side of a match: a passage of a document (ordinal in id order, character span)."""

    document: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Family:
    """Members in order, one per place in a document, and the matches (by position) that made it."""

    members: tuple[Side, ...]
    matches: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grouping:
    """Families as arrays: the members of family ``i`` are the rows ``bounds[i]`` to ``bounds[i + 1]`` of
    ``members`` (int32[n, 3]: document, start, stop), in order; ``cores`` (int32[n, 2]) is what is common to
    all passages of that member; ``family_of`` numbers each match's."""

    bounds: I64
    members: I32
    cores: I32
    family_of: I64


def families(matches: Sequence[tuple[Side, Side]], *, overlap: float) -> list[Family]:
    """Return the families of ``matches``, ordered by their smallest member.

    Every match belongs to exactly one family. The result does not depend on the order of
    ``matches`` (positions aside).
    """
    found = group(np.array(matches, np.int32).reshape(-1, 2, 3), overlap=overlap)
    order = np.argsort(found.family_of, kind="stable")
    indices = np.split(order, np.searchsorted(found.family_of[order], np.arange(1, len(found.bounds) - 1)))
    members = np.split(found.members, found.bounds[1:-1])
    return [
        Family(tuple(Side(*row) for row in rows.tolist()), tuple(own.tolist()))
        for rows, own in zip(members, indices, strict=False)
        if len(rows)
    ]


def group(matches: NDArray[np.int32], *, overlap: float) -> Grouping:
    """Return the families of ``matches``, int32[n, 2, 3]: two sides of document, start and stop."""
    passages = matches.reshape(-1, 3)
    documents, starts, stops = (column.astype(np.int64) for column in passages.T)
    other = passages.reshape(-1, 2, 3)[:, ::-1].reshape(-1, 3).T.astype(np.int64)
    order = order_of(documents << 32 | starts, stops << 32 | other[0], other[1] << 32 | other[2])
    placed = [frozen(column[order], np.int32) for column in passages.T]
    one, two, share = kernels.overlaps(placed[0], placed[1], placed[2], overlap, NEIGHBOURS)
    surest = order_of(~share.view(np.int64))  # the bits of positive doubles are in their order
    one, two = one[surest], two[surest]
    del share, surest
    sides = np.empty(len(order), np.int32)
    sides[order] = np.arange(len(order))
    sets, owner, first, last, *core = kernels.join(
        placed[0], placed[1], placed[2], frozen(sides, np.int32), frozen(one, np.int32), frozen(two, np.int32),
        overlap,
    )  # fmt: skip
    entries = np.flatnonzero(owner >= 0)
    members = np.stack((placed[0][entries], first[entries], last[entries]), axis=1)
    cores = np.stack(core, axis=1)[entries]
    by_set = order_of(owner[entries], members[:, 0], members[:, 1], members[:, 2], order[entries])
    members, cores, owner = members[by_set], cores[by_set], owner[entries][by_set]
    bounds = (
        np.concatenate(([0], np.flatnonzero(np.diff(owner)) + 1, [len(owner)]))
        if len(owner)
        else np.zeros(1, np.int64)
    )
    names = owner[bounds[:-1]]
    family_of = np.searchsorted(names, sets[sides[::2]])
    ranked = _order(members, bounds, family_of)
    return _arranged(members, cores, bounds, family_of, ranked)


def further(matches: NDArray[np.int32], found: Grouping, *, overlap: float) -> I64:
    """Return int64[n, 5], sorted: a family, a match of another one, which side of it (0 or 1) overlaps the
    family's core in that document by ``overlap`` of the shorter of the two, and start and stop of that core.

    The document of the other side is not in the family. Of several matches that would bring it
    the longest overlap is taken."""
    sides = matches.reshape(-1, 3)
    passages = _by_place(sides)
    family = np.repeat(np.arange(len(found.bounds) - 1), np.diff(found.bounds))
    places = np.column_stack((found.members[:, 0], found.cores))
    cores = _by_place(places)
    document, start, stop = (frozen(column, np.int32) for column in sides[passages].T)
    where, first, last = (frozen(column, np.int32) for column in places[cores].T)
    passage, core, shared = kernels.covering(document, start, stop, where, first, last, overlap, NEIGHBOURS)
    side, core = passages[passage], cores[core]
    elsewhere = found.family_of[side >> 1] != family[core]
    side, core, shared = side[elsewhere], core[elsewhere], shared[elsewhere]
    into = family[core]
    brought = sides[side ^ 1, 0].astype(np.int64)
    members = family << 32 | found.members[:, 0]  # ascends: members are in order
    inside = np.searchsorted(members, into << 32 | brought, "right") > np.searchsorted(
        members, into << 32 | brought, "left"
    )
    kept = np.flatnonzero(~inside)
    best = kept[order_of(into[kept], brought[kept], -shared[kept], sides[side[kept] ^ 1, 1], side[kept])]
    _, firsts = np.unique(into[best] << 32 | brought[best], return_index=True)
    best = best[firsts]
    rows = np.column_stack((into[best], side[best] >> 1, side[best] & 1, found.cores[core[best]]))
    return rows[order_of(*rows.T)]


def _by_place(passages: I32) -> I64:
    """Return the order of passages by document, start and stop, equal ones as they stand."""
    documents, starts, stops = passages.T
    return order_of(documents.astype(np.int64) << 32 | starts, stops)


def _order(members: I32, bounds: I64, family_of: I64) -> list[int]:
    """Return the families by their members, then by number of matches, then by first match."""
    first = members[bounds[:-1]]
    sizes = np.bincount(family_of, minlength=len(first))
    earliest = np.full(len(first), len(family_of))
    np.minimum.at(earliest, family_of, np.arange(len(family_of)))
    ordered = order_of(*first.T)
    alike = (
        np.concatenate(([False], np.all(first[ordered[1:]] == first[ordered[:-1]], axis=1), [False]))
        if len(first)
        else [False]
    )
    ranked: list[int] = ordered.tolist()
    start = 0
    while start < len(ranked):  # families that begin with the same member: rare
        stop = start + 1
        while alike[stop]:
            stop += 1
        if stop - start > 1:
            ranked[start:stop] = sorted(
                ranked[start:stop],
                key=lambda i: (members[bounds[i] : bounds[i + 1]].tolist(), sizes[i], earliest[i]),
            )
        start = stop
    return ranked


def _arranged(members: I32, cores: I32, bounds: I64, family_of: I64, ranked: Sequence[int]) -> Grouping:
    order = np.asarray(ranked, np.int64)
    lengths = np.diff(bounds)[order]
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    new = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
    rows = np.arange(new[-1]) + np.repeat(bounds[:-1][order] - new[:-1], lengths)
    return Grouping(new, members[rows], cores[rows], place[family_of] if len(order) else family_of)
