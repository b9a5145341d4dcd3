"""Documents → credits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from dedupe.provenance import catalogue as catalogues
from dedupe.provenance import credits
from dedupe.records import CREDITS, Cover, Credit, Span
from dedupe.settings import Settings
from dedupe.stages.columns import spans


@cache
def catalogue(facts: Path | None) -> catalogues.Catalogue:
    """Return the catalogue, loaded once per process."""
    return catalogues.load(facts)


@dataclass(frozen=True, slots=True)
class FindCredits:
    """Kernel: ``id, text, language, outlet, furniture, sentences`` → rows of ``records.CREDITS``."""

    settings: Settings
    facts: Path | None = None

    def __call__(self, batch: pa.Table) -> pa.Table:
        known = catalogue(self.facts)
        texts, languages = batch["text"].to_pylist(), batch["language"].to_pylist()
        seen = list(credits.sighted(texts, languages, known))
        worth = [row for row, sightings in enumerate(seen) if sightings]  # few: only those are read as rows
        rest = batch.select(["id", "outlet", "furniture", "sentences"]).take(pa.array(worth, pa.int64()))
        rows: list[dict[str, object]] = []
        for at, row in zip(worth, rest.to_pylist(), strict=True):
            found = credits.find(
                texts[at],
                language=languages[at],
                outlet=row["outlet"],
                sentences=[Span(s["start"], s["stop"]) for s in row["sentences"]],
                furniture=spans(row["furniture"]),
                catalogue=known,
                settings=self.settings.credits,
                sightings=seen[at],
            )
            rows.extend(as_row(row["id"], credit) for credit in found)
        return pa.Table.from_pylist(rows, schema=CREDITS)


def as_row(document: str, credit: Credit) -> dict[str, object]:
    """Return a credit as a row of ``records.CREDITS``."""
    return {
        "document": document,
        "start": credit.start,
        "stop": credit.stop,
        "surface": credit.surface,
        "chain": list(credit.chain),
        "role": credit.role,
        "confidence": round(credit.confidence, 4),
        "covers": [{"start": c.start, "stop": c.stop, "strength": c.strength} for c in credit.covers],
        "rule": credit.rule,
    }


def from_row(row: Mapping[str, Any]) -> Credit:
    """Return a row of ``records.CREDITS`` as a credit."""
    return Credit(
        start=row["start"],
        stop=row["stop"],
        surface=row["surface"],
        chain=tuple(row["chain"]),
        role=row["role"],
        confidence=row["confidence"],
        covers=tuple(Cover(**cover) for cover in row["covers"]),
        rule=row["rule"],
    )
