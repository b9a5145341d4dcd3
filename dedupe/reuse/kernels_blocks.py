"""The compiled loops behind `dedupe.reuse.many`: gathered seeds → bounded and measured blocks, for many pairs
of documents."""

from __future__ import annotations

import numpy as np

from dedupe.reuse.edges import _refined
from dedupe.reuse.kernels_bundle import TermTable
from dedupe.reuse.kernels_seeds import SIEVE_BYTES, into_table, twins
from dedupe.reuse.likeness import FEW
from dedupe.reuse.measures import _bag, _compare
from dedupe.reuse.prepared import F32, F64
from dedupe.reuse.prepared import _grams as grams_of
from dedupe.text.kernels import I32, I64, U32, U64, Bytes, Flags, kernel


@kernel
def covered(offsets: I64, pairs: I32, of_blocks: I64, blocks: I32, of_sentences: I64, sentences: I32,
            most: float) -> tuple[I64, Flags]:  # fmt: skip
    """Return, for the sentences of a and then of b of each pair, whether blocks hold more than ``most`` of
    a sentence's words; and where each pair's begin."""
    of_busy = np.zeros(len(pairs) + 1, np.int64)
    longest = 1
    for row in range(len(pairs)):
        of_busy[row + 1] = of_busy[row]
        for side in range(2):
            document = pairs[row, side]
            of_busy[row + 1] += of_sentences[document + 1] - of_sentences[document]
            longest = max(longest, offsets[document + 1] - offsets[document])
    busy = np.zeros(of_busy[len(pairs)], np.bool_)
    marked = np.zeros(longest + 1, np.int32)
    for row in range(len(pairs)):
        if of_blocks[row] == of_blocks[row + 1]:
            continue
        at = of_busy[row]
        for side in range(2):
            document = pairs[row, side]
            length = offsets[document + 1] - offsets[document]
            marked[: length + 1] = 0
            for block in range(of_blocks[row], of_blocks[row + 1]):
                for word in range(blocks[block, 2 * side], blocks[block, 2 * side + 1]):
                    marked[word + 1] = 1
            for word in range(length):
                marked[word + 1] += marked[word]
            for number in range(of_sentences[document], of_sentences[document + 1]):
                start, stop = sentences[number, 0], sentences[number, 1]
                busy[at] = (marked[stop] - marked[start]) / max(stop - start, 1) > most
                at += 1
    return of_busy, busy


@kernel
def _cut(start: int, stop: int, low: int, high: int) -> tuple[int, int]:
    if low <= start:
        return max(start, high), stop
    return (start, low) if high >= stop else (start, stop)


@kernel
def _overlap(block: I32, other: I32) -> bool:
    return bool(block[0] < other[1] and other[0] < block[1] and block[2] < other[3] and other[2] < block[3])


@kernel
def _exact_share(block: I32, exact: I32, inside: Flags) -> float:
    """Return the share of a block's words, on the side with less, that exact passages inside it hold."""
    least = 1.0
    for side in range(2):
        start, stop = block[2 * side], block[2 * side + 1]
        inside[: stop - start] = False
        for other in range(len(exact)):
            if _overlap(block, exact[other]):
                for word in range(max(start, exact[other, 2 * side]), min(stop, exact[other, 2 * side + 1])):
                    inside[word - start] = True
        held = 0
        for word in range(stop - start):
            held += inside[word]
        least = min(least, held / (stop - start))
    return least


@kernel
def _within(sentences: I32, start: int, stop: int) -> tuple[int, int]:
    """Return the first and last-plus-one of the sentences that have words between ``start`` and ``stop``."""
    first = 0
    while first < len(sentences) and sentences[first, 1] <= start:
        first += 1
    last = first
    while last < len(sentences) and sentences[last, 0] < stop:
        last += 1
    return first, last


@kernel
def _widest(table: TermTable) -> int:
    most = 1
    for document in range(len(table.of_terms) - 1):
        most = max(most, table.of_terms[document + 1] - table.of_terms[document])
    return most


