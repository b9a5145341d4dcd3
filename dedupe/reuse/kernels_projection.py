"""The compiled loop behind `dedupe.reuse.projection`: longest common subsequences of words."""

from __future__ import annotations

import numpy as np

from dedupe.text.kernels import I64, U64, kernel

_WORD = 64
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONE = np.uint64(1)


@kernel
def project(hashes: U64, rows: I64, least: float) -> I64:
    """Return int64[n, 2], the words of a copy that a part of a passage became, -1 where too few stand there.

    A row holds first and last-plus-one of the passage, of its copy (both within ``hashes``) and of the
    part (within the passage). Hyyrö (2004): a row of the table of lengths as bits, 64 columns to a
    machine word; of the alignments of equal length rapidfuzz's is taken.
    """
    out = np.full((len(rows), 2), -1, np.int64)
    longest = tallest = 1
    for number in range(len(rows)):
        longest = max(longest, rows[number, 1] - rows[number, 0])
        tallest = max(tallest, rows[number, 3] - rows[number, 2])
    parts = longest // _WORD + 1
    slots = 16
    while slots < 2 * longest:
        slots *= 2
    last_slot = np.uint64(slots - 1)
    keys, known = np.empty(slots, np.uint64), np.full(slots, -1, np.int32)
    masks = np.zeros((longest, parts), np.uint64)
    used = np.empty(longest, np.int64)
    flat = np.empty((tallest, parts), np.uint64)  # where a row of the table does not rise
    for number in range(len(rows)):
        left = hashes[rows[number, 0] : rows[number, 1]]
        right = hashes[rows[number, 2] : rows[number, 3]]
        begin, end = rows[number, 4], rows[number, 5]
        low, high, same = len(right), 0, 0
        head = 0
        while head < min(len(left), len(right)) and left[head] == right[head]:
            if begin <= head < end:
                low, high, same = min(low, head), head + 1, same + 1
            head += 1
        n, m = len(left), len(right)
        while n > head and m > head and left[n - 1] == right[m - 1]:
            n, m = n - 1, m - 1
            if begin <= n < end:
                low, high, same = min(low, m), max(high, m + 1), same + 1
        distinct = 0
        for at in range(head, n):
            slot = left[at] & last_slot
            while known[slot] >= 0 and keys[slot] != left[at]:
                slot = (slot + _ONE) & last_slot
            if known[slot] < 0:
                known[slot] = distinct
                keys[slot] = left[at]
                used[distinct] = slot
                distinct += 1
            masks[known[slot], (at - head) // _WORD] |= _ONE << np.uint64((at - head) % _WORD)
        width = (n - head + _WORD - 1) // _WORD
        for row in range(m - head):
            word = right[head + row]
            slot = word & last_slot
            while known[slot] >= 0 and keys[slot] != word:
                slot = (slot + _ONE) & last_slot
            place = known[slot]
            carry = np.uint64(0)
            for part in range(width):
                before = flat[row - 1, part] if row else _ALL
                both = before & masks[place, part] if place >= 0 else np.uint64(0)
                total = before + both
                over = np.uint64(total < before)
                total += carry
                carry = over | np.uint64(total < carry)
                flat[row, part] = total | (before - both)
        column, row = n - head, m - head
        while row and column:
            at = column - 1
            bit = _ONE << np.uint64(at % _WORD)
            if flat[row - 1, at // _WORD] & bit:
                column -= 1
                continue
            row -= 1
            if row and not flat[row - 1, at // _WORD] & bit:
                continue
            column -= 1
            if begin <= head + column < end:
                low, high, same = min(low, head + row), max(high, head + row + 1), same + 1
        for slot_number in range(distinct):
            known[used[slot_number]] = -1
            for part in range(width):
                masks[slot_number, part] = 0
        if same and same >= least * (end - begin):
            out[number] = low, high
    return out
