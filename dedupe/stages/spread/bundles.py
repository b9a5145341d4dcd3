"""Which pairs are aligned together, so that documents are sent and made ready few times."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedupe.reuse.neighbourhoods import neighbourhoods
from dedupe.stages.columns import numbers

PAIRS = 2_000
"""Pairs in a bundle."""
PROPOSED = pa.schema([
    ("a", pa.int64()), ("b", pa.int64()), ("channels", pa.int32()), ("tfidf", pa.float64()),
])  # fmt: skip
"""Pairs of document numbers, the channels that propose them as bits, and the TF-IDF cosine."""
BUNDLED = pa.schema([*PROPOSED, ("bundle", pa.int64())])


def arranged(proposed: pa.Table) -> pa.Table:
    """Return ``BUNDLED``, pairs that share documents together, from all pairs held here."""
    proposed = (
        proposed.select(PROPOSED.names).cast(PROPOSED).sort_by([("a", "ascending"), ("b", "ascending")])
    )
    place = np.empty(proposed.num_rows, np.int64)
    place[order(proposed)] = np.arange(proposed.num_rows)
    return proposed.append_column("bundle", pa.array(place // PAIRS))


def order(proposed: pa.Table) -> NDArray[np.int64]:
    """Return the order of pairs in which those that share documents stand together."""
    a, b = (numbers(proposed[name]).astype(np.int32) for name in "ab")
    likeness = (numbers(proposed["channels"]) & 1) * 2.0 + np.nan_to_num(proposed["tfidf"].to_numpy())
    homes = neighbourhoods(a, b, likeness)
    found: NDArray[np.int64] = np.lexsort(
        (b, a, np.maximum(homes[a], homes[b]), np.minimum(homes[a], homes[b]))
    )
    return found


HOMES = """
SELECT number, MIN(home) AS home
FROM (
  SELECT a AS number, LEAST(a, b) AS home FROM proposed
  UNION ALL SELECT b AS number, LEAST(a, b) AS home FROM proposed
) n GROUP BY number
"""
"""The smallest neighbour of each document: the first round of finding clusters."""
NEARER = """
SELECT n.number, MIN(h.home) AS home
FROM (
  SELECT a AS number, b AS other FROM proposed
  UNION ALL SELECT b AS number, a AS other FROM proposed
  UNION ALL SELECT number, number AS other FROM homes
) n JOIN homes h ON h.number = n.other GROUP BY n.number
"""
"""The smallest home among a document and its neighbours: the second, which spans a star."""
BY_HOME = """
SELECT p.a, p.b, p.channels, p.tfidf,
       CASE WHEN s.size <= {pairs} THEN p.home % {bundles}
            ELSE {bundles} + p.home * 1000 + (p.a * 31 + p.b) % LEAST(1000, 1 + CAST(FLOOR(s.size / {pairs}) AS BIGINT))
       END AS bundle
FROM (SELECT q.*, LEAST(h.home, g.home) AS home
      FROM proposed q JOIN homes h ON h.number = q.a JOIN homes g ON g.number = q.b) p
JOIN (SELECT LEAST(h.home, g.home) AS home, COUNT(*) AS size
      FROM proposed q JOIN homes h ON h.number = q.a JOIN homes g ON g.number = q.b
      GROUP BY LEAST(h.home, g.home)) s ON s.home = p.home
"""
"""Bundles without a process that holds all pairs: clusters together, large ones in pieces."""
