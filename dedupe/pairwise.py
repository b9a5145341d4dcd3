"""Given pairs of documents, without a run: ``dedupe align`` and ``dedupe compare``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from dedupe import corpus
from dedupe.errors import InputError
from dedupe.records import Document, Passage, Rejected
from dedupe.reuse import minhash, tfidf
from dedupe.reuse.align import align
from dedupe.reuse.derivation import derivation, known, wording
from dedupe.reuse.prepared import Prepared, prepare
from dedupe.settings import Settings
from dedupe.stages.columns import share
from dedupe.text import boilerplate
from dedupe.text.tokens import tokenize

Progress = Callable[[str, int, int], None]
BATCH = 100
FIELDS = ("a_start", "a_stop", "b_start", "b_stop", "kind", "score")


def read_one(path: Path, settings: Settings) -> Document:
    """Return the one article in a file; raise InputError when there is none or more."""
    found = corpus.load([path], settings.reading)
    if len(found.documents) != 1:
        why = found.rejected[0].reason if found.rejected else f"holds {len(found.documents)} articles"
        raise InputError(why, where=str(path), mend="give a file with exactly one article")
    return found.documents[0]


def compare(first: Document, second: Document, settings: Settings) -> dict[str, Any]:
    """Return how alike two articles are: ``jaccard`` (exact, word k-grams), ``minhash`` (estimate),
    ``tfidf`` (cosine), ``a_covered``, ``b_covered`` (share of words in shared passages),
    ``longest_words``, the ``passages``, and the figures of each text as made from the other
    (`dedupe.reuse.derivation`): ``a_from_b``, ``b_from_a``.
    """
    a, b = _prepared(first, settings), _prepared(second, settings)
    found = [p for p in align(a, b, settings.align) if p.accepted]
    sets = minhash.shingle_sets(tokenize([first.text, second.text]), settings.shingles.k)
    pair = np.array([[0, 1]])
    return {
        "jaccard": round(float(minhash.overlaps(sets, pair).jaccard[0]), 4),
        "minhash": round(float(minhash.estimate(minhash.signatures(sets, settings.minhash), pair)[0]), 4),
        "tfidf": round(tfidf.cosine(a.hashes, b.hashes), 4),
        "a_covered": share((p.a_words for p in found), len(a.hashes)),
        "b_covered": share((p.b_words for p in found), len(b.hashes)),
        "longest_words": max((min(p.a_words, p.b_words) for p in found), default=0),
        "passages": [passage_row(p) for p in found],
        **_derivations(first.text, second.text),
    }


def _derivations(first: str, second: str) -> dict[str, dict[str, float]]:
    a, b = wording(first), wording(second)
    corpus = known([a, b])
    both = {"a_from_b": derivation(a, b, corpus), "b_from_a": derivation(b, a, corpus)}
    return {name: {key: round(value, 4) for key, value in asdict(one).items()} for name, one in both.items()}


def passage_row(passage: Passage) -> dict[str, Any]:
    """Return a passage as the JSON of ``dedupe compare``."""
    return {
        **{name: getattr(passage, name) for name in FIELDS[:-1]},
        "score": round(passage.score, 4),
        "a_words": passage.a_words,
        "b_words": passage.b_words,
        "guards": list(passage.guards),
    }


def align_files(
    documents: Path, pairs: Path, settings: Settings, *, workers: int, progress: Progress
) -> tuple[list[dict[str, Any]], list[Rejected]]:
    """Return ``{"a", "b", "passages"}`` for each line of ``pairs``, in order, and what was rejected."""
    from dedupe.engines.local import LocalEngine  # here, so that comparing two articles is quick
    from dedupe.stages.align import ALIGNED, CANDIDATE_PAIRS, AlignPairs

    read = corpus.load([documents], settings.reading)
    by_id = {document.id: document for document in read.documents}
    wanted, bad = _read_pairs(pairs, by_id)
    count = -(-len(wanted) // BATCH)
    with LocalEngine(workers) as engine:
        aligned = engine.map(
            AlignPairs(settings, cut=False),
            _batches(wanted, by_id, CANDIDATE_PAIRS),
            ALIGNED,
            count=count,
            progress=lambda done, total: progress("align", done, total),
        )
    rows = aligned.select(["a", "b", "aligned"]).to_pylist()
    return [
        {
            "a": row["a"],
            "b": row["b"],
            "passages": [{name: p[name] for name in FIELDS} for p in row["aligned"] if p["accepted"]],
        }
        for row in rows
    ], [*read.rejected, *bad]


def _read_pairs(path: Path, known: dict[str, Document]) -> tuple[list[tuple[str, str]], list[Rejected]]:
    mend = 'give JSON Lines of {"a": id, "b": id}'
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path), mend=mend) from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", where=str(path), mend=mend) from error
    wanted, bad = [], []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            a, b = (_id_of(row[side]) for side in "ab")
        except (ValueError, KeyError, TypeError, RecursionError):
            bad.append(Rejected(f"{path}:{number}", 'is no pair; write {"a": id, "b": id}'))
            continue
        missing = [name for name in (a, b) if name not in known]
        if missing:
            bad.append(Rejected(f"{path}:{number}", f"no document has the id {missing[0]!r}; correct the id"))
        else:
            wanted.append((a, b))
    return wanted, bad


def _id_of(value: object) -> str:
    """Return an id as documents have it: whole numbers are ids, too."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise TypeError
    return str(value)


def _batches(
    wanted: Sequence[tuple[str, str]], known: dict[str, Document], schema: pa.Schema
) -> Iterator[pa.Table]:
    furniture: dict[str, list[dict[str, Any]]] = {}

    def side(name: str, letter: str) -> dict[str, Any]:
        document = known[name]
        if name not in furniture:
            furniture[name] = [span._asdict() for span in boilerplate.furniture(document.text)]
        return {
            f"{letter}_id": name,
            f"{letter}_text": document.text,
            f"{letter}_language": document.language,
            f"{letter}_furniture": furniture[name],
        }

    rest = iter(wanted)
    while part := list(islice(rest, BATCH)):
        rows = [{**side(a, "a"), **side(b, "b"), "channels": []} for a, b in part]
        yield pa.Table.from_pylist(rows, schema=schema)


def _prepared(document: Document, settings: Settings) -> Prepared:
    return prepare(
        document.text,
        language=document.language,
        furniture=boilerplate.furniture(document.text),
        wrapped=settings.align.wrapped,
    )
