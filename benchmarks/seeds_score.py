"""Score a run on ``seeds/`` against its gold labels: ``python benchmarks/seeds_score.py RUN [--json]``.

Everything is measured in words. A gold passage is *found* if matches between its two documents,
or one family, cover at least half of both its sides. A match is *true* if at least half of its
words on every article side lie in gold passages that go back to the same text as the other side,
so two outlets that each translated one sentence are a true match. A match between two dispatches
is false. Precision is by the kind that the run says, recall by the kind of the gold passage.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq

from dedupe.records import MATCH_KINDS
from dedupe.text.tokens import tokenize

HALF = 0.5
GOLD = Path(__file__).parents[1] / "seeds" / "gold.json"
Row = dict[str, Any]


class Side(NamedTuple):
    """A stretch of one document, in words: ``start`` to ``stop`` (exclusive)."""

    document: str
    start: int
    stop: int

    def common(self, other: Side) -> tuple[int, int]:
        """Return the words that both hold; empty (start >= stop) where there are none."""
        return max(self.start, other.start), min(self.stop, other.stop)

    def meets(self, other: Side) -> bool:
        """Whether both lie in one document and share a word."""
        start, stop = self.common(other)
        return self.document == other.document and start < stop


class Texts:
    """Turns character spans into words, and the ids of a run into those of the gold labels."""

    def __init__(self, documents: list[Row], known: set[str]) -> None:
        batch = tokenize([row["text"] for row in documents])
        self.names = {
            row["id"]: row["id"] if row["id"] in known else Path(row["file"]).stem for row in documents
        }
        self.kinds = {self.names[row["id"]]: row["kind"] for row in documents}
        self._words = {self.names[row["id"]]: batch.document(i)[1:] for i, row in enumerate(documents)}

    def side(self, document: str, start: int, stop: int) -> Side:
        """Return the words that begin inside a character span."""
        starts = self._words[document][0]
        first, last = np.searchsorted(starts, [start, stop])
        return Side(document, int(first), int(last))

    def run_side(self, row: Row, prefix: str = "") -> Side:
        """Return the side of a row of the run: ``document, start, stop`` or ``a, a_start, a_stop``."""
        name, start, stop = (prefix, f"{prefix}_start", f"{prefix}_stop") if prefix else _PLAIN
        return self.side(self.names[row[name]], row[start], row[stop])


_PLAIN = ("document", "start", "stop")


class Gold:
    """The gold passages as sides, and what text each goes back to."""

    def __init__(self, labels: Row, texts: Texts) -> None:
        self.labels = labels
        self.copies = [
            (texts.side(p["document"], p["start"], p["stop"]),
             texts.side(p["from"], p["from_start"], p["from_stop"]))
            for p in labels["passages"]
        ]  # fmt: skip

    def segments(self, side: Side) -> Iterator[tuple[Side, Side]]:
        """Yield (part of ``side``, text that this part is or goes back to)."""
        yield side, side
        for copy, original in self.copies:
            if copy.meets(side):
                part = Side(side.document, *copy.common(side))
                for _, root in self.segments(original):
                    yield part, root

    def is_true(self, a: Side, b: Side, texts: Texts) -> bool:
        """Whether two matched sides are copies by the gold labels."""
        linked: tuple[set[int], set[int]] = (set(), set())
        for a_part, a_root in self.segments(a):
            for b_part, b_root in self.segments(b):
                if a_root.meets(b_root):
                    start, stop = a_root.common(b_root)
                    for words, part, root in ((linked[0], a_part, a_root), (linked[1], b_part, b_root)):
                        words.update(range(start, stop) if part == root else range(part.start, part.stop))
        articles = [(side, words) for side, words in zip((a, b), linked, strict=True)
                    if texts.kinds[side.document] == "outlet"]  # fmt: skip
        return bool(articles) and all(
            len(words & set(range(side.start, side.stop))) >= HALF * (side.stop - side.start)
            for side, words in articles
        )

    def reused(self) -> set[tuple[str, int]]:
        """Return (document, word) of every word that a gold passage says is shared."""
        return {(s.document, w) for sides in self.copies for s in sides for w in range(s.start, s.stop)}


def _covers(parts: Iterable[Side], side: Side) -> bool:
    words = {w for part in parts if part.meets(side) for w in range(*part.common(side))}
    return len(words) >= HALF * max(1, side.stop - side.start)


def _prf(true: int, predicted: int, found: int, gold: int) -> dict[str, float | int]:
    precision = true / predicted if predicted else 1.0
    recall = found / gold if gold else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"gold": gold, "found": found, "predicted": predicted, "true": true,
            "precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}  # fmt: skip


def score(run_dir: Path, gold_path: Path = GOLD) -> Row:
    """Return every figure of a run directory (Parquet tables of ``dedupe.records``) on the gold labels."""
    labels = json.loads(Path(gold_path).read_text(encoding="utf-8"))
    tables = {
        name: pq.read_table(Path(run_dir) / f"{name}.parquet").to_pylist()
        for name in ("documents", "matches", "families", "credits", "origins", "ledger", "matrix")
    }
    known = {row[name] for row in labels["passages"] for name in ("document", "from")}
    known |= {row[name] for row in labels["independent"] for name in ("a", "b")}
    known |= {row["document"] for name in ("credits", "boilerplate") for row in labels[name]}
    texts = Texts(tables["documents"], known)
    if missing := sorted(known - set(texts.names.values())):
        raise SystemExit(f"{run_dir} is no run on {gold_path.parent}: it lacks {', '.join(missing[:3])}")
    gold = Gold(labels, texts)
    matches = [(row["kind"], texts.run_side(row, "a"), texts.run_side(row, "b")) for row in tables["matches"]]
    families: dict[str, list[Side]] = defaultdict(list)
    for row in tables["families"]:
        families[row["family"]].append(texts.run_side(row))
    return {
        **_passages(gold, matches, families, texts),
        "independent": _independent(labels, matches, texts),
        "credits": _credits(labels, tables["credits"], texts),
        "origins": _origins(gold, families, tables["origins"]),
        "ledger": _ledger(gold, tables["ledger"], texts),
        "matrix": _matrix(labels, tables["matrix"]),
    }


def _passages(
    gold: Gold, matches: list[tuple[str, Side, Side]], families: dict[str, list[Side]], texts: Texts
) -> Row:
    direct: dict[tuple[str, str], list[Side]] = defaultdict(list)
    for _, a, b in matches:
        direct[min(a.document, b.document), max(a.document, b.document)] += [a, b]
    found, by_kind, missed = Counter[str](), Counter[str](), []
    for label, (copy, original) in zip(gold.labels["passages"], gold.copies, strict=True):
        pair = (min(copy.document, original.document), max(copy.document, original.document))
        groups = [direct[pair], *families.values()]
        by_kind[label["kind"]] += 1
        if any(_covers(group, copy) and _covers(group, original) for group in groups):
            found[label["kind"]] += 1
        else:
            missed.append(label["id"])
    verdicts = [(kind, a, b, gold.is_true(a, b, texts)) for kind, a, b in matches]
    predicted = Counter(kind for kind, *_ in verdicts)
    true = Counter(kind for kind, _, _, good in verdicts if good)
    table: dict[str, Row] = {k: _prf(true[k], predicted[k], found[k], by_kind[k]) for k in MATCH_KINDS}
    table["all"] = _prf(true.total(), predicted.total(), found.total(), by_kind.total())
    said = {(s.document, w) for _, a, b in matches for s in (a, b) for w in range(s.start, s.stop)}
    return {
        "passages": table,
        "words_wrong": round(len(said - gold.reused()) / max(1, len(said)), 4),
        "missed": missed,
        "false": [f"{kind} {a.document}:{a.start}-{a.stop} {b.document}:{b.start}-{b.stop}"
                  for kind, a, b, good in verdicts if not good],
    }  # fmt: skip


def _independent(labels: Row, matches: list[tuple[str, Side, Side]], texts: Texts) -> Row:
    hit = []
    for row in labels["independent"]:
        a, b = (texts.side(row[n], row[f"{n}_start"], row[f"{n}_stop"]) for n in ("a", "b"))
        if any((_covers([x], a) and y.meets(b)) or (x.meets(a) and _covers([y], b)) for _, x, y in matches):
            hit.append(f"{row['a']} {row['b']}: {row['why']}")
    return {"pairs": len(labels["independent"]), "matched": len(hit), "which": hit}


def _credits(labels: Row, rows: list[Row], texts: Texts) -> Row:
    """Score credits of articles. Unnamed media (``generic:``) are counted apart."""
    named = [row for row in rows if texts.kinds[texts.names[row["document"]]] == "outlet"]
    generic = sum(row["chain"][-1].startswith("generic:") for row in named)
    named = [row for row in named if not row["chain"][-1].startswith("generic:")]

    def same(a: Row, b: Row) -> bool:
        overlap = a["start"] < b["stop"] and b["start"] < a["stop"]
        alike = a["chain"] == b["chain"] and a["role"] == b["role"]
        return bool(texts.names[a["document"]] == b["document"] and overlap and alike)

    wanted = labels["credits"]
    missed = [g for g in wanted if not any(same(row, g) for row in named)]
    false = [row for row in named if not any(same(row, g) for g in wanted)]
    figures = _prf(len(named) - len(false), len(named), len(wanted) - len(missed), len(wanted))
    return {
        **figures,
        "generic": generic,
        "missed": [f"{g['document']}:{g['start']} {g['surface']}" for g in missed],
        "false": [f"{r['document']}:{r['start']} {r['surface']} {r['role']}" for r in false],
    }


def _origins(gold: Gold, families: dict[str, list[Side]], rows: list[Row]) -> Row:
    """Judge the origin of the family that covers most of each gold passage."""
    source = {row["family"]: row["source"] or None for row in rows}
    verdicts, wrong = Counter[str](), []
    for label, (copy, _) in zip(gold.labels["passages"], gold.copies, strict=True):
        covers = [
            (-sum(b - a for a, b in (m.common(copy) for m in members if m.meets(copy))), family)
            for family, members in families.items()
            if _covers([m for m in members if m.document == copy.document], copy)
        ]
        said = source.get(min(covers)[1]) if covers else None
        if not covers:
            verdict = "unmatched"
        elif said == label["origin"]:
            verdict = "right"
        else:
            verdict = "wrong" if said else "abstained"
        verdicts[verdict] += 1
        if verdict == "wrong":
            wrong.append(f"{label['id']}: {said}, not {label['origin']}")
    named = verdicts["right"] + verdicts["wrong"]
    return {
        **{name: verdicts[name] for name in ("right", "wrong", "abstained", "unmatched")},
        "precision": round(verdicts["right"] / named, 4) if named else 1.0,
        "which": wrong,
    }


def _ledger(gold: Gold, rows: list[Row], texts: Texts) -> Row:
    """Return the share of words in gold passages with the right source and credited or not."""
    said = {(s.document, w): (row["class"], row["source"] or None)
            for row in rows for s in [texts.run_side(row)] for w in range(s.start, s.stop)}  # fmt: skip
    right = total = 0
    for label, (copy, _) in zip(gold.labels["passages"], gold.copies, strict=True):
        if label["origin"]:
            wanted = ("credited" if label["credited"] else "uncredited", label["origin"])
            classes = [said.get((copy.document, w)) for w in range(copy.start, copy.stop)]
            counted = [c for c in classes if c is None or c[0] != "boilerplate"]
            right += sum(c == wanted for c in counted)
            total += len(counted)
    return {"words": total, "right": round(right / max(1, total), 4)}


def _matrix(labels: Row, rows: list[Row]) -> Row:
    """Return the sum of cell errors (words) over the words of the gold matrix."""
    said, wanted = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    for row in rows:
        if row["source"] and row["class"] in {"credited", "uncredited"}:
            said[row["outlet"], row["source"], row["class"]] += row["words"]
    for outlet, sources in labels["matrix"].items():
        for source, classes in sources.items():
            wanted.update({(outlet, source, name): words for name, words in classes.items()})
    error = sum(abs(said[cell] - wanted[cell]) for cell in said.keys() | wanted.keys())
    total = wanted.total()
    return {"words": total, "error_words": error, "error": round(error / max(1, total), 4)}


def _table(result: Row) -> str:
    lines = [f"{'passages':<12}{'gold':>6}{'found':>7}{'said':>6}{'true':>6}{'P':>8}{'R':>8}{'F1':>8}"]
    for kind, row in [*result["passages"].items(), ("credits", result["credits"])]:
        lines.append(
            f"{kind:<12}{row['gold']:>6}{row['found']:>7}{row['predicted']:>6}{row['true']:>6}"
            f"{row['precision']:>8.3f}{row['recall']:>8.3f}{row['f1']:>8.3f}"
        )
    origins, independent, matrix = result["origins"], result["independent"], result["matrix"]
    lines += [
        f"words said to be shared that are not: {result['words_wrong']:.1%}",
        f"independent reports matched: {independent['matched']} of {independent['pairs']}",
        f"origins: {origins['right']} right, {origins['wrong']} wrong, {origins['abstained']} abstained, "
        f"{origins['unmatched']} unmatched",
        f"ledger: {result['ledger']['right']:.1%} of the words in passages have the right class and source",
        f"matrix: {matrix['error_words']} words off in {matrix['words']} ({matrix['error']:.1%})",
    ]
    for name, items in [
        ("missed", result["missed"]), ("false", result["false"]),
        ("independent", independent["which"]), ("origin", origins["which"]),
        ("credit missed", result["credits"]["missed"]), ("credit false", result["credits"]["false"]),
    ]:  # fmt: skip
        lines += [f"  {name}: {item}" for item in items]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Score a run on seeds/ against its gold labels.")
    parser.add_argument("run", type=Path, help="run directory (of `dedupe run seeds`)")
    parser.add_argument("--gold", type=Path, default=GOLD)
    parser.add_argument("--json", action="store_true", help="print every figure as JSON")
    options = parser.parse_args()
    result = score(options.run, options.gold)
    print(json.dumps(result, indent=1, ensure_ascii=False) if options.json else _table(result))


if __name__ == "__main__":
    main()
