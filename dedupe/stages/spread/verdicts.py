"""Accepted passages with their documents → matches and families; families with theirs → origins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedupe.records import CANDIDATES, CREDITS, FAMILIES, MATCHES, ORIGINS
from dedupe.settings import Settings
from dedupe.stages import reach, verdicts
from dedupe.stages.columns import codes, flat, grouped, numbers
from dedupe.stages.credits import catalogue
from dedupe.stages.ledger import PASSAGES

CREDIT = pa.struct([field for field in CREDITS if field.name != "document"])
_HOME = [("home", pa.int64()), ("home_start", pa.int64()), ("home_stop", pa.int64()), ("row", pa.int64())]
_SIDES = [("a_number", pa.int64()), ("b_number", pa.int64())]
MATCHED = pa.schema([
    ("matches", pa.list_(pa.struct([*MATCHES, *_SIDES, *_HOME]))),
    ("families", pa.list_(pa.struct([*FAMILIES, *_HOME]))),
])  # fmt: skip
"""Two tables in one, some thousand rows of each in a row. ``home`` is the number of the document of a family's
smallest member, ``row`` the row's number among those that were computed together."""
ORDER = {
    "matches": ("a_number", "b_number", "a_start", "b_start", "a_stop", "b_stop", "row"),
    "families": ("home", "home_start", "home_stop", "row"),
}
"""Columns that put the rows of all parts in order."""
ABOUT_MATCH = ("family", "a", "b", "kind", "score", "a_start", "a_stop", "b_start", "b_stop")
"""What origins ask about a match."""
REACHED = pa.struct(list(FAMILIES))
JUDGED = pa.schema([*ORIGINS, ("reached", pa.list_(REACHED))])
"""Origins, each with the members of its family and how far it reaches in them (``stages.reach``)."""
REACHING = pa.schema([("document", pa.string()), *PASSAGES.value_type])
ROWS = 5_000
_NAME = re.compile(r"(.*):(\d+)-(\d+)(?:/\d+)?", re.DOTALL)

Int = NDArray[np.int64]
Wanted = Literal["matches", "families"]


@dataclass(frozen=True, slots=True)
class MatchTogether:
    """Kernel of two tables: accepted ``records.CANDIDATES`` with ``channels``, ``a_number``, ``b_number`` and
    ``place``, and their documents (``records.DOCUMENTS`` and ``number``) → ``MATCHED``.

    Passages that are copies of one another, or overlap, have to come to one call.
    """

    settings: Settings

    def __call__(self, accepted: pa.Table, documents: pa.Table) -> pa.Table:
        documents = documents.take(pc.sort_indices(documents["number"])).combine_chunks()
        keys = [(name, "ascending") for name in ("a_number", "b_number", "place")]
        accepted = accepted.take(pc.sort_indices(accepted, keys)).combine_chunks()
        candidates = accepted.select(CANDIDATES.names).cast(CANDIDATES)
        matches, members = verdicts.matched(candidates, _pairs(accepted), documents, self.settings)
        ids = documents["id"].combine_chunks()
        for name, side in zip(("a_number", "b_number"), "ab", strict=True):
            matches = matches.append_column(name, documents["number"].take(pc.index_in(matches[side], ids)))
        return _in_one([_at_home(matches, documents), _at_home(members, documents)])


