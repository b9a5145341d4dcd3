"""How surely a name is a credit: the value of its form times the factor of its alias.

Both are in ``facts/confidence.toml``, fitted on labelled texts by ``benchmarks/credits.py fit``.
"""

from __future__ import annotations

from collections.abc import Iterable

from dedupe.facts import table
from dedupe.provenance.evidence import Article, Evidence
from dedupe.provenance.negatives import RANK, inside_sentence, refused
from dedupe.provenance.reading import Reading
from dedupe.provenance.sightings import Sighting

_LINES = frozenset({"line", "slug_bare"})


def weigh(
    evidence: Iterable[Evidence], sighting: Sighting, reading: Reading, article: Article
) -> tuple[Evidence, float] | None:
    """Return the most telling evidence for a name with the highest confidence in [0, 1], or None."""
    best: tuple[bool, int, float, int] | None = None
    chosen, surest = None, 0.0
    for order, item in enumerate(evidence):
        if refused(item, sighting, reading, article):
            continue
        value = confidence(item, sighting, reading)
        surest = max(surest, value)
        key = (item.form.scope == "back", RANK[item.form.strength], value, -order)
        if best is None or key > best:
            best, chosen = key, item
    return (chosen, surest) if chosen else None


def confidence(item: Evidence, sighting: Sighting, reading: Reading) -> float:
    """Return the confidence that evidence which was not refused gives a name."""
    tables = table("confidence")
    form, factor = item.form, tables["factor"]
    value = float(tables["form"].get(form.name, tables["strength"][form.strength]))
    if form.name in _LINES and item.company == 1 and not sighting.agency and not sighting.generic:
        value *= factor["line_of_medium"]
    if form.name == "slug" and inside_sentence(reading, item.token):
        value *= factor["slug_inside" if sighting.agency else "slug_inside_medium"]
    if sighting.generic or sighting.kind == "open":
        alias = "generic" if sighting.generic else "open"
    elif sighting.needs and item.token in reading.described:
        alias = "described"
    else:
        alias = f"needs_{sighting.needs or 'nothing'}"
    return value * float(factor[alias])
