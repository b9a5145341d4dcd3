"""Cut a reworded passage of several sentences into beads: the smallest runs of sentences that
correspond one to one.

A credit speaks for sentences, and two outlets may have one sentence of a paragraph from one
agency and the next from another. So a family is a matter of sentences, where wording differs.
The beads are found as sentence aligners do (Gale and Church 1993, "A program for aligning
sentences in bilingual corpora"): one sentence with one, with two, or with three, in order, by
dynamic programming; here the gain of a bead is the number of words that its sides share.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

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

    Together they hold every word of the block once; each has ``min_words`` or more on both sides
    (a shorter one joins its neighbour).
    """
    in_a, in_b = _sentences(a, block[0], block[1]), _sentences(b, block[2], block[3])
    n, m = len(in_a), len(in_b)
    if n < 2 or m < 2 or max(n, m) > MOST_SENTENCES:
        return [block]
    words_a = [np.unique(a.hashes[start:stop]) for start, stop in in_a]
    words_b = [np.unique(b.hashes[start:stop]) for start, stop in in_b]
    best = np.full((n + 1, m + 1), -np.inf)
    best[0, 0] = 0.0
    step = np.zeros((n + 1, m + 1, 2), np.int32)
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            for di, dj in MOVES:
                if di > i or dj > j or best[i - di, j - dj] == -np.inf:
                    continue
                shared = np.intersect1d(_joined(words_a[i - di : i]), _joined(words_b[j - dj : j]))
                gain = best[i - di, j - dj] + len(shared) - MERGING * (di + dj - 2)
                if gain > best[i, j]:
                    best[i, j], step[i, j] = gain, (di, dj)
    if best[n, m] == -np.inf:
        return [block]
    cuts: list[Block] = []
    i, j = n, m
    while i:
        di, dj = step[i, j].tolist()
        cuts.append((in_a[i - di][0], in_a[i - 1][1], in_b[j - dj][0], in_b[j - 1][1]))
        i, j = i - di, j - dj
    return _long_enough(cuts[::-1], min_words)


def _sentences(side: Prepared, start: int, stop: int) -> list[tuple[int, int]]:
    """Return the sentences inside ``start:stop`` (words), gaps given to the sentence before."""
    begins = [max(start, int(first)) for first, last in side.sentences.tolist() if first < stop and last > start]
    if not begins:
        return [(start, stop)]
    begins[0] = start
    return list(zip(begins, [*begins[1:], stop], strict=True))


def _joined(parts: Sequence[np.ndarray]) -> np.ndarray:  # type: ignore[type-arg]
    return parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))


def _long_enough(cuts: Sequence[Block], min_words: int) -> list[Block]:
    kept: list[Block] = []
    for cut in cuts:
        short = min(cut[1] - cut[0], cut[3] - cut[2]) < min_words
        if kept and (short or min(kept[-1][1] - kept[-1][0], kept[-1][3] - kept[-1][2]) < min_words):
            kept[-1] = (kept[-1][0], cut[1], kept[-1][2], cut[3])
        else:
            kept.append(cut)
    return kept
