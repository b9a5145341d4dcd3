"""``.txt``: one article a file. What the text does not say comes from the names of file and folders."""

from __future__ import annotations

from collections.abc import Iterator

from dedupe.corpus.encoding import decode, is_binary
from dedupe.corpus.inputs import InputFile
from dedupe.corpus.raw import Raw, longest_bytes, too_long
from dedupe.settings import Reading

WIRE_FOLDER = "wire"


def read(file: InputFile, limits: Reading) -> Iterator[Raw]:
    """Yield the one record of a text file.

    In a folder named ``wire`` it is a dispatch; a folder between, ``wire/<source id>/``, names
    the agency.
    """
    if file.path.stat().st_size > longest_bytes(limits):
        yield Raw(0, None, too_long(limits))
        return
    data = file.path.read_bytes()
    if is_binary(data):
        yield Raw(0, None, "a binary file; give plain text")
        return
    decoded = decode(data)
    fields: dict[str, object] = {"text": decoded.text}
    folders = [folder.lower() for folder in file.folders] or [file.path.absolute().parent.name.lower()]
    if WIRE_FOLDER in folders:
        fields["kind"] = "wire"
        if folders[-1] != WIRE_FOLDER:
            fields["source_id"] = file.folders[-1]
    yield Raw(0, fields, replacements=decoded.replacements)
