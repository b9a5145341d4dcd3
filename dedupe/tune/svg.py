"""Line plots as SVG text: axes from 0 to 1, named series, marked points."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, BELOW, TOP, RIGHT = 420, 300, 46, 40, 12, 14


@dataclass(frozen=True, slots=True)
class Series:
    """A line through points (x, y) in [0, 1], or points alone, named in the legend under it."""

    name: str
    points: Sequence[tuple[float, float]]
    line: bool = True


def plot(series: Sequence[Series], *, across: str, up: str, title: str) -> str:
    """Return a ``<figure>`` with the plot and its legend. Series are told apart by colour and dashes."""
    parts = [_axes(across, up)]
    for place, one in enumerate(series):
        dots = [(_x(x), _y(y)) for x, y in one.points if 0 <= x <= 1 and 0 <= y <= 1]
        if one.line and len(dots) > 1:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in dots)
            parts.append(f'<polyline class="s{place % 6}" points="{path}"/>')
        else:
            parts += [f'<circle class="s{place % 6}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>' for x, y in dots]
    keys = "".join(_key(one, place) for place, one in enumerate(series))
    label = html.escape(title)
    return (
        f'<figure><figcaption>{label}</figcaption><svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'role="img" aria-label="{label}">{"".join(parts)}</svg><ul class="legend">{keys}</ul></figure>'
    )


def _key(one: Series, place: int) -> str:
    drawn = f'<circle class="s{place % 6}" cx="12" cy="4" r="3.5"/>'
    if one.line:
        drawn = f'<polyline class="s{place % 6}" points="0,4 24,4"/>'
    svg = f'<svg class="key" viewBox="0 0 24 8" aria-hidden="true">{drawn}</svg>'
    return f"<li>{svg}{html.escape(one.name)}</li>"


def _x(value: float) -> float:
    return LEFT + value * (WIDTH - LEFT - RIGHT)


def _y(value: float) -> float:
    return HEIGHT - BELOW - value * (HEIGHT - BELOW - TOP)


def _axes(across: str, up: str) -> str:
    parts = []
    for step in range(6):
        value = step / 5
        x, y = _x(value), _y(value)
        parts.append(
            f'<path class="grid" d="M{_x(0):.1f} {y:.1f}H{_x(1):.1f}M{x:.1f} {_y(0):.1f}V{_y(1):.1f}"/>'
        )
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BELOW + 16}" text-anchor="middle">{value:.1f}</text>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.1f}</text>')
    middle = (_y(0) + _y(1)) / 2
    parts.append(
        f'<text x="{_x(0.5):.1f}" y="{HEIGHT - 6}" text-anchor="middle">{html.escape(across)}</text>'
    )
    parts.append(
        f'<text x="12" y="{middle:.1f}" text-anchor="middle" transform="rotate(-90 12 {middle:.1f})">'
        f"{html.escape(up)}</text>"
    )
    return "".join(parts)
