"""The drawing of who takes whose text: sources on the left, outlets on the right.

Layout in layers: nodes are as tall as their words, and each column is ordered by the mean
place of its neighbours (barycentre heuristic of Sugiyama, Tagawa and Toda 1981), in sweeps
from a start ordered by words. Only additions, products and quotients of exactly ordered sums
are used, so every machine draws the same picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pyarrow as pa

SOURCES, OUTLETS = 12, 20
"""The largest are drawn one by one, the rest as one node that says how many it stands for."""
HEIGHT, WIDTH, NODE, GAP = 420.0, 880.0, 10.0, 14.0
CLASSES = ("credited", "uncredited", "claimed")
SWEEPS = 8

Node = tuple[int, str]
"""Column (0 source, 1 second-hand outlet, 2 outlet) and id; the id of "all others" is ``""``."""


def flow(matrix: pa.Table, names: Mapping[str, str]) -> dict[str, Any]:
    """Return nodes and links with their places, for a picture of ``width`` by ``height``."""
    rows = [row for row in matrix.to_pylist() if row["source"] and row["class"] in CLASSES and row["words"]]
    sources = _largest(rows, "source", SOURCES)
    outlets = _largest(rows, "outlet", OUTLETS)
    vias = _largest([row for row in rows if row["via"]], "via", SOURCES)
    links: dict[tuple[Node, Node, str], int] = {}
    for row in rows:
        path: list[Node] = [(0, row["source"] if row["source"] in sources else "")]
        if row["via"]:
            path.append((1, row["via"] if row["via"] in vias else ""))
        path.append((2, row["outlet"] if row["outlet"] in outlets else ""))
        for one, two in pairwise(path):
            key = (one, two, row["class"])
            links[key] = links.get(key, 0) + row["words"]
    columns = _ordered(links)
    scale = _scale(columns, links)
    boxes = _boxes(columns, links, scale)
    others = [
        len({row[key] for row in rows if row[key]} - kept)
        for key, kept in (("source", sources), ("via", vias), ("outlet", outlets))
    ]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "node": NODE,
        "others": others,
        "nodes": [
            [node[0], node[1], *(round(value, 1) for value in boxes[node]), _words(node, links)]
            for column in columns
            for node in column
        ],
        "links": _drawn(columns, links, boxes, scale),
    }


def _largest(rows: Sequence[Mapping[str, Any]], key: str, most: int) -> set[str]:
    words: dict[str, int] = {}
    for row in rows:
        words[row[key]] = words.get(row[key], 0) + row["words"]
    ranked = sorted(words, key=lambda name: (-words[name], name))
    return set(ranked if len(ranked) <= most else ranked[: most - 1])


def _words(node: Node, links: Mapping[tuple[Node, Node, str], int]) -> int:
    into = sum(words for (_, target, _), words in sorted(links.items()) if target == node)
    out = sum(words for (origin, _, _), words in sorted(links.items()) if origin == node)
    return max(into, out)


def _ordered(links: Mapping[tuple[Node, Node, str], int]) -> list[list[Node]]:
    nodes = sorted({node for one, two, _ in links for node in (one, two)})
    words = {node: _words(node, links) for node in nodes}
    columns = [sorted((n for n in nodes if n[0] == c), key=lambda n: (-words[n], n[1])) for c in range(3)]
    for sweep in range(SWEEPS):
        place = {node: (index + 0.5) / len(column) for column in columns for index, node in enumerate(column)}
        for column in columns if sweep % 2 else reversed(columns):
            means = {node: _mean(node, links, place) for node in column}
            column.sort(key=lambda n: (n[1] == "", means[n], -words[n], n[1]))
            place.update({node: (index + 0.5) / len(column) for index, node in enumerate(column)})
    return columns


def _mean(node: Node, links: Mapping[tuple[Node, Node, str], int], place: Mapping[Node, float]) -> float:
    total = weight = 0.0
    for (one, two, _), words in sorted(links.items()):
        if node in (one, two):
            total += words * place[two if node == one else one]
            weight += words
    return total / weight if weight else place[node]


def _scale(columns: Sequence[Sequence[Node]], links: Mapping[tuple[Node, Node, str], int]) -> float:
    """Return pixels per word, so that the fullest column fits the height."""
    fits = [
        (HEIGHT - GAP * (len(column) - 1)) / sum(_words(node, links) for node in column)
        for column in columns
        if column
    ]
    return min(fits, default=0.0)


def _boxes(
    columns: Sequence[Sequence[Node]], links: Mapping[tuple[Node, Node, str], int], scale: float
) -> dict[Node, tuple[float, float, float]]:
    """Return x, y and height of each node; columns are centred."""
    boxes = {}
    for column, x in zip(columns, (0.0, (WIDTH - NODE) / 2, WIDTH - NODE), strict=True):
        heights = [max(1.5, _words(node, links) * scale) for node in column]
        y = (HEIGHT - sum(heights) - GAP * (len(column) - 1)) / 2
        for node, height in zip(column, heights, strict=True):
            boxes[node] = (x, y, height)
            y += height + GAP
    return boxes


def _drawn(
    columns: Sequence[Sequence[Node]],
    links: Mapping[tuple[Node, Node, str], int],
    boxes: Mapping[Node, tuple[float, float, float]],
    scale: float,
) -> list[list[Any]]:
    """Return ``[from, to, class, words, y at from, y at to, thickness]``, node numbers in column order."""
    order = {node: index for index, node in enumerate(node for column in columns for node in column)}
    rank = {name: index for index, name in enumerate(CLASSES)}
    out = {node: boxes[node][1] for node in order}
    into = dict(out)
    starts: dict[tuple[Node, Node, str], float] = {}
    for key in sorted(links, key=lambda k: (order[k[0]], order[k[1]], rank[k[2]])):
        starts[key] = out[key[0]]
        out[key[0]] += links[key] * scale
    drawn = []
    for key in sorted(links, key=lambda k: (order[k[1]], order[k[0]], rank[k[2]])):
        one, two, name = key
        thick = links[key] * scale
        places = [
            round(value, 1) for value in (starts[key] + thick / 2, into[two] + thick / 2, max(1.0, thick))
        ]
        drawn.append([order[one], order[two], name, links[key], *places])
        into[two] += thick
    return drawn
