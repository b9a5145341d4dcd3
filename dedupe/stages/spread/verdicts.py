"""Accepted passages with their documents → matches, families and origins of all of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.records import CANDIDATES, CREDITS, DOCUMENTS, FAMILIES, MATCHES, ORIGINS
from dedupe.settings import Settings
from dedupe.stages import verdicts
from dedupe.stages.columns import flat, numbers
from dedupe.stages.credits import catalogue

ORDER = ("first", "second", "third", "fourth", "fifth", "sixth", "place")
"""Columns by which the rows of all parts are put in order."""
CREDIT = pa.struct([field for field in CREDITS if field.name != "document"])
WITH_CREDITS = pa.schema([*DOCUMENTS, ("number", pa.int64()), ("entries", pa.list_(CREDIT))])

Wanted = Literal["matches", "families", "origins"]


def ordered(schema: pa.Schema) -> pa.Schema:
    """Return a schema with the columns of ``ORDER``."""
    return pa.schema([*schema, *((name, pa.int64()) for name in ORDER)])


JUDGED = pa.schema([
    ("matches", pa.list_(pa.struct(list(ordered(MATCHES))))),
    ("families", pa.list_(pa.struct(list(ordered(FAMILIES))))),
    ("origins", pa.list_(pa.struct(list(ORIGINS)))),
])  # fmt: skip
"""Three tables in one, some thousand rows of each in a row."""
_NAME = re.compile(r"(.*):(\d+)-(\d+)(?:/\d+)?", re.DOTALL)
ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Judge:
    """Kernel of two tables: accepted ``records.CANDIDATES`` with ``channels``, ``a_number``, ``b_number`` and
    ``place``, and their documents (``WITH_CREDITS``) → ``JUDGED``.

    Passages that are copies of one another, or overlap, have to come to one call.
    """

    settings: Settings
    facts: Path | None = None

    def __call__(self, accepted: pa.Table, documents: pa.Table) -> pa.Table:
        documents = documents.take(pc.sort_indices(documents["number"])).combine_chunks()
        keys = [(name, "ascending") for name in ("a_number", "b_number", "place")]
        accepted = accepted.take(pc.sort_indices(accepted, keys)).combine_chunks()
        pairs = _pairs(accepted)
        candidates = accepted.select(CANDIDATES.names).cast(CANDIDATES)
        matches, members = verdicts.matched(candidates, pairs, documents, self.settings)
        credits = _credits(documents)
        origins = verdicts.judged(
            members, matches, documents, credits, catalogue(self.facts), self.settings
        )
        tables = (_ordered_matches(matches, documents), _ordered_families(members, documents), origins)
        return _in_one(tables)


def _pairs(accepted: pa.Table) -> pa.Table:
    """Return each pair once, with its channels."""
    a, b = numbers(accepted["a_number"]), numbers(accepted["b_number"])
    first = np.flatnonzero(np.concatenate(([True], (np.diff(a) != 0) | (np.diff(b) != 0))))[: len(a)]
    return accepted.select(["a", "b", "channels"]).take(pa.array(first))


def _credits(documents: pa.Table) -> pa.Table:
    entries, owner = flat(documents["entries"])
    columns = {"document": documents["id"].combine_chunks().take(pa.array(owner))}
    columns.update({field.name: entries.field(n) for n, field in enumerate(entries.type)})
    return pa.table({name: columns[name] for name in CREDITS.names}, schema=CREDITS)


def _numbers_of(ids: pa.ChunkedArray, documents: pa.Table) -> np.ndarray:
    rows = pc.index_in(ids, documents["id"].combine_chunks())
    return numbers(documents["number"].take(rows))


def _with_order(table: pa.Table, keys: list[np.ndarray]) -> pa.Table:
    missing = len(ORDER) - 1 - len(keys)
    columns = [*keys, *([np.zeros(table.num_rows, np.int64)] * missing), np.arange(table.num_rows)]
    for name, column in zip(ORDER, columns, strict=True):
        table = table.append_column(name, pa.array(np.asarray(column, np.int64)))
    return table


def _ordered_matches(matches: pa.Table, documents: pa.Table) -> pa.Table:
    sides = [_numbers_of(matches[side], documents) for side in "ab"]
    places = [numbers(matches[name]) for name in ("a_start", "b_start", "a_stop", "b_stop")]
    return _with_order(matches, [*sides, *places])


def _ordered_families(members: pa.Table, documents: pa.Table) -> pa.Table:
    """Order members by the smallest member of their family, which its name tells, then as they stand."""
    names, number = np.unique(np.array(members["family"].to_pylist(), object), return_inverse=True)
    named = [_NAME.fullmatch(name) for name in names.tolist()]
    first = pa.chunked_array([pa.array([found[1] if found else None for found in named], pa.string())])
    keys = [_numbers_of(first, documents)]
    keys += [np.array([int(found[group]) if found else 0 for found in named], np.int64) for group in (2, 3)]
    return _with_order(members, [key[number] for key in keys])


def _in_one(tables: tuple[pa.Table, ...]) -> pa.Table:
    count = max(1, *(-(-table.num_rows // ROWS) for table in tables))
    columns = []
    for table, field in zip(tables, JUDGED, strict=True):
        structs = table.combine_chunks().to_struct_array()
        entries = pa.concat_arrays(structs.chunks) if structs.num_chunks else pa.array([], structs.type)
        bounds = np.minimum(np.arange(count + 1) * ROWS, len(entries)).astype(np.int32)
        columns.append(pa.ListArray.from_arrays(pa.array(bounds), entries).cast(field.type))
    return pa.table(columns, schema=JUDGED)


@dataclass(frozen=True, slots=True)
class Only:
    """Kernel: ``JUDGED`` → the rows of one of its tables."""

    table: Wanted

    def __call__(self, batch: pa.Table) -> pa.Table:
        entries, _ = flat(batch[self.table])
        return pa.Table.from_struct_array(entries)
