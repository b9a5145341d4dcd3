"""Accepted passages → matches, families, origins."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.provenance.catalogue import Catalogue
from dedupe.provenance.origins import Coverage, Member, Origin, origin, wire_source
from dedupe.records import FAMILIES, MATCH_KINDS, MATCHES, ORIGINS
from dedupe.reuse.families import Side, families
from dedupe.settings import Settings
from dedupe.stages.credits import from_row


def matched(candidates: pa.Table, pairs: pa.Table, documents: pa.Table, settings: Settings) -> tuple[pa.Table, pa.Table]:
    """Return the tables ``matches`` and ``families`` of the accepted candidates."""
    accepted = candidates.filter(candidates["accepted"]).sort_by(
        [(name, "ascending") for name in ("a", "b", "a_start", "b_start", "a_stop", "b_stop")]
    )
    ids = documents["id"].to_pylist()
    number = {name: index for index, name in enumerate(ids)}
    sides = [
        (Side(number[a], a_start, a_stop), Side(number[b], b_start, b_stop))
        for a, a_start, a_stop, b, b_start, b_stop in zip(
            *(accepted[n].to_pylist() for n in ("a", "a_start", "a_stop", "b", "b_start", "b_stop")), strict=True
        )
    ]
    found = families(sides, overlap=settings.families.overlap)
    names = [""] * len(sides)
    members: list[dict[str, Any]] = []
    for family in found:
        first = family.members[0]
        name = f"{ids[first.document]}:{first.start}-{first.stop}"
        for index in family.matches:
            names[index] = name
        members.extend(
            {"family": name, "document": ids[m.document], "start": m.start, "stop": m.stop} for m in family.members
        )
    words = dict(zip(ids, documents["words"].to_pylist(), strict=True))
    channels = dict(zip(zip(pairs["a"].to_pylist(), pairs["b"].to_pylist(), strict=True), pairs["channels"].to_pylist(), strict=True))
    rows = accepted.select([n for n in accepted.column_names if n in MATCHES.names]).to_pylist()
    for row, name in zip(rows, names, strict=True):
        row["family"] = name
        row["a_covered"] = round(row["a_words"] / words[row["a"]], 4)
        row["b_covered"] = round(row["b_words"] / words[row["b"]], 4)
        row["channels"] = channels.get((row["a"], row["b"]), [])
    return (
        pa.Table.from_pylist(rows, schema=MATCHES),
        _with_words(pa.Table.from_pylist(members, schema=FAMILIES), documents),
    )


def _with_words(members: pa.Table, documents: pa.Table) -> pa.Table:
    """Count the words of every member in one pass over the documents that have any."""
    from dedupe.text.tokens import tokenize

    wanted = sorted(set(members["document"].to_pylist()))
    texts = documents.filter(pc.is_in(documents["id"], pa.array(wanted, pa.string())))
    batch = tokenize(texts["text"].to_pylist())
    place = {name: index for index, name in enumerate(texts["id"].to_pylist())}
    counts = []
    for row in members.select(["document", "start", "stop"]).to_pylist():
        _, starts, _ = batch.document(place[row["document"]])
        counts.append(int(np.searchsorted(starts, row["stop"]) - np.searchsorted(starts, row["start"])))
    return members.set_column(members.schema.get_field_index("words"), FAMILIES.field("words"), pa.array(counts, pa.int32()))


def judged(
    members: pa.Table, matches: pa.Table, documents: pa.Table, credits: pa.Table, catalogue: Catalogue, settings: Settings
) -> pa.Table:
    """Return the table ``origins``: one row per family, in the order of their names."""
    listed = defaultdict(list)
    for row in credits.to_pylist():
        listed[row["document"]].append(from_row(row))
    said = defaultdict(Coverage, {document: Coverage(found) for document, found in listed.items()})
    known = {
        row["id"]: row for row in documents.select(["id", "outlet", "kind", "source_id", "published"]).to_pylist()
    }
    quality = _quality(matches)
    by_family: dict[str, list[Member]] = defaultdict(list)
    for row in members.to_pylist():
        document = known[row["document"]]
        wire = wire_source(document, catalogue) if document["kind"] == "wire" else None
        by_family[row["family"]].append(
            Member(
                row["document"],
                document["outlet"],
                row["start"],
                row["stop"],
                said[row["document"]],
                wire=wire,
                published=document["published"],
                quality=quality.get((row["family"], row["document"])),
            )
        )
    rows = [_row(name, origin(by_family[name], catalogue, settings.origins)) for name in sorted(by_family)]
    return pa.Table.from_pylist(rows, schema=ORIGINS)


def _quality(matches: pa.Table) -> dict[tuple[str, str], tuple[Any, float]]:
    """Return the best kind and score that each document of a family is matched with."""
    best: dict[tuple[str, str], tuple[int, float]] = {}
    columns = matches.select(["family", "a", "b", "kind", "score"]).to_pylist()
    for row in columns:
        value = (-MATCH_KINDS.index(row["kind"]), row["score"])
        for side in "ab":
            key = (row["family"], row[side])
            best[key] = max(best.get(key, value), value)
    return {key: (MATCH_KINDS[-kind], score) for key, (kind, score) in best.items()}


def _row(name: str, verdict: Origin) -> dict[str, Any]:
    return {
        "family": name,
        "source": verdict.source,
        "confidence": verdict.confidence,
        "basis": verdict.basis,
        "direction": verdict.direction,
        "evidence": [
            {"kind": e.kind, "document": e.document, "start": e.start, "stop": e.stop, "source": e.source,
             "weight": e.weight, "note": e.note}
            for e in verdict.evidence
        ],
    }  # fmt: skip
