"""Figures about one pair of aligned passages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from dedupe.records import MatchKind
from dedupe.reuse.edges import Block
from dedupe.reuse.likeness import TermWeights, Weights
from dedupe.reuse.prepared import F32, F64, Bag, Prepared, Terms
from dedupe.text.kernels import I32, U64, kernel

LONGEST = 20_000
"""Words up to which edits are counted; counting takes time with the square of the length."""
LIGHT = 0.25
"""Up to so large a share of edited words a passage is a light edit, by definition."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How alike two passages are, each side taken as one bag of terms."""

    cosine: float
    """Of the words' TF-ISF vectors."""
    wording: float
    """Of the character n-grams, names left out."""
    mass: float
    """Weight of the shared n-grams, each counted once."""
    a_contained: float
    """Weight of a's words that b has too, as a share of the weight of all a's words."""
    b_contained: float

    @property
    def strength(self) -> float:
        """Shared mass, discounted by how much else the passages say."""
        return self.mass * self.wording


def figures(a: Prepared, b: Prepared, weights: TermWeights, block: Block) -> Figures:
    """Compare the words of two passages, and nothing around them."""
    words = _compared(a.words, b.words, weights.words, a.words_of(*block[:2]), b.words_of(*block[2:]))
    grams = _compared(a.grams, b.grams, weights.grams, a.grams_of(*block[:2]), b.grams_of(*block[2:]))
    return Figures(words[0], grams[0], grams[1], words[2], words[3])


def _compared(
    a: Terms, b: Terms, weights: Weights, left: Bag, right: Bag
) -> tuple[float, float, float, float]:
    return _compare(_bag(a.distinct, *left), _bag(b.distinct, *right), *weights)


@kernel
def _bag(distinct: U64, hashes: U64, amounts: F32) -> tuple[I32, F64]:
    """Return the index of each term among the sorted distinct ones, once, with its total amount."""
    places = np.searchsorted(distinct, hashes)
    order = np.argsort(places)
    terms = np.empty(len(places), np.int32)
    totals = np.empty(len(places), np.float64)
    count = 0
    for step in range(len(order)):
        place = places[order[step]]
        if place == len(distinct) or distinct[place] != hashes[order[step]]:
            continue
        if count == 0 or terms[count - 1] != place:
            terms[count] = place
            totals[count] = 0.0
            count += 1
        totals[count - 1] += amounts[order[step]]
    return terms[:count], totals[:count]


def edit_share(left: NDArray[np.uint64], right: NDArray[np.uint64]) -> float:
    """Return word edits (insert, delete, replace) per word of the longer passage, 0 to 1.

    Beyond ``LONGEST`` words order is left out of account: the words that the longer passage has
    and the shorter has not.
    """
    if max(len(left), len(right)) > LONGEST:
        shorter, longer = sorted((left, right), key=len)
        return float(1 - np.isin(longer, shorter).mean())
    return float(Levenshtein.normalized_distance(left.tolist(), right.tolist()))


def kind_of(edits: float) -> MatchKind:
    """Return the kind of a passage within one language, from its share of edited words."""
    if edits == 0:
        return "verbatim"
    return "light" if edits <= LIGHT else "reworded"


@kernel
def _compare(
    left: tuple[I32, F64], right: tuple[I32, F64], a_weight: F64, b_weight: F64, twin: I32
) -> tuple[float, float, float, float]:
    """Return cosine, shared mass, and the shares of a's and of b's mass that are shared."""
    (a_terms, a_amount), (b_terms, b_amount) = left, right
    held = np.zeros(len(b_weight), np.float64)
    b_norm = 0.0
    b_mass = 0.0
    for at in range(len(b_terms)):
        weight = b_weight[b_terms[at]]
        held[b_terms[at]] = b_amount[at]
        b_norm += (b_amount[at] * weight) ** 2
        b_mass += min(b_amount[at], 1.0) * weight
    dot = 0.0
    mass = 0.0
    a_norm = 0.0
    a_mass = 0.0
    for at in range(len(a_terms)):
        weight = a_weight[a_terms[at]]
        a_norm += (a_amount[at] * weight) ** 2
        a_mass += min(a_amount[at], 1.0) * weight
        other = twin[a_terms[at]]
        if other >= 0 and held[other] > 0.0:
            dot += a_amount[at] * held[other] * weight * weight
            mass += min(a_amount[at], held[other], 1.0) * weight
    norm = np.sqrt(a_norm * b_norm)
    return (
        dot / norm if norm > 0.0 else 0.0,
        mass,
        mass / a_mass if a_mass > 0.0 else 0.0,
        mass / b_mass if b_mass > 0.0 else 0.0,
    )
