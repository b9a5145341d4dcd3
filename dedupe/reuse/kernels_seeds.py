"""The compiled loop behind `dedupe.reuse.many`: which sentences of two documents seed a reworded passage.

The same figures as `reuse.likeness` gives, to the last bit, and the same decision, for pair after pair of
documents: one is put into a hash table once and met by all its partners; figures are worked out for those
sentences only that share enough to be seeds at all.
"""

from __future__ import annotations

import numpy as np

from dedupe.reuse.kernels_bundle import TermTable
from dedupe.reuse.likeness import COMMON, FEW, PROMISE
from dedupe.reuse.prepared import F64
from dedupe.text.kernels import I32, I64, U64, Bytes, Flags, kernel

NEARLY = 1 - 1e-9
"""A bound that must not be missed for rounding."""
_SIEVE_BITS = 15
_SIEVE_SHIFT = np.uint64(64 - _SIEVE_BITS)
SIEVE_BYTES = 1 << (_SIEVE_BITS - 3)
_HIGH, _LOW = np.uint64(0xFFFFFFFF00000000), np.uint64(0xFFFFFFFF)


@kernel
def into_table(table: TermTable, place: int, slots: U64, sieve: Bytes) -> np.uint64:
    """Put the distinct terms of a document into an open hash table, by number and the first half of their
    hash, and into a sieve of one bit each; return the table's last slot."""
    first, stop = table.of_terms[place], table.of_terms[place + 1]
    size = 16
    while size < 2 * (stop - first):
        size *= 2
    last = np.uint64(size - 1)
    slots[:size] = 0
    sieve[:] = 0
    for term in range(stop - first):
        key = table.distinct[first + term]
        slot = key & last
        while slots[slot]:
            slot = (slot + np.uint64(1)) & last
        slots[slot] = (key & _HIGH) | np.uint64(term + 1)
        bit = key >> _SIEVE_SHIFT
        sieve[bit >> np.uint64(3)] |= np.uint8(1) << np.uint8(bit & np.uint64(7))
    return last


@kernel
def twins(
    table: TermTable, place: int, other: TermTable, home: int, logs: F64, slots: U64, last: np.uint64,
    sieve: Bytes, likely: I32, twin: I32, weight: F64, own_weight: F64, stamps: I32, stamp: int,
) -> int:  # fmt: skip
    """Write, for each term of a document, its weight in this pair; the terms that have a twin in the document
    in the hash table to ``likely``, in order, and to ``twin`` those twins; for these, weight and a stamp.
    Return how many there are."""
    first = table.of_terms[place]
    of_other = other.of_terms[home]
    hits = 0
    for term in range(table.of_terms[place + 1] - first):  # without a branch, the few that pass the sieve
        bit = table.distinct[first + term] >> _SIEVE_SHIFT
        weight[term] = logs[table.frequency[first + term]]
        likely[hits] = term
        hits += (sieve[bit >> np.uint64(3)] >> np.uint8(bit & np.uint64(7))) & 1
    count = 0
    for hit in range(hits):
        term = likely[hit]
        key = table.distinct[first + term]
        slot = key & last
        while slots[slot]:
            if (slots[slot] ^ key) >> np.uint64(32) == 0:
                found = np.int64(slots[slot] & _LOW) - 1
                if other.distinct[of_other + found] == key:
                    mine, theirs = table.frequency[first + term], other.frequency[of_other + found]
                    told = logs[mine + theirs]
                    if np.int64(mine) * np.int64(theirs) > COMMON:
                        told = 0.0
                    else:
                        likely[count] = term
                        twin[count] = found
                        count += 1
                    weight[term] = told
                    own_weight[found] = told
                    stamps[found] = stamp
                    break
            slot = (slot + np.uint64(1)) & last
    return count


@kernel
def _norm(table: TermTable, place: int, sentence: int, weight: F64) -> float:
    low, first = table.of_bounds[place], table.of_entries[place]
    norm = 0.0
    for at in range(table.bounds[low + sentence], table.bounds[low + sentence + 1]):
        norm += (table.weight[first + at] * weight[table.entry[first + at]]) ** 2
    return float(np.sqrt(norm))


