"""The compiled loop behind `dedupe.reuse.many`: which sentences of two documents seed a reworded passage.

The same figures as `reuse.likeness` gives, to the last bit, and the same decision, for pair after pair of
documents: one is put into a hash table once and met by all its partners; figures are worked out for those
sentences only that share enough to be seeds at all.
"""

from __future__ import annotations

import numpy as np

from dedupe.reuse.kernels_bundle import GramPlaces, TermTable
from dedupe.reuse.likeness import COMMON, FEW, PROMISE
from dedupe.reuse.prepared import F32, F64
from dedupe.text.kernels import I32, I64, U64, Bytes, Flags, kernel

NEARLY = 1 - 1e-9
"""A bound that must not be missed for rounding."""
_SIEVE_BITS = 15
_SIEVE_SHIFT = np.uint64(64 - _SIEVE_BITS)
SIEVE_BYTES = 1 << (_SIEVE_BITS - 3)
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_PLACES = np.zeros(64, np.uint8)
_PLACES[[(int(_DE_BRUIJN) << place & (1 << 64) - 1) >> 58 for place in range(64)]] = np.arange(64)
_HIGH, _LOW = np.uint64(0xFFFFFFFF00000000), np.uint64(0xFFFFFFFF)


# Functions called in loops take arrays, not tables of arrays: each look into a table costs a count of references.


@kernel
def into_table(distinct: U64, slots: U64, sieve: Bytes) -> np.uint64:
    """Put the distinct terms of a document into an open hash table, by number and the first half of their
    hash, and into a sieve of one bit each; return the table's last slot."""
    size = 16
    while size < 2 * len(distinct):
        size *= 2
    last = np.uint64(size - 1)
    slots[:size] = 0
    sieve[:] = 0
    for term in range(len(distinct)):
        key = distinct[term]
        slot = key & last
        while slots[slot]:
            slot = (slot + np.uint64(1)) & last
        slots[slot] = (key & _HIGH) | np.uint64(term + 1)
        bit = key >> _SIEVE_SHIFT
        sieve[bit >> np.uint64(3)] |= np.uint8(1) << np.uint8(bit & np.uint64(7))
    return last


@kernel
def twins(
    distinct: U64, frequency: I32, in_table: U64, in_frequency: I32, logs: F64, slots: U64, last: np.uint64,
    sieve: Bytes, likely: I32, twin: I32, weight: F64, stamps: I32, own_weight: F64, own_stamps: I32, stamp: int,
) -> int:  # fmt: skip
    """Write the terms of a document that have a twin in the document in the hash table to ``likely``, in order,
    and to ``twin`` those twins; for both, what they weigh in this pair and a stamp. Return how many there are."""
    hits = 0
    for term in range(len(distinct)):  # without a branch, the few that pass the sieve
        bit = distinct[term] >> _SIEVE_SHIFT
        likely[hits] = term
        hits += (sieve[bit >> np.uint64(3)] >> np.uint8(bit & np.uint64(7))) & 1
    count = 0
    for hit in range(hits):
        term = likely[hit]
        key = distinct[term]
        slot = key & last
        while slots[slot]:
            if (slots[slot] ^ key) >> np.uint64(32) == 0:
                found = np.int64(slots[slot] & _LOW) - 1
                if in_table[found] == key:
                    mine, theirs = frequency[term], in_frequency[found]
                    told = logs[mine + theirs]
                    if np.int64(mine) * np.int64(theirs) > COMMON:
                        told = 0.0
                    else:
                        likely[count] = term
                        twin[count] = found
                        count += 1
                    weight[term] = own_weight[found] = told
                    stamps[term] = own_stamps[found] = stamp
                    break
            slot = (slot + np.uint64(1)) & last
    return count


@kernel
def _fill(frequency: I32, logs: F64, stamps: I32, stamp: int, weight: F64) -> None:
    """Weigh the terms that have no stamp."""
    for term in range(len(frequency)):
        if stamps[term] != stamp:
            weight[term] = logs[frequency[term]]


@kernel
def _norms(posts: I32, units: I32, amounts: F32, weight: F64, norms: F64, sizes: I32) -> None:
    """Write the norm of each sentence and how many words it has, from the postings of all terms."""
    norms[:] = 0.0
    sizes[:] = 0
    for term in range(len(posts) - 1):
        for post in range(posts[term], posts[term + 1]):
            norms[units[post]] += (amounts[post] * weight[term]) ** 2
            sizes[units[post]] += 1
    for unit in range(len(norms)):
        norms[unit] = np.sqrt(norms[unit])


