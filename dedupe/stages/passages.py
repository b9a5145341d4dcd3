"""Aligned passages → the columns of ``ALIGNED``, from arrays and from records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedupe.records import CANDIDATES, PAIRS, Passage
from dedupe.reuse.columns import EXACT, KINDS, MEASURES, Passages, rounded
from dedupe.stages.columns import Int, numbers

PASSAGE = pa.struct([field for field in CANDIDATES if field.name not in ("a", "b")])
ALIGNED = pa.schema([*PAIRS, pa.field("aligned", pa.list_(PASSAGE))])


def together(
    ids: pa.Array, lengths: Int, pairs: NDArray[np.int32], said: pa.Table, many: Passages,
    others: Mapping[int, Sequence[Passage]],
) -> pa.Table:  # fmt: skip
    """Return ``ALIGNED`` for ``pairs`` (places in ``ids``, with ``lengths`` in words), what the channels
    ``said`` of each, and their passages: each pair's are in ``many`` or in ``others``."""
    flat = list(chain.from_iterable(others.values()))
    owner = np.concatenate((
        many.pair,
        np.repeat(np.fromiter(others, np.int32, len(others)), [len(found) for found in others.values()]),
    ))  # fmt: skip
    order = np.argsort(owner, kind="stable")
    owner = owner[order]
    passages = pa.concat_arrays([_columns(many), records(flat)]).take(pa.array(order))
    bounds = np.searchsorted(owner, np.arange(len(pairs) + 1)).astype(np.int32)
    words = {side: numbers(passages.field(f"{side}_words")) for side in "ab"}
    accepted = passages.field("accepted").to_numpy(zero_copy_only=False)
    columns: dict[str, Any] = {
        "a": ids.take(pa.array(pairs[:, 0])),
        "b": ids.take(pa.array(pairs[:, 1])),
        **{name: said[name] for name in ("channels", "jaccard", "minhash", "tfidf")},
    }
    for place, side in enumerate("ab"):
        shared = np.bincount(owner, np.where(accepted, words[side], 0), len(pairs))
        total = lengths[
            pairs[:, place]
        ]  # 0 of a document without words, which shares none: as in `columns.share`
        columns[f"{side}_covered"] = pa.array(rounded(np.minimum(1.0, shared / np.maximum(total, 1)), 4))
    longest = np.zeros(len(pairs), np.int32)
    np.maximum.at(longest, owner, np.where(accepted, np.minimum(words["a"], words["b"]), 0))
    columns["longest_words"] = pa.array(longest)
    columns["passages"] = pa.array(np.bincount(owner, accepted, len(pairs)).astype(np.int32))
    columns["aligned"] = pa.ListArray.from_arrays(pa.array(bounds), passages)
    return pa.table({name: columns[name] for name in ALIGNED.names}, schema=ALIGNED)


def _columns(found: Passages) -> pa.StructArray:
    words = {side: found.words_at[:, at + 1] - found.words_at[:, at] for at, side in ((0, "a"), (2, "b"))}
    places = zip(("a_start", "a_stop", "b_start", "b_stop"), found.spans.T, strict=True)
    made = {
        **{name: pa.array(column) for name, column in places},
        "kind": pa.array(KINDS).take(pa.array(found.kind)),
        "score": pa.array(rounded(found.score, 4)),
        "a_words": pa.array(words["a"]),
        "b_words": pa.array(words["b"]),
        "accepted": pa.array(found.accepted),
        "guards": pa.array(found.guards, pa.list_(pa.string())),
        "measures": _measures(found),
    }
    return pa.StructArray.from_arrays(
        [made[field.name].cast(field.type) for field in PASSAGE], fields=list(PASSAGE)
    )


def _measures(found: Passages) -> pa.MapArray:
    """Return the measures that each passage has."""
    columns = found.measures
    has = np.ones((len(found), len(MEASURES)), np.bool_)
    has[:, [place for place, name in enumerate(MEASURES) if name not in EXACT]] = found.reworded[:, None]
    values = np.stack([columns[name] for name in MEASURES], axis=1)[has]
    of_passages = np.concatenate((np.zeros(1, np.int32), np.cumsum(has.sum(axis=1)))).astype(np.int32)
    kept = pa.array(MEASURES).take(pa.array(np.nonzero(has)[1]))
    return pa.MapArray.from_arrays(pa.array(of_passages), kept, pa.array(rounded(values, 4)))


def records(passages: Sequence[Passage]) -> pa.StructArray:
    """Return passages as a column; from columns, since rows as dicts take long."""
    measures = [list(p.measures) for p in passages]
    each = list(chain.from_iterable(measures))
    made: dict[str, Any] = {
        "score": [round(p.score, 4) for p in passages],
        "guards": [list(p.guards) for p in passages],
        "measures": pa.MapArray.from_arrays(
            bounds_of(measures),
            pa.array([name for name, _ in each], pa.string()),
            pa.array([round(value, 4) for _, value in each], pa.float64()),
        ),
    }
    arrays = []
    for field in PASSAGE:
        values = made.get(field.name)
        if values is None:
            values = [getattr(p, field.name) for p in passages]
        arrays.append(values if isinstance(values, pa.Array) else pa.array(values, field.type))
    return pa.StructArray.from_arrays(arrays, fields=list(PASSAGE))


def bounds_of(lists: Iterable[Sequence[Any]]) -> pa.Array:
    """Return the bounds of lists in a column that holds their entries one after the other."""
    return pa.array(list(accumulate(map(len, lists), initial=0)), pa.int32())
