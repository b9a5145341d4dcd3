"""Inputs to files: which files are read, in which order, under which names.

The order depends on names and content only, never on the order of the command line.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dedupe.errors import InputError


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read: where it is and the name it goes by in results.

    ``folders`` are those between the input given and the file; ``walked`` says that the file
    was met in a folder, not named itself.
    """

    path: Path
    label: str
    folders: tuple[str, ...]
    walked: bool


def find_files(inputs: Sequence[Path]) -> list[InputFile]:
    """Return the files of the inputs, sorted by label.

    A label is the path relative to the folder given (or the bare file name), with parent
    folders put before it only where two files would else share one. Files and folders whose
    names begin with a full stop or two underscores (``__MACOSX``, ``__pycache__``) are left out
    when a folder is walked. A file that is reached
    twice is read once. Raises InputError for an input that is missing and a folder without files.
    """
    found: dict[str, tuple[Path, Path, bool]] = {}  # resolved path -> path, label, walked
    for given in inputs:
        if not os.path.lexists(given):
            raise InputError("no such file or folder", where=str(given), mend="check the path")
        if given.is_dir():
            files = list(_walk(given))
            if not files:
                raise InputError(
                    "the folder has no files",
                    where=str(given),
                    mend="put articles there as .txt, .jsonl, .csv or .parquet, or name another folder",
                )
        else:
            files = [given]
        for path in files:
            label = path.relative_to(given) if path != given else Path(path.name)
            real = os.path.realpath(path)
            known = found.setdefault(real, (path, label, path != given))
            if len(label.parts) > len(known[1].parts):  # the same label whatever was named first
                found[real] = (path, label, known[2] and path != given)
    return sorted(_labelled(list(found.values())), key=lambda file: file.label)


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        for name in sorted(names):
            if not name.startswith((".", "__")):
                yield Path(root) / name


def _labelled(files: list[tuple[Path, Path, bool]]) -> Iterator[InputFile]:
    """Lengthen labels that clash by parent folders until they differ."""
    labels = {path: label.parts for path, label, _ in files}
    while clashing := _clashes(labels):
        grown = False
        for path in clashing:
            parts = path.absolute().parts
            if len(labels[path]) < len(parts) - 1:
                labels[path] = parts[-len(labels[path]) - 1 :]
                grown = True
        if not grown:
            break
    for path, label, walked in files:
        yield InputFile(path, "/".join(labels[path]), label.parts[:-1], walked)


def _clashes(labels: dict[Path, tuple[str, ...]]) -> list[Path]:
    holders: dict[tuple[str, ...], list[Path]] = {}
    for path, parts in labels.items():
        holders.setdefault(parts, []).append(path)
    return [path for paths in holders.values() if len(paths) > 1 for path in paths]


def problem_of(file: InputFile) -> str | None:
    """Return why a file cannot be read, or None."""
    try:
        mode = os.stat(file.path).st_mode
        if not stat.S_ISREG(mode):
            return "not a regular file; give a file or a folder"
        with file.path.open("rb") as stream:
            return None if stream.read(1) else "the file is empty; remove it or fill it"
    except OSError as error:
        return f"cannot be opened ({error.strerror}); check that it exists and may be read"


def digest(file: InputFile) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with file.path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
