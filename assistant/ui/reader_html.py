"""A document for reading as HTML: its library entry, its outline, its text; it knows nothing about Gradio.

The text is cut live from the document, in order and without a gap: what stands between the tags, joined, is the
document's text, character by character, so that the page can tell the offset of whatever a reader selects.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from assistant.answer.locate import Match
from assistant.corpus.furniture import HEADING as FURNITURE
from assistant.text import paragraphs, sentences
from assistant.types import Document, Fact, Holding, Section, Span
from assistant.ui.messages import Language, period_label, say
from assistant.ui.naming import figure_label, kind_label, role_label
from assistant.ui.seam import reading_button


def render_library(holdings: Sequence[Holding], language: Language) -> str:
    """The documents as a list, the latest year first; attributes carry what the page filters by."""
    ordered = sorted(holdings, key=lambda h: (-(h.year or 0), h.title, h.id))
    return f'<ul class="sw-v-docs">{"".join(_entry(h, language) for h in ordered)}</ul>'


def _entry(holding: Holding, language: Language) -> str:
    names = " ".join(holding.provinces)
    told = (
        place_of(holding, language),
        say(language, "read_characters", n=f"{holding.characters:,}"),
        say(language, "read_figures", n=holding.figures),
    )
    facts = "".join(f"<span>{escape(one)}</span>" for one in told if one)
    number = holding.year or ""
    year = "" if holding.year is None else say(language, "year_of", year=holding.year)
    return (
        f'<li data-provinces="{escape(names)}" data-year="{number}">'
        f'<button type="button" class="sw-v-doc" data-doc="{escape(holding.id)}"><span class="sw-v-doc-year">{escape(year)}'
        f'</span><span class="sw-v-doc-title">{escape(holding.title or holding.id)}</span>'
        f'<span class="sw-v-doc-facts">{facts}</span></button></li>'
    )


def place_of(holding: Holding, language: Language) -> str:
    """The province of a document, or the first of several with their number."""
    names = holding.provinces or ((holding.province,) if holding.province else ())
    if len(names) > 1:
        return say(language, "several_provinces", first=names[0], n=len(names))
    return names[0] if names else ""


def render_outline(sections: Sequence[Section], language: Language) -> str:
    """The headings as nested entries that lead to their places; a part without one is told by its period."""
    entries: list[str] = []
    before: tuple[str, ...] = ()
    period = ""
    for section in (s for s in sections if s.heading != (FURNITURE,)):
        shared = _shared(before, section.heading)
        for depth in range(shared, len(section.heading)):
            entries.append(_outlined(section, depth, section.heading[depth], language))
        now = period_label(language, section.period, section.year)
        if section.heading and shared == len(section.heading) and now and now != period:
            entries.append(_outlined(section, len(section.heading), now, language))
        if not section.heading and not entries:
            entries.append(_outlined(section, 0, say(language, "read_beginning"), language))
        before, period = section.heading, now
    return "".join(entries)


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many headings two paths begin with in common."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _outlined(section: Section, depth: int, label: str, language: Language) -> str:
    tag = period_label(language, section.period, section.year)
    note = f"<small>{escape(tag)}</small>" if depth == 0 and section.period and tag != label else ""
    return (
        f'<button type="button" class="sw-v-goto sw-v-depth-{min(depth, 3)}" data-start="{section.span.start}">'
        f"<span>{escape(label)}</span>{note}</button>"
    )


def render_text(
    document: Document,
    sections: Sequence[Section],
    facts: Iterable[Fact],
    language: Language,
    *,
    target: Span | None = None,
    english: dict[str, str] | None = None,
) -> str:
    """The whole text in sections, paragraphs and sentences, its figures marked, and what was asked for marked too.

    :param target: a part of the document to mark; empty marks nothing.
    :param english: names of measures to add for readers of English.
    """
    inked = _Ink(document, facts, language, target=target, english=english or {})
    return "".join(_section(document, section, inked, language) for section in _tiling(document, sections))


def _tiling(document: Document, sections: Sequence[Section]) -> Iterator[Section]:
    """The sections, and where they leave a gap, plain ones: nothing of the text may be lost."""
    at = 0
    for section in sections:
        start, end = max(section.span.start, at), min(section.span.end, len(document.text))
        if end <= start:
            continue
        if start > at:
            yield Section(Span(document.id, at, start))
        yield Section(Span(document.id, start, end), section.heading, section.province, section.year, section.period)
        at = end
    if at < len(document.text):
        yield Section(Span(document.id, at, len(document.text)))


def _section(document: Document, section: Section, inked: _Ink, language: Language) -> str:
    label = " · ".join(
        part for part in (section.province or "", period_label(language, section.period, section.year)) if part
    )
    label, css = (label, "") if section.period else ("", " sw-v-furniture" if section.heading == (FURNITURE,) else "")
    tiles = paragraphs(document.text, section.span.start, section.span.end)
    first = next((i for i, (a, b) in enumerate(tiles) if document.text[a:b].strip()), -1)
    inside = "".join(
        _paragraph(document.text, tile, inked, heading=section.heading if i == first else ())
        for i, tile in enumerate(tiles)
    )
    return f'<section class="sw-v-section{css}" data-start="{section.span.start}" data-label="{escape(label)}">{inside}</section>'


def _paragraph(text: str, tile: tuple[int, int], inked: _Ink, *, heading: tuple[str, ...]) -> str:
    a, b = tile
    is_heading = bool(heading) and _bare(text[a:b]) == _bare(heading[-1])
    role = f' role="heading" aria-level="{min(len(heading) + 2, 6)}"' if is_heading else ""
    css = " sw-v-heading" if is_heading else "" if text[a:b].strip() else " sw-v-blank"
    lead = _bare(heading[-1]) if heading and not is_heading else ""
    tiles = sentences(text, a, b)
    inside = "".join(
        _sentence(text, c, d, inked, lead=bool(lead) and i == 0 and _bare(text[c:d]).rstrip("。：:") == lead)
        for i, (c, d) in enumerate(tiles)
    )
    return f'<p class="sw-v-par{css}"{role}>{inside}</p>'


def _bare(text: str) -> str:
    return "".join(text.split())


def _sentence(text: str, start: int, end: int, inked: _Ink, *, lead: bool) -> str:
    if not text[start:end].strip():
        return escape(text[start:end])
    css = "sw-v-s sw-v-lead" if lead else "sw-v-s"
    return f'<span class="{css}" data-s="{start}" data-e="{end}">{inked.between(start, end)}</span>'


class _Ink:
    """What is marked in a text: the figures, and the part that was asked for."""

    def __init__(
        self,
        document: Document,
        facts: Iterable[Fact],
        language: Language,
        *,
        target: Span | None,
        english: dict[str, str],
    ) -> None:
        self._text = document.text
        self._target = (target.start, target.end) if target is not None and target.start < target.end else (0, 0)
        self._language: Language = language
        self._english = english
        ordered = sorted((f for f in facts if f.span.start < f.span.end), key=lambda f: (f.span.start, f.span.end))
        self._figures = [
            (start, end, tuple(found)) for (start, end), found in groupby(ordered, lambda f: (f.span.start, f.span.end))
        ]
        edges = {e for start, end, _ in self._figures for e in (start, end)} | set(self._target)
        self._edges = sorted(edges)

    def between(self, start: int, end: int) -> str:
        """The text from ``start`` to ``end``, cut wherever a mark begins or ends."""
        inner = self._edges[bisect.bisect_right(self._edges, start) : bisect.bisect_left(self._edges, end)]
        cuts = [start, *inner, end]
        return "".join(self._piece(a, b) for a, b in zip(cuts, cuts[1:], strict=False))

    def _piece(self, start: int, end: int) -> str:
        html = escape(self._text[start:end])
        if facts := self._figure_over(start, end):
            tip = escape("\n".join(dict.fromkeys(self._told(f) for f in facts)))
            html = f'<span class="sw-v-fig" data-tip="{tip}" tabindex="-1">{html}</span>'
        marked = self._target[0] <= start and end <= self._target[1]
        return f'<mark class="sw-v-asked">{html}</mark>' if marked else html

    def _figure_over(self, start: int, end: int) -> tuple[Fact, ...]:
        at = bisect.bisect_right(self._figures, start, key=lambda f: f[0]) - 1
        while at >= 0:
            if self._figures[at][1] >= end:
                return self._figures[at][2]
            if start - self._figures[at][0] > 200:  # no figure is so long: what stands before it cannot reach here
                break
            at -= 1
        return ()

    def _told(self, fact: Fact) -> str:
        """What a figure measures, whether it is a result or a target, and its value, in one line."""
        english = self._english.get(fact.measure, "")
        name = f"{fact.measure} ({english})" if self._language == "en" and english else fact.measure
        value = f"{kind_label(fact.kind, self._language)} {figure_label(fact)}"
        return " · ".join(part for part in (name, fact.province or "", role_label(fact, self._language), value) if part)


def render_similar(matches: Sequence[Match], language: Language) -> str:
    """Sentences of other provinces, each with its place and a way there."""
    if not matches:
        return f'<p class="sw-v-none">{escape(say(language, "read_similar_none"))}</p>'
    note = f'<p class="sw-v-note">{escape(say(language, "read_similar_note"))}</p>'
    return f'{note}<ol class="sw-v-similar">{"".join(_alike(m, language) for m in matches)}</ol>'


def _alike(match: Match, language: Language) -> str:
    passage = match.passage
    where = (passage.province or "", period_label(language, passage.period, passage.year)) if passage else ()
    place = " · ".join(part for part in where if part)
    there = reading_button(match.span, say(language, "read_open_there"), css="sw-v-link")
    return (
        f'<li><p class="sw-v-alike-place">{escape(place)}</p><p class="sw-v-alike-text">{escape(match.quote)}</p>'
        f'<p class="sw-v-alike-where"><span>{escape(match.title)}</span>{there}</p></li>'
    )
