"""The compiled loops behind `dedupe.reuse.exact`."""

from __future__ import annotations

import numpy as np

from dedupe.reuse.kernels_grams import roll
from dedupe.text.kernels import I32, I64, U64, Flags, kernel

OCCURRENCES = 8  # places in the first document that one gram of the second is tried at
_EFFORT = 64  # words compared while looking for runs, per word of the pair
_NOWHERE = -(1 << 30)


@kernel
def align_pairs(
    offsets: I64,
    hashes: U64,
    mask: Flags,
    pairs: I32,
    k: int,
    min_words: int,
    edit_cost: int,
    drop: int,
) -> I32:
    """Return int32[m, 6]: a_start, a_stop, b_start, b_stop, edits, pair; by pair, a_start, b_start."""
    longest = 1
    for p in range(len(pairs)):
        for side in range(2):
            document = pairs[p, side]
            longest = max(longest, offsets[document + 1] - offsets[document])
    slots = 16
    while slots < 4 * longest:
        slots *= 2
    heads = np.empty(slots, np.int32)
    links = np.empty(longest, np.int32)
    grams = np.empty(len(hashes), np.uint64)  # of the documents that are rolled: most are in several pairs
    rolled = np.zeros(len(offsets) - 1, np.bool_)
    runs = np.empty((OCCURRENCES * longest, 3), np.int32)
    reached = np.empty(2 * longest + 1, np.int32)
    likely = np.empty(longest + 1, np.int32)
    covered_a = np.empty(longest, np.bool_)
    covered_b = np.empty(longest, np.bool_)
    front = np.empty((2, 2 * longest + 5), np.int32)
    keys = np.empty(len(runs), np.int64)
    order = np.empty(len(runs), np.int64)
    out = np.empty((len(pairs) + 16, 6), np.int32)
    count = 0
    indexed = -1
    no_mask = mask[:0]
    width = 0
    for p in range(len(pairs)):
        a, b = pairs[p, 0], pairs[p, 1]
        words_a = hashes[offsets[a] : offsets[a + 1]]
        words_b = hashes[offsets[b] : offsets[b + 1]]
        mask_a = mask[offsets[a] : offsets[a + 1]] if len(mask) else no_mask
        mask_b = mask[offsets[b] : offsets[b + 1]] if len(mask) else no_mask
        if len(words_a) < k or len(words_b) < k:
            continue
        grams_a, grams_b = grams[offsets[a] : offsets[a + 1]], grams[offsets[b] : offsets[b + 1]]
        if not rolled[a]:
            roll(words_a, mask_a, k, grams_a)
            rolled[a] = True
        if not rolled[b]:
            roll(words_b, mask_b, k, grams_b)
            rolled[b] = True
        if a != indexed:
            width = 16
            while width < 4 * len(words_a):
                width *= 2
            _index(grams_a, len(words_a), heads[:width], links)
            indexed = a
        found = _find_runs(
            words_a, words_b, mask_a, mask_b, k, grams_a, grams_b, heads[:width], links, reached, likely, runs
        )
        if found == 0:
            continue
        for i in range(len(words_a)):
            covered_a[i] = False
        for j in range(len(words_b)):
            covered_b[j] = False
        for r in range(found):  # longest run first; ties by place
            order[r] = r
            shortness = np.int64(0xFFFF - min(runs[r, 2], 0xFFFF))
            keys[r] = (shortness << 46) + (np.int64(runs[r, 1]) << 23) + runs[r, 0]
        _sort(keys, order, found)
        first = count
        for r in range(found):
            which = order[r]
            a_start, b_start = int(runs[which, 0]), int(runs[which, 1])
            a_stop, b_stop = a_start + int(runs[which, 2]), b_start + int(runs[which, 2])
            inside = False
            for m in range(first, count):
                if (
                    out[m, 0] <= a_start
                    and a_stop <= out[m, 1]
                    and out[m, 2] <= b_start
                    and b_stop <= out[m, 3]
                ):
                    inside = True
                    break
            if inside:
                continue
            right_a, right_b, edits_right = _extend(
                words_a, words_b, mask_a, mask_b, a_stop, b_stop, 1, edit_cost, drop, front
            )
            left_a, left_b, edits_left = _extend(
                words_a, words_b, mask_a, mask_b, a_start - 1, b_start - 1, -1, edit_cost, drop, front
            )
            a_start, a_stop = a_start - left_a, a_stop + right_a
            b_start, b_stop = b_start - left_b, b_stop + right_b
            if min(a_stop - a_start, b_stop - b_start) < min_words:
                continue
            new_a = new_b = 0
            for i in range(a_start, a_stop):
                new_a += not covered_a[i]
            for j in range(b_start, b_stop):
                new_b += not covered_b[j]
            if max(new_a, new_b) < min_words:  # a repetition of what has been found
                continue
            for i in range(a_start, a_stop):
                covered_a[i] = True
            for j in range(b_start, b_stop):
                covered_b[j] = True
            if count == len(out):
                more = np.empty((2 * count, 6), np.int32)
                for m in range(count):
                    for column in range(6):
                        more[m, column] = out[m, column]
                out = more
            m = count
            while m > first and (
                out[m - 1, 0] > a_start or (out[m - 1, 0] == a_start and out[m - 1, 2] > b_start)
            ):
                for column in range(6):
                    out[m, column] = out[m - 1, column]
                m -= 1
            out[m, 0], out[m, 1], out[m, 2], out[m, 3] = a_start, a_stop, b_start, b_stop
            out[m, 4], out[m, 5] = edits_left + edits_right, p
            count += 1
    return out[:count].copy()


