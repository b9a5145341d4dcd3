"""Vectors kept on disk, so that a sentence is encoded once.

A folder per model holds Arrow files of two columns: the digest of a sentence and its
half-precision vector. A file is written under a temporary name and renamed, and is
never changed afterwards; whatever cannot be read is passed over and encoded anew. So
several runs may write at once, and a killed one leaves nothing harmful behind.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedupe.reuse.translated.embedding import Embedder, clean_sentence, encode_checked

_KEY_BYTES = 16
_BLOCK = 4096
"""Sentences encoded between two writes: what a killed run can lose."""
_MAX_FILES = 16
"""More files than this are merged into one at the next write."""


def encode_cached(
    embedder: Embedder,
    texts: Sequence[str],
    cache: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.float16]:
    """Return one unit vector per text, shape (len(texts), embedder.size).

    Equal sentences are encoded once. ``progress`` is told (sentences done, sentences to
    encode). The result is the same with a cache, without one, and with a damaged one.
    Raises DedupeError when the model fails.
    """
    clean = [clean_sentence(text) for text in texts]
    unique = sorted(set(clean))
    digests = [_digest(text) for text in unique]
    folder = None if cache is None else cache / _folder_name(embedder)
    vectors = np.zeros((len(unique), embedder.size), dtype=np.float16)
    known = _read(folder, digests, vectors)
    todo = np.flatnonzero(~known)
    for start in range(0, len(todo), _BLOCK):
        rows = todo[start : start + _BLOCK]
        vectors[rows] = encode_checked(embedder, [unique[row] for row in rows])
        if folder is not None:
            _write(folder, [digests[row] for row in rows], vectors[rows])
        if progress is not None:
            progress(min(start + _BLOCK, len(todo)), len(todo))
    place = {text: row for row, text in enumerate(unique)}
    return vectors[np.fromiter((place[text] for text in clean), dtype=np.int64, count=len(clean))]


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8"), digest_size=_KEY_BYTES).digest()


def _folder_name(embedder: Embedder) -> str:
    readable = re.sub(r"[^A-Za-z0-9.]", "-", embedder.name)[:60]
    return f"{readable}-{embedder.size}-{_digest(embedder.name).hex()[:8]}"


def _read(folder: Path | None, digests: Sequence[bytes], into: NDArray[np.float16]) -> NDArray[np.bool_]:
    """Fill the rows of ``into`` that the folder holds; return which they are."""
    known = np.zeros(len(digests), dtype=np.bool_)
    if folder is None or not folder.is_dir():
        return known
    wanted = pa.array(digests, pa.binary(_KEY_BYTES))
    for path in sorted(folder.glob("*.arrow")):
        rows, vectors = _find(path, wanted, into.shape[1])
        into[rows] = vectors
        known[rows] = True
    return known


def _find(path: Path, wanted: pa.Array, size: int) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
    """Return which of the wanted keys a file holds, and their vectors; the rest of it is not read."""
    try:
        with pa.memory_map(str(path)) as source:
            table = pa.ipc.open_file(source).read_all()
            place = pc.index_in(table.column("key"), wanted)
            held = table.append_column("row", place).filter(pc.is_valid(place))
            return held.column("row").to_numpy().astype(np.int64), _vectors(held.column("vector"), size)
    except (OSError, pa.ArrowException, KeyError, ValueError, TypeError):
        pass
    return np.zeros(0, np.int64), np.zeros((0, size), dtype=np.float16)


def _load(path: Path, size: int) -> tuple[list[bytes], NDArray[np.float16]]:
    try:
        table = pa.ipc.open_file(path.read_bytes()).read_all()
        return table.column("key").to_pylist(), _vectors(table.column("vector"), size)
    except (OSError, pa.ArrowInvalid, KeyError, ValueError, TypeError):
        pass
    return [], np.zeros((0, size), dtype=np.float16)


def _write(folder: Path, keys: Sequence[bytes], vectors: NDArray[np.float16]) -> None:
    """Add one file; a folder that cannot be written costs the cache, not the run."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        old = sorted(folder.glob("*.arrow"))
        merged: list[Path] = []
        if len(old) >= _MAX_FILES:
            keys, vectors = _merge(old, keys, vectors)
            merged = old
        table = pa.table(
            {
                "key": pa.array(keys, pa.binary(_KEY_BYTES)),
                "vector": pa.array(
                    [row.tobytes() for row in vectors.astype("<f2")], pa.binary(2 * vectors.shape[1])
                ),
            }
        )
        name = hashlib.blake2b(b"".join(keys), digest_size=16).hexdigest() + ".arrow"
        handle, temporary = tempfile.mkstemp(dir=folder, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
            os.replace(temporary, folder / name)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        for path in merged:
            if path.name != name:
                path.unlink(missing_ok=True)
    except OSError:
        return


def _merge(
    paths: Sequence[Path], keys: Sequence[bytes], vectors: NDArray[np.float16]
) -> tuple[list[bytes], NDArray[np.float16]]:
    seen = dict.fromkeys(keys, None)
    all_keys, all_vectors = list(keys), [vectors]
    for path in paths:
        more, rows = _load(path, vectors.shape[1])
        fresh = [place for place, key in enumerate(more) if key not in seen]
        for place in fresh:
            seen[more[place]] = None
        all_keys += [more[place] for place in fresh]
        all_vectors.append(rows[fresh])
    return all_keys, np.concatenate(all_vectors)


def _vectors(column: pa.ChunkedArray, size: int) -> NDArray[np.float16]:
    """Return the vectors of a file; raises ValueError for a size that is another, or a number that is none."""
    packed = b"".join(column.to_pylist())
    vectors = np.frombuffer(packed, dtype="<f2").reshape(len(column), size).astype(np.float16)
    if not np.isfinite(vectors).all():
        raise ValueError("not finite")
    return vectors
