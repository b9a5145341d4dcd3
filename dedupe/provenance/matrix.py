"""The provenance matrix: the ledger summed by outlet, source, second-hand outlet and class."""

from __future__ import annotations

QUERY = """
SELECT d.outlet AS outlet,
       l.source AS source,
       l.via AS via,
       l.class AS class,
       CAST(SUM(l.words) AS BIGINT) AS words,
       FLOOR((CAST(SUM(l.words) AS DOUBLE) * 2000000 + CAST(MAX(t.words) AS DOUBLE))
             / (CAST(MAX(t.words) AS DOUBLE) * 2)) / 1000000 AS share,
       CAST(COUNT(*) AS INTEGER) AS passages,
       CAST(COUNT(DISTINCT l.document) AS INTEGER) AS documents
FROM ledger l
JOIN documents d ON d.id = l.document
JOIN (SELECT outlet, SUM(words) AS words FROM documents WHERE kind = 'outlet' GROUP BY outlet) t
  ON t.outlet = d.outlet
GROUP BY d.outlet, l.source, l.via, l.class
ORDER BY outlet, class, source, via
"""
"""One SELECT over ``ledger`` and ``documents``: each outlet's rows add up to all its words. Shares are rounded to
six places, half up, in whole numbers: engines differ in how they round a double."""
