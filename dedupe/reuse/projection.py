"""Where a part of one passage stands in its copy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedupe.reuse import kernels_projection as kernels
from dedupe.text.kernels import I64, frozen

Words = NDArray[np.uint64]

LEAST = 0.5
"""Share of the part's words that must stand in the copy, in order."""


def projected(words: Words, rows: I64) -> I64:
    """Return the words of copies that parts of passages became: int64[n, 2], first and last-plus-one.

    A row of ``rows``, int64[n, 6], holds first and last-plus-one of a passage and of its copy, within ``words``,
    and of the part, within the passage. The copy's part begins and ends with a word that stands in the
    part, too (longest common subsequence of words). -1 where less than ``LEAST`` of the part stands in the copy.
    """
    return kernels.project(frozen(words, np.uint64), frozen(rows, np.int64), LEAST)
