"""How alike every sentence of one document is to every sentence of another.

Words: cosine of TF-ISF vectors and Dice's coefficient of the sets of words, as in
Sanchez-Perez, Sidorov and Gelbukh (2014), "A Winning Approach to Text Alignment for Text
Reuse Detection at PAN 2014". Wording: cosine of character n-grams without names, and their
shared *mass*, the sum over shared n-grams of the logarithm of how few sentences hold them:
two sentences that share much rare wording are kin even when each says more besides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.reuse.prepared import F32, F64, Prepared, Terms
from dedupe.text.kernels import I32, U64, Flags, kernel

FEW = 20
"""Two documents are weighed as if they had so many sentences together at least: in two very short
ones every word is in many of the sentences there are, and that does not make it common."""
PROMISE = 10.0
"""Three or four rare words, in natural logarithms of how few sentences hold them."""
COMMON = 1_000_000
"""A term that would link more pairs of sentences than this is ignored: it would say nothing
and cost everything."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Pairs of sentences that share enough to be looked at, in order of ``a``, then ``b``."""

    a: NDArray[np.int32]
    b: NDArray[np.int32]
    cosine: NDArray[np.float64]
    dice: NDArray[np.float64]
    wording: NDArray[np.float64]
    mass: NDArray[np.float64]

    @property
    def strength(self) -> NDArray[np.float64]:
        """Shared mass, discounted by how much else the sentences say."""
        return self.mass * self.wording

    def mirrored(self) -> Likeness:
        """The same pairs with the two sides swapped, in the order of the new a."""
        order = np.lexsort((self.a, self.b))
        figures = (self.cosine, self.dice, self.wording, self.mass)
        return Likeness(self.b[order], self.a[order], *(column[order] for column in figures))


Weights = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int32]]
"""Weight of each distinct term of a and of b, and for each of a's its index in b or -1."""


@dataclass(frozen=True, slots=True)
class TermWeights:
    """What each term tells in this pair of documents: log of sentences over those that hold it."""

    words: Weights
    grams: Weights


def term_weights(a: Prepared, b: Prepared) -> TermWeights:
    """Weigh the terms of two documents by the number of their sentences that hold each."""
    return TermWeights(word_weights(a, b), _weights(a.grams, b.grams, _total(a, b), smooth=True))


def word_weights(a: Prepared, b: Prepared) -> Weights:
    """Weigh the words alone, which is cheap."""
    return _weights(a.words, b.words, _total(a, b), smooth=False)


def _total(a: Prepared, b: Prepared) -> int:
    return max(FEW, len(a.sentences) + len(b.sentences))


def promising(
    a: Prepared, b: Prepared, weights: Weights, busy_a: Flags, busy_b: Flags, *, low_cosine: float
) -> bool:
    """Whether any two sentences, ``busy`` ones left out, share enough words to be worth comparing by
    their letters: a cosine of ``low_cosine``, or words that weigh ``PROMISE`` together."""
    return _promising(*_flat(a.words), *_flat(b.words), *weights, busy_a, busy_b, low_cosine)


def likeness(
    a: Prepared, b: Prepared, weights: TermWeights, *, low_cosine: float, low_strength: float
) -> Likeness:
    """Return the pairs of sentences with a word cosine of ``low_cosine`` or a strength of
    ``low_strength`` (mass times wording cosine), or more."""
    columns = _pairs(*_flat(a.words), *_flat(b.words), *weights.words, *_flat(a.grams), *_flat(b.grams),
                     *weights.grams, low_cosine, low_strength)  # fmt: skip
    return Likeness(*columns)


def _flat(terms: Terms) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    return terms.bounds, terms.entry, terms.weight


def _weights(a: Terms, b: Terms, total: int, *, smooth: bool) -> Weights:
    logs = weights_of(total, smooth=smooth)
    return _merge(a.distinct, a.frequency, b.distinct, b.frequency, logs)


def weights_of(total: int, *, smooth: bool) -> F64:
    """Return what a term weighs by the number of sentences, of ``total``, that hold it."""
    weights: F64 = np.log((total + smooth) / np.maximum(np.arange(total + 1), 1.0))
    return weights


