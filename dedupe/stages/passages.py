"""Aligned passages → the columns of ``ALIGNED``, from arrays and from records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedupe.records import CANDIDATES, PAIRS, Passage
from dedupe.reuse.many import Plain
from dedupe.stages.columns import Int, numbers, share

PASSAGE = pa.struct([field for field in CANDIDATES if field.name not in ("a", "b")])
ALIGNED = pa.schema([*PAIRS, pa.field("aligned", pa.list_(PASSAGE))])


def together(
    ids: pa.Array, lengths: Int, pairs: NDArray[np.int32], said: pa.Table, plain: Plain,
    others: Mapping[int, Sequence[Passage]],
) -> pa.Table:  # fmt: skip
    """Return ``ALIGNED`` for ``pairs`` (places in ``ids``, with ``lengths`` in words), what the channels
    ``said`` of each, and their passages: each pair's are in ``plain`` or in ``others``."""
    flat = list(chain.from_iterable(others.values()))
    owner = np.concatenate((
        plain.pair,
        np.repeat(np.fromiter(others, np.int32, len(others)), [len(found) for found in others.values()]),
    ))  # fmt: skip
    order = np.argsort(owner, kind="stable")
    owner = owner[order]
    passages = pa.concat_arrays([_plain(plain), records(flat)]).take(pa.array(order))
    bounds = np.searchsorted(owner, np.arange(len(pairs) + 1)).astype(np.int32)
    words = {side: numbers(passages.field(f"{side}_words")) for side in "ab"}
    accepted = passages.field("accepted").to_numpy(zero_copy_only=False)
    columns: dict[str, Any] = {
        "a": ids.take(pa.array(pairs[:, 0])),
        "b": ids.take(pa.array(pairs[:, 1])),
        **{name: said[name] for name in ("channels", "jaccard", "minhash", "tfidf")},
    }
    for place, side in enumerate("ab"):
        shared = np.bincount(owner, np.where(accepted, words[side], 0), len(pairs)).tolist()
        total = lengths[pairs[:, place]].tolist()
        shares = [share((own,), all_words) for own, all_words in zip(shared, total, strict=True)]
        columns[f"{side}_covered"] = pa.array(shares, pa.float64())
    longest = np.zeros(len(pairs), np.int32)
    np.maximum.at(longest, owner, np.where(accepted, np.minimum(words["a"], words["b"]), 0))
    columns["longest_words"] = pa.array(longest)
    columns["passages"] = pa.array(np.bincount(owner, accepted, len(pairs)).astype(np.int32))
    columns["aligned"] = pa.ListArray.from_arrays(pa.array(bounds), passages)
    return pa.table({name: columns[name] for name in ALIGNED.names}, schema=ALIGNED)


def _plain(found: Plain) -> pa.StructArray:
    count = len(found.pair)
    edits = [round(share, 6) for share in found.edits.tolist()]
    values = np.stack(
        ([round(share, 4) for share in edits], found.plain, [round(told, 4) for told in found.telling.tolist()]),
        axis=1,
    ).ravel()  # fmt: skip
    names = pa.array(["edits", "plain", "telling"], pa.string()).take(pa.array(np.tile(np.arange(3), count)))
    kinds = pa.array(["verbatim", "light"]).take(pa.array((found.edits > 0).astype(np.int8)))
    made = {
        **{name: pa.array(found.spans[:, at]) for at, name in enumerate(("a_start", "a_stop", "b_start", "b_stop"))},
        "kind": kinds,
        "score": pa.array([round(round(1 - share, 6), 4) for share in found.edits.tolist()], pa.float64()),
        "a_words": pa.array(found.words[:, 0]),
        "b_words": pa.array(found.words[:, 1]),
        "accepted": pa.array(found.accepted),
        "guards": pa.array(found.guards, pa.list_(pa.string())),
        "measures": pa.MapArray.from_arrays(
            pa.array(np.arange(count + 1, dtype=np.int32) * 3), names, pa.array(values, pa.float64())
        ),
    }  # fmt: skip
    return pa.StructArray.from_arrays(
        [made[field.name].cast(field.type) for field in PASSAGE], fields=list(PASSAGE)
    )


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
