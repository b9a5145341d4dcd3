"""Lines that an outlet repeats across its stories join the furniture of every document."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from dedupe.settings import Boilerplate
from dedupe.stages.columns import SPANS, unpack
from dedupe.text.boilerplate import repeated_lines


def with_repeated(documents: pa.Table, marked: pa.Table, settings: Boilerplate) -> pa.Table:
    """Return ``MARKED`` without ``lines``, the repeated ones added to ``furniture`` (kind ``repeated``).

    A dispatch has no page, so lines of wire documents are left alone.
    """
    rows = [unpack(value).astype(np.int64) for value in marked["lines"].to_pylist()]
    outlets = documents["outlet"].to_pylist()
    numbers = {name: number for number, name in enumerate(sorted(set(outlets)))}
    wire = np.array([kind == "wire" for kind in documents["kind"].to_pylist()], np.bool_)
    owner = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    lines = np.concatenate([np.zeros((0, 3), np.int64), *rows])
    codes = np.array([numbers[name] for name in outlets], np.int64)
    keep = np.flatnonzero(~wire[owner]) if len(owner) else np.zeros(0, np.int64)
    repeated = repeated_lines(
        codes[owner[keep]], owner[keep], lines[keep, 0], lines[keep, 2] - lines[keep, 1], settings
    )
    furniture = marked["furniture"].to_pylist()
    for index in keep[repeated].tolist():
        _, start, stop = lines[index].tolist()
        spans = furniture[owner[index]]
        if not any(span["start"] < stop and start < span["stop"] for span in spans):
            spans.append({"start": start, "stop": stop, "kind": "repeated"})
    for spans in furniture:
        spans.sort(key=lambda span: span["start"])
    return pa.table({"id": marked["id"], "words": marked["words"], "furniture": pa.array(furniture, SPANS)})
