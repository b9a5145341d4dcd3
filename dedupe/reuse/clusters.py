"""Seeds, points (sentence of a, sentence of b), gathered into passages.

As in Sanchez-Perez, Sidorov and Gelbukh (2014): a group is cut wherever the next seed lies
more than a gap away on one side, then on the other, until nothing moves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def clusters(points: NDArray[np.int32], gap: int) -> list[NDArray[np.int64]]:
    """Return the groups of ``points`` (int32[n, 2]) as arrays of row numbers.

    Two neighbouring seeds of a group have at most ``gap`` sentences without a seed between
    them on either side. Groups come in order of their first point on a, then on b.
    """
    done: list[NDArray[np.int64]] = []
    open_groups = [(np.arange(len(points)), 0, 0)] if len(points) else []
    while open_groups:
        group, side, settled = open_groups.pop()
        order = group[np.lexsort((points[group, 1 - side], points[group, side]))]
        cuts = np.flatnonzero(np.diff(points[order, side]) > gap + 1) + 1
        if len(cuts):
            open_groups += [(part, 1 - side, 0) for part in np.split(order, cuts)]
        elif settled:
            done.append(np.sort(group))
        else:
            open_groups.append((group, 1 - side, 1))
    return sorted(
        done, key=lambda group: (*points[group].min(axis=0).tolist(), *points[group].max(axis=0).tolist())
    )
