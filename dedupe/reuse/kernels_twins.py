"""The terms that two documents share: one is put into tables once, and met by partner after partner."""

from __future__ import annotations

import numpy as np

from dedupe.reuse.likeness import COMMON
from dedupe.reuse.prepared import F64
from dedupe.text.kernels import I32, U64, Bytes, kernel

_SIEVE_BITS, _HOME_BITS = 15, 13
_SIEVE_SHIFT, _HOME_SHIFT = np.uint64(64 - _SIEVE_BITS), np.uint64(64 - _HOME_BITS)
SIEVE_BYTES, HOMES = 1 << (_SIEVE_BITS - 3), 1 << _HOME_BITS
_STEPS = 16
"""So far a term is looked for step by step; hashes that are made to collide may stand further away."""


# Functions called in loops take arrays, not tables of arrays: each look into a table costs a count of references.


@kernel
def put(distinct: U64, homes: I32, sieve: Bytes) -> None:
    """Put the sorted terms of a document into ``homes``, which has the number of the last one, plus one, for each
    beginning of a hash; and into a sieve of one bit each."""
    homes[:] = 0
    sieve[:] = 0
    for term in range(len(distinct)):
        key = distinct[term]
        homes[key >> _HOME_SHIFT] = term + 1
        bit = key >> _SIEVE_SHIFT
        sieve[bit >> np.uint64(3)] |= np.uint8(1) << np.uint8(bit & np.uint64(7))


@kernel
def twins(
    distinct: U64, frequency: I32, put_in: U64, put_frequency: I32, logs: F64, homes: I32, sieve: Bytes,
    likely: I32, twin: I32, weight: F64, stamps: I32, put_weight: F64, put_stamps: I32, stamp: int,
) -> int:  # fmt: skip
    """Write the terms of a document that have a twin in the document that is `put` to ``likely``, in order,
    and to ``twin`` those twins; for both, what they weigh in this pair and a stamp. Return how many there are.

    Hardly a branch depends on whether a term has a twin, which cannot be foretold.
    """
    hits = 0
    for term in range(len(distinct)):
        bit = distinct[term] >> _SIEVE_SHIFT
        likely[hits] = term
        hits += (sieve[bit >> np.uint64(3)] >> np.uint8(bit & np.uint64(7))) & 1
    count = 0
    for hit in range(hits):
        term = likely[hit]
        key = distinct[term]
        at = int(homes[key >> _HOME_SHIFT]) - 1  # there is one: the sieve looks at more of the hash
        steps = 0
        while at > 0 and put_in[at] > key and steps < _STEPS:
            at -= 1
            steps += 1
        if steps == _STEPS:
            at = min(int(np.searchsorted(put_in, key)), len(put_in) - 1)
        same = put_in[at] == key
        mine, theirs = np.int64(frequency[term]), np.int64(put_frequency[at])
        telling = mine * theirs <= COMMON
        told = logs[mine + theirs] if telling else 0.0
        weight[term] = told if same else weight[term]
        put_weight[at] = told if same else put_weight[at]
        stamps[term] = stamp if same else stamps[term]
        put_stamps[at] = stamp if same else put_stamps[at]
        likely[count] = term
        twin[count] = at
        count += int(same and telling)
    return count
