"""The compiled loops behind `dedupe.reuse.many`: what passages are made of, the guards that they may trip, and
which of them stand, for many pairs of documents."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedupe.reuse.kernels_bundle import DIGIT
from dedupe.reuse.prepared import F32, F64
from dedupe.text.kernels import I32, I64, U32, U64, Bytes, Flags, kernel

NUMBER, NAME, NEGATION, ROLES = 1, 2, 4, 8
"""Guards that two passages trip (``NEGATION``) or may trip (the others), as bits."""
_MANY = 64
_SHORT = 256
"""In so few words one is looked for from end to end; more are sorted first."""


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
def passage_figures(
    pair_of: I32, passages: I32, pairs: I32, offsets: I64, hashes: U64, starts: I32, of_codes: I64, codes: U32,
    traits: Bytes, names: Flags, tells: F32, negators: U64, of_negators: I64, language: I32, near: int,
) -> tuple[F64, I32]:  # fmt: skip
    """Return, for each passage (int32[n, 5]: words of a, of b, and edits), its share of edits, ``plain`` and
    ``telling``, and which guards it trips or may trip (bits; of the latter `guards.guards` decides)."""
    figures = np.empty((len(passages), 3), np.float64)
    may = np.zeros(len(passages), np.int32)
    for number in range(len(passages)):
        a, b = pairs[pair_of[number], 0], pairs[pair_of[number], 1]
        a_start, a_stop = offsets[a] + passages[number, 0], offsets[a] + passages[number, 1]
        b_start, b_stop = offsets[b] + passages[number, 2], offsets[b] + passages[number, 3]
        share = passages[number, 4] / max(a_stop - a_start, b_stop - b_start)
        plain_a = plain_b = 0
        for word in range(a_start, a_stop):
            plain_a += not names[word]
        for word in range(b_start, b_stop):
            plain_b += not names[word]
        figures[number, 0] = share
        figures[number, 1] = min(plain_a, plain_b)
        figures[number, 2] = min(_sum(tells[a_start:a_stop]), _sum(tells[b_start:b_stop]))
        if passages[number, 4] == 0:
            continue
        in_a, in_b = hashes[a_start:a_stop], hashes[b_start:b_stop]
        known_a, known_b = _looked_up(in_a), _looked_up(in_b)
        own = 0  # what one side has and the other has not
        for word in range(len(in_a)):
            kind = _kind(codes[of_codes[a] + starts[a_start + word]], traits, names[a_start + word])
            if kind and kind & ~own and not _among(known_b, in_a[word]):
                own |= kind
        if own:
            theirs = 0
            for word in range(len(in_b)):
                kind = _kind(codes[of_codes[b] + starts[b_start + word]], traits, names[b_start + word])
                if kind and kind & ~theirs and not _among(known_a, in_b[word]):
                    theirs |= kind
            may[number] |= own & theirs
        no_a = negators[of_negators[language[a]] : of_negators[language[a] + 1]]
        no_b = negators[of_negators[language[b]] : of_negators[language[b] + 1]]
        if _negated(in_a, no_a, known_b, near) != _negated(in_b, no_b, known_a, near):
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
def _looked_up(words: U64) -> U64:
    """Return words as `_among` takes them."""
    return words.copy() if len(words) <= _SHORT else np.sort(words)


@kernel
def _among(known: U64, value: np.uint64) -> bool:
    if len(known) > _SHORT:
        return _holds(known, value)
    found = False
    for word in known:  # to the end, which is vector code
        found |= word == value
    return found


@kernel
def _negated(words: U64, negators: U64, other: U64, near: int) -> bool:
    """Whether a word of negation stands ``near`` words or fewer from one that the other side has."""
    for at in range(len(words)):
        if not _holds(negators, words[at]):
            continue
        for beside in range(max(0, at - near), min(len(words), at + near + 1)):
            if beside != at and _among(other, words[beside]):
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
def hulls(
    rows: I32, blocks: I32, of_exact: I64, exact: I32, solid: Flags
) -> tuple[I32, Flags]:  # fmt: skip
    """Return reworded blocks with the exact passages that they overlap and that are not solid taken in, and
    which exact passages are so taken."""
    out = blocks.copy()
    taken = np.zeros(len(exact), np.bool_)
    for number in range(len(blocks)):
        block = blocks[number]
        for other in range(of_exact[rows[number]], of_exact[rows[number] + 1]):
            one = exact[other]
            if (
                not solid[other]
                and block[0] < one[1] and one[0] < block[1] and block[2] < one[3] and one[2] < block[3]
            ):  # fmt: skip
                taken[other] = True
                out[number, 0], out[number, 1] = min(out[number, 0], one[0]), max(out[number, 1], one[1])
                out[number, 2], out[number, 3] = min(out[number, 2], one[2]), max(out[number, 3], one[3])
    return out, taken


@kernel
def have_runs(rows: I32, blocks: I32, pairs: I32, offsets: I64, hashes: U64, least: int) -> Flags:
    """Return which blocks hold a run of ``least`` or more words that both sides have."""
    out = np.zeros(len(blocks), np.bool_)
    for number in range(len(blocks)):
        a, b = pairs[rows[number], 0], pairs[rows[number], 1]
        left = hashes[offsets[a] + blocks[number, 0] : offsets[a] + blocks[number, 1]]
        right = hashes[offsets[b] + blocks[number, 2] : offsets[b] + blocks[number, 3]]
        lengths = np.zeros(len(right) + 1, np.int32)  # of the runs that end at the last word of left
        for word in left:
            for at in range(len(right), 0, -1):
                lengths[at] = lengths[at - 1] + 1 if right[at - 1] == word else 0
                if lengths[at] >= least:
                    out[number] = True
    return out


@kernel
def supports(of_rows: I64, spans: I32, strengths: F64, near: int) -> F64:
    """Return, for each passage, the strengths of the others of its pair that stand within ``near`` characters
    on both sides, in the same order, added up in the order of the passages."""
    out = np.zeros(len(spans), np.float64)
    for row in range(len(of_rows) - 1):
        for at in range(of_rows[row], of_rows[row + 1]):
            own = spans[at]
            for other in range(of_rows[row], of_rows[row + 1]):
                one = spans[other]
                before_a, before_b = own[0] - one[1], own[2] - one[3]
                after_a, after_b = one[0] - own[1], one[2] - own[3]
                if (0 <= before_a <= near and 0 <= before_b <= near) or (
                    0 <= after_a <= near and 0 <= after_b <= near
                ):
                    out[at] += strengths[other]
    return out


@kernel
def settled(
    of_rows: I64, spans: I32, words: I32, reworded: Flags, scores: F64, floor: float, closer: float,
    most: float, half: float,
) -> Flags:  # fmt: skip
    """Return which passages stand, of those of each pair (sorted by place): as `align._kept` has it."""
    keep = np.zeros(len(spans), np.bool_)
    for row in range(len(of_rows) - 1):
        low, count = of_rows[row], of_rows[row + 1] - of_rows[row]
        if count == 1:
            keep[low] = not reworded[low] or scores[low] >= floor
            continue
        # By kind, score and place: exact ones first, each with those that hold it already behind it.
        order = np.argsort(-scores[low : low + count], kind="mergesort")
        better = np.empty(count, np.int64)
        held = 0
        for kind in (False, True):
            for step in range(count):
                at = low + order[step]
                if reworded[at] != kind or (kind and scores[at] < floor):
                    continue
                stands = True
                for other in better[:held]:
                    in_a = min(spans[other, 1], spans[at, 1]) - max(spans[other, 0], spans[at, 0])
                    in_b = min(spans[other, 3], spans[at, 3]) - max(spans[other, 2], spans[at, 2])
                    len_a, len_b = spans[at, 1] - spans[at, 0], spans[at, 3] - spans[at, 2]
                    if in_a > most * len_a or in_b > most * len_b:
                        stands = stands and not kind and scores[other] <= scores[at] + closer
                    elif kind and (in_a > half * len_a or in_b > half * len_b):
                        longer = words[other, 0] + words[other, 1] >= words[at, 0] + words[at, 1]
                        stands = stands and not longer
                if stands:
                    keep[at] = True
                    better[held] = at
                    held += 1
    return keep