@kernel
def _norm_of_grams(
    terms: I32, weights: F32, frequency: I32, told: F64, stamps: I32, stamp: int, logs: F64, amounts: F32, marks: U64
) -> float:  # fmt: skip
    """Return the norm of a sentence from its n-grams as they stand there: those with the stamp have been ``told``
    what they weigh. ``amounts`` and ``marks`` are all 0, and left so."""
    for at in range(len(terms)):
        term = terms[at]
        amounts[term] = max(amounts[term], weights[at])
        marks[term >> 6] |= np.uint64(1) << np.uint64(term & 63)
    norm = 0.0
    for part in range(len(frequency) // 64 + 1):
        bits = marks[part]
        marks[part] = 0
        while bits:
            term = 64 * part + lowest(bits)
            bits &= bits - np.uint64(1)
            each = told[term] if stamps[term] == stamp else logs[frequency[term]]
            norm += (amounts[term] * each) ** 2
            amounts[term] = 0.0
    return float(np.sqrt(norm))


@kernel
def lowest(bits: np.uint64) -> int:
    """Return the place of the lowest bit that is set: of a number of which no six bits in a row are alike, the
    product with it begins with other bits each time (Leiserson, Prokop and Randall 1998)."""
    return int(_PLACES[((bits & (~bits + np.uint64(1))) * _DE_BRUIJN) >> np.uint64(58)])


@kernel
def _range(places: GramPlaces, base: int, first: int, words: I32) -> tuple[int, int]:
    """Return where the n-grams of a range of words begin and end."""
    return base + places.firsts[first + words[0]], base + places.lasts[first + words[1] - 1]


@kernel
def seeds(
    pairs: I32, offsets: I64, of_sentences: I64, sentences: I32, words: TermTable, grams: TermTable, places: GramPlaces,
    of_busy: I64, busy: Flags, logs: F64, of_words: I64, of_grams: I64, low_cosine: float,
    low_dice: float, low_strength: float, largest: int,
) -> I32:  # fmt: skip
    """Return int32[n, 3], pair and sentences of a and b, sorted.

    ``busy[of_busy[p]:]`` has a flag for each sentence of a, then of b. ``logs[of_words[total]:]`` and
    ``logs[of_grams[total]:]`` are the weights of a term by the number of sentences that hold it. Pairs
    with more than ``largest`` pairs of sentences are left out.
    """
    widest = most_terms = area = 1
    for row in range(len(pairs)):
        for side in range(2):
            document = pairs[row, side]
            widest = max(widest, of_sentences[document + 1] - of_sentences[document])
            most_terms = max(most_terms, words.of_terms[document + 1] - words.of_terms[document])
            most_terms = max(most_terms, grams.of_terms[document + 1] - grams.of_terms[document])
        a, b = pairs[row, 0], pairs[row, 1]
        cells = (of_sentences[a + 1] - of_sentences[a]) * (of_sentences[b + 1] - of_sentences[b])
        if cells <= largest:
            area = max(area, cells)
    size = 16
    while size < 2 * most_terms:
        size *= 2
    w_slots, g_slots = np.empty(size, np.uint64), np.empty(size, np.uint64)
    w_sieve, g_sieve = np.empty(SIEVE_BYTES, np.uint8), np.empty(SIEVE_BYTES, np.uint8)
    w_last = g_last = np.uint64(0)
    likely = np.empty(most_terms + 1, np.int32)
    twin = np.empty(most_terms, np.int32)
    weight, a_weight = np.empty(most_terms, np.float64), np.empty(most_terms, np.float64)
    stamps, a_stamps = np.full(most_terms, -1, np.int32), np.full(most_terms, -1, np.int32)
    g_stamps, ag_stamps = np.full(most_terms, -1, np.int32), np.full(most_terms, -1, np.int32)
    amounts, marks = np.zeros(most_terms, np.float32), np.zeros(most_terms // 64 + 1, np.uint64)
    dot, mass = np.zeros(area, np.float64), np.zeros(area, np.float64)
    g_dot, g_mass = np.zeros(area, np.float64), np.zeros(area, np.float64)
    same = np.zeros(area, np.int32)
    aw_norm, bw_norm = np.zeros(widest, np.float64), np.zeros(widest, np.float64)
    ag_norm, bg_norm = np.zeros(widest, np.float64), np.zeros(widest, np.float64)
    a_sizes, b_sizes = np.zeros(widest, np.int32), np.zeros(widest, np.int32)
    found = np.empty((256, 3), np.int32)
    count = 0
    w_posts, w_units, w_amounts = words.posts, words.post_unit, words.post_weight
    g_posts, g_units, g_amounts = grams.posts, grams.post_unit, grams.post_weight
    w_home = g_home = -1
    for row in range(len(pairs)):
        a, b = pairs[row, 0], pairs[row, 1]
        na, nb = of_sentences[a + 1] - of_sentences[a], of_sentences[b + 1] - of_sentences[b]
        if na == 0 or nb == 0 or na * nb > largest:
            continue
        total = max(FEW, na + nb)
        first_a, last_a = words.of_terms[a], words.of_terms[a + 1]
        first, last = words.of_terms[b], words.of_terms[b + 1]
        if w_home != a:
            w_last = into_table(words.distinct[first_a:last_a], w_slots, w_sieve)
            w_home = a
        told = logs[of_words[total] :]
        shared = twins(
            words.distinct[first:last], words.frequency[first:last], words.distinct[first_a:last_a],
            words.frequency[first_a:last_a], told,
            w_slots, w_last, w_sieve, likely, twin, weight, stamps, a_weight, a_stamps, row,
        )  # fmt: skip
        for cell in range(na * nb):
            dot[cell] = 0.0
            mass[cell] = 0.0
            same[cell] = 0
        own = of_busy[row]
        worth = False
        # By term, in the order of the terms of b, each with all sentences of a and of b that hold it.
        for hit in range(shared):
            term, mine = first + likely[hit], first_a + twin[hit]
            each = weight[likely[hit]]
            for post in range(w_posts[term], w_posts[term + 1]):
                j = w_units[post]
                for other in range(w_posts[mine], w_posts[mine + 1]):
                    cell = w_units[other] * nb + j
                    same[cell] += 1
                    dot[cell] += w_amounts[other] * w_amounts[post] * each * each
                    mass[cell] += each
                    if mass[cell] >= PROMISE and not worth:
                        worth = not busy[own + w_units[other]] and not busy[own + na + j]
        _fill(words.frequency[first_a:last_a], told, a_stamps, row, a_weight)
        _fill(words.frequency[first:last], told, stamps, row, weight)
        _norms(w_posts[first_a : last_a + 1], w_units, w_amounts, a_weight, aw_norm[:na], a_sizes)
        _norms(w_posts[first : last + 1], w_units, w_amounts, weight, bw_norm[:nb], b_sizes)
        for i in range(na):
            if worth:
                break
            if busy[own + i]:
                continue
            least = low_cosine * aw_norm[i]
            some = False
            for j in range(nb):  # without a branch: next to no row has one
                some |= (dot[i * nb + j] > 0.0) & (dot[i * nb + j] >= least * bw_norm[j])
            for j in range(nb if some else 0):
                if dot[i * nb + j] > 0.0 and dot[i * nb + j] >= least * bw_norm[j] and not busy[own + na + j]:
                    worth = True
        if not worth:
            continue
        first_a, last_a = grams.of_terms[a], grams.of_terms[a + 1]
        first, last = grams.of_terms[b], grams.of_terms[b + 1]
        if g_home != a:
            g_last = into_table(grams.distinct[first_a:last_a], g_slots, g_sieve)
            g_home = a
        told = logs[of_grams[total] :]
        shared = twins(
            grams.distinct[first:last], grams.frequency[first:last], grams.distinct[first_a:last_a],
            grams.frequency[first_a:last_a], told, g_slots, g_last, g_sieve, likely, twin, weight, g_stamps, a_weight,
            ag_stamps, row,
        )  # fmt: skip
        for cell in range(na * nb):
            g_dot[cell] = 0.0
            g_mass[cell] = 0.0
        for hit in range(shared):
            term, mine = first + likely[hit], first_a + twin[hit]
            each = weight[likely[hit]]
            for post in range(g_posts[term], g_posts[term + 1]):
                j = g_units[post]
                theirs = g_amounts[post]
                if theirs == 0.0 or busy[own + na + j]:
                    continue
                for other in range(g_posts[mine], g_posts[mine + 1]):
                    ours = g_amounts[other]
                    if ours == 0.0:
                        continue
                    cell = g_units[other] * nb + j
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
                        low, high = _range(
                            places, grams.of_places[a], offsets[a], sentences[of_sentences[a] + i]
                        )
                        ag_norm[i] = _norm_of_grams(
                            grams.term_of[low:high], places.weights[low:high], grams.frequency[first_a:last_a],
                            a_weight, ag_stamps, row, told, amounts, marks,
                        )  # fmt: skip
                    if bg_norm[j] < 0.0:
                        low, high = _range(
                            places, grams.of_places[b], offsets[b], sentences[of_sentences[b] + j]
                        )
                        bg_norm[j] = _norm_of_grams(
                            grams.term_of[low:high], places.weights[low:high], grams.frequency[first:last],
                            weight, g_stamps, row, told, amounts, marks,
                        )  # fmt: skip
                    wording = g_dot[cell] / (ag_norm[i] * bg_norm[j])
                sizes = a_sizes[i] + b_sizes[j]
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
