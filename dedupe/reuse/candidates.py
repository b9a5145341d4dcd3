"""Which pairs of documents are worth aligning: what the channels say, brought together.

A channel is a function from a `Corpus` to pairs of document numbers (``a < b``). To add one,
write it, and add it to ``CHANNELS`` here; its name goes into ``records.CHANNELS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dedupe.reuse import minhash, tfidf
from dedupe.reuse.shingles import UNDATED, Traits, candidate_pairs, traits_of
from dedupe.settings import Settings
from dedupe.text.tokens import TokenBatch

Pairs = NDArray[np.int32]


@dataclass(frozen=True)
class Corpus:
    """The documents of a run as the channels see them, in the order of their ids.

    ``mask`` (bool, one per word) is True in furniture. In ``traits`` dispatches and early prints
    rank first, and outlets are all -1 where documents of one outlet are compared, too.
    """

    batch: TokenBatch
    mask: NDArray[np.bool_]
    traits: Traits
    settings: Settings

    @cached_property
    def sets(self) -> minhash.ShingleSets:
        """The word k-grams of each document."""
        return minhash.shingle_sets(self.batch, self.settings.shingles.k, self.mask)

    @cached_property
    def signatures(self) -> NDArray[np.uint32]:
        """Their MinHash signatures."""
        return minhash.signatures(self.sets, self.settings.minhash)


@dataclass(frozen=True, slots=True)
class Found:
    """Candidate pairs int32[n, 2], sorted; for each, its channels; exact Jaccard of word k-grams,
    the MinHash estimate of it, and the TF-IDF cosine (NaN where that channel did not propose it)."""

    pairs: Pairs
    channels: Sequence[tuple[str, ...]]
    jaccard: NDArray[np.float64]
    estimate: NDArray[np.float64]
    cosine: NDArray[np.float64]


def corpus(
    batch: TokenBatch,
    mask: NDArray[np.bool_],
    settings: Settings,
    *,
    outlets: Sequence[str],
    kinds: Sequence[str],
    published: Sequence[str | None],
) -> Corpus:
    """Number outlets and days and rank the documents (dispatches first, then by day)."""
    numbers = {name: number for number, name in enumerate(sorted(set(outlets)))}
    days = np.array([_day(value) for value in published], np.int32)
    order = sorted(range(len(outlets)), key=lambda i: (kinds[i] != "wire", _late(days[i]), i))
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    apart = None if settings.candidates.same_outlet else np.array([numbers[name] for name in outlets], np.int32)
    return Corpus(batch, mask, traits_of(batch.offsets, outlets=apart, days=days, ranks=ranks), settings)


def find(known: Corpus, channels: Sequence[str], progress: Callable[[int, int], None]) -> Found:
    """Return the pairs that any of ``channels`` proposes."""
    by_pair: dict[tuple[int, int], list[str]] = {}
    cosines: dict[tuple[int, int], float] = {}
    wanted = [name for name in CHANNELS if name in channels]
    for done, name in enumerate(wanted):
        progress(done, len(wanted))
        pairs, cosine = CHANNELS[name](known)
        for a, b in pairs[_comparable(pairs, known)].tolist():
            by_pair.setdefault((a, b), []).append(name)
        if cosine is not None:
            cosines.update(zip(map(tuple, pairs.tolist()), cosine.tolist(), strict=True))
    progress(len(wanted), len(wanted))
    ordered = sorted(by_pair)
    pairs = np.array(ordered, np.int32).reshape(-1, 2)
    return Found(
        pairs,
        [tuple(by_pair[key]) for key in ordered],
        minhash.overlaps(known.sets, pairs).jaccard,
        minhash.estimate(known.signatures, pairs),
        np.array([cosines.get(key, np.nan) for key in ordered], np.float64),
    )


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
    traits, settings = known.traits, known.settings
    found = candidate_pairs(
        known.batch,
        settings.shingles,
        outlets=traits.outlets,
        days=traits.days,
        ranks=traits.ranks,
        mask=known.mask,
        window_days=settings.candidates.window_days,
    )
    return found.pairs, None


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


Channel = Callable[[Corpus], tuple[Pairs, NDArray[np.float64] | None]]

CHANNELS: Mapping[str, Channel] = {"shingles": _by_shingles, "minhash": _by_minhash, "tfidf": _by_tfidf}
"""Within one language. The translated channel (``reuse.translated``) aligns as it finds."""


def _day(published: str | None) -> int:
    try:
        return date.fromisoformat((published or "")[:10]).toordinal()
    except ValueError:
        return int(UNDATED)


def _late(day: int) -> int:
    return 1 << 40 if day == UNDATED else int(day)
