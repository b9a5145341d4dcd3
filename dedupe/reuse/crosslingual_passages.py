"""From chains of matched sentences to passages with scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from dedupe.records import Passage
from dedupe.reuse.bilingual_alignment import Bead, find_chains
from dedupe.reuse.crosslingual_anchors import Anchors
from dedupe.reuse.crosslingual_sentences import View
from dedupe.reuse.crosslingual_strength import Neighbours
from dedupe.settings import Translated

_NUMBER, _MONTH, _NAME, _NEGATION = "number", "month", "name", "negation"


def align_translated(
    views: Sequence[View],
    neighbours: Neighbours,
    said: Sequence[Anchors],
    a: int,
    b: int,
    settings: Translated,
) -> list[Passage]:
    """Return the passages of documents a and b, those below the cut too, by (a_start, b_start)."""
    scale = neighbours.scale
    single, joined_b, joined_a = neighbours.strengths(a, b)
    chains = find_chains(
        single, joined_b, joined_a, neutral=scale.neutral, gap=scale.gap, floor=scale.floor, lean=scale.lean
    )
    gains = [sum(max(0.0, bead.strength - scale.neutral) for bead in chain) for chain in chains]
    passages = []
    for chain, gain in zip(chains, gains, strict=True):
        elsewhere = sum(gains) - gain
        for run in _runs(chain):
            passages.append(_passage(views, neighbours, said, (a, b), run, _Context(gain, elsewhere, len(chain)), settings))
    return sorted(passages, key=lambda passage: (passage.a_start, passage.b_start))


class _Context(NamedTuple):
    """What a passage is measured against: all that matches in its pair of documents."""

    gain: float
    elsewhere: float
    beads: int


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
    views: Sequence[View],
    neighbours: Neighbours,
    said: Sequence[Anchors],
    pair: tuple[int, int],
    run: Sequence[Bead],
    context: _Context,
    settings: Translated,
) -> Passage:
    sentences, scale = neighbours.sentences, neighbours.scale
    first_a, first_b = (int(sentences.offsets[document]) for document in pair)
    rows_a = range(first_a + run[0].a_start, first_a + run[-1].a_stop)
    rows_b = range(first_b + run[0].b_start, first_b + run[-1].b_stop)
    words_a, words_b = (int(sentences.words[rows.start : rows.stop].sum()) for rows in (rows_a, rows_b))
    weights = [int(sentences.words[first_a + bead.a_start : first_a + bead.a_stop].sum()) for bead in run]
    strength = float(np.average([bead.strength for bead in run], weights=weights))
    own = sum(max(0.0, bead.strength - scale.neutral) for bead in run)
    measures = {
        "strength": strength,
        "beads": float(len(run)),
        "own": own,
        "chain": context.gain - own,
        "elsewhere": context.elsewhere,
        "length": abs(float(np.log(words_a / words_b))),
        "words": float(min(words_a, words_b)),
    }
    measures |= compare_anchors([said[row] for row in rows_a], [said[row] for row in rows_b])
    score = _score(measures)
    return Passage(
        int(sentences.starts[rows_a.start]), int(sentences.stops[rows_a.stop - 1]),
        int(sentences.starts[rows_b.start]), int(sentences.stops[rows_b.stop - 1]),
        kind="translated", score=score, a_words=words_a, b_words=words_b,
        accepted=score >= settings.threshold,
        guards=(), measures=tuple((name, round(value, 4)) for name, value in measures.items()),
    )  # fmt: skip


def _score(m):
    total = m["own"] + m["chain"] + 0.5 * m["elsewhere"]
    logit = 8 * (m["strength"] - 0.5) + 3 * np.log((total + 0.01) / 0.4)
    logit -= 2 * max(0.0, m["length"] - 0.3)
    logit += 1.5 * (m["names"] - 0.5) * min(m["named"], 4) / 4
    logit += 0.3 * min(m["numbers"], 3) - 1.0 * min(m["number"], 1) - 0.7 * m["month"] - 0.5 * m["negation"]
    return round(float(1 / (1 + np.exp(-logit))), 3)


def compare_anchors(a, b):
    num_a = frozenset().union(*(x.numbers for x in a)); num_b = frozenset().union(*(x.numbers for x in b))
    mon_a = frozenset().union(*(x.months for x in a)); mon_b = frozenset().union(*(x.months for x in b))
    nam_a = frozenset().union(*(x.names for x in a)); nam_b = frozenset().union(*(x.names for x in b))
    wor_a = frozenset().union(*(x.words for x in a)); wor_b = frozenset().union(*(x.words for x in b))
    total = len(nam_a) + len(nam_b)
    neg = [None if any(x.negations is None for x in s) else sum(x.negations for x in s) for s in (a, b)]
    return {
        "numbers": float(len(num_a & num_b)),
        "number": float(min(len(num_a - num_b), len(num_b - num_a))),
        "extra": float(max(len(num_a - num_b), len(num_b - num_a))),
        "month": float(bool(mon_a and mon_b and not mon_a & mon_b)),
        "names": (len(nam_a & wor_b) + len(nam_b & wor_a)) / total if total else 0.5,
        "named": float(total),
        "negation": float(None not in neg and (neg[0] > 0) != (neg[1] > 0)),
    }


def without_outdone(views, neighbours, found):
    return found
