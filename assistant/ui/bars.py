"""Bars over provinces as HTML with SVG drawn by hand; every bar with a quote behind it opens it.

The bars are SVG, the words around them are not: they keep their size on a phone and are read aloud.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.lexicon import Lexicon
from assistant.survey import Comparison, Pair, fall_of
from assistant.types import Fact
from assistant.ui.messages import Language, say
from assistant.ui.naming import figure_label, province_label, role_label
from assistant.ui.seam import source_button

_UNITS = 1000.0
"""How many steps the width of a bar has; the drawing is stretched to the room there is."""


def signed(fact: Fact, *, high: bool = False) -> float:
    """A figure's value on the axis: falls are below zero."""
    value = fact.high if high and fact.high is not None else fact.value
    return -value if fall_of(fact) else value


class Scale:
    """From values to the width of a drawing; zero always lies in it."""

    def __init__(self, values: Sequence[float]) -> None:
        self._low = min(0.0, *values) if values else 0.0
        self._high = max(0.0, *values) if values else 0.0

    def at(self, value: float) -> float:
        """Where a value lies, from 0 to ``_UNITS``."""
        room = self._high - self._low
        return _UNITS * (value - self._low) / room if room else 0.0

    def bar(self, value: float, *, upto: float | None = None) -> str:
        """A bar from zero to the value, and lighter on to ``upto`` where the value is a range."""
        rects = _rect(self.at(0.0), self.at(value), "sw-v-bar-fill")
        if upto is not None and upto != value:
            rects += _rect(self.at(value), self.at(upto), "sw-v-bar-range")
        zero = self.at(0.0)
        axis = f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="0" y2="10" class="sw-v-bar-zero"/>' if self._low < 0 else ""
        return (
            f'<svg class="sw-v-bar-svg" viewBox="0 0 {_UNITS:.0f} 10" preserveAspectRatio="none" '
            f'aria-hidden="true" focusable="false">{rects}{axis}</svg>'
        )


def _rect(one: float, other: float, css: str) -> str:
    left, width = min(one, other), max(abs(other - one), 2.0)  # a value near zero is still to be seen
    return f'<rect x="{left:.1f}" y="0" width="{width:.1f}" height="10" class="{css}"/>'


def render_comparison(comparison: Comparison, lexicon: Lexicon, language: Language, *, measure: str) -> str:
    """Each province's result and target side by side."""
    facts = [f for pair in comparison.pairs for f in pair.facts]
    scale = Scale([signed(f, high=high) for f in facts for high in (False, True)])
    rows = "".join(_pair(pair, scale, lexicon, language) for pair in comparison.pairs)
    names = "、".join(province_label(lexicon, name, language) for name in comparison.silent)
    silent = f'<p class="sw-v-note">{escape(say(language, "explore_silent", names=names))}</p>' if names else ""
    label = escape(say(language, "explore_chart", measure=measure))
    return f'<ol class="sw-v-chart" aria-label="{label}">{rows}</ol>{silent}'


def _pair(pair: Pair, scale: Scale, lexicon: Lexicon, language: Language) -> str:
    sides = "".join(
        _side(fact, scale, language, role=role, province=province_label(lexicon, pair.province, language))
        for role, fact in (("result", pair.result), ("target", pair.target))
    )
    values = "".join(
        f' data-{role}="{signed(fact) if fact else ""}"'
        for role, fact in (("result", pair.result), ("target", pair.target))
    )
    note = f"<small>{escape(say(language, 'explore_others', n=pair.others))}</small>" if pair.others else ""
    name = escape(province_label(lexicon, pair.province, language))
    return f'<li class="sw-v-chart-row"{values}><div class="sw-v-chart-name"><span>{name}</span>{note}</div><div>{sides}</div></li>'


def _side(fact: Fact | None, scale: Scale, language: Language, *, role: str, province: str) -> str:
    if fact is None:
        what = f"{say(language, f'explore_{role}')}：" if language == "zh" else f"{say(language, f'explore_{role}')}: "
        return (
            f'<p class="sw-v-line sw-v-missing"><span>{escape(what + say(language, "explore_not_stated"))}</span></p>'
        )
    high = signed(fact, high=True)
    drawn = scale.bar(signed(fact), upto=high)
    told = (
        f"<b>{escape(figure_label(fact))}</b><span>{escape(role_label(fact, language))}</span>"
        f'<span class="sw-v-hidden">{escape(province)} {escape(fact.measure)}</span>'
    )
    return opening(fact, f'{drawn}<span class="sw-v-line-told">{told}</span>', css=f"sw-v-line sw-v-{role}")


def opening(fact: Fact, inside: str, *, css: str) -> str:
    """A button that opens the quote of a figure; ``inside`` is HTML already."""
    return source_button(fact.clause, "", css=css, inside=inside)
