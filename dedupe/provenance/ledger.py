"""The ledger: every word of an article in exactly one class.

Stretches are painted over the words of the article from the least to the most decided:
``own``; ``claimed`` (a credit covers the words, no copy confirms it); ``shared`` (in other
outlets too, origin undecided and no credit); ``uncredited`` and ``credited`` (origin known);
``boilerplate`` over all. ``docs/ledger.md`` explains the classes with examples.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dedupe.provenance.catalogue import Catalogue
from dedupe.provenance.origins import STRENGTH, Attribution, Coverage, speaks_for
from dedupe.records import Credit, LedgerClass, Span, Strength
from dedupe.text.kernels import I32, I64, Flags, frozen, kernel
from dedupe.text.tokens import TokenBatch


class Label(NamedTuple):
    """What the ledger says of a word."""

    label: LedgerClass
    source: str = ""
    via: str = ""
    family: str = ""


@dataclass(frozen=True, slots=True)
class FamilyPassage:
    """An article's passage in a family, with the family's origin ('' where undecided).

    The origin is that of the stretch ``common_start:common_stop``, which all members have; what else
    the passage holds is shared with some of them only.
    """

    start: int
    stop: int
    family: str
    source: str
    confidence: float
    common_start: int
    common_stop: int


WHITE_SPACE = 4
"""Characters between two sentences of one stretch, at most."""

OWN = Label("own")
BOILERPLATE = Label("boilerplate")


def layers(
    outlet: str,
    credits: Sequence[Credit],
    passages: Sequence[FamilyPassage],
    furniture: Sequence[Span],
    catalogue: Catalogue,
) -> Iterable[tuple[int, int, Label]]:
    """Yield the stretches of one article, in the order in which they are painted."""
    said_here = Coverage(credits)
    yield from _claims(said_here, outlet, catalogue)
    undecided = [
        (stop - start, passage.family, start, stop)
        for passage in passages
        for start, stop in _undecided(passage)
        if start < stop
    ]
    for _, family, start, stop in sorted(undecided):
        said = [
            a for a in said_here.attributions(start, stop)
            if a.strength != "possible" and not catalogue.is_self(a.source, outlet)
        ]  # fmt: skip
        if not said:  # a credit that covers the passage makes it claimed, painted above
            yield start, stop, Label("shared", family=family)
    decided = [p for p in passages if p.source]
    for passage in sorted(decided, key=lambda p: (p.confidence, p.common_stop - p.common_start, p.family)):
        yield passage.common_start, passage.common_stop, _decided(passage, outlet, said_here, catalogue)
    for span in furniture:
        yield span.start, span.stop, BOILERPLATE


def paint(words: TokenBatch, article: I64, start: I64, stop: I64, label: I64) -> tuple[I64, I64, I64]:
    """Paint stretches over the words of articles, each over those before it; words begin with the label 0.

    Return the maximal runs of words of one article with one label: first word, last-plus-one, label. Their
    lengths add up to the number of words.
    """
    painted, edges = _painted(
        frozen(words.offsets, np.int64), frozen(words.starts, np.int32), frozen(words.stops, np.int32),
        *(frozen(column, np.int64) for column in (article, start, stop, label)),
    )  # fmt: skip
    begin = np.flatnonzero(edges)
    return begin, np.append(begin[1:], len(painted))[: len(begin)], painted[begin]


@kernel
def _painted(
    offsets: I64, starts: I32, stops: I32, article: I64, start: I64, stop: I64, label: I64
) -> tuple[I64, Flags]:
    """Return the label of each word, and whether a run begins with it."""
    painted, edges = np.zeros(len(starts), np.int64), np.zeros(len(starts), np.bool_)
    for stretch in range(len(article)):
        low, high = offsets[article[stretch]], offsets[article[stretch] + 1]
        first = low + np.searchsorted(stops[low:high], start[stretch], "right")
        last = low + np.searchsorted(starts[low:high], stop[stretch])
        for word in range(first, last):
            painted[word] = label[stretch]
    for word in range(1, len(painted)):
        edges[word] = painted[word] != painted[word - 1]
    for document in range(len(offsets) - 1):
        if offsets[document + 1] > offsets[document]:
            edges[offsets[document]] = True
    return painted, edges


def _undecided(passage: FamilyPassage) -> tuple[tuple[int, int], ...]:
    if not passage.source:
        return ((passage.start, passage.stop),)
    return (passage.start, passage.common_start), (passage.common_stop, passage.stop)


def _claims(said_here: Coverage, outlet: str, catalogue: Catalogue) -> Iterable[tuple[int, int, Label]]:
    """Yield what the credits cover, weakest first, so that the surest and nearest is on top."""
    claims = [
        (STRENGTH[strength], credit.start, start, stop, number)
        for number, credit in enumerate(said_here.credits)
        if not catalogue.is_self(credit.chain[-1], outlet)
        for start, stop, strength in _stretches(credit)
        if strength != "possible"
    ]
    claims.sort()
    for _, _, start, stop, number in claims:
        credit = said_here.credits[number]
        via = [a.via for a in said_here.attributions(start, stop) if a.credit is credit]
        yield start, stop, Label("claimed", credit.chain[-1], via[0] if via else "")


def _stretches(credit: Credit) -> Iterable[tuple[int, int, Strength]]:
    """Join the sentences that a credit covers alike and that only white space parts."""
    joined: list[tuple[int, int, Strength]] = []
    for cover in sorted(credit.covers, key=lambda c: (c.start, c.stop)):
        if joined and joined[-1][2] == cover.strength and cover.start - joined[-1][1] <= WHITE_SPACE:
            joined[-1] = (joined[-1][0], max(joined[-1][1], cover.stop), cover.strength)
        else:
            joined.append((cover.start, cover.stop, cover.strength))
    return joined


def _decided(passage: FamilyPassage, outlet: str, said_here: Coverage, catalogue: Catalogue) -> Label:
    if catalogue.is_self(passage.source, outlet):
        return Label("own", family=passage.family)
    said = said_here.attributions(passage.common_start, passage.common_stop)
    for covering in said:
        if passage.source in covering.credit.chain:
            return Label("credited", passage.source, _via(covering, passage.source), passage.family)
    for covering in said:
        if speaks_for(catalogue, covering.source, passage.source):
            return Label("credited", passage.source, covering.source, passage.family)
    for credit in said_here.credits:  # elsewhere in the article: the doubt is the article's
        if passage.source in credit.chain:
            via = credit.chain[0] if credit.chain[0] != passage.source else ""
            return Label("credited", passage.source, via, passage.family)
    other = [a for a in said if a.strength != "possible" and not catalogue.is_self(a.source, outlet)]
    return Label("uncredited", passage.source, other[0].credit.chain[0] if other else "", passage.family)


def _via(said: Attribution, source: str) -> str:
    chain = said.credit.chain
    if chain[0] != source:
        return chain[0]
    return said.via if said.via != source else ""
