"""Which pairs of documents are worth aligning: what the channels say, brought together.

A channel is a function from a `Corpus` to pairs of document numbers (``a < b``). To add one,
write it, and add it to ``CHANNELS`` here; its name goes into ``records.CHANNELS``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dedupe.reuse import minhash, shingles, tfidf
from dedupe.reuse.shelves import Shelves, let_go
from dedupe.reuse.shingles import UNDATED, Traits, traits_of
from dedupe.settings import Settings
from dedupe.text.kernels import U32, U64
from dedupe.text.tokens import TokenBatch

Pairs = NDArray[np.int32]

PART_WORDS = 1 << 19
"""Words looked at together; changes no result."""


@dataclass(frozen=True)
class Corpus:
    """The documents of a run as the channels see them, in the order of their ids.

    ``mask`` (bool, one per word) is True in furniture. ``sets`` are the documents' word k-grams,
    ``signatures`` (uint32[n, permutations]) their MinHash. In ``traits`` dispatches and early prints
    rank first, and outlets are all -1 where documents of one outlet are compared, too. Arrays may
    be mapped from files; what needs more than ``room`` bytes beside them goes to files in ``scratch``.
    """

    batch: TokenBatch
    mask: NDArray[np.bool_]
    sets: minhash.ShingleSets
    signatures: U32
    traits: Traits
    settings: Settings
    scratch: Path
    room: int


@dataclass(frozen=True, slots=True)
class Found:
    """Candidate pairs int32[n, 2], sorted; for each, the channels that propose it as bits (1 for the
    first of ``CHANNELS``, 2, 4, …); exact Jaccard of word k-grams, the MinHash estimate of it, and the
    TF-IDF cosine (NaN where that channel did not propose it)."""

    pairs: Pairs
    channels: NDArray[np.uint8]
    jaccard: NDArray[np.float64]
    estimate: NDArray[np.float64]
    cosine: NDArray[np.float64]


def traits(
    offsets: NDArray[np.int64],
    settings: Settings,
    *,
    outlets: NDArray[np.int32],
    wire: NDArray[np.bool_],
    days: NDArray[np.int32],
) -> Traits:
    """Rank the documents (dispatches first, then by day, then as they stand); outlets are numbered
    alike where they are the same."""
    late = np.where(days == UNDATED, np.int64(1) << 40, days.astype(np.int64))
    order = np.lexsort((late, ~wire))
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    return traits_of(
        offsets, outlets=None if settings.candidates.same_outlet else outlets, days=days, ranks=ranks
    )


def day(published: str | None) -> int:
    """Return the number of the day of an ISO 8601 date or time, or UNDATED."""
    try:
        return date.fromisoformat((published or "")[:10]).toordinal()
    except ValueError:
        return int(UNDATED)


def find(known: Corpus, channels: Sequence[str], progress: Callable[[int, int], None]) -> Found:
    """Return the pairs that any of ``channels`` proposes."""
    proposed: list[tuple[int, U64, NDArray[np.float64] | None]] = []
    wanted = [name for name in CHANNELS if name in channels]
    for done, name in enumerate(wanted):
        progress(done, len(wanted))
        pairs, cosine = CHANNELS[name](known)
        let_go(known.batch.hashes, known.mask, known.sets.hashes, known.signatures)
        keep = _comparable(pairs, known)
        keys = _keys(pairs)[keep]
        proposed.append((1 << list(CHANNELS).index(name), keys, None if cosine is None else cosine[keep]))
    progress(len(wanted), len(wanted))
    together = np.unique(np.concatenate([np.empty(0, np.uint64), *(keys for _, keys, _ in proposed)]))
    bits = np.zeros(len(together), np.uint8)
    cosines = np.full(len(together), np.nan)
    for bit, keys, cosine in proposed:
        places = np.searchsorted(together, keys)
        bits[places] |= bit
        if cosine is not None:
            cosines[places] = cosine
    pairs = np.stack((together >> np.uint64(32), together & np.uint64(0xFFFFFFFF)), axis=1).astype(np.int32)
    return Found(
        pairs,
        bits,
        minhash.overlaps(known.sets, pairs).jaccard,
        minhash.estimate(known.signatures, pairs),
        cosines,
    )


def _keys(pairs: Pairs) -> U64:
    keys: U64 = pairs[:, 0].astype(np.uint64) << np.uint64(32) | pairs[:, 1].astype(np.uint64)
    return keys


def _comparable(pairs: Pairs, known: Corpus) -> NDArray[np.bool_]:
    """Return which pairs are of two outlets and within the date window, whatever proposed them."""
    a, b = pairs[:, 0], pairs[:, 1]
    outlets, days = known.traits.outlets, known.traits.days
    keep: NDArray[np.bool_] = (outlets[a] != outlets[b]) | (outlets[a] < 0)
    if known.settings.candidates.window_days:
        apart = np.abs(days[a].astype(np.int64) - days[b])
        undated = (days[a] == UNDATED) | (days[b] == UNDATED)
        keep &= undated | (apart <= known.settings.candidates.window_days)
    return keep


def _by_shingles(known: Corpus) -> tuple[Pairs, None]:
    """Run the steps of `dedupe.reuse.shingles` with postings and links put aside in files."""
    settings, window = known.settings.shingles, known.settings.candidates.window_days
    plan = shingles.layout(len(known.batch.hashes), len(known.batch), settings)
    counts = shingles.empty_counts(plan)
    for start, stop in _cuts(known.batch.offsets):
        shingles.count(known.batch.documents(start, stop), counts, plan, _masked(known, start, stop))
    postings = Shelves(known.scratch / "postings", plan.partitions, known.room)
    for start, stop in _cuts(known.batch.offsets):
        first = int(known.batch.offsets[start])
        part, mask = known.batch.documents(start, stop), _masked(known, start, stop)
        postings.add(shingles.postings(part, first, plan, counts=counts, mask=mask))
    del counts
    # Links go on shelves by the top bits of their first document, so that pairs are never parted.
    bits = min(plan.document_bits, max(0, (8 * len(known.batch.hashes) // known.room).bit_length()))
    edges = (
        np.arange(1, 1 << bits, dtype=np.uint64) << np.uint64(64 - bits) if bits else np.empty(0, np.uint64)
    )
    links = Shelves(known.scratch / "links", 1 << bits, known.room)
    for number in range(len(postings)):
        found = shingles.link(postings.take(number), known.traits, plan, settings, window)
        if bits:
            found = np.sort(found)
        links.add(np.split(found, np.searchsorted(found, edges)))
    postings.close()
    pairs = [_told(shingles.pairs(links.take(number), plan, settings), known) for number in range(len(links))]
    links.close()
    return np.concatenate(pairs), None


def _told(found: shingles.Candidates, known: Corpus) -> Pairs:
    """Return pairs without those that share but a phrase that many documents have."""
    keep = ~found.doubtful
    both = minhash.overlaps(known.sets, found.pairs[found.doubtful]).both
    keep[found.doubtful] = both >= known.settings.shingles.min_common
    return found.pairs[keep]


def _by_minhash(known: Corpus) -> tuple[Pairs, None]:
    window = known.settings.candidates.window_days
    return minhash.lsh_pairs(known.signatures, known.traits, known.settings.minhash, window_days=window), None


def _by_tfidf(known: Corpus) -> tuple[Pairs, NDArray[np.float64]]:
    return tfidf.neighbours(
        known.batch,
        known.settings.tfidf,
        outlets=known.traits.outlets,
        mask=known.mask,
        days=known.traits.days,
        window_days=known.settings.candidates.window_days,
        undated=UNDATED,
    )


def _cuts(offsets: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield ranges of documents of about ``PART_WORDS`` words."""
    cuts = [0]
    while cuts[-1] < len(offsets) - 1:
        reach = int(offsets[cuts[-1]]) + PART_WORDS
        cuts.append(max(cuts[-1] + 1, int(np.searchsorted(offsets, reach, "right")) - 1))
    return itertools.pairwise(cuts)


def _masked(known: Corpus, start: int, stop: int) -> NDArray[np.bool_]:
    return known.mask[int(known.batch.offsets[start]) : int(known.batch.offsets[stop])]


DOUBTFUL = 1 << 7
"""Beside the bits of channels: shingles propose the pair if it shares ``min_common`` of them."""
Channel = Callable[[Corpus], tuple[Pairs, NDArray[np.float64] | None]]

CHANNELS: Mapping[str, Channel] = {"shingles": _by_shingles, "minhash": _by_minhash, "tfidf": _by_tfidf}
"""Within one language. The translated channel (``reuse/translated/``) aligns as it finds."""
