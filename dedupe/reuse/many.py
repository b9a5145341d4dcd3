"""The alignment of many pairs of documents at once, with the results of `reuse.align` for each.

What most pairs need is worked out in compiled loops over all of them: exact passages, whether any two
sentences seed a reworded passage, and the bounds and measures of what they seed. Where nothing reworded
can come of it, the passages are made from arrays; the rest is handed to `reuse.align`, pair by pair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.records import Passage
from dedupe.reuse import kernels_blocks, kernels_passages, kernels_seeds
from dedupe.reuse.align import CLOSER, NEARLY_ALL, align, is_long_enough, joined, score_of, told
from dedupe.reuse.bundle import Bundle, traits
from dedupe.reuse.clusters import gather
from dedupe.reuse.exact import ExactMatches, exact_pairs
from dedupe.reuse.guards import guards, negations
from dedupe.reuse.likeness import FEW, weights_of
from dedupe.reuse.measures import LIGHT, Figures
from dedupe.reuse.prepared import Prepared
from dedupe.reuse.reworded import EXPLAINED, MOST, Block, Found
from dedupe.settings import Align
from dedupe.text import normal
from dedupe.text.kernels import I32, I64, Flags

AREA = 1 << 18
"""Pairs with more pairs of sentences than this are aligned one by one."""

GUARDS = 4
"""Guards that there are."""
MARGIN = 1e-5
"""Scores are rounded."""

Pairs = NDArray[np.int32]
Ready = Callable[[int], Prepared]


@dataclass(frozen=True, slots=True)
class Plain:
    """Exact passages of pairs that have no others, as columns, sorted by pair and place."""

    pair: I32
    spans: I32
    """Characters: a_start, a_stop, b_start, b_stop."""
    words: I32
    """Of a and of b."""
    edits: NDArray[np.float64]
    plain: NDArray[np.float64]
    telling: NDArray[np.float64]
    accepted: Flags
    guards: Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Aligned:
    """The passages of all pairs: of most as columns, of the others, by number of pair, as records."""

    plain: Plain
    others: dict[int, list[Passage]]


def align_many(bundle: Bundle, pairs: Pairs, settings: Align, *, ready: Ready) -> Aligned:
    """Return what `reuse.align.align` returns for each of ``pairs`` (int32[n, 2], places in the bundle).

    Sorted by the first document it runs fastest. ``ready`` gives a document of the bundle by itself.
    ``settings`` must not look for condensed passages.
    """
    exact = exact_pairs(bundle.batch, pairs, k=settings.k, min_words=settings.min_words, mask=bundle.mask)
    of_exact = np.searchsorted(exact.pair, np.arange(len(pairs) + 1))
    beside: dict[int, list[Found]] = {}
    others: dict[int, list[Passage]] = {}
    if settings.reworded:
        beside = _reworded(bundle, pairs, exact, of_exact, settings)
        areas = np.diff(bundle.of_sentences)[pairs].prod(axis=1)
        for row in np.flatnonzero(areas > AREA).tolist():
            a, b = pairs[row].tolist()
            others[row] = align(ready(a), ready(b), settings)
    shares = exact.edits / _lengths(exact.spans).max(axis=1, initial=1)
    for row in exact.pair[shares > LIGHT].tolist():
        beside.setdefault(row, [])
    for row in sorted(beside.keys() - others.keys()):
        a, b = pairs[row].tolist()
        own = slice(int(of_exact[row]), int(of_exact[row + 1]))
        blocks = list(map(_block, exact.spans[own].tolist()))
        others[row] = joined(ready(a), ready(b), blocks, exact.edits[own].tolist(), beside[row], settings)
    alone = np.ones(len(pairs), np.bool_)
    alone[list(others)] = False
    return Aligned(_plain(bundle, pairs, exact, of_exact, alone, ready, settings), others)


def _lengths(spans: I32) -> I32:
    return np.stack((spans[:, 1] - spans[:, 0], spans[:, 3] - spans[:, 2]), axis=1)


def _block(span: Sequence[int]) -> Block:
    a_start, a_stop, b_start, b_stop = span
    return a_start, a_stop, b_start, b_stop


def _reworded(
    bundle: Bundle, pairs: Pairs, exact: ExactMatches, of_exact: I64, settings: Align
) -> dict[int, list[Found]]:
    """Return the reworded passages by pair, but for pairs where none can reach ``settings.floor``."""
    batch = bundle.batch
    lengths = _lengths(exact.spans)
    solid = (lengths.min(axis=1) >= settings.solid_words) & (
        exact.edits <= settings.solid_edits * lengths.max(axis=1)
    )
    of_solid = np.concatenate((np.zeros(1, np.int64), np.cumsum(solid)))[of_exact]
    of_busy, busy = kernels_blocks.covered(
        batch.offsets, pairs, of_solid, np.ascontiguousarray(exact.spans[solid]), bundle.of_sentences,
        bundle.sentences, EXPLAINED,
    )  # fmt: skip
    logs = _logs(np.diff(bundle.of_sentences)[pairs].sum(axis=1))
    points = kernels_seeds.seeds(
        pairs, bundle.words, bundle.grams, of_busy, busy, *logs, settings.seed_cosine, settings.seed_dice,
        settings.seed_strength, AREA,
    )  # fmt: skip
    groups = _groups(points, settings.gap)
    met = np.unique(pairs[groups[:, 0]]).astype(np.int64)
    of_pieces, ranges, pieces = bundle.pieces(met, settings.edge)
    place = np.full(len(bundle), -1, np.int32)
    place[met] = np.arange(len(met))
    blocks, figures = kernels_blocks.blocks(
        groups, pairs, batch.offsets, batch.hashes, batch.starts, batch.stops, bundle.mask, bundle.units,
        bundle.tells, bundle.of_codes, bundle.codes, normal.table(), bundle.of_sentences, bundle.sentences,
        bundle.words, bundle.grams, pieces, of_pieces, ranges, place, of_exact, exact.spans, solid, *logs,
        settings.min_words, settings.stay, settings.enter,
    )  # fmt: skip
    live = np.flatnonzero((blocks[:, 1] > blocks[:, 0]) & (figures[:, 5] < settings.exact_share))
    groups, blocks, figures = groups[live], blocks[live], figures[live]
    row = groups[:, 0]
    # A passage too weak even with all support is dropped in the end, and so matters only where it supports
    # another one or takes in exact passages that are not solid.
    company = np.bincount(row, minlength=len(pairs)) + np.diff(of_exact) > 1
    helped = figures[:, 1] * figures[:, 2] * np.where(company[row], 1 + settings.support, 1.0)
    helped *= max(1.0, settings.guard) ** GUARDS
    hope = score_of(helped, bundle.background.crowd, settings) >= settings.floor - MARGIN
    freely = ~solid | (exact.edits > LIGHT * lengths.max(axis=1))
    loose = np.bincount(exact.pair[freely], minlength=len(pairs)) > 0
    open_rows = np.zeros(len(pairs), np.bool_)
    open_rows[row[hope]] = True
    kept = np.flatnonzero((open_rows | loose)[row])
    sentences = np.minimum(groups[:, 2] - groups[:, 1], groups[:, 4] - groups[:, 3])
    beside: dict[int, list[Found]] = {}
    for at in kept.tolist():
        cosine, wording, mass, a_contained, b_contained, _ = figures[at].tolist()
        found = Found(
            _block(blocks[at].tolist()),
            Figures(cosine, wording, mass, a_contained, b_contained),
            int(sentences[at]),
        )
        beside.setdefault(int(row[at]), []).append(found)
    return beside


def _logs(totals: I64) -> tuple[NDArray[np.float64], I64, I64]:
    """Return the weights of terms by the number of sentences that hold them, for pairs with so many
    sentences; and where those of words and those of n-grams begin, by number of sentences."""
    totals = np.unique(np.maximum(FEW, totals))
    of_words = np.zeros(int(totals.max(initial=0)) + 1, np.int64)
    of_grams = of_words.copy()
    parts = []
    size = 0
    for total in totals.tolist():
        for smooth, begins in ((False, of_words), (True, of_grams)):
            begins[total] = size
            parts.append(weights_of(total, smooth=smooth))
            size += total + 1
    return np.concatenate([np.zeros(0), *parts]), of_words, of_grams


def _groups(points: I32, gap: int) -> I32:
    """Gather seeds into passages: int32[n, 5], pair, first and last-plus-one sentence of a and of b."""
    groups, _ = gather(points, gap)
    many = np.flatnonzero(np.bincount(groups[:, 0], minlength=1) > MOST)
    for row in many.tolist():
        own = np.flatnonzero(groups[:, 0] == row)
        dropped = own[np.argsort(-groups[own, 5], kind="stable")[MOST:]]
        groups = np.delete(groups, dropped, axis=0)
    return np.ascontiguousarray(groups[:, :5])


def _plain(
    bundle: Bundle,
    pairs: Pairs,
    exact: ExactMatches,
    of_exact: I64,
    alone: Flags,
    ready: Ready,
    settings: Align,
) -> Plain:
    """Return the exact passages of the pairs that have no others."""
    batch = bundle.batch
    shares = exact.edits / _lengths(exact.spans).max(axis=1, initial=1)
    stands = kernels_passages.closest(
        of_exact,
        exact.spans,
        pairs,
        batch.offsets,
        batch.starts,
        batch.stops,
        alone,
        shares,
        CLOSER,
        NEARLY_ALL,
    )
    spans, edits, row = exact.spans[stands], exact.edits[stands], exact.pair[stands]
    of_negators, negators, language = _negators(bundle.languages)
    figures, may = kernels_passages.exact_figures(
        row, np.column_stack((spans, edits)), pairs, batch.offsets, batch.hashes, batch.starts, bundle.of_codes,
        bundle.codes, traits(), bundle.names, bundle.tells, negators, of_negators, language,
    )  # fmt: skip
    tripped: list[tuple[str, ...]] = [()] * len(row)
    for at in np.flatnonzero(may).tolist():
        a, b = pairs[row[at]].tolist()
        block = _block(spans[at].tolist())
        tripped[at] = guards(ready(a), ready(b), block[:2], block[2:])
    words = _lengths(spans)
    edits_each, telling = (np.array([round(value, 6) for value in figures[:, at].tolist()]) for at in (0, 2))
    first = batch.offsets[pairs[row]]
    places = [
        (batch.starts, first[:, 0] + spans[:, 0]), (batch.stops, first[:, 0] + spans[:, 1] - 1),
        (batch.starts, first[:, 1] + spans[:, 2]), (batch.stops, first[:, 1] + spans[:, 3] - 1),
    ]  # fmt: skip
    return Plain(
        row,
        np.stack([column[at] for column, at in places], axis=1),
        words,
        figures[:, 0],
        figures[:, 1],
        telling,
        is_long_enough(
            words.min(axis=1), figures[:, 1], told({"telling": telling, "edits": edits_each}), settings
        ),
        tripped,
    )


def _negators(languages: Sequence[str | None]) -> tuple[I64, NDArray[np.uint64], I32]:
    """Return the words of negation of each language, sorted, and each document's language as a number."""
    names = sorted(set(languages), key=str)
    words = [np.array(sorted(negations(name)), np.uint64) for name in names]
    bounds = np.cumsum([0, *map(len, words)])
    number = {name: place for place, name in enumerate(names)}
    every = np.concatenate([np.zeros(0, np.uint64), *words])
    return bounds, every, np.array([number[name] for name in languages], np.int32)
