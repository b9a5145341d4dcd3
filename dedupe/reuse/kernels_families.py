"""The compiled loops behind `dedupe.reuse.families`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedupe.text.kernels import I32, I64, kernel
from dedupe.text.tokens import mix

F64 = NDArray[np.float64]
_FREE = np.int64(-1)


@kernel
def overlaps(
    documents: I32, starts: I32, stops: I32, least: float, neighbours: int
) -> tuple[I64, I64, NDArray[np.float64]]:
    """Return pairs of passages of one document that overlap by ``least`` of the shorter one, and how much
    of the longer one that is. Passages are sorted; each is compared with its next ``neighbours``."""
    n = len(documents)
    ones = np.empty(n * neighbours, np.int64)
    others = np.empty(n * neighbours, np.int64)
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
    documents: I32, starts: I32, stops: I32, first: I64, second: I64, least: float
) -> tuple[I64, I64, I32, I32, I32, I32]:
    """Join passages into sets; passages ``2 i`` and ``2 i + 1`` are the sides of match ``i``.

    Return of each passage its set, and entry by entry (a place of a set in a document) its set or -1, the
    start and stop of the stretch that the set covers there, and of the part that all its passages have.

    A set has coordinates of its own, in which its core, what all its passages have in common, is a
    stretch; an entry maps them to characters, evenly between the ends of its passages. Passages
    ``first[i]`` and ``second[i]``, of one document, are joined in turn, where the cores of their sets overlap
    there by ``least`` of the shortest passage of either.
    """
    n = len(documents)
    parent = np.arange(n)
    parent[1::2] = parent[::2]
    size = np.ones(n, np.int32)
    size[::2] = 2
    following = np.full(n, _FREE, np.int64)  # the entries of a set are a chain from its root's own entry
    following[::2] = np.arange(1, n, 2)
    last = np.arange(n)
    last[::2] = np.arange(1, n, 2)
    owner = np.arange(n)
    place = np.arange(n)  # the entry that a passage became part of
    again = np.full(n, _FREE, np.int64)  # the next entry of the same set and document
    origin = starts.astype(np.float64)  # a place in the set is this character of the document, …
    scale = (stops - starts).astype(np.float64)  # … and so many more for each unit further on
    core_start = np.zeros(n)
    core_stop = np.ones(n)
    shortest = np.minimum(scale[::2], scale[1::2]).repeat(2)  # of the passages of a set, in characters
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
        big, small = _find(parent, first[step]), _find(parent, second[step])
        if big == small:
            continue
        if size[big] < size[small]:
            big, small = small, big
        one, other = _find(place, first[step]), _find(place, second[step])
        if _find(parent, one) != big:
            one, other = other, one
        # u in the small set is slope * u + shift in the big one
        slope = scale[other] / scale[one]
        shift = (origin[other] - origin[one]) / scale[one]
        low = max(core_start[big], slope * core_start[small] + shift)
        high = min(core_stop[big], slope * core_stop[small] + shift)
        if (high - low) * scale[one] < least * min(shortest[big], shortest[small]):
            continue
        if 2 * (used + size[small]) > len(keys):  # drop the keys of sets that are no more
            old_keys, old_values = keys, values
            keys = np.full(2 * len(keys), _FREE, np.int64)
            values = np.empty(len(keys), np.int64)
            used = 0
            for slot in range(len(old_keys)):
                if old_keys[slot] >= 0 and parent[old_keys[slot] >> 24] == old_keys[slot] >> 24:
                    _put(keys, values, old_keys[slot], old_values[slot])
                    used += 1
        parent[small] = big
        core_start[big], core_stop[big] = low, high
        shortest[big] = min(shortest[big], shortest[small])
        entry = small
        while entry >= 0:
            after = following[entry]
            scale[entry] /= slope
            origin[entry] -= shift * scale[entry]
            again[entry] = _FREE
            at = _get(keys, values, big << 24 | documents[entry])
            if at < 0:
                _put(keys, values, big << 24 | documents[entry], entry)
                used += 1
            while at >= 0 and not _meet(origin, scale, int(at), int(entry), low, high):
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
                size[big] += 1
            entry = after
    sets = np.empty(n, np.int64)
    cores = np.empty((2, n), np.int32)
    for passage in range(n):
        sets[passage] = _find(parent, passage)
        low, high = core_start[sets[passage]], core_stop[sets[passage]]
        cores[0, passage] = max(starts[passage], round(origin[passage] + low * scale[passage]))
        cores[1, passage] = min(stops[passage], round(origin[passage] + high * scale[passage]))
        if cores[0, passage] >= cores[1, passage]:  # evenly is not everywhere true
            cores[0, passage], cores[1, passage] = starts[passage], stops[passage]
    for entry in range(n):
        if owner[entry] >= 0:
            owner[entry] = sets[entry]
    return sets, owner, starts, stops, cores[0], cores[1]


@kernel
def _meet(origin: F64, scale: F64, one: int, other: int, low: float, high: float) -> bool:
    """Whether two entries of one document have the core of their set in one place."""
    start = max(origin[one] + low * scale[one], origin[other] + low * scale[other])
    stop = min(origin[one] + high * scale[one], origin[other] + high * scale[other])
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
