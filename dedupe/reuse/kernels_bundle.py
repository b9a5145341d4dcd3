"""The compiled loops behind `dedupe.reuse.bundle`: what `reuse.prepared` works out for one document,
for many documents at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedupe.reuse.prepared import F32, F64, NAME_SHARE
from dedupe.reuse.prepared import _grams as grams
from dedupe.text.kernels import I32, I64, U32, U64, Bytes, Flags, kernel

UPPER, LOWER, DIGIT, SPACE, CLAUSE, LINE = 1, 2, 4, 8, 16, 32
"""What a character is, as bits: a capital, a small letter, a digit, white space, a mark that ends a
clause, a line break."""
_CAPITAL, _SMALL = 1, 2
_UPPER, _PLACE, _BYTE = np.uint64(0xFFFFFFFF00000000), np.uint64(0xFFFFFFFF), np.uint64(0xFF)
_MANY = 1 << 15
"""More hashes are sorted by four of their bytes, not two, before the rest is done by insertion."""


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
    """The n-grams as they stand in the text: how much each weighs; for each word which is the first of a
    passage that begins with it, and which comes after the last of one that ends with it; and for each sentence the
    squares of the weights of those that no other sentence of its document has, added up."""

    weights: F32
    firsts: I32
    lasts: I32
    alone: F64


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
def _by_byte(keys: U64, out: U64, sizes: I64, shift: np.uint64) -> None:
    """Write keys to ``out`` by the byte at ``shift``, those with the same one in the order in which they stand."""
    sizes[:] = 0
    for key in keys:
        sizes[(key >> shift) & _BYTE] += 1
    total = 0
    for byte in range(256):
        size = sizes[byte]
        sizes[byte] = total
        total += size
    for key in keys:
        byte = (key >> shift) & _BYTE
        out[np.uint64(sizes[byte])] = key
        sizes[byte] += 1


@kernel
def _sort(keys: U64, spare: U64, sizes: I64) -> None:
    """Sort keys, which hold the upper half of a hash and its place, and come in the order of places.

    By the bytes of what they hold, the last one first: two bytes of a few thousand hashes leave next to nothing to the
    insertion behind them, so that hardly a branch is guessed wrong; four leave what comes of chance.
    """
    count = len(keys)
    for shift in (np.uint64(32), np.uint64(48)):
        if shift > 32 or count > _MANY:
            _by_byte(keys, spare, sizes, shift)
            _by_byte(spare, keys, sizes, shift + np.uint64(8))
    effort = 64 * count
    for at in range(1, count):
        key = keys[at]
        if keys[at - 1] > key:
            back = at
            while back > 0 and keys[back - 1] > key:
                keys[back] = keys[back - 1]
                back -= 1
            keys[back] = key
            effort -= at - back
            if effort < 0:  # no hashes of words: made to collide
                keys[:] = keys[np.argsort(keys, kind="mergesort")]
                break


@kernel
def _grouped(
    keys: U64, hashes: U64, owners: I32, weights: F32, counted: bool, distinct: U64, posts: I32, post_unit: I32,
    post_weight: F32, term_of: I32, last: int,
) -> tuple[int, int, bool]:  # fmt: skip
    """Write the terms of a document from sorted keys; return how many are distinct, the last posting, and whether some
    that differ have the same upper half.

    Without a branch: whether a term comes again cannot be foretold."""
    count = 0
    unit, previous, amount = np.int32(-1), np.uint64(0), np.float32(0.0)
    tied = False
    for step in range(len(keys)):
        at = keys[step] & _PLACE
        value, owner, weight = hashes[at], owners[at], weights[at]
        new = step == 0 or value != previous
        tied |= new and step > 0 and (value ^ previous) & _UPPER == 0
        other = new or owner != unit
        count += new
        last += other
        more = amount + weight if counted else (weight if weight > amount else amount)
        amount = weight if other else more
        previous, unit = value, owner
        distinct[np.uint64(count - 1)] = value
        post_unit[np.uint64(last)] = owner
        post_weight[np.uint64(last)] = amount
        posts[np.uint64(count)] = last + 1
        term_of[at] = count - 1
    return count, last, tied


@kernel
def _tabled(
    keys: U64, spare: U64, sizes: I64, hashes: U64, owners: I32, weights: F32, counted: bool, distinct: U64, posts: I32,
    post_unit: I32, post_weight: F32, term_of: I32, last: int,
) -> tuple[int, int]:  # fmt: skip
    """Write the terms of one document, those without an owner (-1) left out; return how many are distinct, and the
    last posting."""
    held = 0
    for at in range(len(hashes)):
        keys[held] = (hashes[at] & _UPPER) | np.uint64(at)
        held += owners[at] >= 0
    keys = keys[:held]
    _sort(keys, spare[:held], sizes)
    count, filled, tied = _grouped(
        keys, hashes, owners, weights, counted, distinct, posts, post_unit, post_weight, term_of, last
    )
    if tied:  # in the order of the whole hash, then
        places = np.sort(keys & _PLACE).astype(np.int64)
        keys[:] = places[np.argsort(hashes[places], kind="mergesort")]
        count, filled, tied = _grouped(
            keys, hashes, owners, weights, counted, distinct, posts, post_unit, post_weight, term_of, last
        )
    return count, filled


@kernel
def word_terms(bounds: I64, hashes: U64, owners: I32) -> tuple[I64, I64, U64, I32, I32, I32, F32, I32]:
    """Return the fields of a `TermTable`, but ``of_places``, from words: document d has those from ``bounds[d]`` on;
    one whose owner is -1 is left out."""
    documents = len(bounds) - 1
    longest = 1
    for document in range(documents):
        longest = max(longest, bounds[document + 1] - bounds[document])
    keys, spare, sizes = np.empty(longest, np.uint64), np.empty(longest, np.uint64), np.empty(256, np.int64)
    ones = np.ones(longest, np.float32)
    of_terms, of_posts = np.zeros(documents + 1, np.int64), np.zeros(documents + 1, np.int64)
    distinct, posts = np.empty(len(hashes), np.uint64), np.zeros(len(hashes) + 1, np.int32)
    post_unit, post_weight = np.empty(len(hashes), np.int32), np.empty(len(hashes), np.float32)
    term_of = np.full(len(hashes), -1, np.int32)
    count, last = 0, -1
    for document in range(documents):
        own = slice(bounds[document], bounds[document + 1])
        more, last = _tabled(
            keys, spare, sizes, hashes[own], owners[own], ones, True, distinct[count:], posts[count:], post_unit,
            post_weight, term_of[own], last,
        )  # fmt: skip
        count += more
        of_terms[document + 1] = count
        of_posts[document + 1] = last + 1
    return (  # views: a copy would cost more than the room that is left over
        of_terms, of_posts, distinct[:count], np.diff(posts[: count + 1]), posts[: count + 1],
        post_unit[: last + 1], post_weight[: last + 1], term_of,
    )  # fmt: skip


@kernel
def gram_terms(
    offsets: I64, starts: I32, stops: I32, units_of: I32, tells: F32, of_codes: I64, codes: U32, table: U32,
    of_sentences: I64,
) -> tuple[tuple[I64, I64, I64, U64, I32, I32, I32, F32, I32], tuple[F32, I32, I32, F64]]:  # fmt: skip
    """Return the fields of a `TermTable` and of `GramPlaces`, of the character n-grams of all documents.

    What is made of a document's letters is used up at once, while it stands near the processor."""
    documents = len(offsets) - 1
    longest = 1
    for document in range(documents):
        letters = of_codes[document + 1] - of_codes[document]
        longest = max(longest, letters + offsets[document + 1] - offsets[document] + 2)
    hashes, owners = np.empty(longest, np.uint64), np.empty(longest, np.int32)
    keys, spare, sizes = np.empty(longest, np.uint64), np.empty(longest, np.uint64), np.empty(256, np.int64)
    room = len(codes) + len(starts) + 2 * len(offsets)
    weights, term_of = np.empty(room, np.float32), np.empty(room, np.int32)
    firsts, lasts = np.zeros(len(starts), np.int32), np.zeros(len(starts), np.int32)
    of_places = np.zeros(documents + 1, np.int64)
    of_terms, of_posts = np.zeros(documents + 1, np.int64), np.zeros(documents + 1, np.int64)
    distinct, posts = np.empty(room, np.uint64), np.empty(room + 1, np.int32)
    post_unit, post_weight = np.empty(room, np.int32), np.empty(room, np.float32)
    alone = np.zeros(of_sentences[documents], np.float64)
    posts[0] = 0
    place, count, last = 0, 0, -1
    for document in range(documents):
        own = slice(offsets[document], offsets[document + 1])
        if offsets[document + 1] > offsets[document]:
            low = starts[offsets[document]]
            held = grams(
                codes[of_codes[document] + low : of_codes[document + 1]], low, table, starts[own], stops[own],
                units_of[own], tells[own], hashes, owners, weights[place:], firsts[own], lasts[own],
            )  # fmt: skip
            more, last = _tabled(
                keys, spare, sizes, hashes[:held], owners[:held], weights[place : place + held], False,
                distinct[count:], posts[count:], post_unit, post_weight, term_of[place : place + held], last,
            )  # fmt: skip
            units = alone[of_sentences[document] : of_sentences[document + 1]]
            for term in range(count, count + more):
                post = posts[term]
                only = posts[term + 1] == post + 1
                units[post_unit[post]] += np.float64(post_weight[post]) ** 2 if only else 0.0
            count += more
            place += held
        of_places[document + 1] = place
        of_terms[document + 1] = count
        of_posts[document + 1] = last + 1
    return (
        of_places, of_terms, of_posts, distinct[:count], np.diff(posts[: count + 1]), posts[: count + 1],
        post_unit[: last + 1], post_weight[: last + 1], term_of[:place],
    ), (weights[:place], firsts, lasts, alone)  # fmt: skip


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
