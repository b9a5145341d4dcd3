"""Shared passages on 10,000 synthetic articles whose copied passages are known.

    python benchmarks/scale.py [DIRECTORY or .tar.xz] [--json FILE]

The data set holds ``documents.jsonl`` and ``passages.jsonl`` (article span, dispatch span).
A gold passage counts as found when half or more of its characters are covered by
matches of the right pair of documents; a character reported between a dispatch and an
article that is no gold character of that pair is wrong. Matches between two articles are
copies of one dispatch; their characters are wrong where the two share no dispatch there.
"""

from __future__ import annotations

import argparse
import io
import json
import tarfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from dedupe.reuse.exact import exact_pairs
from dedupe.reuse.shingles import candidate_pairs
from dedupe.settings import Settings
from dedupe.text.tokens import TokenBatch, tokenize

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "bench" / "scale-10k.tar.xz"
Spans = dict[tuple[int, int], list[tuple[int, int]]]


def read(path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the documents and the gold passages."""
    tables = {}
    if path.is_dir():
        for name in ("documents", "passages"):
            tables[name] = (path / f"{name}.jsonl").read_bytes()
    else:
        with tarfile.open(path) as archive:
            for member in archive:
                handle = archive.extractfile(member)
                if handle is not None:
                    tables[Path(member.name).stem] = handle.read()
    documents, passages = (
        [json.loads(line) for line in io.BytesIO(tables[name])] for name in ("documents", "passages")
    )
    return documents, passages


def detect(documents: list[dict[str, Any]], settings: Settings) -> tuple[Spans, dict[str, float]]:
    """Return matches, {(a, b): spans in b, the article}, and the CPU seconds of each step."""
    outlets = {name: n for n, name in enumerate(sorted({entry["outlet"] for entry in documents}))}
    codes = np.array([outlets[entry["outlet"]] for entry in documents])
    days = np.array([np.datetime64(entry["published"], "D").astype(int) for entry in documents])
    wire = np.array([entry["kind"] == "wire" for entry in documents])
    ranks = np.empty(len(documents), np.int32)
    ranks[np.lexsort((np.arange(len(documents)), days, ~wire))] = np.arange(len(documents))
    seconds = {}
    mark = time.process_time()
    batch = tokenize([entry["text"] for entry in documents])
    seconds["tokens"] = time.process_time() - mark
    mark = time.process_time()
    candidates = candidate_pairs(batch, settings.shingles, outlets=codes, ranks=ranks)
    seconds["shingles"] = time.process_time() - mark
    mark = time.process_time()
    matches = exact_pairs(batch, candidates.pairs, min_words=settings.align.min_words)
    seconds["exact"] = time.process_time() - mark
    spans: Spans = defaultdict(list)
    for pair, (a_start, a_stop, b_start, b_stop) in zip(matches.pair, matches.spans, strict=True):
        a, b = candidates.pairs[pair]
        spans[int(a), int(b)].append(characters(batch, b, b_start, b_stop))
        spans[int(b), int(a)].append(characters(batch, a, a_start, a_stop))
    return spans, seconds


def characters(batch: TokenBatch, document: int, start: int, stop: int) -> tuple[int, int]:
    first = int(batch.offsets[document])
    return int(batch.starts[first + start]), int(batch.stops[first + stop - 1])


def score(documents: list[dict[str, Any]], gold: list[dict[str, Any]], found: Spans) -> dict[str, float]:
    """Return the figures described above; ``found[x, y]`` are the spans in y that stand in x, too."""
    number = {entry["id"]: n for n, entry in enumerate(documents)}
    wire = [entry["kind"] == "wire" for entry in documents]
    gold_spans: Spans = defaultdict(list)
    for passage in gold:
        gold_spans[number[passage["from"]], number[passage["article"]]].append(
            (passage["start"], passage["stop"])
        )
    dispatches: dict[int, list[int]] = defaultdict(list)
    for dispatch, article in gold_spans:
        dispatches[article].append(dispatch)
    hits = covered = total = reported = right = 0
    between = between_right = 0
    for key in sorted(gold_spans.keys() | found.keys()):
        other, article = key
        if wire[article]:
            continue
        marked = np.zeros(len(documents[article]["text"]), bool)
        true = np.zeros_like(marked)
        for start, stop in found.get(key, ()):
            marked[start:stop] = True
        if wire[other]:
            for start, stop in gold_spans.get(key, ()):
                true[start:stop] = True
                hits += int(2 * marked[start:stop].sum() >= stop - start)
                covered += int(marked[start:stop].sum())
                total += stop - start
            reported += int(marked.sum())
            right += int((marked & true).sum())
        else:
            for dispatch in set(dispatches[article]) & set(dispatches[other]):
                for start, stop in gold_spans[dispatch, article]:
                    true[start:stop] = True
            between += int(marked.sum())
            between_right += int((marked & true).sum())
    return {
        "passages": len(gold),
        "passages recalled": hits / len(gold),
        "characters recalled": covered / total,
        "characters precise": right / max(1, reported),
        "article-article characters precise": between_right / max(1, between),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    documents, gold = read(arguments.data)
    detect(documents[:600], Settings())  # compiled code is loaded before the clock runs
    found, seconds = detect(documents, Settings())
    result = {"documents": len(documents), **score(documents, gold, found)}
    result |= {f"CPU seconds, {step}": value for step, value in seconds.items()}
    result["documents per CPU second"] = len(documents) / sum(seconds.values())
    for name, value in result.items():
        print(f"{name:<38} {value:>10,}" if isinstance(value, int) else f"{name:<38} {value:>10,.4f}")
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
