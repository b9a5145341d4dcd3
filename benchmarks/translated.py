"""How well and how fast the translated channel works.

    python benchmarks/translated.py retrieval LINES.tsv       R@1 both ways; aligned lines, tab between
    python benchmarks/translated.py passages SEEDS            passage scores on seeds/, with ablations
    python benchmarks/translated.py speed LINES.tsv [-n 2000] articles against dispatches made of the lines

Each prints one JSON object. ``LINES.tsv`` holds Indonesian, a tab, and English. ``--model``
takes what ``translated.model`` takes; ``none`` is the fallback.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dedupe import corpus
from dedupe.records import Passage, Span
from dedupe.reuse.translated.anchors import anchors
from dedupe.reuse.translated.channel import translated_passages
from dedupe.reuse.translated.embedding import load_embedder
from dedupe.reuse.translated.passages import evidence
from dedupe.reuse.translated.sentences import View, centred, cosines, language_means
from dedupe.reuse.translated.spelling import NAME, spelling_vectors
from dedupe.reuse.translated.vectorcache import encode_cached
from dedupe.settings import load
from dedupe.text.boilerplate import furniture
from dedupe.text.language import detect
from dedupe.text.sentences import split

Found = dict[tuple[int, int], list[Passage]]

LINES_PER_DOCUMENT = 12


def read_lines(path: Path) -> list[tuple[str, str]]:
    pairs = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [(left, right) for left, right in pairs]


def retrieval(path: Path, model: str) -> dict[str, Any]:
    """R@1 by cosine, and by margin (the cosine less the mean of both sides' four nearest)."""
    lines = read_lines(path)
    texts = [left for left, _ in lines] + [right for _, right in lines]
    languages = ["id"] * len(lines) + ["en"] * len(lines)
    embedder = load_embedder(model)
    began = time.process_time()
    if embedder is None:
        said = [anchors(text, language) for text, language in zip(texts, languages, strict=True)]
        vectors = spelling_vectors(texts, said)
    else:
        raw = encode_cached(embedder, texts)
        vectors = centred(raw, languages, language_means(raw, languages))
    seconds = time.process_time() - began
    scores = cosines(vectors[: len(lines)], vectors[len(lines) :])
    nearest = np.sort(scores, axis=1)[:, -4:].mean(axis=1), np.sort(scores, axis=0)[-4:].mean(axis=0)
    margins = scores - (nearest[0][:, None] + nearest[1][None, :]) / 2
    return {
        "embedder": NAME if embedder is None else embedder.name,
        "lines": len(lines),
        "cosine": recall_at_one(scores),
        "margin": recall_at_one(margins),
        "sentences_per_cpu_second": round(len(texts) / seconds),
    }


def recall_at_one(scores: np.ndarray) -> dict[str, float]:
    own = np.arange(len(scores))
    return {
        "id_en": round(float((scores.argmax(axis=1) == own).mean()), 4),
        "en_id": round(float((scores.argmax(axis=0) == own).mean()), 4),
    }


def passages(folder: Path) -> dict[str, Any]:
    """Scores on the seeds by what is switched on, one step after the other."""
    views, gold = read_seeds(folder)
    full = translated_passages(views, load())
    spelled = translated_passages(views, load(None, ["translated.model=none"]))
    alone = [
        score_passages(
            views, gold, {pair: [p for p in found if _strength(p) >= cut] for pair, found in pairs}
        )
        for pairs in [sorted(full.passages.items())]
        for cut in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4)
    ]
    ordered = {
        pair: [p for p in found if evidence({**dict(p.measures), "agreement": 0.0}) >= 0]
        for pair, found in full.passages.items()
    }
    return {
        "embedder": full.embedder,
        "spelling": score_passages(views, gold, _accepted(spelled.passages)),
        "embeddings, best single threshold": max(alone, key=lambda scores: scores["f1"]),
        "+ order": score_passages(views, gold, ordered),
        "+ guards": score_passages(views, gold, _accepted(full.passages)),
    }


def _strength(passage: Passage) -> float:
    return dict(passage.measures)["strength"]


def _accepted(found: Found) -> Found:
    return {pair: [p for p in aligned if p.accepted] for pair, aligned in found.items()}


def read_seeds(folder: Path) -> tuple[list[View], dict[str, Any]]:
    gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    views = []
    for document in corpus.load([folder / "articles.jsonl", folder / "txt"]).documents:
        language = document.language or detect(document.text)
        views.append(
            View(
                id=document.id,
                text=document.text,
                language=language,
                sentences=split(document.text, language),
                outlet=document.outlet,
                kind=document.kind,
                published=document.published,
                furniture=furniture(document.text),
            )
        )
    return views, gold


