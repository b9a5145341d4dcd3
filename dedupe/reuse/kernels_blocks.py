"""The compiled loops behind `dedupe.reuse.many`: gathered seeds → bounded and measured blocks, for many pairs
of documents."""

from __future__ import annotations

import numpy as np

from dedupe.reuse.edges import _refined
from dedupe.reuse.kernels_bundle import GramPlaces, TermTable
from dedupe.reuse.kernels_seeds import lowest
from dedupe.reuse.kernels_twins import HOMES, SIEVE_BYTES, put, twins
from dedupe.reuse.likeness import FEW
from dedupe.reuse.prepared import F64
from dedupe.text.kernels import I32, I64, U64, Bytes, Flags, kernel


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
def _widest(table: TermTable) -> int:
    most = 1
    for document in range(len(table.of_terms) - 1):
        most = max(most, table.of_terms[document + 1] - table.of_terms[document])
    return most


@kernel
def bounded(
    groups: I32, pairs: I32, of_sentences: I64, sentences: I32, words: TermTable, of_pieces: I64, ranges: I32,
    starts: I32, entry: I32, piece_place: I32, of_exact: I64, exact: I32, solid: Flags, logs: F64,
    of_words: I64, min_words: int, stay: float, enter: float,
) -> tuple[I32, F64]:  # fmt: skip
    """Bound groups of seeds (int32[n, 5]: pair, first and last-plus-one sentence of a, of b; sorted by pair).

    Return the blocks of words, empty where nothing is left; and for each the share that exact passages hold.
    """
    out = np.zeros((len(groups), 4), np.int32)
    shares = np.zeros(len(groups), np.float64)
    most, longest = _widest(words), 1
    for at in range(len(ranges)):
        longest = max(longest, ranges[at, 1])
    inside = np.zeros(longest, np.bool_)
    homes, sieve = np.empty(HOMES, np.int32), np.empty(SIEVE_BYTES, np.uint8)
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
                put(words.distinct[words.of_terms[a] : words.of_terms[a + 1]], homes, sieve)
                home = a
            told = logs[of_words[max(FEW, len(in_a) + len(in_b))] :]
            a_words, b_words, twin = _weighed(words, a, b, told, homes, sieve, scratch, stamps)
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
            starts[of_pieces[pa] : of_pieces[pa + 1] + 1], entry,
            starts[of_pieces[pb] : of_pieces[pb + 1] + 1], entry,
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
        shares[number] = _exact_share(out[number], exact[of_exact[row] : of_exact[row + 1]], inside)
    return out, shares


