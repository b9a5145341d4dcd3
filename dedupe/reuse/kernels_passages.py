"""The compiled loops behind `dedupe.reuse.many`: the measures of exact passages, the guards that they may trip,
and which of them stand, for many pairs of documents."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedupe.reuse.kernels_bundle import DIGIT
from dedupe.reuse.prepared import F32, F64
from dedupe.text.kernels import I32, I64, U32, U64, Bytes, Flags, kernel

NUMBER, NAME, NEGATION, ROLES = 1, 2, 4, 8
"""Guards that two passages may trip, as bits."""
_MANY = 64


@kernel
def _sum(values: F32) -> Any:
    """Add as numpy does (pairwise, eight at a time): the last bit counts where results are compared."""
    n = len(values)
    if n < 8:
        total = np.float32(0.0)
        for at in range(n):
            total += values[at]
        return total
    if n <= 128:
        r = values[:8].copy()
        at = 8
        while at < n - n % 8:
            for lane in range(8):
                r[lane] += values[at + lane]
            at += 8
        total = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
        while at < n:
            total += values[at]
            at += 1
        return total
    half = n // 2
    half -= half % 8
    return _sum(values[:half]) + _sum(values[half:])


@kernel
def exact_figures(
    pair_of: I32, exact: I32, pairs: I32, offsets: I64, hashes: U64, starts: I32, of_codes: I64, codes: U32,
    traits: Bytes, names: Flags, tells: F32, negators: U64, of_negators: I64, language: I32,
) -> tuple[F64, I32]:  # fmt: skip
    """Return, for each exact passage, its share of edits, ``plain`` and ``telling``, and which guards it may
    trip (bits; `guards.guards` decides)."""
    figures = np.empty((len(exact), 3), np.float64)
    may = np.zeros(len(exact), np.int32)
    for number in range(len(exact)):
        a, b = pairs[pair_of[number], 0], pairs[pair_of[number], 1]
        a_start, a_stop = offsets[a] + exact[number, 0], offsets[a] + exact[number, 1]
        b_start, b_stop = offsets[b] + exact[number, 2], offsets[b] + exact[number, 3]
        share = exact[number, 4] / max(a_stop - a_start, b_stop - b_start)
        plain_a = plain_b = 0
        for word in range(a_start, a_stop):
            plain_a += not names[word]
        for word in range(b_start, b_stop):
            plain_b += not names[word]
        figures[number, 0] = share
        figures[number, 1] = min(plain_a, plain_b)
        figures[number, 2] = min(_sum(tells[a_start:a_stop]), _sum(tells[b_start:b_stop]))
        if exact[number, 4] == 0:
            continue
        in_a, in_b = hashes[a_start:a_stop], hashes[b_start:b_stop]
        known_a, known_b = np.sort(in_a), np.sort(in_b)
        own = 0  # what one side has and the other has not
        for word in range(len(in_a)):
            kind = _kind(codes[of_codes[a] + starts[a_start + word]], traits, names[a_start + word])
            if kind and kind & ~own and not _holds(known_b, in_a[word]):
                own |= kind
        if own:
            theirs = 0
            for word in range(len(in_b)):
                kind = _kind(codes[of_codes[b] + starts[b_start + word]], traits, names[b_start + word])
                if kind and kind & ~theirs and not _holds(known_a, in_b[word]):
                    theirs |= kind
            may[number] |= own & theirs
        if _negated(in_a, negators[of_negators[language[a]] : of_negators[language[a] + 1]]) or _negated(
            in_b, negators[of_negators[language[b]] : of_negators[language[b] + 1]]
        ):
            may[number] |= NEGATION
        if _reordered(in_a, names[a_start:a_stop], in_b, names[b_start:b_stop]):
            may[number] |= ROLES
    return figures, may


@kernel
def _kind(code: int, traits: Bytes, name: bool) -> int:
    return (NUMBER if traits[code] & DIGIT else 0) | (NAME if name else 0)


@kernel
def _holds(ordered: U64, value: np.uint64) -> bool:
    at = np.searchsorted(ordered, value)
    return bool(at < len(ordered) and ordered[at] == value)


@kernel
def _negated(words: U64, negators: U64) -> bool:
    for word in words:  # noqa: SIM110
        if _holds(negators, word):
            return True
    return False


@kernel
def _firsts(words: U64, names: Flags, out: U64) -> int:
    """Write the names in the order in which each comes first, as many as there is room for."""
    count = 0
    for word in range(len(words)):
        if not names[word]:
            continue
        known = False
        for at in range(count):
            if out[at] == words[word]:
                known = True
                break
        if not known:
            if count == len(out):
                return count + 1
            out[count] = words[word]
            count += 1
    return count


@kernel
def _reordered(in_a: U64, a_names: Flags, in_b: U64, b_names: Flags) -> bool:
    """Whether names that both sides have come in another order, or are too many to say."""
    one, other = np.empty(_MANY, np.uint64), np.empty(_MANY, np.uint64)
    ones, others = _firsts(in_a, a_names, one), _firsts(in_b, b_names, other)
    if ones > _MANY or others > _MANY:
        return True
    last = -1
    for at in range(ones):
        for place in range(others):
            if other[place] == one[at]:
                if place < last:
                    return True
                last = place
                break
    return False


@kernel
def closest(of_exact: I64, exact: I32, pairs: I32, offsets: I64, starts: I32, stops: I32, chosen: Flags,
            shares: F64, closer: float, most: float) -> Flags:  # fmt: skip
    """Return which exact passages of the chosen pairs stand: those without a partner that holds ``most`` of
    them on one side and is closer by ``closer``. As `align._kept` has it for exact passages alone."""
    keep = np.zeros(len(exact), np.bool_)
    for row in range(len(pairs)):
        low, high = of_exact[row], of_exact[row + 1]
        if not chosen[row] or low == high:
            continue
        if high - low == 1:
            keep[low] = True
            continue
        a, b = pairs[row, 0], pairs[row, 1]
        spans = np.empty((high - low, 4), np.int64)
        scores = np.empty(high - low, np.float64)
        for at in range(high - low):
            spans[at, 0] = starts[offsets[a] + exact[low + at, 0]]
            spans[at, 1] = stops[offsets[a] + exact[low + at, 1] - 1]
            spans[at, 2] = starts[offsets[b] + exact[low + at, 2]]
            spans[at, 3] = stops[offsets[b] + exact[low + at, 3] - 1]
            scores[at] = np.rint((1.0 - shares[low + at]) * 1e6) / 1e6
        order = np.argsort(-scores, kind="mergesort")  # blocks stand in the order of their places
        better = np.empty(high - low, np.int64)
        count = 0
        for step in range(high - low):
            at = order[step]
            stands = True
            for other in better[:count]:
                in_a = min(spans[other, 1], spans[at, 1]) - max(spans[other, 0], spans[at, 0])
                in_b = min(spans[other, 3], spans[at, 3]) - max(spans[other, 2], spans[at, 2])
                held = in_a > most * (spans[at, 1] - spans[at, 0]) or in_b > most * (
                    spans[at, 3] - spans[at, 2]
                )
                if held and scores[other] > scores[at] + closer:
                    stands = False
                    break
            if stands:
                keep[low + at] = True
                better[count] = at
                count += 1
    return keep
