"""Lines of a file with their numbers: streamed, bounded in memory, gzip or not, any encoding."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, cast

from dedupe.corpus.encoding import decode, is_binary, marked_encoding
from dedupe.corpus.inputs import InputFile

_HEAD = 4096  # bytes
_CHUNK = 2**20
BROKEN = (OSError, EOFError, zlib.error)


class Line(NamedTuple):
    """A line with its line end; ``cut`` where it was longer than the limit and its rest was dropped."""

    number: int
    text: str
    replacements: int
    cut: bool


class BinaryFileError(ValueError):
    """The file holds no text."""


def open_bytes(file: InputFile) -> BinaryIO:
    """Open a file for reading; names that end in ``.gz`` are unpacked on the way."""
    if file.path.name.lower().endswith(".gz"):
        return cast(BinaryIO, gzip.open(file.path, "rb"))
    return file.path.open("rb")


def read_lines(file: InputFile, limit: int) -> Iterator[Line]:
    """Yield the lines of a file; only a line feed ends one.

    ``limit`` is the most bytes (characters in UTF-16 and UTF-32) kept of a line. Raises BinaryFileError, and
    whatever is in BROKEN where the file cannot be read on.
    """
    with open_bytes(file) as stream:
        buffered = io.BufferedReader(cast(io.RawIOBase, stream)) if not hasattr(stream, "peek") else stream
        head = buffered.peek(_HEAD)[:_HEAD]
        if is_binary(head):
            raise BinaryFileError
        marked = marked_encoding(head)
        if marked is not None:
            buffered.read(marked[1])
        if marked is not None and marked[0] != "utf-8":
            yield from _wide_lines(buffered, marked[0], limit)
        else:
            yield from _byte_lines(buffered, limit)


def _byte_lines(stream: BinaryIO, limit: int) -> Iterator[Line]:
    likely: str | None = None
    number = 0
    while data := stream.readline(limit):
        number += 1
        cut = len(data) == limit and not data.endswith(b"\n") and _skip(stream)
        try:
            yield Line(number, data.decode("utf-8"), 0, cut)
        except UnicodeDecodeError:
            decoded = decode(data, likely=likely)
            if decoded.encoding != "utf-8":
                likely = decoded.encoding
            yield Line(number, decoded.text, decoded.replacements, cut)


def _skip(stream: BinaryIO) -> bool:
    """Pass over the rest of a line; return whether there was any."""
    skipped = 0
    while data := stream.readline(_CHUNK):
        skipped += len(data.strip(b"\r\n"))
        if data.endswith(b"\n"):
            break
    return skipped > 0


def _wide_lines(stream: BinaryIO, encoding: str, limit: int) -> Iterator[Line]:
    text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="\n")
    number = 0
    while line := text.readline(limit):
        number += 1
        cut = False
        if len(line) == limit and not line.endswith("\n"):
            while more := text.readline(_CHUNK):
                cut = cut or bool(more.strip("\r\n"))
                if more.endswith("\n"):
                    break
        yield Line(number, line, line.count("\ufffd"), cut)
