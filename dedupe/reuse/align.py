"""Passages that two documents share: the one alignment that every command uses.

Exact passages (equal words, or some edited) and reworded ones (alike sentences) are found
apart, joined where they overlap, measured and judged. Spans run from the first character
of a passage's first word to the last of its last word; punctuation outside is left out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from dedupe.records import Passage
from dedupe.reuse.exact import exact_pairs
from dedupe.reuse.guards import LONGEST, guards
from dedupe.reuse.likeness import term_weights
from dedupe.reuse.measures import Figures, edit_share, figures, kind_of
from dedupe.reuse.prepared import Prepared, prepare, prepare_tokens
from dedupe.reuse.reworded import Block, Found, exact_share, overlap, reworded
from dedupe.settings import Align
from dedupe.text.tokens import TokenBatch

__all__ = ["Prepared", "accept", "align", "prepare", "prepare_tokens"]

NEAR = 400
"""Characters between passages that support each other."""
CLOSER = 0.05
"""An exact passage gives way to one that holds nearly all of it on one side with so much fewer edits."""
EDITED = 3.0
"""An edited word takes away as much of what an exact passage tells as so many of its words."""
HALF, NEARLY_ALL = 0.5, 0.9


def align(a: Prepared, b: Prepared, settings: Align) -> list[Passage]:
    """Return the passages that ``a`` and ``b`` share, in order of a, then b.

    Those that `accept` turns down are among them, with ``accepted=False``, when they lie
    above ``settings.floor``.
    """
    exact, edits = _exact(a, b, settings)
    found: list[Found] = []
    if settings.reworded:
        standing = [
            block for block, count in zip(exact, edits, strict=True) if _solid(block, count, settings)
        ]
        found = [
            one
            for one in reworded(a, b, standing, settings)
            if exact_share(one.block, exact) < settings.exact_share
        ]
    return joined(a, b, exact, edits, found, settings)


def joined(
    a: Prepared,
    b: Prepared,
    exact: Sequence[Block],
    edits: Sequence[int],
    reworded: Sequence[Found],
    settings: Align,
) -> list[Passage]:
    """Return the passages of a pair, from its exact ones (words, and edits of each) and the reworded ones."""
    solid = [_solid(block, count, settings) for block, count in zip(exact, edits, strict=True)]
    passages = []
    absorbed: set[int] = set()
    for found in reworded:
        taken = [at for at, block in enumerate(exact) if not solid[at] and overlap(block, found.block)]
        block = _hull([found.block, *(exact[at] for at in taken)])
        passages.append(_reworded(a, b, block, found.figures))
        absorbed.update(taken)
    rest = [at for at in range(len(exact)) if at not in absorbed]
    for at in rest:
        passages += _exact_passages(a, b, exact[at], edits[at], settings)
    return accept(_kept(passages, settings), settings)


def accept(passages: Iterable[Passage], settings: Align) -> list[Passage]:
    """Return the passages of one pair, in order, with ``score`` and ``accepted`` as these settings
    have it. A function of the stored measures alone, so that a threshold can be tuned without
    aligning again."""
    out = []
    for passage in sorted(passages, key=_place):
        if passage.kind == "translated":  # judged where it was found
            out.append(passage)
            continue
        words = min(passage.a_words, passage.b_words)
        measures = dict(passage.measures)
        long_enough = is_long_enough(words, measures["plain"], told(measures), settings)
        if not _is_exact(passage):
            helped = measures["strength"] * (1 + settings.support * measures["support"])
            helped *= settings.guard ** len(passage.guards)
            score = score_of(helped, measures["crowd"], settings)
            good = bool(long_enough) and score >= settings.min_score
            out.append(dataclasses.replace(passage, score=round(score, 6), accepted=good))
        else:
            out.append(dataclasses.replace(passage, accepted=bool(long_enough)))
    return out


def told(measures: Mapping[str, Any]) -> Any:
    """Return how many words' worth of wording a passage's measures show: of an edited one the less, the
    more was edited, since formulas vary ("on the eve of", "ahead of his meeting with President X")."""
    if "strength" in measures:  # reworded: strength weighs the edits
        return measures["telling"]
    return measures["telling"] * (1 - EDITED * measures["edits"])


def is_long_enough(words: Any, plain: Any, telling: Any, settings: Align) -> Any:
    """Whether passages (numbers, or arrays of them) are long enough to be accepted; ``telling`` is what they `told`."""
    telling_enough = (plain >= settings.min_plain) & (telling >= settings.min_telling)
    return (words >= settings.min_words) & (telling_enough | (words >= 2 * settings.min_words))


def score_of(strength: Any, crowd: float, settings: Align) -> Any:
    """Return the score of reworded passages (numbers, or arrays) of a strength, help and hindrance counted."""
    return strength / (strength + settings.strength * (1 + settings.crowding * crowd))


def _exact(a: Prepared, b: Prepared, settings: Align) -> tuple[list[Block], list[int]]:
    batch = TokenBatch(
        np.array([0, len(a.hashes), len(a.hashes) + len(b.hashes)], np.int64),
        np.concatenate((a.hashes, b.hashes)),
        np.concatenate((a.starts, b.starts)),
        np.concatenate((a.stops, b.stops)),
    )
    matches = exact_pairs(
        batch,
        np.array([[0, 1]], np.int32),
        k=settings.k,
        min_words=settings.min_words,
        mask=np.concatenate((a.mask, b.mask)),
    )
    return [tuple(span) for span in matches.spans.tolist()], matches.edits.tolist()


def _solid(block: Block, edits: int, settings: Align) -> bool:
    """Whether an exact passage stands by itself instead of being part of a reworded one around it."""
    lengths = block[1] - block[0], block[3] - block[2]
    longer, shorter = max(lengths), min(lengths)
    return shorter >= settings.solid_words and edits <= settings.solid_edits * longer


def _exact_passages(a: Prepared, b: Prepared, block: Block, edits: int, settings: Align) -> list[Passage]:
    """Return the passage; where so much was edited that it counts as reworded and is too weak as
    such, the runs of equal words in it that are long enough."""
    share = edits / max(block[1] - block[0], block[3] - block[2])
    if kind_of(share) != "reworded":
        return [_passage(a, b, block, share, (("edits", round(share, 6)), *_weights(a, b, block)))]
    whole = _reworded(a, b, block, figures(a, b, term_weights(a, b), block))
    runs = [] if accept([whole], settings)[0].accepted else _runs(a, b, block, settings.min_words)
    return [_passage(a, b, run, 0.0, (("edits", 0.0), *_weights(a, b, run))) for run in runs] or [whole]


def _runs(a: Prepared, b: Prepared, block: Block, least: int) -> list[Block]:
    if max(block[1] - block[0], block[3] - block[2]) > LONGEST:
        return []
    left, right = a.hashes[slice(*block[:2])].tolist(), b.hashes[slice(*block[2:])].tolist()
    return [
        (
            block[0] + edit.src_start,
            block[0] + edit.src_end,
            block[2] + edit.dest_start,
            block[2] + edit.dest_end,
        )
        for edit in Levenshtein.opcodes(left, right)
        if edit.tag == "equal" and edit.src_end - edit.src_start >= least
    ]


def _reworded(a: Prepared, b: Prepared, block: Block, found: Figures) -> Passage:
    edits = edit_share(a.hashes[block[0] : block[1]], b.hashes[block[2] : block[3]])
    measures = (
        ("a_contained", round(found.a_contained, 6)),
        ("b_contained", round(found.b_contained, 6)),
        ("cosine", round(found.cosine, 6)),
        ("crowd", a.background.crowd),
        ("edits", round(edits, 6)),
        ("mass", round(found.mass, 6)),
        *_weights(a, b, block),
        ("strength", round(found.strength, 6)),
        ("support", 0.0),
        ("wording", round(found.wording, 6)),
    )
    return _passage(a, b, block, edits, measures)


def _weights(a: Prepared, b: Prepared, block: Block) -> tuple[tuple[str, float], ...]:
    """Return, for the side with less, the number of words that are no names, and how many words' worth
    of wording remains when those that the corpus uses anyway are weighed."""
    in_a, in_b = slice(*block[:2]), slice(*block[2:])
    plain = min((~a.names[in_a]).sum(), (~b.names[in_b]).sum())
    telling = min(a.tells[in_a].sum(), b.tells[in_b].sum())
    return ("plain", float(plain)), ("telling", round(float(telling), 6))


def _passage(
    a: Prepared, b: Prepared, block: Block, edits: float, measures: tuple[tuple[str, float], ...]
) -> Passage:
    kind = kind_of(edits)
    return Passage(
        a_start=int(a.starts[block[0]]),
        a_stop=int(a.stops[block[1] - 1]),
        b_start=int(b.starts[block[2]]),
        b_stop=int(b.stops[block[3] - 1]),
        kind=kind,
        score=round(1 - edits, 6),
        a_words=block[1] - block[0],
        b_words=block[3] - block[2],
        guards=() if kind == "verbatim" else guards(a, b, block[:2], block[2:]),
        measures=measures,
    )


def _kept(passages: Sequence[Passage], settings: Align) -> list[Passage]:
    """Drop reworded passages below the floor or standing for the most part in a better one."""
    judged = accept(_supported(passages, settings), settings)
    better: list[Passage] = []
    spans = np.empty((len(judged), 4), np.int64)
    for passage in sorted(judged, key=lambda p: (not _is_exact(p), -p.score, _place(p))):
        rivals = [better[at] for at in _holding(passage, spans[: len(better)], NEARLY_ALL)]
        if _is_exact(passage):
            # The same words may stand twice in a document, and then both places are copies; but words
            # that have a closer partner are no copy of the further one.
            if any(other.score > passage.score + CLOSER for other in rivals):
                continue
        else:
            overlapping = [better[at] for at in _holding(passage, spans[: len(better)], HALF)]
            rivals += [other for other in overlapping if _words(other) >= _words(passage)]
            if rivals or passage.score < settings.floor:
                continue
        spans[len(better)] = _span(passage)
        better.append(passage)
    return better


def _holding(passage: Passage, spans: NDArray[np.int64], share: float) -> list[int]:
    """Return which spans hold more than ``share`` of the passage on one side."""
    if not len(spans):
        return []
    a_start, a_stop, b_start, b_stop = _span(passage)
    in_a = np.minimum(spans[:, 1], a_stop) - np.maximum(spans[:, 0], a_start)
    in_b = np.minimum(spans[:, 3], b_stop) - np.maximum(spans[:, 2], b_start)
    held = (in_a > share * (a_stop - a_start)) | (in_b > share * (b_stop - b_start))
    return [int(at) for at in np.flatnonzero(held)]


def _words(passage: Passage) -> int:
    return passage.a_words + passage.b_words


def _is_exact(passage: Passage) -> bool:
    return "strength" not in dict(passage.measures)


def _supported(passages: Sequence[Passage], settings: Align) -> list[Passage]:
    """Add to each passage the support of the pair's others: 1 when those near by on both sides, in the
    same order, have the strength of an accepted one between them."""
    if len(passages) < 2:
        return list(passages)
    spans = np.array([_span(passage) for passage in passages], np.int64).reshape(-1, 4)
    strengths = np.array([dict(passage.measures).get("strength", settings.strength) for passage in passages])
    out = []
    for passage in passages:
        if _is_exact(passage):
            out.append(passage)
            continue
        a_start, a_stop, b_start, b_stop = _span(passage)
        near = np.zeros(len(spans), np.bool_)
        for in_a, in_b in (
            (a_start - spans[:, 1], b_start - spans[:, 3]),
            (spans[:, 0] - a_stop, spans[:, 2] - b_stop),
        ):
            near |= (in_a >= 0) & (in_b >= 0) & (in_a <= NEAR) & (in_b <= NEAR)
        support = round(min(1.0, float(strengths[near].sum()) / settings.strength), 6)
        measures = tuple((name, support if name == "support" else value) for name, value in passage.measures)
        out.append(dataclasses.replace(passage, measures=measures))
    return out


def _span(passage: Passage) -> tuple[int, int, int, int]:
    return passage.a_start, passage.a_stop, passage.b_start, passage.b_stop


def _place(passage: Passage) -> tuple[int, int, int, int]:
    return passage.a_start, passage.b_start, passage.a_stop, passage.b_stop


def _hull(blocks: Sequence[Block]) -> Block:
    return (
        min(block[0] for block in blocks),
        max(block[1] for block in blocks),
        min(block[2] for block in blocks),
        max(block[3] for block in blocks),
    )
