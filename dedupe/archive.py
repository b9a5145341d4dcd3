"""A growing archive of articles that new ones are held against without computing it anew.

The folder holds parts of at most `PART` documents, written once: ``documents.parquet`` (texts,
sentences, furniture by pattern, keys of lines) and ``grams.npy`` (which document holds which word
k-gram). What depends on all documents is written anew with every addition, and is small:
``state-N.parquet`` (furniture with an outlet's repeated lines) and ``words-N.parquet`` (in how
many documents each word stands). ``archive.json`` names them and is replaced last.
"""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dedupe.engines.local import LocalEngine, batches
from dedupe.errors import RunError, SettingsError
from dedupe.records import DOCUMENTS, Rejected
from dedupe.reuse import background, minhash
from dedupe.runs import map_arrow, read_table, write_arrow, write_table, write_text
from dedupe.settings import Boilerplate, Settings
from dedupe.stages import furniture, reading
from dedupe.stages.columns import Rows, flat, masked, numbers, tokenized
from dedupe.stages.text import MARKED, MarkFurniture
from dedupe.text.kernels import U64

FORMAT = 1
PART = 100_000
BATCH = 500
ROWS = 1_000
STORED = pa.schema([*DOCUMENTS, *(MARKED.field(name) for name in ("furniture", "sentences", "lines"))])
STATE = pa.schema(
    [DOCUMENTS.field("id"), DOCUMENTS.field("outlet"), DOCUMENTS.field("kind"), MARKED.field("furniture")]
)

_OWN = re.compile(r"\d{4}|(state|words)-\d+\.parquet(\.part)?|archive\.json\.part")
"""What a killed first addition may leave."""

