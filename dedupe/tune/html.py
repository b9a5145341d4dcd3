"""``tuning.html``: one file that works offline, asks for nothing and runs no text of an article.

A strict Content-Security-Policy allows the one script and the one style by their digests.
Everything from outside reaches the page escaped, or as text nodes from its data.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa

from dedupe.tune.cuts import CUTS, evidence
from dedupe.tune.estimates import Figure
from dedupe.tune.paragraph import shown
from dedupe.tune.record import setting_value
from dedupe.tune.svg import Series, plot
from dedupe.tune.tuning import Tuning, lsh
from dedupe.tune.units import Units

SNIPPET = 400
"""Characters of each passage that the page shows."""
EMBEDDED = 5_000
"""Labelled pairs that the page holds, at most."""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>Tuning: {title}</title>
<style>{style}</style>
</head>
<body><main>
{body}
</main>
<script type="application/json" id="data">{data}</script>
<script>{script}</script>
</body>
</html>
"""


def build(tuning: Tuning, tables: Mapping[str, pa.Table], meta: Mapping[str, Any], paragraph: str) -> str:
    """Return the page of a tuning; the same input gives the same bytes."""
    style, script = asset("page.css"), '"use strict";(()=>{\n' + asset("page.js") + "\n})();"
    policy = (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; trusted-types 'none'; "
        f"require-trusted-types-for 'script'; script-src '{digest(script)}'; style-src '{digest(style)}'"
    )
    body = "\n".join((
        _decision(tuning), _thresholds(tuning), _figures(tuning), _slider(tuning), _plots(tuning, meta),
        _calibration(tuning), _rest(tuning, meta), f"<h2>For a methods section</h2><blockquote>{_t(paragraph)}</blockquote>",
    ))  # fmt: skip
    data = json.dumps(_data(tuning, tables), ensure_ascii=False, separators=(",", ":"))
    page = _PAGE.format(
        policy=policy, style=style, script=script, body=body, title=_t(str(tuning.criterion)),
        data=data.replace("<", "\\u003c"),
    )  # fmt: skip
    return page.encode("utf-8", "replace").decode("utf-8")


@cache
def asset(name: str) -> str:
    """Return a file of ``dedupe/tune/assets`` as it stands in a page."""
    return (files("dedupe.tune") / "assets" / name).read_text(encoding="utf-8").strip()


