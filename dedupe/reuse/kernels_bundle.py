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
_UPPER, _PLACE = np.uint64(0xFFFFFFFF00000000), np.uint64(0xFFFFFFFF)
_MOST_BITS = 13
"""Buckets by so many bits at most: they stay near the processor."""


class TermTable(NamedTuple):
    """The terms of many documents' units (sentences), sorted by hash. Document d owns the distinct terms
    ``of_terms[d]`` to ``of_terms[d + 1]``; term t stands in the units ``post_unit[posts[t]]`` to
    ``post_unit[posts[t + 1]]``, so heavily. As they stand in the text, document d has the terms ``term_of`` from
    ``of_places[d]`` on, numbered within it; -1 in no unit."""

    of_places: I64
    of_terms: I64
    of_posts: I64
    distinct: U64
    frequency: I32
    posts: I32
    post_unit: I32
    post_weight: F32
    term_of: I32


class UnitTable(NamedTuple):
    """The same by unit. Unit u of document d has the terms ``entry``, ascending, from ``bounds[of_bounds[d] + u]``
    on, counted from ``of_entries[d]``, so heavily."""

    of_bounds: I64
    of_entries: I64
    bounds: I32
    entry: I32
    weight: F32


class GramPlaces(NamedTuple):
    """The n-grams as they stand in the text: how much each weighs; and for each word which is the first of a
    passage that begins with it, and which comes after the last of one that ends with it."""

    weights: F32
    firsts: I32
    lasts: I32


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
) -> tuple[I64, U64, I32, F32, I32, I32]:
    """Return the character n-grams of all documents: bounds, hashes, sentences, weights; and, for each word, the
    fields of `GramPlaces`."""
    room = len(codes) + len(starts) + 2 * len(offsets)
    hashes = np.empty(room, np.uint64)
    owners = np.empty(room, np.int32)
    weights = np.empty(room, np.float32)
    firsts, lasts = np.zeros(len(starts), np.int32), np.zeros(len(starts), np.int32)
    bounds = np.zeros(len(offsets), np.int64)
    count = 0
    for document in range(len(offsets) - 1):
        first, stop = offsets[document], offsets[document + 1]
        if stop > first:
            low = starts[first]
            count += grams(
                codes[of_codes[document] + low : of_codes[document + 1]], low, table, starts[first:stop],
                stops[first:stop], units_of[first:stop], tells[first:stop], hashes[count:], owners[count:],
                weights[count:], firsts[first:stop], lasts[first:stop],
            )  # fmt: skip
        bounds[document + 1] = count
    return bounds, hashes[:count], owners[:count], weights[:count], firsts, lasts


@kernel
def _sorted(hashes: U64, keys: U64, sizes: I32) -> None:
    """Write the places of hashes, sorted by hash, then place, to the lower halves of ``keys``.

    By their first bits they fall into about as many buckets, the rest is done by insertion, since hashes share so
    many bits by chance only: by their upper halves, which stand in the keys, then by the whole."""
    count = len(hashes)
    bits = 4
    while (1 << bits) < count and bits < _MOST_BITS:
        bits += 1
    shift = np.uint64(64 - bits)
    sizes[: (1 << bits) + 1] = 0
    for at in range(count):
        sizes[np.int64(hashes[at] >> shift) + 1] += 1
    for bucket in range(1 << bits):
        sizes[bucket + 1] += sizes[bucket]
    for at in range(count):
        home = np.int64(hashes[at] >> shift)
        keys[sizes[home]] = (hashes[at] & _UPPER) | np.uint64(at)
        sizes[home] += 1
    effort = 64 * count
    for at in range(1, count):
        key = keys[at]
        back = at
        while back > 0 and keys[back - 1] > key:
            keys[back] = keys[back - 1]
            back -= 1
        keys[back] = key
        effort -= at - back
        if effort < 0:
            break
    for at in range(1, count):
        if effort < 0:
            break
        key = keys[at]
        own = hashes[np.int64(key & _PLACE)]
        back = at
        while (
            back > 0
            and (keys[back - 1] ^ key) & _UPPER == 0
            and hashes[np.int64(keys[back - 1] & _PLACE)] > own
        ):
            keys[back] = keys[back - 1]
            back -= 1
        keys[back] = key
        effort -= at - back
    if effort < 0:  # no hashes of words: made to collide
        by_hash = np.argsort(hashes, kind="mergesort")
        for at in range(count):
            keys[at] = np.uint64(by_hash[at])


