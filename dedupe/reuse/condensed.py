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

LONGER = 3.0
"""The long side has at least so many times the words of the short one."""
DENSE = 2.0
"""A stretch of so many times the short side's words must not hold …"""
MOST = 0.7
"""… this share of the restated sentences: then the passage is reworded, not condensed."""
MEAN = 0.3
"""Mean cosine of the restated sentences."""
TAKEN = 0.5
"""At most so large a share of its words lies in passages of another kind."""
GAP = 2
SENTENCES = 3


def condensed(
    short: Prepared, long: Prepared, alike: Likeness, taken: NDArray[np.bool_], *, low_cosine: float
) -> list[Ranges]:
    """Return the ranges of sentences of ``short`` that condense ranges of ``long``.

    ``alike`` lists pairs of sentences with ``short`` as its a side; ``taken`` marks the words of
    ``short`` that lie in passages of another kind.
    """
    kept = np.flatnonzero(alike.cosine >= low_cosine)
    order = kept[np.lexsort((alike.b[kept], -alike.cosine[kept], alike.a[kept]))]
    firsts = order[np.unique(alike.a[order], return_index=True)[1]]  # the best partner of each sentence
    out = []
    rows = alike.a[firsts]
    for group in np.split(firsts, np.flatnonzero(np.diff(rows) > GAP + 1) + 1):
        if len(group) < SENTENCES or alike.cosine[group].mean() < MEAN:
            continue
        in_short = int(alike.a[group].min()), int(alike.a[group].max()) + 1
        in_long = int(alike.b[group].min()), int(alike.b[group].max()) + 1
        start, stop = _words(short, *in_short)
        low, high = _words(long, *in_long)
        if (
            high - low >= LONGER * (stop - start)
            and taken[start:stop].mean() <= TAKEN
            and not _dense(long, alike.b[group], DENSE * (stop - start))
        ):
            out.append((in_short, in_long))
    return out


def _words(side: Prepared, start: int, stop: int) -> tuple[int, int]:
    return int(side.sentences[start, 0]), int(side.sentences[stop - 1, 1])


def _dense(long: Prepared, partners: NDArray[np.int32], room: float) -> bool:
    """Whether most of the partner sentences begin within ``room`` words of one of them."""
    places = np.sort(long.sentences[partners, 0])
    return bool((np.searchsorted(places, places + room, "right") - np.arange(len(places)) >= MOST * len(places)).any())
