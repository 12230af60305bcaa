"""Bars and a tile map as SVG, drawn from findings; without map data, scripts or fonts, and readable without colours.

Bars are placed in per cent of the width, texts in pixels: the chart fits a phone and a wide screen without its letters
growing or shrinking. A tile is told by its fill, its pattern and its sign together, so that no eye needs the hue.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from assistant.lexicon import Province
from assistant.ui.findings import Finding, Group
from assistant.ui.messages import Language, say

ROW = 34
HEAD = 30
LABELS: dict[Language, float] = {"zh": 14.0, "en": 24.0}
"""Per cent of the width for the names on the left: 黑龙江, Inner Mongolia."""
BARS: dict[Language, float] = {"zh": 52.0, "en": 36.0}
"""Per cent for the longest bar; the rest is for the figure as the report words it (力争突破9000家)."""
TILE = 46
GAP = 5
NARROWED = 7
"""Letters of an English name that a tile holds as they are."""
State = Literal["yes", "no", "other", "absent"]
STATES: tuple[State, ...] = ("yes", "no", "other", "absent")
SIGNS: dict[State, str] = {"yes": "✓", "no": "–", "other": "", "absent": ""}


_OPENS = ' tabindex="0" role="button"'
"""What opens a quote is a button by keyboard and for screen readers, named by its title."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One provincial unit on the map: what it says, in words, and the citation that opens when it is clicked."""

    province: Province
    state: State
    told: str = ""
    citation: int | None = None


def bar_chart(groups: Sequence[Group], title: str, *, language: Language, turn: int) -> str:
    """Horizontal bars, each group to a scale of its own under its own heading; empty without figures."""
    parts: list[str] = []
    at = 0
    for group in groups:
        heading = _heading(group, language)
        if heading:
            parts.append(f'<text class="sw-bar-group" x="0" y="{at + 18}">{escape(heading)}</text>')
            at += HEAD
        parts += _bars(group, at, language)
        at += ROW * len(group.findings) + 8
    if not parts:
        return ""
    described = say(language, "chart_text", bars=_described(groups, language))
    return _svg(
        "".join(parts), title, described, css="sw-bars", turn=turn, size=f'width="100%" height="{at}"', name="bars"
    )


def _heading(group: Group, language: Language) -> str:
    kind = group.kind or say(language, "kind_level")
    return say(language, "chart_group", kind=kind, unit=group.unit) if group.unit else kind


def _described(groups: Sequence[Group], language: Language) -> str:
    return say(language, "join").join(f"{f.name} {f.value}" for g in groups for f in g.findings)


def _bars(group: Group, top: int, language: Language) -> Iterable[str]:
    ends = [f.figure.high or f.figure.value for f in group.findings if f.figure is not None]
    longest = max((abs(e) for e in ends), default=0) or 1.0
    for i, (finding, end) in enumerate(zip(group.findings, ends, strict=True)):
        yield _bar(finding, abs(end) / longest * BARS[language], top + ROW * i, left=LABELS[language])


def _bar(finding: Finding, width: float, y: int, *, left: float) -> str:
    """One bar with its name and its figure; of a range the part that may be is hatched."""
    figure = finding.figure
    sure = width * (abs(figure.value / figure.high) if figure and figure.high else 1.0)
    bars = f'<rect class="sw-bar" x="{left}%" y="{y + 7}" width="{sure:.2f}%" height="16" rx="2"/>'
    if sure < width:
        rest = f'x="{left + sure:.2f}%" y="{y + 7}" width="{width - sure:.2f}%" height="16"'
        bars += f'<rect class="sw-bar sw-bar-range" {rest}/>'
    name = " ".join(filter(None, (finding.name, finding.cells[1]))) if finding.cells[1:] else finding.name
    citation = finding.citations[0].n if finding.citations else 0
    return (
        f'<g class="sw-mark" data-n="{citation}"{_OPENS}><title>{escape(name)} {escape(finding.value)}</title>'
        f'<text class="sw-bar-name" x="{left - 1.5}%" y="{y + 20}" text-anchor="end">{escape(finding.name)}</text>'
        f'{bars}<text class="sw-bar-value" x="{left + width + 1.2:.2f}%" y="{y + 20}">{escape(finding.bare)}</text></g>'
    )


