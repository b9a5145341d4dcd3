"""A small invented run with every case that a report must show, built from parts.

Documents are written as lists of parts; a part is ``(label, text)`` where the label is a key
of ``SPANS`` below or a plain ledger class. Offsets, matches, families and the ledger follow
from the parts, so the fixture cannot contradict itself.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from dedupe.records import TABLES

NAMES = {
    "meridian": "Meridian News Agency",
    "polar": "Polar Press",
    "hikari": "Hikari Shimbun",
    "generic:state-media": "state media",
}


@dataclass
class Doc:
    """A document as parts: ``(label, text)``; ``credits`` are (surface, chain, role, part index)."""

    id: str
    outlet: str
    parts: list[tuple[str, str]]
    kind: str = "outlet"
    source_id: str | None = None
    published: str | None = None
    language: str = "en"
    title: str | None = None
    url: str | None = None
    credits: list[tuple[str, tuple[str, ...], str, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.parts)


#: family key → (source, confidence, basis)
FAMILIES = {
    "bridge": ("meridian", 0.99, "dispatch"),
    "toll": ("meridian", 0.97, "dispatch"),
    "ice": ("polar", 0.82, "credits"),
    "ferry": ("", 0.31, "none"),
}


def documents() -> list[Doc]:
    """Return the documents: two dispatches and articles of five outlets."""
    bridge = (
        "Engineers closed the old Varda bridge on Tuesday after a routine check found 14 cracked bolts "
        "in its northern span, and traffic was sent over the ferry crossing until further notice."
    )
    toll = (
        "The regional council said a toll of 3 crowns would pay for the new bridge within 12 years, "
        "although two of its nine members did not support the plan."
    )
    ferry = (
        "The ferry company will run an extra night service every day from 18.00 until the end of the "
        "month, and passengers with a season ticket travel free of charge."
    )
    ice = (
        "Scientists at the Hollow Bay station measured the thinnest winter ice since records began, "
        "at 41 centimetres, and warned fishermen against crossing the bay on foot."
    )
    return [
        Doc(
            "wire-001", "Meridian News Agency",
            [("own", "VARDA, March 4 (Meridian) - "), ("bridge", bridge), ("own", "\n\n"), ("toll", toll)],
            kind="wire", source_id="meridian", published="2024-03-04T08:10", title="Varda bridge closed",
        ),
        Doc(
            "post-01", "Teluk Post",
            [("own", "Teluk Post, VARDA - "), ("claimed:meridian", "The bridge is closed, Meridian News Agency reported. "),
             ("bridge=credited", bridge), ("own", "\n\nThe mayor of Lower Varda visited the site in the afternoon and spoke to drivers. "),
             ("toll=credited", toll), ("boilerplate", "\n\nRead also: Five bridges you should see"),
             ("boilerplate", "\n\nEditor: A. Nonim")],
            published="2024-03-04T11:00", title="Old Varda bridge closed after cracks found",
            url="https://teluk-post.example/varda",
            credits=[("Meridian News Agency", ("meridian",), "credit", "claimed:meridian")],
        ),
        Doc(
            "kota-07", "Kabar Kota",
            [("own", "Our reporter went to the river this week. "),
             ("bridge=uncredited", bridge.replace("14 cracked bolts", "12 cracked bolts").replace("a routine check", "a regular check")),
             ("own", " Drivers complained about the long way round. 🚢🚢 "), ("toll=uncredited", toll),
             ("own", "\n\n"), ("ferry=shared", ferry)],
            published="2024-03-05", title="No way across: Varda without a bridge",
        ),
        Doc(
            "suara-3", "Suara Utara",
            [("ferry=shared", ferry), ("own", "\n\nThe harbour office expects long queues at the weekend. "),
             ("bridge=uncredited",
              "After finding fourteen broken bolts in the north section, engineers on Tuesday shut the ageing bridge at "
              "Varda; cars now use the ferry until the authorities decide otherwise.")],
            published="2024-03-06", title="Extra ferries at night",
        ),
        Doc(
            "pulau-11", "Pulau Daily",
            [("claimed:polar", "Polar Press, as quoted by the Hikari Shimbun, wrote on Friday: "), ("ice=credited>hikari", ice),
             ("own", " Local skippers say that they will wait.")],
            published="2024-02-11", title="Thin ice at Hollow Bay",
            credits=[("Hikari Shimbun", ("hikari", "polar"), "credit", "claimed:polar")],
        ),
        Doc(
            "suara-4", "Suara Utara",
            [("own", "🏔️ Winter report. "), ("ice=uncredited", ice.replace("41 centimetres", "14 centimetres").replace("warned", "did not warn")),
             ("own", "\n\nPhoto: Polar Press")],
            published="2024-02-12", title="Hollow Bay: walking on water",
            credits=[("Polar Press", ("polar",), "photo", "own")],
        ),
        Doc(
            "warta-2", "Warta Selat",
            [("claimed:generic:state-media", "Media pemerintah menyebutkan bahwa jembatan lama itu ditutup. "),
             ("bridge=credited", "Para insinyur menutup jembatan tua Varda pada hari Selasa setelah pemeriksaan rutin menemukan "
              "14 baut retak di bentang utara, dan lalu lintas dialihkan ke penyeberangan feri sampai pemberitahuan berikutnya."),
             ("own", " Warga berharap perbaikan cepat selesai."), ("boilerplate", "\n\nBaca juga: Lima jembatan terindah")],
            published="2024-03-05", language="id", title="Jembatan tua Varda ditutup",
            credits=[("Media pemerintah", ("generic:state-media",), "credit", "claimed:generic:state-media")],
        ),
        Doc(
            "pulau-12", "Pulau Daily",
            [("own", "The island council has opened the season with a boat race for schools. Nobody was first."),],
            published="2024-03-09", title="Boat race opens season",
        ),
    ]  # fmt: skip


def words(text: str) -> int:
    """Count words as runs of letters and digits (near enough for a fixture)."""
    return len(re.findall(r"\w+", text))


def _label(label: str) -> tuple[str, str, str, str]:
    """Return (class, source, via, family key) of a part's label."""
    if label.startswith("claimed:"):
        return "claimed", label.removeprefix("claimed:"), "", ""
    if "=" in label:
        key, _, rest = label.partition("=")
        cls, _, via = rest.partition(">")
        return cls, "" if cls == "shared" else FAMILIES[key][0], via, key
    if label in FAMILIES:  # the dispatch's own text
        return "own", "", "", label
    return label, "", "", ""


