"""Dictionary matching: where any of many keys stands in a text.

A place is looked up only where three looks find that a key may begin: at its first three bytes; at as many
as the shortest key has that begins with these, at most eight; at as many as the shortest key has that
begins with those, at most sixteen. Each asks a hash table for a stretch of text at once, so text without keys
costs next to nothing. What passes is looked up, so nothing is found or lost by chance. After S. Wu and
U. Manber, A fast algorithm for multi-pattern searching, TR-94-17, University of Arizona (1994), which
looks at blocks of characters first too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from dedupe.provenance import kernels_dictionary as kernels

V = TypeVar("V")
Int = NDArray[np.int64]

GRAM, WORD = 3, 8
"""Bytes that the first look compares; the second compares at most one word of bytes, the third two."""
STRETCH = 1 << 15
"""Places looked at in one go: what is put aside for them stays in the cache of the processor."""
TOGETHER = 1 << 20
"""Characters of several texts that are looked at as one."""
MET = 1 << 12
"""So many looked-up places are remembered."""
_BEGUN, _LOOKS = kernels.BEGUN, kernels.LOOKS
_GRAM_FACTOR = np.uint32(kernels.GRAM_FACTOR)
_FACTOR, _TAIL_FACTOR = np.uint64(kernels.FACTOR), np.uint64(kernels.TAIL_FACTOR)
_SHIFT = np.uint64(64 - _LOOKS)
_HEADS = np.array([(1 << 8 * min(length, WORD)) - 1 for length in range(2 * WORD + 1)], np.uint64)
_TAILS = np.array([(1 << 8 * max(length - WORD, 0)) - 1 for length in range(2 * WORD + 1)], np.uint64)


class Dictionary(Generic[V]):
    """Keys that are not empty, each with a number, in their order, and its value in ``values``."""

    def __init__(self, keys: Mapping[str, V]) -> None:
        self._keys = sorted(keys)
        self.values = [keys[key] for key in self._keys]
        self._longest = max(map(len, keys), default=0)
        self._inner = _inner(self._keys)
        self._begun = np.zeros(1 << _BEGUN, np.bool_)
        self._shortest = np.zeros(1 << _LOOKS, np.uint8)
        self._longer = np.zeros(1 << _LOOKS, np.uint8)
        self._known = np.zeros(1 << _LOOKS, np.bool_)
        self._list()

    def occurrences(self, texts: Sequence[str]) -> Iterator[list[tuple[int, int, int]]]:
        """Yield for each text the stop, start and number of every key in it, in that order.

        Time is linear in the length of the texts. Numbers, since the garbage collector would look through
        a million tuples that hold values again and again.
        """
        group: list[str] = []
        size = 0
        for text in texts:
            if group and size + len(text) > TOGETHER:
                yield from self._together(group)
                group, size = [], 0
            group.append(text)
            size += len(text)
        yield from self._together(group)

    def _together(self, texts: Sequence[str]) -> Iterator[list[tuple[int, int, int]]]:
        joined = "".join(texts)
        bounds = [0, *accumulate(map(len, texts))]
        places = self._places(joined)
        cuts = places.searchsorted(bounds).tolist()
        some, longest = places.tolist(), self._longest
        met: dict[str, list[tuple[int, int]]] = {}  # what is repeated without end is looked up once
        for (first, last), (left, right) in zip(pairwise(bounds), pairwise(cuts), strict=True):
            hits: list[tuple[int, int, int]] = []
            for place in some[left:right]:
                ahead = joined[place : place + longest]
                found = met.get(ahead)
                if found is None:
                    if len(met) >= MET:
                        met.clear()
                    found = met[ahead] = self._beginning(ahead)
                for length, number in found:
                    stop = place + length
                    if stop <= last:
                        hits.append((stop - first, place - first, number))
            hits.sort()
            yield hits

    def _beginning(self, text: str) -> list[tuple[int, int]]:
        """Return the length and number of each key that a text begins with.

        The greatest key that is not above the text begins with all of them, if it is none itself.
        """
        found = []
        number = bisect_right(self._keys, text) - 1
        while number >= 0:
            key = self._keys[number]
            if text.startswith(key):
                found.append((len(key), number))
            number = self._inner[number]
        return found

    def _places(self, text: str) -> Int:
        """Return the places where a key may begin: all where one does, and a few more."""
        data = text.encode("utf-8", "surrogatepass")
        padded = np.frombuffer(data + bytes(2 * WORD), np.uint8)
        met = np.empty(STRETCH + 1, np.int64)
        parts = [np.zeros(0, np.int64)]
        for first in range(0, len(data), STRETCH):
            count = kernels.places(
                padded, first, min(first + STRETCH, len(data)), self._begun, self._shortest, self._longer, self._known,
                _HEADS, _TAILS, met,
            )  # fmt: skip
            parts.append(met[:count].copy())
        found = np.concatenate(parts)
        if len(data) == len(text):
            return found
        inside = np.frombuffer(data, np.int8) < -64  # bytes that begin no character
        found = found[~inside[found]]
        return found - inside.nonzero()[0].searchsorted(found)

    def _list(self) -> None:
        """Fill the tables that `_places` asks."""
        codes = [key.encode("utf-8", "surrogatepass") for key in self._keys]
        words = np.frombuffer(b"".join(code[: 2 * WORD].ljust(2 * WORD, b"\0") for code in codes), "<u8")
        heads, tails = words.reshape(-1, 2).T
        lengths = np.array([min(len(code), 2 * WORD) for code in codes], np.uint8)
        for number in np.flatnonzero(lengths < GRAM):  # whatever follows it
            short = int(lengths[number])
            rest = np.arange(256 ** (GRAM - short), dtype=np.uint64) << np.uint64(8 * short)
            heads = np.concatenate([heads, heads[number] | rest])
            tails = np.concatenate([tails, np.zeros(len(rest), np.uint64)])
            lengths = np.concatenate([lengths, np.full(len(rest), short, np.uint8)])
        grams = heads.astype(np.uint32)
        self._begun[_gram_slots(grams, _BEGUN)] = True
        _put_least(self._shortest, _gram_slots(grams, _LOOKS), np.minimum(lengths, np.uint8(WORD)))
        slots = self._head_slots(heads)
        _put_least(self._longer, slots, lengths)
        self._known[_word_slots(heads, tails, self._longer[slots])] = True

    def _head_slots(self, heads: NDArray[np.uint64]) -> Int:
        """Return the slot of as many first bytes as the shortest key has that begins with the first three."""
        lengths = self._shortest.take(_gram_slots(heads.astype(np.uint32), _LOOKS))
        slots: NDArray[np.uint64] = (heads & _HEADS.take(lengths)) * _FACTOR
        slots >>= _SHIFT
        return slots.view(np.int64)


def _gram_slots(words: NDArray[np.uint32], bits: int) -> NDArray[np.uint32]:
    """Return the slot of the first three bytes of each word in a table of ``2 ** bits`` slots."""
    slots: NDArray[np.uint32] = words * _GRAM_FACTOR
    slots >>= np.uint32(32 - bits)
    return slots


def _word_slots(heads: NDArray[np.uint64], tails: NDArray[np.uint64], lengths: NDArray[np.uint8]) -> Int:
    """Return the slot of the first ``lengths`` bytes of head and tail together."""
    slots: NDArray[np.uint64] = (heads & _HEADS.take(lengths)) * _FACTOR
    slots ^= (tails & _TAILS.take(lengths)) * _TAIL_FACTOR
    slots >>= _SHIFT
    return slots.view(np.int64)


def _put_least(table: NDArray[np.uint8], slots: NDArray[Any], values: NDArray[np.uint8]) -> None:
    """Put into each slot the least of its values."""
    order = np.argsort(values)[::-1]  # of several in a slot, the last one stays
    table[slots[order]] = values[order]


def _inner(keys: Sequence[str]) -> list[int]:
    """Return for each of the sorted keys the number of the longest other one that begins it, or -1."""
    inner: list[int] = []
    for number, key in enumerate(keys):
        before = number - 1
        while before >= 0 and not key.startswith(keys[before]):
            before = inner[before]
        inner.append(before)
    return inner
