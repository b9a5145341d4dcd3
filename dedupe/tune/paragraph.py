"""The paragraph for a methods section."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dedupe import __version__
from dedupe.tune.cuts import CUTS
from dedupe.tune.estimates import Figure
from dedupe.tune.tuning import Tuning
from dedupe.tune.validation import FOLDS, Figures


def shown(figure: Figure) -> str:
    """Return ``.912 [.871, .944]``, or a dash where nothing can be estimated."""
    if math.isnan(figure.value):
        return "not estimable"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def methods(tuning: Tuning, meta: Mapping[str, Any], values: Mapping[str, float]) -> str:
    """Return the text; ``values`` are the chosen thresholds by setting."""
    counts = tuning.counts
    documents = meta.get("counts", {}).get("analysed", "?")
    parts = [
        f"Shared passages were found with dedupe {__version__} in {documents} documents. "
        f"Thresholds were set on {counts['used']} labelled pairs ({counts['yes']} yes, {counts['no']} no) "
        f"from {counts['stories']} independent stories"
    ]
    if counts["unsure"] or counts["tied"]:
        left = counts["unsure"] + counts["tied"]
        parts.append(f", {left} further pairs being left out as undecided")
    parts.append(f", by {counts['annotators']} annotators" if counts["annotators"] > 1 else "")
    parts += [
        f" (Cohen's kappa {shown(one.kappa)} on {one.both} pairs)"
        for one in tuning.agreement
        if not math.isnan(one.kappa.value)
    ]
    parts.append(". ")
    if counts["weighted"] == counts["used"]:
        parts.append(
            "Each label is weighted by the inverse of its pair's probability of being sampled, so that "
            "figures speak for all pairs that were sampled from; recall is that among those pairs. "
        )
    else:
        parts.append("Figures speak for the labelled pairs. ")
    parts.append(
        f"Intervals are 95 %: {tuning.draws:,} bootstrap resamples of whole stories, widened to the "
        "Clopper-Pearson limits on the effective number of stories where those are wider. "
    )
    listed = ", ".join(f"{CUTS[place].setting} = {values[CUTS[place].setting]:g}" for place in tuning.free)
    if tuning.choice.refusal:
        parts.append(
            f"The criterion ({tuning.criterion}) could not be met ({tuning.choice.refusal}), "
            f"and the thresholds were left as they were: {_figures(tuning.default)}."
        )
        return "".join(parts)
    parts.append(f"By the criterion {tuning.criterion}, the thresholds chosen were {listed}")
    spread = "; ".join(
        f"{CUTS[place].setting} {found.low:g} to {found.high:g}"
        for place, found in sorted(tuning.spread.items())
    )
    parts.append(f" (range of 95 % of the resamples: {spread}). " if spread else ". ")
    parts.append(
        f"On the labels that they were chosen on: {_figures(tuning.tuned)}. "
        f"With thresholds chosen without the story that they were tested on ({FOLDS}-fold cross-validation "
        f"by story): {_figures(tuning.unseen)}. With the run's own thresholds: {_figures(tuning.default)}."
    )
    return "".join(parts)


def _figures(found: Figures) -> str:
    return f"precision {shown(found.precision)}, recall {shown(found.recall)}, F1 {shown(found.f1)}"