def tile_map(tiles: Sequence[Tile], title: str, *, language: Language, turn: int, told: str = "map") -> str:
    """The provincial units of China as tiles about where they lie, each with its sign; below them what the signs mean.

    :param told: what the messages that name the states begin with.
    """
    columns = max(t.province.tile[1] for t in tiles) + 1
    rows = max(t.province.tile[0] for t in tiles) + 1
    width, height = columns * (TILE + GAP) - GAP, rows * (TILE + GAP) - GAP
    described = [
        say(language, f"{told}_{state}_text", provinces=_names(names, language))
        for state in _states(tiles)
        for names in [[t for t in tiles if t.state == state]]
    ]
    drawn = _HATCH.replace("TURN", str(turn)) + "".join(_tile(t, language, turn, told=told) for t in tiles)
    legend = "".join(
        f'<li class="sw-key sw-key-{state}"><span class="sw-key-sign" aria-hidden="true">{SIGNS[state]}</span>'
        f"{escape(say(language, f'{told}_{state}', n=sum(t.state == state for t in tiles)))}</li>"
        for state in _states(tiles)
    )
    size = f'viewBox="-1 -1 {width + 2} {height + 2}" width="{width + 2}" height="{height + 2}"'
    drawing = _svg(drawn, title, " ".join(described), css="sw-map", turn=turn, size=size, name="map")
    return f'{drawing}<ul class="sw-legend">{legend}</ul>'


_HATCH = (
    '<defs><pattern id="hatchTURN" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<line class="sw-hatch" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>'
)


def _tile(tile: Tile, language: Language, turn: int, *, told: str) -> str:
    x, y = tile.province.tile[1] * (TILE + GAP), tile.province.tile[0] * (TILE + GAP)
    name = tile.province.name if language == "zh" else tile.province.english
    sign = SIGNS[tile.state] if told == "map" else ""
    tip = f"{name}{say(language, 'colon')}{tile.told or say(language, f'{told}_{tile.state}_tip')}"
    box = f'x="{x}" y="{y}" width="{TILE}" height="{TILE}" rx="3"'
    hatch = f'<rect {box} style="fill:url(#hatch{turn})"/>' if tile.state == "no" else ""
    middle = x + TILE / 2
    css = f"sw-tile sw-tile-{tile.state}{' sw-mark' if tile.citation is not None else ''}"
    opens = f' data-n="{tile.citation}"{_OPENS}' if tile.citation is not None else ""
    return (
        f'<g class="{css}" data-province="{escape(tile.province.name)}"{opens}><title>{escape(tip)}</title>'
        f"<rect {box}/>{hatch}{_tile_name(name, middle, y if sign else y + 7)}"
        f'<text class="sw-tile-sign" x="{middle}" y="{y + 38}" text-anchor="middle">{sign}</text></g>'
    )


def _tile_name(name: str, middle: float, y: int) -> str:
    """The name within its tile: English ones in small letters, two words one below the other, long ones narrowed."""
    if not name.isascii():
        return f'<text class="sw-tile-name" x="{middle}" y="{y + 21}" text-anchor="middle">{escape(name)}</text>'
    words = name.split(" ")
    lines = []
    for i, word in enumerate(words):
        narrowed = f' textLength="{TILE - 4}" lengthAdjust="spacingAndGlyphs"' if len(word) > NARROWED else ""
        at = y + 20 + 10 * i - 5 * (len(words) - 1)
        lines.append(
            f'<text class="sw-tile-small" x="{middle}" y="{at}" text-anchor="middle"{narrowed}>{escape(word)}</text>'
        )
    return "".join(lines)


def _states(tiles: Sequence[Tile]) -> list[State]:
    return [state for state in STATES if any(t.state == state for t in tiles)]


def _names(tiles: Iterable[Tile], language: Language) -> str:
    names = (t.province.name if language == "zh" else t.province.english for t in tiles)
    return say(language, "join").join(names)


def _svg(drawing: str, title: str, described: str, *, css: str, turn: int, size: str, name: str) -> str:
    """A drawing with its name and, for those who cannot see it, all that it says; an image has no buttons in it."""
    about, role = f"t{turn}{name}", "group" if _OPENS in drawing else "img"
    return (
        f'<svg class="{css}" {size} role="{role}" aria-labelledby="{about}-t {about}-d">'
        f'<title id="{about}-t">{escape(title)}</title><desc id="{about}-d">{escape(described)}</desc>{drawing}</svg>'
    )
