"""Lines that an outlet prints under unrelated articles: its furniture, found without patterns.

An outlet also repeats agency copy, in the versions of one story and as background in the
next. So a line counts once a *story*, not once a document, and a line of prose is furniture
only where it stands outside the article's own sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from dedupe.settings import Boilerplate

PROSE = 40  # characters: a longer line that ends like a sentence is prose
SENTENCE_ENDS = (".", "!", "?", '"', "”", "’", "…", "。", "۔", "।")  # and ".)"
_SAME_STORY = 0.3  # share of the shorter document's prose that two versions of a story have in common
_DIGITS = re.compile(r"\d+")

Int = NDArray[np.int64]
Bool = NDArray[np.bool_]


def levelled(line: str, *, figures: bool, gaps: bool) -> str:
    """Return a line that is no prose as it is compared: ``12 comments`` and ``3 comments`` are one line.

    ``figures``, ``gaps``: whether it may have a figure, and space that is not a single blank.
    """
    line = line.lower()
    if gaps:
        line = " ".join(line.split())
    return _DIGITS.sub("0", line) if figures else line


def keys(lines: Iterable[str], prose: Bool) -> Int:
    """Return a 63-bit hash of each line, the same in every run; its lowest bit says whether it is prose."""
    digests = [blake2b(line.encode("utf-8", "replace"), digest_size=8).digest() for line in lines]
    return (np.frombuffer(b"".join(digests), "<u8") >> 2 << 1).astype(np.int64) | prose


def repeated_lines(outlets: Int, documents: Int, keys: Int, lengths: Int, settings: Boilerplate) -> Bool:
    """Say for every line whether it is its outlet's furniture.

    All arrays have one entry a line, the lines of a document together and in order: the
    outlet's number, the document's number, the line's key and its length in characters.

    Documents of an outlet are one story where they share three tenths of the shorter one's
    prose. A line that stands in ``settings.repeated_lines`` stories of its outlet (and in
    ``settings.repeated_share`` of them) is furniture; a line of prose only if it always stands
    before or after all prose that is the document's own. Time O(n log n).
    """
    if len(keys) == 0:
        return np.zeros(0, dtype=np.bool_)
    line = _ranks(outlets, keys)
    prose = (keys & 1).astype(np.bool_)
    story = _stories(documents, line, prose, lengths)
    spread = _count_distinct(line, story[documents])
    stories = _count_distinct(outlets, story[documents])[outlets]
    least = np.maximum(settings.repeated_lines, np.ceil(settings.repeated_share * stories))
    often: Bool = spread[line] >= least
    return often & (~prose | _always(line, _outside(documents, own=prose & ~often)))


def _ranks(*columns: Int) -> Int:
    """Number the distinct rows of some columns from 0."""
    ranks = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        _, inverse = np.unique(column, return_inverse=True)
        ranks = np.unique(ranks * (int(inverse.max()) + 1) + inverse, return_inverse=True)[1]
    return ranks


def _count_distinct(groups: Int, values: Int) -> Int:
    """Return, for each group number, how many distinct values it has."""
    size = int(values.max()) + 1
    pairs = np.unique(groups * size + values)  # as one number: rows take numpy thirty times as long
    return np.bincount(pairs // size, minlength=int(groups.max()) + 1).astype(np.int64)


def _stories(documents: Int, line: Int, prose: Bool, lengths: Int) -> Int:
    """Return a story number for each document number: versions of one story have the same."""
    count = int(documents.max()) + 1
    totals = np.bincount(documents, weights=np.where(prose, lengths, 0), minlength=count)
    _, chosen = np.unique(line * count + documents, return_index=True)  # once a document
    chosen = chosen[prose[chosen]]
    held, holder = line[chosen], documents[chosen]  # by line, then document
    first = np.ones(len(held), dtype=np.bool_)
    first[1:] = held[1:] != held[:-1]
    hub = holder[np.maximum.accumulate(np.where(first, np.arange(len(held)), 0))]
    linked = hub != holder
    pair, number = np.unique(hub[linked] * count + holder[linked], return_inverse=True)
    shared = np.bincount(number, weights=lengths[chosen][linked], minlength=len(pair))
    one, other = pair // count, pair % count
    alike = shared >= _SAME_STORY * np.minimum(totals[one], totals[other])
    from dedupe.text.kernels_repeated import components  # here, so that patterns alone need no compiler

    return components(one[alike], other[alike], count)


def _outside(documents: Int, own: Bool) -> Bool:
    """Whether a line stands before the first or after the last of its document's own lines."""
    count = int(documents.max()) + 1
    place = np.arange(len(documents), dtype=np.int64)
    first = np.full(count, len(documents), dtype=np.int64)
    last = np.full(count, -1, dtype=np.int64)
    np.minimum.at(first, documents[own], place[own])
    np.maximum.at(last, documents[own], place[own])
    has_own = last[documents] >= 0
    return has_own & ((place < first[documents]) | (place > last[documents]))


def _always(line: Int, holds: Bool) -> Bool:
    """Whether something holds for every occurrence of a line."""
    fails = np.bincount(line[~holds], minlength=int(line.max()) + 1) > 0
    return ~fails[line]
