"""Lines that an outlet repeats across its stories join the furniture of every document."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.reuse.kernels_sort import order_of
from dedupe.settings import Boilerplate
from dedupe.stages.columns import SPANS, Int, codes, flat, grouped, numbers, unpacked
from dedupe.stages.text import MARKED
from dedupe.text.repeated import repeated_lines


def with_repeated(documents: pa.Table, marked: pa.Table, settings: Boilerplate) -> pa.Table:
    """Return ``MARKED`` without ``lines``, the repeated ones added to ``furniture`` (kind ``repeated``).

    A dispatch has no page, so lines of wire documents are left alone.
    """
    lines, owner = unpacked(marked["lines"])
    outlets, _ = codes(documents["outlet"])
    wire = numbers(pc.equal(documents["kind"], "wire"))
    keep = np.flatnonzero(~wire[owner]) if len(owner) else np.zeros(0, np.int64)
    repeated = repeated_lines(
        outlets[owner[keep]].astype(np.int64),
        owner[keep],
        lines[keep, 0],
        lines[keep, 2] - lines[keep, 1],
        settings,
    )
    added = keep[repeated]
    entries, home = flat(marked["furniture"])
    starts, stops = (entries.field(name).to_numpy().astype(np.int64) for name in ("start", "stop"))
    # Spans of a document are disjoint and in order: those that begin before a line ends, less
    # those that end before it begins, lie across it.
    begun = np.searchsorted(_place(home, starts), _place(owner[added], lines[added, 2]), "left")
    ended = np.searchsorted(_place(home, stops), _place(owner[added], lines[added, 1]), "right")
    added = added[begun <= ended]
    home = np.concatenate((home, owner[added]))
    starts = np.concatenate((starts, lines[added, 1]))
    stops = np.concatenate((stops, lines[added, 2]))
    kinds = pa.concat_arrays([entries.field("kind"), pa.array(["repeated"] * len(added), pa.string())])
    order = order_of(home, starts)
    spans = pa.StructArray.from_arrays(
        [
            pa.array(starts[order].astype(np.int32)),
            pa.array(stops[order].astype(np.int32)),
            kinds.take(pa.array(order)),
        ],
        fields=list(SPANS.value_type),
    )
    furniture = grouped(spans, home[order], marked.num_rows).cast(SPANS)
    place = marked.schema.get_field_index("furniture")
    return marked.drop_columns(["lines"]).set_column(place, MARKED.field("furniture"), furniture)


def _place(document: Int, offset: Int) -> Int:
    return (document << 32) + offset
