"""The sentences of documents in several languages, and their vectors made comparable."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedupe.records import Span
from dedupe.reuse.tfidf import normalise
from dedupe.text.tokens import tokenize

MIN_WORDS, MIN_SIZE = 4, 15
"""A shorter sentence ("he said.") matches everywhere and says nothing."""
_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff]")
_WIDE_LETTERS = 2.5
"""What one Han, kana or Hangul character takes in Latin letters, about."""
_SHRINK = 20
"""So many sentences of all languages steady the mean of one language."""
_FEW = 60
"""With so few sentences in all, half of their mean is taken away."""


@dataclass(frozen=True, slots=True)
class View:
    """What the translated channel sees of a document. ``furniture`` never makes a match."""

    id: str
    text: str
    language: str | None
    sentences: Sequence[Span]
    outlet: str = ""
    kind: str = "outlet"
    published: str | None = None
    furniture: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences worth comparing, of all documents, one after the other.

    Document ``i`` owns rows ``offsets[i]`` to ``offsets[i + 1]``; ``starts`` and ``stops``
    are offsets into its text, ``words`` counts; ``texts`` are the surfaces and ``sizes``
    their lengths in letters, comparable across scripts.
    """

    offsets: NDArray[np.int64]
    starts: NDArray[np.int32]
    stops: NDArray[np.int32]
    words: NDArray[np.int32]
    sizes: NDArray[np.float32]
    texts: list[str]

    def rows(self, document: int) -> slice:
        """Return the rows of one document."""
        return slice(int(self.offsets[document]), int(self.offsets[document + 1]))


def gather(views: Sequence[View]) -> Sentences:
    """Return the sentences of all documents, without furniture and without very short ones."""
    spans: list[tuple[int, int]] = []
    texts: list[str] = []
    owners: list[int] = []
    for index, view in enumerate(views):
        for start, stop in _outside(view.sentences, view.furniture):
            spans.append((start, stop))
            texts.append(view.text[start:stop])
            owners.append(index)
    words = np.diff(tokenize(texts).offsets).astype(np.int32)
    sizes = np.array([reading_size(text) for text in texts], dtype=np.float32)
    keep = np.flatnonzero((words >= MIN_WORDS) & (sizes >= MIN_SIZE))
    place = np.array(spans, dtype=np.int32).reshape(-1, 2)[keep]
    counts = np.bincount(np.array(owners, dtype=np.int64)[keep], minlength=len(views))
    return Sentences(
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        starts=place[:, 0],
        stops=place[:, 1],
        words=words[keep],
        sizes=sizes[keep],
        texts=[texts[row] for row in keep],
    )


def _outside(sentences: Sequence[Span], furniture: Sequence[Span]) -> list[tuple[int, int]]:
    """Return the sentences cut back to what is no furniture; one that is mostly furniture goes."""
    found = []
    ordered = sorted((piece[0], piece[1]) for piece in furniture)
    first = 0
    for sentence in sentences:
        start, stop = sentence[0], sentence[1]
        while first < len(ordered) and ordered[first][1] <= start:
            first += 1
        place = first
        while place < len(ordered) and ordered[place][0] < stop:
            left, right = ordered[place]
            if left <= start:
                start = min(right, stop)
            elif right >= stop:
                stop = left
            else:
                break  # furniture in the midst of a sentence: leave the sentence whole
            place += 1
        if stop > start:
            found.append((start, stop))
    return found


def reading_size(text: str) -> float:
    """Return the length of a text in letters, a Han, kana or Hangul character counted as 2.5."""
    wide = 0 if text.isascii() else len(_WIDE.findall(text))
    return len(text) + (_WIDE_LETTERS - 1) * wide


def language_means(vectors: NDArray[np.float16], languages: Sequence[str]) -> dict[str, NDArray[np.float32]]:
    """Return what to take away from the vectors of each language, shape (size,) each.

    Each language sits in its own corner of the space; left there, sentences of one language
    are nearer to each other than to their translations. The mean of a language with few
    sentences is drawn towards the mean of all, and that of few sentences towards nothing: the
    mean of two articles is their topic, not their languages.
    """
    names = np.array(languages)
    kinds = sorted(set(languages))
    means = {kind: vectors[names == kind].mean(axis=0, dtype=np.float64) for kind in kinds}
    pooled = np.mean([means[kind] for kind in kinds], axis=0) if kinds else np.zeros(vectors.shape[1])
    pooled *= len(names) / (len(names) + _FEW)
    weights = {kind: (count := int((names == kind).sum())) / (count + _SHRINK) for kind in kinds}
    return {
        kind: np.asarray(weights[kind] * means[kind] + (1 - weights[kind]) * pooled, dtype=np.float32)
        for kind in kinds
    }


def centred(
    vectors: NDArray[np.float16], languages: Sequence[str], means: Mapping[str, NDArray[np.float32]]
) -> NDArray[np.float32]:
    """Return unit vectors with the mean of their language taken away, shape as given."""
    full = vectors.astype(np.float32)
    names = np.array(languages)
    for kind in sorted(set(languages)):
        full[names == kind] -= means[kind]
    return unit_rows(full)


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return rows of length one; a row of zeros stays."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
    unit: NDArray[np.float32] = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 1e-6)
    return unit


def cosines(left: Any, right: Any) -> NDArray[np.float32]:
    """Return the cosines of unit rows with unit rows, dense or sparse, shape (n, m)."""
    product = left @ right.T
    return np.asarray(product.toarray() if hasattr(product, "toarray") else product, dtype=np.float32)


def unit_sparse(matrix: Any) -> Any:
    """Return a sparse matrix's rows at length one; an empty row stays."""
    rows = matrix.tocsr(copy=True)
    normalise(rows.indptr.astype(np.int32, copy=False), rows.data)
    return rows
