"""The compiled loops behind `dedupe.reuse.minhash`."""

from __future__ import annotations

import numpy as np

from dedupe.reuse.kernels_grams import roll
from dedupe.text.kernels import I32, I64, U32, U64, Flags, kernel, wide_vectors

_13, _16 = np.uint32(13), np.uint32(16)
_M1, _M2 = np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
_TOP = np.uint64(32)


@kernel
def shingle(offsets: I64, hashes: U64, mask: Flags, k: int, counts: I64, out: U32) -> int:
    """Write the 32-bit shingle hashes of every document; ``counts[d + 1]`` ends document d's."""
    longest = 1
    for d in range(len(offsets) - 1):
        longest = max(longest, offsets[d + 1] - offsets[d])
    grams = np.empty(longest, np.uint64)
    total = 0
    for d in range(len(offsets) - 1):
        start, stop = offsets[d], offsets[d + 1]
        width = min(k, max(1, stop - start))  # a document shorter than k words is one shingle
        roll(hashes[start:stop], mask[start:stop], width, grams)
        for i in range(stop - start):
            if grams[i] != 0:
                out[total] = np.uint32(grams[i] >> _TOP)
                total += 1
        counts[d + 1] = total
    return total


@kernel
def sign(offsets: I64, shingles: U32, slopes: U32, shifts: U32, out: U32) -> None:
    """Fill uint32[n, permutations] with the least value of slope * fmix32(shingle) + shift."""
    wide_vectors()
    longest = 1
    for d in range(len(offsets) - 1):
        longest = max(longest, offsets[d + 1] - offsets[d])
    mixed = np.empty(longest + 7, np.uint32)
    row = np.empty(len(slopes), np.uint32)
    for d in range(len(offsets) - 1):
        own = shingles[offsets[d] : offsets[d + 1]]  # a slice, whose places are not looked at for their sign
        n = len(own)
        for p in range(len(slopes)):
            row[p] = np.uint32(0xFFFFFFFF)
        for i in range(n):
            # numba widens products of uint32 to uint64: every step is cast back.
            value = own[i]
            value = np.uint32(np.uint32(value ^ (value >> _16)) * _M1)
            value = np.uint32(np.uint32(value ^ (value >> _13)) * _M2)
            mixed[i] = np.uint32(value ^ (value >> _16))
        for i in range(n, n + 7 if n > 0 else n):
            mixed[i] = mixed[0]  # repeating a shingle changes no minimum
        # Eight shingles for each pass over the row: the loop over permutations becomes vector code
        # that reads and writes the row once for eight products.
        for i in range(0, n, 8):
            part = mixed[i : i + 8]
            h0, h1, h2, h3 = part[0], part[1], part[2], part[3]
            h4, h5, h6, h7 = part[4], part[5], part[6], part[7]
            for p in range(len(slopes)):
                slope, shift = slopes[p], shifts[p]
                least0 = min(np.uint32(h0 * slope + shift), np.uint32(h1 * slope + shift))
                least1 = min(np.uint32(h2 * slope + shift), np.uint32(h3 * slope + shift))
                least2 = min(np.uint32(h4 * slope + shift), np.uint32(h5 * slope + shift))
                least3 = min(np.uint32(h6 * slope + shift), np.uint32(h7 * slope + shift))
                least0, least2 = min(least0, least1), min(least2, least3)
                row[p] = min(row[p], min(least0, least2))  # noqa: PLW3301  (a chain would be slower)
        for p in range(len(slopes)):
            out[d, p] = row[p]


@kernel
def agree(signatures: U32, pairs: I32, out: I32) -> None:
    """Write how many values the signatures of each pair have in common."""
    for p in range(len(pairs)):
        a, b = pairs[p, 0], pairs[p, 1]
        same = 0
        for i in range(signatures.shape[1]):
            same += signatures[a, i] == signatures[b, i]
        out[p] = same


@kernel
def band(signatures: U32, start: int, rows: int, place_bits: int, out: U64) -> None:
    """Pack a hash of values ``start`` to ``start + rows`` of each signature above its number."""
    low = np.uint64(place_bits)
    for d in range(len(signatures)):
        digest = np.uint64(start + 1)
        for i in range(start, start + rows):
            digest = (digest ^ np.uint64(signatures[d, i])) * np.uint64(0x9E3779B97F4A7C15)
            digest ^= digest >> np.uint64(32)
        out[d] = (digest >> low) << low | np.uint64(d)


@kernel
def overlap(offsets: I64, shingles: U32, pairs: I32, out: I32) -> None:
    """Write for each pair the distinct shingles of a, of b and of both, as int32[n, 3].

    Sorted by the first document it runs fastest: that one is put into a table once and met by its partners.
    """
    longest = 1
    for p in range(len(pairs)):
        for side in range(2):
            longest = max(longest, offsets[pairs[p, side] + 1] - offsets[pairs[p, side]])
    slots = 16
    while slots < 4 * longest:
        slots *= 2
    keys, held = np.empty(slots, np.uint32), np.zeros(slots, np.bool_)
    met = np.full(slots, -1, np.int32)  # the last pair whose second document had it, too
    used = np.empty(longest, np.int64)
    distinct = np.full(len(offsets) - 1, -1, np.int32)
    home, n_used = -1, 0
    for p in range(len(pairs)):
        a, b = pairs[p, 0], pairs[p, 1]
        for document in (b, a):
            if distinct[document] >= 0 and (document != a or home == a):
                continue
            for u in range(n_used):
                held[used[u]] = False
            n_used = 0
            home = document
            for i in range(offsets[document], offsets[document + 1]):
                slot = np.int64(shingles[i]) & (slots - 1)
                while held[slot] and keys[slot] != shingles[i]:
                    slot = (slot + 1) & (slots - 1)
                if not held[slot]:
                    used[n_used] = slot
                    n_used += 1
                    held[slot] = True
                    keys[slot] = shingles[i]
            distinct[document] = n_used
        both = 0
        for i in range(offsets[b], offsets[b + 1]):
            slot = np.int64(shingles[i]) & (slots - 1)
            while held[slot]:
                if keys[slot] == shingles[i]:
                    both += met[slot] != p
                    met[slot] = p
                    break
                slot = (slot + 1) & (slots - 1)
        out[p, 0], out[p, 1], out[p, 2] = distinct[a], distinct[b], both
