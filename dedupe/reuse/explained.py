"""Reworded passages that two dispatches explain better than copying does.

Two agencies report one event with the same facts, and each has its copyists. A copy of the one
then looks like a rewording of a copy of the other. So a reworded match between two documents is
set aside where each side is, more surely, a copy of a dispatch, and the dispatches are of two agencies.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.text.kernels import I32, I64, Flags

EXACT = 1.0
"""What a verbatim or light match counts more than its score: no reworded one is as sure."""
AT_ONCE = 1 << 20
"""Passages that are held against a copy of a dispatch at once."""


class _Copies(NamedTuple):
    """Passages of articles that match a dispatch, sorted by article: passage, sureness and the dispatch's agency."""

    passages: I32
    sureness: NDArray[np.float64]
    agency: I32


def explained(
    matches: I32, reworded: Flags, exact: Flags, scores: NDArray[np.float64], agencies: I32
) -> Flags:
    """Return of each match, int32[n, 2, 3] (two sides of document, start and stop), whether it is set aside.

    ``exact`` matches are verbatim or light ones. ``agencies`` numbers the agency of each document that is a
    dispatch; of others it is -1.
    """
    aside = np.zeros(len(matches), np.bool_)
    asked = np.flatnonzero(reworded)
    if not len(asked) or agencies.max(initial=-1) < 0:
        return aside
    sureness = scores + EXACT * exact
    passages, least = matches[asked].reshape(-1, 3), np.repeat(sureness[asked], 2)
    own = agencies[passages[:, 0]]
    dispatches = np.flatnonzero(own >= 0)
    said = [(dispatches, own[dispatches])]
    said += _said(passages, least, _copies(matches, sureness, agencies))
    passage, agency = (np.concatenate(column) for column in zip(*said, strict=True))
    spoken = np.zeros(len(passages), np.bool_)
    spoken[passage] = True
    keys = (passage >> 1) * (int(agencies.max()) + 1) + agency  # a match and an agency
    first = passage & 1 == 0
    shared = np.zeros(len(asked), np.bool_)
    shared[passage[first][np.isin(keys[first], keys[~first])] >> 1] = True
    aside[asked] = spoken[::2] & spoken[1::2] & ~shared
    return aside


def _copies(matches: I32, sureness: NDArray[np.float64], agencies: I32) -> _Copies:
    issued = agencies[matches[:, :, 0]]
    match, side = np.nonzero((issued < 0) & (issued[:, ::-1] >= 0))
    order = np.argsort(matches[match, side, 0], kind="stable")
    match, side = match[order], side[order]
    return _Copies(matches[match, side], sureness[match], issued[match, 1 - side])


def _said(passages: I32, least: NDArray[np.float64], copies: _Copies) -> Iterator[tuple[I64, I32]]:
    """Yield passages and agencies: those of the surest copies of dispatches that are surer than ``least`` and
    have half of the passage or more."""
    articles = copies.passages[:, 0]
    low, high = (np.searchsorted(articles, passages[:, 0], side) for side in ("left", "right"))
    sums = np.concatenate(([0], np.cumsum(high - low)))
    start = 0
    while start < len(passages):
        stop = max(start + 1, int(np.searchsorted(sums, sums[start] + AT_ONCE, "right")) - 1)
        passage = np.repeat(np.arange(start, stop), (high - low)[start:stop])
        copy = np.arange(len(passage)) + np.repeat((low - sums[:-1])[start:stop], (high - low)[start:stop])
        copy += sums[start]
        begin, end = passages[passage, 1], passages[passage, 2]
        both = np.minimum(end, copies.passages[copy, 2]) - np.maximum(begin, copies.passages[copy, 1])
        kept = (copies.sureness[copy] > least[passage]) & (2 * both >= end - begin)
        passage, copy = passage[kept], copy[kept]
        best = np.zeros(stop - start)
        np.maximum.at(best, passage - start, copies.sureness[copy])
        surest = copies.sureness[copy] == best[passage - start]
        yield passage[surest], copies.agency[copy[surest]]
        start = stop
