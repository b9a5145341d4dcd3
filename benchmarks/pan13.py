"""Shared passages on PAN 2013 text alignment: plagdet by kind of obfuscation.

    python benchmarks/pan13.py [DIRECTORY or .tar.xz] [--sample N] [--settings FILE] [--json FILE]

The data set holds ``documents.jsonl`` and ``pairs.jsonl`` (``a`` the suspicious document, ``b``
the source, ``kind``, ``passages``). ``--sample N`` takes N pairs of each kind. The settings were
tuned on the even pairs of each kind; the odd pairs are shown apart. The published figures are
the best on the test corpus (Sanchez-Perez et al. 2014), not on the same pairs. The baselines
compare sentences, gather pairs above a threshold over gaps of four sentences, and drop
passages below 150 characters.
"""

from __future__ import annotations

import argparse
import json
import tarfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from plagdet import Score, score
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer
from tables import show

from dedupe.reuse import minhash
from dedupe.reuse.align import Prepared, align, prepare
from dedupe.reuse.clusters import clusters
from dedupe.settings import MinHash, Settings, load
from dedupe.text.tokens import TokenBatch

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "bench" / "pan13-train.tar.xz"
SETTINGS = ROOT / "dedupe" / "facts" / "settings" / "pan13.toml"
KINDS = {
    "no-obfuscation": 0.900,
    "random-obfuscation": 0.884,
    "translation-obfuscation": 0.887,
    "summary-obfuscation": 0.561,
    "no-plagiarism": None,
}
PUBLISHED = {"all": 0.878, **KINDS}
GAP, SHORTEST = 4, 150

Pair = dict[str, Any]
Spans = list[tuple[int, int, int, int]]
Detector = Callable[[Prepared, Prepared], Spans]


def read(path: Path) -> tuple[dict[str, str], list[Pair]]:
    """Return the texts by id, and the pairs."""
    if path.is_dir():
        tables = {name: (path / f"{name}.jsonl").read_bytes() for name in ("documents", "pairs")}
    else:
        with tarfile.open(path) as archive:
            members = [(member, archive.extractfile(member)) for member in archive]
            tables = {Path(member.name).stem: handle.read() for member, handle in members if handle}
    texts = {row["id"]: row["text"] for row in map(json.loads, tables["documents"].splitlines())}
    return texts, [json.loads(line) for line in tables["pairs"].splitlines()]


def sampled(pairs: Iterable[Pair], count: int | None) -> list[Pair]:
    """Return the first ``count`` pairs of each kind; each is marked with the half it is in."""
    by_kind: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        group = by_kind[pair["kind"]]
        group.append({**pair, "half": "tuned on" if len(group) % 2 == 0 else "held out"})
    return [pair for kind in KINDS for pair in by_kind[kind][:count]]


def ours(settings: Settings) -> Detector:
    """Return this tool's alignment as a detector."""

    def detect(a: Prepared, b: Prepared) -> Spans:
        found = align(a, b, settings.align)
        return [(p.a_start, p.a_stop, p.b_start, p.b_stop) for p in found if p.accepted]

    return detect


def by_sentences(
    alike: Callable[[Prepared, Prepared], NDArray[np.floating[Any]]], threshold: float
) -> Detector:
    """Return a baseline: pairs of sentences from a threshold, gathered."""

    def detect(a: Prepared, b: Prepared) -> Spans:
        if not len(a.sentences) or not len(b.sentences):
            return []
        points = np.argwhere(alike(a, b) >= threshold).astype(np.int32)
        spans = []
        for group in clusters(points, GAP):
            (i, k), (j, m) = points[group].min(axis=0), points[group].max(axis=0)
            span = (*_characters(a, i, j), *_characters(b, k, m))
            if min(span[1] - span[0], span[3] - span[2]) >= SHORTEST:
                spans.append(span)
        return spans

    return detect


def _characters(side: Prepared, first: int, last: int) -> tuple[int, int]:
    return int(side.starts[side.sentences[first, 0]]), int(side.stops[side.sentences[last, 1] - 1])


def _sentences(side: Prepared) -> list[str]:
    return [side.text[slice(*_characters(side, i, i))].lower() for i in range(len(side.sentences))]


