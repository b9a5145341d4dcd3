"""Which passages have to be judged together: connected components, found round by round.

A family is made of matches and of passages that overlap in one document. So passages of a document
that overlap are one node, a *stretch*, every match is an edge, and what is in one component can
be judged without the rest. Components come from alternating large and small stars (Kiveris, Lattanzi,
Mirrokni, Rastogi and Vassilvitskii 2014, "Connected components in MapReduce and beyond"): each
round replaces edges by edges to smaller nodes, until every node points to the smallest of its component.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dedupe.stages.columns import numbers

STRETCHES = pa.schema([("match", pa.int64()), ("node", pa.int64())])
"""A side of a match, and the stretch that it lies in."""
EDGES = pa.schema([("low", pa.int64()), ("high", pa.int64())])
"""Two connected nodes, low < high."""
_DOCUMENT = np.int64(1) << 32

Int = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stretches:
    """Kernel: ``match, number, start, stop`` of all passages of some documents → ``STRETCHES``."""

    def __call__(self, rows: pa.Table) -> pa.Table:
        match, number, start, stop = (
            numbers(rows[name]).astype(np.int64) for name in ("match", "number", "start", "stop")
        )
        order = np.lexsort((stop, start, number))
        starts, stops = number[order] * _DOCUMENT + start[order], number[order] * _DOCUMENT + stop[order]
        reach = np.maximum.accumulate(stops) if len(stops) else stops
        first = np.concatenate(([True], starts[1:] >= reach[:-1]))[: len(starts)]
        node = starts[np.maximum.accumulate(np.where(first, np.arange(len(starts)), 0))]
        return pa.table([match[order], node], schema=STRETCHES)


@dataclass(frozen=True, slots=True)
class LargeStar:
    """Kernel: ``node, other`` of all neighbours of some nodes → the larger neighbours of each, joined to the
    smallest of its neighbourhood (``EDGES``)."""

    def __call__(self, rows: pa.Table) -> pa.Table:
        node, other, least = _with_least(rows)
        return _edges(least[other > node], other[other > node])


@dataclass(frozen=True, slots=True)
class SmallStar:
    """Kernel: ``node, other`` of all smaller neighbours of some nodes → these and the node itself joined to
    the smallest (``EDGES``)."""

    def __call__(self, rows: pa.Table) -> pa.Table:
        node, other, least = _with_least(rows)
        return _edges(np.concatenate((least, least)), np.concatenate((other, node)))


def _with_least(rows: pa.Table) -> tuple[Int, Int, Int]:
    node, other = (numbers(rows[name]) for name in ("node", "other"))
    order = np.lexsort((other, node))
    node, other = node[order], other[order]
    first = np.concatenate(([True], node[1:] != node[:-1]))[: len(node)]
    least = other[np.maximum.accumulate(np.where(first, np.arange(len(node)), 0))]
    return node, other, np.minimum(least, node)


def _edges(low: Int, high: Int) -> pa.Table:
    found = np.unique(np.stack((low, high), axis=1)[low != high], axis=0)
    return pa.table([found[:, 0], found[:, 1]], schema=EDGES)


def labelled(edges: pa.Table) -> pa.Table:
    """Return ``EDGES`` from the smallest node of each component to every other one, from edges held here."""
    low, high = numbers(edges["low"]), numbers(edges["high"])
    nodes, places = np.unique(np.concatenate((low, high)), return_inverse=True)
    graph = coo_array((np.ones(len(low)), (places[: len(low)], places[len(low) :])), shape=(len(nodes),) * 2)
    component = connected_components(graph, directed=False)[1]
    least = np.full(int(component.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(least, component, nodes)
    return _edges(least[component], nodes)