@kernel
def _stamped_norm(
    table: TermTable, place: int, sentence: int, weight: F64, stamps: I32, stamp: int, logs: F64
) -> float:
    """The same where only terms with the stamp have been weighed."""
    low, first, of_terms = table.of_bounds[place], table.of_entries[place], table.of_terms[place]
    norm = 0.0
    for at in range(table.bounds[low + sentence], table.bounds[low + sentence + 1]):
        term = table.entry[first + at]
        told = weight[term] if stamps[term] == stamp else logs[table.frequency[of_terms + term]]
        norm += (table.weight[first + at] * told) ** 2
    return float(np.sqrt(norm))


@kernel
def seeds(
    pairs: I32, words: TermTable, grams: TermTable, of_busy: I64, busy: Flags, logs: F64, of_words: I64,
    of_grams: I64, low_cosine: float, low_dice: float, low_strength: float, largest: int,
) -> I32:  # fmt: skip
    """Return int32[n, 3], pair and sentences of a and b, sorted.

    ``busy[of_busy[p]:]`` has a flag for each sentence of a, then of b. ``logs[of_words[total]:]`` and
    ``logs[of_grams[total]:]`` are the weights of a term by the number of sentences that hold it. Pairs
    with more than ``largest`` pairs of sentences are left out.
    """
    widest = most_terms = most_entries = area = 1
    for row in range(len(pairs)):
        for side in range(2):
            document = pairs[row, side]
            widest = max(widest, words.of_bounds[document + 1] - words.of_bounds[document])
            most_terms = max(most_terms, words.of_terms[document + 1] - words.of_terms[document])
            most_entries = max(most_entries, words.of_entries[document + 1] - words.of_entries[document])
            most_terms = max(most_terms, grams.of_terms[document + 1] - grams.of_terms[document])
            most_entries = max(most_entries, grams.of_entries[document + 1] - grams.of_entries[document])
        cells = (words.of_bounds[pairs[row, 0] + 1] - words.of_bounds[pairs[row, 0]]) * (
            words.of_bounds[pairs[row, 1] + 1] - words.of_bounds[pairs[row, 1]]
        )
        if cells <= 2 * largest:
            area = max(area, cells)
    size = 16
    while size < 2 * most_terms:
        size *= 2
    w_slots, g_slots = np.empty(size, np.uint64), np.empty(size, np.uint64)
    w_sieve, g_sieve = np.empty(SIEVE_BYTES, np.uint8), np.empty(SIEVE_BYTES, np.uint8)
    w_last = g_last = np.uint64(0)
    likely = np.empty(most_terms + 1, np.int32)
    twin = np.empty(most_terms, np.int32)
    weight = np.empty(most_terms, np.float64)
    a_weight, b_weight = np.empty(most_terms, np.float64), np.empty(most_terms, np.float64)
    stamps = np.full(most_terms, -1, np.int32)
    gram_stamps = np.full(most_terms, -1, np.int32)
    dot, mass = np.zeros(area, np.float64), np.zeros(area, np.float64)
    g_dot, g_mass = np.zeros(area, np.float64), np.zeros(area, np.float64)
    same = np.zeros(area, np.int32)
    aw_norm, bw_norm = np.zeros(widest, np.float64), np.zeros(widest, np.float64)
    ag_norm, bg_norm = np.zeros(widest, np.float64), np.zeros(widest, np.float64)
    found = np.empty((256, 3), np.int32)
    count = 0
    w_home = g_home = -1
    for row in range(len(pairs)):
        a, b = pairs[row, 0], pairs[row, 1]
        na = words.of_bounds[a + 1] - words.of_bounds[a] - 1
        nb = words.of_bounds[b + 1] - words.of_bounds[b] - 1
        if na == 0 or nb == 0 or na * nb > largest:
            continue
        total = max(FEW, na + nb)
        if w_home != a:
            w_last = into_table(words, a, w_slots, w_sieve)
            w_home = a
        told = logs[of_words[total] :]
        shared = twins(
            words, b, words, a, told, w_slots, w_last, w_sieve, likely, twin, weight, a_weight, stamps, row
        )
        for cell in range(na * nb):
            dot[cell] = 0.0
            mass[cell] = 0.0
            same[cell] = 0
        # By term, in the order of the terms of b, each with all sentences of a and of b that hold it.
        first, first_a = words.of_terms[b], words.of_terms[a]
        for hit in range(shared):
            term, mine = first + likely[hit], first_a + twin[hit]
            each = weight[likely[hit]]
            for post in range(words.posts[term], words.posts[term + 1]):
                j = words.post_unit[post]
                for other in range(words.posts[mine], words.posts[mine + 1]):
                    cell = words.post_unit[other] * nb + j
                    same[cell] += 1
                    dot[cell] += words.post_weight[other] * words.post_weight[post] * each * each
                    mass[cell] += each
        for i in range(na):
            aw_norm[i] = _stamped_norm(words, a, i, a_weight, stamps, row, told)
        for j in range(nb):
            bw_norm[j] = _norm(words, b, j, weight)
        own = of_busy[row]
        worth = False
        for i in range(na):
            if busy[own + i]:
                continue
            for j in range(nb):
                cell = i * nb + j
                if busy[own + na + j]:
                    continue
                if mass[cell] >= PROMISE or (
                    dot[cell] > 0.0 and dot[cell] >= low_cosine * aw_norm[i] * bw_norm[j]
                ):
                    worth = True
                    break
            if worth:
                break
        if not worth:
            continue
        if g_home != a:
            g_last = into_table(grams, a, g_slots, g_sieve)
            g_home = a
        told = logs[of_grams[total] :]
        shared = twins(
            grams, b, grams, a, told, g_slots, g_last, g_sieve, likely, twin, b_weight, a_weight, gram_stamps, row
        )  # fmt: skip
        for cell in range(na * nb):
            g_dot[cell] = 0.0
            g_mass[cell] = 0.0
        first, first_a = grams.of_terms[b], grams.of_terms[a]
        for hit in range(shared):
            term, mine = first + likely[hit], first_a + twin[hit]
            each = b_weight[likely[hit]]
            for post in range(grams.posts[term], grams.posts[term + 1]):
                j = grams.post_unit[post]
                theirs = grams.post_weight[post]
                if theirs == 0.0 or busy[own + na + j]:
                    continue
                for other in range(grams.posts[mine], grams.posts[mine + 1]):
                    ours = grams.post_weight[other]
                    if ours == 0.0:
                        continue
                    cell = grams.post_unit[other] * nb + j
                    if same[cell] == 0:
                        same[cell] = -1
                    g_dot[cell] += ours * theirs * each * each
                    g_mass[cell] += min(ours, theirs) * each
        for i in range(na):
            ag_norm[i] = -1.0
        for j in range(nb):
            bg_norm[j] = -1.0
        for i in range(na):
            if busy[own + i]:
                continue
            for j in range(nb):
                cell = i * nb + j
                if same[cell] == 0 or busy[own + na + j]:
                    continue
                cosine = dot[cell] / (aw_norm[i] * bw_norm[j]) if dot[cell] > 0.0 else 0.0
                if cosine < low_cosine and g_mass[cell] < low_strength * NEARLY:
                    continue
                wording = 0.0
                if g_dot[cell] > 0.0:
                    if ag_norm[i] < 0.0:
                        ag_norm[i] = _stamped_norm(grams, a, i, a_weight, gram_stamps, row, told)
                    if bg_norm[j] < 0.0:
                        bg_norm[j] = _norm(grams, b, j, b_weight)
                    wording = g_dot[cell] / (ag_norm[i] * bg_norm[j])
                sizes = (
                    words.bounds[words.of_bounds[a] + i + 1] - words.bounds[words.of_bounds[a] + i]
                    + words.bounds[words.of_bounds[b] + j + 1] - words.bounds[words.of_bounds[b] + j]
                )  # fmt: skip
                dice = 2.0 * max(same[cell], 0) / sizes if sizes > 0 else 0.0
                if not (
                    (cosine >= low_cosine and dice >= low_dice) or g_mass[cell] * wording >= low_strength
                ):
                    continue
                if count == len(found):
                    found = np.concatenate((found, np.empty((count, 3), np.int32)))
                found[count, 0] = row
                found[count, 1] = i
                found[count, 2] = j
                count += 1
    return found[:count].copy()
