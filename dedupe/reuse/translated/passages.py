"""From chains of matched sentences to passages with scores."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from dedupe.records import MatchKind, Passage
from dedupe.reuse.translated.alignment import Bead, Scale, find_chains
from dedupe.reuse.translated.anchors import Anchors
from dedupe.reuse.translated.guards import Agreement, compare
from dedupe.reuse.translated.sentences import View
from dedupe.reuse.translated.strength import Neighbours

Pair = tuple[int, int]

_FULL_GAIN = 0.33
"""The gain, with what supports it, at which two matched sentences of middling strength are even odds."""
_ELSEWHERE = 0.7
"""What matches elsewhere in the two documents, out of order, supports a passage by so much."""
_ALONE, _NOTHING_ELSE = 0.8, 0.1
"""Log odds that a pair of sentences loses when nothing else matches."""
_OUTDONE = 1.0
"""By so much more evidence (log odds) another document explains the same text better."""


def align_translated(
    neighbours: Neighbours,
    said: Sequence[Anchors],
    a: int,
    b: int,
    threshold: float,
    kind: MatchKind = "translated",
    doubt: float = 0.0,
) -> list[Passage]:
    """Return the passages of documents a and b, those below the cut too, by (a_start, b_start).

    ``said`` holds the anchors of every sentence. A passage is a run of matched sentences
    without a skip on either side; what else matches in the two documents supports it. ``doubt``
    is taken off the log odds of each.
    """
    scale = neighbours.scale
    single, one_two, two_one = neighbours.strengths(a, b)
    chains = find_chains(single, one_two, two_one, scale)
    gains = [_gain(chain, scale) for chain in chains]
    passages = []
    for chain, gain in zip(chains, gains, strict=True):
        for run in _runs(chain):
            own = _gain(run, scale)
            support = {
                "beads": float(len(run)),
                "chain_beads": float(len(chain)),
                "own": own,
                "chain": gain - own,
                "elsewhere": sum(gains) - gain,
            }
            passage = _passage(neighbours, said, (a, b), run, support, kind, doubt)
            passage = replace(passage, accepted=passage.score >= threshold)
            passages += [passage] if kind == "translated" else _beads(neighbours, said, (a, b), run, passage)
    return sorted(passages, key=lambda passage: (passage.a_start, passage.b_start))


def _gain(beads: Sequence[Bead], scale: Scale) -> float:
    total: float = sum(max(0.0, bead.strength - scale.neutral) for bead in beads)
    return total / (scale.strong - scale.neutral)


def _runs(chain: Sequence[Bead]) -> list[list[Bead]]:
    """Return the chain cut where a sentence is skipped on either side."""
    runs: list[list[Bead]] = []
    for bead in chain:
        if runs and runs[-1][-1].a_stop == bead.a_start and runs[-1][-1].b_stop == bead.b_start:
            runs[-1].append(bead)
        else:
            runs.append([bead])
    return runs


def _passage(
    neighbours: Neighbours,
    said: Sequence[Anchors],
    pair: Pair,
    run: Sequence[Bead],
    support: Mapping[str, float],
    kind: MatchKind,
    doubt: float,
) -> Passage:
    sentences, scale = neighbours.sentences, neighbours.scale
    first_a, first_b = (int(sentences.offsets[document]) for document in pair)
    rows_a = slice(first_a + run[0].a_start, first_a + run[-1].a_stop)
    rows_b = slice(first_b + run[0].b_start, first_b + run[-1].b_stop)
    sizes = [float(sentences.sizes[first_a + bead.a_start : first_a + bead.a_stop].sum()) for bead in run]
    strength = float(np.average([bead.strength for bead in run], weights=sizes))
    agreement = compare(
        [
            (
                said[first_a + bead.a_start : first_a + bead.a_stop],
                said[first_b + bead.b_start : first_b + bead.b_stop],
            )
            for bead in run
        ]
    )
    measures = {
        "strength": (strength - scale.neutral) / (scale.strong - scale.neutral),
        "length": abs(math.log(sum(sizes) / float(sentences.sizes[rows_b].sum()))),
        "names": agreement.names,
        **support,
    }
    measures["agreement"] = _agreement_evidence(agreement)
    score = round(1 / (1 + math.exp(doubt - evidence(measures))), 3)
    return Passage(
        a_start=int(sentences.starts[rows_a.start]),
        a_stop=int(sentences.stops[rows_a.stop - 1]),
        b_start=int(sentences.starts[rows_b.start]),
        b_stop=int(sentences.stops[rows_b.stop - 1]),
        kind=kind,
        score=score,
        a_words=int(sentences.words[rows_a].sum()),
        b_words=int(sentences.words[rows_b].sum()),
        guards=agreement.guards,
        measures=tuple((name, round(value, 3)) for name, value in sorted(measures.items())),
    )


def _beads(
    neighbours: Neighbours, said: Sequence[Anchors], pair: Pair, run: Sequence[Bead], whole: Passage
) -> list[Passage]:
    """Return one passage per bead, with the score of the run: a reworded passage has the grain of a credit."""
    sentences = neighbours.sentences
    first_a, first_b = (int(sentences.offsets[document]) for document in pair)
    found = []
    for bead in run:
        rows_a = slice(first_a + bead.a_start, first_a + bead.a_stop)
        rows_b = slice(first_b + bead.b_start, first_b + bead.b_stop)
        part = replace(
            whole,
            a_start=int(sentences.starts[rows_a.start]),
            a_stop=int(sentences.stops[rows_a.stop - 1]),
            b_start=int(sentences.starts[rows_b.start]),
            b_stop=int(sentences.stops[rows_b.stop - 1]),
            a_words=int(sentences.words[rows_a].sum()),
            b_words=int(sentences.words[rows_b].sum()),
            guards=compare([(said[rows_a], said[rows_b])]).guards,
        )
        found.append(part)
    return found


def evidence(measures: Mapping[str, float]) -> float:
    """Return the log odds that a passage is reuse.

    The more the sentences gain together, the surer; a lone pair must be very strong. What
    agrees or differs in numbers, names and negation (``agreement``) is added.
    """
    total = measures["own"] + measures["chain"] + _ELSEWHERE * measures["elsewhere"]
    beads = measures["beads"] + (measures["chain_beads"] - measures["beads"]) / 2
    odds = 4.5 * (measures["strength"] - 0.1) + 2.5 * math.log((total + 0.02) / (2 * _FULL_GAIN))
    odds += 2.2 * math.log(beads / 1.5) - 2 * max(0.0, measures["length"] - 0.3)
    if measures["chain_beads"] == 1 and measures["elsewhere"] <= _NOTHING_ELSE:
        odds -= _ALONE
    return odds + measures["agreement"]


def _agreement_evidence(agreement: Agreement) -> float:
    odds = 1.5 * (agreement.names - 0.5) * min(agreement.named, 4) / 4 + 0.3 * min(agreement.numbers, 3)
    return odds - 1.0 * agreement.number - 0.7 * agreement.month - 0.5 * agreement.negation


def without_outdone(
    views: Sequence[View], neighbours: Neighbours, found: Mapping[Pair, list[Passage]]
) -> dict[Pair, list[Passage]]:
    """Return the passages, those not accepted that another document explains much better.

    Two agencies that report one event both look like the source of a translated sentence;
    the words of only one are behind it. Dispatches that are copies of one another do not
    compete, and a dispatch's own text is not contested: many may have used it.
    """
    by_document: dict[int, list[tuple[Pair, int]]] = {}
    for pair, passages in found.items():
        for place, passage in enumerate(passages):
            if passage.accepted:
                for document in pair:
                    if views[document].kind != "wire":
                        by_document.setdefault(document, []).append((pair, place))
    lost: set[tuple[Pair, int]] = set()
    for document, entries in by_document.items():
        for mine in entries:
            if any(
                _outdoes(views, neighbours, found, document=document, other=other, mine=mine)
                for other in entries
            ):
                lost.add(mine)
    return {
        pair: [
            replace(passage, accepted=passage.accepted and (pair, place) not in lost)
            for place, passage in enumerate(passages)
        ]
        for pair, passages in found.items()
    }


def _outdoes(
    views: Sequence[View],
    neighbours: Neighbours,
    found: Mapping[Pair, list[Passage]],
    *,
    document: int,
    other: tuple[Pair, int],
    mine: tuple[Pair, int],
) -> bool:
    rival, passage = found[other[0]][other[1]], found[mine[0]][mine[1]]
    rival_document, my_document = (sum(pair) - document for pair in (other[0], mine[0]))
    if rival_document == my_document or views[rival_document].language == views[document].language:
        return False
    if _log_odds(rival.score) - _log_odds(passage.score) < _OUTDONE:
        return False
    mine_here, rival_here = (_side(*item, document) for item in ((passage, mine[0]), (rival, other[0])))
    overlap = min(mine_here[1], rival_here[1]) - max(mine_here[0], rival_here[0])
    if 2 * overlap < mine_here[1] - mine_here[0]:
        return False
    likeness = neighbours.likeness(
        my_document,
        _side(passage, mine[0], my_document),
        rival_document,
        _side(rival, other[0], rival_document),
    )
    return likeness < neighbours.scale.copy


def _side(passage: Passage, pair: Pair, document: int) -> tuple[int, int]:
    if document == pair[0]:
        return passage.a_start, passage.a_stop
    return passage.b_start, passage.b_stop


def _log_odds(score: float) -> float:
    bounded = min(max(score, 0.0005), 0.9995)
    return math.log(bounded / (1 - bounded))
