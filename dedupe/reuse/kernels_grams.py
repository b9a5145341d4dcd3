"""Hashes of word k-grams: one rolling pass over a document's word hashes."""

from __future__ import annotations

import numpy as np

from dedupe.text.kernels import U64, Flags, kernel
from dedupe.text.tokens import mix

_BASE = np.uint64(0x9E3779B97F4A7C15)


@kernel
def roll(words: U64, mask: Flags, k: int, out: U64) -> None:
    """Write to ``out[i]`` the hash of words ``i`` to ``i + k``; 0 where one of them is masked.

    ``mask`` is as long as ``words``, or empty when no word is masked; ``out`` has
    room for ``len(words)`` values, of which the last ``k - 1`` are set to 0. The hash is
    the polynomial sum(word * base ** (k - 1 - position)) mod 2**64, mixed, and never 0.
    """
    power = np.uint64(1)
    for _ in range(k - 1):
        power *= _BASE
    rolling = np.uint64(0)
    clean = 0
    masked = len(mask) > 0
    for i in range(len(words)):
        if i >= k:
            rolling -= words[i - k] * power
        rolling = rolling * _BASE + words[i]
        clean = 0 if masked and mask[i] else clean + 1
        if i >= k - 1:
            out[i - k + 1] = max(mix(rolling), np.uint64(1)) if clean >= k else np.uint64(0)
    for i in range(max(0, len(words) - k + 1), len(words)):
        out[i] = np.uint64(0)