Counts = NDArray[np.int32]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Archive:
    """An opened archive; documents are numbered through all parts. ``counts`` tells in how many
    documents each word stands (``reuse.background``), ``state`` is ``STATE``."""

    path: Path
    meta: dict[str, Any]
    state: pa.Table
    counts: Counts

    def holding(self, grams: Iterable[int]) -> NDArray[np.int64]:
        """Return the documents that hold any of these word k-grams (32-bit hashes), in order."""
        low = np.array(sorted(set(grams)), np.uint64) << np.uint64(32)
        found = [np.empty(0, np.int64)]
        for first, folder in self._parts():
            stored = np.load(folder / "grams.npy", mmap_mode="r")
            starts = np.searchsorted(stored, low)
            stops = np.searchsorted(stored, low | np.uint64(0xFFFFFFFF), "right")
            for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
                found.append((stored[start:stop] & np.uint64(0xFFFFFFFF)).astype(np.int64) + first)
        return np.unique(np.concatenate(found))

    def documents(self, wanted: NDArray[np.int64], columns: Sequence[str] = STORED.names) -> pa.Table:
        """Return rows of ``STORED`` by number (ascending): only their row groups are read."""
        parts = [STORED.empty_table().select(columns)]
        for first, folder in self._parts():
            file = pq.ParquetFile(folder / "documents.parquet")
            own = wanted[(wanted >= first) & (wanted < first + file.metadata.num_rows)] - first
            for group in np.unique(own // ROWS).tolist():
                rows = own[own // ROWS == group] - group * ROWS
                parts.append(file.read_row_group(group, columns).select(columns).take(pa.array(rows)))
        return pa.concat_tables(parts)

    def _parts(self) -> Iterable[tuple[int, Path]]:
        first = 0
        for part in self.meta["parts"]:
            yield first, self.path / part["name"]
            first += part["documents"]


@dataclass(frozen=True, slots=True)
class Added:
    """What an addition brought."""

    documents: int
    total: int
    rejected: Sequence[Rejected]


def open_archive(path: Path, settings: Settings) -> Archive:
    """Open an archive; raise RunError when the folder is none, SettingsError when it was made otherwise."""
    try:
        meta = json.loads((path / "archive.json").read_text(encoding="utf-8"))
        known = meta["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError) as error:
        mend = "make one with: dedupe index add DIR INPUT"
        raise RunError("is not an archive (no readable archive.json)", where=str(path), mend=mend) from error
    if not known:
        mend = f"this version reads format {FORMAT}; add the articles to a new archive"
        raise RunError(f"is an archive of format {meta['format']!r}", where=str(path), mend=mend)
    if meta["made_with"] != _made_with(settings):
        mend = f"use them here too, as made: {json.dumps(meta['made_with'])}"
        raise SettingsError(
            "was made with other settings of furniture or shingles", where=str(path), mend=mend
        )
    words = read_table(path / f"words-{len(meta['parts'])}.parquet")
    counts = np.zeros(1 << background.BITS, np.int32)
    counts[numbers(words["word"])] = numbers(words["documents"])
    return Archive(path, meta, read_table(path / f"state-{len(meta['parts'])}.parquet"), counts)


def add(
    path: Path, inputs: Sequence[Path], settings: Settings, *, workers: int = 0, progress: Progress
) -> Added:
    """Add the articles of ``inputs``; the archive is made when the folder is new or empty.

    An id that the archive has is rejected. A killed addition leaves the archive as it was.
    """
    archive = _opened_or_new(path, settings)
    with TemporaryDirectory(prefix="dedupe-") as folder, LocalEngine(workers) as engine:
        scratch = Path(folder)
        plain, rejected = _read(inputs, settings, scratch, archive, progress)
        names = [part["name"] for part in archive.meta["parts"]]
        stored = []
        for start in range(0, plain.num_rows, PART):
            part = plain.slice(start, PART)
            cut = batches(part.select(["id", "text", "language"]), BATCH)
            marked = engine.map(
                MarkFurniture(),
                cut,
                MARKED,
                count=len(cut),
                progress=lambda done, total: progress("furniture", done, total),
            )
            for name in ("words", "furniture", "sentences", "lines"):
                part = part.append_column(name, marked[name])
            stored.append(part.select(STORED.names).cast(STORED))
            names.append(f"{len(names) + 1:04d}")
            _write_part(stored[-1], path / names[-1], settings.shingles.k)
            progress("index", min(start + PART, plain.num_rows), plain.num_rows)
    if stored:
        sizes = [part["documents"] for part in archive.meta["parts"]] + [part.num_rows for part in stored]
        meta = {
            **archive.meta,
            "parts": [{"name": n, "documents": s} for n, s in zip(names, sizes, strict=True)],
        }
        _write_state(dataclasses.replace(archive, meta=meta), archive, settings.boilerplate)
    return Added(
        sum(part.num_rows for part in stored),
        archive.state.num_rows + sum(part.num_rows for part in stored),
        rejected,
    )


def _made_with(settings: Settings) -> dict[str, Any]:
    return {"boilerplate": dataclasses.asdict(settings.boilerplate), "k": settings.shingles.k}


def _opened_or_new(path: Path, settings: Settings) -> Archive:
    if (path / "archive.json").exists():
        return open_archive(path, settings)
    if path.exists() and (
        not path.is_dir() or not all(_OWN.fullmatch(entry.name) for entry in path.iterdir())
    ):
        raise RunError(
            "holds something else than an archive", where=str(path), mend="name a new or empty folder"
        )
    path.mkdir(parents=True, exist_ok=True)
    meta = {"format": FORMAT, "made_with": _made_with(settings), "parts": []}
    return Archive(path, meta, STATE.empty_table(), np.zeros(1 << background.BITS, np.int32))


def _read(
    inputs: Sequence[Path], settings: Settings, scratch: Path, archive: Archive, progress: Progress
) -> tuple[pa.Table, list[Rejected]]:
    """Return the documents that are new to the archive (``reading.READ``), and what was turned down."""
    log = scratch / "rejected.jsonl"
    schema, tables = reading.read(
        inputs, settings.reading, scratch, log, lambda done, total: progress("read", done, total)
    )
    write_arrow(tables, schema, scratch / "read.arrow")
    plain = map_arrow(scratch / "read.arrow").replace_schema_metadata()
    rejected = [Rejected(**json.loads(line)) for line in log.read_text(encoding="utf-8").splitlines()]
    known = numbers(pc.is_in(plain["id"], archive.state["id"].combine_chunks())).astype(np.bool_)
    if known.any():
        again = plain.filter(pa.array(known)).select(["id", "file"]).to_pylist()
        rejected += [
            Rejected(row["file"], f"id {row['id']!r} is in the archive already", row["id"]) for row in again
        ]
        plain = plain.filter(pa.array(~known))
    return plain, rejected


def _write_part(part: pa.Table, folder: Path, k: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)  # what a killed addition left
    folder.mkdir()
    write_table(part, folder / "documents.parquet", ROWS)
    grams: list[U64] = [np.empty(0, np.uint64)]
    for start in range(0, part.num_rows, ROWS):
        sets = minhash.shingle_sets(tokenized(part["text"].slice(start, ROWS)), k)
        owner = np.repeat(np.arange(start, start + len(sets.offsets) - 1), np.diff(sets.offsets))
        grams.append(sets.hashes.astype(np.uint64) << np.uint64(32) | owner.astype(np.uint64))
    np.save(folder / "grams.npy", np.unique(np.concatenate(grams)))


def _write_state(grown: Archive, before: Archive, settings: Boilerplate) -> None:
    """Write what depends on all documents, then name it in ``archive.json``."""
    count, number = before.state.num_rows, len(grown.meta["parts"])
    everything = np.arange(sum(part["documents"] for part in grown.meta["parts"]))
    columns = grown.documents(everything, [*STATE.names, "words", "sentences", "lines"])
    state = with_furniture(columns, settings).select(STATE.names)
    moved = np.concatenate(
        (changed(before.state["furniture"], state["furniture"].slice(0, count)), everything[count:])
    )
    counts = recounted(grown, before.counts, before.state, state, moved)
    words = np.flatnonzero(counts)
    write_table(state, grown.path / f"state-{number}.parquet")
    table = pa.table({"word": pa.array(words.astype(np.int32)), "documents": pa.array(counts[words])})
    write_table(table, grown.path / f"words-{number}.parquet")
    write_text(json.dumps(grown.meta, indent=1, sort_keys=True) + "\n", grown.path / "archive.json")
    for stale in (f"state-{len(before.meta['parts'])}.parquet", f"words-{len(before.meta['parts'])}.parquet"):
        (grown.path / stale).unlink(missing_ok=True)


def with_furniture(documents: pa.Table, settings: Boilerplate) -> pa.Table:
    """Return documents (``outlet, kind`` and the columns of ``MARKED``) with the lines that their outlets repeat
    in their ``furniture``."""
    marked = furniture.with_repeated(documents, documents.select(MARKED.names), settings)
    place = documents.schema.get_field_index("furniture")
    return documents.set_column(place, MARKED.field("furniture"), marked["furniture"])


def changed(before: pa.ChunkedArray, after: pa.ChunkedArray) -> NDArray[np.int64]:
    """Return the rows whose furniture differs (its kinds apart)."""
    marks = []
    for column in (before, after):
        entries, owner = flat(column)
        spans = (entries.field(name).to_numpy().astype(np.int64) for name in ("start", "stop"))
        marks.append(set(zip(owner.tolist(), *(values.tolist() for values in spans), strict=True)))
    return np.array(sorted({owner for owner, _, _ in marks[0] ^ marks[1]}), np.int64)


def recounted(
    archive: Archive, counts: Counts, before: pa.Table, after: pa.Table, moved: NDArray[np.int64]
) -> Counts:
    """Return ``counts`` where the furniture of the documents ``moved`` (ascending) went from that of ``before``
    (where they were) to that of ``after``."""
    counts = counts.copy()
    for start in range(0, len(moved), 10 * ROWS):
        rows = moved[start : start + 10 * ROWS]
        batch = tokenized(archive.documents(rows, ["text"])["text"])
        counts += background.frequencies(
            batch, masked(batch, Rows(after.select(["furniture"])).take(rows)["furniture"])
        )
        old = rows[rows < before.num_rows]
        if len(old):
            batch = batch.documents(0, len(old))
            counts -= background.frequencies(
                batch, masked(batch, Rows(before.select(["furniture"])).take(old)["furniture"])
            )
    return counts
