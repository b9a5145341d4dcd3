"""Arrays too large to hold together, put aside in files and taken back piece by piece."""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from dedupe.text.kernels import U64


class Column:
    """One array written piece by piece into a file, then read through memory mapping."""

    def __init__(self, path: Path | None, dtype: type[np.generic], width: int = 0) -> None:
        """``width`` makes it a matrix of so many columns. Without a path it is held in memory."""
        self._path, self._dtype, self._width = path, dtype, width
        self._stream: BinaryIO = path.open("wb") if path else BytesIO()

    def add(self, piece: NDArray[Any]) -> None:
        """Append a piece."""
        self._stream.write(np.ascontiguousarray(piece, self._dtype).data.cast("B"))

    def array(self) -> NDArray[Any]:
        """End writing; return the whole, read-only."""
        whole: NDArray[Any]
        if isinstance(self._stream, BytesIO):
            whole = np.frombuffer(self._stream.getbuffer().toreadonly(), self._dtype)
            return whole.reshape(-1, self._width) if self._width else whole
        self._stream.close()
        assert self._path is not None
        if not self._path.stat().st_size:
            return np.empty((0, self._width) if self._width else 0, self._dtype)
        whole = np.memmap(self._path, self._dtype, "r").view(np.ndarray)
        return whole.reshape(-1, self._width) if self._width else whole


def let_go(*arrays: NDArray[Any]) -> None:
    """Take the pages of arrays that are mapped from files out of this process's memory; they come back when looked
    at. Nothing happens to other arrays, nor where the system cannot do it."""
    for array in arrays:
        base: Any = array
        while isinstance(base, np.ndarray):
            base = base.base
        if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            base.madvise(mmap.MADV_DONTNEED)


class Shelves:
    """Pieces of uint64 sorted onto numbered shelves; held in memory up to ``room`` bytes, then on disk."""

    def __init__(self, path: Path, count: int, room: int) -> None:
        self._stream = path.open("w+b")
        self._room, self._held = room, 0
        self._pieces: list[list[U64]] = [[] for _ in range(count)]
        self._stored: list[list[tuple[int, int]]] = [[] for _ in range(count)]

    def __len__(self) -> int:
        return len(self._pieces)

    def add(self, pieces: Sequence[U64]) -> None:
        """Add one piece to each shelf."""
        for shelf, piece in zip(self._pieces, pieces, strict=True):
            if len(piece):
                shelf.append(piece)
                self._held += piece.nbytes
        if self._held > self._room:
            self._store()

    def take(self, number: int) -> list[U64]:
        """Return what stands on a shelf, as pieces in the order in which they came; the shelf is then empty."""
        pieces = []
        for start, length in self._stored[number]:
            self._stream.seek(start)
            pieces.append(np.frombuffer(self._stream.read(length), np.uint64))
        pieces += self._pieces[number]
        self._stored[number], self._pieces[number] = [], []
        return pieces

    def close(self) -> None:
        """Remove the file's contents."""
        self._stream.truncate(0)
        self._stream.close()

    def _store(self) -> None:
        self._stream.seek(0, 2)
        for number, shelf in enumerate(self._pieces):
            for piece in shelf:
                # Piece by piece: their order is what makes results independent of the room.
                start = self._stream.tell()
                self._stream.write(piece.data.cast("B"))
                self._stored[number].append((start, piece.nbytes))
            shelf.clear()
        self._held = 0
