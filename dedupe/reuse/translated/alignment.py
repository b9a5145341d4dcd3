"""Alignment of the sentences of two documents in different languages.

Beads of one sentence with one, one with two and two with one (Gale & Church 1993, "A
program for aligning sentences in bilingual corpora") scored by vectors (Thompson & Koehn
2019, "Vecalign"), but local: a chain begins and ends where it pays, may skip sentences on
both sides, and a pair of documents may hold several chains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.text.kernels import kernel

_REACH = 4
"""A step in a chain may skip up to three sentences on each side."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Where the cosines of a kind of vectors lie.

    ``neutral`` parts what speaks for a match from what speaks against it, ``strong`` is what a
    literal translation reaches at best; ``gap`` is the
    cost of a skipped sentence, ``floor`` the least gain of a chain; ``lean`` the strength that
    is enough beside the matches of a chain that gained ``firm``; ``worth`` the cosine below
    which a cell is left alone; ``prior`` that from which rivals cost; ``copy`` that from which
    two sentences of one language count as copies.
    """

    neutral: float
    strong: float
    gap: float
    floor: float
    firm: float
    lean: float
    worth: float
    prior: float
    copy: float


EMBEDDED = Scale(
    neutral=0.45, strong=1.0, gap=0.06, floor=0.05, firm=0.3, lean=0.33, worth=0.3, prior=0.3, copy=0.6
)
SPELLED = Scale(
    neutral=0.13, strong=0.4, gap=0.03, floor=0.03, firm=0.15, lean=0.1, worth=0.08, prior=0.1, copy=0.4
)


class Bead(NamedTuple):
    """Sentences ``a_start`` to ``a_stop`` match ``b_start`` to ``b_stop`` (exclusive) at ``strength``."""

    a_start: int
    a_stop: int
    b_start: int
    b_stop: int
    strength: float


def find_chains(
    single: NDArray[np.float32],
    one_two: NDArray[np.float32],
    two_one: NDArray[np.float32],
    scale: Scale,
) -> list[list[Bead]]:
    """Return the chains of a pair of documents, best first; no sentence is in two of them.

    ``single[i, j]`` is the strength of sentence i with j, ``one_two[i, j]`` of i with j and
    j + 1, ``two_one[i, j]`` of i and i + 1 with j; all of shape (n, m), negative where such a
    bead is not to be had. A bead gains its strength minus ``scale.neutral``, a skipped
    sentence costs ``scale.gap``. Chains that gain less than
    ``scale.floor`` are not returned. At last a chain that gained ``scale.firm`` takes in the
    sentences that lie next to its beads on both sides and reach ``scale.lean``, a strength
    that would not do alone. Deterministic: ties go to the earliest sentences.
    """
    free_a = np.ones(single.shape[0], dtype=np.bool_)
    free_b = np.ones(single.shape[1], dtype=np.bool_)
    chains: list[list[Bead]] = []
    gains: list[float] = []
    while free_a.any() and free_b.any():
        gain, steps = _best_chain(single, one_two, two_one, free_a, free_b, scale.neutral, scale.gap, _REACH)
        if gain < scale.floor or not len(steps):
            break
        chain: list[Bead] = []
        for a_start, a_size, b_start, b_size in steps[::-1].tolist():
            table = single if a_size == b_size else (one_two if b_size == 2 else two_one)
            bead = Bead(a_start, a_start + a_size, b_start, b_start + b_size, float(table[a_start, b_start]))
            free_a[bead.a_start : bead.a_stop] = False
            free_b[bead.b_start : bead.b_stop] = False
            chain.append(bead)
        chains.append(chain)
        gains.append(gain)
    tables = ((single, 1, 1), (one_two, 1, 2), (two_one, 2, 1))
    return [
        _leaned_on(chain, tables, free_a, free_b, scale.lean) if gain >= scale.firm else chain
        for chain, gain in zip(chains, gains, strict=True)
    ]


def _leaned_on(
    chain: list[Bead],
    tables: tuple[tuple[NDArray[np.float32], int, int], ...],
    free_a: NDArray[np.bool_],
    free_b: NDArray[np.bool_],
    lean: float,
) -> list[Bead]:
    """Return the chain with the beads that its neighbours vouch for, in order."""
    grown = list(chain)
    place = 0
    while place < len(grown):
        bead = grown[place]
        after = _next_to(bead, tables, free_a, free_b, 1)
        if after is not None and after.strength >= lean:
            grown.insert(place + 1, after)
            free_a[after.a_start : after.a_stop] = False
            free_b[after.b_start : after.b_stop] = False
        place += 1
    place = len(grown) - 1
    while place >= 0:
        before = _next_to(grown[place], tables, free_a, free_b, -1)
        if before is not None and before.strength >= lean:
            grown.insert(place, before)
            free_a[before.a_start : before.a_stop] = False
            free_b[before.b_start : before.b_stop] = False
        else:
            place -= 1
    return grown


def _next_to(
    bead: Bead,
    tables: tuple[tuple[NDArray[np.float32], int, int], ...],
    free_a: NDArray[np.bool_],
    free_b: NDArray[np.bool_],
    side: int,
) -> Bead | None:
    """Return the best bead of free sentences right after (1) or right before (-1) a bead."""
    best: Bead | None = None
    for table, a_size, b_size in tables:
        a_start = bead.a_stop if side > 0 else bead.a_start - a_size
        b_start = bead.b_stop if side > 0 else bead.b_start - b_size
        if a_start < 0 or b_start < 0 or a_start + a_size > len(free_a) or b_start + b_size > len(free_b):
            continue
        if not (free_a[a_start : a_start + a_size].all() and free_b[b_start : b_start + b_size].all()):
            continue
        strength = float(table[a_start, b_start])
        if best is None or strength > best.strength:
            best = Bead(a_start, a_start + a_size, b_start, b_start + b_size, strength)
    return best


@kernel
def _best_chain(  # pragma: no cover (compiled)
    single: NDArray[np.float32],
    one_two: NDArray[np.float32],
    two_one: NDArray[np.float32],
    free_a: NDArray[np.bool_],
    free_b: NDArray[np.bool_],
    neutral: float,
    gap: float,
    reach: int,
) -> tuple[float, NDArray[np.int32]]:
    """Return the gain of the best chain and its steps, last first: a_start, a_size, b_start, b_size."""
    n, m = single.shape
    best = np.zeros((n, m), dtype=np.float64)  # gain of the best chain whose last bead ends at (i, j)
    came = np.full((n, m, 4), -1, dtype=np.int32)  # a_size, b_size, and the end of the bead before
    top, top_i, top_j = 0.0, -1, -1
    for i in range(n):
        if not free_a[i]:
            continue
        for j in range(m):
            if not free_b[j]:
                continue
            for shape in range(3):
                a_size = 2 if shape == 2 else 1
                b_size = 2 if shape == 1 else 1
                a0, b0 = i - a_size + 1, j - b_size + 1
                if a0 < 0 or b0 < 0 or not free_a[a0] or not free_b[b0]:
                    continue
                strength = (
                    single[a0, b0] if shape == 0 else (one_two[a0, b0] if shape == 1 else two_one[a0, b0])
                )
                if strength < 0.0:
                    continue
                gain = strength - neutral
                if shape:
                    gain *= 1.5  # three sentences in one bead, where two beads of one would have four
                before, p, q = 0.0, -1, -1
                for di in range(reach):
                    x = a0 - 1 - di
                    if x < 0:
                        break
                    for dj in range(reach):
                        y = b0 - 1 - dj
                        if y < 0:
                            break
                        value = best[x, y] - gap * (di + dj)
                        if value > before + 1e-9:
                            before, p, q = value, x, y
                if gain + before > best[i, j] + 1e-9:
                    best[i, j] = gain + before
                    came[i, j, 0], came[i, j, 1], came[i, j, 2], came[i, j, 3] = a_size, b_size, p, q
            if best[i, j] > top + 1e-9:
                top, top_i, top_j = best[i, j], i, j
    steps = np.empty((n, 4), dtype=np.int32)
    count = 0
    while top_i >= 0:
        a_size, b_size = came[top_i, top_j, 0], came[top_i, top_j, 1]
        steps[count, 0], steps[count, 1] = top_i - a_size + 1, a_size
        steps[count, 2], steps[count, 3] = top_j - b_size + 1, b_size
        count += 1
        top_i, top_j = came[top_i, top_j, 2], came[top_i, top_j, 3]
    return top, steps[:count]
