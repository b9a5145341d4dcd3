"""Inclusion probabilities: how much of the run each answered pair speaks for."""

from __future__ import annotations

from collections.abc import Mapping

SHARP = "*"
"""Ends the name of the cell that holds the most uncertain pairs of a stratum."""


def probabilities(
    sizes: Mapping[str, int], answered: Mapping[str, int]
) -> tuple[dict[str, float], list[tuple[str, int]]]:
    """Return each cell's inclusion probability, and the cells (with sizes) that nothing speaks for.

    Pairs are drawn in a random order within each cell (a stratum of scores, or its most
    uncertain part), so given how many of a cell were answered they are a simple random sample
    of it: probability = answered / size (Särndal, Swensson, Wretman 1992, section 7.6,
    poststratification). That holds, too, where the uncertain ones were asked for: they only
    enlarge the sample of their own cell. An uncertain cell without answers counts with the
    rest of its stratum.
    """
    chance: dict[str, float] = {}
    silent: list[tuple[str, int]] = []
    for stratum in sorted({cell.removesuffix(SHARP) for cell in sizes}):
        rest, sharp = stratum, stratum + SHARP
        joined = [cell for cell in (rest, sharp) if sizes.get(cell)]
        apart = answered.get(sharp) or rest not in joined
        parts = [[cell] for cell in joined] if apart else [joined]
        for cells in parts:
            size = sum(sizes[cell] for cell in cells)
            count = sum(answered.get(cell, 0) for cell in cells)
            chance.update(dict.fromkeys(cells, count / size))
            if not count:
                silent.append((cells[0], size))
    return chance, silent
