"""Passages that cross languages: sentences → vectors → candidates → chains → passages.

Within one language an article is compared in the same way with the dispatches that resemble it:
a desk that tells a dispatch anew, word by word, leaves what it says and the order it says it in.

A sentence on the same fact is no reuse; a run of sentences in the dispatch's order is. So
a passage is scored by how strongly its sentences match and by what else matches, in order,
in the same two documents; and lowered where numbers, months, names or negation differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedupe.errors import DedupeError
from dedupe.records import Passage
from dedupe.reuse.background import crowd
from dedupe.reuse.translated import spelling
from dedupe.reuse.translated.anchors import anchors
from dedupe.reuse.translated.candidates import candidate_pairs
from dedupe.reuse.translated.embedding import Embedder, load_embedder
from dedupe.reuse.translated.passages import align_translated, without_outdone
from dedupe.reuse.translated.sentences import Sentences, View, centred, gather, language_means
from dedupe.reuse.translated.strength import Neighbours
from dedupe.reuse.translated.vectorcache import encode_cached
from dedupe.settings import Settings

CROWDED = 2.0
"""Log odds that a paraphrase loses in a corpus of ``background.ENOUGH`` documents or more."""


@dataclass(frozen=True, slots=True)
class TranslatedReuse:
    """What the translated channel found.

    ``passages`` maps (a, b), indices into the documents given with a < b, to their passages
    in order; ``embedder`` names what compared the sentences (empty: nothing to compare);
    ``notes`` are sentences for the person who runs it.
    """

    passages: dict[tuple[int, int], list[Passage]] = field(default_factory=dict)
    embedder: str = ""
    documents: int = 0
    sentences: int = 0
    candidates: int = 0
    notes: tuple[str, ...] = ()


def translated_passages(
    views: Sequence[View],
    settings: Settings,
    cache: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
    embedder: Embedder | None = None,
    same: Sequence[tuple[int, int]] = (),
) -> TranslatedReuse:
    """Return the passages shared across languages by documents sorted by id, and the paraphrases in
    the pairs ``same`` of one language (none without a model).

    The model is loaded only where there is something to compare. A model that is missing or fails, or
    a language it does not know, costs a note, not the run. ``cache`` is a folder for
    vectors; ``progress`` is told (sentences encoded, sentences to encode).
    """
    if len({view.language for view in views} - {None}) < 2 and not same:
        return TranslatedReuse()
    notes: list[str] = []
    chosen = embedder
    if chosen is None:
        try:
            chosen = load_embedder(settings.translated.model, settings.translated.model_path)
        except DedupeError as error:
            notes.append(_fallback(error))
    views = _known(views, chosen, notes)
    sentences = gather(views)
    owners = np.repeat(np.arange(len(views)), np.diff(sentences.offsets))
    languages = [views[owner].language or "" for owner in owners.tolist()]
    encode = partial(encode_cached, cache=cache, progress=progress)
    try:
        passages, candidates = _compare(
            views, sentences, languages, settings=settings, embedder=chosen, encode=encode, same=same
        )
    except DedupeError as error:
        notes.append(_fallback(error))
        chosen = None
        passages, candidates = _compare(
            views, sentences, languages, settings=settings, embedder=None, encode=encode, same=()
        )
    return TranslatedReuse(
        passages=passages,
        embedder=spelling.NAME if chosen is None else chosen.name,
        documents=len(views),
        sentences=len(sentences.texts),
        candidates=candidates,
        notes=tuple(notes),
    )


def _fallback(error: DedupeError) -> str:
    said = str(error).removeprefix("translated: ")
    return f"translated: {said}; sentences were compared by spelling instead"


def _known(views: Sequence[View], embedder: Embedder | None, notes: list[str]) -> list[View]:
    """Return the views with their sentences taken away where the model does not know the language."""
    if embedder is None or not embedder.languages:
        return list(views)
    strange: dict[str, int] = {}
    kept = []
    for view in views:
        if view.language and view.language not in embedder.languages:
            strange[view.language] = strange.get(view.language, 0) + 1
            kept.append(View(view.id, view.text, view.language, (), view.outlet, view.kind, view.published))
        else:
            kept.append(view)
    if strange:
        counts = ", ".join(f"{language} ({count})" for language, count in sorted(strange.items()))
        notes.append(
            f"translated: {embedder.name} does not know the language of {sum(strange.values())} documents:"
            f" {counts}; they were not compared across languages"
        )
    return kept


def _compare(
    views: Sequence[View],
    sentences: Sentences,
    languages: Sequence[str],
    *,
    settings: Settings,
    embedder: Embedder | None,
    encode: Callable[[Embedder, Sequence[str]], NDArray[np.float16]],
    same: Sequence[tuple[int, int]],
) -> tuple[dict[tuple[int, int], list[Passage]], int]:
    """Return the passages by pair of documents, and how many pairs were compared."""
    said = [anchors(text, language) for text, language in zip(sentences.texts, languages, strict=True)]
    if embedder is None:
        vectors: Any = spelling.spelling_vectors(sentences.texts, said)
    else:
        raw = encode(embedder, sentences.texts)
        means = language_means(raw, languages)
        vectors = centred(raw, languages, means)
    pairs = candidate_pairs(
        views,
        sentences,
        vectors,
        said,
        neighbours=settings.translated.neighbours,
        window_days=settings.candidates.window_days,
        same_outlet=settings.candidates.same_outlet,
    )

    def learned(pairs: NDArray[np.int32]) -> tuple[Neighbours, list[tuple[int, int]]]:
        neighbours = Neighbours(sentences, vectors)
        live = neighbours.learn(pairs)
        if embedder is not None:
            rows = neighbours.promising_joins(live)
            joins = [f"{sentences.texts[row]} {sentences.texts[row + 1]}" for row in rows]
            spoken = [languages[row] for row in rows]
            neighbours.take_joins(rows, centred(encode(embedder, joins), spoken, means))
        return neighbours, live

    neighbours, live = learned(pairs)
    found = {}
    for a, b in live:
        aligned = align_translated(neighbours, said, a, b, settings.translated.threshold)
        if aligned:
            found[a, b] = aligned
    found = without_outdone(views, neighbours, found)
    if embedder is None or settings.translated.paraphrase >= 1:
        return found, len(pairs)
    within = np.array(sorted(same), np.int32).reshape(-1, 2)
    neighbours, live = learned(within)
    doubt = CROWDED * crowd(len(views))
    for a, b in live:
        aligned = align_translated(
            neighbours, said, a, b, settings.translated.paraphrase, kind="reworded", doubt=doubt
        )
        if aligned:
            found[a, b] = [_long_enough(passage, settings.align.min_words) for passage in aligned]
    return found, len(pairs) + len(within)


def _long_enough(passage: Passage, least: int) -> Passage:
    return replace(passage, accepted=passage.accepted and min(passage.a_words, passage.b_words) >= least)
