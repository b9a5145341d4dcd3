"""The table of readers: a format is added by a file with a ``read`` and a line here."""

from __future__ import annotations

from dedupe.corpus import json_lines, parquet, separated, text_files
from dedupe.corpus.inputs import InputFile
from dedupe.corpus.raw import Reader

READERS: dict[str, Reader] = {
    ".txt": text_files.read,
    ".jsonl": json_lines.read,
    ".ndjson": json_lines.read,
    ".jsonl.gz": json_lines.read,
    ".ndjson.gz": json_lines.read,
    ".csv": separated.read,
    ".tsv": separated.read,
    ".parquet": parquet.read,
}


def reader_of(file: InputFile) -> Reader | None:
    """Return the reader for a file's suffix, or None."""
    name = file.path.name.lower()
    return next((reader for suffix, reader in READERS.items() if name.endswith(suffix)), None)
