"""The compiled loops behind `dedupe.text.pages`: lines and sentences of many documents.

What is rare is left to the rules in Python: these loops say which lines they must look at, and ask
where a full stop follows what may be an abbreviation.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedupe.text import normal
from dedupe.text.kernels import I32, I64, U32, Bytes, Flags, kernel

SPACE, BREAK, ALNUM, LETTER, UPPER, LOWER, DIGIT = 1, 2, 4, 8, 16, 32, 64
STOP, HARD, CLOSER, QUOTE, OPENER, NEVER_FIRST, QUOTING = 128, 256, 512, 1024, 2048, 4096, 8192
DASH, BULLET, THAI, ENDS_PROSE, ENDS_KEYED, KNOWN = 1 << 14, 1 << 15, 1 << 16, 1 << 17, 1 << 18, 1 << 19
"""Traits of a character, as bits: what `str` says of it (LETTER: alphanumeric and no decimal digit),
then its part in the rules of `sentences`, `datelines`, `boilerplate` and `repeated`. KNOWN: worked out."""

PROSE, KEYED, WORDS, MATCHES, HOLDS, TAIL, FIGURES, GAPS = 1, 2, 4, 8, 16, 32, 64, 128
"""Of a line: prose to `boilerplate`; prose to `repeated`; has a letter; may be furniture by itself,
or by what it contains; may end in an end mark; and if it is not KEYED: has a figure; has space that
is no single blank."""

IN_THAI, HAS_DASH = 1, 2
"""Of a document: has Thai letters; has a dash and a space where a dateline may be."""

LINE, COUNT, FIRST, LAST, STOP_AT, END, AFTER = range(7)
"""How far `sentences` has come in a document: line, sentences written; and of a stop that it asks about:
where its sentence begins, the line's last letter, the stop (else -1), where it ends, the answer."""

STARTS, ENDS, INSIDE = 0, 1, 2
FILTER = 1 << 14
"""Size of the tables of words that are listed; other words may fall on the same place."""

DATELINE_REACH = 4096  # no dateline is found further on
_CODE = np.uint32((1 << normal.CLASS_SHIFT) - 1)
_BLANK, _FULL_STOP, _COLON, _STAR, _HASH, _CLOSING, _HYPHEN = (ord(mark) for mark in " .:*#)-")
_B, _Y, _O, _L, _U, _A, _G, _I = (ord(letter) for letter in "byoluagi")
_DOTLESS_I = 0x131
_URDU_STOP = 0x6D4


class Patterns(NamedTuple):
    """The patterns of furniture, as `lines` reads them.

    Pieces of text of group g (STARTS, ENDS backwards, INSIDE) whose first letter, or first two INSIDE,
    come to b, have the numbers ``buckets[g, b]`` to ``buckets[g, b + 1]`` and the letters ``bounds``.
    """

    letters: U32
    bounds: I64
    buckets: I64
    whole: Flags
    longest: int
    short: int
    label_reach: int
    prose: int
    keyed: int


class Lines(NamedTuple):
    """Room for what `lines` writes: document d owns the lines ``bounds[d]`` to ``bounds[d + 1]``."""

    bounds: I64
    starts: I32
    stops: I32
    bits: Bytes
    documents: Bytes


@kernel
def folded(table: U32, point: np.uint32) -> int:
    """Return the letter that a code point is normalised to, or itself."""
    letter = table[point] & _CODE
    return int(np.int64(letter if letter else point))


@kernel
def place(digest: int, letter: int) -> int:
    """Return the place in a table of words after one more letter."""
    return (digest * 31 + letter) & (FILTER - 1)


@kernel
def _has_piece(
    points: U32, at: int, stop: int, step: int, table: U32, patterns: Patterns, group: int, digest: int
) -> bool:
    """Whether a piece of the group is read from ``at`` on, towards ``stop``."""
    bucket = digest & 255
    for piece in range(patterns.buckets[group, bucket], patterns.buckets[group, bucket + 1]):
        size = patterns.bounds[piece + 1] - patterns.bounds[piece]
        if size > (stop - at) * step:
            continue
        same = True
        for n in range(size):
            if folded(table, points[at + n * step]) != patterns.letters[patterns.bounds[piece] + n]:
                same = False
                break
        if same:
            return True
    return False


