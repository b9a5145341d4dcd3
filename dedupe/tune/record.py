"""A tuning as plain data (``tuning.json``), as a settings file, and as a table of curves."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from dedupe import __version__
from dedupe.settings import Settings
from dedupe.tune.cuts import CUTS, Floats
from dedupe.tune.estimates import Figure
from dedupe.tune.tuning import Tuning, lsh

FORMAT = 1
"""Version of ``tuning.json``."""

FIGURES = ("run", "chosen", "unseen")
CURVE = pa.schema([
    ("channel", pa.string()), ("threshold", pa.float64()),
    ("precision", pa.float64()), ("precision_low", pa.float64()), ("precision_high", pa.float64()),
    ("recall", pa.float64()), ("recall_low", pa.float64()), ("recall_high", pa.float64()),
    ("f1", pa.float64()), ("f1_low", pa.float64()), ("f1_high", pa.float64()), ("accepted", pa.float64()),
])  # fmt: skip


def record(tuning: Tuning, meta: Mapping[str, Any], paragraph: str) -> dict[str, Any]:
    """Return ``tuning.json``; ``meta`` is the run's ``run.json``. No time: same input, same bytes."""
    before, after = tuning.decisions()
    return {
        "format": FORMAT,
        "dedupe": __version__,
        "run": run_digest(meta),
        "labels": {"digest": tuning.labels.digest, **tuning.counts, "notes": list(tuning.notes)},
        "criterion": {"text": str(tuning.criterion), **dataclasses.asdict(tuning.criterion)},
        "seed": tuning.seed,
        "resamples": tuning.draws,
        "decision": "kept" if tuning.choice.refusal else "tuned",
        "refusal": tuning.choice.refusal,
        "thresholds": [_threshold(tuning, place) for place in range(len(CUTS))],
        "figures": {
            name: plain(figures)
            for name, figures in zip(FIGURES, (tuning.default, tuning.tuned, tuning.unseen), strict=True)
        },
        "unseen_thresholds": [[number(value) for value in one] for one in tuning.unseen_thresholds],
        "average_precision": {
            name: plain(found.average_precision) for name, found in tuning.curves.items()
        },
        "calibration": {name: plain(found) for name, found in tuning.calibrations.items()},
        "families": {"run": plain(tuning.families_default), "chosen": plain(tuning.families_tuned)},
        "relations": {
            name: {"yes": count, "found": plain(figure)} for name, (count, figure) in tuning.relations.items()
        },
        "agreement": [
            {
                "annotators": [one.first, one.second], "both": one.both,
                "same": plain(one.same), "kappa": plain(one.kappa),
                "disagreements": [
                    {"where": [x.where for x in pair], "a": pair[0].a, "b": pair[0].b, "spans": pair[0].spans,
                     "labels": [x.verdict for x in pair]}
                    for pair in one.disagreements
                ],
            }
            for one in tuning.agreement
        ],
        "lsh": plain(lsh(meta["settings"])),
        "paragraph": paragraph,
        "units": [
            {
                "a": label.a, "b": label.b, "spans": label.spans, "label": label.verdict,
                "story": tuning.units.stories[tuning.units.story[place]],
                "weight": number(tuning.units.weight[place]),
                "run": bool(before[place]), "chosen": bool(after[place]),
            }
            for place, label in enumerate(tuning.units.labels)
        ],
    }  # fmt: skip


def _threshold(tuning: Tuning, place: int) -> dict[str, Any]:
    cut, spread = CUTS[place], tuning.spread.get(place)
    return {
        "setting": cut.setting,
        "channel": cut.channel,
        "run": setting_value(place, tuning.units.base),
        "chosen": setting_value(place, tuning.choice.thresholds),
        "free": place in tuning.free,
        "spread": None if spread is None else plain(spread),
    }


def setting_value(place: int, thresholds: Floats) -> float | int:
    """Return a threshold as its setting takes it."""
    value = float(thresholds[place])
    return math.ceil(value) if CUTS[place].whole else round(value, 4)


def run_digest(meta: Mapping[str, Any]) -> str:
    """Return a digest of what a run depended on: inputs, settings, channels, versions."""
    from dedupe.runs import digest

    return digest([meta.get(name) for name in ("inputs", "settings", "channels", "versions")])[:16]


def number(value: float) -> float | None:
    """Return a number to six places; None for what JSON cannot hold."""
    return round(float(value), 6) if math.isfinite(value) else None


def plain(value: Any) -> Any:
    """Return dataclasses and figures as JSON data."""
    if isinstance(value, Figure):
        return {name: number(part) for name, part in zip(Figure._fields, value, strict=True)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    return number(value) if isinstance(value, float) else value


def curves(tuning: Tuning) -> pa.Table:
    """Return ``curve.parquet``: one row per channel and threshold."""
    rows = []
    for name, found in tuning.curves.items():
        for place, threshold in enumerate(found.grid):
            row = {"channel": name, "threshold": float(threshold), "accepted": float(found.accepted[place])}
            for figure in ("precision", "recall", "f1"):
                value, low, high = getattr(found, figure)[place]
                row |= {figure: value, f"{figure}_low": low, f"{figure}_high": high}
            rows.append(row)
    return pa.Table.from_pylist(rows, schema=CURVE)


def toml(settings: Mapping[str, Mapping[str, Any]], about: Mapping[str, Any]) -> str:
    """Return a settings file: what differs from the defaults, and a free ``[about]`` section."""
    defaults = Settings().as_dict()
    lines = ["[about]", *(f"{name} = {_toml(value)}" for name, value in about.items())]
    for section, values in settings.items():
        changed = {
            name: value
            for name, value in values.items()
            if name in defaults.get(section, {}) and value != defaults[section][name]
        }
        if changed:
            lines += ["", f"[{section}]", *(f"{name} = {_toml(value)}" for name, value in changed.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON's escapes are TOML's; only DEL and what UTF-8 cannot carry are not.
        sound = value.replace("\x7f", " ").encode("utf-8", "replace").decode("utf-8")
        return json.dumps(sound, ensure_ascii=False)
    return repr(value)


def tuned_settings(
    settings: Mapping[str, Mapping[str, Any]], thresholds: Floats
) -> dict[str, dict[str, Any]]:
    """Return a run's settings with the thresholds put in."""
    out = {section: dict(values) for section, values in settings.items()}
    for place, cut in enumerate(CUTS):
        section, name = cut.setting.split(".")
        out[section][name] = setting_value(place, thresholds)
    return out
