"""TF-IDF neighbours block by block: what `dedupe.reuse.tfidf` does with all documents at once.

`vectors`        per batch:           the documents' vectors, given in how many documents each word stands
`heavy_counts`   per batch:           how many documents hold a word among their heaviest
`reach`          per pair of blocks:  for each document of one block its best neighbours in the other
`chosen`         per document:        the nearest of those of all blocks
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.reuse import tfidf
from dedupe.reuse.shingles import UNDATED
from dedupe.reuse.tfidf import cosines_with, count_columns, heaviest, postings
from dedupe.reuse.wide import About, outlet_codes, packed, unpacked
from dedupe.settings import Tfidf
from dedupe.text.kernels import I32, I64, Flags, frozen, kernel
from dedupe.text.tokens import TokenBatch

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]


class Vectors(NamedTuple):
    """The vectors of the documents ``about``: sizes (entries of each), columns and weights of the entries;
    ``heavy`` are the entries of the heaviest words, by column, by their place in the document's own,
    ``heavy_sizes`` how many of each document."""

    about: About
    sizes: I32
    columns: I32
    weights: F32
    heavy_sizes: I32
    heavy: I32


class Reached(NamedTuple):
    """Neighbours that documents reach (numbers): the dot of the heaviest words, and the whole cosine."""

    documents: I64
    others: I64
    dots: F32
    cosines: F64


_VECTORS = tuple(map(np.dtype, ("<i8", "<i8", "<i4", "?", "<i4", "<i4", "<f4", "<i4", "<i4")))
_REACHED = tuple(map(np.dtype, ("<i8", "<i8", "<f4", "<f8")))


def idf(frequency: NDArray[np.integer], count: int) -> F32:
    """Return the smooth IDF of every column as scikit-learn computes it from float32 counts."""
    df = frequency.astype(np.float32) + np.float32(1)
    found = np.full_like(df, count + 1)
    found /= df
    np.log(found, out=found)
    found += np.float32(1)
    return found


def vectors(batch: TokenBatch, mask: Flags, about: About, weights: F32, settings: Tfidf) -> Vectors:
    """Return the vectors of a batch; ``weights`` are the `idf` of all columns."""
    counts = count_columns(
        frozen(batch.offsets, np.int64), frozen(batch.hashes, np.uint64), frozen(mask, np.bool_)
    )
    matrix = tfidf.weighed_by(tfidf.Vectors(*counts), weights)
    heavy, bounds = heaviest(matrix.indptr, matrix.indices, matrix.data, settings.terms)
    sizes = np.diff(bounds)
    return Vectors(
        about,
        np.diff(matrix.indptr).astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        sizes.astype(np.int32),
        (heavy - np.repeat(matrix.indptr[:-1], sizes)).astype(np.int32),
    )


def heavy_columns(found: Vectors) -> I32:
    """Return the column of every entry in ``heavy``."""
    return found.columns[_entries(found)]


def split(found: Vectors, size: int) -> Iterator[tuple[int, Vectors]]:
    """Yield the vectors by block of ``size`` document numbers (ascending)."""
    blocks = found.about.numbers // size
    cuts = [0, *(np.flatnonzero(np.diff(blocks)) + 1).tolist(), len(blocks)]
    for start, stop in itertools.pairwise(cuts):
        if stop > start:
            yield int(blocks[start]), _slice(found, start, stop)


def _slice(found: Vectors, start: int, stop: int) -> Vectors:
    entries, heavy = _bounds(found.sizes), _bounds(found.heavy_sizes)
    own, top = slice(entries[start], entries[stop]), slice(heavy[start], heavy[stop])
    return Vectors(
        found.about.take(slice(start, stop)),
        found.sizes[start:stop],
        found.columns[own],
        found.weights[own],
        found.heavy_sizes[start:stop],
        found.heavy[top],
    )


def packed_vectors(found: Vectors) -> bytes:
    """Return vectors as one binary value."""
    return packed((*found.about, *found[1:]), _VECTORS)


def unpacked_vectors(values: Iterable[bytes]) -> Vectors:
    """Return the vectors of several values as one, in the order of the documents' numbers."""
    parts = sorted((unpacked(value, _VECTORS) for value in values), key=lambda columns: int(columns[0][0]))
    columns = [np.concatenate([part[n] for part in parts]) for n in range(len(_VECTORS))]
    together = Vectors(About(*columns[:4]), *columns[4:])
    if (np.diff(together.about.numbers) > 0).all():
        return together
    order = np.argsort(together.about.numbers)  # batches were not of consecutive documents
    entries, heavy = _bounds(together.sizes), _bounds(together.heavy_sizes)
    own = _ranges(entries[order], together.sizes[order])
    top = _ranges(heavy[order], together.heavy_sizes[order])
    return Vectors(
        together.about.take(order),
        together.sizes[order],
        together.columns[own],
        together.weights[own],
        together.heavy_sizes[order],
        together.heavy[top],
    )


