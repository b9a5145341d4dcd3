"""The compiled loop behind `dedupe.provenance.dictionary`."""

from __future__ import annotations

import numpy as np

from dedupe.text.kernels import I64, U64, Bytes, Flags, kernel
from dedupe.text.tokens import eight

BEGUN, LOOKS = 18, 20
"""Sizes of the hash tables, as powers of two: the one that is asked most stays in the cache."""
GRAM_FACTOR = 0x9E3779B1 << 8 & 0xFFFFFFFF  # the shift leaves out the fourth byte
FACTOR, TAIL_FACTOR = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F
_TO_BEGUN, _TO_LOOKS, _TO_SLOT = np.uint64(32 - BEGUN), np.uint64(32 - LOOKS), np.uint64(64 - LOOKS)
_GRAM, _LOW = np.uint64(GRAM_FACTOR), np.uint64(0xFFFFFFFF)
_FACTOR, _TAIL_FACTOR = np.uint64(FACTOR), np.uint64(TAIL_FACTOR)


@kernel
def places(
    data: Bytes, start: int, stop: int, begun: Flags, shortest: Bytes, longer: Bytes, known: Flags, heads: U64,
    tails: U64, out: I64,
) -> int:  # fmt: skip
    """Write where a key may begin, of the places ``start`` to ``stop``; return how many there are.

    ``data`` goes on for two words at least, ``out`` has room for all places and one.
    """
    count = 0
    for at in range(start, stop):  # without a branch
        gram = eight(data, np.uint64(at)) & _LOW
        out[count] = at
        count += begun[((gram * _GRAM) & _LOW) >> _TO_BEGUN]
    kept = 0
    for step in range(count):
        place = np.uint64(out[step])
        head = eight(data, place)
        length = shortest[(((head & _LOW) * _GRAM) & _LOW) >> _TO_LOOKS]
        length = longer[((head & heads[length]) * _FACTOR) >> _TO_SLOT]
        if length == 0:
            continue
        tail = eight(data, place + np.uint64(8))
        slot = (((head & heads[length]) * _FACTOR) ^ ((tail & tails[length]) * _TAIL_FACTOR)) >> _TO_SLOT
        out[kept] = out[step]
        kept += known[slot]
    return kept
