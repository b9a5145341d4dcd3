"""Which source a family of passages came from, with the evidence, or no verdict.

Evidence, strongest first: the text of a dispatch in the corpus is a member of the family;
credits cover copies in the family. Each sighting weighs ``strength × confidence``; the
sightings of one source in different outlets are combined as independent (noisy-or), and an
unnamed medium ("state media") supports the named agency of its country. The best source is
named when it reaches ``settings.origins.min_confidence`` and leads the next by
``settings.origins.margin`` (a medium that is no agency counts a fifth less in that comparison:
it may have printed agency copy itself); otherwise the origin stays undecided. ``docs/origins.md`` walks
through examples.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dedupe.provenance.catalogue import Catalogue
from dedupe.records import Credit, MatchKind, Strength
from dedupe.settings import Origins

STRENGTH: dict[Strength, float] = {"certain": 0.9, "likely": 0.72, "possible": 0.2}
"""How much a credit says about a passage that it covers."""

DISPATCH: dict[MatchKind, tuple[float, float]] = {
    "verbatim": (0.99, 0.0),
    "light": (0.97, 0.0),
    "reworded": (0.6, 0.35),
    "translated": (0.6, 0.35),
}
"""Confidence that a copy of a dispatch came from it: base + slope × score of the match."""

REPRINT = 0.8
"""Weight of a medium beside an agency when two sources compete: what a newspaper or broadcaster is
credited for is often agency copy that it printed itself."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason: what kind, where it stands, for which source, and its weight in [0, 1]."""

    kind: str
    document: str
    start: int
    stop: int
    source: str
    weight: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A passage of a family as the origin needs it: its document, and what the credits there say."""

    document: str
    outlet: str
    start: int
    stop: int
    said: Coverage
    wire: str | None = None
    """The source that issued the document, when it is a dispatch."""
    published: str | None = None
    quality: tuple[MatchKind, float] | None = None
    """Kind and score of the best match of this member, for dispatches."""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """The verdict on a family: ``source`` is empty where the evidence does not decide."""

    source: str
    confidence: float
    basis: str
    direction: str
    evidence: tuple[Evidence, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Attribution:
    """What one article itself says of a passage: the origin's id, the nearest link, how surely."""

    source: str
    via: str
    strength: Strength
    credit: Credit


_ORDER: tuple[Strength, ...] = ("certain", "likely", "possible")


class Coverage:
    """The credits of one article, ready to be asked what they say of a passage."""

    def __init__(self, credits: Sequence[Credit] = ()) -> None:
        self.credits = [credit for credit in credits if credit.role == "credit"]
        spans = [
            (cover.start, cover.stop, 3 * index + _ORDER.index(cover.strength))
            for index, credit in enumerate(self.credits)
            for cover in credit.covers
        ]
        self._spans = np.array(spans, np.int64).reshape(-1, 3)

    def attributions(self, start: int, stop: int) -> list[Attribution]:
        """Return what the credits say of the passage ``start:stop``, surest first.

        A credit counts when what it covers is half of the passage or more; its strength is that
        at which the half is reached. A sure credit inside the stretch of another is second-hand
        through that other ("Reuters …: KCNA said"), as far as it names no link itself.
        """
        if not self.credits:
            return []
        inside = np.minimum(self._spans[:, 1], stop) - np.maximum(self._spans[:, 0], start)
        kinds = 3 * len(self.credits)
        covered = np.bincount(self._spans[:, 2], np.maximum(inside, 0), kinds).reshape(-1, 3).cumsum(axis=1)
        enough = 2 * covered >= stop - start
        found = []
        for index in np.flatnonzero(enough[:, 2]).tolist():
            credit = self.credits[index]
            via = credit.chain[0] if len(credit.chain) > 1 else ""
            strength = _ORDER[int(np.argmax(enough[index]))]
            found.append(Attribution(credit.chain[-1], via, strength, credit))
        found.sort(key=lambda a: (-STRENGTH[a.strength], -a.credit.confidence, a.credit.start, a.source))
        return [_nested(attribution, found) for attribution in found]


def _nested(inner: Attribution, found: Sequence[Attribution]) -> Attribution:
    if inner.via or inner.strength != "certain":
        return inner
    for outer in found:
        if (
            outer.strength == "likely"
            and outer.source != inner.source
            and outer.credit.start < inner.credit.start
        ):
            return Attribution(inner.source, outer.credit.chain[0], inner.strength, inner.credit)
    return inner


def origin(
    members: Sequence[Member], catalogue: Catalogue, settings: Origins, *, reworded: bool = False
) -> Origin:
    """Return the origin of the family with these members (two or more, in any order).

    ``reworded`` says that no two members have more than single words in a row in common.
    """
    members = sorted(members, key=lambda m: (m.document, m.start))
    dispatches = [m for m in members if m.wire is not None]
    evidence = [_dispatch_evidence(m) for m in dispatches]
    sighted = [(m.outlet, _credit_evidence(m, catalogue)) for m in members if m.wire is None]
    evidence.extend(dict.fromkeys(e for _, found in sighted for e in found))  # a document may be in twice
    evidence.sort(key=lambda e: (-e.weight, e.document, e.start, e.source))
    if dispatches:
        source, confidence = _from_dispatches(dispatches)
        basis = "dispatch"
    else:
        source, confidence = _from_credits(sighted, catalogue, settings)
        basis = "credits"
    if confidence < settings.min_confidence:
        source = ""
    if not source:
        basis = "none"
    direction = _direction(members, dispatches, source, catalogue)
    if basis == "credits" and reworded and _from_abroad(members, sighted, source, catalogue):
        direction = (
            f"likely common source in another language: {catalogue.name(source)}; no dispatch in the corpus"
        )
    return Origin(source, round(confidence, 4), basis, direction, tuple(evidence))


