"""Documents → credits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa

from dedupe.stages.columns import spans
from dedupe.provenance import catalogue as catalogues
from dedupe.provenance import credits
from dedupe.records import CREDITS, Cover, Credit, Span
from dedupe.settings import Settings


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
        rows = []
        for row in batch.select(["id", "text", "language", "outlet", "furniture", "sentences"]).to_pylist():
            found = credits.find(
                row["text"],
                language=row["language"],
                outlet=row["outlet"],
                sentences=[Span(s["start"], s["stop"]) for s in row["sentences"]],
                furniture=spans(row["furniture"]),
                catalogue=known,
                settings=self.settings.credits,
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


def from_row(row: dict[str, object]) -> Credit:
    """Return a row of ``records.CREDITS`` as a credit."""
    values = dict(row)
    values.pop("document", None)
    covers = tuple(Cover(**cover) for cover in values.pop("covers"))  # type: ignore[attr-defined]
    chain = tuple(values.pop("chain"))  # type: ignore[call-overload]
    return Credit(**values, chain=chain, covers=covers)  # type: ignore[arg-type]