@kernel
def _merge(a: U64, a_frequency: I32, b: U64, b_frequency: I32, logs: F64) -> tuple[F64, F64, I32]:
    """Return each term's weight in a and in b, and the index in b of each term of a (or -1)."""
    a_weight = np.empty(len(a), np.float64)
    b_weight = np.empty(len(b), np.float64)
    twin = np.full(len(a), -1, np.int32)
    i = j = 0
    while i < len(a) or j < len(b):
        if j == len(b) or (i < len(a) and a[i] < b[j]):
            a_weight[i] = logs[a_frequency[i]]
            i += 1
        elif i == len(a) or b[j] < a[i]:
            b_weight[j] = logs[b_frequency[j]]
            j += 1
        else:
            weight = logs[a_frequency[i] + b_frequency[j]]
            if np.int64(a_frequency[i]) * np.int64(b_frequency[j]) > COMMON:
                weight = 0.0
            else:
                twin[i] = j
            a_weight[i] = weight
            b_weight[j] = weight
            i += 1
            j += 1
    return a_weight, b_weight, twin


@kernel
def _posts(bounds: I32, entry: I32, terms: int) -> tuple[I32, I32, I32]:
    """Return the entries by term instead of by sentence: bounds, sentence and entry of each."""
    starts = np.zeros(terms + 1, np.int32)
    for at in range(len(entry)):
        starts[entry[at] + 1] += 1
    for term in range(terms):
        starts[term + 1] += starts[term]
    free = starts[:-1].copy()
    unit = np.empty(len(entry), np.int32)
    place = np.empty(len(entry), np.int32)
    for sentence in range(len(bounds) - 1):
        for at in range(bounds[sentence], bounds[sentence + 1]):
            term = entry[at]
            unit[free[term]] = sentence
            place[free[term]] = at
            free[term] += 1
    return starts, unit, place


@kernel
def _norms(bounds: I32, entry: I32, tf: F32, weight: F64) -> F64:
    norms = np.zeros(len(bounds) - 1, np.float64)
    for sentence in range(len(bounds) - 1):
        for at in range(bounds[sentence], bounds[sentence + 1]):
            norms[sentence] += (tf[at] * weight[entry[at]]) ** 2
        norms[sentence] = np.sqrt(norms[sentence])
    return norms


@kernel
def _promising(
    a_bounds: I32, a_entry: I32, a_tf: F32, b_bounds: I32, b_entry: I32, b_tf: F32,
    a_weight: F64, b_weight: F64, twins: I32, busy_a: Flags, busy_b: Flags, low_cosine: float,
) -> bool:  # fmt: skip
    starts, unit, place = _posts(b_bounds, b_entry, len(b_weight))
    a_norm, b_norm = _norms(a_bounds, a_entry, a_tf, a_weight), _norms(b_bounds, b_entry, b_tf, b_weight)
    dot = np.zeros(len(b_bounds) - 1, np.float64)
    mass = np.zeros(len(b_bounds) - 1, np.float64)
    for i in range(len(a_bounds) - 1):
        if busy_a[i]:
            continue
        dot[:] = 0.0
        mass[:] = 0.0
        for at in range(a_bounds[i], a_bounds[i + 1]):
            twin = twins[a_entry[at]]
            if twin < 0:
                continue
            weight = a_weight[a_entry[at]]
            for post in range(starts[twin], starts[twin + 1]):
                j = unit[post]
                if busy_b[j]:
                    continue
                dot[j] += a_tf[at] * b_tf[place[post]] * weight * weight
                mass[j] += weight
                if mass[j] >= PROMISE:
                    return True
        for j in range(len(dot)):
            if dot[j] > 0.0 and dot[j] >= low_cosine * a_norm[i] * b_norm[j]:
                return True
    return False


