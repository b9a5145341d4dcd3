"""Furniture that an outlet repeats, outlet by outlet."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from dedupe.settings import Boilerplate
from dedupe.stages.columns import SPANS
from dedupe.stages.furniture import with_repeated

REPEATED = pa.schema([("number", pa.int64()), ("furniture", SPANS)])


@dataclass(frozen=True, slots=True)
class RepeatedLines:
    """Kernel: ``number, outlet, kind, id, words, furniture, sentences, lines`` of one outlet's documents →
    ``REPEATED``."""

    settings: Boilerplate

    def __call__(self, marked: pa.Table) -> pa.Table:
        marked = marked.take(pc.sort_indices(marked["number"])).combine_chunks()
        marked = marked.set_column(
            marked.schema.get_field_index("furniture"), "furniture", marked["furniture"].cast(SPANS)
        )
        rows = marked.select(["id", "furniture", "lines"])
        found = with_repeated(marked.select(["outlet", "kind"]), rows, self.settings)
        return pa.table([marked["number"], found["furniture"]], schema=REPEATED)
