"""The forms that match around a name, as evidence that it is a credit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from dedupe.provenance.catalogue import Catalogue
from dedupe.provenance.lexicon import Form, Lexicon
from dedupe.provenance.reading import Reading


class Evidence(NamedTuple):
    """One form that matched on one name: ``start`` is the text offset where the match begins."""

    form: Form
    token: int
    start: int
    stop: int
    company: int = 1
    """How many names the form credits together."""
    agent: int = -1
    """Token of a name that stands where the outlet's own would ("dikutip OUTLET dari NAME"), or -1."""


def gather(reading: Reading, lexicon: Lexicon) -> dict[int, list[Evidence]]:
    """Return the evidence for each name in a stretch, by token, in the order of forms."""
    kinds = reading.kinds
    found: dict[int, list[Evidence]] = {}
    if "S" not in kinds:
        return found
    for trigger, search, form, with_outlet in lexicon.searches:
        if trigger not in kinds:
            continue
        for match in search(kinds):
            first, last = match.span("s")
            tokens = [i for i in range(first, last) if kinds[i] == "S"]
            for token in tokens:
                found.setdefault(token, []).append(
                    Evidence(
                        form,
                        token,
                        reading.starts[match.start()],
                        reading.stops[match.end() - 1],
                        len(tokens),
                        match.start("outlet") if with_outlet else -1,
                    )
                )
    return found


@dataclass(frozen=True, slots=True)
class Article:
    """What is known of the text that the names stand in."""

    text: str
    language: str | None
    outlet: str
    catalogue: Catalogue
