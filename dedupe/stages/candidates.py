"""Documents → candidate pairs, and the bundles of documents and pairs that the alignment takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedupe.records import CANDIDATES
from dedupe.reuse import candidates, minhash
from dedupe.reuse.background import Background, background, crowd
from dedupe.reuse.kernels_sort import order_of
from dedupe.reuse.neighbourhoods import neighbourhoods
from dedupe.reuse.shelves import Column
from dedupe.settings import Settings
from dedupe.stages.align import BUNDLES, SIDE
from dedupe.stages.columns import Rows, codes, flat, masked, numbers, tokenized
from dedupe.text.tokens import TokenBatch

FOUND = pa.schema([
    ("a", pa.int32()), ("b", pa.int32()), ("channels", pa.list_(pa.string())), ("jaccard", pa.float64()),
    ("minhash", pa.float64()), ("tfidf", pa.float64()),
])  # fmt: skip
"""Pairs of row numbers in the table of documents, a < b, sorted."""

COMMON = pa.schema([("word", pa.int32()), ("weight", pa.float32())])
"""Words that the corpus uses anyway (``reuse.background``)."""

ROWS = 2_000
MEMORY = 2 << 30
"""Bytes to keep within, when nothing else is said."""
LEAST_ROOM = 1 << 24


def find(
    documents: pa.Table,
    settings: Settings,
    channels: Sequence[str],
    progress: Callable[[int, int], None],
    *,
    scratch: Path,
    memory: int = MEMORY,
) -> tuple[pa.Table, pa.Table]:
    """Return ``FOUND`` and ``COMMON`` for documents (with ``furniture``), in the order of their ids.

    ``scratch`` is a folder for what does not fit into ``memory`` bytes.
    """
    known = corpus(documents, settings, scratch, memory)
    del documents  # where no one else holds them, their pages are free now
    found = candidates.find(known, channels, progress)
    common = background(known.batch, known.mask)
    names = list(candidates.CHANNELS)
    sets = [[name for bit, name in enumerate(names) if value >> bit & 1] for value in range(1 << len(names))]
    table = pa.table(
        [
            pa.array(found.pairs[:, 0]),
            pa.array(found.pairs[:, 1]),
            pa.array(sets, FOUND.field("channels").type).take(pa.array(found.channels)),
            *(
                pa.array(np.round(v, 4), from_pandas=True)
                for v in (found.jaccard, found.estimate, found.cosine)
            ),
        ],
        schema=FOUND,
    )
    return table, pa.table([pa.array(common.words), pa.array(common.weights)], schema=COMMON)


def background_of(common: pa.Table, count: int) -> Background:
    """Return the ``COMMON`` table of so many documents as the alignment takes it."""
    return Background(common["word"].to_numpy(), common["weight"].to_numpy(), crowd(count))


def corpus(documents: pa.Table, settings: Settings, scratch: Path, memory: int) -> candidates.Corpus:
    """Tokenise and sketch the documents batch by batch, into files in ``scratch``."""
    hashes, masks = Column(scratch / "hashes", np.uint64), Column(scratch / "mask", np.bool_)
    shingled = Column(scratch / "shingles", np.uint32)
    signed = Column(scratch / "signatures", np.uint32, settings.minhash.permutations)
    lengths, set_sizes = [np.zeros(1, np.int64)], [np.zeros(1, np.int64)]
    for start in range(0, documents.num_rows, ROWS):
        part = documents.slice(start, ROWS)
        batch = tokenized(part["text"])
        mask = masked(batch, part["furniture"])
        sets = minhash.shingle_sets(batch, settings.shingles.k, mask)
        hashes.add(batch.hashes)
        masks.add(mask)
        shingled.add(sets.hashes)
        signed.add(minhash.signatures(sets, settings.minhash))
        lengths.append(np.diff(batch.offsets))
        set_sizes.append(np.diff(sets.offsets))
    offsets, set_offsets = (np.cumsum(np.concatenate(sizes)) for sizes in (lengths, set_sizes))
    nowhere = np.empty(0, np.int32)
    return candidates.Corpus(
        TokenBatch(offsets, hashes.array(), nowhere, nowhere),
        masks.array(),
        minhash.ShingleSets(set_offsets, shingled.array()),
        signed.array(),
        candidates.traits(
            offsets,
            settings,
            outlets=codes(documents["outlet"])[0],
            wire=numbers(pc.equal(documents["kind"], "wire")).astype(np.bool_),
            days=days(documents["published"]),
        ),
        settings,
        scratch,
        max(LEAST_ROOM, memory // 4),
    )


def days(published: pa.ChunkedArray) -> NDArray[np.int32]:
    """Return the number of the day of each date or time, or UNDATED."""
    encoded = published.combine_chunks().dictionary_encode()
    known = np.array([*map(candidates.day, encoded.dictionary.to_pylist()), candidates.day(None)], np.int32)
    found: NDArray[np.int32] = known[encoded.indices.fill_null(len(known) - 1).to_numpy()]
    return found


def together(found: pa.Table) -> NDArray[np.int64]:
    """Return the order of pairs in which those that share documents stand together (`reuse.neighbourhoods`)."""
    a, b = numbers(found["a"]), numbers(found["b"])
    homes = neighbourhoods(a, b, numbers(found["jaccard"]))
    return order_of(np.minimum(homes[a], homes[b]), np.maximum(homes[a], homes[b]), a, b)


def bundles(documents: pa.Table, found: pa.Table, rows: int) -> Iterator[pa.Table]:
    """Yield ``BUNDLES`` of one row each: at most ``rows`` pairs, and every document of theirs once."""
    known = Rows(documents.select([*(name for name, _ in SIDE), "sentences"]))
    for start in range(0, found.num_rows, rows):
        part = found.slice(start, rows)
        a, b = numbers(part["a"]), numbers(part["b"])
        distinct = np.unique(np.concatenate((a, b)))
        sides = {"a": np.searchsorted(distinct, a), "b": np.searchsorted(distinct, b)}
        columns = {name: pa.array(places.astype(np.int32)) for name, places in sides.items()}
        columns.update({name: part[name] for name in ("channels", "jaccard", "minhash", "tfidf")})
        yield pa.table([_row(known.take(distinct)), _row(pa.table(columns))], schema=BUNDLES)


def _row(table: pa.Table) -> pa.ListArray:
    structs = table.combine_chunks().to_struct_array()
    entries = pa.concat_arrays(structs.chunks) if structs.num_chunks else pa.array([], structs.type)
    return pa.ListArray.from_arrays(pa.array([0, len(entries)], pa.int32()), entries)


def unnested(aligned: pa.Table) -> pa.Table:
    """Return the aligned passages, one per row (``records.CANDIDATES``), from ``ALIGNED``."""
    passages, owner = flat(aligned["aligned"])
    owners = pa.array(owner)
    columns = {side: aligned[side].combine_chunks().take(owners) for side in "ab"}
    columns.update({field.name: passages.field(index) for index, field in enumerate(passages.type)})
    return pa.table({name: columns[name] for name in CANDIDATES.names}, schema=CANDIDATES)
