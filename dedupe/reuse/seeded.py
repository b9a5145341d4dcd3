"""Reworded passages of many pairs of documents at once: seeded by alike sentences, bounded and measured in
compiled loops, as `reuse.reworded` does it for one pair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.reuse import kernels_blocks, kernels_seeds
from dedupe.reuse.align import score_of
from dedupe.reuse.bundle import Bundle
from dedupe.reuse.clusters import gather
from dedupe.reuse.columns import FIGURES
from dedupe.reuse.exact import ExactMatches
from dedupe.reuse.likeness import FEW, weights_of
from dedupe.reuse.measures import LIGHT
from dedupe.reuse.prepared import F64
from dedupe.reuse.reworded import EXPLAINED, MOST
from dedupe.settings import Align
from dedupe.text.kernels import I32, I64, Flags

AREA = 1 << 18
"""Pairs with more pairs of sentences than this are aligned one by one."""
GUARDS = 4
"""Guards that there are."""
MARGIN = 1e-5
"""Scores are rounded."""

Pairs = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Seeded:
    """Reworded passages as found, sorted by pair."""

    pair: I32
    blocks: I32
    figures: F64
    sentences: I32


Logs = tuple[F64, I64, I64]


def logs_of(totals: I64) -> Logs:
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


def lengths_of(spans: I32) -> I32:
    """Return the words of a and of b of some blocks, int32[n, 2]."""
    return np.stack((spans[:, 1] - spans[:, 0], spans[:, 3] - spans[:, 2]), axis=1)


def seeded(
    bundle: Bundle,
    pairs: Pairs,
    exact: ExactMatches,
    of_exact: I64,
    solid: Flags,
    logs: Logs,
    settings: Align,
) -> Seeded:
    """Return the reworded passages, but for pairs where none can reach ``settings.floor``."""
    none = np.zeros(0, np.int32)
    if not settings.reworded:
        return Seeded(none, np.zeros((0, 4), np.int32), np.zeros((0, len(FIGURES))), none)
    batch = bundle.batch
    before: I64 = np.concatenate((np.zeros(1, np.int64), np.cumsum(solid)))
    of_busy, busy = kernels_blocks.covered(
        batch.offsets, pairs, before[of_exact], np.ascontiguousarray(exact.spans[solid]), bundle.of_sentences,
        bundle.sentences, EXPLAINED,
    )  # fmt: skip
    grams, places = bundle.grams
    points = kernels_seeds.seeds(
        pairs, batch.offsets, bundle.of_sentences, bundle.sentences, bundle.words, bundle.word_units, grams,
        places, of_busy, busy, *logs, settings.seed_cosine, settings.seed_dice, settings.seed_strength, AREA,
    )  # fmt: skip
    groups = _groups(points, settings.gap)
    met = np.unique(pairs[groups[:, 0]]).astype(np.int64)
    of_pieces, ranges, starts, entry = bundle.pieces(met, settings.edge)
    place = np.full(len(bundle), -1, np.int32)
    place[met] = np.arange(len(met))
    blocks, held = kernels_blocks.bounded(
        groups, pairs, bundle.of_sentences, bundle.sentences, bundle.words, of_pieces, ranges, starts, entry, place,
        of_exact, exact.spans, solid, logs[0], logs[1], settings.min_words, settings.stay, settings.enter,
    )  # fmt: skip
    live = np.flatnonzero((blocks[:, 1] > blocks[:, 0]) & (held < settings.exact_share))
    groups, blocks = groups[live], blocks[live]
    row = groups[:, 0]
    figures = measured(bundle, pairs, row, blocks, logs)
    # A passage too weak even with all support is dropped in the end, and so matters only where it supports
    # another one or takes in exact passages that are not solid.
    company = np.bincount(row, minlength=len(pairs)) + np.diff(of_exact) > 1
    helped = figures[:, 1] * figures[:, 2] * np.where(company[row], 1 + settings.support, 1.0)
    helped *= max(1.0, settings.guard) ** GUARDS
    hope = score_of(helped, bundle.background.crowd, settings) >= settings.floor - MARGIN
    freely = ~solid | (exact.edits > LIGHT * lengths_of(exact.spans).max(axis=1, initial=1))
    open_rows = np.zeros(len(pairs), np.bool_)
    open_rows[row[hope]] = True
    open_rows[exact.pair[freely]] = True
    kept = np.flatnonzero(open_rows[row])
    sentences = np.minimum(groups[:, 2] - groups[:, 1], groups[:, 4] - groups[:, 3])
    return Seeded(groups[kept, 0], blocks[kept], figures[kept], sentences[kept])


def measured(bundle: Bundle, pairs: Pairs, rows: I32, blocks: I32, logs: Logs) -> F64:
    """Return the fields of `measures.Figures` for blocks of words in the pairs ``rows``, float64[n, 5]."""
    batch = bundle.batch
    grams, places = bundle.grams
    figures: F64 = kernels_blocks.measured(
        np.ascontiguousarray(rows), np.ascontiguousarray(blocks), pairs, batch.offsets, batch.hashes, bundle.mask,
        bundle.of_sentences, bundle.words, grams, places, *logs,
    )  # fmt: skip
    return figures


def _groups(points: I32, gap: int) -> I32:
    """Gather seeds into passages: int32[n, 5], pair, first and last-plus-one sentence of a and of b."""
    groups, _ = gather(points, gap)
    many = np.flatnonzero(np.bincount(groups[:, 0], minlength=1) > MOST)
    for row in many.tolist():
        own = np.flatnonzero(groups[:, 0] == row)
        dropped = own[np.argsort(-groups[own, 5], kind="stable")[MOST:]]
        groups = np.delete(groups, dropped, axis=0)
    return np.ascontiguousarray(groups[:, :5])
