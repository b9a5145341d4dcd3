"""Makes ``docs/examples/seeds-labels.csv``, sample labels for ``dedupe tune``, from ``seeds/gold.json``.

They do not lie in ``seeds/``, since every table there is read as documents.

    python benchmarks/seed_labels.py

Every pair of documents of different outlets that tell of the same event is labelled: ``wholly`` or
``partially`` where one holds a passage of the other or both hold passages of the same part of a
third, ``not`` elsewhere. Two documents tell of one event when the gold labels tie them
together, by a copy or as independent reports. The story of a pair is the dispatch that it
shares, so that ten articles made from one dispatch count as one; that of a pair which shares nothing
is the first of the dispatches that its documents draw on.
"""

from __future__ import annotations

import csv
import io
import json
from itertools import combinations
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "seeds"
LABELS = ROOT / "docs" / "examples" / "seeds-labels.csv"
WHOLLY = 0.8
"""Share of an article's words in shared passages from which it is wholly derived."""
COLUMNS = ("a", "b", "label", "relation", "story", "annotator")


def main() -> None:
    """Write the file."""
    LABELS.write_text(labels(SEEDS), encoding="utf-8", newline="")


def labels(folder: Path) -> str:
    """Return the labels of a folder with ``articles.jsonl``, ``txt/`` and ``gold.json`` as CSV."""
    gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    documents = _documents(folder)
    drawn = _drawn(gold["passages"])
    events = _events(gold, documents)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for a, b in combinations(sorted(documents), 2):
        if events[a] != events[b] or documents[a]["outlet"] == documents[b]["outlet"]:
            continue
        shared = _shared(a, b, drawn)
        if shared:
            story = max(sorted(shared), key=lambda source: shared[source])
            wires = {documents[name]["kind"] for name in (a, b)}
            relation = "wire-outlet" if "wire" in wires else _relation(a, b, story)
            article = b if documents[a]["kind"] == "wire" else a
            words = len(documents[article]["text"].split())
            verdict = "wholly" if sum(shared.values()) >= WHOLLY * words else "partially"
        else:
            sources = sorted(
                {source for name in (a, b) for source, *_ in drawn.get(name, [])} | _wires(documents, a, b)
            )
            story, relation, verdict = (sources or [min(a, b)])[0], "", "not"
        writer.writerow([a, b, verdict, relation, story, "gold"])
    return out.getvalue()


def _documents(folder: Path) -> dict[str, dict[str, Any]]:
    rows = map(json.loads, (folder / "articles.jsonl").read_text(encoding="utf-8").strip().split("\n"))
    return {row["id"]: {"kind": "outlet", **row} for row in rows}


def _drawn(passages: list[dict[str, Any]]) -> dict[str, list[tuple[str, int, int, int]]]:
    """Return for each document what it draws on: source, its span there, and words here."""
    found: dict[str, list[tuple[str, int, int, int]]] = {}
    for one in passages:
        entry = (one["from"], one["from_start"], one["from_stop"], one["words"])
        found.setdefault(one["document"], []).append(entry)
    return found


def _shared(a: str, b: str, drawn: dict[str, list[tuple[str, int, int, int]]]) -> dict[str, int]:
    """Return words shared by two documents, by the document that they come from."""
    shared: dict[str, int] = {}
    for one, other in ((a, b), (b, a)):
        for source, _, _, words in drawn.get(one, []):
            if source == other:
                shared[source] = shared.get(source, 0) + words
    for source, start, stop, words in drawn.get(a, []):
        for twin, low, high, more in drawn.get(b, []):
            common = min(stop, high) - max(start, low)
            if twin == source and 2 * common >= min(stop - start, high - low):
                shared[source] = shared.get(source, 0) + min(words, more)
    return shared


def _relation(a: str, b: str, story: str) -> str:
    return "outlet-outlet" if story in (a, b) else "common-source"


def _wires(documents: dict[str, dict[str, Any]], a: str, b: str) -> set[str]:
    return {name for name in (a, b) if documents[name]["kind"] == "wire"}


def _events(gold: dict[str, Any], documents: dict[str, Any]) -> dict[str, str]:
    """Return for each document the first of those that gold labels tie it to."""
    above = {name: name for name in documents}

    def root(name: str) -> str:
        while above.setdefault(name, name) != name:
            name = above[name]
        return name

    ties = [(one["document"], one["from"]) for one in gold["passages"]]
    ties += [(one["a"], one["b"]) for one in gold["independent"]]
    for x, y in ties:
        first, second = sorted((root(x), root(y)))
        above[second] = first
    return {name: root(name) for name in documents}


if __name__ == "__main__":
    main()
