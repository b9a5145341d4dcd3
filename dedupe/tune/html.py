"""``tuning.html``: one file that works offline, asks for nothing and runs no text of an article.

A strict Content-Security-Policy allows the one script and the one style by their digests.
Everything from outside reaches the page escaped, or as text nodes from its data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa

from dedupe.reports.closed import inert, page
from dedupe.tune import sections
from dedupe.tune.cuts import CUTS, evidence
from dedupe.tune.record import setting_value
from dedupe.tune.tuning import Tuning
from dedupe.tune.units import Units

SNIPPET = 400
"""Characters of each passage that the page shows."""
EMBEDDED = 5_000
"""Labelled pairs that the page holds, at most."""

_SLIDER = """<h2>Move the thresholds</h2>
<noscript><p class="notice">The sliders need JavaScript; all figures are in tuning.json, too.</p></noscript>
<div class="sliders" id="sliders"></div>
<p><button id="to-run" type="button">the run's own</button>
<button id="to-chosen" type="button">chosen</button></p>
<table>
<thead><tr><th scope="col">precision</th><th scope="col">recall</th><th scope="col">F1</th></tr></thead>
<tbody><tr id="now"></tr></tbody></table>
{left}<p id="count" aria-live="polite"></p>
<div id="flipped" tabindex="0" role="region" aria-label="Flipped pairs"></div>"""


def build(tuning: Tuning, tables: Mapping[str, pa.Table], meta: Mapping[str, Any], paragraph: str) -> str:
    """Return the page of a tuning; the same input gives the same bytes."""
    style, script = asset("page.css"), '"use strict";(()=>{\n' + asset("page.js") + "\n})();"
    more = len(tuning.units) - EMBEDDED
    left = f'<p class="notice">{more} further labelled pairs are not on this page.</p>' if more > 0 else ""
    body = [
        sections.decision(tuning),
        sections.thresholds(tuning),
        sections.figures(tuning),
        _SLIDER.format(left=left),
        sections.plots(tuning, meta),
        sections.calibration(tuning),
        sections.relations(tuning),
        sections.agreement(tuning),
        f"<h2>For a methods section</h2><blockquote>{sections.escaped(paragraph)}</blockquote>",
    ]
    data = inert(json.dumps(_data(tuning, tables), ensure_ascii=False, separators=(",", ":")))
    text = "\n".join(body)
    return page(
        title=f"Tuning: {tuning.criterion}",
        style=style,
        script=script,
        body=f'<main>\n{text}\n</main>\n<script type="application/json" id="data">{data}</script>',
    )


@cache
def asset(name: str) -> str:
    """Return a file of ``dedupe/tune/assets`` as it stands in a page."""
    return (files("dedupe.tune") / "assets" / name).read_text(encoding="utf-8").strip()


def _data(tuning: Tuning, tables: Mapping[str, pa.Table]) -> dict[str, Any]:
    units = tuning.units
    kept = units.owner < EMBEDDED
    brought = units.brought[kept]
    cuts = []
    for place, cut in enumerate(CUTS):
        finite = brought[:, place][np.isfinite(brought[:, place])].tolist()
        run, chosen = (setting_value(place, one) for one in (units.base, tuning.choice.thresholds))
        low = run if cut.whole else min([run, chosen, *finite])
        high = max([run if cut.whole else 1, chosen, *finite])
        cuts.append(
            {
                "setting": cut.setting,
                "whole": cut.whole,
                "run": run,
                "chosen": chosen,
                "low": low,
                "high": high,
            }
        )
    texts = snippets(units, tables)
    return {
        "cuts": cuts,
        "owner": units.owner[kept].tolist(),
        "values": [list(map(_value, row)) for row in brought.tolist()],
        "units": [
            {"a": label.a, "b": label.b, "yes": bool(units.positive[place]), "label": label.verdict,
             "weight": round(float(units.weight[place]), 4), "texts": texts[place]}
            for place, label in enumerate(units.labels[:EMBEDDED])
        ],
    }  # fmt: skip


def _value(brought: float) -> float | None:
    """Return None where no threshold applies, -1 where none is low enough."""
    return None if brought == np.inf else -1.0 if brought == -np.inf else brought


def snippets(units: Units, tables: Mapping[str, pa.Table]) -> list[tuple[str, str]]:
    """Return the beginnings of each unit's passages: the labelled ones, or the strongest candidate's."""
    ids, texts = (tables["documents"][name].to_pylist() for name in ("id", "text"))
    text_of = dict(zip(ids, texts, strict=True))
    level = evidence(units.brought, units.base).min(axis=1, initial=1.0)
    chosen: dict[int, int] = {}
    for at in np.lexsort((units.row, -level)).tolist():
        chosen.setdefault(int(units.owner[at]), int(units.row[at]))
    rows = tables["candidates"].take(pa.array(list(chosen.values()), pa.int64()))
    columns = [rows[name].to_pylist() for name in ("a_start", "a_stop", "b_start", "b_stop")]
    spans = dict(zip(chosen, zip(*columns, strict=True), strict=True))
    found = []
    for place, label in enumerate(units.labels):
        a0, a1, b0, b1 = label.spans or spans.get(place, (0, SNIPPET, 0, SNIPPET))
        found.append((_short(text_of[label.a], a0, a1), _short(text_of[label.b], b0, b1)))
    return found


def _short(text: str, start: int, stop: int) -> str:
    return text[start:stop] if stop - start <= SNIPPET else text[start : start + SNIPPET] + " …"
