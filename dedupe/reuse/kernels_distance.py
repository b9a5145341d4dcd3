"""The compiled loop behind the edits of reworded passages in `dedupe.reuse.many`: the Levenshtein distance of
two runs of words, as rapidfuzz has it."""

from __future__ import annotations

import numpy as np

from dedupe.text.kernels import I32, I64, U64, kernel

_WORD = 64
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONE = np.uint64(1)
_TOP = np.uint64(63)


@kernel
def distances(rows: I32, blocks: I32, pairs: I32, offsets: I64, hashes: U64) -> I32:
    """Return the words that are inserted, deleted or replaced between the two sides of each block."""
    out = np.empty(len(rows), np.int32)
    longest = 1
    for number in range(len(rows)):
        longest = max(longest, blocks[number, 1] - blocks[number, 0])
    parts = longest // _WORD + 1
    slots = 16
    while slots < 2 * longest:
        slots *= 2
    keys, known = np.empty(slots, np.uint64), np.full(slots, -1, np.int32)
    masks = np.zeros((longest, parts), np.uint64)
    used = np.empty(longest, np.int32)
    up, down = np.empty(parts, np.uint64), np.empty(parts, np.uint64)
    for number in range(len(rows)):
        a, b = pairs[rows[number], 0], pairs[rows[number], 1]
        out[number] = _distance(
            hashes[offsets[a] + blocks[number, 0] : offsets[a] + blocks[number, 1]],
            hashes[offsets[b] + blocks[number, 2] : offsets[b] + blocks[number, 3]],
            keys, known, masks, used, up, down,
        )  # fmt: skip
    return out


@kernel
def _distance(left: U64, right: U64, keys: U64, known: I32, masks: U64, used: I32, up: U64, down: U64) -> int:
    """Myers (1999), in the form of Hyyrö (2003): a column of the table of distances as bits, 64 rows to a
    machine word. ``known`` is -1 and ``masks`` 0 throughout, before and after."""
    while len(left) and len(right) and left[0] == right[0]:
        left, right = left[1:], right[1:]
    while len(left) and len(right) and left[-1] == right[-1]:
        left, right = left[:-1], right[:-1]
    n = len(left)
    if n == 0:
        return len(right)
    last = np.uint64(len(keys) - 1)
    distinct = 0
    for at in range(n):
        slot = left[at] & last
        while known[slot] >= 0 and keys[slot] != left[at]:
            slot = (slot + _ONE) & last
        if known[slot] < 0:
            known[slot] = distinct
            keys[slot] = left[at]
            used[distinct] = slot
            distinct += 1
        masks[known[slot], at // _WORD] |= _ONE << np.uint64(at % _WORD)
    parts = (n + _WORD - 1) // _WORD
    for part in range(parts):
        up[part] = _ALL
        down[part] = 0
    bottom = _ONE << np.uint64((n - 1) % _WORD)
    distance = n
    for word in right:
        slot = word & last
        while known[slot] >= 0 and keys[slot] != word:
            slot = (slot + _ONE) & last
        place = known[slot]
        up_in, down_in = _ONE, np.uint64(0)
        for part in range(parts):
            equal = masks[place, part] if place >= 0 else np.uint64(0)
            rise, fall = up[part], down[part]
            equal |= down_in  # a fall that comes in from the part above counts as equal words at the top
            diagonal = (((equal & rise) + rise) ^ rise) | equal | fall
            up_out = fall | ~(diagonal | rise)
            down_out = rise & diagonal
            if part == parts - 1:
                distance += int((up_out & bottom) != 0) - int((down_out & bottom) != 0)
            up_next, down_next = up_out >> _TOP, down_out >> _TOP
            up_out = (up_out << _ONE) | up_in
            down_out = (down_out << _ONE) | down_in
            up[part] = down_out | ~(diagonal | up_out)
            down[part] = up_out & diagonal
            up_in, down_in = up_next, down_next
    for number in range(distinct):
        slot = used[number]
        for part in range(parts):
            masks[number, part] = 0
        known[slot] = -1
    return distance
