"""Which pairs to label: a stratified random sample of a run's candidates, from below the cut, too.

Strata are channels by bands of score. Within a stratum pairs come in a random order, and strata
take turns, so that wherever the annotator stops, what was answered is a simple random
sample of each stratum. The pairs nearest to the cut are cells of their own: asking for them
enlarges the sample of those cells and nothing else (see `dedupe.tune.weights`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dedupe.tune.cuts import CUTS, Floats, Ints, base_thresholds, candidates, evidence
from dedupe.tune.labels import Key, Spans
from dedupe.tune.record import run_digest
from dedupe.tune.weights import SHARP

Unit = Literal["passages", "documents"]
BANDS = (0.45, 0.5, 0.6, 0.75)
"""Where strata part, on the scale of `cuts.evidence`: 0.5 is the run's own cut."""
SHARPEST, FEWEST_SHARP, MOST_SHARP = 0.1, 5, 100
"""Share of a channel's candidates that count as most uncertain; at least, at most so many."""
LONGEST = 5_000
"""Pairs of one stratum that are ever offered."""


@dataclass(frozen=True, slots=True)
class Item:
    """A pair to label: what it is about, the cell that it was drawn from, and its story."""

    key: Key
    cell: str
    story: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The design that a log records, the order of the sample, and that of the most uncertain pairs."""

    design: Mapping[str, Any]
    order: tuple[Item, ...]
    uncertain: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class _Frame:
    keys: list[Key]
    channel: list[str]
    level: Floats


def plan(tables: Mapping[str, pa.Table], meta: Mapping[str, Any], unit: Unit, seed: int) -> Plan:
    """Return the sample of a run; the same run, unit and seed give the same plan."""
    frame = _passages(tables, meta) if unit == "passages" else _documents(tables, meta)
    story = _stories(tables)
    cells = _cells(frame)
    names, code = np.unique(np.array(cells, dtype=object).astype(str), return_inverse=True)
    sizes = np.bincount(code, minlength=len(names))
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(cells))
    by_stratum: dict[str, list[int]] = {}
    for at in shuffled.tolist():
        found = by_stratum.setdefault(cells[at].removesuffix(SHARP), [])
        if len(found) < LONGEST:
            found.append(at)
    order = _turns([by_stratum[name] for name in sorted(by_stratum)], rng)
    sharp = [at for at in shuffled.tolist() if cells[at].endswith(SHARP)]

    def item(at: int) -> Item:
        a, b, _ = key = frame.keys[at]
        return Item(key, cells[at], min(story.get(a, a), story.get(b, b)))

    design = {
        "format": 1, "run": run_digest(meta), "unit": unit, "seed": seed,
        "cells": [[str(name), int(size)] for name, size in zip(names, sizes, strict=True)],
    }  # fmt: skip
    return Plan(design, tuple(map(item, order)), tuple(map(item, sharp)))


def _turns(strata: list[list[int]], rng: np.random.Generator) -> list[int]:
    """Let strata take turns, in a new random order each round: the order of pairs tells nothing of scores."""
    out: list[int] = []
    for turn in range(max(map(len, strata), default=0)):
        out += [strata[at][turn] for at in rng.permutation(len(strata)).tolist() if turn < len(strata[at])]
    return out


def _levels(tables: Mapping[str, pa.Table], meta: Mapping[str, Any]) -> tuple[Ints, Floats]:
    """Return channel and level of each row of ``candidates``; minus infinity for what a run turned down."""
    channel, brought = candidates(tables["candidates"], meta["settings"])
    return channel, evidence(brought, base_thresholds(meta["settings"])).min(axis=1, initial=1.0)


def _passages(tables: Mapping[str, pa.Table], meta: Mapping[str, Any]) -> _Frame:
    table = tables["candidates"]
    columns = [table[name].to_pylist() for name in ("a", "b", "a_start", "a_stop", "b_start", "b_stop")]
    channel, level = _levels(tables, meta)
    best: dict[Key, tuple[float, int]] = {}
    for at, (a, b, *spans) in enumerate(zip(*columns, strict=True)):
        found: Spans = (spans[0], spans[1], spans[2], spans[3])
        best[a, b, found] = max(best.get((a, b, found), (-np.inf, -1)), (float(level[at]), at))
    keys = sorted(best, key=_sortable)
    names = [CUTS[channel[best[key][1]]].channel for key in keys]
    return _Frame(keys, names, np.array([best[key][0] for key in keys], np.float64))


def _documents(tables: Mapping[str, pa.Table], meta: Mapping[str, Any]) -> _Frame:
    pairs = zip(tables["pairs"]["a"].to_pylist(), tables["pairs"]["b"].to_pylist(), strict=True)
    level: dict[tuple[str, str], float] = dict.fromkeys(sorted(pairs), -np.inf)
    table = tables["candidates"]
    rows = zip(table["a"].to_pylist(), table["b"].to_pylist(), _levels(tables, meta)[1].tolist(), strict=True)
    for a, b, value in rows:
        level[a, b] = max(level.get((a, b), -np.inf), value)
    keys: list[Key] = [(a, b, None) for a, b in sorted(level)]
    return _Frame(keys, ["documents"] * len(keys), np.array([level[a, b] for a, b, _ in keys], np.float64))


def _sortable(key: Key) -> tuple[str, str, Spans]:
    return key[0], key[1], key[2] or (-1, -1, -1, -1)


def _cells(frame: _Frame) -> list[str]:
    edges = (0.0, *BANDS, 1.0)
    band = np.searchsorted(BANDS, frame.level, "right")
    cells = []
    for at, channel in enumerate(frame.channel):
        if np.isneginf(frame.level[at]):
            cells.append(f"{channel}, turned down or none")
        else:
            cells.append(f"{channel} {edges[band[at]]:.2f} to {edges[band[at] + 1]:.2f}")
    channels = np.array(frame.channel)
    distance = np.abs(frame.level - 0.5)
    for channel in sorted(set(frame.channel)):
        inside = np.flatnonzero((channels == channel) & np.isfinite(frame.level))
        count = min(MOST_SHARP, max(FEWEST_SHARP, int(SHARPEST * len(inside))))
        for at in inside[np.argsort(distance[inside], kind="stable")][:count].tolist():
            cells[at] += SHARP
    return cells


def _stories(tables: Mapping[str, pa.Table]) -> dict[str, str]:
    """Return for each document the first of those that accepted candidates tie together with it."""
    ids = tables["documents"]["id"].to_pylist()
    number = {name: place for place, name in enumerate(sorted(ids))}
    table = tables["candidates"].filter(tables["candidates"]["accepted"])
    a = np.array([number[name] for name in table["a"].to_pylist()], np.int64)
    b = np.array([number[name] for name in table["b"].to_pylist()], np.int64)
    graph = coo_array((np.ones(len(a)), (a, b)), shape=(len(ids), len(ids)))
    group = connected_components(graph, directed=False)[1].tolist()
    first: dict[int, str] = {}
    return {name: first.setdefault(group[place], name) for name, place in sorted(number.items())}
