"""The compiled loops behind `dedupe.reuse.bundle`: what `reuse.prepared` works out for one document,
for many documents at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedupe.reuse.prepared import F32, NAME_SHARE
from dedupe.reuse.prepared import _grams as grams
from dedupe.text.kernels import I32, I64, U32, U64, Bytes, Flags, kernel

UPPER, LOWER, DIGIT, SPACE, CLAUSE, LINE = 1, 2, 4, 8, 16, 32
"""What a character is, as bits: a capital, a small letter, a digit, white space, a mark that ends a
clause, a line break."""
_CAPITAL, _SMALL = 1, 2


class TermTable(NamedTuple):
    """`prepared.Terms` of many documents. Document d owns the distinct terms ``of_terms[d]`` to
    ``of_terms[d + 1]``, the entries ``of_entries[d]`` …, and ``bounds`` from ``of_bounds[d]`` on."""

    of_terms: I64
    of_entries: I64
    of_bounds: I64
    distinct: U64
    frequency: I32
    bounds: I32
    entry: I32
    weight: F32
    posts: I32
    post_unit: I32
    post_weight: F32


@kernel
def decode(data: Bytes, offsets: I64, bounds: I64, codes: U32) -> int:
    """Write the code points of UTF-8 texts, and where each text begins among them."""
    count = 0
    for document in range(len(offsets) - 1):
        bounds[document] = count
        at = offsets[document]
        end = offsets[document + 1]
        while at < end:
            byte = np.uint32(data[at])
            if byte < 0x80:
                codes[count] = byte
                at += 1
            elif byte < 0xE0:
                codes[count] = (byte & 0x1F) << 6 | np.uint32(data[at + 1] & 0x3F)
                at += 2
            elif byte < 0xF0:
                codes[count] = (
                    (byte & 0x0F) << 12 | np.uint32(data[at + 1] & 0x3F) << 6 | np.uint32(data[at + 2] & 0x3F)
                )
                at += 3
            else:
                codes[count] = (
                    (byte & 0x07) << 18
                    | np.uint32(data[at + 1] & 0x3F) << 12
                    | np.uint32(data[at + 2] & 0x3F) << 6
                    | np.uint32(data[at + 3] & 0x3F)
                )
                at += 4
            count += 1
    bounds[len(offsets) - 1] = count
    return count


@kernel
def units(offsets: I64, mask: Flags, of_sentences: I64, sentences: I32) -> I32:
    """Return the sentence of each word, within its document; -1 for furniture and between sentences."""
    out = np.full(len(mask), -1, np.int32)
    for document in range(len(offsets) - 1):
        first = of_sentences[document]
        for number in range(first, of_sentences[document + 1]):
            for word in range(sentences[number, 0], sentences[number, 1]):
                at = offsets[document] + word
                if not mask[at]:
                    out[at] = number - first
    return out


@kernel
def _slot(keys: U64, used: I32, key: np.uint64, stamp: int) -> int:
    """Return the slot of a key in an open hash table, or the free one where it belongs."""
    last = np.uint64(len(keys) - 1)
    slot = key & last
    while used[slot] == stamp and keys[slot] != key:
        slot = (slot + np.uint64(1)) & last
    return int(slot)


@kernel
def names(
    offsets: I64, hashes: U64, starts: I32, of_codes: I64, codes: U32, traits: Bytes, of_sentences: I64,
    sentences: I32,
) -> Flags:  # fmt: skip
    """Return `Prepared.names` of every word of every document."""
    out = np.zeros(len(hashes), np.bool_)
    longest = 1
    for document in range(len(offsets) - 1):
        longest = max(longest, offsets[document + 1] - offsets[document])
    slots = 16
    while slots < 2 * longest:
        slots *= 2
    keys = np.empty(slots, np.uint64)
    seen = np.empty(slots, np.uint8)
    used = np.full(slots, -1, np.int32)
    opening = np.zeros(longest, np.bool_)
    for document in range(len(offsets) - 1):
        first, stop = offsets[document], offsets[document + 1]
        opening[: stop - first] = False
        for number in range(of_sentences[document], of_sentences[document + 1]):
            opening[sentences[number, 0]] = True
        capitals = 0
        for at in range(first, stop):
            trait = traits[codes[of_codes[document] + starts[at]]]
            kind = 0
            if trait & UPPER and not opening[at - first]:
                kind = _CAPITAL
                capitals += 1
            elif trait & LOWER:
                kind = _SMALL
            if kind:
                slot = _slot(keys, used, hashes[at], document)
                if used[slot] != document:
                    used[slot] = document
                    keys[slot] = hashes[at]
                    seen[slot] = 0
                seen[slot] |= kind
        if capitals == 0 or capitals > NAME_SHARE * (stop - first):
            continue
        for at in range(first, stop):
            slot = _slot(keys, used, hashes[at], document)
            out[at] = used[slot] == document and seen[slot] == _CAPITAL
    return out


@kernel
def all_grams(
    offsets: I64, starts: I32, stops: I32, units_of: I32, tells: F32, of_codes: I64, codes: U32, table: U32
) -> tuple[I64, U64, I32, F32]:
    """Return the character n-grams of all documents: bounds, hashes, sentences, weights."""
    room = len(codes) + len(starts) + 2 * len(offsets)
    hashes = np.empty(room, np.uint64)
    owners = np.empty(room, np.int32)
    weights = np.empty(room, np.float32)
    bounds = np.zeros(len(offsets), np.int64)
    count = 0
    for document in range(len(offsets) - 1):
        first, stop = offsets[document], offsets[document + 1]
        if stop > first:
            low = starts[first]
            count += grams(
                codes[of_codes[document] + low : of_codes[document + 1]], low, table, starts[first:stop],
                stops[first:stop], units_of[first:stop], tells[first:stop], hashes[count:], owners[count:],
                weights[count:],
            )  # fmt: skip
        bounds[document + 1] = count
    return bounds, hashes[:count], owners[:count], weights[:count]


@kernel
def _sorted(hashes: U64, count: int, order: I32, other: U64, other_order: I32, sizes: I32) -> None:
    """Sort hashes and their order into ``other`` and ``other_order``, equal ones as they stand: by their first
    bits into about as many buckets, the rest by insertion, since hashes of words share so many bits by chance only."""
    bits = 4
    while (1 << bits) < count and bits < 14:
        bits += 1
    buckets = 1 << bits
    shift = np.uint64(64 - bits)
    sizes[: buckets + 1] = 0
    for at in range(count):
        sizes[np.int64(hashes[at] >> shift) + 1] += 1
    for bucket in range(buckets):
        sizes[bucket + 1] += sizes[bucket]
    for at in range(count):
        home = np.int64(hashes[at] >> shift)
        place = sizes[home]
        other[place] = hashes[at]
        other_order[place] = order[at]
        sizes[home] += 1
    effort = 64 * count
    for at in range(1, count):
        key, own = other[at], other_order[at]
        back = at
        while back > 0 and other[back - 1] > key:
            other[back], other_order[back] = other[back - 1], other_order[back - 1]
            back -= 1
        other[back], other_order[back] = key, own
        effort -= at - back
        if effort < 0:  # no hashes of words: made to collide
            by_hash = np.argsort(hashes[:count], kind="mergesort")
            other[:count] = hashes[:count][by_hash]
            other_order[:count] = order[:count][by_hash]
            break


@kernel
def terms(
    bounds: I64, hashes: U64, owners: I32, weights: F32, units_in: I64, counted: bool
) -> tuple[I64, I64, I64, U64, I32, I32, I32, F32, I32, I32, F32]:
    """Return the fields of a `TermTable`, from terms as they stand in the texts: document d has those
    from ``bounds[d]`` on, and ``units_in[d]`` units; a term whose owner is -1 is left out."""
    documents = len(bounds) - 1
    longest = most_units = 1
    for document in range(documents):
        longest = max(longest, bounds[document + 1] - bounds[document])
        most_units = max(most_units, units_in[document])
    found, keys = np.empty(longest, np.uint64), np.empty(longest, np.uint64)
    places, order = np.empty(longest, np.int32), np.empty(longest, np.int32)
    sizes = np.empty((1 << 14) + 1, np.int32)
    free = np.empty(most_units + 1, np.int32)
    of_terms = np.zeros(documents + 1, np.int64)
    of_entries = np.zeros(documents + 1, np.int64)
    of_bounds = np.zeros(documents + 1, np.int64)
    for document in range(documents):
        of_bounds[document + 1] = of_bounds[document] + units_in[document] + 1
    distinct = np.empty(len(hashes), np.uint64)
    frequency = np.empty(len(hashes), np.int32)
    starts = np.zeros(of_bounds[documents], np.int32)
    posts = np.zeros(len(hashes) + 1, np.int32)
    post_term = np.empty(longest, np.int32)
    post_unit = np.empty(len(hashes), np.int32)
    post_weight = np.empty(len(hashes), np.float32)
    entry = np.empty(len(hashes), np.int32)
    weight = np.empty(len(hashes), np.float32)
    for document in range(documents):
        first = bounds[document]
        held = 0
        for at in range(first, bounds[document + 1]):
            if owners[at] >= 0:
                found[held] = hashes[at]
                places[held] = at - first
                held += 1
        _sorted(found, held, places, keys, order, sizes)
        base, base_entry = of_terms[document], of_entries[document]
        own = starts[of_bounds[document] : of_bounds[document + 1]]
        count, last = 0, base_entry - 1
        last_unit = -1
        for step in range(held):
            at = first + order[step]
            unit = owners[at]
            if step == 0 or keys[step] != keys[step - 1]:
                distinct[base + count] = keys[step]
                posts[base + count] = last + 1
                count += 1
                last_unit = -1
            if unit != last_unit:
                last += 1
                post_term[last - base_entry] = count - 1
                post_unit[last] = unit
                post_weight[last] = weights[at]
                own[unit + 1] += 1
                last_unit = unit
            elif counted:
                post_weight[last] += weights[at]
            else:
                post_weight[last] = max(post_weight[last], weights[at])
        posts[base + count] = last + 1
        for term in range(base, base + count):
            frequency[term] = posts[term + 1] - posts[term]
        for unit in range(units_in[document]):
            own[unit + 1] += own[unit]
            free[unit] = own[unit]
        for post in range(base_entry, last + 1):
            at = base_entry + free[post_unit[post]]
            entry[at] = post_term[post - base_entry]
            weight[at] = post_weight[post]
            free[post_unit[post]] += 1
        of_terms[document + 1] = base + count
        of_entries[document + 1] = last + 1
    total, entries = of_terms[documents], of_entries[documents]
    return (  # views: a copy would cost more than the room that is left over
        of_terms, of_entries, of_bounds, distinct[:total], frequency[:total], starts, entry[:entries],
        weight[:entries], posts[: total + 1], post_unit[:entries], post_weight[:entries],
    )  # fmt: skip


@kernel
def pieces(
    chosen: I64, offsets: I64, starts: I32, mask: Flags, of_codes: I64, codes: U32, traits: Bytes,
    of_sentences: I64, sentences: I32, ending: int,
) -> tuple[I64, I32, I32]:  # fmt: skip
    """Return `Prepared._pieces` of the chosen documents: bounds, ranges of words, and the piece of each
    word (of the chosen documents, one after the other; -1 for none). ``ending`` are the traits of
    characters that end a piece: ``CLAUSE | LINE``, ``LINE`` or none."""
    words = 0
    for document in chosen:
        words += offsets[document + 1] - offsets[document]
    ranges = np.empty((words + 1, 2), np.int32)
    piece_of = np.full(words, -1, np.int32)
    bounds = np.zeros(len(chosen) + 1, np.int64)
    count = 0
    base = 0
    for place in range(len(chosen)):
        document = chosen[place]
        first, n = offsets[document], offsets[document + 1] - offsets[document]
        cut = np.zeros(n + 1, np.bool_)
        low, high = of_sentences[document], of_sentences[document + 1]
        for number in range(low, high):
            cut[sentences[number, 0]] = True
            cut[sentences[number, 1]] = True
        text = codes[of_codes[document] : of_codes[document + 1]]
        word = 0
        at = 0
        while at < len(text) and ending:
            trait = traits[text[at]]
            end = 0
            if trait & ending:
                end = at + 1
            elif ending & CLAUSE and trait & SPACE:  # white space, one to three hyphens, white space
                after = at + 1
                while after < len(text) and after - at <= 3 and text[after] == 45:
                    after += 1
                if after > at + 1 and after < len(text) and traits[text[after]] & SPACE:
                    end = after + 1
            if end:
                while word < n and starts[first + word] < end:
                    word += 1
                cut[word] = True
                at = end
            else:
                at += 1
        last = -1
        home = low - 1
        for word in range(n + 1):
            if not cut[word]:
                continue
            if last >= 0:
                while home + 1 < high and sentences[home + 1, 0] <= last:
                    home += 1
                if home >= low and word <= sentences[home, 1]:
                    for inside in range(last, word):
                        if not mask[first + inside]:
                            piece_of[base + inside] = count - bounds[place]
                    ranges[count, 0] = last
                    ranges[count, 1] = word
                    count += 1
            last = word
        bounds[place + 1] = count
        base += n
    return bounds, ranges[:count].copy(), piece_of
