"""Credits straight from files, without a results directory: ``dedupe credits``, ``dedupe diff``.

Apart from `dedupe.direct`, so that a look at one article imports no alignment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dedupe import corpus
from dedupe.provenance import catalogue as catalogues
from dedupe.provenance import credits
from dedupe.provenance.catalogue import Catalogue
from dedupe.records import Credit, Document, Rejected
from dedupe.settings import Settings
from dedupe.text import boilerplate, sentences


@dataclass
class Credited:
    """Documents with their credits, read and found as they are asked for."""

    names: Callable[[str], str]
    documents: Iterator[dict[str, Any]]
    rejected: list[Rejected] = field(default_factory=list)


def find_credits(inputs: Sequence[Path], settings: Settings, *, facts: Path | None = None) -> Credited:
    """Return ``{"id", "credits": […]}`` for each document, in the order of the input."""
    known = catalogues.load(facts)
    rejected: list[Rejected] = []
    files = corpus.find_readable(inputs, sort=False)

    def found() -> Iterator[dict[str, Any]]:
        for record in corpus.iter_records(files, settings.reading, corpus.Tally()):
            if isinstance(record, Rejected):
                rejected.append(record)
            else:
                yield {"id": record.id, "credits": [_row(one) for one in _credits(record, known, settings)]}

    return Credited(known.name, found(), rejected)


def credits_of(
    documents: Sequence[Document], settings: Settings, *, facts: Path | None = None
) -> tuple[dict[str, Sequence[Credit]], dict[str, str]]:
    """Return the credits of documents, by id, and the display name of every source in them."""
    known = catalogues.load(facts)
    found = {document.id: _credits(document, known, settings) for document in documents}
    ids = sorted({source for credits in found.values() for credit in credits for source in credit.chain})
    return found, {source: known.name(source) for source in ids}


def _credits(document: Document, known: Catalogue, settings: Settings) -> Sequence[Credit]:
    return credits.find(
        document.text,
        language=document.language,
        outlet=document.outlet,
        sentences=sentences.split(document.text, document.language),
        furniture=boilerplate.furniture(document.text),
        catalogue=known,
        settings=settings.credits,
    )


def _row(credit: Credit) -> dict[str, Any]:
    return {
        "start": credit.start,
        "stop": credit.stop,
        "surface": credit.surface,
        "chain": list(credit.chain),
        "role": credit.role,
        "confidence": round(credit.confidence, 4),
        "covers": [[cover.start, cover.stop, cover.strength] for cover in credit.covers],
    }
