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
from collections.abc import Sequence

import numpy as np

from dedupe.records import Passage
from dedupe.reuse.guards import guards
from dedupe.reuse.measures import edit_share, kind_of
from dedupe.reuse.prepared import Prepared
from dedupe.reuse.reworded import Block
from dedupe.text.kernels import I32, I64, U64, kernel

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
    _, found = beads_of(
        np.zeros(1, np.int32),
        np.array([block], np.int32),
        np.array([[0, 1]], np.int32),
        np.array([0, len(a.hashes), len(a.hashes) + len(b.hashes)], np.int64),
        np.concatenate((a.hashes, b.hashes)),
        np.array([0, len(a.sentences), len(a.sentences) + len(b.sentences)], np.int64),
        np.concatenate((a.sentences, b.sentences)),
        min_words,
    )
    return [(one[0], one[1], one[2], one[3]) for one in found.tolist()]


@kernel
def beads_of(
    rows: I32, blocks: I32, pairs: I32, offsets: I64, hashes: U64, of_sentences: I64, sentences: I32, min_words: int
) -> tuple[I64, I32]:  # fmt: skip
    """Return what `beads` does for blocks of many pairs: where those of each block begin, and the beads."""
    of_beads = np.zeros(len(blocks) + 1, np.int64)
    out = np.empty((2 * len(blocks) + 16, 4), np.int32)
    count = 0
    for number in range(len(blocks)):
        a, b = pairs[rows[number], 0], pairs[rows[number], 1]
        block = blocks[number]
        in_a = _clipped(sentences[of_sentences[a] : of_sentences[a + 1]], block[0], block[1])
        in_b = _clipped(sentences[of_sentences[b] : of_sentences[b + 1]], block[2], block[3])
        most = max(len(in_a), len(in_b))
        parts = blocks[number : number + 1]
        if min(len(in_a), len(in_b)) > 1 and most <= MOST_SENTENCES:
            cuts = _cuts(hashes[offsets[a] : offsets[a + 1]], in_a, hashes[offsets[b] : offsets[b + 1]], in_b)
            if len(cuts):
                parts = _merged(cuts, min_words)
        if count + len(parts) > len(out):
            out = np.concatenate((out, np.empty((len(out) + len(parts), 4), np.int32)))
        out[count : count + len(parts)] = parts
        count += len(parts)
        of_beads[number + 1] = count
    return of_beads, out[:count].copy()


@kernel
def _clipped(sentences: I32, start: int, stop: int) -> I32:
    """Return the sentences that have words between ``start`` and ``stop``, clipped to it; furniture is in none."""
    out = np.empty((len(sentences), 2), np.int32)
    count = 0
    for at in range(len(sentences)):
        if sentences[at, 0] < stop and sentences[at, 1] > start:
            out[count, 0], out[count, 1] = max(start, sentences[at, 0]), min(stop, sentences[at, 1])
            count += 1
    return out[:count]


@kernel
def _merged(cuts: I32, min_words: int) -> I32:
    """Return the beads with those of less than ``min_words`` joined to the one before, where neither crosses;
    all as one where none is long enough."""
    kept = np.empty((len(cuts), 4), np.int32)
    count = 0
    for at in range(len(cuts)):
        cut = cuts[at]
        if count and cut[2] >= kept[count - 1, 3]:
            last = kept[count - 1]
            if min(cut[1] - cut[0], cut[3] - cut[2], last[1] - last[0], last[3] - last[2]) < min_words:
                last[1], last[3] = cut[1], cut[3]
                continue
        kept[count] = cut
        count += 1
    long = 0
    for at in range(count):
        if min(kept[at, 1] - kept[at, 0], kept[at, 3] - kept[at, 2]) >= min_words:
            kept[long] = kept[at]
            long += 1
    if long == 0:
        kept[0, 0], kept[0, 1] = cuts[0, 0], cuts[-1, 1]
        kept[0, 2], kept[0, 3] = cuts[:, 2].min(), cuts[:, 3].max()
        long = 1
    return kept[:long]


