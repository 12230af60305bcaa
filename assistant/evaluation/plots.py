"""Plots as inline SVG, drawn by hand: points with intervals, and curves. It knows numbers and names only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

Interval = tuple[float, float]
Point = tuple[float, Interval]
"""A value with its interval."""
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#888888", "#999933", "#661100")
"""Okabe and Ito's palette (2008), told apart by colour-blind readers, then greys and two more."""
WIDTH, LEFT, RIGHT = 860, 180, 20
_STEP, _PAD = 9, 10


def colour(i: int) -> str:
    """The colour of the i-th series."""
    return COLOURS[i % len(COLOURS)]


def legend(names: Sequence[str]) -> str:
    """Names with their colours, as HTML."""
    marks = (f'<span><i style="background:{colour(i)}"></i>{escape(name)}</span>' for i, name in enumerate(names))
    return f'<p class="legend">{"".join(marks)}</p>'


def dots(rows: Mapping[str, Mapping[str, Point]], series: Sequence[str], *, most: float = 1.0, title: str) -> str:
    """One row a name, in it one dot a series with its interval; the axis runs from 0 to ``most``."""
    heights = {row: _STEP * max(1, len(points)) + 2 * _PAD for row, points in rows.items()}
    total = sum(heights.values())
    out, top = list(_grid(most, total)), 0
    for row, points in rows.items():
        middle = top + heights[row] / 2
        out.append(f'<text x="{LEFT - 8}" y="{middle + 4:.0f}" text-anchor="end">{escape(row)}</text>')
        out.append(f'<line x1="0" x2="{WIDTH}" y1="{top + heights[row]}" y2="{top + heights[row]}" class="rule"/>')
        for n, (name, point) in enumerate((s, points[s]) for s in series if s in points):
            out.append(_dot(name, point, y=top + _PAD + _STEP * (n + 0.5), fill=colour(series.index(name)), most=most))
        top += heights[row]
    return _svg(out, total + 24, title)


def _dot(name: str, point: Point, *, y: float, fill: str, most: float) -> str:
    value, (low, high) = point
    told = f"{name}: {value:.3g} [{low:.3g}, {high:.3g}]"
    return (
        f'<g><title>{escape(told)}</title><line x1="{_x(low, most):.1f}" x2="{_x(high, most):.1f}" y1="{y}" y2="{y}" '
        f'stroke="{fill}" stroke-width="2"/><circle cx="{_x(value, most):.1f}" cy="{y}" r="3.5" fill="{fill}"/></g>'
    )


def curves(lines: Mapping[str, Sequence[Sequence[float]]], series: Sequence[str], *, most: float, title: str) -> str:
    """Curves of (x in 0–1, y in 0–``most``), each in the colour of its series."""
    height = 300
    out = list(_grid(1.0, height))
    for step in range(5):
        y = height * (1 - step / 4)
        out.append(f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{most * step / 4:.2g}</text>')
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" class="rule"/>')
    for name, points in lines.items():
        path = " ".join(f"{_x(x, 1.0):.1f},{height * (1 - min(1.0, y / most)):.1f}" for x, y in points)
        out.append(
            f'<polyline points="{path}" fill="none" stroke="{colour(series.index(name))}" stroke-width="2">'
            f"<title>{escape(name)}</title></polyline>"
        )
    return _svg(out, height + 24, title)


def _grid(most: float, height: float) -> list[str]:
    out = []
    for step in range(6):
        x = _x(most * step / 5, most)
        out.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height}" class="rule"/>')
        out.append(f'<text x="{x:.1f}" y="{height + 16}" text-anchor="middle">{most * step / 5:.3g}</text>')
    return out


def _x(value: float, most: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * max(0.0, min(1.0, value / most))


def _svg(parts: Sequence[str], height: float, title: str) -> str:
    """The first 12 units above the drawing are room for its highest line of text."""
    box = f"0 -12 {WIDTH} {height + 12:.0f}"
    name = escape(title)
    return f'<svg viewBox="{box}" role="img" aria-label="{name}"><title>{name}</title>{"".join(parts)}</svg>'
