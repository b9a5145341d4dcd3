"""What two passages in different languages say that can be checked, compared.

Like the guards within one language: a likeness of vectors sees no changed number, name or
negation. A guard lowers the score and is named in the match.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dedupe.reuse.translated.anchors import Anchors


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of what agrees and what does not, between two passages.

    ``numbers`` both have; ``number`` is True where each has one the other lacks; ``month``
    where both name months and none is the same; ``names`` the share of all names found on
    the other side (0.5 where there are none), out of ``named``; ``negation`` the share of
    matched sentences that only one side negates.
    """

    numbers: int
    number: bool
    month: bool
    names: float
    named: int
    negation: float

    @property
    def guards(self) -> tuple[str, ...]:
        """The names of what differs: ``name``, ``negation``, ``number``."""
        found = []
        if self.named >= 3 and self.names < 0.4:
            found.append("name")
        if self.negation > 0:
            found.append("negation")
        if self.number or self.month:
            found.append("number")
        return tuple(found)


def compare(beads: Sequence[tuple[Sequence[Anchors], Sequence[Anchors]]]) -> Agreement:
    """Return what agrees between the two sides of a run of matched sentences.

    Numbers and names are compared over the whole run, since they wander between sentences
    in translation; negation sentence by sentence.
    """
    left = [one for side, _ in beads for one in side]
    right = [one for _, side in beads for one in side]
    numbers_a, numbers_b = _all(one.numbers for one in left), _all(one.numbers for one in right)
    months_a = {month for one in left for month in one.months}
    months_b = {month for one in right for month in one.months}
    names_a, names_b = _all(one.names for one in left), _all(one.names for one in right)
    words_a, words_b = _all(one.words for one in left), _all(one.words for one in right)
    named = len(names_a) + len(names_b)
    shared = len(names_a & words_b) + len(names_b & words_a)
    return Agreement(
        numbers=len(numbers_a & numbers_b),
        number=bool(numbers_a - numbers_b and numbers_b - numbers_a),
        month=bool(months_a and months_b and not months_a & months_b),
        names=shared / named if named else 0.5,
        named=named,
        negation=sum(_negation_differs(a, b) for a, b in beads) / len(beads),
    )


def _all(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)


def _negation_differs(a: Sequence[Anchors], b: Sequence[Anchors]) -> bool:
    counts = [[one.negations for one in side] for side in (a, b)]
    if any(count is None for side in counts for count in side):
        return False
    return any(counts[0]) != any(counts[1])