@kernel
def _index(grams: U64, n: int, heads: I32, links: I32) -> None:
    """Fill a chained hash table with the places of grams, the earliest first in each chain."""
    for slot in range(len(heads)):
        heads[slot] = -1
    slot_mask = np.uint64(len(heads) - 1)
    for i in range(n - 1, -1, -1):
        if grams[i] != 0:
            slot = grams[i] & slot_mask
            links[i] = heads[slot]
            heads[slot] = i


@kernel
def _find_runs(
    words_a: U64, words_b: U64, mask_a: Flags, mask_b: Flags, k: int, grams_a: U64, grams_b: U64,
    heads: I32, links: I32, reached: I32, likely: I32, runs: I32,
) -> int:  # fmt: skip
    """Write the maximal runs of k or more equal words as (a, b, length); return their number."""
    n_a, n_b = len(words_a), len(words_b)
    for diagonal in range(n_a + n_b + 1):
        reached[diagonal] = -1
    slot_mask = np.uint64(len(heads) - 1)
    effort = _EFFORT * (n_a + n_b)
    found = 0
    # First, without a branch, the few places whose slot is not empty; then those in full.
    hits = 0
    for j in range(n_b - k + 1):
        likely[hits] = j
        hits += (heads[grams_b[j] & slot_mask] >= 0) & (grams_b[j] != 0)
    for hit in range(hits):
        j = int(likely[hit])
        gram = grams_b[j]
        i = int(heads[gram & slot_mask])
        tried = 0
        while i >= 0 and tried < OCCURRENCES and effort > 0:
            if grams_a[i] == gram:
                tried += 1
                diagonal = i - j + n_b
                if reached[diagonal] <= j:
                    back = 0
                    while (
                        i > back
                        and j - back > max(0, reached[diagonal])
                        and _equal(words_a, words_b, mask_a, mask_b, i - back - 1, j - back - 1)
                    ):
                        back += 1
                    ahead = 0
                    while (
                        i + ahead < n_a
                        and j + ahead < n_b
                        and _equal(words_a, words_b, mask_a, mask_b, i + ahead, j + ahead)
                    ):
                        ahead += 1
                    effort -= back + ahead
                    reached[diagonal] = j + ahead
                    if back + ahead >= k:
                        runs[found, 0], runs[found, 1], runs[found, 2] = i - back, j - back, back + ahead
                        found += 1
            i = int(links[i])
    return found


