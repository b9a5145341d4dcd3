"""A run's tables as the columns that the report's script reads.

Offsets leave here as UTF-16 code units (what JavaScript counts in); documents are ordered so
that copies of one text stand near each other, which halves their size when packed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.records import CHANNELS, LEDGER_CLASSES, MATCH_KINDS
from dedupe.reports.columns import Context, Utf16, listed
from dedupe.reports.flow import flow
from dedupe.reports.pairs import GUARDS, below_the_cut, pack_pairs
from dedupe.reports.select import (
    Ints,
    documents_to_show,
    grouped,
    index_of,
    numbers,
)
from dedupe.settings import Report

ROLES = ("credit", "photo", "disputed", "copyright")
STRENGTHS = ("certain", "likely", "possible")


def pack(
    tables: Mapping[str, pa.Table], names: Mapping[str, str], limit: Report
) -> tuple[dict[str, Any], list[str]]:
    """Return (columns, texts): everything the report shows but the texts, and the texts in its order."""
    tables = dict(tables)
    shown = _in_reading_order(tables, documents_to_show(tables, limit.documents))
    documents = tables["documents"].take(pa.array(shown))
    ids = documents["id"].combine_chunks()
    texts = [text or "" for text in documents["text"].to_pylist()]
    units = Utf16(texts)
    sources = _sources(tables)
    outlets = sorted({*_values(documents["outlet"]), *_values(tables["matrix"]["outlet"])})
    families = pc.unique(tables["families"]["family"]).sort()
    context = Context(ids, pa.array(outlets, pa.string()), pa.array(sources, pa.string()), families, units)
    pairs, matches, counted = pack_pairs(tables, context, limit)
    columns = {
        "outlets": outlets,
        "sources": [[source, names.get(source) or _plain_name(source)] for source in sources],
        "documents": _documents(documents, context),
        "ledger": _ledger(tables["ledger"], context),
        "credits": _credits(tables["credits"], context),
        "pairs": pairs,
        "matches": matches,
        "families": _families(tables, context),
        "matrix": _matrix(tables["matrix"], context),
        "flow": flow(tables["matrix"], names),
        "below": below_the_cut(tables["candidates"]),
        "left_out": {**_left_out(tables, documents), **counted},
        "kinds": MATCH_KINDS,
        "classes": LEDGER_CLASSES,
        "channels": CHANNELS,
        "guards": GUARDS,
        "roles": ROLES,
        "strengths": STRENGTHS,
    }
    return columns, texts


def _in_reading_order(tables: dict[str, pa.Table], shown: Ints) -> Ints:
    """Order documents by their first family, so that copies stand together, then by id."""
    documents, families = tables["documents"], tables["families"]
    ids = documents["id"].combine_chunks()
    member = index_of(families["document"], ids)
    name = index_of(families["family"], pc.unique(families["family"]).sort())
    first = np.full(documents.num_rows, np.iinfo(np.int64).max)
    np.minimum.at(first, member[member >= 0], name[member >= 0])
    by_id = np.asarray(pc.rank(ids, tiebreaker="first").to_numpy(), dtype=np.int64)
    return shown[np.lexsort((by_id[shown], first[shown]))]


def _values(column: pa.ChunkedArray) -> set[str]:
    return {value or "" for value in pc.unique(column).to_pylist()}


def _plain_name(source: str) -> str:
    """Return a readable name for an id without one: ``generic:state-media`` is "state media"."""
    return source.partition(":")[2].replace("-", " ") if ":" in source else source


def _sources(tables: Mapping[str, pa.Table]) -> list[str]:
    found = (
        _values(tables["matrix"]["source"])
        | _values(tables["matrix"]["via"])
        | _values(tables["origins"]["source"])
    )
    found |= (
        _values(tables["ledger"]["source"])
        | _values(tables["ledger"]["via"])
        | _values(tables["documents"]["source_id"])
    )
    found |= _values(pc.list_flatten(tables["credits"]["chain"]))
    found |= _values(pc.struct_field(pc.list_flatten(tables["origins"]["evidence"]), "source"))
    return sorted(found - {""})


def _documents(documents: pa.Table, context: Context) -> dict[str, Any]:
    plain = {
        name: documents[name].to_pylist() for name in ("id", "published", "language", "url", "title", "file")
    }
    return {
        **plain,
        "outlet": listed(index_of(documents["outlet"], context.outlets)),
        "outlet_from": documents["outlet_from"].to_pylist(),
        "wire": listed(np.asarray(pc.equal(documents["kind"], "wire").to_numpy(), dtype=np.int64)),
        "source": listed(index_of(documents["source_id"], context.sources)),
        "words": listed(numbers(documents["words"])),
    }


def _by_document(table: pa.Table, context: Context) -> tuple[pa.Table, Ints, list[int]]:
    """Return (rows sorted by document and start, their documents, rows per document)."""
    document = context.document(table["document"])
    order, offsets = grouped(document, len(context.ids))
    order = order[offsets[0] :]
    start = numbers(table["start"]).astype(np.int64)
    order = order[np.lexsort((start[order], document[order]))]
    return table.take(pa.array(order)), document[order], listed(np.diff(offsets))


def _ledger(ledger: pa.Table, context: Context) -> dict[str, Any]:
    rows, document, counts = _by_document(ledger, context)
    start, length = context.span(rows, document)
    return {
        "n": counts,
        "start": listed(start),
        "length": listed(length),
        "class": listed(index_of(rows["class"], pa.array(LEDGER_CLASSES))),
        "source": listed(index_of(rows["source"], context.sources)),
        "via": listed(index_of(rows["via"], context.sources)),
        "family": listed(index_of(rows["family"], context.families)),
        "words": listed(numbers(rows["words"])),
    }


def _credits(credits: pa.Table, context: Context) -> dict[str, Any]:
    rows, document, counts = _by_document(credits, context)
    start, length = context.span(rows, document)
    per_row = numbers(pc.list_value_length(rows["covers"])).astype(np.int64)
    covers = pc.list_flatten(rows["covers"])
    owner = np.repeat(document, per_row)
    cover_table = pa.table(
        {
            "start": pc.struct_field(covers, "start"),
            "stop": pc.struct_field(covers, "stop"),
            "strength": pc.struct_field(covers, "strength"),
        }
    )
    cover_start, cover_length = context.span(cover_table, owner)
    place = {source: index for index, source in enumerate(context.sources.to_pylist())}
    return {
        "n": counts,
        "start": listed(start),
        "length": listed(length),
        "chain": [[place[link] for link in chain or ()] for chain in rows["chain"].to_pylist()],
        "role": listed(index_of(rows["role"], pa.array(ROLES))),
        "confidence": listed(numbers(rows["confidence"], np.float64)),
        "covers": listed(per_row),
        "cover_start": listed(cover_start),
        "cover_length": listed(cover_length),
        "cover_strength": listed(index_of(cover_table["strength"], pa.array(STRENGTHS))),
    }


def _families(tables: Mapping[str, pa.Table], context: Context) -> dict[str, Any]:
    """Return the families that have a member among the shown documents, with all their members."""
    members, origins = tables["families"], tables["origins"]
    family = index_of(members["family"], context.families)
    document = context.document(members["document"])
    total = np.bincount(family, minlength=len(context.families))
    shown = document >= 0
    order, offsets = grouped(np.where(shown, family, -1), len(context.families))
    order = order[offsets[0] :]
    order = order[np.lexsort((numbers(members["start"])[order], document[order], family[order]))]
    rows = members.take(pa.array(order))
    start, length = context.span(rows, document[order])
    origin_at = index_of(pa.chunked_array([context.families]), origins["family"].combine_chunks())
    found = origins.take(pa.array(origin_at, mask=origin_at < 0))
    has_member = np.diff(offsets) > 0
    evidence: list[list[Any]] = [[] for _ in context.families]
    entries, owner = _evidence(found["evidence"], context)
    for family, entry in zip(owner.tolist(), entries, strict=True):
        if has_member[family]:
            evidence[family].append(entry)
    return {
        "name": context.families.to_pylist(),
        "total": listed(total),
        "n": listed(np.diff(offsets)),
        "document": listed(document[order]),
        "start": listed(start),
        "length": listed(length),
        "words": listed(numbers(rows["words"])),
        "source": listed(index_of(found["source"], context.sources)),
        "confidence": listed(numbers(found["confidence"], np.float64)),
        "basis": [value or "none" for value in found["basis"].to_pylist()],
        "direction": [value or "" for value in found["direction"].to_pylist()],
        "evidence": evidence,
    }


def _evidence(column: pa.ChunkedArray, context: Context) -> tuple[list[list[Any]], Ints]:
    """Return ``[kind, document or its id, start, length, source, weight, note]`` of all, and the row of each."""
    lists = column.combine_chunks()
    owner = np.asarray(pc.list_parent_indices(lists).to_numpy(), dtype=np.int64)
    items = pa.Table.from_struct_array(pc.list_flatten(lists))
    document = context.document(items["document"])
    start, length = context.span(items, document)
    source = index_of(items["source"], context.sources)
    names = (items[name].to_pylist() for name in ("kind", "document", "weight", "note"))
    rows = [
        [kind, place if place >= 0 else name, first, long, origin, round(float(weight or 0), 3), note or ""]
        for place, first, long, origin, kind, name, weight, note in zip(
            *(column.tolist() for column in (document, start, length, source)), *names, strict=True
        )
    ]
    return rows, owner


def _matrix(matrix: pa.Table, context: Context) -> dict[str, Any]:
    return {
        "outlet": listed(index_of(matrix["outlet"], context.outlets)),
        "source": listed(index_of(matrix["source"], context.sources)),
        "via": listed(index_of(matrix["via"], context.sources)),
        "class": listed(index_of(matrix["class"], pa.array(LEDGER_CLASSES))),
        "words": listed(numbers(matrix["words"])),
        "passages": listed(numbers(matrix["passages"])),
        "documents": listed(numbers(matrix["documents"])),
    }


def _left_out(tables: Mapping[str, pa.Table], documents: pa.Table) -> dict[str, Any]:
    """Count what the report does not carry, documents by outlet."""
    everything = tables["documents"]
    per_outlet = dict.fromkeys(sorted(_values(everything["outlet"])), 0)
    for column, sign in ((everything["outlet"], 1), (documents["outlet"], -1)):
        for item in pc.value_counts(column.combine_chunks()).to_pylist():
            per_outlet[item["values"] or ""] += sign * item["counts"]
    return {
        "documents": everything.num_rows - documents.num_rows,
        "of_documents": everything.num_rows,
        "outlets": [[name, count] for name, count in per_outlet.items() if count],
        "wires": int(pc.sum(pc.equal(everything["kind"], "wire")).as_py() or 0),
    }