@kernel
def terms(
    bounds: I64, hashes: U64, owners: I32, weights: F32, counted: bool
) -> tuple[I64, I64, U64, I32, I32, I32, F32, I32]:
    """Return the fields of a `TermTable`, but ``of_places``, from terms as they stand in the texts: document d
    has those from ``bounds[d]`` on; a term whose owner is -1 is left out."""
    documents = len(bounds) - 1
    longest = 1
    for document in range(documents):
        longest = max(longest, bounds[document + 1] - bounds[document])
    keys = np.empty(longest, np.uint64)
    sizes = np.empty((1 << _MOST_BITS) + 1, np.int32)
    of_terms = np.zeros(documents + 1, np.int64)
    of_posts = np.zeros(documents + 1, np.int64)
    distinct = np.empty(len(hashes), np.uint64)
    frequency = np.empty(len(hashes), np.int32)
    posts = np.zeros(len(hashes) + 1, np.int32)
    post_unit = np.empty(len(hashes), np.int32)
    post_weight = np.empty(len(hashes), np.float32)
    term_of = np.full(len(hashes), -1, np.int32)
    count, last = 0, -1
    for document in range(documents):
        first, stop = bounds[document], bounds[document + 1]
        _sorted(hashes[first:stop], keys, sizes)
        base = count
        unit = -1
        for step in range(stop - first):
            at = first + np.int64(keys[step] & _PLACE)
            if owners[at] < 0:
                continue
            if count == base or hashes[at] != distinct[count - 1]:
                distinct[count] = hashes[at]
                frequency[count] = 0
                posts[count] = last + 1
                count += 1
                unit = -1
            term_of[at] = count - 1 - base
            if owners[at] != unit:
                unit = owners[at]
                last += 1
                post_unit[last] = unit
                post_weight[last] = weights[at]
                frequency[count - 1] += 1
            elif counted:
                post_weight[last] += weights[at]
            else:
                post_weight[last] = max(post_weight[last], weights[at])
        of_terms[document + 1] = count
        of_posts[document + 1] = last + 1
    posts[count] = last + 1
    return (  # views: a copy would cost more than the room that is left over
        of_terms, of_posts, distinct[:count], frequency[:count], posts[: count + 1], post_unit[: last + 1],
        post_weight[: last + 1], term_of,
    )  # fmt: skip


@kernel
def by_unit(table: TermTable, units_in: I64) -> tuple[I64, I64, I32, I32, F32]:
    """Return the fields of a `UnitTable`; document d has ``units_in[d]`` units."""
    documents = len(units_in)
    of_bounds = np.zeros(documents + 1, np.int64)
    for document in range(documents):
        of_bounds[document + 1] = of_bounds[document] + units_in[document] + 1
    bounds = np.zeros(of_bounds[documents], np.int32)
    entry, weight = np.empty(len(table.post_unit), np.int32), np.empty(len(table.post_unit), np.float32)
    for document in range(documents):
        own = bounds[of_bounds[document] : of_bounds[document + 1]]
        low, high = table.of_posts[document], table.of_posts[document + 1]
        for post in range(low, high):
            own[table.post_unit[post] + 1] += 1
        for unit in range(len(own) - 1):
            own[unit + 1] += own[unit]
        free = own[:-1].copy()
        first = table.of_terms[document]
        for term in range(first, table.of_terms[document + 1]):
            for post in range(table.posts[term], table.posts[term + 1]):
                unit = table.post_unit[post]
                entry[low + free[unit]] = term - first
                weight[low + free[unit]] = table.post_weight[post]
                free[unit] += 1
    return of_bounds, table.of_posts, bounds, entry, weight
