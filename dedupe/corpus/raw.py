"""What a reader hands on: one record of a file, not yet checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from dedupe.corpus.inputs import InputFile
from dedupe.settings import Reading


@dataclass(frozen=True, slots=True)
class Raw:
    """The fields of a record, or the reason why it has none.

    ``line`` is the record's line or row, from 1; 0 where the record is the whole file.
    """

    line: int
    fields: Mapping[str, object] | None
    reason: str = ""
    replacements: int = 0


Reader = Callable[[InputFile, Reading], Iterator[Raw]]


def longest_bytes(limits: Reading) -> int:
    """Return how many bytes a record within the limits can take: a character escaped in JSON takes six."""
    return 6 * limits.max_characters + 2**20


def too_long(limits: Reading) -> str:
    """Say that a text is over the limit and what to do."""
    return (
        f"the text is longer than {limits.max_characters:,} characters; "
        "split it, or raise reading.max_characters"
    )
