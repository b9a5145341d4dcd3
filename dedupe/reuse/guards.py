"""What differs between two passages although they are alike.

No likeness of words sees that a number, a name or a negation was changed, or that two names
swapped places. Each such change is named; it lowers the score of a reworded match.

- ``number``: an aligned place holds figures on both sides, and they differ.
- ``name``: an aligned place holds names on both sides that do not occur on the other.
- ``negation``: a word of negation stands on one side only, amid words that both sides have.
- ``roles``: two names that both sides have change order amid words that keep theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from rapidfuzz.distance import Levenshtein

from dedupe.facts import table
from dedupe.reuse.prepared import Prepared
from dedupe.text.tokens import tokenize

Words = tuple[int, int]
"""First and last-plus-one word of a passage."""

NEAR = 3
"""A negation counts when a word both sides have stands so near."""


@cache
def negations(language: str | None) -> frozenset[int]:
    """Return the hashes of a language's words of negation; None takes those of all languages."""
    known: dict[str, list[str]] = table("crosslingual")["negation"]
    lists = known.values() if language is None else [known.get(language, [])]
    return frozenset(tokenize([word for words in lists for word in words if " " not in word]).hashes.tolist())


def guards(a: Prepared, b: Prepared, in_a: Words, in_b: Words) -> tuple[str, ...]:
    """Return the names of the guards that two passages trip, in alphabetical order."""
    left, right = a.hashes[slice(*in_a)].tolist(), b.hashes[slice(*in_b)].tolist()
    found = set()
    for tag, i, j, k, m in Levenshtein.opcodes(left, right):
        if tag != "replace":
            continue
        digits = _figures(a, in_a[0], i, j), _figures(b, in_b[0], k, m)
        if (
            digits[0]
            and digits[1]
            and not digits[0] & digits[1]
            and not (digits[0] & {*right} or digits[1] & {*left})
        ):
            found.add("number")
        names = _names(a, in_a[0], i, j, right), _names(b, in_b[0], k, m, left)
        if all(names):
            found.add("name")
    if _negated(a, left, right) != _negated(b, right, left):
        found.add("negation")
    if _swapped(a, b, in_a, in_b, left, right):
        found.add("roles")
    return tuple(sorted(found))


def _figures(side: Prepared, first: int, start: int, stop: int) -> set[int]:
    return {
        int(side.hashes[word])
        for word in range(first + start, first + stop)
        if side.text[side.starts[word]].isdigit()
    }


def _names(side: Prepared, first: int, start: int, stop: int, other: list[int]) -> bool:
    """Whether the words are all names, none of them known to the other passage."""
    words = range(first + start, first + stop)
    known = set(other)
    return all(side.names[word] and int(side.hashes[word]) not in known for word in words)


def _negated(side: Prepared, own: Sequence[int], other: Sequence[int]) -> bool:
    negators, known = negations(side.language), set(other)
    return any(
        word in negators and not known.isdisjoint([*own[max(0, at - NEAR) : at], *own[at + 1 : at + 1 + NEAR]])
        for at, word in enumerate(own)
    )


def _swapped(a: Prepared, b: Prepared, in_a: Words, in_b: Words, left: list[int], right: list[int]) -> bool:
    first, second = _name_order(a, in_a, right), _name_order(b, in_b, left)
    common = [name for name in first if name in second]
    if len(common) < 2 or common == [name for name in second if name in first]:
        return False
    plain_a = [word for word, name in zip(left, a.names[slice(*in_a)].tolist(), strict=True) if not name]
    plain_b = [word for word, name in zip(right, b.names[slice(*in_b)].tolist(), strict=True) if not name]
    return Levenshtein.normalized_distance(plain_a, plain_b) <= 0.3


def _name_order(side: Prepared, words: Words, other: list[int]) -> list[int]:
    known = set(other)
    names = side.hashes[slice(*words)][side.names[slice(*words)]].tolist()
    return [name for name in dict.fromkeys(names) if name in known]
