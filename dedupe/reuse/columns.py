"""Passages of many pairs of documents as columns: what `records.Passage` is for one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedupe.reuse.kernels_sort import order_of
from dedupe.reuse.prepared import F64
from dedupe.text.kernels import I32, I64, Flags

KINDS = ("verbatim", "light", "reworded")
FIGURES = ("cosine", "wording", "mass", "a_contained", "b_contained")
"""Fields of `measures.Figures`, in their order."""

MEASURES = (
    "a_contained", "b_contained", "cosine", "crowd", "edits", "mass", "plain", "telling", "strength", "support",
    "wording",
)  # fmt: skip
"""Of a reworded passage, in the order in which `align` has them; an exact one has those of `EXACT`."""
EXACT = ("edits", "plain", "telling")


@dataclass(frozen=True, slots=True)
class Passages:
    """Passages of pairs as columns, sorted by pair and place; figures are rounded to six places."""

    pair: I32
    words_at: I32
    """Words: a_start, a_stop, b_start, b_stop."""
    spans: I32
    """The same as characters."""
    kind: NDArray[np.int8]
    """Place in `KINDS`."""
    reworded: Flags
    """Whether it was found by alike sentences, and has ``figures``, whatever its kind."""
    score: F64
    accepted: Flags
    guards: Sequence[tuple[str, ...]]
    edits: F64
    plain: F64
    telling: F64
    figures: F64
    """float64[n, 5]: `FIGURES`."""
    strength: F64
    support: F64
    crowd: float

    def __len__(self) -> int:
        """Return the number of passages."""
        return len(self.pair)

    @property
    def measures(self) -> dict[str, F64]:
        """Every measure of `MEASURES`, of all passages."""
        figures = dict(zip(FIGURES, self.figures.T, strict=True))
        rest = {name: getattr(self, name) for name in (*EXACT, "strength", "support")}
        return {**figures, **rest, "crowd": np.full(len(self), self.crowd)}

    def at(self, places: I64) -> Passages:
        """Return these passages, in this order."""

        def some(name: str) -> Any:
            column = getattr(self, name)
            return [column[at] for at in places.tolist()] if name == "guards" else column[places]

        return dataclasses.replace(self, **{name: some(name) for name in _COLUMNS})


def rounded(values: F64, digits: int = 6) -> F64:
    """Round to so many digits as Python does, to the last bit: where numpy might do otherwise, Python does it."""
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = values * 10.0**digits
        # Python rounds the decimal value itself: the product errs by a bit, which matters near a half only.
        near = ~(np.abs(scaled - np.floor(scaled) - 0.5) > _NEAR) | ~(np.abs(scaled) < _LARGE)
    out: F64 = np.rint(scaled) / 10.0**digits
    out[near] = [round(value, digits) for value in values[near].tolist()]
    return out


_NEAR, _LARGE = 1e-4, 1e9
_COLUMNS = [field.name for field in dataclasses.fields(Passages) if field.name != "crowd"]


def by_place(row: I32, spans: I32) -> I64:
    """Return passages by pair and place."""
    return order_of(row, spans[:, 0], spans[:, 2], spans[:, 1], spans[:, 3])
