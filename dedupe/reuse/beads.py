"""Cut a reworded passage of several sentences into beads: the smallest runs of sentences that
correspond one to one.

A credit speaks for sentences, and two outlets may have one sentence of a paragraph from one
agency and the next from another. So a family is a matter of sentences, where wording differs.
The beads are found as sentence aligners do (Gale and Church 1993, "A program for aligning
sentences in bilingual corpora"): one sentence with one, with two, or with three, in order but for neighbours
that change places, by dynamic programming; here the gain of a bead is the number of words that its sides share.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dedupe.records import Passage
from dedupe.reuse.guards import guards
from dedupe.reuse.measures import edit_share, kind_of
from dedupe.reuse.prepared import Prepared
from dedupe.reuse.reworded import Block

MOVES = ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1))
MOST_SENTENCES = 40
"""A longer passage on either side is left whole: there wording, not sentences, is in order."""
MERGING = 0.5
"""What each sentence more than one on a side costs, in shared words."""
CROSSING = 4
"""What it costs that two sentences stand in the other order."""


def cut(a: Prepared, b: Prepared, passages: Sequence[Passage], min_words: int) -> list[Passage]:
    """Return the passages, each accepted reworded one cut into its beads, in order of a, then b.

    A bead keeps the score and measures of its passage; its kind and guards are its own.
    """
    found: list[Passage] = []
    for passage in passages:
        if passage.kind != "reworded" or not passage.accepted:
            found.append(passage)
            continue
        block = (
            int(np.searchsorted(a.starts, passage.a_start)),
            int(np.searchsorted(a.starts, passage.a_stop)),
            int(np.searchsorted(b.starts, passage.b_start)),
            int(np.searchsorted(b.starts, passage.b_stop)),
        )
        parts = beads(a, b, block, min_words)
        found.extend([passage] if len(parts) == 1 else (_part(a, b, passage, part) for part in parts))
    return sorted(found, key=lambda p: (p.a_start, p.b_start, p.a_stop, p.b_stop))


def _part(a: Prepared, b: Prepared, whole: Passage, block: Block) -> Passage:
    in_a, in_b = (block[0], block[1]), (block[2], block[3])
    kind = kind_of(edit_share(a.hashes[slice(*in_a)], b.hashes[slice(*in_b)]))
    return dataclasses.replace(
        whole,
        a_start=int(a.starts[block[0]]),
        a_stop=int(a.stops[block[1] - 1]),
        b_start=int(b.starts[block[2]]),
        b_stop=int(b.stops[block[3] - 1]),
        a_words=block[1] - block[0],
        b_words=block[3] - block[2],
        kind=kind,
        guards=guards(a, b, in_a, in_b),
    )


def beads(a: Prepared, b: Prepared, block: Block, min_words: int) -> list[Block]:
    """Return the beads of ``block`` (word ranges), in order; the whole block where it has no cut.

    Together they hold every word of the block's sentences once; each has ``min_words`` or more on
    both sides (a shorter one joins its neighbour where neither crosses).
    """
    in_a, in_b = _sentences(a, block[0], block[1]), _sentences(b, block[2], block[3])
    n, m = len(in_a), len(in_b)
    if n < 2 or m < 2 or max(n, m) > MOST_SENTENCES:
        return [block]
    words_a = [np.unique(a.hashes[start:stop]) for start, stop in in_a]
    words_b = [np.unique(b.hashes[start:stop]) for start, stop in in_b]

    def shared(rows: range, columns: range) -> int:
        left, right = _joined([words_a[i] for i in rows]), _joined([words_b[j] for j in columns])
        return len(np.intersect1d(left, right, assume_unique=True))

    best = np.full((n + 1, m + 1), -np.inf)
    best[0, 0] = 0.0
    step: dict[tuple[int, int], list[tuple[range, range]]] = {}
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            for made in _moves(i, j):
                before = (made[0][0].start, min(columns.start for _, columns in made))
                gain = sum(shared(*bead) - MERGING * (len(bead[0]) + len(bead[1]) - 2) for bead in made)
                gain -= CROSSING * (len(made) - 1)
                if best[before] + gain > best[i, j]:
                    best[i, j], step[i, j] = best[before] + gain, made
    if (n, m) not in step:
        return [block]
    found: list[tuple[range, range]] = []
    i, j = n, m
    while i:
        made = step[i, j]
        found.extend(reversed(made))
        i, j = made[0][0].start, min(columns.start for _, columns in made)
    cuts = [
        (in_a[rows[0]][0], in_a[rows[-1]][1], in_b[columns[0]][0], in_b[columns[-1]][1])
        for rows, columns in reversed(found)
    ]
    return _long_enough(cuts, min_words)


def _moves(i: int, j: int) -> Iterator[list[tuple[range, range]]]:
    """Yield the beads that may end before sentences ``i`` and ``j``: one, or two that cross."""
    for di, dj in MOVES:
        if di <= i and dj <= j:
            yield [(range(i - di, i), range(j - dj, j))]
    if i > 1 and j > 1:
        yield [(range(i - 2, i - 1), range(j - 1, j)), (range(i - 1, i), range(j - 2, j - 1))]


def _sentences(side: Prepared, start: int, stop: int) -> list[tuple[int, int]]:
    """Return the sentences inside ``start:stop`` (words), clipped to it; furniture is in none."""
    inside = [
        (max(start, first), min(stop, last))
        for first, last in side.sentences.tolist()
        if first < stop and last > start
    ]
    return inside or [(start, stop)]


def _joined(parts: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    return parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))


def _long_enough(cuts: Sequence[Block], min_words: int) -> list[Block]:
    kept: list[Block] = []
    for cut in cuts:
        if kept and cut[2] >= kept[-1][3] and min(_shorter(cut), _shorter(kept[-1])) < min_words:
            kept[-1] = (kept[-1][0], cut[1], kept[-1][2], cut[3])
        else:
            kept.append(cut)
    return [cut for cut in kept if _shorter(cut) >= min_words] or [_hull(cuts)]


def _shorter(block: Block) -> int:
    return min(block[1] - block[0], block[3] - block[2])


def _hull(cuts: Sequence[Block]) -> Block:
    return cuts[0][0], cuts[-1][1], min(cut[2] for cut in cuts), max(cut[3] for cut in cuts)
