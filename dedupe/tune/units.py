"""What estimates are made on: each labelled pair with the candidates that could find it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from dedupe.tune.cuts import CUTS, Flags, Floats, Ints, base_thresholds, candidates, evidence
from dedupe.tune.estimates import Sample
from dedupe.tune.labels import Label, Spans

MEASURES = ("jaccard", "minhash", "tfidf", "covered", "longest_words")
"""Figures about whole documents; a curve each, where whole documents were labelled."""


@dataclass(frozen=True, slots=True)
class Units:
    """Labelled pairs, one row each, and their candidates.

    ``positive``, ``weight`` (1 / inclusion probability) and ``story`` (number of the group) have one
    entry per unit; ``owner`` (unit), ``row`` (of the ``candidates`` table), ``channel`` (number of
    the cut) and ``brought`` (see `cuts.candidates`) one per candidate. ``measures`` holds figures
    about whole documents.
    """

    labels: tuple[Label, ...]
    positive: Flags
    weight: Floats
    story: Ints
    stories: tuple[str, ...]
    owner: Ints
    row: Ints
    channel: Ints
    brought: Floats
    base: Floats
    measures: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def sample(self) -> Sample:
        """What estimates need to know of the units."""
        return Sample(self.positive, self.weight, self.story, len(self.stories))

    def best(self, figures: Floats, only: Flags | None = None) -> Floats:
        """Return for each unit the highest of its candidates' ``figures``; minus infinity without any."""
        out = np.full(len(self), -np.inf)
        chosen = slice(None) if only is None else only
        np.maximum.at(out, self.owner[chosen], figures[chosen])
        return out

    def accepted(self, thresholds: Floats) -> Flags:
        """Return which units have a candidate that reaches all ``thresholds``."""
        reached = (self.brought >= thresholds).all(axis=1)
        return self.best(np.where(reached, 1.0, -np.inf)) > 0

    def along(self, cut: int, thresholds: Floats) -> Floats:
        """Return the highest value of one threshold at which each unit is still accepted, others held.

        Infinite for a unit that this threshold does not decide on.
        """
        others = np.delete(np.arange(len(CUTS)), cut)
        reached = (self.brought[:, others] >= thresholds[others]).all(axis=1)
        return self.best(np.where(reached, self.brought[:, cut], -np.inf))

    def alone(self, cut: int, thresholds: Floats) -> Floats:
        """Return `along` with the candidates of the cut's own channel only."""
        others = np.delete(np.arange(len(CUTS)), cut)
        reached = (self.brought[:, others] >= thresholds[others]).all(axis=1) & (self.channel == cut)
        return self.best(np.where(reached, self.brought[:, cut], -np.inf))

    def together(self, free: Sequence[int]) -> Floats:
        """Return each unit's highest level of `cuts.evidence` when the ``free`` cuts move in proportion."""
        held = np.setdiff1d(np.arange(len(CUTS)), free)
        reached = (self.brought[:, held] >= self.base[held]).all(axis=1)
        level = evidence(self.brought, self.base)[:, list(free)].min(axis=1, initial=1.0)
        return self.best(np.where(reached, level, -np.inf))


def build(rows: Sequence[Label], tables: Mapping[str, pa.Table], settings: Mapping[str, Any]) -> Units:
    """Join decided labels (no unsure ones) with a run's ``candidates`` and ``pairs``.

    A label of whole documents owns all candidates of its pair. A label of passages owns the
    candidate with just these spans or, without one, those that overlap it on both sides
    by half of the shorter of the two.
    """
    wanted: dict[tuple[str, str], list[int]] = {}
    for place, row in enumerate(rows):
        wanted.setdefault((row.a, row.b), []).append(place)
    table = tables["candidates"]
    pairs = zip(table["a"].to_pylist(), table["b"].to_pylist(), strict=True)
    near = np.array([at for at, pair in enumerate(pairs) if pair in wanted], np.int64)
    table = table.take(pa.array(near))  # whole pairs: a cut-up passage is judged by all its parts
    owner, kept = _owned(rows, wanted, table)
    channel, brought = candidates(table, settings)
    story, names = stories(rows)
    return Units(
        labels=tuple(rows),
        positive=np.array([row.positive is True for row in rows], np.bool_),
        weight=np.array([1 / (row.probability or 1.0) for row in rows], np.float64),
        story=story,
        stories=names,
        owner=np.array(owner, np.int64),
        row=near[kept],
        channel=channel[kept],
        brought=brought[kept],
        base=base_thresholds(settings),
        measures=_measures(rows, tables["pairs"]),
    )