def digest(code: str) -> str:
    """Return the Content-Security-Policy digest of an inline script or style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()


def _t(text: object) -> str:
    return html.escape(str(text))


def _figure(figure: Figure) -> str:
    text = shown(figure)
    value, _, rest = text.partition(" [")
    return f"{value} <small>[{rest}</small>" if rest else f"<small>{text}</small>"


def _table(head: list[str], rows: list[list[str]]) -> str:
    top = "".join(f'<th scope="col">{_t(cell)}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>' + "".join(f"<td>{cell}</td>" for cell in row[1:]) + "</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _decision(tuning: Tuning) -> str:
    counts = tuning.counts
    lines = [
        "<h1>Tuning of thresholds</h1>",
        f"<p>Criterion: <strong>{_t(tuning.criterion)}</strong>. {counts['used']} labelled pairs, {counts['yes']} yes and "
        f"{counts['no']} no, from {counts['stories']} independent stories.</p>",
    ]
    if tuning.choice.refusal:
        lines.append(
            f'<p class="notice">The thresholds were kept as they were: {_t(tuning.choice.refusal)}.</p>'
        )
    lines += [f'<p class="quiet">Note: {_t(note)}.</p>' for note in tuning.notes]
    return "".join(lines)


def _thresholds(tuning: Tuning) -> str:
    rows = []
    for place, cut in enumerate(CUTS):
        spread = tuning.spread.get(place)
        free = place in tuning.free
        said = (
            "too few labels to move it"
            if not free
            else "–"
            if spread is None
            else f"{spread.low:g} to {spread.high:g}"
        )
        rows.append([
            f"<code>{cut.setting}</code>", f"{setting_value(place, tuning.units.base):g}",
            f"{setting_value(place, tuning.choice.thresholds):g}", said,
        ])  # fmt: skip
    return "<h2>Thresholds</h2>" + _table(["setting", "run", "chosen", "95 % of resamples"], rows)


def _figures(tuning: Tuning) -> str:
    rows = [
        [name, _figure(found.precision), _figure(found.recall), _figure(found.f1)]
        for name, found in (
            ("the run's own thresholds", tuning.default),
            ("chosen, on the labels they were chosen on", tuning.tuned),
            ("chosen without the story tested (cross-validated)", tuning.unseen),
        )
    ]
    families = [
        [f"families, {name}", _figure(found.precision), _figure(found.recall), _figure(found.f1)]
        for name, found in (
            ("the run's own thresholds", tuning.families_default),
            ("chosen", tuning.families_tuned),
        )
    ]
    note = (
        '<p class="quiet">With 95 % intervals. Families: B-cubed over the labelled documents. Expect the cross-validated '
        "figures on new text; those on the same labels flatter.</p>"
    )
    return "<h2>Figures</h2>" + _table(["", "precision", "recall", "F1"], rows + families) + note


def _slider(tuning: Tuning) -> str:
    more = len(tuning.units) - EMBEDDED
    left = f'<p class="notice">{more} further labelled pairs are not on this page.</p>' if more > 0 else ""
    return (
        '<h2>Move the thresholds</h2><noscript><p class="notice">The sliders need JavaScript; all figures are in '
        'tuning.json and curve.parquet, too.</p></noscript><div class="sliders" id="sliders"></div>'
        '<p><button id="to-run" type="button">the run\'s own</button> <button id="to-chosen" type="button">chosen</button></p>'
        '<div class="scroll"><table><thead><tr><th scope="col">precision</th><th scope="col">recall</th><th scope="col">F1'
        f'</th></tr></thead><tbody><tr id="now"></tr></tbody></table></div>{left}<p id="count" aria-live="polite"></p>'
        '<div id="flipped"></div>'
    )


def _plots(tuning: Tuning, meta: Mapping[str, Any]) -> str:
    units = tuning.units
    points = [
        Series("the run's own", [(tuning.default.recall.value, tuning.default.precision.value)], line=False),
        Series("chosen", [(tuning.tuned.recall.value, tuning.tuned.precision.value)], line=False),
    ]
    plots = []
    for names, title in (
        (("combined", *(cut.channel for cut in CUTS)), "Precision and recall, by channel"),
        (tuple(units.measures), "Precision and recall of figures about whole documents"),
    ):
        lines = [Series(f"{name} (AP {tuning.curves[name].average_precision.value:.3f})", [
            (x.value, y.value) for x, y in zip(tuning.curves[name].recall, tuning.curves[name].precision, strict=True)
        ]) for name in names if name in tuning.curves]  # fmt: skip
        if lines:
            marks = points if names[0] == "combined" else []
            plots.append(plot([*lines, *marks], across="recall", up="precision", title=title))
    found = lsh(meta["settings"])
    plots.append(plot(
        [Series("found by LSH", found.probabilities), Series("threshold", [(found.threshold, 0.0), (found.threshold, 1.0)])],
        across="Jaccard similarity", up="chance of collision",
        title=f"MinHash LSH, {found.bands} bands of {found.rows}: threshold {found.threshold:.3f}",
    ))  # fmt: skip
    return f'<h2>Curves</h2><div class="plots">{"".join(plots)}</div>'


def _calibration(tuning: Tuning) -> str:
    if not tuning.calibrations:
        return ""
    ideal = Series("ideal", [(0.0, 0.0), (1.0, 1.0)])
    plots = [
        plot(
            [ideal, Series(name, [(one.said, one.so.value) for one in found.bins], line=False)],
            across="said", up="so", title=f"Reliability, {name} (on unseen stories)",
        )
        for name, found in tuning.calibrations.items()
    ]  # fmt: skip
    rows = [[_t(name), _figure(found.brier), _figure(found.raw), _figure(found.constant)]
            for name, found in tuning.calibrations.items()]  # fmt: skip
    table = _table(["Brier score", "calibrated", "score as it is", "always the share of yes"], rows)
    return f'<h2>Calibration of scores</h2><div class="plots">{"".join(plots)}</div>{table}'


def _rest(tuning: Tuning, meta: Mapping[str, Any]) -> str:
    del meta
    parts = []
    if tuning.relations:
        rows = [[_t(name), str(count), _figure(found)] for name, (count, found) in tuning.relations.items()]
        parts.append("<h2>Found, by relation</h2>" + _table(["relation", "yes", "found (chosen)"], rows))
    if tuning.agreement:
        rows = [
            [f"{_t(one.first or '(unnamed)')}, {_t(one.second)}", str(one.both), _figure(one.same), _figure(one.kappa),
             str(len(one.disagreements))]
            for one in tuning.agreement
        ]  # fmt: skip
        head = ["annotators", "pairs", "same answer", "Cohen's kappa", "disagreements"]
        parts.append("<h2>Agreement</h2>" + _table(head, rows))
    return "".join(parts)


def _data(tuning: Tuning, tables: Mapping[str, pa.Table]) -> dict[str, Any]:
    units = tuning.units
    kept = units.owner < EMBEDDED
    brought = units.brought[kept]
    cuts = []
    for place, cut in enumerate(CUTS):
        column = brought[:, place]
        finite = column[np.isfinite(column)]
        run, chosen = (setting_value(place, one) for one in (units.base, tuning.choice.thresholds))
        low = run if cut.whole else min([0.0 if not len(finite) else float(finite.min()), run, chosen])
        high = max(
            [1.0 if not cut.whole else run, *(finite[-0:].tolist()[:0]), float(finite.max(initial=0)), chosen]
        )
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
    best = snippets(units, tables)
    return {
        "cuts": cuts,
        "owner": units.owner[kept].tolist(),
        "values": [[None if np.isposinf(v) else -1 if np.isneginf(v) else v for v in row] for row in brought.tolist()],
        "units": [
            {"a": label.a, "b": label.b, "yes": bool(units.positive[place]), "label": label.verdict,
             "weight": round(float(units.weight[place]), 4), "texts": best[place]}
            for place, label in enumerate(units.labels[:EMBEDDED])
        ],
    }  # fmt: skip


def snippets(units: Units, tables: Mapping[str, pa.Table]) -> list[tuple[str, str]]:
    """Return the beginning of both passages of each unit: the labelled ones, or the strongest candidate's."""
    texts = dict(
        zip(tables["documents"]["id"].to_pylist(), tables["documents"]["text"].to_pylist(), strict=True)
    )
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
        found.append((_short(texts[label.a], a0, a1), _short(texts[label.b], b0, b1)))
    return found


def _short(text: str, start: int, stop: int) -> str:
    return text[start:stop] if stop - start <= SNIPPET else text[start : start + SNIPPET] + " …"
