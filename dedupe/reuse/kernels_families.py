"""The compiled loops behind `dedupe.reuse.families`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedupe.text.kernels import I32, I64, kernel
from dedupe.text.tokens import mix

F64 = NDArray[np.float64]
_FREE = np.int64(-1)
_ORIGIN, _SCALE = 0, 1
"""Columns of an entry in `join`."""
_CORE_START, _CORE_STOP, _SHORTEST, _SIZE = 0, 1, 2, 3
"""Columns of a set in `join`."""


@kernel
def overlaps(
    documents: I32, starts: I32, stops: I32, least: float, neighbours: int
) -> tuple[I32, I32, NDArray[np.float64]]:
    """Return pairs of passages of one document that overlap by ``least`` of the shorter one, and how much
    of the longer one that is. Passages are sorted; each is compared with its next ``neighbours``."""
    n = len(documents)
    ones = np.empty(n * neighbours, np.int32)
    others = np.empty(n * neighbours, np.int32)
    shares = np.empty(n * neighbours, np.float64)
    count = 0
    for i in range(n):
        for j in range(i + 1, min(n, i + 1 + neighbours)):
            if documents[j] != documents[i] or starts[j] >= stops[i]:
                break
            shared = min(stops[i], stops[j]) - starts[j]
            one, other = stops[i] - starts[i], stops[j] - starts[j]
            if shared >= least * min(one, other):
                ones[count] = i
                others[count] = j
                shares[count] = shared / max(one, other)
                count += 1
    return ones[:count].copy(), others[:count].copy(), shares[:count].copy()


@kernel
def join(
    documents: I32, starts: I32, stops: I32, sides: I32, first: I32, second: I32, least: float
) -> tuple[I64, I64, I32, I32, I32, I32]:
    """Join passages into sets; passages ``sides[2 i]`` and ``sides[2 i + 1]`` are the sides of match ``i``.

    Return of each passage its set, and entry by entry (a place of a set in a document) its set or -1, the
    start and stop of the stretch that the set covers there, and of the part that all its passages have.

    A set has coordinates of its own, in which its core, what all its passages have in common, is a
    stretch; an entry maps them to characters, evenly between the ends of its passages. Passages
    ``first[i]`` and ``second[i]``, of one document, are joined in turn, where the cores of their sets overlap
    there by ``least`` of the shortest passage of either.
    """
    n = len(documents)
    parent = np.arange(n)
    following = np.full(n, _FREE, np.int64)  # the entries of a set are a chain from its root's own entry
    last = np.arange(n)
    owner = np.arange(n)
    place = np.arange(n)  # the entry that a passage became part of
    again = np.full(n, _FREE, np.int64)  # the next entry of the same set and document
    # What is looked at together lies together: every look is at another place in memory.
    entries = np.empty((n, 2))
    entries[:, _ORIGIN] = starts  # a place in the set is this character of the document, …
    entries[:, _SCALE] = stops - starts  # … and so many more for each unit further on
    sets = np.empty((n, 4))
    for match in range(n // 2):
        one, other = sides[2 * match], sides[2 * match + 1]
        parent[other] = one
        following[one] = other
        last[one] = other
        sets[one, _CORE_START], sets[one, _CORE_STOP], sets[one, _SIZE] = 0.0, 1.0, 2.0
        sets[one, _SHORTEST] = min(entries[one, _SCALE], entries[other, _SCALE])  # passage, in characters
    starts, stops = starts.copy(), stops.copy()
    slots = 1 << 4
    while slots < 4 * n:
        slots *= 2
    keys = np.full(slots, _FREE, np.int64)
    values = np.empty(slots, np.int64)
    used = n
    for entry in range(n):
        _put(keys, values, parent[entry] << 24 | documents[entry], entry)
    for step in range(len(first)):
        one, other = int(first[step]), int(second[step])
        big, small = _find(parent, one), _find(parent, other)
        if big == small:
            continue
        if sets[big, _SIZE] < sets[small, _SIZE]:
            big, small = small, big
            one, other = other, one
        one, other = _find(place, one), _find(place, other)
        # u in the small set is slope * u + shift in the big one
        slope = entries[other, _SCALE] / entries[one, _SCALE]
        shift = (entries[other, _ORIGIN] - entries[one, _ORIGIN]) / entries[one, _SCALE]
        low = max(sets[big, _CORE_START], slope * sets[small, _CORE_START] + shift)
        high = min(sets[big, _CORE_STOP], slope * sets[small, _CORE_STOP] + shift)
        shortest = min(sets[big, _SHORTEST], sets[small, _SHORTEST])
        if (high - low) * entries[one, _SCALE] < least * shortest:
            continue
        if 2 * (used + sets[small, _SIZE]) > len(keys):  # drop the keys of sets that are no more
            old_keys, old_values = keys, values
            keys = np.full(2 * len(keys), _FREE, np.int64)
            values = np.empty(len(keys), np.int64)
            used = 0
            for slot in range(len(old_keys)):
                if old_keys[slot] >= 0 and parent[old_keys[slot] >> 24] == old_keys[slot] >> 24:
                    _put(keys, values, old_keys[slot], old_values[slot])
                    used += 1
        parent[small] = big
        sets[big, _CORE_START], sets[big, _CORE_STOP] = low, high
        sets[big, _SHORTEST] = shortest
        entry = small
        while entry >= 0:
            after = following[entry]
            entries[entry, _SCALE] /= slope
            entries[entry, _ORIGIN] -= shift * entries[entry, _SCALE]
            again[entry] = _FREE
            at = _get(keys, values, big << 24 | documents[entry])
            if at < 0:
                _put(keys, values, big << 24 | documents[entry], entry)
                used += 1
            while at >= 0 and not _meet(entries[at], entries[entry], low, high):
                if again[at] < 0:  # a document may hold the text twice
                    again[at] = entry
                    at = np.int64(entry)
                    break
                at = again[at]
            if at >= 0 and at != entry:
                owner[entry] = _FREE
                place[entry] = at
                starts[at], stops[at] = min(starts[at], starts[entry]), max(stops[at], stops[entry])
            else:
                following[last[big]] = entry
                following[entry] = _FREE
                last[big] = entry
                sets[big, _SIZE] += 1
            entry = after
    roots = np.empty(n, np.int64)
    cores = np.empty((2, n), np.int32)
    for passage in range(n):
        root = _find(parent, passage)
        low, high = sets[root, _CORE_START], sets[root, _CORE_STOP]
        origin, scale = entries[passage, _ORIGIN], entries[passage, _SCALE]
        roots[passage] = root
        cores[0, passage] = max(starts[passage], round(origin + low * scale))
        cores[1, passage] = min(stops[passage], round(origin + high * scale))
        if cores[0, passage] >= cores[1, passage]:  # evenly is not everywhere true
            cores[0, passage], cores[1, passage] = starts[passage], stops[passage]
    for entry in range(n):
        if owner[entry] >= 0:
            owner[entry] = roots[entry]
    return roots, owner, starts, stops, cores[0], cores[1]


@kernel
def _meet(one: F64, other: F64, low: float, high: float) -> bool:
    """Whether two entries of one document have the core of their set in one place."""
    start = max(one[_ORIGIN] + low * one[_SCALE], other[_ORIGIN] + low * other[_SCALE])
    stop = min(one[_ORIGIN] + high * one[_SCALE], other[_ORIGIN] + high * other[_SCALE])
    return bool(start < stop)


@kernel
def covering(
    documents: I32, starts: I32, stops: I32, core_documents: I32, core_starts: I32, core_stops: I32,
    least: float, neighbours: int,
) -> tuple[I64, I64, I64]:  # fmt: skip
    """Return pairs of a passage and a core of one document that overlap by ``least`` of the shorter one,
    and by how many characters. Both are sorted by document and start; of the cores that reach into a
    passage the first ``neighbours`` are looked at."""
    passages, cores, shared = [np.int64(0)], [np.int64(0)], [np.int64(0)]  # typed by a first entry
    first = 0
    for i in range(len(documents)):
        # Passages come by start: a core that ends before this one does not reach into the next either.
        while first < len(core_documents) and (
            core_documents[first] < documents[i]
            or (core_documents[first] == documents[i] and core_stops[first] <= starts[i])
        ):
            first += 1
        for core in range(first, min(len(core_documents), first + neighbours)):
            if core_documents[core] != documents[i] or core_starts[core] >= stops[i]:
                break
            both = min(stops[i], core_stops[core]) - max(starts[i], core_starts[core])
            if both > 0 and both >= least * min(stops[i] - starts[i], core_stops[core] - core_starts[core]):
                passages.append(np.int64(i))
                cores.append(np.int64(core))
                shared.append(np.int64(both))
    return np.array(passages)[1:], np.array(cores)[1:], np.array(shared)[1:]


@kernel
def _find(parent: I64, node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@kernel
def _slot(keys: I64, key: int) -> np.int64:
    """Return where a key stands, or the free slot where it would."""
    most = np.uint64(len(keys) - 1)
    slot = mix(np.uint64(key)) & most
    while keys[slot] != key and keys[slot] != _FREE:
        slot = (slot + np.uint64(1)) & most
    return np.int64(slot)


@kernel
def _get(keys: I64, values: I64, key: int) -> np.int64:
    slot = _slot(keys, key)
    return values[slot] if keys[slot] == key else _FREE


@kernel
def _put(keys: I64, values: I64, key: int, value: int) -> None:
    slot = _slot(keys, key)
    keys[slot] = key
    values[slot] = value
