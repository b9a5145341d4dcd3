"""How strongly two sentences of different languages match: cosine, less what rivals reach.

Sentences on the same event are alike whoever wrote them, so a cosine counts by how far it
stands above the other neighbours of the two sentences (the margin of Artetxe & Schwenk 2019,
"Margin-based Parallel Corpus Mining"). Unlike there, a neighbour that is itself a copy of
the partner is no rival: ten outlets that translate one dispatch must not cancel each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedupe.reuse.crosslingual_sentences import Sentences, cosines, unit_rows
from dedupe.text.kernels import kernel

_KEPT = 8
_RIVALS = 3


@dataclass(frozen=True, slots=True)
class Scale:
    """Where the cosines of a kind of vectors lie.

    ``neutral`` parts what speaks for a match from what speaks against it; ``gap`` is the
    cost of a skipped sentence, ``floor`` the least gain of a chain; ``lean`` the strength that
    is enough beside a match; ``worth`` the cosine
    below which a cell is left alone; ``prior`` that from which rivals cost; ``copy`` that
    from which two sentences of one language count as copies.
    """

    neutral: float
    gap: float
    floor: float
    lean: float
    worth: float
    prior: float
    copy: float


EMBEDDED = Scale(neutral=0.45, gap=0.06, floor=0.05, lean=0.33, worth=0.3, prior=0.3, copy=0.75)
SPELLED = Scale(neutral=0.16, gap=0.03, floor=0.03, lean=0.08, worth=0.1, prior=0.08, copy=0.4)


class Neighbours:
    """The nearest sentences in other languages, of every sentence, among the candidates."""

    def __init__(self, sentences: Sentences, vectors: Any) -> None:
        self.sentences, self.vectors = sentences, vectors
        self.scale = SPELLED if hasattr(vectors, "multiply") else EMBEDDED
        count = int(sentences.offsets[-1])
        self._scores = np.full((count, _KEPT), -1.0, dtype=np.float32)
        self._rows = np.zeros((count, _KEPT), dtype=np.int64)

    def learn(self, pairs: NDArray[np.int32]) -> None:
        """Take in the cosines of candidate pairs of documents, shape (n, 2)."""
        for a, b in pairs.tolist():
            block = self.cosines(a, b)
            _insert(
                block,
                int(self.sentences.offsets[a]),
                int(self.sentences.offsets[b]),
                self._scores,
                self._rows,
            )

    def cosines(self, a: int, b: int) -> NDArray[np.float32]:
        """Return the cosines of the sentences of two documents."""
        return cosines(self.vectors[self.sentences.rows(a)], self.vectors[self.sentences.rows(b)])

    def strengths(
        self, a: int, b: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Return strengths of single sentences, of one with two, and of two with one.

        Shapes (n, m), (n, m - 1), (n - 1, m). A strength is a cosine less the mean of what
        the rivals on either side reach above the prior.
        """
        left, right = self.sentences.rows(a), self.sentences.rows(b)
        single = self.cosines(a, b)
        cost = np.zeros_like(single)
        rows, columns = np.nonzero(single >= self.scale.worth)
        if len(rows):
            one = self._rival_level(rows + left.start, columns + right.start)
            other = self._rival_level(columns + right.start, rows + left.start)
            cost[rows, columns] = np.maximum((one + other) / 2 - np.float32(self.scale.prior), 0)
        pairs_b, pairs_a = self._joined(right), self._joined(left)
        joined_b = cosines(self.vectors[left], pairs_b) - np.minimum(cost[:, :-1], cost[:, 1:])
        joined_a = cosines(pairs_a, self.vectors[right]) - np.minimum(cost[:-1], cost[1:])
        return single - cost, joined_b, joined_a

    def _rival_level(self, own: NDArray[np.int64], partner: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the mean cosine of the best rivals of ``partner`` for ``own``."""
        rivals, scores = self._rows[own], self._scores[own]
        likeness = self._dots(rivals.ravel(), np.repeat(partner, _KEPT)).reshape(rivals.shape)
        real = (scores > 0) & (likeness < self.scale.copy)
        levels = np.where(real, scores, np.float32(self.scale.prior))
        best: NDArray[np.float32] = -np.sort(-levels, axis=1)[:, :_RIVALS]
        return np.asarray(best.mean(axis=1), dtype=np.float32)

    def _dots(self, i: NDArray[np.int64], j: NDArray[np.int64]) -> NDArray[np.float32]:
        left, right = self.vectors[i], self.vectors[j]
        if hasattr(left, "multiply"):
            return np.asarray(left.multiply(right).sum(axis=1), dtype=np.float32).ravel()
        return np.asarray(np.einsum("ij,ij->i", left, right), dtype=np.float32)

    def _joined(self, rows: slice) -> Any:
        """Return unit vectors of each two sentences in a row, by their lengths."""
        vectors, words = self.vectors[rows], self.sentences.words[rows].astype(np.float32)
        if hasattr(vectors, "multiply"):
            from sklearn.preprocessing import normalize

            weighted = vectors.multiply(np.sqrt(words)[:, None]).tocsr()
            return normalize(weighted[:-1] + weighted[1:])
        weighted = vectors * words[:, None]
        return unit_rows(weighted[:-1] + weighted[1:])


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
