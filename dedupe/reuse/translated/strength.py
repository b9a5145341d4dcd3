"""How strongly two sentences of different languages match: cosine, less what rivals reach.

Sentences on the same event are alike whoever wrote them, so a cosine counts by how far it
stands above the other neighbours of the two sentences (the margin of Artetxe & Schwenk 2019,
"Margin-based Parallel Corpus Mining"). Unlike there, a neighbour that is itself a copy of
the partner is no rival: ten outlets that translate one dispatch must not cancel each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedupe.reuse.translated.alignment import EMBEDDED, SPELLED
from dedupe.reuse.translated.sentences import Sentences, cosines, unit_rows, unit_sparse
from dedupe.text.kernels import kernel

_KEPT = 8
_RIVALS = 3
_WEIGHT = 0.5
"""Rivals cost half of what they reach above the prior."""
_HELD = 50_000_000
"""Cosines kept in memory, so as not to be computed again: 200 MB."""
_JOIN_LIFT = 0.05
"""Two sentences joined match at most so much better, about, than the better of them."""


class Neighbours:
    """The nearest sentences in other languages, of every sentence, among the candidates."""

    def __init__(self, sentences: Sentences, vectors: Any) -> None:
        self.sentences, self.vectors = sentences, vectors
        self.scale = SPELLED if hasattr(vectors, "multiply") else EMBEDDED
        count = int(sentences.offsets[-1])
        self._scores = np.full((count, _KEPT), -1.0, dtype=np.float32)
        self._rows = np.zeros((count, _KEPT), dtype=np.int64)
        self._blocks: dict[tuple[int, int], NDArray[np.float32]] = {}
        self._join_rows = np.zeros(0, dtype=np.int64)
        self._join_vectors = np.zeros((0, vectors.shape[1]), dtype=np.float32)

    def learn(self, pairs: NDArray[np.int32]) -> list[tuple[int, int]]:
        """Take in the cosines of candidate pairs of documents, shape (n, 2).

        Return the pairs in which any two sentences are near enough to begin a chain.
        """
        live = []
        held = 0
        offsets = self.sentences.offsets.tolist()
        for a, b in pairs.tolist():
            block = self.cosines(a, b)
            _insert(block, offsets[a], offsets[b], self._scores, self._rows)
            if block.max() >= self.scale.neutral - _JOIN_LIFT:
                live.append((a, b))
                if held < _HELD:
                    self._blocks[a, b] = block
                    held += block.size
        return live

    def promising_joins(self, pairs: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
        """Return the rows that, joined with the next, may match one sentence of a partner; sorted.

        The vector of two sentences is not the sum of theirs, so these are worth encoding.
        """
        wanted = np.zeros(len(self.sentences.texts), dtype=np.bool_)
        for a, b in pairs:
            single = self.cosines(a, b)
            left, right = self.sentences.rows(a), self.sentences.rows(b)
            wanted[right][:-1] |= self._joinable(single, left, right).any(axis=0)
            wanted[left][:-1] |= self._joinable(single.T, right, left).any(axis=0)
        return np.flatnonzero(wanted)

    def take_joins(self, rows: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Take in the vectors of the rows joined with the next; the others are made of sums."""
        self._join_rows, self._join_vectors = rows, vectors

    def cosines(self, a: int, b: int) -> NDArray[np.float32]:
        """Return the cosines of the sentences of two documents (do not change them)."""
        block = self._blocks.get((a, b))
        if block is not None:
            return block
        return cosines(self.vectors[self.sentences.rows(a)], self.vectors[self.sentences.rows(b)])

    def strengths(
        self, a: int, b: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Return strengths of single sentences, of one with two, and of two with one.

        All have shape (n, m); a joined cell (i, j) holds i with j and j + 1, or i and i + 1
        with j, and -1 where joining makes no better match. A strength is a cosine less the
        mean of what the rivals on either side reach above the prior.
        """
        left, right = self.sentences.rows(a), self.sentences.rows(b)
        single = self.cosines(a, b)
        cost = np.zeros_like(single)
        rows, columns = np.nonzero(single >= self.scale.lean)
        if len(rows):
            one = self._rival_level(rows + left.start, columns + right.start)
            other = self._rival_level(columns + right.start, rows + left.start)
            cost[rows, columns] = np.float32(_WEIGHT) * np.maximum(
                (one + other) / 2 - np.float32(self.scale.prior), 0
            )
        one_two = self._with_joined(single, cost, left, right)
        two_one = self._with_joined(single.T, cost.T, right, left).T
        return single - cost, one_two, np.ascontiguousarray(two_one)

    def _with_joined(
        self, single: NDArray[np.float32], cost: NDArray[np.float32], one: slice, two: slice
    ) -> NDArray[np.float32]:
        """Return the strength of each sentence with each two in a row of the other side.

        Together they must match it better than either does.
        """
        table = np.full(single.shape, -1.0, dtype=np.float32)
        may = self._joinable(single, one, two)
        if not may.any():
            return table
        joined = cosines(self.vectors[one], self._joined(two))
        better = may & (joined > np.maximum(single[:, :-1], single[:, 1:]))
        table[:, :-1] = np.where(better, joined - np.maximum(cost[:, :-1], cost[:, 1:]), -1.0)
        return table

    def _joinable(self, single: NDArray[np.float32], one: slice, two: slice) -> NDArray[np.bool_]:
        """Return where two sentences in a row may match one: shape (n, m - 1).

        Both must have something of it, one of them much, and both be nearer to its length
        than that one alone.
        """
        sizes = self.sentences.sizes
        return _may_join(np.ascontiguousarray(single), sizes[one], sizes[two], self.scale.worth)

    def likeness(self, one: int, span: tuple[int, int], other: int, other_span: tuple[int, int]) -> float:
        """Return the cosine of a stretch of one document with a stretch of another."""
        sides = []
        for document, (start, stop) in ((one, span), (other, other_span)):
            rows = self.sentences.rows(document)
            inside = (self.sentences.starts[rows] >= start) & (self.sentences.stops[rows] <= stop)
            sides.append(self._sum(np.flatnonzero(inside) + rows.start))
        return float(cosines(sides[0], sides[1])[0, 0])

    def _sum(self, rows: NDArray[np.int64]) -> Any:
        """Return the unit vector of several sentences, by their lengths, as one row."""
        sizes = self.sentences.sizes[rows][:, None]
        vectors = self.vectors[rows]
        if hasattr(vectors, "multiply"):
            from scipy.sparse import csr_matrix

            return unit_sparse(csr_matrix(vectors.multiply(sizes).sum(axis=0)))
        return unit_rows((vectors * sizes).sum(axis=0, keepdims=True))

    def _rival_level(self, own: NDArray[np.int64], partner: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the mean cosine of the best rivals of ``partner`` for ``own``."""
        rivals, scores = self._rows[own], self._scores[own]
        prior = np.float32(self.scale.prior)
        cells, places = np.nonzero(scores > prior)
        copies = self._dots(rivals[cells, places], partner[cells]) >= self.scale.copy
        levels = np.maximum(scores, prior)
        levels[cells[copies], places[copies]] = prior
        levels.sort(axis=1)
        return np.asarray(levels[:, -_RIVALS:].mean(axis=1), dtype=np.float32)

    def _dots(self, i: NDArray[np.int64], j: NDArray[np.int64]) -> NDArray[np.float32]:
        left, right = self.vectors[i], self.vectors[j]
        if hasattr(left, "multiply"):
            return np.asarray(left.multiply(right).sum(axis=1), dtype=np.float32).ravel()
        return np.asarray(np.einsum("ij,ij->i", left, right), dtype=np.float32)

    def _joined(self, rows: slice) -> Any:
        """Return unit vectors of each two sentences in a row, by their lengths."""
        vectors, sizes = self.vectors[rows], self.sentences.sizes[rows]
        if hasattr(vectors, "multiply"):
            weighted = vectors.multiply(np.sqrt(sizes)[:, None]).tocsr()
            return unit_sparse(weighted[:-1] + weighted[1:])
        weighted = vectors * sizes[:, None]
        joined = unit_rows(weighted[:-1] + weighted[1:])
        first, last = np.searchsorted(self._join_rows, (rows.start, rows.stop - 1))
        joined[self._join_rows[first:last] - rows.start] = self._join_vectors[first:last]
        return joined


@kernel
def _insert(  # pragma: no cover (compiled)
    block: NDArray[np.float32],
    first_a: int,
    first_b: int,
    scores: NDArray[np.float32],
    rows: NDArray[np.int64],
) -> None:
    """Keep the best of a block of cosines in the lists of both sides; ties go to the smaller row."""
    n, m = block.shape
    kept = scores.shape[1]
    for i in range(n):
        for j in range(m):
            value = block[i, j]
            for side in range(2):
                own = first_a + i if side == 0 else first_b + j
                other = first_b + j if side == 0 else first_a + i
                if value < scores[own, kept - 1]:
                    continue
                place = kept - 1
                if value == scores[own, place] and other > rows[own, place]:
                    continue
                while place > 0 and (
                    value > scores[own, place - 1]
                    or (value == scores[own, place - 1] and other < rows[own, place - 1])
                ):
                    scores[own, place] = scores[own, place - 1]
                    rows[own, place] = rows[own, place - 1]
                    place -= 1
                scores[own, place] = value
                rows[own, place] = other


@kernel
def _may_join(  # pragma: no cover (compiled)
    single: NDArray[np.float32], one: NDArray[np.float32], two: NDArray[np.float32], worth: float
) -> NDArray[np.bool_]:
    """Return where sentences j and j + 1 of the second side may together match i of the first."""
    n, m = single.shape
    may = np.zeros((n, max(m - 1, 0)), dtype=np.bool_)
    for i in range(n):
        for j in range(m - 1):
            first, second = single[i, j], single[i, j + 1]
            if min(first, second) < worth / 2 or max(first, second) < worth:
                continue
            alone = two[j] if first > second else two[j + 1]
            singly = one[i] / alone if one[i] > alone else alone / one[i]
            both = two[j] + two[j + 1]
            together = one[i] / both if one[i] > both else both / one[i]
            may[i, j] = together < singly
    return may
