"""From dispatch to newspaper in Urdu: wholly, partially or not derived (COUNTER).

    python benchmarks/counter.py [FILE.jsonl] [--json FILE]

Each line holds a dispatch (``wire``), an article, its ``newspaper`` and the ``label``. Measures of
this tool on the pair go into a logistic regression, trained on all newspapers but one and tried
on that one, in turn (nearly all dispatches come from one agency, so the newspaper is the source
that varies). The baselines are trained and tried in the same way, each on its one figure. The
published figure is that of unigram containment on the whole corpus.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tables import show

from dedupe.reuse import minhash, tfidf
from dedupe.reuse.align import Prepared, prepare
from dedupe.reuse.background import Background, background
from dedupe.settings import MinHash
from dedupe.text.tokens import tokenize

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "bench" / "counter-dev.jsonl"
LABELS = ("non-derived", "partially-derived", "wholly-derived")
SPELLING = 0.7
"""Two words so alike (1 - Levenshtein distance / length) count as one: spelling varies."""


STRETCH, END = 25, 40
"""Words of a stretch of the article, and of its end, where newspapers add or leave their own."""


def measures(wire: Prepared, article: Prepared) -> dict[str, float]:
    """Return this tool's figures on one pair.

    The longest passage and the shares by kind of match were tried, too: beside containment they
    tell nothing new on these short, freely rewritten texts, and more figures than these overfit.
    """
    inside = np.isin(article.hashes, wire.hashes)
    stretch = np.convolve(inside, np.ones(min(STRETCH, len(inside))) / min(STRETCH, len(inside)), "valid")
    own, others = (np.unique(side.grams_of(0, len(side.hashes))[0]) for side in (article, wire))
    return {
        "dispatch words": float(np.log1p(len(wire.hashes))),
        "article words": float(np.log1p(len(article.hashes))),
        "words contained": float(np.isin(np.unique(article.hashes), wire.hashes).mean()),
        "words contained, however spelt": _tolerant(article, wire),
        "telling words contained": float((inside * article.tells).sum() / article.tells.sum()),
        "n-grams contained": float(np.isin(own, others).mean()),
        "n-grams of the dispatch contained": float(np.isin(others, own).mean()),
        "least contained stretch": float(np.percentile(stretch, 5)),
        "end contained": float(inside[-END:].mean()),
    }


def _tolerant(one: Prepared, other: Prepared) -> float:
    words, weights = _words(one)
    best = process.cdist(words, _words(other)[0], scorer=Levenshtein.normalized_similarity).max(axis=1)
    return float(((best >= SPELLING) * weights).sum() / weights.sum())


def _words(side: Prepared) -> tuple[list[str], NDArray[np.float32]]:
    _, first = np.unique(side.hashes, return_index=True)
    return [side.text[side.starts[i] : side.stops[i]] for i in first], side.tells[first]


def baselines(rows: list[dict[str, Any]]) -> dict[str, NDArray[np.float64]]:
    """Return the one figure of each baseline, float64[pairs, 1]."""
    texts = [text for row in rows for text in (row["wire"]["text"], row["article"]["text"])]
    batch = tokenize(texts)
    pairs = np.arange(len(texts)).reshape(-1, 2)
    signed = minhash.signatures(minhash.shingle_sets(batch, 1), MinHash())
    columns = {
        "MinHash Jaccard": minhash.estimate(signed, pairs),
        "TF-IDF cosine": [
            tfidf.cosine(batch.document(a)[0], batch.document(b)[0]) for a, b in pairs.tolist()
        ],
        "rapidfuzz": [fuzz.token_set_ratio(texts[a], texts[b]) for a, b in pairs.tolist()],
        "unigram containment": [
            np.isin(np.unique(batch.document(b)[0]), batch.document(a)[0]).mean() for a, b in pairs.tolist()
        ],
    }
    return {name: np.array(column, np.float64).reshape(-1, 1) for name, column in columns.items()}


def tried(features: NDArray[np.float64], labels: NDArray[np.int64], groups: list[str]) -> tuple[float, float]:
    """Return three-way macro-F1 and binary accuracy (derived or not), cross-validated by group."""
    guess = cross_val_predict(
        make_pipeline(StandardScaler(), LogisticRegression(max_iter=3000)),
        features,
        labels,
        groups=groups,
        cv=LeaveOneGroupOut(),
    )
    return f1_score(labels, guess, average="macro"), accuracy_score(labels > 0, guess > 0)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.data.read_bytes().splitlines()]
    known: Background = background(
        tokenize([row[side]["text"] for row in rows for side in ("wire", "article")])
    )
    ours = []
    for row in rows:
        wire, article = (
            prepare(row[side]["text"], language="ur", background=known) for side in ("wire", "article")
        )
        ours.append(list(measures(wire, article).values()))
    labels = np.array([LABELS.index(row["label"]) for row in rows])
    groups = [row["newspaper"] for row in rows]
    figures = {"ours": tried(np.array(ours), labels, groups)}
    figures |= {name: tried(column, labels, groups) for name, column in baselines(rows).items()}
    show(
        f"COUNTER, {len(rows)} pairs, cross-validated over {len(set(groups))} newspapers",
        ["", "macro-F1, three-way", "accuracy, derived or not"],
        [*([name, f1, accuracy] for name, (f1, accuracy) in figures.items()), ["published", 0.736, None]],
    )
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
