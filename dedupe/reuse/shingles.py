"""Candidate pairs of documents from a corpus-wide index of word k-grams (shingles).

The steps, each a function over arrays that an engine may run where it likes:

`count`     per batch:     two-bit counts of all k-grams; 80 to 90 % occur once and are dropped
`postings`  per batch:     the other k-grams as packed 64-bit postings, one array per hash partition
`link`      per partition: posting lists to links between documents, packed in 64 bits each
`pairs`     over links:    pairs whose links lie on neighbouring diagonals, that is, in the same order

A cap on document frequency would delete exactly the text that went viral, so long
posting lists are kept and linked as stars: a hub and its neighbours. The result
depends on the documents alone, not on batches, partitions or order of work.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.errors import InputError
from dedupe.reuse import kernels_shingles as kernels
from dedupe.reuse.kernels_sort import sort_from
from dedupe.settings import Shingles
from dedupe.text.kernels import I32, I64, U64, Bytes, Flags, frozen
from dedupe.text.tokens import TokenBatch

UNDATED = kernels.UNDATED
_SLACK = 16  # diagonals; words that one copy of a passage may have more or less than the other
_SLOTS_PER_WORD = 4  # counters per k-gram of the corpus: one in five singletons slips through
_PARTITION_WORDS = 1 << 19  # so that a partition is sorted inside a processor's cache
_PARTITIONS = 1 << 10
_BATCH_WORDS = 1 << 19
_NONE = np.empty(0, np.uint64)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the index of a corpus is packed: fixed by its size, before the first posting."""

    words: int
    documents: int
    k: int
    partitions: int

    @property
    def place_bits(self) -> int:
        """Bits of a posting that number a word of the corpus."""
        return max(1, self.words.bit_length())

    @property
    def document_bits(self) -> int:
        """Bits of a link that number a document."""
        return max(1, self.documents.bit_length())

    @property
    def partition_bits(self) -> int:
        """Bits of a hash that number its partition."""
        return (self.partitions - 1).bit_length()


@dataclass(frozen=True, slots=True)
class Traits:
    """What linking asks about documents; ``offsets`` are as in the TokenBatch of all of them.

    ``outlets``: a number per outlet, the same for the same outlet, or negative: comparable
    with all (pass all -1 to compare documents of one outlet, too). ``days``: day number of
    publication, or UNDATED. ``ranks``: the document of the lowest rank is the hub of a
    long posting list, so dispatches and early publications should come first; ranks differ.
    ``blocks`` speeds up finding the document of a word; `traits_of` makes it.
    """

    offsets: I64
    blocks: I32
    outlets: I32
    days: I32
    ranks: I32


class Candidates(NamedTuple):
    """Pairs of documents, int32[n, 2], a < b, sorted; the shared k-grams in line, int32[n]; and bool[n], which pairs
    have so few of them, all in long lists, that a stock phrase may be all that they share."""

    pairs: I32
    links: I32
    doubtful: Flags


def layout(words: int, documents: int, settings: Shingles, *, partitions: int = 0) -> Layout:
    """Return the layout for a corpus of ``words`` words.

    ``partitions`` is rounded up to a power of two from 64 to 1,024; with 0 it follows
    from the size of the corpus. It changes no result.
    """
    if words >= 1 << 34 or documents >= 1 << 24:
        raise InputError(
            f"{documents} documents of {words} words are too many for one index",
            mend="split the corpus; an index holds 16 million documents of 17 thousand million words",
        )
    k = settings.k + (documents >= settings.large_corpus)
    wanted = partitions or words // _PARTITION_WORDS + 1
    wanted = min(max(wanted, 1 << kernels.ROUTED_BITS), _PARTITIONS)
    return Layout(words, documents, k, 1 << (wanted - 1).bit_length())


