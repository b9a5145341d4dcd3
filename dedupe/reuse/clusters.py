"""Seeds, points (sentence of a, sentence of b), gathered into passages.

As in Sanchez-Perez, Sidorov and Gelbukh (2014): a group is cut wherever the next seed lies
more than a gap away on one side, then on the other, until nothing moves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedupe.text.kernels import I32, I64, frozen, kernel


def clusters(points: NDArray[np.int32], gap: int) -> list[NDArray[np.int64]]:
    """Return the groups of ``points`` (int32[n, 2]) as arrays of row numbers.

    Two neighbouring seeds of a group have at most ``gap`` sentences without a seed between
    them on either side. Groups come in order of their first point on a, then on b.
    """
    rows = np.column_stack((np.zeros(len(points), np.int32), points))
    found = gather(frozen(rows, np.int32), gap)[1]
    order = np.argsort(found, kind="stable")
    return np.split(order, np.searchsorted(found[order], np.arange(1, found.max() + 1))) if len(found) else []


@kernel
def gather(points: I32, gap: int) -> tuple[I32, I64]:
    """Return the groups of ``points``, int32[n, 3] of pair, sentence of a and of b, pairs together: int32[m, 6]
    of pair, first and last-plus-one sentence of a and of b, and number of points; and each point's group."""
    count = len(points)
    of_point = np.zeros(count, np.int64)
    out = np.empty((count, 6), np.int32)
    groups = 0
    start = 0
    while start < count:
        stop = start + 1
        while stop < count and points[stop, 0] == points[start, 0]:
            stop += 1
        n = stop - start
        label = np.zeros(n, np.int64)
        labels = 1
        side = 1
        settled = 0 if n > 1 else 2
        while settled < 2:  # cut on one side, then on the other, until nothing moves
            order = np.argsort(label * (1 << 31) + points[start:stop, side])
            fresh = 0
            before = label.copy()
            for step in range(n):
                at = order[step]
                if step > 0:
                    last = order[step - 1]
                    apart = points[start + at, side] - points[start + last, side] > gap + 1
                    if before[at] != before[last] or apart:
                        fresh += 1
                label[at] = fresh
            settled = settled + 1 if fresh + 1 == labels else 0
            labels = fresh + 1
            side = 3 - side
        bounds = np.empty((labels, 6), np.int32)
        for number in range(labels):
            bounds[number, 5] = 0
        for at in range(n):
            own = bounds[label[at]]
            i, j = points[start + at, 1], points[start + at, 2]
            if own[5] == 0:
                own[0], own[1], own[2], own[3], own[4] = points[start, 0], i, i + 1, j, j + 1
            own[1], own[2] = min(own[1], i), max(own[2], i + 1)
            own[3], own[4] = min(own[3], j), max(own[4], j + 1)
            own[5] += 1
        # By first sentence of a, then of b: no two groups begin with the same on both sides.
        ranked = np.argsort(bounds[:, 1].astype(np.int64) * (1 << 31) + bounds[:, 3])
        place = np.empty(labels, np.int64)
        for number in range(labels):
            place[ranked[number]] = number
            out[groups + number] = bounds[ranked[number]]
        for at in range(n):
            of_point[start + at] = groups + place[label[at]]
        groups += labels
        start = stop
    return out[:groups].copy(), of_point
