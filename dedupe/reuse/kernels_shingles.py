"""The compiled loops behind `dedupe.reuse.shingles`."""

from __future__ import annotations

import numpy as np

from dedupe.reuse.kernels_grams import roll
from dedupe.text.kernels import I32, I64, U64, Bytes, Flags, kernel

UNDATED = -(1 << 30)
BLOCK = 64
ROUTED_BITS = 6
_NOBODY = -1


@kernel
def count_grams(offsets: I64, hashes: U64, mask: Flags, k: int, table: Bytes) -> None:
    """Count every k-gram in a table of two-bit counters, four to a byte, that stop at 2."""
    longest = 1
    for d in range(len(offsets) - 1):
        longest = max(longest, offsets[d + 1] - offsets[d])
    grams = np.empty(longest, np.uint64)
    slots = np.uint64(4 * len(table) - 1)
    for d in range(len(offsets) - 1):
        start, stop = offsets[d], offsets[d + 1]
        roll(hashes[start:stop], mask[start:stop], k, grams)
        for i in range(stop - start):
            if grams[i] != 0:
                slot = grams[i] & slots
                shift = (slot & np.uint64(3)) << np.uint64(1)
                cell = table[slot >> np.uint64(2)]
                seen = (cell >> shift) & 3
                if seen < 2:
                    table[slot >> np.uint64(2)] = cell + (1 << shift)


@kernel
def collect_postings(
    offsets: I64, hashes: U64, mask: Flags, k: int, table: Bytes, first_word: int, place_bits: int,
    partition_bits: int, sizes: I64, out: U64,
) -> int:  # fmt: skip
    """Write a posting for every k-gram that the table has seen twice, grouped by partition.

    A posting is the gram's hash above ``place_bits`` and the number of its first word,
    counted through the corpus, below. The partition is the top ``partition_bits`` of
    the hash; the first ROUTED_BITS of them, which every layout has, are shifted out.
    ``sizes`` receives the number of postings per partition. An empty table lets every gram
    through.
    """
    longest = 1
    for d in range(len(offsets) - 1):
        longest = max(longest, offsets[d + 1] - offsets[d])
    grams = np.empty(longest, np.uint64)
    slots = np.uint64(max(1, 4 * len(table)) - 1)
    kept = np.empty(len(out), np.uint64)
    one = np.uint64(1)
    to_partition = np.uint64(63 - partition_bits)  # after a shift by one: no shift reaches 64
    low = np.uint64(place_bits)
    high = np.uint64(ROUTED_BITS)
    kept = np.empty(len(out), np.uint64)
    homes = np.empty(len(out), np.uint16)
    count = 0
    for d in range(len(offsets) - 1):
        start, stop = offsets[d], offsets[d + 1]
        roll(hashes[start:stop], mask[start:stop], k, grams)
        for i in range(stop - start):
            gram = grams[i]
            if gram == 0:
                continue
            if len(table) > 0:
                slot = gram & slots
                shift = (slot & np.uint64(3)) << np.uint64(1)
                if (table[slot >> np.uint64(2)] >> shift) & 3 < 2:
                    continue
            partition = (gram >> one) >> to_partition
            kept[count] = ((gram << high) >> low) << low | np.uint64(first_word + start + i)
            homes[count] = partition
            sizes[partition] += 1
            count += 1
    ends = np.empty(len(sizes), np.int64)
    total = 0
    for p in range(len(sizes)):
        ends[p] = total
        total += sizes[p]
    for n in range(count):
        out[ends[homes[n]]] = kept[n]
        ends[homes[n]] += 1
    return count


@kernel
def find_blocks(offsets: I64, out: I32) -> None:
    """Write the document that holds word 0, BLOCK, 2 * BLOCK, … (the last one, past the end)."""
    d = 0
    for block in range(len(out)):
        while d < len(offsets) - 2 and offsets[d + 1] <= block * BLOCK:
            d += 1
        out[block] = d


