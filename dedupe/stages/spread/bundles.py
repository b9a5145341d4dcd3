"""Which pairs are aligned together, so that documents are sent and made ready few times."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from dedupe.reuse.neighbourhoods import neighbourhoods
from dedupe.stages.columns import numbers
from dedupe.stages.spread.aligning import PROPOSED

PAIRS = 2_000
"""Pairs in a bundle."""
BUNDLED = pa.schema([*PROPOSED, ("bundle", pa.int64()), ("place", pa.int64())])


def arranged(proposed: pa.Table) -> pa.Table:
    """Return ``PROPOSED`` with the bundle of each pair and its place: those that share documents together."""
    proposed = proposed.select(PROPOSED.names).cast(PROPOSED)
    a, b = (numbers(proposed[name]).astype(np.int32) for name in "ab")
    bits = numbers(proposed["channels"])
    likeness = (bits & 1) * 2.0 + np.nan_to_num(proposed["tfidf"].to_numpy())
    homes = neighbourhoods(a, b, likeness)
    order = np.lexsort((b, a, np.maximum(homes[a], homes[b]), np.minimum(homes[a], homes[b])))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return proposed.append_column("bundle", pa.array(place // PAIRS)).append_column("place", pa.array(place))