@kernel
def _equal(words_a: U64, words_b: U64, mask_a: Flags, mask_b: Flags, i: int, j: int) -> bool:
    if words_a[i] != words_b[j]:
        return False
    return not ((len(mask_a) > 0 and mask_a[i]) or (len(mask_b) > 0 and mask_b[j]))


@kernel
def _extend(
    words_a: U64, words_b: U64, mask_a: Flags, mask_b: Flags, a: int, b: int, step: int,
    edit_cost: int, drop: int, front: I32,
) -> tuple[int, int, int]:  # fmt: skip
    """Return how many words of a and b to add in direction ``step``, and the edits among them.

    Greedy X-drop extension (Zhang, Schwartz, Wagner, Miller 2000, "A greedy algorithm
    for aligning DNA sequences"): the furthest place on every diagonal for 0, 1, 2, …
    edits; the score of a place is the words read on both sides less ``edit_cost`` per
    edit; diagonals that fall ``drop`` below the best are given up.
    """
    room_a = _clear(mask_a, len(words_a), a, step)
    room_b = _clear(mask_b, len(words_b), b, step)
    middle = room_b + 2
    best_a = _common(words_a, words_b, a, b, step, room_a, room_b)
    best, best_b, best_edits = 2 * best_a, best_a, 0
    now, before = front[0], front[1]
    for diagonal in range(-2, 3):
        now[middle + diagonal] = _NOWHERE
    now[middle] = best_a
    low, high = max(-1, -room_b), min(1, room_a)  # diagonals (a words - b words) that may be alive
    edits = 1
    while low <= high:
        now, before = before, now
        live_low, live_high = 1, 0
        left, here = before[np.uint64(middle + low - 1)], before[np.uint64(middle + low)]
        for diagonal in range(low, high + 1):
            right = before[np.uint64(middle + diagonal + 1)]
            # A word of a against another of b, a word of a more, or a word of b more.
            i = int(max(here + 1, left + 1, right))
            left, here = here, right
            j = i - diagonal
            now[np.uint64(middle + diagonal)] = _NOWHERE
            if i < 0 or i > room_a or j < 0 or j > room_b:
                continue
            further = _common(words_a, words_b, a + step * i, b + step * j, step, room_a - i, room_b - j)
            i, j = i + further, j + further
            score = i + j - edit_cost * edits
            if score < best - drop:
                continue
            now[np.uint64(middle + diagonal)] = i
            if live_low > live_high:
                live_low = diagonal
            live_high = diagonal
            if score > best:
                best, best_a, best_b, best_edits = score, i, j, edits
        if live_low > live_high:
            break
        low, high = max(live_low - 1, -room_b), min(live_high + 1, room_a)
        # The next round reads one diagonal beyond those it writes.
        for diagonal in (live_low - 2, live_low - 1, live_high + 1, live_high + 2):
            now[middle + diagonal] = _NOWHERE
        edits += 1
    return best_a, best_b, best_edits


@kernel
def _common(words_a: U64, words_b: U64, a: int, b: int, step: int, room_a: int, room_b: int) -> int:
    """Return how many words are equal from ``a`` and ``b`` on, in direction ``step``."""
    count = 0
    most = min(room_a, room_b)
    while count < most and words_a[np.uint64(a + step * count)] == words_b[np.uint64(b + step * count)]:
        count += 1
    return count


@kernel
def _clear(mask: Flags, n: int, at: int, step: int) -> int:
    """Return how many words from ``at`` on in direction ``step`` are free of the mask."""
    room = n - at if step > 0 else at + 1
    if len(mask) == 0:
        return room
    count = 0
    while count < room and not mask[at + step * count]:
        count += 1
    return count


@kernel
def _sort(keys: I64, order: I64, n: int) -> None:
    """Sort the first n keys, and their order with them (Shell sort; compiles in no time)."""
    gap = 1
    while 3 * gap < n:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, n):
            key, place = keys[i], order[i]
            j = i
            while j >= gap and keys[j - gap] > key:
                keys[j], order[j] = keys[j - gap], order[j - gap]
                j -= gap
            keys[j], order[j] = key, place
        gap //= 3
