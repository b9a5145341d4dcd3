"""The alignment of many pairs of documents at once, with the results of `reuse.align` for each.

Everything is worked out in compiled loops over all pairs: exact passages, which sentences seed a reworded
passage, the bounds and measures of what they seed, and which passages stand. What is rare is handed to
`reuse.align`, pair by pair: texts of very many sentences, very long passages, and passages edited so heavily
that they fall into runs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.records import Passage
from dedupe.reuse import guards, kernels_passages
from dedupe.reuse.align import (
    CLOSER,
    HALF,
    NEAR,
    NEARLY_ALL,
    align,
    is_long_enough,
    joined,
    score_of,
    told,
)
from dedupe.reuse.beads import beads_of
from dedupe.reuse.bundle import Bundle, traits
from dedupe.reuse.columns import FIGURES, KINDS, Passages, by_place, rounded
from dedupe.reuse.exact import ExactMatches, exact_pairs
from dedupe.reuse.kernels_distance import distances
from dedupe.reuse.measures import LIGHT, Figures
from dedupe.reuse.prepared import F64, Prepared
from dedupe.reuse.reworded import Block, Found
from dedupe.reuse.seeded import AREA, Logs, Pairs, Seeded, lengths_of, logs_of, measured, seeded
from dedupe.settings import Align
from dedupe.text.kernels import I32, I64, Flags

FEW_PASSAGES = 7
"""Pairs with more passages, reworded ones among them, are aligned one by one: numpy adds up more figures than
these in another order."""
Ready = Callable[[int], Prepared]


@dataclass(frozen=True, slots=True)
class Aligned:
    """The passages of all pairs: of most as columns, of the others, by number of pair, as records."""

    passages: Passages
    others: dict[int, list[Passage]]


def align_many(bundle: Bundle, pairs: Pairs, settings: Align, *, ready: Ready) -> Aligned:
    """Return what `reuse.align.align` returns for each of ``pairs`` (int32[n, 2], places in the bundle).

    Sorted by the first document it runs fastest. ``ready`` gives a document of the bundle by itself.
    ``settings`` must not look for condensed passages.
    """
    exact = exact_pairs(bundle.batch, pairs, k=settings.k, min_words=settings.min_words, mask=bundle.mask)
    of_exact = np.searchsorted(exact.pair, np.arange(len(pairs) + 1))
    lengths = lengths_of(exact.spans)
    solid = (lengths.min(axis=1) >= settings.solid_words) & (
        exact.edits <= settings.solid_edits * lengths.max(axis=1)
    )
    logs = logs_of(np.diff(bundle.of_sentences)[pairs].sum(axis=1))
    found = seeded(bundle, pairs, exact, of_exact, solid, logs, settings)
    others: dict[int, list[Passage]] = {}
    if settings.reworded:
        areas = np.diff(bundle.of_sentences)[pairs].prod(axis=1)
        for row in np.flatnonzero(areas > AREA).tolist():
            a, b = pairs[row].tolist()
            others[row] = align(ready(a), ready(b), settings)
    passages, rare = _joined(bundle, pairs, exact, of_exact, solid, found, logs, ready, settings)
    for row in sorted(rare - others.keys()):
        a, b = pairs[row].tolist()
        own = slice(int(of_exact[row]), int(of_exact[row + 1]))
        blocks = list(map(_block, exact.spans[own].tolist()))
        beside = [
            Found(
                _block(found.blocks[at].tolist()),
                Figures(*found.figures[at].tolist()),
                int(found.sentences[at]),
            )
            for at in np.flatnonzero(found.pair == row).tolist()
        ]
        others[row] = joined(ready(a), ready(b), blocks, exact.edits[own].tolist(), beside, settings)
    if others:
        passages = passages.at(np.flatnonzero(~np.isin(passages.pair, list(others))))
    return Aligned(passages, others)


def cut_many(
    bundle: Bundle, pairs: Pairs, found: Passages, min_words: int, *, ready: Ready
) -> Passages:  # fmt: skip
    """Return what `reuse.beads.cut` does: each accepted reworded passage cut into its beads."""
    batch = bundle.batch
    chosen = np.flatnonzero(found.accepted & (found.kind == KINDS.index("reworded")))
    of_beads, beads = beads_of(
        found.pair[chosen], found.words_at[chosen], pairs, batch.offsets, batch.hashes, bundle.of_sentences,
        bundle.sentences, min_words,
    )  # fmt: skip
    counts = np.ones(len(found), np.int64)
    counts[chosen] = np.diff(of_beads)
    out = found.at(np.repeat(np.arange(len(found)), counts))
    part = np.flatnonzero(np.repeat(counts > 1, counts))
    beads = beads[np.repeat(np.diff(of_beads) > 1, np.diff(of_beads))]
    row = out.pair[part]
    changed = distances(row, beads, pairs, batch.offsets, batch.hashes)
    told_of, bits = _figures(bundle, pairs, row, beads, changed)
    out.words_at[part], out.spans[part] = beads, _characters(bundle, pairs, row, beads)
    out.kind[part] = _kinds(told_of[:, 0])
    names = list(out.guards)
    for at, tripped in zip(part.tolist(), _tripped(pairs, row, beads, bits, ready), strict=True):
        names[at] = tripped
    # Beads of two passages may stand at one place: then in the order of the passages.
    return dataclasses.replace(out, guards=names).at(by_place(out.pair, out.spans))


def _block(span: Sequence[int]) -> Block:
    a_start, a_stop, b_start, b_stop = span
    return a_start, a_stop, b_start, b_stop


def _joined(
    bundle: Bundle,
    pairs: Pairs,
    exact: ExactMatches,
    of_exact: I64,
    solid: Flags,
    found: Seeded,
    logs: Logs,
    ready: Ready,
    settings: Align,
) -> tuple[Passages, set[int]]:
    """Return what `align.joined` does, and the pairs that only it can do."""
    batch = bundle.batch
    hulls, taken = kernels_passages.hulls(found.pair, found.blocks, of_exact, exact.spans, solid)
    shares = exact.edits / lengths_of(exact.spans).max(axis=1, initial=1)
    odd = ~taken & (shares > LIGHT)
    figures = np.zeros((len(hulls) + len(exact.pair), len(FIGURES)))
    figures[: len(hulls)] = found.figures
    figures[len(hulls) :][odd] = measured(bundle, pairs, exact.pair[odd], exact.spans[odd], logs)
    # In the order in which `align.joined` has them: by pair, reworded ones before exact ones.
    row = np.concatenate((found.pair, exact.pair))
    kept = np.concatenate((np.ones(len(hulls), np.bool_), ~taken))
    order = np.argsort(row, kind="stable")
    order = order[kept[order]]
    row, figures = row[order], figures[order]
    blocks = np.ascontiguousarray(np.concatenate((hulls, exact.spans))[order])
    reworded = np.concatenate((np.ones(len(hulls), np.bool_), odd))[order]
    odd = np.concatenate((np.zeros(len(hulls), np.bool_), odd))[order]
    lengths = lengths_of(blocks)
    changed = np.concatenate((np.zeros(len(hulls), np.int32), exact.edits))[order]
    long = lengths.max(axis=1, initial=1) > guards.LONGEST
    counted = np.flatnonzero(reworded & ~long)
    changed[counted] = distances(row[counted], blocks[counted], pairs, batch.offsets, batch.hashes)

    told_of, bits = _figures(bundle, pairs, row, blocks, changed)
    tripped = _tripped(pairs, row, blocks, bits, ready)
    edits, plain, telling = told_of[:, 0], told_of[:, 1], rounded(told_of[:, 2])
    strength = np.zeros(len(row))
    strength[reworded] = rounded(figures[reworded, 1] * figures[reworded, 2])
    share = rounded(edits)
    wording = np.where(
        reworded, told({"telling": telling, "strength": strength}), told({"telling": telling, "edits": share})
    )
    enough = is_long_enough(lengths.min(axis=1), plain, wording, settings)
    hindered = np.array([settings.guard ** len(names) for names in tripped]) if tripped else np.ones(0)

    def judged(support: F64) -> tuple[F64, Flags]:
        scores = rounded(1 - edits)
        helped = strength * (1 + settings.support * support) * hindered
        scores[reworded] = rounded(score_of(helped, bundle.background.crowd, settings)[reworded])
        return scores, enough & (~reworded | (scores >= settings.min_score))

    # An exact passage edited so heavily that it counts as reworded, and too weak as such, falls into runs.
    weak = np.flatnonzero(odd & ~judged(np.zeros(len(row)))[1] & ~long)
    runs = kernels_passages.have_runs(
        row[weak], blocks[weak], pairs, batch.offsets, batch.hashes, settings.min_words
    )
    bounds = np.searchsorted(row, np.arange(len(pairs) + 1))
    some = np.zeros(len(pairs), np.bool_)
    some[row[reworded]] = True
    rare = {*row[weak[runs]].tolist(), *row[long & reworded].tolist()}
    rare.update(np.flatnonzero(some & (np.diff(bounds) > FEW_PASSAGES)).tolist())

    spans = _characters(bundle, pairs, row, blocks)
    each = np.where(reworded, strength, settings.strength)
    support = np.zeros(len(row))
    support[reworded] = rounded(
        np.minimum(1.0, kernels_passages.supports(bounds, spans, each, NEAR) / settings.strength)[reworded]
    )
    scores, accepted = judged(support)
    order = by_place(row, spans)
    columns = Passages(
        pair=row, words_at=blocks, spans=spans, kind=_kinds(edits),
        reworded=reworded, score=scores, accepted=accepted, guards=tripped, edits=share, plain=plain,
        telling=telling, figures=figures, strength=strength, support=support, crowd=bundle.background.crowd,
    )  # fmt: skip
    stands = kernels_passages.settled(
        bounds, spans[order], lengths[order], reworded[order], scores[order], settings.floor, CLOSER,
        NEARLY_ALL, HALF,
    )  # fmt: skip
    final = columns.at(order[stands])
    final.figures[final.reworded] = rounded(final.figures[final.reworded].ravel()).reshape(-1, len(FIGURES))
    return final, rare


def _figures(bundle: Bundle, pairs: Pairs, row: I32, blocks: I32, edits: I32) -> tuple[F64, I32]:
    batch = bundle.batch
    of_negators, negators, language = _negators(bundle.languages)
    found: tuple[F64, I32] = kernels_passages.passage_figures(
        row, np.column_stack((blocks, edits)), pairs, batch.offsets, batch.hashes, batch.starts, bundle.of_codes,
        bundle.codes, traits(), bundle.names, bundle.tells, negators, of_negators, language, guards.NEAR,
    )  # fmt: skip
    return found


def _tripped(pairs: Pairs, row: I32, blocks: I32, bits: I32, ready: Ready) -> list[tuple[str, ...]]:
    """Return the guards that passages trip, of those that they may trip: ``bits`` of `passage_figures`."""
    tripped: list[tuple[str, ...]] = [()] * len(row)
    short = lengths_of(blocks).max(axis=1, initial=1) <= guards.LONGEST
    for at in np.flatnonzero((bits == kernels_passages.NEGATION) & short).tolist():
        tripped[at] = ("negation",)
    for at in np.flatnonzero((bits & ~kernels_passages.NEGATION > 0) & short).tolist():
        a, b = pairs[row[at]].tolist()
        block = _block(blocks[at].tolist())
        tripped[at] = guards.guards(ready(a), ready(b), block[:2], block[2:])
    return tripped


def _characters(bundle: Bundle, pairs: Pairs, row: I32, blocks: I32) -> I32:
    """Return blocks of words as characters."""
    batch, first = bundle.batch, bundle.batch.offsets[pairs[row]]
    places = [
        (batch.starts, first[:, 0] + blocks[:, 0]), (batch.stops, first[:, 0] + blocks[:, 1] - 1),
        (batch.starts, first[:, 1] + blocks[:, 2]), (batch.stops, first[:, 1] + blocks[:, 3] - 1),
    ]  # fmt: skip
    return np.stack([column[at] for column, at in places], axis=1)


def _kinds(edits: F64) -> NDArray[np.int8]:
    return (edits > 0).astype(np.int8) + (edits > LIGHT)


def _negators(languages: Sequence[str | None]) -> tuple[I64, NDArray[np.uint64], I32]:
    """Return the words of negation of each language, sorted, and each document's language as a number."""
    names = sorted(set(languages), key=str)
    words = [np.array(sorted(guards.negations(name)), np.uint64) for name in names]
    bounds = np.cumsum([0, *map(len, words)])
    number = {name: place for place, name in enumerate(names)}
    every = np.concatenate([np.zeros(0, np.uint64), *words])
    return bounds, every, np.array([number[name] for name in languages], np.int32)
