"""The thresholds that a filter over stored scores can move, and what each candidate needs of them.

A candidate is accepted when it reaches every threshold that applies to it (`dedupe.reuse.align.accept`
and the translated channel do the same). So each candidate is a row of the values that it
brings, one per threshold, infinite where a threshold does not apply to it, and accepting is
``(values >= thresholds).all()``. Lowering ``align.min_words`` finds new passages only with a new run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cut:
    """One threshold: its setting, the kinds of passages that it decides on, and what is compared."""

    setting: str
    channel: str
    kinds: tuple[str, ...]
    unit: str
    whole: bool = False


CUTS = (
    Cut("align.min_words", "exact", ("verbatim", "light"), "words", whole=True),
    Cut("align.min_score", "reworded", ("reworded",), "score"),
    Cut("translated.threshold", "translated", ("translated",), "score"),
)
WORDS, SCORE, TRANSLATED = range(3)


def base_thresholds(settings: Mapping[str, Mapping[str, Any]]) -> Floats:
    """Return the thresholds of a run's settings (``run.json``), in the order of ``CUTS``."""
    found = []
    for cut in CUTS:
        section, name = cut.setting.split(".")
        found.append(float(settings[section][name]))
    return np.array(found)


def channel_of(kinds: Sequence[str]) -> Ints:
    """Return for each candidate's kind the number of its cut."""
    number = {kind: place for place, cut in enumerate(CUTS) for kind in cut.kinds}
    return np.array([number[kind] for kind in kinds], np.int64)


def values(channel: Ints, words: Floats, score: Floats, accepted: Flags, base: Floats) -> Floats:
    """Return float64[n, cuts]: what each candidate brings to each threshold, infinite where none applies.

    A candidate that reached its run's thresholds and was turned down for another reason stays
    turned down at every threshold: its values are minus infinity.
    """
    out = np.full((len(channel), len(CUTS)), np.inf)
    exact, reworded, translated = (channel == place for place in range(len(CUTS)))
    out[exact | reworded, WORDS] = words[exact | reworded]
    out[reworded, SCORE] = score[reworded]
    out[translated, TRANSLATED] = score[translated]
    reached = (out >= base).all(axis=1)
    out[reached & ~accepted] = -np.inf
    return out


def evidence(brought: Floats, base: Floats) -> Floats:
    """Return values on one scale from 0 to 1 for all cuts: value / (value + the run's threshold).

    0.5 is the run's own cut. Moving a threshold on this scale moves all cuts in proportion.
    """
    with np.errstate(invalid="ignore"):
        share = brought / (brought + base)
    return np.where(np.isposinf(brought), 1.0, np.where(np.isneginf(brought), -np.inf, share))


def threshold_at(level: float, cut: int, base: Floats) -> float:
    """Return the threshold of a cut at a level of `evidence`; whole words where the cut counts words."""
    value = float(base[cut]) * level / max(1e-9, 1 - level)
    return float(np.ceil(round(value, 6))) if CUTS[cut].whole else round(value, 4)