@kernel
def bounded(
    groups: I32, pairs: I32, of_sentences: I64, sentences: I32, words: TermTable, pieces: TermTable,
    of_pieces: I64, ranges: I32, piece_place: I32, of_exact: I64, exact: I32, solid: Flags, logs: F64,
    of_words: I64, of_cells: I64, cells: F64, min_words: int, stay: float, enter: float,
) -> tuple[I32, F64]:  # fmt: skip
    """Bound groups of seeds (int32[n, 5]: pair, first and last-plus-one sentence of a, of b; sorted by pair).

    Return the blocks of words, empty where nothing is left; and for each the share that exact passages hold
    and what the n-grams that both sides have can weigh at most (``cells``: see `kernels_seeds.seeds`).
    """
    out = np.zeros((len(groups), 4), np.int32)
    figures = np.zeros((len(groups), 2), np.float64)
    most, longest = _widest(words), 1
    for at in range(len(ranges)):
        longest = max(longest, ranges[at, 1])
    inside = np.zeros(longest, np.bool_)
    size = 16
    while size < 2 * most:
        size *= 2
    slots, sieve, last = np.empty(size, np.uint64), np.empty(SIEVE_BYTES, np.uint8), np.uint64(0)
    scratch, stamps = np.empty((2, most + 1), np.int32), np.empty(most, np.int32)
    a_words = b_words = np.empty(0, np.float64)
    twin = np.empty(0, np.int32)
    weighed = home = -1
    for number in range(len(groups)):
        row = groups[number, 0]
        a, b = pairs[row, 0], pairs[row, 1]
        in_a, in_b = (
            sentences[of_sentences[a] : of_sentences[a + 1]],
            sentences[of_sentences[b] : of_sentences[b + 1]],
        )
        if weighed != row:
            if home != a:
                last = into_table(words, a, slots, sieve)
                home = a
            told = logs[of_words[max(FEW, len(in_a) + len(in_b))] :]
            a_words, b_words, twin = _weighed(words, a, b, told, slots, last, sieve, scratch, stamps)
            weighed = row
        pa, pb = piece_place[a], piece_place[b]
        a_ranges, b_ranges = (
            ranges[of_pieces[pa] : of_pieces[pa + 1]],
            ranges[of_pieces[pb] : of_pieces[pb + 1]],
        )
        a_first, a_last = np.searchsorted(
            a_ranges[:, 0], np.array([in_a[groups[number, 1], 0], in_a[groups[number, 2] - 1, 1]])
        )
        b_first, b_last = np.searchsorted(
            b_ranges[:, 0], np.array([in_b[groups[number, 3], 0], in_b[groups[number, 4] - 1, 1]])
        )
        low_a, high_a, low_b, high_b = _refined(
            pieces.bounds[pieces.of_bounds[pa] : pieces.of_bounds[pa + 1]],
            pieces.entry[pieces.of_entries[pa] : pieces.of_entries[pa + 1]],
            pieces.bounds[pieces.of_bounds[pb] : pieces.of_bounds[pb + 1]],
            pieces.entry[pieces.of_entries[pb] : pieces.of_entries[pb + 1]],
            a_words, b_words, twin, a_first, a_last, b_first, b_last, a_ranges, b_ranges,
            min_words, stay, enter,
        )  # fmt: skip
        a_start, a_stop = a_ranges[low_a, 0], a_ranges[high_a - 1, 1]
        b_start, b_stop = b_ranges[low_b, 0], b_ranges[high_b - 1, 1]
        for other in range(of_exact[row], of_exact[row + 1]):
            block = exact[other]
            if (
                solid[other]
                and a_start < block[1] and block[0] < a_stop and b_start < block[3] and block[2] < b_stop
            ):  # fmt: skip
                a_start, a_stop = _cut(a_start, a_stop, block[0], block[1])
                b_start, b_stop = _cut(b_start, b_stop, block[2], block[3])
        if a_stop <= a_start or b_stop <= b_start:
            continue
        out[number, 0], out[number, 1], out[number, 2], out[number, 3] = a_start, a_stop, b_start, b_stop
        figures[number, 0] = _exact_share(out[number], exact[of_exact[row] : of_exact[row + 1]], inside)
        i_first, i_last = _within(in_a, a_start, a_stop)
        j_first, j_last = _within(in_b, b_start, b_stop)
        for i in range(i_first, i_last):
            for j in range(j_first, j_last):
                figures[number, 1] += cells[of_cells[row] + i * len(in_b) + j]
    return out, figures