@kernel
def _pairs(
    aw_bounds: I32, aw_entry: I32, aw_tf: F32, bw_bounds: I32, bw_entry: I32, bw_tf: F32,
    aw_weight: F64, bw_weight: F64, w_twin: I32,
    ag_bounds: I32, ag_entry: I32, ag_tf: F32, bg_bounds: I32, bg_entry: I32, bg_tf: F32,
    ag_weight: F64, bg_weight: F64, g_twin: I32,
    low_cosine: float, low_strength: float,
) -> tuple[I32, I32, F64, F64, F64, F64]:  # fmt: skip
    """Return the columns of a `Likeness`. ``aw_`` are the words of a, ``bg_`` the n-grams of b, …"""
    na, nb = len(aw_bounds) - 1, len(bw_bounds) - 1
    w_starts, w_unit, w_place = _posts(bw_bounds, bw_entry, len(bw_weight))
    g_starts, g_unit, g_place = _posts(bg_bounds, bg_entry, len(bg_weight))
    aw_norm, bw_norm = (
        _norms(aw_bounds, aw_entry, aw_tf, aw_weight),
        _norms(bw_bounds, bw_entry, bw_tf, bw_weight),
    )
    ag_norm, bg_norm = (
        _norms(ag_bounds, ag_entry, ag_tf, ag_weight),
        _norms(bg_bounds, bg_entry, bg_tf, bg_weight),
    )
    dot = np.zeros(nb, np.float64)
    same = np.zeros(nb, np.int32)
    g_dot = np.zeros(nb, np.float64)
    mass = np.zeros(nb, np.float64)
    touched = np.empty(nb, np.int32)
    room = 64
    left = np.empty(room, np.int32)
    right = np.empty(room, np.int32)
    figures = np.empty((room, 4), np.float64)
    count = 0
    for i in range(na):
        reached = 0
        for at in range(aw_bounds[i], aw_bounds[i + 1]):
            twin = w_twin[aw_entry[at]]
            if twin < 0:
                continue
            weight = aw_weight[aw_entry[at]]
            for post in range(w_starts[twin], w_starts[twin + 1]):
                j = w_unit[post]
                if same[j] == 0:
                    touched[reached] = j
                    reached += 1
                same[j] += 1
                dot[j] += aw_tf[at] * bw_tf[w_place[post]] * weight * weight
        for at in range(ag_bounds[i], ag_bounds[i + 1]):
            twin = g_twin[ag_entry[at]]
            if twin < 0 or ag_tf[at] == 0.0:
                continue
            weight = ag_weight[ag_entry[at]]
            for post in range(g_starts[twin], g_starts[twin + 1]):
                j = g_unit[post]
                other = bg_tf[g_place[post]]
                if other == 0.0:
                    continue
                if same[j] == 0:  # no word in common, but letters: a compound or another script's spacing
                    touched[reached] = j
                    reached += 1
                    same[j] = -1
                g_dot[j] += ag_tf[at] * other * weight * weight
                mass[j] += min(ag_tf[at], other) * weight
        for step in range(reached):
            j = touched[step]
            shared = max(same[j], 0)
            cosine = dot[j] / (aw_norm[i] * bw_norm[j]) if dot[j] > 0.0 else 0.0
            wording = g_dot[j] / (ag_norm[i] * bg_norm[j]) if g_dot[j] > 0.0 else 0.0
            if cosine >= low_cosine or mass[j] * wording >= low_strength:
                if count == room:
                    room *= 2
                    left = np.concatenate((left, np.empty(count, np.int32)))
                    right = np.concatenate((right, np.empty(count, np.int32)))
                    figures = np.concatenate((figures, np.empty((count, 4), np.float64)))
                left[count] = i
                right[count] = j
                sizes = aw_bounds[i + 1] - aw_bounds[i] + bw_bounds[j + 1] - bw_bounds[j]
                figures[count, 0] = cosine
                figures[count, 1] = 2.0 * shared / sizes if sizes > 0 else 0.0
                figures[count, 2] = wording
                figures[count, 3] = mass[j]
                count += 1
            dot[j] = 0.0
            g_dot[j] = 0.0
            mass[j] = 0.0
            same[j] = 0
    figures = figures[:count]
    left = left[:count]
    right = right[:count]
    order = np.argsort(left.astype(np.int64) * nb + right)
    return (
        left[order],
        right[order],
        figures[order, 0],
        figures[order, 1],
        figures[order, 2],
        figures[order, 3],
    )
