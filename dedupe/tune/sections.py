"""The sections of ``tuning.html`` that need no script, each a piece of HTML text."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from dedupe.tune.cuts import CUTS
from dedupe.tune.estimates import Curve, Figure
from dedupe.tune.paragraph import shown
from dedupe.tune.record import setting_value
from dedupe.tune.svg import Series, plot
from dedupe.tune.tuning import Tuning, lsh


def escaped(text: object) -> str:
    """Return text for HTML."""
    return html.escape(str(text))


def _figure(figure: Figure) -> str:
    value, _, rest = shown(figure).partition(" [")
    return f"{value} <small>[{rest}</small>" if rest else f"<small>{value}</small>"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; ``head`` is text, cells are HTML."""
    top = "".join(f'<th scope="col">{escaped(cell)}</th>' for cell in head)
    lines = []
    for first, *rest in rows:
        cells = "".join(f"<td>{cell}</td>" for cell in rest)
        lines.append(f'<tr><th scope="row">{first}</th>{cells}</tr>')
    body = "".join(lines)
    return f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def decision(tuning: Tuning) -> str:
    """What was asked, on what, and what came of it."""
    counts = tuning.counts
    lines = [
        "<h1>Tuning of thresholds</h1>",
        f"<p>Criterion: <strong>{escaped(tuning.criterion)}</strong>. {counts['used']} labelled pairs, "
        f"{counts['yes']} yes and {counts['no']} no, from {counts['stories']} independent stories.</p>",
    ]
    if tuning.choice.refusal:
        said = escaped(tuning.choice.refusal)
        lines.append(f'<p class="notice">The thresholds were kept as they were: {said}.</p>')
    lines += [f'<p class="quiet">Note: {escaped(note)}.</p>' for note in tuning.notes]
    return "".join(lines)


def thresholds(tuning: Tuning) -> str:
    """Each threshold before and after, and how far it depends on the sample."""
    rows = []
    for place, cut in enumerate(CUTS):
        spread = tuning.spread.get(place)
        said = "–" if spread is None else f"{spread.low:g} to {spread.high:g}"
        if place not in tuning.free:
            said = "too few labels to move it"
        before = setting_value(place, tuning.units.base)
        after = setting_value(place, tuning.choice.thresholds)
        rows.append([f"<code>{cut.setting}</code>", f"{before:g}", f"{after:g}", said])
    return "<h2>Thresholds</h2>" + table(["setting", "run", "chosen", "95 % of resamples"], rows)


def figures(tuning: Tuning) -> str:
    """Precision, recall and F1 of pairs and families."""
    named = (
        ("the run's own thresholds", tuning.default),
        ("chosen, on the labels they were chosen on", tuning.tuned),
        ("chosen without the story tested (cross-validated)", tuning.unseen),
        ("families, the run's own thresholds", tuning.families_default),
        ("families, chosen", tuning.families_tuned),
    )
    rows = [[name, _figure(one.precision), _figure(one.recall), _figure(one.f1)] for name, one in named]
    note = (
        '<p class="quiet">With 95 % intervals. Families: B-cubed over the labelled documents. Expect the '
        "cross-validated figures on new text; those on the same labels flatter.</p>"
    )
    return "<h2>Figures</h2>" + table(["", "precision", "recall", "F1"], rows) + note


def plots(tuning: Tuning, meta: Mapping[str, Any]) -> str:
    """Precision-recall curves, and the chance that LSH finds a pair."""
    both = (("the run's own", tuning.default), ("chosen", tuning.tuned))
    marks = [Series(name, [(one.recall.value, one.precision.value)], line=False) for name, one in both]
    channels = ["combined", *(cut.channel for cut in CUTS)]
    drawn = []
    for names, extra, title in (
        (channels, marks, "Precision and recall, by channel"),
        (list(tuning.units.measures), [], "Precision and recall of figures about whole documents"),
    ):
        lines = [_curve(name, tuning.curves[name]) for name in names if name in tuning.curves]
        if lines:
            drawn.append(plot([*lines, *extra], across="recall", up="precision", title=title))
    found = lsh(meta["settings"])
    turn = Series("threshold", [(found.threshold, 0.0), (found.threshold, 1.0)])
    title = f"MinHash LSH, {found.bands} bands of {found.rows}: threshold {found.threshold:.3f}"
    lines = [Series("found by LSH", found.probabilities), turn]
    drawn.append(plot(lines, across="Jaccard similarity", up="chance of collision", title=title))
    return f'<h2>Curves</h2><div class="plots">{"".join(drawn)}</div>'


def _curve(name: str, found: Curve) -> Series:
    points = [(x.value, y.value) for x, y in zip(found.recall, found.precision, strict=True)]
    return Series(f"{name} (AP {found.average_precision.value:.3f})", points)


def calibration(tuning: Tuning) -> str:
    """Reliability diagrams and Brier scores."""
    if not tuning.calibrations:
        return ""
    ideal = Series("ideal", [(0.0, 0.0), (1.0, 1.0)])
    drawn, rows = [], []
    for name, found in tuning.calibrations.items():
        points = Series(name, [(one.said, one.so.value) for one in found.bins], line=False)
        drawn.append(plot([ideal, points], across="said", up="so", title=f"Reliability, {name}"))
        rows.append([escaped(name), _figure(found.brier), _figure(found.raw), _figure(found.constant)])
    scores = table(["Brier score", "calibrated", "score as it is", "always the share of yes"], rows)
    note = '<p class="quiet">Of predictions for stories that the calibration has not seen.</p>'
    return f'<h2>Calibration of scores</h2>{note}<div class="plots">{"".join(drawn)}</div>{scores}'


def relations(tuning: Tuning) -> str:
    """How many pairs of each relation are found."""
    if not tuning.relations:
        return ""
    rows = [[escaped(name), str(count), _figure(found)] for name, (count, found) in tuning.relations.items()]
    return "<h2>Found, by relation</h2>" + table(["relation", "yes", "found (chosen)"], rows)


def agreement(tuning: Tuning) -> str:
    """Cohen's kappa of every two annotators."""
    if not tuning.agreement:
        return ""
    rows = []
    for one in tuning.agreement:
        names = f"{escaped(one.first or '(unnamed)')}, {escaped(one.second)}"
        rows.append(
            [names, str(one.both), _figure(one.same), _figure(one.kappa), str(len(one.disagreements))]
        )
    head = ["annotators", "pairs", "same answer", "Cohen's kappa", "disagreements"]
    return "<h2>Agreement</h2>" + table(head, rows)
