"""The compiled loop behind `dedupe.reuse.many`: which sentences of two documents seed a reworded passage.

The same figures as `reuse.likeness` gives, to the last bit, and the same decision, for pair after pair of
documents: one is put into a hash table once and met by all its partners; figures are worked out for those
sentences only that share enough to be seeds at all.
"""

from __future__ import annotations

import numpy as np

from dedupe.reuse.kernels_bundle import GramPlaces, TermTable, UnitTable
from dedupe.reuse.kernels_twins import HOMES, SIEVE_BYTES, put, twins
from dedupe.reuse.likeness import FEW, PROMISE
from dedupe.reuse.prepared import F32, F64
from dedupe.text.kernels import I32, I64, U64, Flags, kernel

NEARLY = 1 - 1e-9
"""A bound that must not be missed for rounding."""
CLEAR = 0.01
"""A difference is no bound where less than so much of what it is taken from is left: rounding would tell."""
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_PLACES = np.zeros(64, np.uint8)
_PLACES[[(int(_DE_BRUIJN) << place & (1 << 64) - 1) >> 58 for place in range(64)]] = np.arange(64)


@kernel
def _weigh(frequency: I32, logs: F64, weight: F64) -> None:
    for term in range(len(frequency)):
        weight[term] = logs[frequency[term]]


@kernel
def _norms_of_words(bounds: I32, terms: I32, amounts: F32, weight: F64, busy: Flags, norms: F64) -> None:
    """Write the norm of each sentence that is not busy, from its words."""
    for unit in range(len(norms)):
        if not busy[unit]:
            norm = 0.0
            for at in range(bounds[unit], bounds[unit + 1]):
                norm += (amounts[at] * weight[terms[at]]) ** 2
            norms[unit] = np.sqrt(norm)


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
def _meet(
    terms: I32, twin: I32, weight: F64, posts: I32, twin_posts: I32, units: I32, amounts: F32, width: int, same: I32,
    dot: F64, mass: F64,
) -> None:  # fmt: skip
    """Add up what sentences share, by term in their order, each with all sentences of a and of b that hold it."""
    for hit in range(len(terms)):
        term, other_term = terms[hit], twin[hit]
        each = weight[term]
        low, high = np.uint64(twin_posts[other_term]), np.uint64(twin_posts[other_term + 1])
        for post in range(np.uint64(posts[term]), np.uint64(posts[term + 1])):
            column, theirs = units[post], amounts[post]
            for other in range(low, high):
                cell = np.uint64(units[other] * width + column)
                same[cell] += 1
                dot[cell] += amounts[other] * theirs * each * each
                mass[cell] += each


@kernel
def _meet_letters(
    terms: I32, twin: I32, weight: F64, posts: I32, twin_posts: I32, units: I32, amounts: F32, width: int, busy: Flags,
    same: I32, dot: F64, mass: F64, a_met: F64, b_met: F64,
) -> None:  # fmt: skip
    """The same for n-grams, but for sentences of b that are busy; sentences that share no word are marked. ``a_met``
    and ``b_met`` add up the squares of what each sentence has of them."""
    for hit in range(len(terms)):
        term, other_term = terms[hit], twin[hit]
        each = weight[term]
        low, high = np.uint64(twin_posts[other_term]), np.uint64(twin_posts[other_term + 1])
        for other in range(low, high):
            a_met[np.uint64(units[other])] += np.float64(amounts[other]) ** 2
        for post in range(np.uint64(posts[term]), np.uint64(posts[term + 1])):
            column, theirs = units[post], amounts[post]
            b_met[np.uint64(column)] += np.float64(theirs) ** 2
            if busy[np.uint64(column)]:
                continue
            for other in range(low, high):
                ours = amounts[other]
                product = ours * theirs
                cell = np.uint64(units[other] * width + column)
                known = same[cell]
                same[cell] = -1 if known == 0 and product > np.float32(0.0) else known
                dot[cell] += product * each * each
                mass[cell] += (ours if ours < theirs else theirs) * each


@kernel
def _promising(mass: F64, busy_a: Flags, busy_b: Flags) -> bool:
    """Whether any two sentences that are not busy share words that weigh ``PROMISE``."""
    width = len(busy_b)
    for i in range(len(busy_a)):
        if not busy_a[i]:
            some = False
            row = mass[i * width : (i + 1) * width]
            for j in range(width):  # without a branch: next to no row has one
                some |= (row[j] >= PROMISE) & ~busy_b[j]
            if some:
                return True
    return False