def empty_counts(layout: Layout) -> Bytes:
    """Return a table of two-bit counters for `count`, about one byte per word of the corpus."""
    slots = 1 << max(10, (_SLOTS_PER_WORD * layout.words - 1).bit_length())
    return np.zeros(slots // 4, np.uint8)


def count(batch: TokenBatch, table: Bytes, layout: Layout, mask: Flags | None = None) -> None:
    """Add the k-grams of a batch to ``table``; ``mask`` (bool per word) leaves words out."""
    kernels.count_grams(
        frozen(batch.offsets, np.int64), frozen(batch.hashes, np.uint64), _mask(mask), layout.k, table
    )


def merge_counts(table: Bytes, other: Bytes) -> Bytes:
    """Return the counts of two tables that were filled apart."""
    merged = np.zeros_like(table)
    for shift in (0, 2, 4, 6):
        both = ((table >> shift) & 3) + ((other >> shift) & 3)
        merged |= np.minimum(both, 2).astype(np.uint8) << shift
    return merged


def postings(
    batch: TokenBatch,
    first_word: int,
    layout: Layout,
    *,
    counts: Bytes | None = None,
    mask: Flags | None = None,
) -> list[U64]:
    """Return the postings of a batch, one array per hash partition.

    ``first_word`` is the number of words in all documents before the batch. Without
    ``counts`` k-grams that occur once stay in; the links are the same.
    """
    sizes = np.zeros(layout.partitions, np.int64)
    packed = np.empty(len(batch.hashes), np.uint64)
    found = kernels.collect_postings(
        frozen(batch.offsets, np.int64), frozen(batch.hashes, np.uint64), _mask(mask), layout.k,
        frozen(np.empty(0) if counts is None else counts, np.uint8),
        first_word, layout.place_bits, layout.partition_bits, sizes, packed,
    )  # fmt: skip
    return np.split(packed[:found].copy(), np.cumsum(sizes)[:-1])


def link(
    parts: Sequence[U64], traits: Traits, layout: Layout, settings: Shingles, window_days: int = 0
) -> U64:
    """Return the packed links of one partition, from its postings of all batches."""
    place = np.uint64((1 << layout.place_bits) - 1)
    in_order = sorted((part for part in parts if len(part)), key=lambda part: int(part[0] & place))
    # Within a part postings stand by place, so a sort by gram that keeps the order is enough.
    together = sort_from(np.concatenate([_NONE, *in_order]), layout.place_bits)
    return kernels.link_postings(
        frozen(together, np.uint64), frozen(traits.offsets, np.int64), frozen(traits.blocks, np.int32),
        frozen(traits.outlets, np.int32),
        frozen(traits.days, np.int32), frozen(traits.ranks, np.int32), settings.star, window_days,
        layout.place_bits, layout.document_bits,
    )  # fmt: skip


def pairs(links: Sequence[U64], layout: Layout, settings: Shingles) -> Candidates:
    """Return the pairs that have enough links in line, from the links of all partitions.

    Any split of the links by their first document may be handed over part by part.
    """
    together = sort_from(np.concatenate([_NONE, *links]), 0)
    rows = kernels.count_links(
        frozen(together, np.uint64), layout.document_bits, settings.min_links, settings.min_common, _SLACK
    )
    return Candidates(rows[:, :2].copy(), rows[:, 2].copy(), rows[:, 3].astype(np.bool_))


def candidate_pairs(
    batch: TokenBatch,
    settings: Shingles,
    *,
    outlets: NDArray[np.integer] | None = None,
    days: NDArray[np.integer] | None = None,
    ranks: NDArray[np.integer] | None = None,
    mask: Flags | None = None,
    window_days: int = 0,
    partitions: int = 0,
) -> Candidates:
    """Return the candidate pairs of a corpus held in memory; see `Traits` for the arguments."""
    plan = layout(len(batch.hashes), len(batch), settings, partitions=partitions)
    traits = traits_of(batch.offsets, outlets=outlets, days=days, ranks=ranks)
    counts = empty_counts(plan)
    for part, _, part_mask in _parts(batch, mask):
        count(part, counts, plan, part_mask)
    parts: list[list[U64]] = [[] for _ in range(plan.partitions)]
    for part, first_word, part_mask in _parts(batch, mask):
        for partition, found in zip(
            parts, postings(part, first_word, plan, counts=counts, mask=part_mask), strict=True
        ):
            partition.append(found)
    links = [link(partition, traits, plan, settings, window_days) for partition in parts]
    return pairs(links, plan, settings)


def traits_of(
    offsets: I64,
    *,
    outlets: NDArray[np.integer] | None = None,
    days: NDArray[np.integer] | None = None,
    ranks: NDArray[np.integer] | None = None,
) -> Traits:
    """Return Traits with what is not given left open: no outlets, no dates, ranks in order."""
    n = len(offsets) - 1
    blocks = np.zeros(int(offsets[-1]) // kernels.BLOCK + 1, np.int32)
    kernels.find_blocks(frozen(offsets, np.int64), blocks)
    return Traits(
        offsets,
        blocks,
        np.full(n, -1, np.int32) if outlets is None else np.asarray(outlets, np.int32),
        np.full(n, UNDATED, np.int32) if days is None else np.asarray(days, np.int32),
        np.arange(n, dtype=np.int32) if ranks is None else np.asarray(ranks, np.int32),
    )


def _parts(batch: TokenBatch, mask: Flags | None) -> Iterable[tuple[TokenBatch, int, Flags | None]]:
    cuts = [0]
    while cuts[-1] < len(batch):
        reach = int(batch.offsets[cuts[-1]]) + _BATCH_WORDS
        cuts.append(max(cuts[-1] + 1, int(np.searchsorted(batch.offsets, reach, "right")) - 1))
    for start, stop in itertools.pairwise(cuts):
        words = slice(int(batch.offsets[start]), int(batch.offsets[stop]))
        yield batch.documents(start, stop), words.start, None if mask is None else mask[words]


def _mask(mask: Flags | None) -> Flags:
    return frozen(np.empty(0) if mask is None else mask, np.bool_)