@kernel
def measured(
    rows: I32, blocks: I32, pairs: I32, offsets: I64, hashes: U64, starts: I32, stops: I32, mask: Flags,
    units: I32, tells: F32, of_codes: I64, codes: U32, table: U32, of_sentences: I64, words: TermTable,
    grams: TermTable, logs: F64, of_words: I64, of_grams: I64,
) -> F64:  # fmt: skip
    """Return the fields of `measures.Figures` for blocks of words in pairs (``rows``, together where equal)."""
    figures = np.zeros((len(blocks), 5), np.float64)
    longest = 1
    for row in rows:
        for side in range(2):
            document = pairs[row, side]
            longest = max(longest, of_codes[document + 1] - of_codes[document] + 2)
    gram_hashes = np.empty(2 * longest, np.uint64)
    gram_units = np.empty(2 * longest, np.int32)
    gram_weights = np.empty(2 * longest, np.float32)
    word_hashes = np.empty(longest, np.uint64)
    ones = np.ones(longest, np.float32)
    most = max(_widest(words), _widest(grams))
    size = 16
    while size < 2 * most:
        size *= 2
    w_slots, g_slots = np.empty(size, np.uint64), np.empty(size, np.uint64)
    w_sieve, g_sieve = np.empty(SIEVE_BYTES, np.uint8), np.empty(SIEVE_BYTES, np.uint8)
    w_last = g_last = np.uint64(0)
    scratch, stamps = np.empty((2, most + 1), np.int32), np.empty(most, np.int32)
    a_words = b_words = a_grams = b_grams = np.empty(0, np.float64)
    word_twin = gram_twin = np.empty(0, np.int32)
    weighed = home = -1
    for number in range(len(blocks)):
        row = rows[number]
        a, b = pairs[row, 0], pairs[row, 1]
        a_start, a_stop, b_start, b_stop = blocks[number]
        if weighed != row:
            if home != a:
                w_last = into_table(words, a, w_slots, w_sieve)
                g_last = into_table(grams, a, g_slots, g_sieve)
                home = a
            total = max(FEW, of_sentences[a + 1] - of_sentences[a] + of_sentences[b + 1] - of_sentences[b])
            a_words, b_words, word_twin = _weighed(
                words, a, b, logs[of_words[total] :], w_slots, w_last, w_sieve, scratch, stamps
            )
            a_grams, b_grams, gram_twin = _weighed(
                grams, a, b, logs[of_grams[total] :], g_slots, g_last, g_sieve, scratch, stamps
            )
            weighed = row
        wa, wb = (
            slice(words.of_terms[a], words.of_terms[a + 1]),
            slice(words.of_terms[b], words.of_terms[b + 1]),
        )
        ga, gb = (
            slice(grams.of_terms[a], grams.of_terms[a + 1]),
            slice(grams.of_terms[b], grams.of_terms[b + 1]),
        )
        held = _words_in(a, a_start, a_stop, offsets, hashes, mask, word_hashes)
        left = _bag(words.distinct[wa], word_hashes[:held], ones[:held])
        held = _grams_in(a, a_start, a_stop, offsets, starts, stops, units, tells, of_codes, codes, table,
                         gram_hashes, gram_units, gram_weights)  # fmt: skip
        left_grams = _bag(grams.distinct[ga], gram_hashes[:held], gram_weights[:held])
        held = _words_in(b, b_start, b_stop, offsets, hashes, mask, word_hashes)
        right = _bag(words.distinct[wb], word_hashes[:held], ones[:held])
        held = _grams_in(b, b_start, b_stop, offsets, starts, stops, units, tells, of_codes, codes, table,
                         gram_hashes, gram_units, gram_weights)  # fmt: skip
        right_grams = _bag(grams.distinct[gb], gram_hashes[:held], gram_weights[:held])
        cosine, _, a_contained, b_contained = _compare(left, right, a_words, b_words, word_twin)
        wording, mass, _, _ = _compare(left_grams, right_grams, a_grams, b_grams, gram_twin)
        figures[number, 0], figures[number, 1], figures[number, 2] = cosine, wording, mass
        figures[number, 3], figures[number, 4] = a_contained, b_contained
    return figures


@kernel
def _weighed(
    table: TermTable, a: int, b: int, logs: F64, slots: U64, last: np.uint64, sieve: Bytes, scratch: I32,
    stamps: I32,
) -> tuple[F64, F64, I32]:  # fmt: skip
    """Return what `likeness._merge` does: each term's weight in a and in b, and the index in b of each term
    of a, or -1. Document a is in the hash table."""
    count, others = table.of_terms[a + 1] - table.of_terms[a], table.of_terms[b + 1] - table.of_terms[b]
    a_weight, b_weight = np.empty(count, np.float64), np.empty(others, np.float64)
    for term in range(count):
        a_weight[term] = logs[table.frequency[table.of_terms[a] + term]]
    back = scratch[1]
    twins(table, b, table, a, logs, slots, last, sieve, scratch[0], back, b_weight, a_weight, stamps, 0)
    twin = np.full(count, -1, np.int32)
    for term in range(others):
        if back[term] >= 0:
            twin[back[term]] = term
    return a_weight, b_weight, twin


@kernel
def _words_in(document: int, start: int, stop: int, offsets: I64, hashes: U64, mask: Flags, out: U64) -> int:
    """Write the words of a block that are no furniture; return how many."""
    held = 0
    for word in range(offsets[document] + start, offsets[document] + stop):
        if not mask[word]:
            out[held] = hashes[word]
            held += 1
    return held


@kernel
def _grams_in(
    document: int, start: int, stop: int, offsets: I64, starts: I32, stops: I32, units: I32, tells: F32,
    of_codes: I64, codes: U32, table: U32, hashes: U64, owners: I32, weights: F32,
) -> int:  # fmt: skip
    first, last = offsets[document] + start, offsets[document] + stop
    low = starts[first]
    base = of_codes[document]
    return grams_of(
        codes[base + low : base + stops[last - 1]], low, table, starts[first:last], stops[first:last],
        units[first:last], tells[first:last], hashes, owners, weights,
    )  # fmt: skip