@dataclass(frozen=True, slots=True)
class Judge:
    """Kernel of two tables: members of families (``records.FAMILIES`` and ``home`` …) and below them, where
    ``document`` is null, what is asked about matches (``ABOUT_MATCH``), and the members' documents with their
    credits (``entries``) → ``JUDGED``.

    The matches are the families' own, and all of a pair of documents that are both in a family.
    """

    settings: Settings
    facts: Path | None = None

    def __call__(self, rows: pa.Table, documents: pa.Table) -> pa.Table:
        documents = documents.take(pc.sort_indices(documents["number"])).combine_chunks()
        member = pc.is_valid(rows["document"])
        members, matches = rows.filter(member), rows.filter(pc.invert(member)).select(ABOUT_MATCH)
        members = members.take(
            pc.sort_indices(members, [(name, "ascending") for name in ORDER["families"]])
        ).combine_chunks()
        members, matches = members.select(FAMILIES.names), matches.combine_chunks()
        credits = _credits(documents)
        origins = verdicts.judged(members, matches, documents, credits, catalogue(self.facts), self.settings)
        reached = reach.widened(members, matches, origins, credits)
        numbered, names = codes(reached["family"])  # in the order of names, as origins are
        order = np.argsort(numbered, kind="stable")
        entries = reached.take(pa.array(order)).combine_chunks().to_struct_array()
        together = pa.concat_arrays(entries.chunks) if entries.num_chunks else pa.array([], REACHED)
        lists = grouped(together, numbered[order].astype(np.int64), len(names))
        return origins.append_column("reached", lists)


@dataclass(frozen=True, slots=True)
class Reached:
    """Kernel: ``JUDGED`` → what the ledger asks about each member: ``document`` and ``PASSAGES``."""

    def __call__(self, batch: pa.Table) -> pa.Table:
        entries, owner = flat(batch["reached"])
        members = pa.Table.from_struct_array(entries)
        for name in ("source", "confidence"):
            members = members.append_column(name, batch[name].combine_chunks().take(pa.array(owner)))
        return members.select(REACHING.names)


@dataclass(frozen=True, slots=True)
class Only:
    """Kernel: ``MATCHED`` → the rows of one of its tables."""

    table: Wanted

    def __call__(self, batch: pa.Table) -> pa.Table:
        entries, _ = flat(batch[self.table])
        return pa.Table.from_struct_array(entries)


def only(table: Wanted) -> pa.Schema:
    """Return the schema of `Only`."""
    return pa.schema(list(MATCHED.field(table).type.value_type))


def _pairs(accepted: pa.Table) -> pa.Table:
    """Return each pair once, with its channels."""
    a, b = numbers(accepted["a_number"]), numbers(accepted["b_number"])
    first = np.flatnonzero(np.concatenate(([True], (np.diff(a) != 0) | (np.diff(b) != 0))))[: len(a)]
    return accepted.select(["a", "b", "channels"]).take(pa.array(first))


def _credits(documents: pa.Table) -> pa.Table:
    entries, owner = flat(documents["entries"])
    columns: dict[str, Any] = {"document": documents["id"].combine_chunks().take(pa.array(owner))}
    columns.update({field.name: entries.field(n) for n, field in enumerate(entries.type)})
    return pa.table({name: columns[name] for name in CREDITS.names}, schema=CREDITS)


def _at_home(rows: pa.Table, documents: pa.Table) -> pa.Table:
    """Add where each row's family has its smallest member, which its name tells, and the row's number."""
    names, number = np.unique(np.array(rows["family"].to_pylist(), object), return_inverse=True)
    found = [_NAME.fullmatch(name) for name in names.tolist()]
    first = pa.array([name[1] if name else None for name in found], pa.string())
    home = numbers(documents["number"].take(pc.index_in(first, documents["id"].combine_chunks())))
    places = [np.array([int(name[group]) if name else 0 for name in found], np.int64) for group in (2, 3)]
    columns: list[Int] = [*(column[number] for column in (home, *places)), np.arange(rows.num_rows)]
    for (name, kind), column in zip(_HOME, columns, strict=True):
        rows = rows.append_column(name, pa.array(column, kind))
    return rows


def _in_one(tables: list[pa.Table]) -> pa.Table:
    count = max(1, *(-(-table.num_rows // ROWS) for table in tables))
    columns = []
    for table, field in zip(tables, MATCHED, strict=True):
        structs = table.combine_chunks().to_struct_array()
        entries = pa.concat_arrays(structs.chunks) if structs.num_chunks else pa.array([], structs.type)
        bounds = np.minimum(np.arange(count + 1) * ROWS, len(entries)).astype(np.int32)
        columns.append(pa.ListArray.from_arrays(pa.array(bounds), entries).cast(field.type))
    return pa.table(columns, schema=MATCHED)