def build(docs: Sequence[Doc] | None = None, *, names: dict[str, str] | None = None) -> dict[str, pa.Table]:
    """Return the tables of a run over ``docs`` (the invented ones when None)."""
    docs = sorted(documents() if docs is None else docs, key=lambda d: d.id)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    members: dict[str, list[tuple[Doc, int, int]]] = {}
    for doc in docs:
        rows["documents"].append({
            "id": doc.id, "outlet": doc.outlet, "kind": doc.kind, "source_id": doc.source_id, "published": doc.published,
            "language": doc.language, "url": doc.url, "title": doc.title, "text": doc.text, "words": words(doc.text),
            "file": f"{doc.id}.txt", "outlet_from": "given",
        })  # fmt: skip
        offset, places = 0, {}
        for label, text in doc.parts:
            cls, source, via, key = _label(label)
            start, stop = offset + len(text) - len(text.lstrip()), offset + len(text.rstrip())
            places.setdefault(label, (start, stop))
            if key:
                members.setdefault(key, []).append((doc, start, stop))
            if doc.kind == "outlet" and words(text):
                rows["ledger"].append({
                    "document": doc.id, "start": start, "stop": stop, "class": cls, "source": source, "via": via,
                    "family": key, "words": words(text),
                })  # fmt: skip
            offset += len(text)
        for surface, chain, role, where in doc.credits:
            start = doc.text.index(surface)
            covered = [places[where]] + [
                place for label, place in places.items() if "credited" in label and "un" not in label
            ]
            rows["credits"].append({
                "document": doc.id, "start": start, "stop": start + len(surface), "surface": surface, "chain": list(chain),
                "role": role, "confidence": 0.93, "rule": "said",
                "covers": [{"start": a, "stop": b, "strength": "likely"} for a, b in covered] if role == "credit" else [],
            })  # fmt: skip
    renamed = {key: f"{found[0][0].id}:{found[0][1]}-{found[0][2]}" for key, found in sorted(members.items())}
    for row in rows["ledger"]:
        row["family"] = renamed.get(row["family"], "")
    for key, found in sorted(members.items()):
        _family(rows, key, renamed[key], found)
    _pairs(rows, docs)
    _matrix(rows, docs)
    return {name: pa.Table.from_pylist(rows[name], schema=schema) for name, schema in TABLES.items()}


