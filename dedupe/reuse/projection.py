"""Where a part of one passage stands in its copy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

Words = NDArray[np.uint64]

LEAST = 0.5
"""Share of the part's words that must stand in the copy, in order."""


def projected(words: Words, copy: Words, first: int, last: int) -> tuple[int, int] | None:
    """Return the words of ``copy`` (first and last-plus-one) that ``words[first:last]`` became.

    The copy's part begins and ends with a word that stands in the part, too (longest common
    subsequence of words). None where less than ``LEAST`` of the part stands in the copy.
    """
    low, high, same = len(copy), 0, 0
    for step in Indel.opcodes(words.tolist(), copy.tolist()):
        start, stop = max(step.src_start, first), min(step.src_end, last)
        if step.tag == "equal" and start < stop:
            shift = step.dest_start - step.src_start
            low, high, same = min(low, start + shift), max(high, stop + shift), same + stop - start
    return (low, high) if same and same >= LEAST * (last - first) else None
