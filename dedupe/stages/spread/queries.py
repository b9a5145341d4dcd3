"""The queries between the kernels of a spread run: plain SQL, the same on every engine."""

from __future__ import annotations

from dedupe.records import FAMILIES
from dedupe.stages.reading import READ
from dedupe.stages.spread import verdicts

AGAIN = """
SELECT r.id AS id, MIN(r.file_number * 1099511627776 + r.place) AS first
FROM records r WHERE r.id IS NOT NULL GROUP BY r.id HAVING COUNT(*) > 1
"""
FIRSTS = f"""
SELECT {", ".join(f"r.{name}" for name in READ.names)}
FROM records r LEFT JOIN again g ON g.id = r.id
WHERE r.id IS NOT NULL AND (g.first IS NULL OR g.first = r.file_number * 1099511627776 + r.place)
"""
LATER = """
SELECT r.file_number, r.place, r.id, r.file, r.line, e.file AS first_file, e.line AS first_line
FROM again g
JOIN records r ON r.id = g.id AND g.first <> r.file_number * 1099511627776 + r.place
JOIN records e ON e.id = g.id AND g.first = e.file_number * 1099511627776 + e.place
"""
TOTAL = """
SELECT COUNT(*) AS documents, CAST(SUM(words) AS BIGINT) AS words, COUNT(*) - COUNT(published) AS undated
FROM documents
"""
NEEDED = """
SELECT n.bundle, d.number, d.id, d.text, d.language, d.furniture, d.sentences
FROM (SELECT bundle, a AS number FROM bundled UNION SELECT bundle, b AS number FROM bundled) n
JOIN documents d ON d.number = n.number
"""
SAME = "k.a_number = l.a_number AND k.b_number = l.b_number"
THESE = f"SELECT l.* FROM aligned l JOIN keys k ON {SAME}"
REST = f"""
SELECT l.* FROM aligned l LEFT JOIN keys k ON {SAME} WHERE k.a_number IS NULL
UNION ALL SELECT * FROM more
"""
ACCEPTED = "SELECT * FROM passages WHERE accepted"
PARTED = "SELECT a.*, p.part FROM accepted a JOIN parts p ON p.match = a.match"
MATCHED = "SELECT a_number FROM accepted UNION SELECT b_number FROM accepted"
SIDES = """
SELECT match, a_number AS number, a_start AS start, a_stop AS stop, a_number % {parts} AS part FROM accepted
UNION ALL
SELECT match, b_number AS number, b_start AS start, b_stop AS stop, b_number % {parts} AS part FROM accepted
"""
EDGES = """
SELECT DISTINCT low, high
FROM (SELECT match, MIN(node) AS low, MAX(node) AS high FROM stretches GROUP BY match) m WHERE low < high
"""
PARTS = """
SELECT s.match, MIN(COALESCE(l.low, s.node) % 1000003 % {parts}) AS part
FROM stretches s LEFT JOIN labels l ON l.high = s.node GROUP BY s.match
"""
BOTH = """
SELECT low AS node, high AS other, low % 1000003 % {parts} AS part FROM edges
UNION ALL SELECT high AS node, low AS other, high % 1000003 % {parts} AS part FROM edges
"""
SMALLER = "SELECT high AS node, low AS other, high % 1000003 % {parts} AS part FROM edges"
NEW = "SELECT * FROM after EXCEPT SELECT * FROM before"
COMPARED = f"""
SELECT n.part, d.number, {", ".join(f"d.{name}" for name in READ.names)}, d.words
FROM (SELECT part, a_number AS number FROM accepted UNION SELECT part, b_number AS number FROM accepted) n
JOIN documents d ON d.number = n.number
"""
OF_FAMILY = (*FAMILIES.names, *verdicts.ORDER["families"])
OF_MATCH = tuple(name for name in verdicts.ABOUT_MATCH if name not in OF_FAMILY)
NO_MEMBER = ", ".join("m.family" if name == "family" else f"NULL AS {name}" for name in OF_FAMILY)
GATHERED = f"""
SELECT home % {{parts}} AS part, {", ".join(OF_FAMILY)}, {", ".join(f"NULL AS {name}" for name in OF_MATCH)}
FROM families
UNION ALL
SELECT m.home % {{parts}} AS part, {NO_MEMBER}, {", ".join(f"m.{name}" for name in OF_MATCH)} FROM matches m
UNION ALL
SELECT s.part, {NO_MEMBER}, {", ".join(f"m.{name}" for name in OF_MATCH)}
FROM (
  SELECT DISTINCT f.home % {{parts}} AS part, p.a, p.b
  FROM (
    SELECT m.a, m.b FROM matches m JOIN documents d ON d.number = m.a_number WHERE d.kind = 'wire'
    UNION
    SELECT m.a, m.b FROM matches m JOIN documents d ON d.number = m.b_number WHERE d.kind = 'wire'
  ) p
  JOIN families f ON f.document = p.a
  JOIN families g ON g.document = p.b AND g.family = f.family
) s
JOIN matches m ON m.a = s.a AND m.b = s.b
"""
MEMBERS = """
SELECT n.part, d.number, d.id, d.outlet, d.kind, d.source_id, d.published, d.language, s.entries
FROM (SELECT DISTINCT home % {parts} AS part, document FROM families) n
JOIN documents d ON d.id = n.document
LEFT JOIN said s ON s.number = d.number
"""
ARTICLES = """
SELECT d.number, d.id, d.text, d.outlet, d.furniture, s.entries, c.entries AS passages
FROM documents d
LEFT JOIN said s ON s.number = d.number
LEFT JOIN copied c ON c.number = d.number
WHERE d.kind = 'outlet'
"""