def _from_abroad(
    members: Sequence[Member],
    sighted: Sequence[tuple[str, Sequence[Evidence]]],
    source: str,
    catalogue: Catalogue,
) -> bool:
    """Whether outlets that word a passage differently credit one source that does not write in their language."""
    known = catalogue.sources.get(source)
    spoken = set(known.languages) if known else set()
    languages = {m.language for m in members}
    crediting = {outlet for outlet, evidence in sighted if any(e.source == source for e in evidence)}
    return (
        len(crediting) > 1
        and bool(spoken)
        and "multi" not in spoken
        and None not in languages
        and not languages & spoken
    )


def _dispatch_evidence(member: Member) -> Evidence:
    weight = _dispatch_weight(member)
    return Evidence(
        "dispatch", member.document, member.start, member.stop, member.wire or "", round(weight, 4)
    )


def _dispatch_weight(member: Member) -> float:
    kind, score = member.quality or ("reworded", 0.0)
    base, slope = DISPATCH[kind]
    return base + slope * score


def _credit_evidence(member: Member, catalogue: Catalogue) -> list[Evidence]:
    return [
        Evidence(
            "credit",
            member.document,
            said.credit.start,
            said.credit.stop,
            said.source,
            round(STRENGTH[said.strength] * said.credit.confidence, 4),
            said.strength if not said.via else f"{said.strength}, via {catalogue.name(said.via)}",
        )
        for said in member.said.attributions(member.start, member.stop)
        if not catalogue.is_self(said.source, member.outlet)
    ]


def _from_dispatches(dispatches: Sequence[Member]) -> tuple[str, float]:
    """Return the issuing source: the only one, or the one that was strictly first."""
    best: dict[str, float] = {}
    for member in dispatches:
        assert member.wire is not None
        best[member.wire] = max(best.get(member.wire, 0.0), _dispatch_weight(member))
    if len(best) == 1:
        return next(iter(best.items()))
    dated = sorted((m.published or "~", m.wire or "") for m in dispatches)
    first = [wire for published, wire in dated if published == dated[0][0]]
    if dated[0][0] != "~" and len(set(first)) == 1 and all(published != "~" for published, _ in dated):
        return first[0], round(0.8 * best[first[0]], 4)
    return "", 0.0


def _from_credits(
    sighted: Sequence[tuple[str, Sequence[Evidence]]], catalogue: Catalogue, settings: Origins
) -> tuple[str, float]:
    """Return the source that the credits agree on, and its confidence, or ``("", best)``."""
    doubt: dict[str, dict[str, float]] = {}  # source → outlet → 1 - weight of its best sighting
    for outlet, evidence in sighted:
        for entry in evidence:
            outlets = doubt.setdefault(entry.source, {})
            outlets[outlet] = min(outlets.get(outlet, 1.0), 1.0 - entry.weight)
    for source in sorted(doubt):
        for named in sorted(doubt):
            if speaks_for(catalogue, source, named):
                for outlet, value in doubt[source].items():
                    doubt[named][outlet] = min(doubt[named].get(outlet, 1.0), value)
                del doubt[source]
                break
    scores: list[tuple[float, str, float]] = []
    for source, outlets in doubt.items():
        confidence = 1.0 - math.prod(outlets.values())
        scores.append((confidence * _prior(source, catalogue), source, confidence))
    scores.sort(key=lambda s: (-s[0], s[1]))
    if not scores:
        return "", 0.0
    lead = scores[0][0] - (scores[1][0] if len(scores) > 1 else 0.0)
    return (scores[0][1] if lead >= settings.margin else "", scores[0][2])


def _prior(source: str, catalogue: Catalogue) -> float:
    known = catalogue.sources.get(source)
    return 1.0 if known is not None and (known.agency or known.generic) else REPRINT


def _direction(
    members: Sequence[Member], dispatches: Sequence[Member], source: str, catalogue: Catalogue
) -> str:
    outlets = sorted({m.outlet for m in members if m.wire is None})
    if dispatches and source:
        ids = ", ".join(sorted({m.document for m in dispatches if m.wire == source}))
        return f"text of a dispatch by {catalogue.name(source)} in the corpus ({ids})"
    if source:
        return f"common source likely: {catalogue.name(source)}, by credit; no dispatch in the corpus"
    dates = {m.outlet: m.published for m in members if m.published}
    days = sorted({d[:10] for d in dates.values() if d})
    if len(outlets) == 2 and len(dates) == 2 and len(days) == 2:
        first = min(dates, key=lambda o: (dates[o] or "", o))
        return f"{first} printed first by date; copy or common source not decided"
    return "common source or copy, direction unknown"


def wire_source(document: Mapping[str, str | None], catalogue: Catalogue) -> str:
    """Return the source id that issued a dispatch: given, else known by outlet, else ``open:``."""
    if document["source_id"]:
        return str(document["source_id"])
    outlet = str(document["outlet"] or "")
    return next(iter(sorted(catalogue.selves(outlet))), f"open:{outlet.casefold()}")


def speaks_for(catalogue: Catalogue, unnamed: str, named: str) -> bool:
    """Whether an unnamed medium ("North Korean state media") may be this agency of its country."""
    generic, agency = catalogue.sources.get(unnamed), catalogue.sources.get(named)
    if generic is None or agency is None or not generic.generic or agency.generic:
        return False
    return bool(generic.country) and generic.country == agency.country and agency.agency
