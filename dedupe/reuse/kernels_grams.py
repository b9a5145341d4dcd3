"""Hashes of word k-grams."""

from __future__ import annotations

import numpy as np

from dedupe.text.kernels import U64, Flags, kernel
from dedupe.text.tokens import mix

_TURN = 13


@kernel
def roll(words: U64, mask: Flags, k: int, out: U64) -> None:
    """Write to ``out[i]`` the hash of words ``i`` to ``i + k``; 0 where one of them is masked.

    ``mask`` is as long as ``words``, or empty when no word is masked; ``out`` has
    room for ``len(words)`` values, of which the last ``k - 1`` are set to 0. The hash is
    the exclusive or of the words' hashes, each turned by some bits more than the one before
    (Cohen 1997, "Recursive hashing functions for n-grams"), mixed, and never 0. It is
    computed word by word of the gram, not rolling, because that becomes vector code.
    """
    count = len(words) - k + 1
    for i in range(max(0, count), len(words)):
        out[i] = np.uint64(0)
    if count <= 0:
        return
    for i in range(count):
        out[i] = words[i]
    for t in range(1, k):
        left = np.uint64(_TURN * t % 63 + 1)
        right = np.uint64(64) - left
        later = words[t : t + count]
        for i in range(count):
            out[i] ^= (later[i] << left) | (later[i] >> right)
    for i in range(count):
        out[i] = max(mix(out[i]), np.uint64(1))
    if len(mask) > 0:
        masked = 0
        for i in range(len(words)):
            masked += mask[i]
            if i >= k:
                masked -= mask[i - k]
            if masked > 0 and i >= k - 1:
                out[i - k + 1] = np.uint64(0)
