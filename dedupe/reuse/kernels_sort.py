"""Sorting packed 64-bit records: a radix sort, several times as fast as a comparison sort here."""

from __future__ import annotations

import numpy as np

from dedupe.text.kernels import U64, kernel

_DIGIT = 11


@kernel
def sort_from(values: U64, lowest_bit: int) -> U64:
    """Return ``values`` sorted by the bits from ``lowest_bit`` up; equal ones keep their order.

    The sorted values are in ``values`` or in a new array; the other is scratch.
    """
    n = len(values)
    passes = (64 - lowest_bit + _DIGIT - 1) // _DIGIT
    size = 1 << _DIGIT
    ends = np.zeros((passes, size), np.int64)
    digit_mask = np.uint64(size - 1)
    for i in range(n):
        value = values[i] >> np.uint64(lowest_bit)
        for p in range(passes):
            ends[p, value & digit_mask] += 1
            value >>= np.uint64(_DIGIT)
    spare = np.empty(n, np.uint64)
    for p in range(passes):
        shift = np.uint64(lowest_bit + p * _DIGIT)
        if n == 0 or ends[p, (values[0] >> shift) & digit_mask] == n:
            continue  # this digit is the same everywhere
        total = 0
        for digit in range(size):
            here = ends[p, digit]
            ends[p, digit] = total
            total += here
        for i in range(n):
            digit = (values[i] >> shift) & digit_mask
            spare[ends[p, digit]] = values[i]
            ends[p, digit] += 1
        values, spare = spare, values
    return values