@kernel
def _may_match_short(points: U32, first: int, stop: int, traits: U32, table: U32, whole: Flags) -> bool:
    """Whether `boilerplate._match_short` could find anything: a figure, or the letters of a pattern."""
    digest = 0
    letters = 0
    for at in range(first, stop):
        trait = traits[points[at]]
        if trait & LETTER:
            letter = folded(table, points[at])
            digest = place(digest, _I if letter == _DOTLESS_I else letter)
            letters += 1
        elif trait & ALNUM:
            return True
    if letters == 0 or whole[digest]:
        return True
    if stop - first < 3:
        return False
    one, two = points[first] | 0x20, points[first + 1] | 0x20
    if (one == _B and two == _Y) or (one == _O and two == _L):  # a byline
        return True
    if folded(table, points[stop - 3]) != _A:
        return False
    before, last = folded(table, points[stop - 2]), folded(table, points[stop - 1])
    return bool((before == _G and last == _O) or (before == _L and last == _U))  # ago, lalu


@kernel
def _furniture(points: U32, first: int, stop: int, traits: U32, table: U32, patterns: Patterns) -> int:
    """Return MATCHES and HOLDS where `boilerplate._match` must see a line."""
    bits = 0
    head = first
    while head < stop and traits[points[head]] & BULLET:
        head += 1
    if stop - first <= patterns.short and _may_match_short(
        points, first, stop, traits, table, patterns.whole
    ):
        bits |= MATCHES
    if head < stop and _has_piece(
        points, head, stop, 1, table, patterns, STARTS, folded(table, points[head])
    ):
        bits |= MATCHES
    if _has_piece(points, stop - 1, first - 1, -1, table, patterns, ENDS, folded(table, points[stop - 1])):
        bits |= MATCHES
    for at in range(head, min(stop, head + patterns.label_reach)):
        if points[at] == _COLON:
            bits |= MATCHES
    letter = folded(table, points[first])
    for at in range(first + 1, stop):
        before = letter
        letter = folded(table, points[at])
        if _has_piece(points, at - 1, stop, 1, table, patterns, INSIDE, before * 31 + letter):
            return bits | HOLDS
    return bits


@kernel
def lines(points: U32, offsets: I64, traits: U32, table: U32, patterns: Patterns, out: Lines) -> int:
    """Write the lines that are not blank, without the space around them; return how many there are.

    -1 where ``traits`` does not know a character.
    """
    count = 0
    for document in range(len(offsets) - 1):
        base = offsets[document]
        at = base
        some = np.uint32(0)
        every = np.uint32(KNOWN)
        out.documents[document] = 0
        while at < offsets[document + 1]:
            first = at
            while at < offsets[document + 1]:
                trait = traits[points[at]]
                some |= trait
                every &= trait
                if trait & (BREAK | DASH):
                    if trait & BREAK:
                        break
                    near = at - base < DATELINE_REACH and at + 1 < offsets[document + 1]
                    if near and traits[points[at + 1]] & SPACE:
                        out.documents[document] |= HAS_DASH
                at += 1
            stop = at
            at += 1
            if not every & KNOWN:
                return -1
            while first < stop and traits[points[first]] & SPACE:
                first += 1
            while stop > first and traits[points[stop - 1]] & SPACE:
                stop -= 1
            if first == stop:
                continue
            length = stop - first
            last = points[stop - 1]
            bits = 0
            if length >= patterns.prose and traits[last] & ENDS_PROSE:
                bits |= PROSE
            ends = traits[last] & ENDS_KEYED or (last == _CLOSING and points[stop - 2] == _FULL_STOP)
            if length >= patterns.keyed and ends:
                bits |= KEYED
            for inner in range(first, stop):
                trait = traits[points[inner]]
                if trait & LETTER:
                    bits |= WORDS
                    if bits & KEYED:
                        break
                elif trait & ALNUM:
                    bits |= FIGURES
                elif trait & SPACE and (points[inner] != _BLANK or points[inner - 1] == _BLANK):
                    bits |= GAPS
            if length > 1 and points[stop - 2] in (_STAR, _HASH):
                bits |= TAIL
            if length <= patterns.longest:
                bits |= _furniture(points, first, stop, traits, table, patterns)
            out.starts[count] = first - base
            out.stops[count] = stop - base
            out.bits[count] = bits
            count += 1
        if some & THAI:
            out.documents[document] |= IN_THAI
        out.bounds[document + 1] = count
    return count


class Rules(NamedTuple):
    """`sentences.rules` of some languages: where their words fall, and whether they have ordinals."""

    words: Flags
    ordinals: Flags
    reach: int
    place: int