@kernel
def seeds(
    pairs: I32, offsets: I64, of_sentences: I64, sentences: I32, words: TermTable, units: UnitTable, grams: TermTable,
    places: GramPlaces, of_busy: I64, busy: Flags, logs: F64, of_words: I64, of_grams: I64, low_cosine: float,
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
    w_homes, g_homes = np.empty(HOMES, np.int32), np.empty(HOMES, np.int32)
    w_sieve, g_sieve = np.empty(SIEVE_BYTES, np.uint8), np.empty(SIEVE_BYTES, np.uint8)
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
    a_met, b_met = np.zeros(widest, np.float64), np.zeros(widest, np.float64)
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
            put(words.distinct[first_a:last_a], w_homes, w_sieve)
            w_home = a
        told = logs[of_words[total] :]
        _weigh(words.frequency[first_a:last_a], told, a_weight)
        _weigh(words.frequency[first:last], told, weight)
        shared = twins(
            words.distinct[first:last], words.frequency[first:last], words.distinct[first_a:last_a],
            words.frequency[first_a:last_a], told,
            w_homes, w_sieve, likely, twin, weight, stamps, a_weight, a_stamps, row,
        )  # fmt: skip
        for cell in range(na * nb):
            dot[cell] = 0.0
            mass[cell] = 0.0
            same[cell] = 0
        own = of_busy[row]
        _meet(
            likely[:shared], twin[:shared], weight, w_posts[first : last + 1], w_posts[first_a : last_a + 1],
            w_units, w_amounts, nb, same, dot, mass,
        )  # fmt: skip
        worth = _promising(mass, busy[own : own + na], busy[own + na : own + na + nb])
        a_bounds = units.bounds[units.of_bounds[a] : units.of_bounds[a + 1]]
        b_bounds = units.bounds[units.of_bounds[b] : units.of_bounds[b + 1]]
        held_a = slice(units.of_entries[a], units.of_entries[a + 1])
        held_b = slice(units.of_entries[b], units.of_entries[b + 1])
        _norms_of_words(
            a_bounds, units.entry[held_a], units.weight[held_a], a_weight, busy[own : own + na], aw_norm[:na]
        )
        _norms_of_words(
            b_bounds,
            units.entry[held_b],
            units.weight[held_b],
            weight,
            busy[own + na : own + na + nb],
            bw_norm[:nb],
        )
        for i in range(na):
            if worth:
                break
            if busy[own + i]:
                continue
            least = low_cosine * aw_norm[i]
            some = False
            for j in range(nb):  # without a branch: next to no row has one
                some |= (
                    (dot[i * nb + j] > 0.0) & (dot[i * nb + j] >= least * bw_norm[j]) & ~busy[own + na + j]
                )
            worth |= some
        if not worth:
            continue
        first_a, last_a = grams.of_terms[a], grams.of_terms[a + 1]
        first, last = grams.of_terms[b], grams.of_terms[b + 1]
        if g_home != a:
            put(grams.distinct[first_a:last_a], g_homes, g_sieve)
            g_home = a
        told = logs[of_grams[total] :]
        shared = twins(
            grams.distinct[first:last], grams.frequency[first:last], grams.distinct[first_a:last_a],
            grams.frequency[first_a:last_a], told, g_homes, g_sieve, likely, twin, weight, g_stamps, a_weight,
            ag_stamps, row,
        )  # fmt: skip
        for cell in range(na * nb):
            g_dot[cell] = 0.0
            g_mass[cell] = 0.0
        for i in range(na):
            ag_norm[i] = -1.0
            a_met[i] = 0.0
        for j in range(nb):
            bg_norm[j] = -1.0
            b_met[j] = 0.0
        _meet_letters(
            likely[:shared], twin[:shared], weight, g_posts[first : last + 1], g_posts[first_a : last_a + 1],
            g_units, g_amounts, nb, busy[own + na : own + na + nb], same, g_dot, g_mass, a_met, b_met,
        )  # fmt: skip
        alone_a, alone_b = places.alone[of_sentences[a] :], places.alone[of_sentences[b] :]
        for i in range(na):
            if busy[own + i]:
                continue
            for j in range(nb):
                cell = i * nb + j
                if same[cell] == 0 or busy[own + na + j]:
                    continue
                cosine = dot[cell] / (aw_norm[i] * bw_norm[j]) if dot[cell] > 0.0 else 0.0
                alike = False
                if cosine >= low_cosine:
                    sizes = a_bounds[i + 1] - a_bounds[i] + b_bounds[j + 1] - b_bounds[j]
                    alike = (2.0 * max(same[cell], 0) / sizes if sizes > 0 else 0.0) >= low_dice
                if not alike:
                    if g_mass[cell] < low_strength * NEARLY or g_dot[cell] <= 0.0 < low_strength:
                        continue
                    # Both norms are at least what n-grams of one sentence only, in both documents, make.
                    rest_a, rest_b = alone_a[i] - a_met[i], alone_b[j] - b_met[j]
                    if rest_a > CLEAR * alone_a[i] and rest_b > CLEAR * alone_b[j]:
                        most = g_mass[cell] * g_dot[cell] / (told[1] * told[1])
                        if most**2 < (low_strength * NEARLY) ** 2 * rest_a * rest_b:
                            continue
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
                    if g_mass[cell] * (g_dot[cell] / (ag_norm[i] * bg_norm[j])) < low_strength:
                        continue
                if count == len(found):
                    found = np.concatenate((found, np.empty((count, 3), np.int32)))
                found[count, 0] = row
                found[count, 1] = i
                found[count, 2] = j
                count += 1
    return found[:count].copy()