@kernel
def link_postings(
    postings: U64, offsets: I64, blocks: I32, outlets: I32, days: I32, ranks: I32, star: int, window: int,
    place_bits: int, document_bits: int,
) -> U64:  # fmt: skip
    """Link the documents of every posting list; return the links, packed.

    ``postings`` are sorted. A link is ``a << (document_bits + rest) | b << rest |
    diagonal << 1 | few`` with a < b. Lists of ``star`` documents or fewer (``few``) are linked all to all,
    longer ones to hubs (`_link_star`, `_link_dated`).
    """
    low = np.uint64(place_bits)
    place_mask = np.uint64((1 << place_bits) - 1)
    n = len(postings)
    longest = 1
    room = 0  # for all links; memory that is not written costs nothing
    start = 0
    while start < n:
        stop = start + 1
        while stop < n and postings[stop] >> low == postings[start] >> low:
            stop += 1
        size = stop - start
        longest = max(longest, size)
        # A list may shrink (one place per document counts) from a star to all with all.
        room += size * (size - 1) // 2 if size <= star else max(5 * size, star * (star - 1) // 2)
        start = stop
    members = np.empty(longest, np.int32)
    places = np.empty(longest, np.int64)
    order = np.empty(longest, np.int64)
    keys = np.empty(longest, np.int64)
    for m in range(longest):
        order[m] = m
    out = np.empty(room, np.uint64)
    count = 0
    start = 0
    while start < n:
        stop = start + 1
        while stop < n and postings[stop] >> low == postings[start] >> low:
            stop += 1
        size = 0
        if stop - start > 1:
            for n_posting in range(start, stop):
                place = np.int64(postings[n_posting] & place_mask)
                d = blocks[place // BLOCK]
                while offsets[d + 1] <= place:
                    d += 1
                if size == 0 or members[size - 1] != d:
                    members[size] = d
                    places[size] = place - offsets[d]
                    size += 1
        start = stop
        if size < 2:
            continue
        if size <= star:
            for m in range(size):
                for o in range(m + 1, size):
                    count = _link(members, places, m, o, outlets, days, window, document_bits, 1, out, count)
        elif window <= 0:
            count = _link_star(
                members, places, order, 0, size, outlets, days, ranks, window, document_bits, out, count
            )
        else:
            count = _link_dated(
                members, places, size, outlets, days, ranks, window, document_bits, order, keys, out, count
            )
    return out[:count].copy()


@kernel
def _link(
    members: I32, places: I64, m: int, o: int, outlets: I32, days: I32, window: int,
    document_bits: int, few: int, out: U64, count: int,
) -> int:  # fmt: skip
    """Add the link of members m and o if their pair may be compared; return the new count."""
    a, b = members[m], members[o]
    if not _comparable(a, b, outlets, days, window):
        return count
    diagonal = places[m] - places[o]
    if a > b:
        a, b, diagonal = b, a, -diagonal
    rest = 64 - 2 * document_bits
    middle = np.int64(1) << (rest - 2)
    packed = np.uint64(((diagonal + middle) << 1 | few) & ((np.int64(1) << rest) - 1))
    out[count] = np.uint64(a) << np.uint64(document_bits + rest) | np.uint64(b) << np.uint64(rest) | packed
    return count + 1


@kernel
def _comparable(a: int, b: int, outlets: I32, days: I32, window: int) -> bool:
    if a == b or (outlets[a] >= 0 and outlets[a] == outlets[b]):
        return False
    return window <= 0 or days[a] == UNDATED or days[b] == UNDATED or abs(days[a] - days[b]) <= window


@kernel
def _link_star(
    members: I32, places: I64, order: I64, begin: int, end: int, outlets: I32, days: I32, ranks: I32,
    window: int, document_bits: int, out: U64, count: int,
) -> int:  # fmt: skip
    """Link members ``order[begin:end]`` to the one of the lowest rank, their hub.

    Those that may not be compared with it for their outlet are linked to a second hub, the
    member of the lowest rank from another outlet, which is itself linked to the first.
    """
    hub = second = _NOBODY
    for n in range(begin, end):
        m = order[n]
        if hub == _NOBODY or ranks[members[m]] < ranks[members[hub]]:
            hub = m
    for n in range(begin, end):
        m = order[n]
        other = outlets[members[m]] < 0 or outlets[members[m]] != outlets[members[hub]]
        if m != hub and other and (second == _NOBODY or ranks[members[m]] < ranks[members[second]]):
            second = m
    for n in range(begin, end):
        m = order[n]
        if m == hub:
            continue
        before = count
        count = _link(members, places, m, hub, outlets, days, window, document_bits, 0, out, count)
        if count == before and second not in (_NOBODY, m):
            count = _link(members, places, m, second, outlets, days, window, document_bits, 0, out, count)
    return count


@kernel
def _link_dated(
    members: I32, places: I64, size: int, outlets: I32, days: I32, ranks: I32, window: int,
    document_bits: int, order: I64, keys: I64, out: U64, count: int,
) -> int:  # fmt: skip
    """Link a long list under a window of days, leaving it as connected as all links would.

    By date, each member is linked to the nearest one before and after it from another
    outlet: whatever two members may be compared are then connected through members
    between them. For evidence each is also linked to the hub of its stretch of the window.
    Undated members may be compared with all: they and all others form a star.
    """
    for m in range(size):
        order[m] = m
        keys[m] = np.int64(days[members[m]])
    _sort_by(keys, order, size)
    undated = 0
    while undated < size and keys[undated] == UNDATED:
        undated += 1
    for step in (1, -1):
        nearest = other = _NOBODY  # the last member, and the last one of another outlet than it
        for n in range(undated, size):
            m = order[n] if step > 0 else order[size - 1 + undated - n]
            outlet = outlets[members[m]]
            if nearest != _NOBODY:
                alike = outlet >= 0 and outlet == outlets[members[nearest]]
                partner = other if alike else nearest
                if partner != _NOBODY:
                    count = _link(
                        members, places, m, partner, outlets, days, window, document_bits, 0, out, count
                    )
                if not alike:
                    other = nearest
            nearest = m
    start = undated
    while start < size:
        stop = start
        while stop < size and keys[stop] - keys[start] <= window:
            stop += 1
        count = _link_star(
            members, places, order, start, stop, outlets, days, ranks, window, document_bits, out, count
        )
        start = stop
    if undated > 0:
        hub = second = 0
        for n in range(1, undated):
            if ranks[members[order[n]]] < ranks[members[order[hub]]]:
                hub = n
        second = _NOBODY
        for n in range(size):
            outlet = outlets[members[order[n]]]
            other_outlet = outlet < 0 or outlet != outlets[members[order[hub]]]
            if n != hub and other_outlet and (second == _NOBODY or (n < undated <= second)):
                second = n
        for n in range(size):
            before = count
            count = _link(
                members, places, order[n], order[hub], outlets, days, window, document_bits, 0, out, count
            )
            if count == before and second not in (_NOBODY, n):
                count = _link(
                    members,
                    places,
                    order[n],
                    order[second],
                    outlets,
                    days,
                    window,
                    document_bits,
                    0,
                    out,
                    count,
                )
    return count


@kernel
def _sort_by(keys: I64, order: I64, n: int) -> None:
    """Sort the first n keys, and their order with them, stably for equal keys (Shell sort)."""
    gap = 1
    while 3 * gap < n:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, n):
            key, place = keys[i], order[i]
            j = i
            while j >= gap and (keys[j - gap] > key or (keys[j - gap] == key and order[j - gap] > place)):
                keys[j], order[j] = keys[j - gap], order[j - gap]
                j -= gap
            keys[j], order[j] = key, place
        gap //= 3


