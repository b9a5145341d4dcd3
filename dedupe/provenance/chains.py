"""Chains: who has it from whom, nearest first.

"X, as quoted by Y" and "Y, citing X" both make the chain (Y, X): Y is the medium at hand, X the
one behind it. The forms are under ``[links]`` in the phrase files.
"""

from __future__ import annotations

from dedupe.provenance.lexicon import Lexicon
from dedupe.provenance.reading import Reading


def link(reading: Reading, lexicon: Lexicon) -> list[tuple[int, int, str]]:
    """Return the links between neighbouring names as (nearer token, farther token, name of the form)."""
    kinds = reading.kinds
    if kinds.count("S") < 2:
        return []
    found: set[tuple[int, int, str]] = set()
    for name, regex in lexicon.links.items():
        at = kinds.find("S")
        while at >= 0:
            match = regex.match(kinds, at)
            if match:
                found.add((match.start("near"), match.start("far"), name))
            at = kinds.find("S", at + 1)
    return sorted(found)
