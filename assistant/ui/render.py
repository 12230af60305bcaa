"""Turns of a conversation as HTML, made of escaped slices only; it knows nothing about Gradio.

Every quote is cut from its document's text by its offsets at the moment it is shown, never taken from a copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from assistant.types import Answer, Citation, Computed, Document, Hit, Passage, Span, Table
from assistant.ui.markdown import render_inline, render_markdown, render_table
from assistant.ui.messages import Language, period_label, say

NEAREST = 3
"""How many of the nearest passages stand beside a decline."""
SHORT_CONTEXT = 56
"""Characters shown on either side of a quote: about two lines of a card."""
LONG_CONTEXT = 400
"""Characters on either side when a reader asks for more."""

ReadDocument = Callable[[str], Document]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer, or with a notice where there is none, or with neither while it is worked on."""

    number: int
    question: str
    answer: Answer | None = None
    notice: str = ""


def render_turns(turns: Iterable[Turn], document: ReadDocument, language: Language) -> str:
    """The turns one below the other."""
    return "".join(render_turn(turn, document, language) for turn in turns)


def render_turn(turn: Turn, document: ReadDocument, language: Language) -> str:
    """One turn: the question, what was understood, the answer, and beside it what it stands on."""
    if turn.answer is not None:
        inside = _chips(turn.answer, language) + _answer(turn, turn.answer, document, language)
    elif turn.notice:
        inside = f'<p class="sw-notice" role="status">{escape(turn.notice)}</p>'
    else:
        inside = f'<p class="sw-wait" role="status">{escape(say(language, "searching"))}</p>'
    question = f'<h2 class="sw-question">{escape(turn.question)}</h2>'
    return f'<article class="sw-turn" id="t{turn.number}" data-turn="{turn.number}">{question}{inside}</article>'


def growing(turn: Turn) -> Iterable[Turn]:
    """The turn as it is written out, line by line, without its sources; the whole turn is not among them."""
    if turn.answer is None:
        return
    lines = turn.answer.text.splitlines(keepends=True)
    for n in range(1, len(lines)):
        yield replace(turn, answer=replace(turn.answer, text="".join(lines[:n]), citations=(), hits=(), table=None))


def _chips(answer: Answer, language: Language) -> str:
    chips = [_chip(label) for label in dict.fromkeys(_understood(answer.understood, language))]
    if answer.standalone_question != answer.question:
        chips.insert(0, _chip(answer.standalone_question, "sw-chip sw-standalone"))
    if not chips:
        return ""
    return f'<ul class="sw-chips" aria-label="{escape(say(language, "understood"))}">{"".join(chips)}</ul>'


def _understood(understood: dict[str, Any], language: Language) -> Iterable[str]:
    yield from (str(p) for p in understood.get("provinces") or ())
    yield from (f"{y}年" if language == "zh" else str(y) for y in understood.get("years") or ())
    yield from (period_label(language, p, None) for p in understood.get("periods") or ())
    yield from (str(m) for m in understood.get("measures") or ())


def _chip(label: str, css: str = "sw-chip") -> str:
    return f'<li class="{css}">{escape(label)}</li>'


def _answer(turn: Turn, answer: Answer, document: ReadDocument, language: Language) -> str:
    mark = _marker(turn.number, language)
    parts = [f'<p class="sw-status sw-{answer.status}">{escape(_status(answer, language))}</p>']
    if answer.short and answer.status != "declined":
        parts.append(f'<p class="sw-short">{escape(answer.short)}</p>')
    parts.append(f'<div class="sw-prose">{render_markdown(answer.text, mark)}</div>')
    if answer.table is not None and "\n|" not in f"\n{answer.text}":
        parts.append(_table(answer.table, mark))
    parts += [_computed(answer.computed, mark, language), _meta(answer, language)]
    sources = _sources(turn, answer, document, language)
    return f'<div class="sw-grid"><div class="sw-answer">{"".join(parts)}</div>{sources}</div>'


def _status(answer: Answer, language: Language) -> str:
    said = say(language, answer.status)
    if answer.status != "declined" or answer.reason is None:
        return said
    return f"{said}：{say(language, answer.reason)}" if language == "zh" else f"{said}: {say(language, answer.reason)}"


def _marker(turn: int, language: Language) -> Callable[[int], str]:
    """Renders markers; the first of each number carries the id that its card leads back to."""
    seen: set[int] = set()

    def mark(n: int) -> str:
        own_id = "" if n in seen else f' id="t{turn}m{n}"'
        seen.add(n)
        label = escape(say(language, "citation", n=n))
        return f'<a class="sw-cite" href="#t{turn}c{n}"{own_id} aria-label="{label}">[{n}]</a>'

    return mark


def _table(table: Table, mark: Callable[[int], str]) -> str:
    column = table.citation_column
    cited = [tuple(_bracketed(c) if i == column else c for i, c in enumerate(row)) for row in table.rows]
    return render_table(table.columns, cited, lambda cell: render_inline(cell, mark))


def _bracketed(numbers: str) -> str:
    """``1, 2`` as the markers ``[1] [2]``."""
    return " ".join(f"[{n.strip()}]" for n in numbers.split(",") if n.strip().isascii() and n.strip().isdigit())


