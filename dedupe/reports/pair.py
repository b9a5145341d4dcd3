"""Two articles compared without a run, as the tables that the report is built from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from dedupe.records import TABLES, Credit, Document
from dedupe.text.tokens import count_words


def pair_tables(
    first: Document,
    second: Document,
    result: Mapping[str, Any],
    credits: Mapping[str, Sequence[Credit]] | None = None,
) -> dict[str, pa.Table]:
    """Return the tables of a run of just two documents.

    ``result`` is what ``dedupe compare --json`` prints: measures and ``passages``; ``credits`` are
    those of each document, by id. Nothing is said of origins: every passage is ``shared``.
    """
    if second.id < first.id:
        raise ValueError("the documents must be in order of their ids")
    passages = result["passages"]
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    for document, side in ((first, "a"), (second, "b")):
        spans = [(p[f"{side}_start"], p[f"{side}_stop"]) for p in passages]
        rows["documents"].append(_document(document))
        rows["ledger"].extend(_ledger(document, spans, [_name(first, p) for p in passages]))
        rows["credits"].extend(_credit(document, credit) for credit in (credits or {}).get(document.id, ()))
    for passage in passages:
        rows["matches"].append(_match(first, second, passage))
        rows["families"].extend(_members(first, second, passage))
        rows["origins"].append({
            "family": _name(first, passage), "source": "", "confidence": 0.0, "basis": "none",
            "direction": "", "evidence": [],
        })  # fmt: skip
    measures = ("jaccard", "minhash", "tfidf", "a_covered", "b_covered", "longest_words")
    rows["pairs"].append({
        "a": first.id, "b": second.id, "channels": [], "passages": len(passages),
        **{name: result[name] for name in measures},
    })  # fmt: skip
    rows["matrix"] = _matrix(rows)
    return {name: pa.Table.from_pylist(rows[name], schema=schema) for name, schema in TABLES.items()}


def _document(document: Document) -> dict[str, Any]:
    names = [name for name in TABLES["documents"].names if name != "words"]
    return {**{name: getattr(document, name) for name in names}, "words": count_words(document.text)}


def _name(first: Document, passage: Mapping[str, Any]) -> str:
    return f"{first.id}:{passage['a_start']}-{passage['a_stop']}"


def _match(first: Document, second: Document, passage: Mapping[str, Any]) -> dict[str, Any]:
    names = ("a_start", "a_stop", "b_start", "b_stop", "kind", "score", "a_words", "b_words", "guards")
    return {
        "a": first.id, "b": second.id,
        **{name: passage[name] for name in names},
        "family": _name(first, passage),
        "a_covered": passage["a_words"] / max(1, count_words(first.text)),
        "b_covered": passage["b_words"] / max(1, count_words(second.text)), "channels": [],
    }  # fmt: skip


def _members(first: Document, second: Document, passage: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "family": _name(first, passage), "document": document.id, "start": passage[f"{side}_start"],
            "stop": passage[f"{side}_stop"], "words": passage[f"{side}_words"],
            "common_start": passage[f"{side}_start"], "common_stop": passage[f"{side}_stop"],
        }
        for document, side in ((first, "a"), (second, "b"))
    ]  # fmt: skip


def _ledger(
    document: Document, spans: Sequence[tuple[int, int]], families: Sequence[str]
) -> list[dict[str, Any]]:
    """Return stretches in order, shared or own; of overlapping passages the first keeps the words."""
    rows, at = [], 0
    for (start, stop), family in sorted(zip(spans, families, strict=True)):
        if stop <= at:
            continue
        rows += [
            _stretch(document, at, start, "own"),
            _stretch(document, max(at, start), stop, "shared", family),
        ]
        at = stop
    rows.append(_stretch(document, at, len(document.text), "own"))
    return [row for row in rows if row["words"]]


def _stretch(document: Document, start: int, stop: int, label: str, family: str = "") -> dict[str, Any]:
    text = document.text[start:stop]
    return {
        "document": document.id, "start": start + len(text) - len(text.lstrip()),
        "stop": start + len(text.rstrip()),
        "class": label, "source": "", "via": "", "family": family, "words": count_words(text),
    }  # fmt: skip


def _credit(document: Document, credit: Credit) -> dict[str, Any]:
    return {
        "document": document.id, "start": credit.start, "stop": credit.stop, "surface": credit.surface,
        "chain": list(credit.chain), "role": credit.role,
        "confidence": credit.confidence,
        "rule": credit.rule,
        "covers": [{"start": c.start, "stop": c.stop, "strength": c.strength} for c in credit.covers],
    }  # fmt: skip


def _matrix(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    outlet = {row["id"]: row["outlet"] for row in rows["documents"] if row["kind"] == "outlet"}
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows["ledger"]:
        if row["document"] in outlet:
            found.setdefault((outlet[row["document"]], row["class"]), []).append(row)
    total = {
        name: sum(r["words"] for (o, _), group in found.items() if o == name for r in group)
        for name, _ in found
    }
    return [
        {
            "outlet": name, "source": "", "via": "", "class": label,
            "words": sum(row["words"] for row in group),
            "share": sum(row["words"] for row in group) / total[name], "passages": len(group),
            "documents": len({row["document"] for row in group}),
        }
        for (name, label), group in sorted(found.items())
    ]  # fmt: skip