def _owned(
    rows: Sequence[Label], wanted: Mapping[tuple[str, str], list[int]], table: pa.Table
) -> tuple[list[int], Ints]:
    """Return (owner, row of the table), one entry per owned candidate."""
    columns = [table[name].to_pylist() for name in ("a", "b", "a_start", "a_stop", "b_start", "b_stop")]
    by_pair: dict[tuple[str, str], list[tuple[Spans, int]]] = {}
    for at, (a, b, *spans) in enumerate(zip(*columns, strict=True)):
        if (a, b) in wanted:
            by_pair.setdefault((a, b), []).append((tuple(spans), at))
    owner: list[int] = []
    kept: list[int] = []
    for pair, places in sorted(wanted.items()):
        found = sorted(by_pair.get(pair, []))
        for place in places:
            target = rows[place].spans
            same = [at for spans, at in found if target is None or spans == target]
            near = same or [at for spans, at in found if target is not None and _meet(spans, target)]
            owner += [place] * len(near)
            kept += near
    return owner, np.array(kept, np.int64)


def _meet(x: Spans, y: Spans) -> bool:
    for low in (0, 2):
        common = min(x[low + 1], y[low + 1]) - max(x[low], y[low])
        if 2 * common < min(x[low + 1] - x[low], y[low + 1] - y[low]):
            return False
    return True


def stories(rows: Sequence[Label]) -> tuple[Ints, tuple[str, ...]]:
    """Return the number of each label's story, and the stories' names in order.

    A label without a story belongs with those that share a document with it, directly or over
    others: such answers do not count as independent.
    """
    above: dict[str, str] = {}

    def root(name: str) -> str:
        above.setdefault(name, name)
        while above[name] != name:
            above[name] = above[above[name]]
            name = above[name]
        return name

    for row in rows:
        if not row.story:
            first, second = sorted((root(row.a), root(row.b)))
            above[second] = first
    named = [f"story {row.story}" if row.story else f"document {root(row.a)}" for row in rows]
    names = sorted(set(named))
    number = {name: place for place, name in enumerate(names)}
    return np.array([number[name] for name in named], np.int64), tuple(names)


def _measures(rows: Sequence[Label], pairs: pa.Table) -> dict[str, Floats]:
    if any(row.spans for row in rows):
        return {}
    columns = [pairs[name].to_pylist() for name in ("jaccard", "minhash", "tfidf", "longest_words")]
    columns.insert(3, list(map(_larger, pairs["a_covered"].to_pylist(), pairs["b_covered"].to_pylist())))
    known = dict(
        zip(
            zip(pairs["a"].to_pylist(), pairs["b"].to_pylist(), strict=True),
            zip(*columns, strict=True),
            strict=True,
        )
    )
    figures = np.full((len(rows), len(MEASURES)), -np.inf)
    for place, row in enumerate(rows):
        found = known.get((row.a, row.b))
        if found is not None:
            figures[place] = [-np.inf if value is None else float(value) for value in found]
    figures[np.isnan(figures)] = -np.inf
    return {name: figures[:, place] for place, name in enumerate(MEASURES)}


def _larger(x: float | None, y: float | None) -> float | None:
    return max((value for value in (x, y) if value is not None), default=None)
