"""Invented tables of a run, and labels for it, with known behaviour: what tuning tests run on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from dedupe.records import CANDIDATES, DOCUMENTS, PAIRS
from dedupe.settings import Settings
from dedupe.tune.labels import Label

KINDS = ("verbatim", "light", "reworded", "translated")


def run_tables(
    stories: int = 120, per_story: int = 2, seed: int = 1
) -> tuple[dict[str, pa.Table], list[Label]]:
    """Return tables and true labels: a story's pairs have one candidate each; higher scores are truer."""
    rng = np.random.default_rng(seed)
    documents: list[dict[str, Any]] = []
    candidates: list[dict[str, Any]] = []
    pairs: list[dict[str, Any]] = []
    labels: list[Label] = []
    for story in range(stories):
        for place in range(per_story):
            a, b = f"d{story:03d}-{place}a", f"d{story:03d}-{place}b"
            for name in (a, b):
                text = f"Invented words of {name}. " * 12
                documents.append({
                    "id": name, "text": text, "outlet": f"Outlet {name[-1]}", "kind": "outlet", "words": 48,
                    "file": "x", "outlet_from": "given",
                })  # fmt: skip
            kind = KINDS[int(rng.integers(0, len(KINDS)))]
            level = round(float(rng.uniform(0.3, 1.0)), 4)
            exact = kind in ("verbatim", "light")
            words = int(rng.integers(10, 60)) if exact else int(rng.integers(10, 30))
            truth = words / 40 if exact else level
            positive = bool(rng.uniform() < 1 / (1 + np.exp(-14 * (truth - 0.55))))
            accepted = exact or level >= 0.5
            candidates.append({
                "a": a, "a_start": 0, "a_stop": 40, "b": b, "b_start": 10, "b_stop": 50, "kind": kind,
                "score": level, "a_words": words, "b_words": words + 1, "accepted": accepted, "guards": [],
                "measures": [("edits", 0.1), ("plain", 9.0)] if exact else [("strength", 3.0)],
            })  # fmt: skip
            pairs.append({
                "a": a, "b": b, "channels": ["shingles"], "jaccard": level / 2, "minhash": level / 2,
                "tfidf": None, "a_covered": level, "b_covered": level / 3, "longest_words": words,
                "passages": int(accepted),
            })  # fmt: skip
            verdict = "yes" if positive else "no"
            labels.append(Label(f"l.csv:{len(labels) + 2}", a, b, None, verdict, story=f"s{story}"))
    tables = {
        "documents": pa.Table.from_pylist(documents, schema=DOCUMENTS),
        "candidates": pa.Table.from_pylist(candidates, schema=CANDIDATES),
        "pairs": pa.Table.from_pylist(pairs, schema=PAIRS),
    }
    return tables, labels


def meta() -> dict[str, Any]:
    """Return a run.json, as far as tuning reads it."""
    return {
        "format": 1, "settings": Settings().as_dict(), "inputs": {"x.jsonl": "00"}, "channels": ["shingles"],
        "versions": {}, "counts": {"analysed": 480}, "stages": [], "notes": [],
    }  # fmt: skip
