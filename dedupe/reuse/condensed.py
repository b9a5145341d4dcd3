"""A short passage that condenses a long one: each of its sentences restates some sentence of the
other document, and these lie scattered over a stretch several times as long.

Gaps between seeds say nothing here (on the long side they are the rule), so such passages
are gathered on the short side alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedupe.reuse.likeness import Likeness
from dedupe.reuse.prepared import Prepared

Ranges = tuple[tuple[int, int], tuple[int, int]]
"""Sentences, first and last plus one, of the short side and of the long."""

LONGER, LONGEST = 2.5, 10.0
"""The long side has so many times the words of the short one, …"""
COVER = 0.5
"""… and at least this share of its document's."""
DENSE = 0.6
"""When more of the restated sentences begin within the short side's length of one of them, the
passage is reworded, not condensed."""
FILL = 0.6
"""At least this share of the short side's sentences restate one."""
STRENGTH = 5.0
"""Median strength of these pairs of sentences."""
TAKEN = 0.5
"""At most so large a share of the short side lies in longer passages of another kind."""
HOLE = 0.8
"""No larger a share of the long side lies between two restated sentences."""
GAP = 2
SENTENCES = 3


def condensed(
    short: Prepared, long: Prepared, alike: Likeness, taken: NDArray[np.bool_], *, low_cosine: float
) -> list[Ranges]:
    """Return the ranges of sentences of ``short`` that condense ranges of ``long``.

    ``alike`` lists pairs of sentences with ``short`` as its a side; ``taken`` marks the words of
    ``short`` that lie in passages of another kind.
    """
    strength = alike.strength
    kept = np.flatnonzero(alike.cosine >= low_cosine)
    order = kept[np.lexsort((alike.b[kept], -alike.cosine[kept], alike.a[kept]))]
    firsts = order[np.unique(alike.a[order], return_index=True)[1]]  # the best partner of each sentence
    out = []
    rows = alike.a[firsts]
    for group in np.split(firsts, np.flatnonzero(np.diff(rows) > GAP + 1) + 1):
        if len(group) < SENTENCES or np.median(strength[group]) < STRENGTH:
            continue
        in_short = int(alike.a[group].min()), int(alike.a[group].max()) + 1
        in_long = int(alike.b[group].min()), int(alike.b[group].max()) + 1
        start, stop = _words(short, *in_short)
        low, high = _words(long, *in_long)
        if (
            LONGER <= (high - low) / (stop - start) <= LONGEST
            and high - low >= COVER * len(long.hashes)
            and len(group) >= FILL * (in_short[1] - in_short[0])
            and taken[start:stop].mean() <= TAKEN
            and _hole(long, alike.b[group]) <= HOLE * (high - low)
            and _density(long, alike.b[group], stop - start) <= DENSE
        ):
            out.append((in_short, in_long))
    return out


def _words(side: Prepared, start: int, stop: int) -> tuple[int, int]:
    return int(side.sentences[start, 0]), int(side.sentences[stop - 1, 1])


def _hole(long: Prepared, partners: NDArray[np.int32]) -> int:
    """Return the most words between the beginnings of two partner sentences next to each other."""
    return int(np.diff(np.sort(long.sentences[partners, 0])).max())


def _density(long: Prepared, partners: NDArray[np.int32], room: int) -> float:
    """Return the largest share of the partner sentences that begin within ``room`` words of one."""
    places = np.sort(long.sentences[partners, 0])
    near = np.searchsorted(places, places + room, "right") - np.arange(len(places))
    return float(near.max() / len(places))