def _family(
    rows: dict[str, list[dict[str, Any]]], key: str, name: str, found: list[tuple[Doc, int, int]]
) -> None:
    source, confidence, basis = FAMILIES[key]
    evidence = []
    for doc, start, stop in found:
        rows["families"].append({
            "family": name, "document": doc.id, "start": start, "stop": stop, "words": words(doc.text[start:stop]),
            "common_start": start, "common_stop": stop,
        })  # fmt: skip
        if doc.kind == "wire":
            evidence.append({"kind": "dispatch", "document": doc.id, "start": start, "stop": stop, "source": source,
                             "weight": 0.99, "note": ""})  # fmt: skip
        for surface, chain, role, _ in doc.credits:
            if role == "credit" and (chain[-1] == source or key != "ferry"):
                at = doc.text.index(surface)
                evidence.append({"kind": "credit", "document": doc.id, "start": at, "stop": at + len(surface),
                                 "source": chain[-1], "weight": 0.67, "note": "likely"})  # fmt: skip
    direction = {
        "dispatch": f"text of a dispatch by {NAMES.get(source)} in the corpus (wire-001)",
        "credits": f"common source likely: {NAMES.get(source)}, by credit; no dispatch in the corpus",
        "none": "Kabar Kota printed first by date; copy or common source not decided",
    }[basis]
    rows["origins"].append({"family": name, "source": source, "confidence": confidence, "basis": basis,
                            "direction": direction, "evidence": evidence})  # fmt: skip
    for (a, a0, a1), (b, b0, b1) in itertools.combinations(sorted(found, key=lambda m: m[0].id), 2):
        if a.outlet == b.outlet:
            continue
        one, two = a.text[a0:a1], b.text[b0:b1]
        score = round(difflib.SequenceMatcher(None, one.split(), two.split()).ratio(), 4)
        if a.language != b.language:
            kind, score = "translated", 0.71
        elif one == two:
            kind = "verbatim"
        else:
            kind = "light" if score > 0.75 else "reworded"
        guards = ["number"] if {*re.findall(r"\d+", one)} != {*re.findall(r"\d+", two)} else []
        if "not warn" in one + two and kind != "translated":
            guards.append("negation")
        row = {"a": a.id, "a_start": a0, "a_stop": a1, "b": b.id, "b_start": b0, "b_stop": b1, "kind": kind, "score": score,
               "a_words": words(one), "b_words": words(two), "guards": guards}  # fmt: skip
        measures = [("words", score), ("ngrams", round(score * 0.9, 4))]
        rows["candidates"].append({**row, "accepted": True, "measures": measures})
        rows["candidates"].append(
            {**row, "a_stop": a0 + 9, "score": round(score * 0.4, 4), "accepted": False, "measures": []}
        )
        rows["matches"].append({
            **row, "family": name, "channels": ["shingles"],
            "a_covered": round(words(one) / words(a.text), 4), "b_covered": round(words(two) / words(b.text), 4),
        })  # fmt: skip


def _pairs(rows: dict[str, list[dict[str, Any]]], docs: Sequence[Doc]) -> None:
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for match in rows["matches"]:
        found.setdefault((match["a"], match["b"]), []).append(match)
    for (a, b), matches in sorted(found.items()):
        share = max(m["score"] for m in matches)
        rows["pairs"].append({
            "a": a, "b": b, "channels": ["shingles", "tfidf"], "jaccard": round(share * 0.4, 4), "minhash": round(share * 0.41, 4),
            "tfidf": round(share * 0.8, 4), "a_covered": min(1.0, round(sum(m["a_covered"] for m in matches), 4)),
            "b_covered": min(1.0, round(sum(m["b_covered"] for m in matches), 4)),
            "longest_words": max(m["a_words"] for m in matches), "passages": len(matches),
        })  # fmt: skip
    rows["matches"].sort(key=lambda m: (m["a"], m["b"], m["a_start"]))


def _matrix(rows: dict[str, list[dict[str, Any]]], docs: Sequence[Doc]) -> None:
    outlet = {doc.id: doc.outlet for doc in docs}
    total: dict[str, int] = {}
    cells: dict[tuple[str, str, str, str], list[dict[str, Any]]] = {}
    for row in rows["ledger"]:
        name = outlet[row["document"]]
        total[name] = total.get(name, 0) + row["words"]
        cells.setdefault((name, row["class"], row["source"], row["via"]), []).append(row)
    for (name, cls, source, via), found in sorted(cells.items()):
        count = sum(row["words"] for row in found)
        rows["matrix"].append({
            "outlet": name, "source": source, "via": via, "class": cls, "words": count, "share": count / total[name],
            "passages": len(found), "documents": len({row["document"] for row in found}),
        })  # fmt: skip


def meta() -> dict[str, Any]:
    """Return a run.json."""
    return {
        "format": 1,
        "created": "2024-03-10T09:00:00Z",
        "settings": {"shingles": {"k": 5}, "align": {"min_words": 10}, "origins": {"min_confidence": 0.6, "margin": 0.15}},
        "versions": {"wiretrace": "0.1.0", "python": "3.11.2", "numpy": "2.4.6"},
        "inputs": {"invented/articles.jsonl": "9f" * 32},
        "counts": {"read": 9, "analysed": 8, "rejected": 1},
        "stages": [{"name": "documents", "rows": 8, "seconds": 0.1, "cpu_seconds": 0.1, "peak_mb": 80},
                   {"name": "matches", "rows": 12, "seconds": 0.3, "cpu_seconds": 0.3, "peak_mb": 90}],
        "channels": ["shingles", "minhash", "tfidf"],
        "notes": ["translated: the extra is not installed"],
    }  # fmt: skip


REJECTED = [{"where": "invented/articles.jsonl:4", "reason": "has no text", "id": None}]
