"""The compiled loop behind `dedupe.text.language`."""

from __future__ import annotations

import numpy as np

from dedupe.text.kernels import I32, I64, U64, Bytes, kernel
from dedupe.text.tokens import BASIS, PRIME, mix

_ONE = np.uint64(1)


@kernel
def enter(word: Bytes, keys: U64) -> int:
    """Put a word into an open hash table, in which 0 is a free slot; return its slot."""
    value = BASIS
    for byte in word:
        value = (value ^ np.uint64(byte)) * PRIME
    slot = _place(keys, value)
    keys[slot] = max(mix(value), _ONE)
    return slot


@kernel
def _place(keys: U64, value: np.uint64) -> int:
    """Return the slot of a word by its hash (FNV-1a, mixed, never 0), or the free one where it belongs."""
    key = max(mix(value), _ONE)
    last = np.uint64(len(keys) - 1)
    slot = key & last
    while keys[slot] != key and keys[slot] != 0:
        slot = (slot + _ONE) & last
    return int(slot)


@kernel
def count(text: Bytes, keys: U64, bounds: I32, languages: I32, scores: I64) -> int:
    """Return how many words, parted by white space, an ASCII text has, and add to ``scores`` how many each language
    lists in lower case: the word in slot s of ``keys`` those in ``languages[bounds[s]:bounds[s + 1]]``."""
    words = 0
    value, inside = BASIS, False
    for at in range(len(text) + 1):
        byte = np.uint64(text[at]) if at < len(text) else np.uint64(32)
        if byte <= 32 and (byte == 32 or 9 <= byte <= 13 or byte >= 28):
            if inside:
                words += 1
                slot = _place(keys, value)
                for entry in range(bounds[slot], bounds[slot + 1]):
                    scores[languages[entry]] += 1
                value, inside = BASIS, False
            continue
        if 65 <= byte <= 90:
            byte += np.uint64(32)
        value = (value ^ byte) * PRIME
        inside = True
    return words
