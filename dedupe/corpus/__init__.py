"""Files to documents.

    corpus = load([Path("articles")], Settings())

One table of readers (:mod:`dedupe.corpus.readers`); a bad record is rejected with file, line and
reason, and never stops the rest: ``read == len(documents) + len(rejected)``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dedupe.corpus.checking import Tally, check, stem_of, where_of
from dedupe.corpus.inputs import InputFile, digest, find_files, problem_of
from dedupe.corpus.raw import Raw
from dedupe.corpus.readers import READERS, reader_of
from dedupe.records import Document, Rejected
from dedupe.settings import Settings

__all__ = ["READERS", "Corpus", "InputFile", "Tally", "find_files", "iter_records", "load"]


@dataclass(frozen=True, slots=True)
class Corpus:
    """All that was read: documents by id, rejected records in the order of files and lines.

    ``digests`` maps each file's label to the SHA-256 of its bytes; ``replacements`` counts the
    characters that could not be decoded; ``notes`` counts values that were not understood.
    """

    documents: list[Document]
    rejected: list[Rejected]
    read: int
    digests: Mapping[str, str]
    replacements: int
    notes: Mapping[str, int]


def load(inputs: Sequence[Path], settings: Settings | None = None) -> Corpus:
    """Read files and folders into memory; see :func:`iter_records`.

    Raises InputError for an input that is missing or a folder without files.
    """
    files = find_files(inputs)
    tally = Tally()
    documents: list[Document] = []
    rejected: list[Rejected] = []
    for record in iter_records(files, settings or Settings(), tally):
        if isinstance(record, Document):
            documents.append(record)
        else:
            rejected.append(record)
    documents.sort(key=lambda document: document.id)
    digests = {file.label: digest(file) for file in files if problem_of(file) is None}
    return Corpus(documents, rejected, tally.read, digests, tally.replacements, dict(sorted(tally.notes.items())))


def iter_records(
    files: Sequence[InputFile], settings: Settings, tally: Tally
) -> Iterator[Document | Rejected]:
    """Yield every record of the files, in their order, as a document or a rejection.

    Of records with one id the first in that order is kept (``find_files`` sorts by name, so the
    order of the command line does not matter). ``tally`` counts as the records pass.
    """
    limits = settings.reading
    stems = Counter(stem_of(file) for file in files if file.path.suffix.lower() == ".txt")
    first_seen: dict[str, str] = {}
    for file in files:
        default = _default_id(file, stems) if file.path.suffix.lower() == ".txt" else None
        for raw in _read(file, settings):
            record = check(raw, file, default, limits, tally)
            if isinstance(record, Document):
                where = where_of(file, raw.line)
                earlier = first_seen.setdefault(record.id, where)
                if earlier is not where:
                    reason = f"id {record.id!r} was already used in {earlier}; give each record its own id"
                    record = Rejected(where, reason, record.id)
            yield record


def _default_id(file: InputFile, stems: Mapping[str, int]) -> str:
    stem = stem_of(file)
    return stem if stems[stem] == 1 else file.label.rpartition(".")[0]


def _read(file: InputFile, settings: Settings) -> Iterator[Raw]:
    problem = problem_of(file)
    reader = reader_of(file)
    if reader is None:
        problem = f"files of this kind are not read; give one of {', '.join(READERS)}"
    if problem is not None or reader is None:
        return iter((Raw(0, None, problem or ""),))
    return reader(file, settings.reading)