def _computed(computed: tuple[Computed, ...], mark: Callable[[int], str], language: Language) -> str:
    if not computed:
        return ""
    rows = "".join(
        f"<li><strong>{escape(x.value)}</strong> = {escape(x.formula)} {' '.join(map(mark, x.inputs))}</li>"
        for x in computed
    )
    return f'<div class="sw-computed"><h3>{escape(say(language, "computed"))}</h3><ul>{rows}</ul></div>'


def _meta(answer: Answer, language: Language) -> str:
    kind, _, model = answer.generator.partition(":")
    notes = [say(language, "generated", model=model) if kind == "llm" else say(language, "extractive")]
    if answer.status == "declined":
        notes = []
    if answer.unsupported:
        notes.append(say(language, "unsupported", n=len(answer.unsupported)))
    if "total" in answer.timings_ms:
        notes.append(say(language, "seconds", seconds=f"{answer.timings_ms['total'] / 1000:.2f}"))
    return f'<p class="sw-meta">{escape(" · ".join(notes))}</p>' if notes else ""


def _sources(turn: Turn, answer: Answer, document: ReadDocument, language: Language) -> str:
    cards = [_citation_card(turn.number, c, document, language) for c in answer.citations]
    title = "sources"
    if answer.status == "declined" and not cards:
        cards = [_hit_card(hit, document, language) for hit in answer.hits[:NEAREST]]
        title = "nearest"
    if not cards:
        return ""
    heading = escape(say(language, title))
    return f'<aside class="sw-sources" tabindex="0" aria-label="{heading}"><h3>{heading}</h3>{"".join(cards)}</aside>'


def _citation_card(turn: int, citation: Citation, document: ReadDocument, language: Language) -> str:
    source = document(citation.span.doc_id)
    label = escape(say(language, "back", n=citation.n))
    badge = f'<a class="sw-badge" href="#t{turn}m{citation.n}" aria-label="{label}">{citation.n}</a>'
    head = _card_head(badge, citation.province, period_label(language, citation.period, citation.year))
    where = _where(citation.title, citation.heading, citation.span, language)
    short = _quoted(source.text, citation.span, _around(citation, SHORT_CONTEXT, len(source.text)))
    longer = _quoted(source.text, citation.span, _wider(citation.span, LONG_CONTEXT, len(source.text)))
    more = f"<details><summary>{escape(say(language, 'more_context'))}</summary><p>{longer}</p></details>"
    return (
        f'<section class="sw-card" id="t{turn}c{citation.n}" tabindex="-1">'
        f'{head}<blockquote class="sw-quote">{short}</blockquote>{where}{more}</section>'
    )


def _hit_card(hit: Hit, document: ReadDocument, language: Language) -> str:
    passage: Passage = hit.passage
    source = document(passage.span.doc_id)
    badge = f'<span class="sw-badge sw-not-answer">{escape(say(language, "not_answer"))}</span>'
    head = _card_head(badge, passage.province, period_label(language, passage.period, passage.year))
    where = _where(source.title, passage.heading, passage.span, language)
    text = escape(source.text[passage.span.start : passage.span.end])
    return (
        f'<section class="sw-card sw-nearest">{head}<blockquote class="sw-quote">{text}</blockquote>{where}</section>'
    )


def _card_head(badge: str, province: str | None, period: str) -> str:
    names = "".join(f"<span>{escape(name)}</span>" for name in (province, period) if name)
    return f'<header class="sw-card-head">{badge}{names}</header>'


def _where(title: str, heading: tuple[str, ...], span: Span, language: Language) -> str:
    path = "".join(f"<li>{escape(part)}</li>" for part in (title, *heading))
    place = escape(say(language, "characters", start=span.start, end=span.end))
    return f'<ol class="sw-where">{path}<li class="sw-place">{place}</li></ol>'


def _around(citation: Citation, room: int, length: int) -> tuple[int, int]:
    """``room`` characters on either side of the quote, inside the passage where the quote was found."""
    start, end = _wider(citation.span, room, length)
    first, _, last = citation.passage_id.rpartition(":")[2].partition("-")
    if not (first.isdecimal() and last.isdecimal()):
        return start, end
    return min(max(start, int(first)), citation.span.start), max(min(end, int(last)), citation.span.end)


def _wider(span: Span, room: int, length: int) -> tuple[int, int]:
    return max(0, span.start - room), min(length, span.end + room)


def _quoted(text: str, span: Span, shown: tuple[int, int]) -> str:
    """The document's text over ``shown`` with ``span`` marked; an ellipsis where a sentence is cut."""
    start, end = shown
    lead = "…" if start > 0 and text[start - 1] not in "。！？!?\n" else ""
    tail = "…" if end < len(text) and text[end - 1] not in "。！？!?\n" else ""
    before, quote, after = text[start : span.start], text[span.start : span.end], text[span.end : end]
    return f"{lead}{escape(before)}<mark>{escape(quote)}</mark>{escape(after)}{tail}"


def render_header(info: dict[str, Any], language: Language) -> str:
    """The name of the page and what the corpus holds, from ``Assistant.info``."""
    years = info["years"]
    held = say(
        language,
        "holdings",
        documents=info["counts"]["documents"],
        provinces=len(info["provinces"]),
        years="–".join(str(y) for y in dict.fromkeys((min(years), max(years)))) if years else "",
    )
    return (
        f'<header class="sw-header" data-language="{language}"><h1>{escape(say(language, "title"))}</h1>'
        f'<p class="sw-tagline">{escape(say(language, "tagline"))}</p>'
        f'<p class="sw-holdings">{escape(held.rstrip(" ·"))}</p></header>'
    )
