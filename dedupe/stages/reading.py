"""Files → the table of documents, in the order of their ids, without holding their texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from dedupe import corpus
from dedupe.corpus.inputs import InputFile, digest, problem_of
from dedupe.records import DOCUMENTS, Document, Rejected
from dedupe.runs import map_arrow, write_arrow, write_jsonl
from dedupe.settings import Reading
from dedupe.stages.columns import Rows
from dedupe.stages.documents import documents_table

READ = DOCUMENTS.remove(DOCUMENTS.get_field_index("words"))
"""What is known of documents when they have been read. ``about`` reads the counts in its metadata."""

ROWS = 2_000
CHARACTERS = 1 << 24
"""A batch ends at so many documents or characters …"""
ORDERED_ROWS = 1 << 14
ORDERED_CHARACTERS = 1 << 25
"""… and, in the order of ids, at so many: documents are taken by number later, from each batch by itself."""

_ABOUT = b"about"


@dataclass(frozen=True, slots=True)
class About:
    """What was read, apart from the documents."""

    read: int
    rejected: int
    replacements: int
    notes: dict[str, int]


def inputs_digests(inputs: Sequence[Path]) -> dict[str, str]:
    """Return the SHA-256 of every file that is read, by label."""
    return {file.label: digest(file) for file in corpus.find_readable(inputs) if problem_of(file) is None}


def passed_over(inputs: Sequence[Path]) -> list[str]:
    """Return the labels of the files in the folders that no reader takes."""
    chosen = {file.label for file in corpus.find_readable(inputs)}
    return [file.label for file in corpus.find_files(inputs) if file.label not in chosen]


def read(
    inputs: Sequence[Path],
    limits: Reading,
    scratch: Path,
    rejected: Path,
    progress: Callable[[int, int], None],
) -> tuple[pa.Schema, Iterator[pa.Table]]:
    """Read files and folders; return the schema ``READ``, and its batches in the order of ids.

    Records that are turned down go into the file ``rejected``, in the order of files and lines.
    """
    tally = corpus.Tally()
    ids: list[str] = []
    sizes: list[int] = []
    turned_down: list[Rejected] = []

    def batches() -> Iterator[pa.Table]:
        held: list[Document] = []
        size = 0
        for record in _records(inputs, limits, tally, progress):
            if isinstance(record, Rejected):
                turned_down.append(record)
                continue
            held.append(record)
            ids.append(record.id)
            sizes.append(len(record.text))
            size += sizes[-1]
            if len(held) >= ROWS or size >= CHARACTERS:
                yield documents_table(held).select(READ.names)
                held, size = [], 0
        yield documents_table(held).select(READ.names)

    write_arrow(batches(), READ, scratch / "as-read.arrow")
    write_jsonl([{"where": r.where, "reason": r.reason, "id": r.id} for r in turned_down], rejected)
    about = About(tally.read, len(turned_down), tally.replacements, dict(sorted(tally.notes.items())))
    order = sorted(range(len(ids)), key=ids.__getitem__)
    rows = Rows(map_arrow(scratch / "as-read.arrow"))
    told = json.dumps({name: getattr(about, name) for name in About.__slots__})
    return READ.with_metadata({_ABOUT: told}), (
        rows.take(part).replace_schema_metadata({_ABOUT: told}) for part in _parts(order, sizes)
    )


def _parts(order: Sequence[int], sizes: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield ``order`` in pieces of at most ``ORDERED_ROWS`` documents, or some ``ORDERED_CHARACTERS``."""
    start = size = 0
    for stop, number in enumerate(order, start=1):
        size += sizes[number]
        if stop - start == ORDERED_ROWS or size >= ORDERED_CHARACTERS or stop == len(order):
            yield order[start:stop]
            start, size = stop, 0


def about(table: pa.Table) -> About:
    """Return what `read` noted in a table's schema."""
    return About(**json.loads(table.schema.metadata[_ABOUT]))


def _records(
    inputs: Sequence[Path], limits: Reading, tally: corpus.Tally, progress: Callable[[int, int], None]
) -> Iterator[Document | Rejected]:
    """Yield the records, and report bytes done and in all (within a file, characters are counted for bytes)."""
    files = corpus.find_readable(inputs)
    ends: dict[str, tuple[int, int]] = {}
    total = 0
    for file in files:
        size = _size(file)
        ends[file.label] = (total, total + size)
        total += size
    done = 0
    for record in corpus.iter_records(files, limits, tally):
        if isinstance(record, Document):
            start, stop = ends[record.file]
            done = min(max(done + len(record.text), start), stop)
        if tally.read % 500 == 0:
            progress(done, total)
        yield record
    progress(total, total)


def _size(file: InputFile) -> int:
    return file.path.stat().st_size if problem_of(file) is None else 0
