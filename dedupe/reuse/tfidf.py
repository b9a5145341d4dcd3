"""Neighbouring documents by the cosine of their TF-IDF vectors.

Every pair of 100,000 documents cannot be compared, and need not be: two documents alike
share some of their *heaviest* words. Candidates are found through those alone, each word
held by few documents as such; then the cosine of the whole vectors is computed exactly.
The vectors are those of scikit-learn (``sublinear_tf``, smooth IDF, unit length), over the
hashed words of `dedupe.text.tokens`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.reuse.shelves import let_go
from dedupe.settings import Tfidf
from dedupe.text.kernels import I32, I64, U64, Flags, frozen, kernel
from dedupe.text.tokens import TokenBatch

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

LEAST = 0.25
"""The heaviest words alone must make up so much of the wanted cosine."""
ROOM = 4
"""The dot of the heaviest words is a guess: so many times as many are looked at as are wanted."""
BITS = 22
"""Words fall into so many bits' worth of columns; two share one so rarely that it does not show."""

_SHIFT = np.uint64(64 - BITS)
_COLUMNS = 1 << BITS
_LINE = 16  # documents of a list in a line of the cache


def neighbours(
    batch: TokenBatch,
    settings: Tfidf,
    *,
    outlets: NDArray[np.int32] | None = None,
    mask: NDArray[np.bool_] | None = None,
    days: NDArray[np.int32] | None = None,
    window_days: int = 0,
    undated: int = np.iinfo(np.int32).min,
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return pairs int32[n, 2] of documents (a < b, sorted) and their cosine.

    A pair is returned when its cosine is at least ``settings.threshold`` and one of the two is among
    the ``settings.neighbours`` nearest of the other; ties go to the lower document number. Documents
    of equal ``outlets`` (int32[documents], -1: none) are no pair, nor are those whose ``days`` are
    more than ``window_days`` apart (0: any; ``undated`` documents always are). ``mask`` (bool, one
    per word) leaves words out.
    """
    count = len(batch)
    if count < 2 or settings.neighbours < 1:
        return np.empty((0, 2), np.int32), np.empty(0, np.float64)
    vectors = _vectors(batch, mask)
    heavy, heavy_bounds = heaviest(vectors.indptr, vectors.indices, vectors.data, settings.terms)
    posts, post_bounds, post_weights = postings(
        heavy_bounds, heavy, vectors.indices, vectors.data, settings.postings
    )
    apart = np.full(count, -1, np.int32) if outlets is None else frozen(outlets, np.int32)
    dated = np.zeros(count, np.int32) if days is None else frozen(days, np.int32)
    found, cosine = _nearest(
        vectors.indptr, vectors.indices, vectors.data, heavy, heavy_bounds, posts, post_bounds, post_weights,
        frozen(apart, np.int32), frozen(dated, np.int32), window_days, undated,
        settings.neighbours, settings.threshold,
    )  # fmt: skip
    keys = found.min(axis=1).astype(np.int64) * count + found.max(axis=1)
    _, first = np.unique(keys, return_index=True)
    return np.sort(found[first], axis=1), cosine[first]


def cosine(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> float:
    """Return the cosine of two documents' vectors, given their word hashes, with the IDF of these two."""
    nowhere = np.empty(0, np.int32)
    offsets = np.array([0, len(a), len(a) + len(b)], np.int64)
    batch = TokenBatch(offsets, np.concatenate((a, b)), nowhere, nowhere)
    vectors = _vectors(batch, None)
    dense = np.zeros((2, int(vectors.indices.max(initial=0)) + 1))
    for row in range(2):
        own = slice(vectors.indptr[row], vectors.indptr[row + 1])
        dense[row, vectors.indices[own]] = vectors.data[own]
    return float(min(1.0, dense[0] @ dense[1]))


class Vectors(NamedTuple):
    """Sparse rows: those of document d are ``indptr[d]`` to ``indptr[d + 1]`` of columns and weights."""

    indptr: I32
    indices: I32
    data: F32


def _vectors(batch: TokenBatch, mask: NDArray[np.bool_] | None) -> Vectors:
    words = np.zeros(0, np.bool_) if mask is None else mask
    indptr, indices, data = count_columns(
        frozen(batch.offsets, np.int64), frozen(batch.hashes, np.uint64), frozen(words, np.bool_)
    )
    let_go(batch.hashes, words)
    # Only columns in use are kept: the IDF vector and its products would else be mostly padding.
    holding = _compact(indices)
    return weighed(Vectors(indptr, indices, data), holding)


def weighed(counts: Vectors, holding: I32) -> Vectors:
    """Return the vectors of counts of words, with the counts' memory; ``holding`` says how many documents
    hold each column.

    To the last bit what scikit-learn's ``TfidfTransformer(sublinear_tf=True)`` makes of them, which takes
    a second and a half of every start to import.
    """
    held = holding.astype(np.float32) + np.float32(1)
    idf = np.full_like(held, len(counts.indptr)) / held  # documents and one, over those that hold it and one
    np.log(idf, out=idf)
    idf += np.float32(1)
    return weighed_by(counts, idf)


def weighed_by(counts: Vectors, idf: F32) -> Vectors:
    """Return the same for the IDF of every column."""
    indptr, indices, data = counts
    np.log(data, out=data)
    data += np.float32(1)
    _scale(indptr, indices, data, idf)
    return counts


@kernel
def _compact(indices: I32) -> I32:
    """Number the columns in use anew, in order and in place; return how many entries each has."""
    entries = np.zeros(_COLUMNS, np.int32)
    for at in range(len(indices)):
        entries[indices[at]] += 1
    place = np.empty(_COLUMNS, np.int32)
    count = 0
    for column in range(_COLUMNS):
        place[column] = count
        if entries[column]:
            entries[count] = entries[column]
            count += 1
    for at in range(len(indices)):
        indices[at] = place[indices[at]]
    return entries[:count].copy()


@kernel
def _scale(indptr: I32, indices: I32, data: F32, idf: F32) -> None:
    """Multiply the entries of a sparse matrix by what their columns weigh; bring its rows to length one."""
    for at in range(len(indices)):
        data[at] *= idf[indices[at]]
    normalise(indptr, data)


@kernel
def normalise(indptr: I32, data: F32) -> None:
    """Bring the rows of a sparse matrix to length one, in place; an empty row stays."""
    for row in range(len(indptr) - 1):
        total = 0.0
        for at in range(indptr[row], indptr[row + 1]):
            total += data[at] * data[at]
        if total > 0.0:
            length = np.sqrt(total)
            for at in range(indptr[row], indptr[row + 1]):
                data[at] = data[at] / length


@kernel
def count_columns(offsets: I64, hashes: U64, mask: Flags) -> tuple[I32, I32, F32]:
    """Return indptr, indices (in order of first occurrence) and counts of each document's columns."""
    seen = np.full(_COLUMNS, -1, np.int32)
    where = np.zeros(_COLUMNS, np.int32)
    indptr = np.zeros(len(offsets), np.int32)
    indices = np.empty(len(hashes), np.int32)
    counts = np.empty(len(hashes), np.float32)
    size = 0
    for document in range(len(offsets) - 1):
        for at in range(offsets[document], offsets[document + 1]):
            if len(mask) > 0 and mask[at]:
                continue
            column = np.int64(hashes[at] >> _SHIFT)
            if seen[column] != document:
                seen[column] = document
                where[column] = size
                indices[size] = column
                counts[size] = 0.0
                size += 1
            counts[where[column]] += 1.0
        indptr[document + 1] = size
    return indptr, indices[:size], counts[:size]  # what is left over was never touched


@kernel
def heaviest(indptr: I32, indices: I32, weights: F32, terms: int) -> tuple[I64, I64]:
    """Return the entries of each document's ``terms`` heaviest words, by column, and their bounds by document."""
    count = len(indptr) - 1
    bounds = np.zeros(count + 1, np.int64)
    for document in range(count):
        bounds[document + 1] = bounds[document] + min(terms, indptr[document + 1] - indptr[document])
    heavy = np.empty(bounds[-1], np.int64)
    order = np.empty(terms, np.int64)
    for document in range(count):
        # Heaviest first; equal weights by column, so that the choice hangs on the words alone.
        kept = 0
        room = bounds[document + 1] - bounds[document]
        if room == 0:
            continue
        for at in range(indptr[document], indptr[document + 1]):
            if kept == room:
                last = order[kept - 1]
                if weights[at] < weights[last] or (
                    weights[at] == weights[last] and indices[at] > indices[last]
                ):
                    continue
                kept -= 1
            back = kept
            while back > 0 and (
                weights[at] > weights[order[back - 1]]
                or (weights[at] == weights[order[back - 1]] and indices[at] < indices[order[back - 1]])
            ):
                order[back] = order[back - 1]
                back -= 1
            order[back] = at
            kept += 1
        # Handed over by column: whatever adds up a dot adds it up in the same order.
        for step in range(kept):
            at, back = order[step], step
            while back > 0 and indices[order[back - 1]] > indices[at]:
                order[back] = order[back - 1]
                back -= 1
            order[back] = at
        heavy[bounds[document] : bounds[document + 1]] = order[:kept]
    return heavy, bounds


@kernel
def postings(bounds: I64, heavy: I64, indices: I32, weights: F32, most: int) -> tuple[I32, I64, F32]:
    """Return, by column, the documents that hold it among their heaviest words, and its weight there.

    A column with more than ``most`` is left empty: it links everything with everything.
    """
    columns = 0
    for at in range(len(indices)):
        columns = max(columns, indices[at] + 1)
    sizes = np.zeros(columns, np.int64)
    for at in range(len(heavy)):
        sizes[indices[heavy[at]]] += 1
    starts = np.zeros(columns + 1, np.int64)
    for column in range(columns):
        starts[column + 1] = starts[column] + (sizes[column] if sizes[column] <= most else 0)
    free = starts[:-1].copy()
    posts = np.empty(starts[-1], np.int32)
    post_weights = np.empty(starts[-1], np.float32)
    for document in range(len(bounds) - 1):
        for at in range(bounds[document], bounds[document + 1]):
            column = indices[heavy[at]]
            if sizes[column] <= most:
                posts[free[column]] = document
                post_weights[free[column]] = weights[heavy[at]]
                free[column] += 1
    return posts, starts, post_weights


@kernel
def _nearest(
    indptr: I32, indices: I32, weights: F32, heavy: I64, bounds: I64,
    posts: I32, post_bounds: I64, post_weights: F32,
    outlets: I32, days: I32, window: int, undated: int, neighbours: int, threshold: float,
) -> tuple[I32, F64]:  # fmt: skip
    """Return pairs (document, neighbour) and their cosine, document after document.

    Each document meets those before it, of which the postings grow as it goes: a dot is the same from either
    end, since words are added up in the order of their columns.
    """
    count = len(indptr) - 1
    least, room = LEAST * threshold, neighbours * ROOM
    best, dots = np.empty((count, room), np.int32), np.empty((count, room), np.float32)
    held = np.zeros(count, np.int32)
    stops = post_bounds[:-1].copy()
    dot = np.zeros(count, np.float32)
    touched, likely = np.empty(count + 1, np.int32), np.empty(count + 1, np.int32)
    most = 1
    for document in range(count):
        most = max(most, bounds[document + 1] - bounds[document])
    columns, begins, ends = np.empty(most, np.int32), np.empty(most, np.int64), np.empty(most, np.int64)
    ahead = 0.0
    for document in range(count):
        reached = hits = 0
        first, terms = bounds[document], bounds[document + 1] - bounds[document]
        for term in range(terms):
            column = indices[heavy[first + term]]
            columns[term], begins[term], ends[term] = column, post_bounds[column], stops[column]
        # A look at each line of memory ahead: many come at a time, where each list would wait for its own.
        for term in range(terms):
            for post in range(begins[term], ends[term], _LINE):
                ahead += posts[post] + post_weights[post]
        for term in range(terms):
            column = columns[term]
            weight = weights[heavy[first + term]]
            for post in range(np.uint64(begins[term]), np.uint64(ends[term])):
                # Without a branch: most documents are touched once, and next to none reaches the least.
                other = posts[post]
                before = dot[other]
                after = before + weight * post_weights[post]
                dot[other] = after
                touched[reached] = other
                reached += before == np.float32(0.0)
                likely[hits] = other
                hits += (before < least) & (after >= least)
            if stops[column] < post_bounds[column + 1]:
                stops[column] += 1
        for step in range(hits):
            other = likely[step]
            near = outlets[document] < 0 or outlets[document] != outlets[other]
            if near and window > 0 and days[document] != undated and days[other] != undated:
                near = abs(np.int64(days[document]) - np.int64(days[other])) <= window
            if near:
                _keep(best[document], dots[document], held, document, other, dot[other])
                _keep(best[other], dots[other], held, other, document, dot[other])
        for step in range(reached):
            dot[touched[step]] = 0.0
    spread = np.zeros(len(post_bounds) - 1, np.float32)
    found = np.empty((count * neighbours, 2), np.int32)
    cosines = np.empty(count * neighbours, np.float64)
    size = 0
    for document in range(count):
        others = best[document, : held[document]]
        exact = cosines_with(document, others, indptr, indices, weights, spread)
        ranked = np.argsort(others)
        ranked = ranked[np.argsort(-exact[ranked], kind="mergesort")]
        for step in range(min(neighbours, len(ranked))):
            if exact[ranked[step]] < threshold:
                break
            found[size, 0] = document
            found[size, 1] = others[ranked[step]]
            cosines[size] = min(1.0, exact[ranked[step]])
            size += 1
    dot[0] = ahead  # or it would be seen that no one asks for it
    return found[:size].copy(), cosines[:size].copy()


@kernel
def _keep(best: I32, dots: F32, held: I32, document: int, other: int, dot: np.float32) -> None:
    """Put another one among the best of a document, as many as there is room for: the largest dot first, of
    equal ones the lower number."""
    at = held[document]
    if at == len(best):
        at -= 1
        if dots[at] > dot or (dots[at] == dot and best[at] < other):
            return
    else:
        held[document] = at + 1
    while at > 0 and (dots[at - 1] < dot or (dots[at - 1] == dot and best[at - 1] > other)):
        best[at], dots[at] = best[at - 1], dots[at - 1]
        at -= 1
    best[at], dots[at] = other, dot


@kernel
def cosines_with(document: int, others: I32, indptr: I32, indices: I32, weights: F32, spread: F32) -> F64:
    """Return the cosines of a document with others; ``spread`` (all 0, and left so) has one entry a column."""
    for at in range(indptr[document], indptr[document + 1]):
        spread[indices[at]] = weights[at]
    exact = np.zeros(len(others), np.float64)
    for step in range(len(others)):
        for at in range(indptr[others[step]], indptr[others[step] + 1]):
            exact[step] += spread[indices[at]] * weights[at]
    for at in range(indptr[document], indptr[document + 1]):
        spread[indices[at]] = 0.0
    return exact