@kernel
def _ends_after_word(
    points: U32, dot: int, first: int, traits: U32, table: U32, rules: Rules, rule: int
) -> int:
    """`sentences._ends_after_word`: 1, 0, or -1 where it must be asked."""
    at = dot
    floor = max(first, dot - rules.reach)
    while at > floor and not traits[points[at - 1]] & SPACE:
        at -= 1
    begin = at
    while begin < dot and traits[points[begin]] & OPENER:
        begin += 1
    length = dot - begin
    if length == 0:
        return 0
    figures = True
    whole = part = 0
    for n in range(begin, dot):
        point = points[n]
        figures &= traits[point] & DIGIT != 0
        letter = int(np.int64(table[point] & _CODE))
        if point == _HYPHEN:
            part = 0
        elif letter:
            whole = place(whole, letter)
            part = place(part, letter)
    if figures:
        if at == first and length <= 3:
            return 0
        return 1 if length > 2 or not rules.ordinals[rule] else -1
    if length == 1:
        if not traits[points[begin]] & UPPER:
            return 1
        return 0 if at == first else -1
    if rules.words[rule, whole] or rules.words[rule, part] or points[dot - 2] == _FULL_STOP:
        return -1
    return 1


@kernel
def _next_sentence(
    points: U32, base: int, dot: int, end: int, first: int, traits: U32, table: U32, rules: Rules, rule: int
) -> int:
    """`sentences.next_sentence`: where the next sentence begins, 0 if none does, -1 where it must be asked."""
    mark, following = points[dot], points[end]
    if traits[mark] & HARD:
        if mark == _URDU_STOP:
            if dot - first <= rules.place:  # a dateline has such a dash
                return -1
            if traits[points[dot - 1]] & DIGIT and traits[following] & DIGIT:
                return 0
        if end > dot + 1 and traits[following] & QUOTING:
            return 0
        begin = end
        while traits[points[begin]] & SPACE:
            begin += 1
        return begin
    single = mark == _FULL_STOP and end == dot + 1
    if not traits[following] & SPACE:
        if not (single and traits[following] & UPPER and dot >= base + 2):
            return 0
        return -1 if (traits[points[dot - 1]] | traits[points[dot - 2]]) & LOWER else 0
    begin = end + 1
    while traits[points[begin]] & SPACE:
        begin += 1
    opening = traits[points[begin]]
    if opening & (LOWER | NEVER_FIRST):
        return 0
    if single:
        ends = _ends_after_word(points, dot, first, traits, table, rules, rule)
        return begin if ends == 1 else ends
    if mark != _FULL_STOP and traits[points[end - 1]] & QUOTE and not opening & OPENER:
        return -1
    return begin


@kernel
def sentences(
    points: U32, offsets: I64, found: Lines, traits: U32, table: U32, rules: Rules, rule_of: I64, state: I64,
    asking: I64, spans: I32,
) -> int:  # fmt: skip
    """Go on with some documents to their end, or to a stop that must be asked about; return how many ask.

    ``asking``: the numbers of the documents, then of those that ask. ``state[d]``: see LINE and so on.
    The sentences of document d are written from ``spans[offsets[d]]`` on.
    """
    asked = 0
    for document in asking:
        base = offsets[document]
        mine = state[document]
        line, count, first, last, end = mine[LINE], mine[COUNT], mine[FIRST], mine[LAST], mine[END]
        after = mine[AFTER]
        resumed = mine[STOP_AT] >= 0
        mine[STOP_AT] = -1
        while line < found.bounds[document + 1] and mine[STOP_AT] < 0:
            start, stop = base + found.starts[line], base + found.stops[line]
            if not resumed:
                first = end = start
                last = stop - 1
                after = 0
                while last > start and not traits[points[last]] & ALNUM:
                    last -= 1
            resumed = False
            while end < stop:
                if after:
                    count += _add(points, base, first, end, traits, spans, base + count)
                    first = after
                dot = end
                while dot < stop and not traits[points[dot]] & STOP:
                    dot += 1
                if dot == stop:
                    break
                end = dot + 1
                while end < stop and traits[points[end]] & STOP:
                    end += 1
                most = min(stop, end + 4)
                while end < most and traits[points[end]] & CLOSER:
                    end += 1
                if end > last:
                    break
                after = _next_sentence(points, base, dot, end, first, traits, table, rules, rule_of[document])
                if after < 0:
                    mine[FIRST], mine[LAST], mine[STOP_AT], mine[END] = first, last, dot, end
                    asking[asked] = document
                    asked += 1
                    break
            if mine[STOP_AT] < 0:
                count += _add(points, base, first, stop, traits, spans, base + count)
                line += 1
        mine[LINE], mine[COUNT] = line, count
    return asked


@kernel
def _add(points: U32, base: int, start: int, stop: int, traits: U32, spans: I32, row: int) -> int:
    """Write a sentence if it has a letter or digit; return how many were written."""
    for at in range(start, stop):
        if traits[points[at]] & ALNUM:
            spans[row, 0], spans[row, 1] = start - base, stop - base
            return 1
    return 0
