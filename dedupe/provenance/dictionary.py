"""Dictionary matching: where any of many keys stands in a text.

A place is looked up only if its first three bytes begin a key, and its first bytes, as many as the
shortest key that begins with those three has, but at most eight, do too. Both are asked of hash tables
for a stretch of text at once, so text without keys costs next to nothing. What passes is looked up, so
nothing is found or lost by chance. After S. Wu and U. Manber, A fast algorithm for multi-pattern
searching, TR-94-17, University of Arizona (1994), which also looks at blocks of characters first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

V = TypeVar("V")
Int = NDArray[np.int64]

GRAM, WORD = 3, 8
"""Bytes that the first and at most the second look compares."""
STRETCH = 1 << 15
"""Places looked at in one go: what numpy puts aside for them stays in the cache of the processor."""
TOGETHER = 1 << 20
"""Characters of several texts that are looked at as one."""
_BEGUN, _SHORTEST, _KNOWN = 18, 20, 20
"""Sizes of the hash tables, as powers of two: the one that is asked most stays in the cache."""
_GRAM_FACTOR = np.uint32(0x9E3779B1 << 8 & 0xFFFFFFFF)  # the shift leaves out the fourth byte
_WORD_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MASKS = np.array([(1 << 8 * length) - 1 for length in range(WORD + 1)], np.uint64)


class Dictionary(Generic[V]):
    """Keys that are not empty, each with a value."""

    def __init__(self, keys: Mapping[str, V]) -> None:
        self._keys = sorted(keys)
        self._values = [keys[key] for key in self._keys]
        self._longest = max(map(len, keys), default=0)
        self._inner = _inner(self._keys)
        self._begun = np.zeros(1 << _BEGUN, np.bool_)
        self._shortest = np.zeros(1 << _SHORTEST, np.uint8)
        self._known = np.zeros(1 << _KNOWN, np.bool_)
        self._list()

    def occurrences(self, texts: Sequence[str]) -> Iterator[list[tuple[int, int, V]]]:
        """Yield for each text the stop, start and value of every key in it, in that order.

        Time is linear in the length of the texts.
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

    def _together(self, texts: Sequence[str]) -> Iterator[list[tuple[int, int, V]]]:
        joined = "".join(texts)
        bounds = [0, *accumulate(map(len, texts))]
        places = self._places(joined)
        cuts = places.searchsorted(bounds).tolist()
        keys, inner, values, longest = self._keys, self._inner, self._values, self._longest
        some = places.tolist()
        for (first, last), (left, right) in zip(pairwise(bounds), pairwise(cuts), strict=True):
            hits: list[tuple[int, int, V]] = []
            for place in some[left:right]:
                ahead = joined[place : min(last, place + longest)]
                # The greatest key not above the text begins with all keys that the text begins with.
                number = bisect_right(keys, ahead) - 1
                while number >= 0:
                    key = keys[number]
                    if ahead.startswith(key):
                        hits.append((place + len(key) - first, place - first, values[number]))
                    number = inner[number]
            hits.sort()  # no two have the same stop and start, so values are not compared
            yield hits

    def _places(self, text: str) -> Int:
        """Return the places where a key may begin: all where one does, and a few more."""
        data = text.encode("utf-8", "surrogatepass")
        padded = data + bytes(WORD)
        grams = np.ndarray(len(data), "<u4", padded, 0, 1)
        words = np.ndarray(len(data), "<u8", padded, 0, 1)
        parts = []
        for first in range(0, max(1, len(data)), STRETCH):
            slots = _slots(grams[first : first + STRETCH], _BEGUN)
            places = self._begun.take(slots).nonzero()[0]
            places += first
            parts.append(places[self._known.take(self._word_slots(words[places]))])
        found = np.concatenate(parts) if len(parts) > 1 else parts[0]
        if len(data) == len(text):
            return found
        inside = np.frombuffer(data, np.int8) < -64  # bytes that begin no character
        found = found[~inside[found]]
        return found - inside.nonzero()[0].searchsorted(found)

    def _list(self) -> None:
        """Fill the tables that `_places` asks."""
        codes = [key.encode("utf-8", "surrogatepass") for key in self._keys]
        long = [code for code in codes if len(code) >= GRAM]
        words = [np.frombuffer(b"".join(code[:WORD].ljust(WORD, b"\0") for code in long), "<u8")]
        lengths = [np.array([min(len(code), WORD) for code in long], np.uint8)]
        for code in codes:
            if len(code) < GRAM:  # whatever follows it
                rest = np.arange(256 ** (GRAM - len(code)), dtype=np.uint64) << np.uint64(8 * len(code))
                words.append(rest | np.uint64(int.from_bytes(code, "little")))
                lengths.append(np.full(len(rest), len(code), np.uint8))
        word, length = np.concatenate(words), np.concatenate(lengths)
        grams = word.astype(np.uint32)
        self._begun[_slots(grams, _BEGUN)] = True
        order = np.argsort(length)[::-1]  # of several in a slot, the last one stays
        self._shortest[_slots(grams, _SHORTEST)[order]] = length[order]
        self._known[self._word_slots(word)] = True

    def _word_slots(self, words: NDArray[np.uint64]) -> Int:
        """Return the slot of the first bytes of each word, of as many as the shortest key has."""
        slots: NDArray[np.uint64] = words & _MASKS[self._shortest[_slots(words.astype(np.uint32), _SHORTEST)]]
        slots *= _WORD_FACTOR
        slots >>= np.uint64(64 - _KNOWN)
        return slots.view(np.int64)


def _inner(keys: Sequence[str]) -> list[int]:
    """Return for each of the sorted keys the number of the longest other one that begins it, or -1."""
    inner: list[int] = []
    for number, key in enumerate(keys):
        before = number - 1
        while before >= 0 and not key.startswith(keys[before]):
            before = inner[before]
        inner.append(before)
    return inner


def _slots(words: NDArray[np.uint32], bits: int) -> NDArray[np.uint32]:
    """Return the slot of the first three bytes of each word in a table of ``2 ** bits`` slots."""
    slots: NDArray[np.uint32] = words * _GRAM_FACTOR
    slots >>= np.uint32(32 - bits)
    return slots
