"""From the forms that match around a name to a verdict on it: credit or not, and how surely."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dedupe.facts import table
from dedupe.provenance.catalogue import Catalogue
from dedupe.provenance.lexicon import Form, Lexicon
from dedupe.provenance.reading import Reading
from dedupe.provenance.sightings import Sighting

RANK = {"weak": 0, "cue": 1, "quote": 2, "structure": 3}
NEEDED = {"": 0, "cue": 1, "report": 2, "descriptor": 3, "slug": 3}
_HOME = {"id": "ID", "ms": "MY"}
_TOLD = frozenset({"told", "said_to", "to_said", "interview"})
_SLUGS = frozenset({"slug", "slug_inner", "slug_joined", "slug_dash", "slug_bare", "line", "copyright"})
_WORD = re.compile(r"[^\W\d_]+")
_UNMISTAKABLE = frozenset({"cited", "citing", "source_line", "cited_by_outlet", "backward", "inverted"})
_LINES = frozenset({"line", "slug_bare"})


@dataclass(frozen=True, slots=True)
class Evidence:
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
    for form in lexicon.forms:
        if form.trigger and form.trigger not in kinds:
            continue
        for match in form.regex.finditer(kinds):
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
                        match.start("outlet") if "outlet" in form.regex.groupindex else -1,
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


def weigh(
    evidence: Iterable[Evidence], sighting: Sighting, reading: Reading, article: Article
) -> tuple[Evidence, float] | None:
    """Return the best evidence for a name with its confidence in [0, 1], or None when none counts.

    The confidence of a form and the factor of an alias are in ``facts/confidence.toml``.
    """
    best: tuple[float, Evidence] | None = None
    for item in evidence:
        if item.form.strength == "structure" and _spelt_out(article.text, sighting):
            continue
        value = _value(item, sighting, reading, article)
        if value and (best is None or value > best[0]):
            best = (value, item)
    return (best[1], best[0]) if best else None


def _value(item: Evidence, sighting: Sighting, reading: Reading, article: Article) -> float:
    language, outlet = article.language, article.outlet
    form, token = item.form, item.token
    kinds = reading.kinds
    described = token in reading.described
    needs = sighting.needs
    source = article.catalogue.sources.get(sighting.source)
    rank = RANK[form.strength]
    if not described and rank < NEEDED[needs]:
        return 0.0
    if needs == "slug" and form.scope == "sentence":
        return 0.0
    if sighting.kind == "agency_photo" and form.role != "photo" and not (described or form.strength == "structure"):
        return 0.0
    if needs == "cue" and rank == 1 and not described and not sighting.generic and kinds[token + 1] == "N" and language != "de":
        return 0.0
    if sighting.kind == "open" and not described and form.name not in _UNMISTAKABLE:
        return 0.0
    if form.name == "byline_name" and reading.starts[0] > 0:
        return 0.0
    if form.name == "said" and needs == "cue" and not described and not sighting.agency and not sighting.generic:
        if kinds[token - 1] in "<.~" and reading.starts[token] == sighting.start and _plain_word(article.text, sighting):
            return 0.0
    if form.name in _TOLD and not outlet and source is not None and not source.agency and source.country:
        if source.country == _HOME.get(language or ""):
            return 0.0
    tables = table("confidence")
    value = float(tables["form"].get(form.name, tables["strength"][form.strength]))
    if form.name in _LINES and item.company == 1 and not sighting.agency and not sighting.generic:
        value *= tables["factor"]["line_of_medium"]
    if form.name in _SLUGS and sighting.kind == "agency_photo":
        return 0.0
    if form.name == "slug" and sighting.needs in ("report", "descriptor") and not described:
        if kinds[max(0, kinds.rfind("(", 0, token)) - 1] not in ".~<":
            return 0.0
    if form.name == "slug" and kinds[max(0, kinds.rfind("(", 0, token)) - 1] not in ".~":
        value *= tables["factor"]["slug_inside" if sighting.agency else "slug_inside_medium"]
    alias = "described" if described and sighting.needs else f"needs_{sighting.needs or 'nothing'}"
    if sighting.generic:
        alias = "generic"
    elif sighting.kind == "open":
        alias = "open"
    return value * float(tables["factor"][alias])


def _spelt_out(text: str, sighting: Sighting) -> bool:
    """Whether initials in brackets only shorten the name before them: "Nusa Tenggara Barat (NTB)"."""
    name = text[sighting.start : sighting.stop]
    before = text[max(0, sighting.start - 90) : sighting.start].rstrip(" ")
    if not before.endswith("(") or not name.isupper() or not 2 <= len(name) <= 6:
        return False
    initials = [word[0] for word in _WORD.findall(before)[-len(name) - 2 :] if word[0].isupper()]
    return "".join(initials).endswith(name)


def _plain_word(text: str, sighting: Sighting) -> bool:
    """Whether a name could be any word with the capital of a sentence's beginning ("People said …")."""
    name = text[sighting.start : sighting.stop]
    return name.isalpha() and name[1:].islower()
