"""What differs between two passages although they are alike.

No likeness of words sees that a number, a name or a negation was changed, or that two names
swapped places. Each such change is named; it lowers the score of a reworded match.

- ``number``: an aligned place holds figures on both sides, and they differ.
- ``name``: an aligned place holds names on both sides that do not occur on the other.
- ``negation``: a word of negation stands on one side only, amid words that both sides have.
- ``roles``: two names that both sides have change order amid words that keep theirs.
"""

from __future__ import annotations

from functools import cache

from rapidfuzz.distance import Levenshtein

from dedupe.facts import table
from dedupe.reuse.prepared import Prepared
from dedupe.text.tokens import tokenize

Words = tuple[int, int]
"""First and last-plus-one word of a passage."""

NEAR = 3
"""A negation counts when a word both sides have stands so near."""


CONTRACTED = [f"{verb}n't" for verb in (
    "is", "are", "was", "were", "do", "does", "did", "wo", "would", "ca", "could", "should", "have", "has",
    "had", "must", "need", "might", "ai",
)]  # fmt: skip
FRAME = 0.3
"""Names changed places when no larger a share of the other words was edited."""
LONGEST = 2_000
"""Aligning word by word takes memory with the square of the length."""


@cache
def negations(language: str | None) -> frozenset[int]:
    """Return the hashes of a language's words of negation; None takes those of all languages."""
    known: dict[str, list[str]] = table("crosslingual")["negation"]
    words = [word for name, words in known.items() if language in (None, name) for word in words]
    if language in (None, "en"):
        words += CONTRACTED
    return frozenset(tokenize([word for word in words if " " not in word]).hashes.tolist())


def guards(a: Prepared, b: Prepared, in_a: Words, in_b: Words) -> tuple[str, ...]:
    """Return the names of the guards that two passages trip, in alphabetical order; none for
    passages of more than ``LONGEST`` words."""
    if max(in_a[1] - in_a[0], in_b[1] - in_b[0]) > LONGEST:
        return ()
    left, right = a.hashes[slice(*in_a)].tolist(), b.hashes[slice(*in_b)].tolist()
    known_a, known_b = set(left), set(right)
    found = set()
    for edit in Levenshtein.opcodes(left, right):
        if edit.tag != "replace":
            continue
        i, j, k, m = edit.src_start, edit.src_end, edit.dest_start, edit.dest_end
        digits = _figures(a, in_a[0], i, j), _figures(b, in_b[0], k, m)
        if all(digits) and digits[0].isdisjoint(known_b) and digits[1].isdisjoint(known_a):
            found.add("number")
        if _names(a, in_a[0], i, j, known_b) and _names(b, in_b[0], k, m, known_a):
            found.add("name")
    no_a, no_b = negations(a.language) & known_a, negations(b.language) & known_b
    if (no_a or no_b) and _negated(left, no_a, known_b) != _negated(right, no_b, known_a):
        found.add("negation")
    if _swapped(a, b, in_a, in_b):
        found.add("roles")
    return tuple(sorted(found))


def _figures(side: Prepared, first: int, start: int, stop: int) -> set[int]:
    return {
        int(side.hashes[word])
        for word in range(first + start, first + stop)
        if side.text[side.starts[word]].isdigit()
    }


def _names(side: Prepared, first: int, start: int, stop: int, other: set[int]) -> bool:
    """Whether the words are all names, none of them known to the other passage."""
    words = slice(first + start, first + stop)
    return bool(side.names[words].all()) and other.isdisjoint(side.hashes[words].tolist())


def _negated(own: list[int], negators: frozenset[int], other: set[int]) -> bool:
    return any(
        word in negators and not other.isdisjoint(own[max(0, at - NEAR) : at] + own[at + 1 : at + 1 + NEAR])
        for at, word in enumerate(own)
    )


def _swapped(a: Prepared, b: Prepared, in_a: Words, in_b: Words) -> bool:
    first, second = _name_order(a, in_a), _name_order(b, in_b)
    common = set(first) & set(second)
    if len(common) < 2 or [name for name in first if name in common] == [
        name for name in second if name in common
    ]:
        return False
    plain_a, plain_b = (
        side.hashes[slice(*words)][~side.names[slice(*words)]].tolist()
        for side, words in ((a, in_a), (b, in_b))
    )
    return Levenshtein.normalized_distance(plain_a, plain_b) <= FRAME


def _name_order(side: Prepared, words: Words) -> list[int]:
    """Return the names of a passage in the order in which each comes first."""
    names = side.hashes[slice(*words)][side.names[slice(*words)]]
    return list(dict.fromkeys(names.tolist()))
