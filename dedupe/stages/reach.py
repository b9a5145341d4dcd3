"""How far a family's origin reaches in each of its members.

An origin is that of what all members have. Where credits decide it, and a credit covers more of a
passage than that, the copy of this passage elsewhere has as much of the source's text: of a long article
that two outlets print whole, and others in pieces, the credit of the one speaks for the whole of both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.provenance.origins import Coverage
from dedupe.records import Credit
from dedupe.stages.credits import from_row

Key = tuple[str, str]
"""A family and a document."""


def widened(families: pa.Table, matches: pa.Table, origins: pa.Table, credits: pa.Table) -> pa.Table:
    """Return ``families`` with ``common_start`` and ``common_stop`` widened to the passages of which a credit to
    the family's origin covers half or more, on both sides of the match."""
    sources = _credited(origins)
    if not sources:
        return families
    covered = _asked(credits, {document for _, document in sources})
    places = defaultdict(list)
    columns = [families[name].to_pylist() for name in ("family", "document", "start", "stop")]
    for row, (family, document, start, stop) in enumerate(zip(*columns, strict=True)):
        places[family, document].append((start, stop, row))
    common = np.stack([families[name].to_numpy() for name in ("common_start", "common_stop")], axis=1).copy()
    for family, sides in _sides(matches, {family for family, _ in sources}):
        if not any(
            covered(document, start, stop, sources[family, document])
            for document, start, stop in sides
            if (family, document) in sources
        ):
            continue
        for document, start, stop in sides:
            for first, last, row in places[family, document]:
                if first <= start and stop <= last:
                    common[row] = min(common[row, 0], start), max(common[row, 1], stop)
    for number, name in enumerate(("common_start", "common_stop")):
        place = families.schema.get_field_index(name)
        families = families.set_column(place, families.schema.field(place), pa.array(common[:, number]))
    return families


def _credited(origins: pa.Table) -> dict[Key, str]:
    """Return the source of each family that credits decided, by family and crediting document."""
    decided = origins.filter(
        pc.and_(pc.equal(origins["basis"], "credits"), pc.not_equal(origins["source"], ""))
    )
    return {
        (row["family"], entry["document"]): row["source"]
        for row in decided.select(["family", "source", "evidence"]).to_pylist()
        for entry in row["evidence"]
        if entry["source"] == row["source"]
    }


def _sides(matches: pa.Table, wanted: set[str]) -> Iterator[tuple[str, list[tuple[str, int, int]]]]:
    chosen = matches.filter(pc.is_in(matches["family"], pa.array(sorted(wanted), pa.string())))
    names = ("family", "a", "a_start", "a_stop", "b", "b_start", "b_stop")
    for family, a, a_start, a_stop, b, b_start, b_stop in zip(
        *(chosen[name].to_pylist() for name in names), strict=True
    ):
        yield family, [(a, a_start, a_stop), (b, b_start, b_stop)]


def _asked(credits: pa.Table, documents: set[str]) -> Callable[[str, int, int, str], bool]:
    """Return a function that says whether a credit to a source covers half of a passage or more."""
    said: dict[str, list[Credit]] = defaultdict(list)
    chosen = credits.filter(pc.is_in(credits["document"], pa.array(sorted(documents), pa.string())))
    for row in chosen.to_pylist():
        said[row["document"]].append(from_row(row))
    coverage = {document: Coverage(found) for document, found in said.items()}

    @cache
    def covered(document: str, start: int, stop: int, source: str) -> bool:
        return any(
            found.source == source and found.strength != "possible"
            for found in coverage[document].attributions(start, stop)
        )

    return covered