@kernel
def count_links(links: U64, document_bits: int, least: int, common: int, slack: int) -> I32:
    """Return int32[n, 4]: a, b and the links within ``slack`` diagonals, where ``least`` or more; and 1 where those
    of long lists are all there are, and fewer than ``common``.

    ``links`` are sorted.
    """
    rest = np.uint64(64 - 2 * document_bits)
    one = np.uint64(1)
    diagonal_mask = (one << rest) - one
    document_mask = np.uint64((1 << document_bits) - 1)
    out = np.empty((1024, 4), np.int32)
    count = 0
    start = 0
    n = len(links)
    while start < n:
        pair = links[start] >> rest
        stop = start + 1
        while stop < n and links[stop] >> rest == pair:
            stop += 1
        best = few = 0
        doubtful = True
        tail = start
        for head in range(start, stop):
            few += int(links[head] & one)
            here = (links[head] & diagonal_mask) >> one
            while here - ((links[tail] & diagonal_mask) >> one) > slack:
                few -= int(links[tail] & one)
                tail += 1
            best = max(best, head - tail + 1)
            if head - tail + 1 >= least and (few > 0 or head - tail + 1 >= common):
                doubtful = False
        start = stop
        if best < least:
            continue
        if count == len(out):
            more = np.empty((2 * count, 4), np.int32)
            for m in range(count):
                for column in range(4):
                    more[m, column] = out[m, column]
            out = more
        out[count, 0] = pair >> np.uint64(document_bits)
        out[count, 1] = pair & document_mask
        out[count, 2] = best
        out[count, 3] = doubtful
        count += 1
    return out[:count].copy()