@kernel
def measured(
    rows: I32, blocks: I32, pairs: I32, offsets: I64, hashes: U64, mask: Flags, of_sentences: I64,
    words: TermTable, grams: TermTable, places: GramPlaces, logs: F64, of_words: I64, of_grams: I64,
) -> F64:  # fmt: skip
    """Return the fields of `measures.Figures` for blocks of words in pairs (``rows``): what `measures.figures`
    does, with the terms of the blocks alone."""
    figures = np.zeros((len(blocks), 5), np.float64)
    most = max(_widest(words), _widest(grams))
    amounts, marks = np.zeros((2, most), np.float64), np.zeros((2, most // 64 + 1), np.uint64)
    in_words, in_grams, weights = words.term_of, grams.term_of, places.weights
    of_words_homes, of_words_sieve = np.empty(HOMES, np.int32), np.empty(SIEVE_BYTES, np.uint8)
    of_grams_homes, of_grams_sieve = np.empty(HOMES, np.int32), np.empty(SIEVE_BYTES, np.uint8)
    scratch = np.empty((2, most + 1), np.int32)
    # For words and for n-grams: what terms of a and b weigh that both have, the pair that this was told for, and
    # the twin in b of each term of a.
    told = np.empty((2, 2, most), np.float64)
    stamps, twin = np.full((2, 2, most), -1, np.int32), np.zeros((2, most), np.int32)
    home = weighed = -1
    for number in range(len(blocks)):
        row = rows[number]
        a, b = pairs[row, 0], pairs[row, 1]
        total = max(FEW, of_sentences[a + 1] - of_sentences[a] + of_sentences[b + 1] - of_sentences[b])
        word_logs, gram_logs = logs[of_words[total] :], logs[of_grams[total] :]
        if home != a:
            put(words.distinct[words.of_terms[a] : words.of_terms[a + 1]], of_words_homes, of_words_sieve)
            put(grams.distinct[grams.of_terms[a] : grams.of_terms[a + 1]], of_grams_homes, of_grams_sieve)
            home = a
        if weighed != row:
            _tell(
                words,
                a,
                b,
                word_logs,
                of_words_homes,
                of_words_sieve,
                scratch,
                told[0],
                stamps[0],
                twin[0],
                row,
            )
            _tell(
                grams,
                a,
                b,
                gram_logs,
                of_grams_homes,
                of_grams_sieve,
                scratch,
                told[1],
                stamps[1],
                twin[1],
                row,
            )
            weighed = row
        for side, document in ((0, a), (1, b)):
            first = offsets[document]
            for word in range(first + blocks[number, 2 * side], first + blocks[number, 2 * side + 1]):
                if mask[word]:
                    continue
                term = int(in_words[word])
                if term < 0:  # outside of sentences; maybe inside elsewhere
                    term = _place(
                        words.distinct[words.of_terms[document] : words.of_terms[document + 1]], hashes[word]
                    )
                if term >= 0:
                    amounts[side, term] += 1.0
                    marks[side, term >> 6] |= np.uint64(1) << np.uint64(term & 63)
        cosine, _, a_contained, b_contained = _likened(
            words, a, b, amounts, marks, word_logs, told[0], stamps[0], twin[0], row
        )
        for side, document in ((0, a), (1, b)):
            start, stop = blocks[number, 2 * side], blocks[number, 2 * side + 1]
            if stop == start:
                continue
            base, first = grams.of_places[document], offsets[document]
            for at in range(base + places.firsts[first + start], base + places.lasts[first + stop - 1]):
                term = in_grams[at]
                amounts[side, term] += weights[at]
                marks[side, term >> 6] |= np.uint64(1) << np.uint64(term & 63)
        wording, mass, _, _ = _likened(
            grams, a, b, amounts, marks, gram_logs, told[1], stamps[1], twin[1], row
        )
        figures[number, 0], figures[number, 1], figures[number, 2] = cosine, wording, mass
        figures[number, 3], figures[number, 4] = a_contained, b_contained
    return figures


@kernel
def _tell(
    table: TermTable, a: int, b: int, logs: F64, homes: I32, sieve: Bytes, scratch: I32, told: F64, stamps: I32,
    twin: I32, stamp: int,
) -> None:  # fmt: skip
    """Write what the terms weigh that both documents have, and the twins in b of those of a, which is `put`."""
    shared = twins(
        table.distinct[table.of_terms[b] : table.of_terms[b + 1]],
        table.frequency[table.of_terms[b] : table.of_terms[b + 1]],
        table.distinct[table.of_terms[a] : table.of_terms[a + 1]],
        table.frequency[table.of_terms[a] : table.of_terms[a + 1]],
        logs, homes, sieve, scratch[0], scratch[1], told[1], stamps[1], told[0], stamps[0], stamp,
    )  # fmt: skip
    for hit in range(shared):
        twin[scratch[1, hit]] = scratch[0, hit]


@kernel
def _place(distinct: U64, key: np.uint64) -> int:
    """Return the number of a hash among the distinct terms of a document, or -1: near where hashes that spread
    evenly have it, which two more looks correct; by halves where they do not."""
    count = len(distinct)
    if count == 0:
        return -1
    wanted = np.int64(key >> np.uint64(32))
    at = wanted * count >> 32
    for _ in range(2):
        at = at + ((wanted - np.int64(distinct[at] >> np.uint64(32))) * count >> 32)
        at = at if at >= 0 else np.int64(0)
        at = at if at < count else np.int64(count - 1)
    for _ in range(64):
        if distinct[at] == key:
            return int(at)
        if distinct[at] < key:
            at += 1
            if at == count or distinct[at] > key:
                return -1
        else:
            at -= 1
            if at < 0 or distinct[at] < key:
                return -1
    place = np.searchsorted(distinct, key)
    return int(place) if place < count and distinct[place] == key else -1


@kernel
def _likened(
    table: TermTable,
    a: int,
    b: int,
    amounts: F64,
    marks: U64,
    logs: F64,
    told: F64,
    stamps: I32,
    twin: I32,
    stamp: int,
) -> tuple[float, float, float, float]:
    """Return what `measures._compare` does of two bags of terms, added up in the order of the terms; clear
    amounts and marks. Terms with the stamp have been ``told`` what they weigh: 0, where they would link too much."""
    norms, masses = np.zeros(2, np.float64), np.zeros(2, np.float64)
    dot = mass = 0.0
    for side, own in ((1, b), (0, a)):
        # Taken out of the table here: each look at it inside the loop would cost a count of references.
        frequency = table.frequency[table.of_terms[own] : table.of_terms[own + 1]]
        for part in range(len(frequency) // 64 + 1):
            bits = marks[side, part]
            while bits:
                place = 64 * part + lowest(bits)
                bits &= bits - np.uint64(1)
                amount = amounts[side, place]
                shared = stamps[side, place] == stamp
                weight = told[side, place] if shared else logs[frequency[place]]
                norms[side] += (amount * weight) ** 2
                masses[side] += min(amount, 1.0) * weight
                if side == 0 and shared and weight > 0.0:
                    held = amounts[1, twin[place]]
                    dot += amount * held * weight * weight
                    mass += min(amount, held, 1.0) * weight
    for side, own in ((0, a), (1, b)):
        terms = table.of_terms[own + 1] - table.of_terms[own]
        for part in range(terms // 64 + 1):
            bits = marks[side, part]
            while bits:
                amounts[side, 64 * part + lowest(bits)] = 0.0
                bits &= bits - np.uint64(1)
            marks[side, part] = 0
    norm = np.sqrt(norms[0] * norms[1])
    return (
        dot / norm if norm > 0.0 else 0.0,
        mass,
        mass / masses[0] if masses[0] > 0.0 else 0.0,
        mass / masses[1] if masses[1] > 0.0 else 0.0,
    )


@kernel
def _weighed(
    table: TermTable, a: int, b: int, logs: F64, homes: I32, sieve: Bytes, scratch: I32, stamps: I32
) -> tuple[F64, F64, I32]:  # fmt: skip
    """Return what `likeness._merge` does: each term's weight in a and in b, and the index in b of each term
    of a, or -1. Document a is `put`."""
    in_a = table.frequency[table.of_terms[a] : table.of_terms[a + 1]]
    in_b = table.frequency[table.of_terms[b] : table.of_terms[b + 1]]
    a_weight, b_weight = np.empty(len(in_a), np.float64), np.empty(len(in_b), np.float64)
    for term in range(len(in_a)):
        a_weight[term] = logs[in_a[term]]
    for term in range(len(in_b)):
        b_weight[term] = logs[in_b[term]]
    shared = twins(
        table.distinct[table.of_terms[b] : table.of_terms[b + 1]], in_b,
        table.distinct[table.of_terms[a] : table.of_terms[a + 1]], in_a, logs, homes, sieve, scratch[0],
        scratch[1], b_weight, stamps, a_weight, stamps, 0,
    )  # fmt: skip
    twin = np.full(len(in_a), -1, np.int32)
    for hit in range(shared):
        twin[scratch[1, hit]] = scratch[0, hit]
    return a_weight, b_weight, twin
