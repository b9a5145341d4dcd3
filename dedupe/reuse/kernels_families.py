"""The compiled loops behind `dedupe.reuse.families`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedupe.text.kernels import I32, I64, kernel
from dedupe.text.tokens import mix

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
    documents: I32, starts: I32, stops: I32, first: I64, second: I64, always: int
) -> tuple[I64, I64, I32, I32, I32, I32]:
    """Join passages into sets; return of each passage its set, and entry by entry (one per document
    of a set) its set, the start and stop of the stretch that the set covers there, and the start and
    stop of the stretch that is common to all its passages there.

    ``first[i]`` and ``second[i]`` are joined in turn; from number ``always`` on only where, in every
    document, the passages of both sets have a stretch common to all.
    """
    n = len(documents)
    parent = np.arange(n)
    size = np.ones(n, np.int32)
    following = np.full(n, _FREE, np.int64)  # the entries of a set are a chain from its root's own entry
    last = np.arange(n)
    owner = np.arange(n)
    starts, stops = starts.copy(), stops.copy()
    core_starts, core_stops = starts.copy(), stops.copy()
    slots = 1 << 4
    while slots < 4 * n:
        slots *= 2
    keys = np.full(slots, _FREE, np.int64)
    values = np.empty(slots, np.int64)
    used = 0
    for entry in range(n):
        _put(keys, values, entry << 24 | documents[entry], entry)
        used += 1
    for step in range(len(first)):
        big, small = _find(parent, first[step]), _find(parent, second[step])
        if big == small:
            continue
        if size[big] < size[small]:
            big, small = small, big
        if step >= always:
            free = True
            entry = small
            while entry >= 0 and free:
                at = _get(keys, values, big << 24 | documents[entry])
                if at >= 0 and (core_starts[at] >= core_stops[entry] or core_starts[entry] >= core_stops[at]):
                    free = False
                entry = following[entry]
            if not free:
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
        entry = small
        while entry >= 0:
            after = following[entry]
            at = _get(keys, values, big << 24 | documents[entry])
            if at < 0:
                _put(keys, values, big << 24 | documents[entry], entry)
                used += 1
                following[last[big]] = entry
                following[entry] = _FREE
                last[big] = entry
                size[big] += 1
            else:
                owner[entry] = _FREE
                starts[at], stops[at] = min(starts[at], starts[entry]), max(stops[at], stops[entry])
                core_starts[at] = max(core_starts[at], core_starts[entry])
                core_stops[at] = min(core_stops[at], core_stops[entry])
            entry = after
    sets = np.empty(n, np.int64)
    for passage in range(n):
        sets[passage] = _find(parent, passage)
    for entry in range(n):
        if owner[entry] >= 0:
            owner[entry] = sets[entry]
    return sets, owner, starts, stops, core_starts, core_stops


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
