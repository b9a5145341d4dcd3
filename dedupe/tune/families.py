"""Family metrics: B-cubed over the labelled documents (Bagga and Baldwin 1998)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dedupe.tune.cuts import Flags, Floats, Ints
from dedupe.tune.estimates import Figure, f1, proportion, ratio
from dedupe.tune.estimates import interval as with_interval
from dedupe.tune.units import Units


@dataclass(frozen=True, slots=True)
class BCubed:
    """For each document, the share of its family that is right (precision) and found (recall), averaged."""

    precision: Figure
    recall: Figure
    f1: Figure
    documents: int


def b_cubed(units: Units, accepted: Flags, counts: Floats) -> BCubed:
    """Compare the families that accepted pairs make with those that pairs labelled yes make.

    Both are connected components over labelled pairs only: pairs that nobody labelled join
    nothing on either side. A document speaks in the first story that has a label of it.
    """
    names = sorted({name for label in units.labels for name in (label.a, label.b)})
    number = {name: place for place, name in enumerate(names)}
    a = np.array([number[label.a] for label in units.labels], np.int64)
    b = np.array([number[label.b] for label in units.labels], np.int64)
    story = np.full(len(names), len(units.stories), np.int64)
    for side in (a, b):
        np.minimum.at(story, side, units.story)
    true, found = _components(a, b, units.positive, len(names)), _components(a, b, accepted, len(names))
    together = _sizes(true * len(names) + found)
    right, known = together / _sizes(found), together / _sizes(true)
    stories = len(units.stories)
    documents = np.bincount(story, minlength=stories).astype(np.float64)[:, None]
    rights = np.bincount(story, weights=right, minlength=stories).astype(np.float64)[:, None]
    knowns = np.bincount(story, weights=known, minlength=stories).astype(np.float64)[:, None]
    drawn = f1(ratio(counts @ rights, counts @ documents), ratio(counts @ knowns, counts @ documents))
    value = f1(np.array([right.mean()]), np.array([known.mean()]))
    return BCubed(
        proportion(rights, documents, counts)[0],
        proportion(knowns, documents, counts)[0],
        with_interval(float(value[0]), drawn[:, 0]),
        len(names),
    )


def _components(a: Ints, b: Ints, joined: Flags, size: int) -> Ints:
    graph = coo_array((np.ones(int(joined.sum())), (a[joined], b[joined])), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def _sizes(group: Ints) -> Floats:
    _, place, size = np.unique(group, return_inverse=True, return_counts=True)
    return size[place].astype(np.float64)
