"""``.parquet`` with at least the columns ``id`` and ``text``."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from dedupe.corpus.inputs import InputFile
from dedupe.corpus.raw import Raw
from dedupe.settings import Reading

FIELDS = ("id", "text", "outlet", "kind", "source_id", "published", "language", "title", "url")
_BATCH = 512  # rows


def read(file: InputFile, limits: Reading) -> Iterator[Raw]:
    """Yield a record for every row; ``line`` is its number from 1."""
    number = 0
    try:
        with pq.ParquetFile(file.path) as parquet:
            names = parquet.schema_arrow.names
            if not {"id", "text"} <= set(names):
                yield Raw(0, None, f"the columns are {', '.join(names)}; the file needs id and text")
                return
            columns = [name for name in FIELDS if name in names]
            for batch in parquet.iter_batches(batch_size=_BATCH, columns=columns):
                for fields in batch.to_pylist():
                    number += 1
                    yield Raw(number, {name: value for name, value in fields.items() if value is not None})
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        yield Raw(
            number + 1 if number else 0, None, f"not readable as Parquet ({reason}); write the file again"
        )
