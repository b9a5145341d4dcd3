"""The compiled loop behind `Bundle.pieces`: sentences cut into clauses or lines, and the words of each piece."""

from __future__ import annotations

import numpy as np

from dedupe.reuse.kernels_bundle import CLAUSE, SPACE
from dedupe.text.kernels import I32, I64, U32, Bytes, Flags, kernel

_FEW = 48
"""So many are sorted by insertion."""


@kernel
def pieces(
    chosen: I64, offsets: I64, starts: I32, mask: Flags, of_codes: I64, codes: U32, traits: Bytes,
    of_sentences: I64, sentences: I32, term_of: I32, ending: int,
) -> tuple[I64, I32, I32, I32]:  # fmt: skip
    """Return `Prepared._pieces` of the chosen documents: bounds, ranges of words; and where each piece's terms
    begin, ascending, and these (``term_of`` each word). ``ending`` are the traits of characters that end a piece:
    ``CLAUSE | LINE``, ``LINE`` or none."""
    words = 0
    for document in chosen:
        words += offsets[document + 1] - offsets[document]
    ranges = np.empty((words + 1, 2), np.int32)
    starts_of = np.zeros(words + 2, np.int32)
    entry = np.empty(words, np.int32)
    bounds = np.zeros(len(chosen) + 1, np.int64)
    count = filled = 0
    for place in range(len(chosen)):
        document = chosen[place]
        first, n = offsets[document], offsets[document + 1] - offsets[document]
        cut = np.zeros(n + 1, np.bool_)
        low, high = of_sentences[document], of_sentences[document + 1]
        for number in range(low, high):
            cut[sentences[number, 0]] = True
            cut[sentences[number, 1]] = True
        text = codes[of_codes[document] : of_codes[document + 1]]
        word = 0
        at = 0
        while at < len(text) and ending:
            trait = traits[text[at]]
            end = 0
            if trait & ending:
                end = at + 1
            elif ending & CLAUSE and trait & SPACE:  # white space, one to three hyphens, white space
                after = at + 1
                while after < len(text) and after - at <= 3 and text[after] == 45:
                    after += 1
                if after > at + 1 and after < len(text) and traits[text[after]] & SPACE:
                    end = after + 1
            if end:
                while word < n and starts[first + word] < end:
                    word += 1
                cut[word] = True
                at = end
            else:
                at += 1
        last = -1
        home = low - 1
        for word in range(n + 1):
            if not cut[word]:
                continue
            if last >= 0:
                while home + 1 < high and sentences[home + 1, 0] <= last:
                    home += 1
                if home >= low and word <= sentences[home, 1]:
                    filled = _distinct(term_of[first + last : first + word], mask[first + last : first + word],
                                       entry, filled)  # fmt: skip
                    starts_of[count + 1] = filled
                    ranges[count, 0] = last
                    ranges[count, 1] = word
                    count += 1
            last = word
        bounds[place + 1] = count
    return bounds, ranges[:count].copy(), starts_of[: count + 1], entry[:filled]


@kernel
def _distinct(terms: I32, mask: Flags, out: I32, filled: int) -> int:
    """Write the distinct terms that are not masked, ascending, after those that there are; return how many
    there are then."""
    held = filled
    for at in range(len(terms)):
        if not mask[at]:
            out[held] = terms[at]
            held += 1
    own = out[filled:held]
    if len(own) > _FEW:
        own.sort()
    else:
        for at in range(1, len(own)):
            term, back = own[at], at
            while back > 0 and own[back - 1] > term:
                own[back] = own[back - 1]
                back -= 1
            own[back] = term
    count = 0
    for at in range(len(own)):
        if count == 0 or own[at] != own[count - 1]:
            own[count] = own[at]
            count += 1
    return filled + count
