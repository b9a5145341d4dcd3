"""Passages that two documents share word for word, or with some words edited."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.reuse.kernels_exact import align_pairs
from dedupe.text.kernels import I32, U64, Flags, frozen
from dedupe.text.tokens import TokenBatch

EDIT_COST = 3
DROP = 10


class ExactMatches(NamedTuple):
    """Shared passages of a list of pairs, sorted by pair, then by place in a, then in b.

    ``pair`` int32[m] indexes the list of pairs; ``spans`` int32[m, 4] are word ranges
    ``a_start, a_stop, b_start, b_stop`` within the two documents; ``edits`` int32[m] is
    the word edit distance of the two passages: 0 is verbatim.
    """

    pair: I32
    spans: I32
    edits: I32


def exact_pairs(
    batch: TokenBatch,
    pairs: NDArray[np.integer],
    *,
    k: int = 5,
    min_words: int = 10,
    mask: Flags | None = None,
    edit_cost: int = EDIT_COST,
    drop: int = DROP,
) -> ExactMatches:
    """Return the shared passages of each pair of documents of a batch.

    ``pairs`` is int[n, 2], indices of documents; sorted by the first column it runs
    fastest. Runs of ``k`` or more equal words are extended both ways across edits and
    joined (see ``kernels_exact``): a place is reached when each edit on the way is made up
    for by ``edit_cost`` words read on the two sides, and the search ends ``drop`` below the
    best place. A passage begins and ends on equal words and has ``min_words`` or more on
    both sides. ``mask`` (bool, one per word of the batch) names words, such as page
    furniture, that neither match nor are bridged. A passage that repeats inside a
    document is found at each place, but not in every combination.
    """
    width = len(batch.hashes)
    if mask is not None and len(mask) != width:
        raise ValueError(f"mask has {len(mask)} entries for {width} words")
    rows = align_pairs(
        frozen(batch.offsets, np.int64),
        frozen(batch.hashes, np.uint64),
        frozen(np.empty(0) if mask is None else mask, np.bool_),
        frozen(np.reshape(pairs, (-1, 2)), np.int32),
        k,
        min_words,
        edit_cost,
        drop,
    )
    return ExactMatches(rows[:, 5].copy(), rows[:, :4].copy(), rows[:, 4].copy())


def exact_passages(
    ha: U64,
    hb: U64,
    *,
    k: int = 5,
    min_words: int = 10,
    mask_a: Flags | None = None,
    mask_b: Flags | None = None,
) -> I32:
    """Return int32[n, 4] word ranges ``a_start, a_stop, b_start, b_stop`` that two documents share.

    ``ha`` and ``hb`` are the word hashes of the documents; see `exact_pairs`, which also
    gives the number of edits.
    """
    hashes = np.concatenate([np.asarray(ha, np.uint64), np.asarray(hb, np.uint64)])
    offsets = np.array([0, len(ha), len(hashes)], np.int64)
    mask = None
    if mask_a is not None or mask_b is not None:
        mask = np.zeros(len(hashes), np.bool_)
        mask[: len(ha)] = False if mask_a is None else mask_a
        mask[len(ha) :] = False if mask_b is None else mask_b
    nowhere = np.empty(0, np.int32)
    batch = TokenBatch(offsets, hashes, nowhere, nowhere)
    return exact_pairs(batch, np.array([[0, 1]]), k=k, min_words=min_words, mask=mask).spans
