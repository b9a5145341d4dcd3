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
from itertools import compress

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
    figures = [_figures(a, in_a, left), _figures(b, in_b, right)]
    names = a.names[slice(*in_a)].tolist(), b.names[slice(*in_b)].tolist()
    # Aligning takes the most time, and is left where no edit can be of figures or of names.
    number = not (known_b.issuperset(figures[0].values()) or known_a.issuperset(figures[1].values()))
    name = not (known_b.issuperset(compress(left, names[0])) or known_a.issuperset(compress(right, names[1])))
    for edit in Levenshtein.opcodes(left, right) if number or name else ():
        if edit.tag != "replace":
            continue
        i, j, k, m = edit.src_start, edit.src_end, edit.dest_start, edit.dest_end
        if number:
            one = {figures[0][at] for at in range(i, j) if at in figures[0]}
            other = {figures[1][at] for at in range(k, m) if at in figures[1]}
            if one and other and one.isdisjoint(known_b) and other.isdisjoint(known_a):
                found.add("number")
        named = name and all(names[0][i:j]) and all(names[1][k:m])
        if named and known_b.isdisjoint(left[i:j]) and known_a.isdisjoint(right[k:m]):
            found.add("name")
    no_a, no_b = negations(a.language) & known_a, negations(b.language) & known_b
    if (no_a or no_b) and _negated(left, no_a, known_b) != _negated(right, no_b, known_a):
        found.add("negation")
    if _swapped(left, right, *names):
        found.add("roles")
    return tuple(sorted(found))


def _figures(side: Prepared, words: Words, hashes: list[int]) -> dict[int, int]:
    """Return the figures of a passage by their place in it."""
    first = side.starts[slice(*words)].tolist()
    return {at: hashes[at] for at, start in enumerate(first) if side.text[start].isdigit()}


def _negated(own: list[int], negators: frozenset[int], other: set[int]) -> bool:
    return any(
        word in negators and not other.isdisjoint(own[max(0, at - NEAR) : at] + own[at + 1 : at + 1 + NEAR])
        for at, word in enumerate(own)
    )


def _swapped(left: list[int], right: list[int], left_names: list[bool], right_names: list[bool]) -> bool:
    first, second = (
        dict.fromkeys(compress(words, names)) for words, names in ((left, left_names), (right, right_names))
    )
    common = first.keys() & second.keys()
    if len(common) < 2 or [name for name in first if name in common] == [
        name for name in second if name in common
    ]:
        return False
    plain_left, plain_right = (
        [word for word, name in zip(words, names, strict=True) if not name]
        for words, names in ((left, left_names), (right, right_names))
    )
    return Levenshtein.normalized_distance(plain_left, plain_right) <= FRAME