@kernel
def _cuts(a: U64, in_a: I32, b: U64, in_b: I32) -> I32:
    """Return the best beads of two runs of sentences (ranges of words) in order; none where none fit."""
    n, m = len(in_a), len(in_b)
    words_a, words_b = _sets(a, in_a, b, in_b)
    best = np.full((n + 1, m + 1), -np.inf)
    best[0, 0] = 0.0
    made = np.full((n + 1, m + 1), -1, np.int64)
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            for move in range(len(MOVES)):
                di, dj = MOVES[move]
                if di > i or dj > j:
                    continue
                gain = _shared(words_a[i - di : i], words_b[j - dj : j]) - MERGING * (di + dj - 2)
                if best[i - di, j - dj] + gain > best[i, j]:
                    best[i, j], made[i, j] = best[i - di, j - dj] + gain, move
            if i > 1 and j > 1:  # two sentences that change places
                gain = _shared(words_a[i - 2 : i - 1], words_b[j - 1 : j]) - CROSSING
                gain += _shared(words_a[i - 1 : i], words_b[j - 2 : j - 1])
                if best[i - 2, j - 2] + gain > best[i, j]:
                    best[i, j], made[i, j] = best[i - 2, j - 2] + gain, len(MOVES)
    out = np.empty((n + m, 4), np.int32)
    if made[n, m] < 0:
        return out[:0]
    count = 0
    i, j = n, m
    while i > 0:  # from the end
        if made[i, j] == len(MOVES):
            out[count] = (in_a[i - 1, 0], in_a[i - 1, 1], in_b[j - 2, 0], in_b[j - 2, 1])
            out[count + 1] = (in_a[i - 2, 0], in_a[i - 2, 1], in_b[j - 1, 0], in_b[j - 1, 1])
            count += 2
            i, j = i - 2, j - 2
        else:
            di, dj = MOVES[made[i, j]]
            out[count] = (in_a[i - di, 0], in_a[i - 1, 1], in_b[j - dj, 0], in_b[j - 1, 1])
            count += 1
            i, j = i - di, j - dj
    return out[:count][::-1].copy()


@kernel
def _sets(a: U64, in_a: I32, b: U64, in_b: I32) -> tuple[U64, U64]:
    """Return the words of each sentence as bits, numbered among those that both sides have."""
    one = np.unique(a[in_a[0, 0] : in_a[-1, 1]])
    other = np.unique(b[in_b[0, 0] : in_b[-1, 1]])
    both = np.empty(min(len(one), len(other)), np.uint64)
    count = i = j = 0
    while i < len(one) and j < len(other):
        if one[i] == other[j]:
            both[count] = one[i]
            count += 1
        if one[i] <= other[j]:
            i += 1
        else:
            j += 1
    both = both[:count]
    return _bits(a, in_a, both), _bits(b, in_b, both)


@kernel
def _bits(words: U64, ranges: I32, known: U64) -> U64:
    out = np.zeros((len(ranges), len(known) // 64 + 1), np.uint64)
    for sentence in range(len(ranges)):
        for at in range(ranges[sentence, 0], ranges[sentence, 1]):
            place = np.searchsorted(known, words[at])
            if place < len(known) and known[place] == words[at]:
                out[sentence, place // 64] |= np.uint64(1) << np.uint64(place % 64)
    return out


@kernel
def _shared(left: U64, right: U64) -> int:
    """Count the words that two runs of sentences have in common."""
    count = 0
    for part in range(left.shape[1]):
        one = np.uint64(0)
        for sentence in range(len(left)):
            one |= left[sentence, part]
        other = np.uint64(0)
        for sentence in range(len(right)):
            other |= right[sentence, part]
        common = one & other
        while common:
            common &= common - np.uint64(1)
            count += 1
    return count
