"""Documents in small groups of the most alike, so that work on pairs can share what is made per document."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedupe.text.kernels import I32, I64, frozen, kernel

MOST = 64
"""Documents in a group."""


def neighbourhoods(a: NDArray[np.int32], b: NDArray[np.int32], likeness: NDArray[np.float64]) -> I64:
    """Return the group of each document, named by its first one, from pairs (a < b) and how alike they are.

    Groups are joined from the most alike pair to the least, up to ``MOST`` documents. Time O(n log n).
    """
    order = np.lexsort((b, a, -likeness))
    count = int(b.max(initial=-1)) + 1
    return _join(frozen(a[order], np.int32), frozen(b[order], np.int32), count, MOST)


@kernel
def _join(a: I32, b: I32, count: int, most: int) -> I64:
    parent = np.arange(count)
    size = np.ones(count, np.int32)
    for pair in range(len(a)):
        one, other = _find(parent, a[pair]), _find(parent, b[pair])
        if one != other and size[one] + size[other] <= most:
            first, second = min(one, other), max(one, other)
            parent[second] = first
            size[first] += size[second]
    for node in range(count):
        parent[node] = _find(parent, node)
    return parent


@kernel
def _find(parent: I64, node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node
