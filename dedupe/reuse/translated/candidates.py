"""Which documents of different languages are compared sentence by sentence.

Rare names and numbers in common first, then the nearest sentences, then the nearest
documents; so that a million sentences are not all compared with all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedupe.reuse.translated.anchors import Anchors
from dedupe.reuse.translated.sentences import Sentences, View, cosines, unit_rows, unit_sparse

_BLOCK = 2048
"""Rows of a block of the product of two languages' vectors."""
_SENTENCE_BUDGET = 4_000_000_000
"""Above so many pairs of sentences only documents are compared by vector."""
_NEAREST, _NEAR, _VERY_NEAR = 3, 0.35, 0.55
"""Partners taken per sentence, and the cosines they need."""
_COMMON = 0.1
"""A name or number in more than this share of the documents says nothing."""


def candidate_pairs(
    views: Sequence[View],
    sentences: Sentences,
    vectors: Any,
    anchors: Sequence[Anchors],
    *,
    neighbours: int,
    window_days: int,
    same_outlet: bool,
) -> NDArray[np.int32]:
    """Return pairs of document indices, a < b, sorted, shape (n, 2), int32.

    The two are in different languages, by different outlets (unless ``same_outlet``), and
    published at most ``window_days`` apart where both dates are known (0: no limit). Each
    document gets up to ``neighbours`` partners per language and channel. ``anchors`` has one
    entry per sentence.
    """
    by_language: dict[str, list[int]] = {}
    for index, view in enumerate(views):
        if view.language and sentences.offsets[index] < sentences.offsets[index + 1]:
            by_language.setdefault(view.language, []).append(index)
    allowed = _Allowed(views, window_days, same_outlet)
    anchor_rows = _anchor_matrix(sentences, anchors)
    found: set[tuple[int, int]] = set()
    languages = sorted(by_language)
    for place, first in enumerate(languages):
        for second in languages[place + 1 :]:
            left, right = np.array(by_language[first]), np.array(by_language[second])
            if len(left) * len(right) <= neighbours * neighbours:
                scores = np.ones((len(left), len(right)), dtype=np.float32)
                found |= allowed.best(scores, left, right, max(len(left), len(right)))
                continue
            found |= _in_blocks(allowed, anchor_rows, left, right, neighbours)
            documents = document_vectors(sentences, vectors)
            found |= _in_blocks(allowed, documents, left, right, neighbours)
            rows = [_row_list(sentences, side) for side in (left, right)]
            if len(rows[0]) * len(rows[1]) <= _SENTENCE_BUDGET:
                found |= _nearest_sentences(sentences, vectors, allowed, rows[0], rows[1])
    return np.array(sorted(found), dtype=np.int32).reshape(-1, 2)


