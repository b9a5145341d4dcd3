"""The thresholds that a filter over stored scores can move, and what each candidate needs of them.

A candidate is accepted when it reaches every threshold that applies to it (`dedupe.reuse.align.accept`
and the translated channel do the same). So each candidate is a row of the values that it
brings, one per threshold, infinite where a threshold does not apply to it, and accepting is
``(values >= thresholds).all()``. Lowering ``align.min_words`` finds new passages only with a new run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedupe.reuse.align import told

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cut:
    """One threshold: its setting, the channel that it decides on, and whether it counts whole words."""

    setting: str
    channel: str
    whole: bool = False


CUTS = (
    Cut("align.min_words", "exact", whole=True),
    Cut("align.min_score", "reworded"),
    Cut("translated.threshold", "translated"),
    Cut("translated.paraphrase", "paraphrase"),
)
WORDS, SCORE, TRANSLATED, PARAPHRASE = range(4)


def base_thresholds(settings: Mapping[str, Mapping[str, Any]]) -> Floats:
    """Return the thresholds of a run's settings (``run.json``), in the order of ``CUTS``."""
    found = []
    for cut in CUTS:
        section, name = cut.setting.split(".")
        found.append(float(settings[section][name]))
    return np.array(found)


def candidates(table: pa.Table, settings: Mapping[str, Mapping[str, Any]]) -> tuple[Ints, Floats]:
    """Return the channel of each row of ``records.CANDIDATES``, and what it brings to each threshold.

    Values are float64[n, cuts], infinite where a threshold does not apply. Rows that a reworded
    passage was cut into are judged by the words of the whole. Where a run's verdict follows from more
    than these thresholds it stands: a row that reached them and was turned down has minus
    infinity throughout, one that was accepted has no less than the run's thresholds.
    """
    base = base_thresholds(settings)
    measures = [dict(found) for found in table["measures"].to_pylist()]
    kinds = table["kind"].to_pylist()
    channel = np.array(list(map(_channel, kinds, measures)), np.int64)
    words = _words(table, measures, channel)
    for place, found in enumerate(measures):
        # As in `align.accept`: of what tells little, twice the words are asked.
        telling = found.get("plain", np.inf) >= settings["align"].get("min_plain", 0)
        if "telling" in found:
            telling &= told(found) >= settings["align"].get("min_telling", 0)
        words[place] *= 1 if telling else 0.5
    score = table["score"].to_numpy().astype(np.float64)
    out = np.full((len(channel), len(CUTS)), np.inf)
    inside = channel != TRANSLATED
    out[inside, WORDS] = words[inside]
    out[channel == SCORE, SCORE] = score[channel == SCORE]
    out[~inside, TRANSLATED] = score[~inside]
    out[channel == PARAPHRASE, PARAPHRASE] = score[channel == PARAPHRASE]
    accepted = np.array(table["accepted"].to_pylist(), np.bool_)
    out[(out >= base).all(axis=1) & ~accepted] = -np.inf
    out[accepted] = np.maximum(out[accepted], base)
    return channel, out


def _channel(kind: str, measures: Mapping[str, float]) -> int:
    if kind == "translated":
        return TRANSLATED
    if "chain_beads" in measures:  # found by meaning within one language
        return PARAPHRASE
    return SCORE if "strength" in measures else WORDS


def _words(table: pa.Table, measures: list[dict[str, float]], channel: Ints) -> Floats:
    """Return the words of each row, on the side with fewer; of the whole where one was cut up."""
    names = ("a", "b", "score", "a_words", "b_words", "accepted")
    wholes: dict[Any, tuple[int, int]] = {}
    keys = []
    rows = zip(*(table[name].to_pylist() for name in names), strict=True)
    for place, (a, b, score, a_words, b_words, accepted) in enumerate(rows):
        # Only accepted passages are cut up; the parts have the measures of the whole.
        cut_up = channel[place] == SCORE and accepted
        part = (a, b, score, tuple(sorted(measures[place].items()))) if cut_up else place
        before = wholes.get(part, (0, 0))
        wholes[part] = before[0] + a_words, before[1] + b_words
        keys.append(part)
    return np.array([min(wholes[key]) for key in keys], np.float64)


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