def score_passages(views: Sequence[View], gold: dict[str, Any], found: Found) -> dict[str, Any]:
    """Precision, recall and F1 of passages, and how many independent reports were matched.

    A detection is right when both sides go back to the same dispatch, also through another
    outlet; a gold passage is found when half of it lies in detections with the text it is from.
    """
    place = {view.id: index for index, view in enumerate(views)}
    wanted = [p for p in gold["passages"] if p["kind"] == "translated"]
    covered = dict.fromkeys((p["id"] for p in wanted), 0)
    right = detections = 0
    for (a, b), aligned in found.items():
        for passage in aligned:
            sides = {a: (passage.a_start, passage.a_stop), b: (passage.b_start, passage.b_stop)}
            detections += 1
            roots = [_roots(views[index], span, gold, views, place) for index, span in sides.items()]
            right += not roots[0].isdisjoint(roots[1])
            for p in wanted:
                if {place[p["document"]], place[p["from"]]} == {a, b}:
                    start, stop = sides[place[p["document"]]]
                    covered[p["id"]] += max(0, min(stop, p["stop"]) - max(start, p["start"]))
    hits = sum(covered[p["id"]] >= 0.5 * (p["stop"] - p["start"]) for p in wanted)
    independent = sum(_matched(row, found, place) for row in gold["independent"])
    precision, recall = right / max(1, detections), hits / len(wanted)
    return {
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "f1": round(2 * precision * recall / max(1e-9, precision + recall), 3),
        "independent_matched": f"{independent} of {len(gold['independent'])}",
    }


def _roots(
    view: View, span: tuple[int, int], gold: dict[str, Any], views: Sequence[View], place: dict[str, int]
) -> set[str]:
    """The documents that a stretch of text goes back to, itself among them."""
    roots = {view.id}
    for p in gold["passages"]:
        overlap = min(span[1], p["stop"]) - max(span[0], p["start"])
        if p["document"] == view.id and overlap > 0.3 * min(span[1] - span[0], p["stop"] - p["start"]):
            source = (p["from_start"], p["from_stop"])
            roots |= _roots(views[place[p["from"]]], source, gold, views, place)
    return roots


def _matched(row: dict[str, Any], found: Found, place: dict[str, int]) -> bool:
    first, second = (row["a"], row["a_start"], row["a_stop"]), (row["b"], row["b_start"], row["b_stop"])
    if place[first[0]] > place[second[0]]:
        first, second = second, first
    return any(
        min(p.a_stop, first[2]) > max(p.a_start, first[1])
        and min(p.b_stop, second[2]) > max(p.b_start, second[1])
        for p in found.get((place[first[0]], place[second[0]]), [])
    )


def recombined(lines: Sequence[tuple[str, str]], count: int, seed: int) -> list[View]:
    """``count`` Indonesian articles and ``count`` English dispatches of 12 lines each.

    A dispatch is a stretch of the lines; an article takes one to three runs of two to four
    lines of one dispatch and fills up with others. Every line gets a number of its own, so
    that no sentence is encoded for two documents.
    """
    draw = random.Random(seed)
    views = []
    last = len(lines) - LINES_PER_DOCUMENT
    starts = [draw.randrange(last) for _ in range(count)]
    for number, start in enumerate(starts):
        chosen = range(start, start + LINES_PER_DOCUMENT)
        views.append(_view(f"w{number:05d}", "en", [lines[n][1] for n in chosen], "wire", number, draw))
    for number in range(count):
        start = starts[draw.randrange(count)]
        chosen_lines: list[str] = []
        while len(chosen_lines) < LINES_PER_DOCUMENT:
            size = draw.randrange(2, 5)
            first = start + draw.randrange(LINES_PER_DOCUMENT - size)
            if draw.random() < 0.6:
                first = draw.randrange(last)
            chosen_lines += [lines[n][0] for n in range(first, first + size)]
        views.append(_view(f"a{number:05d}", "id", chosen_lines[:LINES_PER_DOCUMENT], "outlet", number, draw))
    return sorted(views, key=lambda view: view.id)


def _view(
    name: str, language: str, lines: Sequence[str], kind: str, number: int, draw: random.Random
) -> View:
    text, spans = "", []
    for line in lines:
        marked = f"{line} [{draw.randrange(10**6):06d}]"
        spans.append(Span(len(text), len(text) + len(marked)))
        text += marked + "\n"
    return View(name, text, language, spans, f"{kind} {number % 40}", kind)


def speed(path: Path, count: int, model: str) -> dict[str, Any]:
    views = recombined(read_lines(path), count, seed=11)
    settings = load(None, [f"translated.model={model}"])
    result: dict[str, Any] = {"documents": len(views)}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("cold", "again"):
            wall, cpu = time.time(), time.process_time()
            found = translated_passages(views, settings, Path(folder))
            result[name] = {
                "seconds": round(time.time() - wall, 1),
                "cpu": round(time.process_time() - cpu, 1),
            }
            result |= {
                "embedder": found.embedder,
                "sentences": found.sentences,
                "candidates": found.candidates,
            }
            result["passages"] = sum(p.accepted for aligned in found.passages.values() for p in aligned)
    result["peak_gb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("task", choices=["retrieval", "passages", "speed"])
    parser.add_argument("path", type=Path)
    parser.add_argument("-n", type=int, default=2000)
    parser.add_argument("--model", default="use")
    given = parser.parse_args()
    if given.task == "retrieval":
        result = retrieval(given.path, given.model)
    elif given.task == "passages":
        result = passages(given.path)
    else:
        result = speed(given.path, given.n, given.model)
    json.dump(result, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