def reach(
    queries: Vectors, index: Vectors, same: bool, common: I32, settings: Tfidf, window_days: int
) -> Reached:
    """Return for each document of ``queries`` its best neighbours in ``index``, each block in the order of
    its documents; ``same`` says that they are one block. ``common`` are the columns that too many documents
    have among their heaviest (sorted): they lead nowhere."""
    size = len(index.sizes)
    parts = (index,) if same else (index, queries)
    first = 0 if same else size
    sizes, columns, weights, heavy_sizes = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("sizes", "columns", "weights", "heavy_sizes")
    )
    used, columns = np.unique(columns, return_inverse=True)
    indptr = _bounds(sizes).astype(np.int32)
    heavy = np.concatenate([part.heavy for part in parts]) + np.repeat(indptr[:-1], heavy_sizes)
    owner = np.repeat(np.arange(len(sizes)), heavy_sizes)
    leading = ~np.isin(used, common)[columns[heavy]]
    heavy, owner = heavy[leading].astype(np.int64), owner[leading]
    bounds = np.searchsorted(owner, np.arange(len(sizes) + 1)).astype(np.int64)
    indices = columns.astype(np.int32)
    posts, post_bounds, post_weights = postings(
        bounds[: size + 1], heavy[: bounds[size]], indices, weights, settings.postings
    )
    outlets = outlet_codes(np.concatenate([part.about.outlets for part in parts]))
    days = np.concatenate([part.about.days for part in parts])
    rows, others, dots, cosines = _reach(
        indptr, indices, weights, heavy, bounds, posts, post_bounds, post_weights,
        frozen(outlets, np.int32), frozen(days, np.int32), window_days, UNDATED, first,
        tfidf.LEAST * settings.threshold, settings.neighbours * tfidf.ROOM, max(1, len(used)),
    )  # fmt: skip
    return Reached(queries.about.numbers[rows - first], index.about.numbers[others], dots, cosines)


def packed_reached(found: Reached) -> bytes:
    """Return neighbours as one binary value."""
    return packed(tuple(found), _REACHED)


def unpacked_reached(values: Iterable[bytes]) -> Reached:
    """Return the neighbours of several values as one."""
    parts = [unpacked(value, _REACHED) for value in values]
    return Reached(*(np.concatenate([part[n] for part in parts]) for n in range(len(_REACHED))))


def chosen(found: Reached, settings: Tfidf) -> Reached:
    """Return of all neighbours that documents reach the nearest ones, nearest first."""
    by_dot = np.lexsort((found.others, -found.dots, found.documents))
    best = by_dot[_ranks(found.documents[by_dot]) < settings.neighbours * tfidf.ROOM]
    near = best[np.lexsort((found.others[best], -found.cosines[best], found.documents[best]))]
    near = near[_ranks(found.documents[near]) < settings.neighbours]
    near = near[found.cosines[near] >= settings.threshold]
    return Reached(
        found.documents[near], found.others[near], found.dots[near], np.minimum(1.0, found.cosines[near])
    )


def _ranks(documents: I64) -> I64:
    """Number the entries of each document from 0; those of one stand together."""
    first = np.concatenate(([True], documents[1:] != documents[:-1])) if len(documents) else np.ones(0, bool)
    at = np.arange(len(documents))
    ranks: I64 = at - np.maximum.accumulate(np.where(first, at, 0))
    return ranks


def _entries(found: Vectors) -> I64:
    return np.repeat(_bounds(found.sizes)[:-1], found.heavy_sizes) + found.heavy


def _bounds(sizes: Sequence[int] | NDArray[np.integer]) -> I64:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)))


def _ranges(starts: I64, sizes: I32) -> I64:
    return np.repeat(starts - _bounds(sizes)[:-1], sizes) + np.arange(int(sizes.sum()))


@kernel
def _reach(
    indptr: I32, indices: I32, weights: F32, heavy: I64, bounds: I64,
    posts: I32, post_bounds: I64, post_weights: F32, outlets: I32, days: I32, window: int, undated: int,
    first: int, least: float, room: int, columns: int,
) -> tuple[I64, I64, F32, F64]:  # fmt: skip
    count = len(indptr) - 1
    dot = np.zeros(count, np.float32)
    touched = np.empty(count, np.int32)
    spread = np.zeros(columns, np.float32)
    rows = np.empty((count - first) * room, np.int64)
    others = np.empty((count - first) * room, np.int64)
    dots = np.empty((count - first) * room, np.float32)
    cosines = np.empty((count - first) * room, np.float64)
    size = 0
    for document in range(first, count):
        best, near = _reached(
            document, indices, weights, heavy, bounds, posts, post_bounds, post_weights,
            outlets, days, window, undated, least, room, dot, touched,
        )  # fmt: skip
        exact = cosines_with(document, best, indptr, indices, weights, spread)
        for step in range(len(best)):
            rows[size] = document
            others[size] = best[step]
            dots[size] = near[step]
            cosines[size] = exact[step]
            size += 1
    return rows[:size].copy(), others[:size].copy(), dots[:size].copy(), cosines[:size].copy()


@kernel
def _reached(
    document: int, indices: I32, weights: F32, heavy: I64, bounds: I64,
    posts: I32, post_bounds: I64, post_weights: F32,
    outlets: I32, days: I32, window: int, undated: int, least: float, room: int, dot: F32, touched: I32,
) -> tuple[I32, F32]:  # fmt: skip
    """Return the ``room`` documents that a document's heaviest words reach with the largest dots, of at
    least ``least``, and these. ``dot`` (all 0, and left so) and ``touched`` have room for all documents."""
    reached = 0
    for at in range(bounds[document], bounds[document + 1]):
        column = indices[heavy[at]]
        weight = weights[heavy[at]]
        for post in range(post_bounds[column], post_bounds[column + 1]):
            other = posts[post]
            if dot[other] == 0.0:
                touched[reached] = other
                reached += 1
            dot[other] += weight * post_weights[post]
    kept = 0
    for step in range(reached):
        other = touched[step]
        near = other != document and (outlets[document] < 0 or outlets[document] != outlets[other])
        if near and window > 0 and days[document] != undated and days[other] != undated:
            near = abs(np.int64(days[document]) - np.int64(days[other])) <= window
        if near and dot[other] >= least:
            touched[kept] = other
            kept += 1
        else:
            dot[other] = 0.0
    ordered = np.sort(touched[:kept])
    best = ordered[np.argsort(-dot[ordered], kind="mergesort")[:room]]
    dots = dot[best]
    for step in range(kept):
        dot[touched[step]] = 0.0
    return best, dots
