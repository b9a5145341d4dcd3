"""The shingle index and the LSH without a limit on the corpus, for work that is spread over machines.

`dedupe.reuse.shingles` packs a posting and a link into 64 bits each, which needs the size of the
corpus to be known and small. Here they are columns: numbers of documents have 32 bits, hashes 64.
Whatever comes together in one place (a hash partition) is renumbered and handed to the same
kernels, so both ways find the same pairs: hashes are cut to the bits that the packed form
compares (`compared_bits`).

`shingle_postings`, `band_postings`   per batch:      postings, with what linking asks about their documents
`split`                               per batch:      by hash partition, to be packed and sent
`link`                                per partition:  posting lists to links
`pairs`                               per partition:  links to pairs
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.reuse import kernels_minhash, kernels_shingles
from dedupe.reuse.kernels_grams import roll
from dedupe.reuse.kernels_sort import sort_from
from dedupe.reuse.shingles import UNDATED, traits_of
from dedupe.text.kernels import I32, I64, U32, U64, Bytes, Flags, frozen, kernel
from dedupe.text.tokens import TokenBatch

_ROUTED = kernels_shingles.ROUTED_BITS
_PAIR_BITS = 15
_DIAGONAL_BITS = 64 - 2 * _PAIR_BITS
_ALONE = np.uint32(0xFFFFFFFF)


class About(NamedTuple):
    """What linking asks about documents, one entry each: numbers in the order of their ids (ascending),
    a hash of the outlet (-1 where documents of one outlet are compared, too), day, dispatch or not."""

    numbers: I64
    outlets: I64
    days: I32
    wire: Flags

    def take(self, rows: NDArray[np.integer[Any]] | slice) -> About:
        """Return these rows."""
        return About(self.numbers[rows], self.outlets[rows], self.days[rows], self.wire[rows])


class Postings(NamedTuple):
    """Postings of the documents ``about``: hash, row of the document there, place of the first word in it."""

    about: About
    hashes: U64
    owners: U32
    places: U32


class Links(NamedTuple):
    """Links of documents ``a < b`` (numbers) on a diagonal: place in a less place in b."""

    a: U32
    b: U32
    diagonals: I32


_POSTINGS = tuple(map(np.dtype, ("<i8", "<i8", "<i4", "?", "<u8", "<u4", "<u4")))
_LINKS = tuple(map(np.dtype, ("<u4", "<u4", "<i4")))


def compared_bits(words: int) -> int:
    """Return how many leading bits of hashes are compared in a corpus of ``words`` words (or documents,
    for bands): as many as `dedupe.reuse.shingles` keeps beside a place."""
    return min(64, 64 + _ROUTED - max(1, words.bit_length()))


def shingle_postings(batch: TokenBatch, about: About, k: int, bits: int, mask: Flags | None) -> Postings:
    """Return a posting for every k-gram of a batch without masked words; ``bits`` are `compared_bits`."""
    grams = np.empty(len(batch.hashes), np.uint64)
    masked = frozen(np.empty(0) if mask is None else mask, np.bool_)
    _grams(frozen(batch.offsets, np.int64), frozen(batch.hashes, np.uint64), masked, k, grams)
    at = np.flatnonzero(grams)
    owners = np.repeat(np.arange(len(batch), dtype=np.uint32), np.diff(batch.offsets))[at]
    return Postings(
        about, _cut(grams[at], bits), owners, (at - batch.offsets[owners.astype(np.int64)]).astype(np.uint32)
    )


def band_postings(
    signatures: U32, about: About, bands: int, rows: int, place_bits: int
) -> Iterator[Postings]:
    """Yield for each band a posting for every document that has shingles, by the hash of its rows."""
    full = np.flatnonzero(~(signatures == _ALONE).all(axis=1)).astype(np.uint32)
    packed = np.empty(len(signatures), np.uint64)
    low = np.uint64(place_bits)
    for start in range(0, bands * rows, rows):
        kernels_minhash.band(frozen(signatures, np.uint32), start, rows, place_bits, packed)
        hashes = packed[full] >> low << low
        yield Postings(about, hashes, full, np.zeros(len(full), np.uint32))


def split(found: Postings, parts: int) -> Iterator[tuple[int, Postings]]:
    """Yield the postings of each of ``parts`` hash partitions that has any, with the documents they need."""
    homes = (found.hashes >> np.uint64(32)) * np.uint64(parts) >> np.uint64(32)
    order = np.argsort(homes.astype(np.uint32), kind="stable")
    bounds = np.searchsorted(homes[order], np.arange(parts + 1, dtype=np.uint64))
    for part in range(parts):
        rows = order[bounds[part] : bounds[part + 1]]
        if len(rows):
            documents, owners = np.unique(found.owners[rows], return_inverse=True)
            yield (
                part,
                Postings(
                    found.about.take(documents),
                    found.hashes[rows],
                    owners.astype(np.uint32),
                    found.places[rows],
                ),
            )


def packed_postings(found: Postings) -> bytes:
    """Return postings as one binary value."""
    return packed((*found.about, *found[1:]), _POSTINGS)


def unpacked_postings(values: Iterable[bytes]) -> Postings:
    """Return the postings of several values as one, ordered by document and place."""
    parts = [unpacked(value, _POSTINGS) for value in values]
    parts.sort(key=lambda columns: int(columns[0][0]))  # batches are of consecutive documents …
    columns = [np.concatenate([part[n] for part in parts]) for n in range(4)]
    numbers, first, place = np.unique(columns[0], return_index=True, return_inverse=True)
    before = np.cumsum([0, *(len(part[0]) for part in parts)])
    owners = np.concatenate(
        [
            place[part[5].astype(np.int64) + start]
            for part, start in zip(parts, before[:-1].tolist(), strict=True)
        ]
    )
    hashes, places = (np.concatenate([part[n] for part in parts]) for n in (4, 6))
    order = (owners.astype(np.int64) << 32) + places
    if (np.diff(order) < 0).any():  # … unless they were cut otherwise
        by_place = np.argsort(order, kind="stable")
        hashes, owners, places = hashes[by_place], owners[by_place], places[by_place]
    about = About(numbers, *(column[first] for column in columns[1:4]))
    return Postings(about, hashes, owners.astype(np.uint32), places)


def link(found: Postings, *, star: int, window_days: int) -> Links:
    """Return the links of the posting lists of a partition (`kernels_shingles.link_postings`)."""
    again = _repeated(frozen(found.hashes, np.uint64), np.zeros(_slots(len(found.hashes)), np.uint8))
    hashes, owners = found.hashes[again], found.owners[again].astype(np.int64)
    places = found.places[again].astype(np.int64)
    order = np.argsort(hashes, kind="stable")  # equal hashes stay by document and place
    hashes, owners, places = hashes[order], owners[order], places[order]
    lengths = np.zeros(len(found.about.numbers), np.int64)
    np.maximum.at(lengths, owners, places + 1)
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
    place_bits = max(1, int(offsets[-1]).bit_length())
    document_bits = max(1, len(lengths).bit_length())
    lists = np.cumsum(np.concatenate((np.zeros(1, np.int64), hashes[1:] != hashes[:-1])))[: len(hashes)]
    packed = (lists.astype(np.uint64) << np.uint64(place_bits)) | (offsets[owners] + places).astype(np.uint64)
    traits = traits_of(
        offsets, outlets=outlet_codes(found.about.outlets), days=found.about.days, ranks=_ranks(found.about)
    )
    links = kernels_shingles.link_postings(
        frozen(packed, np.uint64), frozen(traits.offsets, np.int64), frozen(traits.blocks, np.int32),
        frozen(traits.outlets, np.int32), frozen(traits.days, np.int32), frozen(traits.ranks, np.int32),
        star, window_days, place_bits, document_bits,
    )  # fmt: skip
    rest = 64 - 2 * document_bits
    numbers = found.about.numbers.astype(np.uint32)
    a = links >> np.uint64(document_bits + rest)
    b = (links >> np.uint64(rest)) & np.uint64((1 << document_bits) - 1)
    diagonals = (links & np.uint64((1 << rest) - 1)).astype(np.int64) - (1 << (rest - 1))
    return Links(numbers[a.astype(np.int64)], numbers[b.astype(np.int64)], diagonals.astype(np.int32))


def split_links(found: Links, parts: int) -> Iterator[tuple[int, Links]]:
    """Yield the links of each of ``parts`` partitions; those of a pair stay together, those of a hub do not."""
    mixed = (_keys(found) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)
    homes = (mixed * np.uint64(parts) >> np.uint64(32)).astype(np.uint32)
    order = np.argsort(homes, kind="stable")
    bounds = np.searchsorted(homes[order], np.arange(parts + 1))
    for part in range(parts):
        rows = order[bounds[part] : bounds[part + 1]]
        if len(rows):
            yield part, Links(found.a[rows], found.b[rows], found.diagonals[rows])


def packed_links(found: Links) -> bytes:
    """Return links as one binary value."""
    return packed(tuple(found), _LINKS)


def unpacked_links(values: Iterable[bytes]) -> Links:
    """Return the links of several values as one."""
    parts = [unpacked(value, _LINKS) for value in values]
    return Links(*(np.concatenate([part[n] for part in parts]) for n in range(3)))


def pairs(found: Links, *, least: int, common: int, slack: int) -> tuple[I64, I64, I32, Flags]:
    """Return a, b and the links within ``slack`` diagonals of the pairs that have ``least`` of them, and which of
    these are doubtful (`shingles.Candidates`)."""
    keys, number = np.unique(_keys(found), return_inverse=True)
    shifted = found.diagonals.astype(np.int64) + (1 << (_DIAGONAL_BITS - 1))
    packed = (number.astype(np.uint64) << np.uint64(_DIAGONAL_BITS)) | shifted.astype(np.uint64)
    rows = kernels_shingles.count_links(
        frozen(sort_from(packed, 0), np.uint64), _PAIR_BITS, least, common, slack
    )
    kept = keys[(rows[:, 0].astype(np.int64) << _PAIR_BITS) + rows[:, 1]]
    return (
        (kept >> np.uint64(32)).astype(np.int64),
        (kept & np.uint64(0xFFFFFFFF)).astype(np.int64),
        rows[:, 2].copy(),
        rows[:, 3].astype(np.bool_),
    )


def _keys(found: Links) -> U64:
    keys: U64 = found.a.astype(np.uint64) << np.uint64(32) | found.b
    return keys


def _cut(hashes: U64, bits: int) -> U64:
    low = np.uint64(64 - bits)
    cut: U64 = hashes >> low << low
    return cut


def outlet_codes(outlets: I64) -> I32:
    """Number outlets from 0; -1 stays."""
    codes = np.unique(outlets, return_inverse=True)[1].astype(np.int32)
    return np.where(outlets == -1, np.int32(-1), codes)


def _ranks(about: About) -> I32:
    """Rank documents as `dedupe.reuse.candidates.traits` does: dispatches, then by day, then in order."""
    late = np.where(about.days == UNDATED, np.int64(1) << 40, about.days.astype(np.int64))
    ranks = np.empty(len(late), np.int32)
    ranks[np.lexsort((late, ~about.wire))] = np.arange(len(late), dtype=np.int32)
    return ranks


def packed(columns: Sequence[NDArray[Any]], kinds: Sequence[np.dtype[Any]]) -> bytes:
    """Return columns of these types (little-endian) as one binary value: their sizes, then themselves."""
    sizes = np.array([len(column) for column in columns], "<i8").tobytes()
    return sizes + b"".join(
        np.ascontiguousarray(column, kind).tobytes() for column, kind in zip(columns, kinds, strict=True)
    )


def unpacked(value: bytes, kinds: Sequence[np.dtype[Any]]) -> list[NDArray[Any]]:
    """Return the columns of a value that `packed` made (views)."""
    sizes = np.frombuffer(value, "<i8", len(kinds))
    at = sizes.nbytes
    columns = []
    for size, kind in zip(sizes.tolist(), kinds, strict=True):
        columns.append(np.frombuffer(value, kind, size, at))
        at += size * kind.itemsize
    return columns


def _slots(count: int) -> int:
    return 1 << max(10, (4 * count - 1).bit_length())


@kernel
def _grams(offsets: I64, hashes: U64, mask: Flags, k: int, out: U64) -> None:
    for d in range(len(offsets) - 1):
        start, stop = offsets[d], offsets[d + 1]
        roll(hashes[start:stop], mask[start:stop], k, out[start:stop])


@kernel
def _repeated(hashes: U64, table: Bytes) -> I64:
    """Return where the hashes stand that share a slot of the table with another: few that occur once."""
    slots = np.uint64(len(table) - 1)
    turn = np.uint64(0x9E3779B97F4A7C15)
    for i in range(len(hashes)):
        slot = ((hashes[i] * turn) >> np.uint64(32)) & slots
        if table[slot] < 2:
            table[slot] += np.uint8(1)
    count = 0
    out = np.empty(len(hashes), np.int64)
    for i in range(len(hashes)):
        slot = ((hashes[i] * turn) >> np.uint64(32)) & slots
        if table[slot] > 1:
            out[count] = i
            count += 1
    return out[:count].copy()
