"""The compiled loops behind `dedupe.reuse.many`: gathered seeds → bounded and measured blocks, and the
measures of exact passages, for many pairs of documents."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedupe.reuse.edges import _refined
from dedupe.reuse.kernels_bundle import DIGIT, TermTable
from dedupe.reuse.kernels_seeds import SIEVE_BYTES, into_table, twins
from dedupe.reuse.likeness import FEW
from dedupe.reuse.measures import _bag, _compare
from dedupe.reuse.prepared import F32, F64
from dedupe.reuse.prepared import _grams as grams_of
from dedupe.text.kernels import I32, I64, U32, U64, Bytes, Flags, kernel

NUMBER, NAME, NEGATION, ROLES = 1, 2, 4, 8
"""Guards that two passages may trip, as bits."""
_MANY = 64


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
def blocks(
    groups: I32, pairs: I32, offsets: I64, hashes: U64, starts: I32, stops: I32, mask: Flags, units: I32,
    tells: F32, of_codes: I64, codes: U32, table: U32, of_sentences: I64, sentences: I32, words: TermTable,
    grams: TermTable, pieces: TermTable, of_pieces: I64, ranges: I32, piece_place: I32,
    of_exact: I64, exact: I32, solid: Flags, logs: F64, of_words: I64, of_grams: I64,
    min_words: int, stay: float, enter: float,
) -> tuple[I32, F64]:  # fmt: skip
    """Bound and measure groups of seeds (int32[n, 5]: pair, first and last-plus-one sentence of a, of b;
    sorted by pair). Return the blocks of words, empty where nothing is left, and for each the fields of
    `measures.Figures` and the share that exact passages hold."""
    out = np.zeros((len(groups), 4), np.int32)
    figures = np.zeros((len(groups), 6), np.float64)
    longest = 1
    for row in range(len(pairs)):
        for side in range(2):
            document = pairs[row, side]
            longest = max(longest, of_codes[document + 1] - of_codes[document] + 2)
    inside = np.zeros(longest, np.bool_)
    gram_hashes = np.empty(2 * longest, np.uint64)
    gram_units = np.empty(2 * longest, np.int32)
    gram_weights = np.empty(2 * longest, np.float32)
    word_hashes = np.empty(longest, np.uint64)
    ones = np.ones(longest, np.float32)
    a_words = b_words = a_grams = b_grams = np.empty(0, np.float64)
    word_twin = gram_twin = np.empty(0, np.int32)
    most = 1
    for document in range(len(offsets) - 1):
        most = max(most, words.of_terms[document + 1] - words.of_terms[document])
        most = max(most, grams.of_terms[document + 1] - grams.of_terms[document])
    size = 16
    while size < 2 * most:
        size *= 2
    w_slots, g_slots = np.empty(size, np.uint64), np.empty(size, np.uint64)
    w_sieve, g_sieve = np.empty(SIEVE_BYTES, np.uint8), np.empty(SIEVE_BYTES, np.uint8)
    w_last = g_last = np.uint64(0)
    scratch, stamps = np.empty((2, most + 1), np.int32), np.empty(most, np.int32)
    weighed = measured = w_home = g_home = -1
    for number in range(len(groups)):
        row = groups[number, 0]
        a, b = pairs[row, 0], pairs[row, 1]
        wa, wb = (
            slice(words.of_terms[a], words.of_terms[a + 1]),
            slice(words.of_terms[b], words.of_terms[b + 1]),
        )
        na, nb = of_sentences[a + 1] - of_sentences[a], of_sentences[b + 1] - of_sentences[b]
        total = max(FEW, na + nb)
        if weighed != row:
            if w_home != a:
                w_last = into_table(words, a, w_slots, w_sieve)
                w_home = a
            a_words, b_words, word_twin = _weighed(
                words, a, b, logs[of_words[total] :], w_slots, w_last, w_sieve, scratch, stamps
            )
            weighed = row
        pa, pb = piece_place[a], piece_place[b]
        a_ranges, b_ranges = (
            ranges[of_pieces[pa] : of_pieces[pa + 1]],
            ranges[of_pieces[pb] : of_pieces[pb + 1]],
        )
        a_first, a_last = np.searchsorted(
            a_ranges[:, 0],
            np.array([sentences[of_sentences[a] + groups[number, 1], 0],
                      sentences[of_sentences[a] + groups[number, 2] - 1, 1]]),
        )  # fmt: skip
        b_first, b_last = np.searchsorted(
            b_ranges[:, 0],
            np.array([sentences[of_sentences[b] + groups[number, 3], 0],
                      sentences[of_sentences[b] + groups[number, 4] - 1, 1]]),
        )  # fmt: skip
        low_a, high_a, low_b, high_b = _refined(
            pieces.bounds[pieces.of_bounds[pa] : pieces.of_bounds[pa + 1]],
            pieces.entry[pieces.of_entries[pa] : pieces.of_entries[pa + 1]],
            pieces.bounds[pieces.of_bounds[pb] : pieces.of_bounds[pb + 1]],
            pieces.entry[pieces.of_entries[pb] : pieces.of_entries[pb + 1]],
            a_words, b_words, word_twin, a_first, a_last, b_first, b_last, a_ranges, b_ranges,
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
        figures[number, 5] = _exact_share(out[number], exact[of_exact[row] : of_exact[row + 1]], inside)
        in_a, in_b = (
            slice(grams.of_terms[a], grams.of_terms[a + 1]),
            slice(grams.of_terms[b], grams.of_terms[b + 1]),
        )
        if measured != row:
            if g_home != a:
                g_last = into_table(grams, a, g_slots, g_sieve)
                g_home = a
            a_grams, b_grams, gram_twin = _weighed(
                grams, a, b, logs[of_grams[total] :], g_slots, g_last, g_sieve, scratch, stamps
            )
            measured = row
        first = offsets[a]
        held = 0
        for word in range(first + a_start, first + a_stop):
            if not mask[word]:
                word_hashes[held] = hashes[word]
                held += 1
        left = _bag(words.distinct[wa], word_hashes[:held], ones[:held])
        held = _grams_in(a, a_start, a_stop, offsets, starts, stops, units, tells, of_codes, codes, table,
                         gram_hashes, gram_units, gram_weights)  # fmt: skip
        left_grams = _bag(grams.distinct[in_a], gram_hashes[:held], gram_weights[:held])
        first = offsets[b]
        held = 0
        for word in range(first + b_start, first + b_stop):
            if not mask[word]:
                word_hashes[held] = hashes[word]
                held += 1
        right = _bag(words.distinct[wb], word_hashes[:held], ones[:held])
        held = _grams_in(b, b_start, b_stop, offsets, starts, stops, units, tells, of_codes, codes, table,
                         gram_hashes, gram_units, gram_weights)  # fmt: skip
        right_grams = _bag(grams.distinct[in_b], gram_hashes[:held], gram_weights[:held])
        cosine, _, a_contained, b_contained = _compare(left, right, a_words, b_words, word_twin)
        wording, mass, _, _ = _compare(left_grams, right_grams, a_grams, b_grams, gram_twin)
        figures[number, 0], figures[number, 1], figures[number, 2] = cosine, wording, mass
        figures[number, 3], figures[number, 4] = a_contained, b_contained
    return out, figures


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


@kernel
def _sum(values: F32) -> Any:
    """Add as numpy does (pairwise, eight at a time): the last bit counts where results are compared."""
    n = len(values)
    if n < 8:
        total = np.float32(0.0)
        for at in range(n):
            total += values[at]
        return total
    if n <= 128:
        r = values[:8].copy()
        at = 8
        while at < n - n % 8:
            for lane in range(8):
                r[lane] += values[at + lane]
            at += 8
        total = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
        while at < n:
            total += values[at]
            at += 1
        return total
    half = n // 2
    half -= half % 8
    return _sum(values[:half]) + _sum(values[half:])


@kernel
def exact_figures(
    pair_of: I32, exact: I32, pairs: I32, offsets: I64, hashes: U64, starts: I32, of_codes: I64, codes: U32,
    traits: Bytes, names: Flags, tells: F32, negators: U64, of_negators: I64, language: I32,
) -> tuple[F64, I32]:  # fmt: skip
    """Return, for each exact passage, its share of edits, ``plain`` and ``telling``, and which guards it may
    trip (bits; `guards.guards` decides)."""
    figures = np.empty((len(exact), 3), np.float64)
    may = np.zeros(len(exact), np.int32)
    for number in range(len(exact)):
        a, b = pairs[pair_of[number], 0], pairs[pair_of[number], 1]
        a_start, a_stop = offsets[a] + exact[number, 0], offsets[a] + exact[number, 1]
        b_start, b_stop = offsets[b] + exact[number, 2], offsets[b] + exact[number, 3]
        share = exact[number, 4] / max(a_stop - a_start, b_stop - b_start)
        plain_a = plain_b = 0
        for word in range(a_start, a_stop):
            plain_a += not names[word]
        for word in range(b_start, b_stop):
            plain_b += not names[word]
        figures[number, 0] = share
        figures[number, 1] = min(plain_a, plain_b)
        figures[number, 2] = min(_sum(tells[a_start:a_stop]), _sum(tells[b_start:b_stop]))
        if exact[number, 4] == 0:
            continue
        in_a, in_b = hashes[a_start:a_stop], hashes[b_start:b_stop]
        known_a, known_b = np.sort(in_a), np.sort(in_b)
        own = 0  # what one side has and the other has not
        for word in range(len(in_a)):
            kind = _kind(codes[of_codes[a] + starts[a_start + word]], traits, names[a_start + word])
            if kind and kind & ~own and not _holds(known_b, in_a[word]):
                own |= kind
        if own:
            theirs = 0
            for word in range(len(in_b)):
                kind = _kind(codes[of_codes[b] + starts[b_start + word]], traits, names[b_start + word])
                if kind and kind & ~theirs and not _holds(known_a, in_b[word]):
                    theirs |= kind
            may[number] |= own & theirs
        if _negated(in_a, negators[of_negators[language[a]] : of_negators[language[a] + 1]]) or _negated(
            in_b, negators[of_negators[language[b]] : of_negators[language[b] + 1]]
        ):
            may[number] |= NEGATION
        if _reordered(in_a, names[a_start:a_stop], in_b, names[b_start:b_stop]):
            may[number] |= ROLES
    return figures, may


@kernel
def _kind(code: int, traits: Bytes, name: bool) -> int:
    return (NUMBER if traits[code] & DIGIT else 0) | (NAME if name else 0)


@kernel
def _holds(ordered: U64, value: np.uint64) -> bool:
    at = np.searchsorted(ordered, value)
    return bool(at < len(ordered) and ordered[at] == value)


@kernel
def _negated(words: U64, negators: U64) -> bool:
    for word in words:  # noqa: SIM110
        if _holds(negators, word):
            return True
    return False


@kernel
def _firsts(words: U64, names: Flags, out: U64) -> int:
    """Write the names in the order in which each comes first, as many as there is room for."""
    count = 0
    for word in range(len(words)):
        if not names[word]:
            continue
        known = False
        for at in range(count):
            if out[at] == words[word]:
                known = True
                break
        if not known:
            if count == len(out):
                return count + 1
            out[count] = words[word]
            count += 1
    return count


@kernel
def _reordered(in_a: U64, a_names: Flags, in_b: U64, b_names: Flags) -> bool:
    """Whether names that both sides have come in another order, or are too many to say."""
    one, other = np.empty(_MANY, np.uint64), np.empty(_MANY, np.uint64)
    ones, others = _firsts(in_a, a_names, one), _firsts(in_b, b_names, other)
    if ones > _MANY or others > _MANY:
        return True
    last = -1
    for at in range(ones):
        for place in range(others):
            if other[place] == one[at]:
                if place < last:
                    return True
                last = place
                break
    return False


@kernel
def closest(of_exact: I64, exact: I32, pairs: I32, offsets: I64, starts: I32, stops: I32, chosen: Flags,
            shares: F64, closer: float, most: float) -> Flags:  # fmt: skip
    """Return which exact passages of the chosen pairs stand: those without a partner that holds ``most`` of
    them on one side and is closer by ``closer``. As `align._kept` has it for exact passages alone."""
    keep = np.zeros(len(exact), np.bool_)
    for row in range(len(pairs)):
        low, high = of_exact[row], of_exact[row + 1]
        if not chosen[row] or low == high:
            continue
        if high - low == 1:
            keep[low] = True
            continue
        a, b = pairs[row, 0], pairs[row, 1]
        spans = np.empty((high - low, 4), np.int64)
        scores = np.empty(high - low, np.float64)
        for at in range(high - low):
            spans[at, 0] = starts[offsets[a] + exact[low + at, 0]]
            spans[at, 1] = stops[offsets[a] + exact[low + at, 1] - 1]
            spans[at, 2] = starts[offsets[b] + exact[low + at, 2]]
            spans[at, 3] = stops[offsets[b] + exact[low + at, 3] - 1]
            scores[at] = np.rint((1.0 - shares[low + at]) * 1e6) / 1e6
        order = np.argsort(-scores, kind="mergesort")  # blocks stand in the order of their places
        better = np.empty(high - low, np.int64)
        count = 0
        for step in range(high - low):
            at = order[step]
            stands = True
            for other in better[:count]:
                in_a = min(spans[other, 1], spans[at, 1]) - max(spans[other, 0], spans[at, 0])
                in_b = min(spans[other, 3], spans[at, 3]) - max(spans[other, 2], spans[at, 2])
                held = in_a > most * (spans[at, 1] - spans[at, 0]) or in_b > most * (
                    spans[at, 3] - spans[at, 2]
                )
                if held and scores[other] > scores[at] + closer:
                    stands = False
                    break
            if stands:
                keep[low + at] = True
                better[count] = at
                count += 1
    return keep