class _Allowed:
    """The conditions on a pair of documents, in arrays."""

    def __init__(self, views: Sequence[View], window_days: int, same_outlet: bool) -> None:
        names = {outlet: number for number, outlet in enumerate(sorted({view.outlet for view in views}))}
        self.outlets = np.array([names[view.outlet] if view.outlet else -1 for view in views], dtype=np.int64)
        self.days = np.array([day_number(view.published) for view in views], dtype=np.int64)
        self.window, self.same_outlet = window_days, same_outlet

    def mask(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which of two broadcastable arrays of documents may be compared."""
        ok = left != right
        if not self.same_outlet:
            ok &= (self.outlets[left] != self.outlets[right]) | (self.outlets[left] < 0)
        if self.window > 0:
            known = (self.days[left] >= 0) & (self.days[right] >= 0)
            ok &= ~known | (np.abs(self.days[left] - self.days[right]) <= self.window)
        return np.asarray(ok)

    def best(
        self, scores: NDArray[np.float32], left: NDArray[np.int64], right: NDArray[np.int64], k: int
    ) -> set[tuple[int, int]]:
        """Return the k best allowed partners of each row of ``scores`` that score above zero."""
        scores = np.where(self.mask(left[:, None], right[None, :]), scores, 0.0)
        keep = min(k, scores.shape[1])
        order = np.argpartition(-scores, keep - 1, axis=1)[:, :keep]
        rows, columns = np.nonzero(np.take_along_axis(scores, order, axis=1) > 0)
        a, b = left[rows], right[order[rows, columns]]
        return set(zip(np.minimum(a, b).tolist(), np.maximum(a, b).tolist(), strict=True))


def day_number(published: str | None) -> int:
    """Return days since the year 1, or -1 where the date is not known."""
    try:
        return date.fromisoformat((published or "")[:10]).toordinal()
    except ValueError:
        return -1


def document_vectors(sentences: Sentences, vectors: Any) -> Any:
    """Return one unit row per document: the mean of its sentences' vectors."""
    if hasattr(vectors, "toarray"):
        from scipy.sparse import csr_matrix

        owners = np.repeat(np.arange(len(sentences.offsets) - 1), np.diff(sentences.offsets))
        gather = csr_matrix(
            (np.ones(len(owners), dtype=np.float32), (owners, np.arange(len(owners)))),
            shape=(len(sentences.offsets) - 1, len(owners)),
        )
        return unit_sparse(gather @ vectors)
    means = np.zeros((len(sentences.offsets) - 1, vectors.shape[1]), dtype=np.float32)
    for document in range(len(means)):
        rows = vectors[sentences.rows(document)]
        if len(rows):
            means[document] = rows.mean(axis=0)
    return unit_rows(means)


def _anchor_matrix(sentences: Sentences, anchors: Sequence[Anchors]) -> Any:
    """Return one unit row per document over its rare names and numbers, weighted by rarity."""
    from scipy.sparse import csr_matrix  # here, since most runs do without it

    documents = len(sentences.offsets) - 1
    bags = []
    for document in range(documents):
        rows = sentences.rows(document)
        keys: set[str] = set()
        for row in range(rows.start, rows.stop):
            keys |= anchors[row].names | {f"#{n}" for n in anchors[row].numbers if len(n) > 1}
        bags.append(sorted(keys))
    frequency = Counter(key for bag in bags for key in bag)
    limit = max(10, int(_COMMON * documents))
    column = {
        key: place for place, key in enumerate(sorted(k for k, n in frequency.items() if 1 < n <= limit))
    }
    counts = np.array([0, *np.cumsum([sum(key in column for key in bag) for bag in bags])], dtype=np.int64)
    indices = np.array([column[key] for bag in bags for key in bag if key in column], dtype=np.int64)
    weights = np.log(documents / np.array([frequency[key] for key in sorted(column)], dtype=np.float64))
    data = weights[indices].astype(np.float32) if len(indices) else np.zeros(0, dtype=np.float32)
    matrix = csr_matrix((data, indices, counts), shape=(documents, max(1, len(column))))
    matrix.sort_indices()
    return unit_sparse(matrix)


def _in_blocks(
    allowed: _Allowed, rows: Any, left: NDArray[np.int64], right: NDArray[np.int64], k: int
) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for one, other in ((left, right), (right, left)):
        others = rows[other]
        for start in range(0, len(one), _BLOCK):
            block = one[start : start + _BLOCK]
            found |= allowed.best(cosines(rows[block], others), block, other, k)
    return found


def _row_list(sentences: Sentences, documents: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([np.arange(sentences.offsets[d], sentences.offsets[d + 1]) for d in documents])


def _nearest_sentences(
    sentences: Sentences,
    vectors: Any,
    allowed: _Allowed,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
) -> set[tuple[int, int]]:
    """Return the documents of each sentence's nearest sentences, both ways.

    Two near sentences in the same two documents are needed, or one very near.
    """
    owners = np.repeat(np.arange(len(sentences.offsets) - 1), np.diff(sentences.offsets))
    hits: Counter[tuple[int, int]] = Counter()
    for one, other in ((left, right), (right, left)):
        others = vectors[other]
        for start in range(0, len(one), _BLOCK):
            block = one[start : start + _BLOCK]
            scores = cosines(vectors[block], others)
            rows = np.arange(len(block))
            for _ in range(min(_NEAREST, len(other))):
                columns = scores.argmax(axis=1)
                best = scores[rows, columns]
                a, b = owners[block], owners[other[columns]]
                ok = (best >= _NEAR) & allowed.mask(a, b)
                weights = np.where(best >= _VERY_NEAR, 2, 1)[ok].tolist()
                pairs = zip(np.minimum(a, b)[ok].tolist(), np.maximum(a, b)[ok].tolist(), strict=True)
                for pair, weight in zip(pairs, weights, strict=True):
                    hits[pair] += weight
                scores[rows, columns] = -1.0
    return {pair for pair, weight in hits.items() if weight > 2}
