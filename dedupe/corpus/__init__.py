"""Files to documents.

One table of readers (:mod:`dedupe.corpus.readers`), chosen by suffix. A bad record is rejected
with file, line and reason, and never stops the rest: ``read == len(documents) + len(rejected)``.

Records have ``id`` and ``text``; ``outlet, kind, source_id, published, language, title, url`` are
optional; other fields are passed over. What is missing is looked for in the text: outlet
(dateline, else host of the URL, else folder or file name), title, date of publication, language.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dedupe.corpus.checking import Tally, check, stem_of, where_of
from dedupe.corpus.inputs import InputFile, digest, find_files, problem_of
from dedupe.corpus.raw import Raw
from dedupe.corpus.readers import READERS, reader_of
from dedupe.errors import InputError
from dedupe.records import Document, Rejected
from dedupe.settings import Reading

__all__ = ["READERS", "Corpus", "InputFile", "Tally", "find_files", "find_readable", "iter_records", "load"]

_STEP = 500  # records between two reports of progress


@dataclass(frozen=True, slots=True)
class Corpus:
    """All that was read: documents by id, rejected records in the order of files and lines.

    ``digests`` maps each file's label to the SHA-256 of its bytes; ``replacements`` counts the
    characters that could not be decoded; ``notes`` counts values that were not understood;
    ``skipped`` are the labels of files in the folders that no reader takes.
    """

    documents: list[Document]
    rejected: list[Rejected]
    read: int
    digests: Mapping[str, str]
    replacements: int
    notes: Mapping[str, int]
    skipped: Sequence[str]


def load(
    inputs: Sequence[Path],
    limits: Reading | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Corpus:
    """Read files and folders into memory; see :func:`iter_records`.

    ``progress`` is called with bytes done and bytes in all (about: within a file, characters are
    counted for bytes). Raises InputError for an input that is missing, and for a folder without
    a file that a reader takes.
    """
    files = find_files(inputs)
    chosen = _readable(files, inputs)
    sizes = {file.label: file.path.stat().st_size if problem_of(file) is None else 0 for file in chosen}
    ends, total = {}, 0
    for file in chosen:
        total += sizes[file.label]
        ends[file.label] = total
    tally = Tally()
    documents: list[Document] = []
    rejected: list[Rejected] = []
    done = 0
    for record in iter_records(chosen, limits or Reading(), tally):
        if isinstance(record, Document):
            documents.append(record)
            done = min(
                max(done + len(record.text), ends[record.file] - sizes[record.file]), ends[record.file]
            )
        else:
            rejected.append(record)
        if progress is not None and tally.read % _STEP == 0:
            progress(done, total)
    if progress is not None:
        progress(total, total)
    documents.sort(key=lambda document: document.id)
    return Corpus(
        documents,
        rejected,
        tally.read,
        {file.label: digest(file) for file in chosen if sizes[file.label]},
        tally.replacements,
        dict(sorted(tally.notes.items())),
        [file.label for file in files if file not in set(chosen)],
    )


def find_readable(inputs: Sequence[Path], *, sort: bool = True) -> list[InputFile]:
    """Return the files that are read: all that are named, and of folders those with a reader.

    They are sorted by label, or, without ``sort``, in the order of the inputs. Raises InputError
    like :func:`load`.
    """
    files = _readable(find_files(inputs), inputs)
    if sort:
        return files
    ranks = [os.path.realpath(path) for path in inputs]

    def rank(file: InputFile) -> int:
        real = Path(os.path.realpath(file.path))
        return next(n for n, path in enumerate(ranks) if real.is_relative_to(path))

    return sorted(files, key=rank)


def _readable(files: list[InputFile], inputs: Sequence[Path]) -> list[InputFile]:
    chosen = [file for file in files if not file.walked or reader_of(file)]
    if not chosen:
        raise InputError(
            f"no file of a kind that is read, among {len(files)}",
            where=", ".join(str(path) for path in inputs),
            mend=f"give {', '.join(READERS)}",
        )
    return chosen


def iter_records(files: Sequence[InputFile], limits: Reading, tally: Tally) -> Iterator[Document | Rejected]:
    """Yield every record of the files, in their order, as a document or a rejection.

    Of records with one id the first in that order is kept (``find_files`` sorts by name, so the
    order of the command line does not matter). ``tally`` counts as the records pass.
    """
    first_seen: dict[str, str] = {}
    for file, default in zip(files, default_ids(files), strict=True):
        for raw in read_raw(file, limits):
            record = check(raw, file, default_id=default, limits=limits, tally=tally)
            if isinstance(record, Document):
                where = where_of(file, raw.line)
                earlier = first_seen.setdefault(record.id, where)
                if earlier is not where:
                    reason = f"id {record.id!r} was already used in {earlier}; give each record its own id"
                    record = Rejected(where, reason, record.id)
            yield record


def default_ids(files: Sequence[InputFile]) -> list[str | None]:
    """Return the ids of the documents in files of plain text, which have none of their own."""
    stems = Counter(stem_of(file) for file in files if _is_text(file))
    return [_default_id(file, stems) if _is_text(file) else None for file in files]


def _is_text(file: InputFile) -> bool:
    return file.path.suffix.lower() == ".txt"


def _default_id(file: InputFile, stems: Mapping[str, int]) -> str:
    stem = stem_of(file)
    return stem if stems[stem] == 1 else file.label.rpartition(".")[0]


def read_raw(file: InputFile, limits: Reading) -> Iterator[Raw]:
    """Return the records of a file as they stand, or one that says why there are none."""
    problem = problem_of(file)
    reader = reader_of(file)
    if reader is None and problem is None:
        problem = f"files of this kind are not read; give one of {', '.join(READERS)}"
    if problem is not None or reader is None:
        return iter((Raw(0, None, problem or ""),))
    return reader(file, limits)
