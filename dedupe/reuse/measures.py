"""Figures about one pair of aligned passages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from dedupe.records import MatchKind
from dedupe.reuse.likeness import TermWeights
from dedupe.reuse.prepared import Prepared, Terms
from dedupe.text.kernels import kernel

LIGHT = 0.25
"""Up to so large a share of edited words a passage is a light edit, by definition."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How alike two stretches of sentences are, each side taken as one bag of terms."""

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


def figures(
    a: Prepared, b: Prepared, weights: TermWeights, in_a: tuple[int, int], in_b: tuple[int, int]
) -> Figures:
    """Compare sentences ``in_a`` (first, last plus one) of a with ``in_b`` of b."""
    words = _bags(*_side(a.words), *_side(b.words), *weights.words, *in_a, *in_b)
    grams = _bags(*_side(a.grams), *_side(b.grams), *weights.grams, *in_a, *in_b)
    return Figures(words[0], grams[0], grams[1], words[2], words[3])


def edit_share(left: NDArray[np.uint64], right: NDArray[np.uint64]) -> float:
    """Return word edits (insert, delete, replace) per word of the longer passage, 0 to 1."""
    return float(Levenshtein.normalized_distance(left.tolist(), right.tolist()))


def kind_of(edits: float) -> MatchKind:
    """Return the kind of a passage within one language, from its share of edited words."""
    if edits == 0:
        return "verbatim"
    return "light" if edits <= LIGHT else "reworded"


def _side(terms: Terms) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    return terms.bounds, terms.entry, terms.weight


@kernel
def _bags(  # type: ignore[no-untyped-def]
    a_bounds, a_entry, a_tf, b_bounds, b_entry, b_tf, a_weight, b_weight, twin, a_start, a_stop, b_start, b_stop
):
    """Return cosine, shared mass, and the shares of a's and of b's mass that are shared."""
    a_bag = np.zeros(len(a_weight), np.float64)
    b_bag = np.zeros(len(b_weight), np.float64)
    for at in range(a_bounds[a_start], a_bounds[a_stop]):
        a_bag[a_entry[at]] += a_tf[at]
    for at in range(b_bounds[b_start], b_bounds[b_stop]):
        b_bag[b_entry[at]] += b_tf[at]
    dot = 0.0
    mass = 0.0
    a_norm = 0.0
    a_mass = 0.0
    for term in range(len(a_bag)):
        if a_bag[term] == 0.0:
            continue
        weight = a_weight[term]
        a_norm += (a_bag[term] * weight) ** 2
        a_mass += min(a_bag[term], 1.0) * weight
        if twin[term] >= 0 and b_bag[twin[term]] > 0.0:
            other = b_bag[twin[term]]
            dot += a_bag[term] * other * weight * weight
            mass += min(a_bag[term], other, 1.0) * weight
    b_norm = 0.0
    b_mass = 0.0
    for term in range(len(b_bag)):
        b_norm += (b_bag[term] * b_weight[term]) ** 2
        b_mass += min(b_bag[term], 1.0) * b_weight[term]
    norm = np.sqrt(a_norm * b_norm)
    return (
        dot / norm if norm > 0.0 else 0.0,
        mass,
        mass / a_mass if a_mass > 0.0 else 0.0,
        mass / b_mass if b_mass > 0.0 else 0.0,
    )
