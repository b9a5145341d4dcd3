"""The compiled loop behind `dedupe.text.repeated`."""

from __future__ import annotations

import numpy as np

from dedupe.text.kernels import I64, kernel


@kernel
def components(one: I64, other: I64, count: int) -> I64:
    """Number the nodes of a graph by the first node that they hang together with."""
    parent = np.arange(count)
    for edge in range(len(one)):
        first, second = one[edge], other[edge]
        while parent[first] != first:
            parent[first] = parent[parent[first]]
            first = parent[first]
        while parent[second] != second:
            parent[second] = parent[parent[second]]
            second = parent[second]
        parent[max(first, second)] = min(first, second)
    for node in range(count):  # a parent stands before its children
        parent[node] = parent[parent[node]]
    return parent
