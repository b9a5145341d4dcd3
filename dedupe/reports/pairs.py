"""The pairs of documents that a report carries: those that share passages, then those near it.

The second part are the candidates that the run's cut turned down, grouped by pair of
documents: what a lower cut would add. They stand behind the first in the same columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.records import CHANNELS, MATCH_KINDS
from dedupe.reports.columns import Context, listed
from dedupe.reports.select import Ints, grouped, index_of, most_telling, numbers
from dedupe.settings import Report

GUARDS = ("number", "name", "negation", "roles")
BINS = 40
"""Bins of the histogram of scores."""
_MEASURES = ("jaccard", "minhash", "tfidf")


def pack_pairs(
    tables: Mapping[str, pa.Table], context: Context, limit: Report
) -> tuple[dict[str, Any], dict[str, Any], dict[str, int]]:
    """Return (columns of the pairs, columns of their passages, what was left out).

    ``pairs["cut"]`` is the number of pairs with accepted passages; the rows from there on are
    pairs with candidates that were turned down.
    """
    matches, turned_down = tables["matches"], rejected(tables["candidates"])
    pairs, passages = _linked(tables["pairs"], matches, context, limit.pairs, "a_words")
    more, candidates = _linked(tables["pairs"], turned_down, context, limit.candidates, "score")
    with_passages = matches.group_by(["a", "b"]).aggregate([]).num_rows
    counted = {
        "pairs": max(0, with_passages - len(pairs["a"])),
        "of_pairs": with_passages,
        "without_passages": tables["pairs"].num_rows - with_passages,
        "candidates": turned_down.num_rows - len(candidates["score"]),
        "of_candidates": turned_down.num_rows,
    }
    cut = len(pairs["a"])
    return (
        {"cut": cut, **{name: [*pairs[name], *more[name]] for name in pairs}},
        {name: [*passages[name], *candidates[name]] for name in passages},
        counted,
    )


def rejected(candidates: pa.Table) -> pa.Table:
    """Return the candidates that the run's cut turned down."""
    return candidates.filter(pc.invert(candidates["accepted"]))


def below_the_cut(candidates: pa.Table) -> list[list[int]]:
    """Return, per kind of match, how many candidates below the cut fall in each bin of the score."""
    rows = rejected(candidates)
    kind = index_of(rows["kind"], pa.array(MATCH_KINDS))
    bins = np.clip((numbers(rows["score"], np.float64) * BINS).astype(np.int64), 0, BINS - 1)
    return [listed(np.bincount(bins[kind == index], minlength=BINS)) for index in range(len(MATCH_KINDS))]


def _linked(
    pairs: pa.Table, passages: pa.Table, context: Context, limit: int, by: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the columns of the pairs that ``passages`` lie in, and those of the passages.

    The ``limit`` pairs with the largest sum (words) or maximum (score) of the column ``by`` stay.
    """
    a, b = context.document(pairs["a"]), context.document(pairs["b"])
    first, second = context.document(passages["a"]), context.document(passages["b"])
    owner = _owner(a, b, first, second, len(context.ids))
    known = owner >= 0
    weight = np.zeros(len(a))
    gather = np.add if by == "a_words" else np.maximum
    gather.at(weight, owner[known], numbers(passages[by], np.float64)[known])
    held = np.bincount(owner[known], minlength=len(a))
    shown = most_telling(np.flatnonzero(held), weight, limit)
    shown = shown[np.lexsort((b[shown], a[shown]))]
    place = np.full(len(a) + 1, -1, dtype=np.int64)
    place[shown] = np.arange(len(shown))
    order, offsets = grouped(place[owner], len(shown))
    order = order[offsets[0] :]
    spans = [numbers(passages[name])[order] for name in ("b_stop", "b_start", "a_stop", "a_start")]
    order = order[np.lexsort((*spans, place[owner[order]]))]
    columns = _pair_columns(pairs.take(pa.array(shown)), a[shown], b[shown], np.diff(offsets))
    rows = passages.take(pa.array(order))
    if by == "score":
        _turned_down(columns, rows, place[owner[order]])
    return columns, _passage_columns(rows, context, first[order], second[order])


def _owner(a: Ints, b: Ints, first: Ints, second: Ints, documents: int) -> Ints:
    """Return for each passage the row of its pair, -1 where one of its documents is not shown."""
    owner = np.full(len(first), -1, dtype=np.int64)
    if not len(a):
        return owner
    count = np.int64(documents + 1)
    pair, passage = a * count + b, first * count + second
    pair[(a < 0) | (b < 0)] = -1
    passage[(first < 0) | (second < 0)] = -2
    order = np.argsort(pair, kind="stable")
    at = np.minimum(np.searchsorted(pair[order], passage), len(order) - 1)
    found = pair[order][at] == passage
    owner[found] = order[at[found]]
    return owner


def _pair_columns(kept: pa.Table, a: Ints, b: Ints, passages: Ints) -> dict[str, Any]:
    return {
        "a": listed(a),
        "b": listed(b),
        "n": listed(passages),
        "accepted": listed(numbers(kept["passages"])),
        "longest": listed(numbers(kept["longest_words"])),
        "channels": _bits(kept["channels"], CHANNELS),
        **{name: listed(numbers(kept[name], np.float64)) for name in (*_MEASURES, "a_covered", "b_covered")},
    }


def _turned_down(columns: dict[str, Any], rows: pa.Table, place: Ints) -> None:
    """Set what the table of pairs says of accepted passages alone."""
    longest = np.zeros(len(columns["a"]), dtype=np.int64)
    words = np.minimum(numbers(rows["a_words"]), numbers(rows["b_words"])).astype(np.int64)
    np.maximum.at(longest, place, words)
    columns["longest"] = listed(longest)
    columns["a_covered"] = columns["b_covered"] = [0] * len(longest)


def _passage_columns(rows: pa.Table, context: Context, first: Ints, second: Ints) -> dict[str, Any]:
    a_start, a_length = context.span(rows, first, "a_start", "a_stop")
    b_start, b_length = context.span(rows, second, "b_start", "b_stop")
    family = (
        index_of(rows["family"], context.families)
        if "family" in rows.column_names
        else np.full(rows.num_rows, -1, dtype=np.int64)
    )
    return {
        "a_start": listed(a_start),
        "a_length": listed(a_length),
        "b_start": listed(b_start),
        "b_length": listed(b_length),
        "kind": listed(index_of(rows["kind"], pa.array(MATCH_KINDS))),
        "score": listed(numbers(rows["score"], np.float64)),
        "family": listed(family),
        "a_words": listed(numbers(rows["a_words"])),
        "b_words": listed(numbers(rows["b_words"])),
        "guards": _bits(rows["guards"], GUARDS),
    }


def _bits(column: pa.ChunkedArray, names: Sequence[str]) -> list[int]:
    """Return each list of names as a bit set."""
    flat = pc.list_flatten(column)
    owner = np.asarray(pc.list_parent_indices(column).to_numpy(), dtype=np.int64)
    bit = index_of(flat, pa.array(names, pa.string()))
    result = np.zeros(len(column), dtype=np.int64)
    np.bitwise_or.at(result, owner[bit >= 0], 1 << bit[bit >= 0])
    return listed(result)