def by_minhash(a: Prepared, b: Prepared) -> NDArray[np.floating[Any]]:
    """Estimated Jaccard similarity of the sets of words of every two sentences."""
    signed = []
    for side in (a, b):
        words = np.concatenate([side.hashes[start:stop] for start, stop in side.sentences])
        offsets = np.concatenate(([0], np.cumsum(side.sentences[:, 1] - side.sentences[:, 0])))
        nowhere = np.zeros(len(words), np.int32)
        batch = TokenBatch(offsets.astype(np.int64), words, nowhere, nowhere)
        signed.append(minhash.signatures(minhash.shingle_sets(batch, 1), MinHash()))
    return np.array([(row == signed[1]).mean(axis=1) for row in signed[0]])


def by_tfidf(a: Prepared, b: Prepared) -> NDArray[np.floating[Any]]:
    """TF-IDF cosine of every two sentences."""
    texts = _sentences(a) + _sentences(b)
    vectors = TfidfVectorizer(token_pattern=r"\w+").fit_transform(texts)
    return (vectors[: len(a.sentences)] @ vectors[len(a.sentences) :].T).toarray()


def by_rapidfuzz(a: Prepared, b: Prepared) -> NDArray[np.floating[Any]]:
    """rapidfuzz's ratio of the sorted words of every two sentences, 0 to 1."""
    return process.cdist(_sentences(a), _sentences(b), scorer=fuzz.token_sort_ratio) / 100


BASELINES = {
    "MinHash Jaccard": by_sentences(by_minhash, 0.3),
    "TF-IDF cosine": by_sentences(by_tfidf, 0.35),
    "rapidfuzz": by_sentences(by_rapidfuzz, 0.6),
}


def run(
    detect: Detector, pairs: list[Pair], prepared: Callable[[str], Prepared]
) -> tuple[dict[Any, Spans], float]:
    """Return the detections by pair, and the CPU seconds they took."""
    started = time.process_time()
    found = {(pair["a"], pair["b"]): detect(prepared(pair["a"]), prepared(pair["b"])) for pair in pairs}
    return found, time.process_time() - started


def scored(pairs: list[Pair], found: dict[Any, Spans]) -> dict[str, Score]:
    """Return the score over all pairs and by kind."""
    out = {}
    for kind in ("all", *KINDS):
        chosen = [pair for pair in pairs if kind in ("all", pair["kind"])]
        truth = {(pair["a"], pair["b"]): pair["passages"] for pair in chosen}
        out[kind] = score(truth, {key: found[key] for key in truth})
    return out


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    parser.add_argument("--sample", type=int, help="so many pairs of each kind")
    parser.add_argument("--settings", type=Path, default=SETTINGS)
    parser.add_argument("--no-baselines", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    settings = load(options.settings)
    texts, every = read(options.data)
    pairs = sampled(every, options.sample)
    kept: dict[str, Prepared] = {}

    def prepared(name: str) -> Prepared:
        if name not in kept:
            kept[name] = prepare(texts[name], language="en", wrapped=settings.align.wrapped)
        return kept[name]

    detectors = {"ours": ours(settings), **({} if options.no_baselines else BASELINES)}
    results: dict[str, dict[str, Score]] = {}
    for name, detect in detectors.items():
        found, seconds = run(detect, pairs, prepared)
        results[name] = scored(pairs, found)
        print(f"{name}: {1000 * seconds / len(pairs):.2f} ms of CPU per pair")
        if name == "ours":
            halves = {
                half: scored([pair for pair in pairs if pair["half"] == half], found)
                for half in ("tuned on", "held out")
            }
    full = results["ours"]
    show(
        "PAN 2013, plagdet",
        ["kind", "cases", "detections", "recall", "precision", "granularity", "ours", "even half", "odd half",
         "best published", *list(results)[1:]],
        [
            [kind, full[kind].cases, full[kind].detections, *(
                [None] * 6 if kind == "no-plagiarism" else [
                    full[kind].recall, full[kind].precision, full[kind].granularity, full[kind].plagdet,
                    halves["tuned on"][kind].plagdet, halves["held out"][kind].plagdet,
                ]
            ), PUBLISHED[kind], *(
                f"{results[name][kind].detections} detections" if kind == "no-plagiarism"
                else results[name][kind].plagdet
                for name in list(results)[1:]
            )]
            for kind in ("all", *KINDS)
        ],
    )  # fmt: skip
    if options.json:
        figures = {name: {kind: asdict(value) for kind, value in by.items()} for name, by in results.items()}
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
