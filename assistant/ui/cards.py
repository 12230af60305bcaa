"""The citations of an answer as cards, or the nearest passages beside a decline.

Every quote is cut from its document's text by its offsets at the moment it is shown, never taken from a copy.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from assistant.types import Answer, Citation, Document, Hit, Passage, Span
from assistant.ui.messages import Language, period_label, say

NEAREST = 3
"""How many of the nearest passages stand beside a decline."""
CONTEXT = 56
"""Characters shown on either side of a quote: about two lines of a card."""

ReadDocument = Callable[[str], Document]
Name = Callable[[str], str]
"""A province's name in the reader's language."""


def render_sources(turn: int, answer: Answer, document: ReadDocument, *, language: Language, name: Name) -> str:
    """The cards; a decline's own citations are nearest passages, too, and no answer."""
    declined = answer.status == "declined"
    if answer.reason == "unsafe":
        return ""
    cards = [
        _citation_card(turn, c, document, language=language, name=name, declined=declined) for c in answer.citations
    ]
    if declined and not cards:
        cards = [_hit_card(hit, document, language=language, name=name) for hit in answer.hits[:NEAREST]]
    if not cards:
        return ""
    heading = escape(say(language, "nearest" if declined else "sources"))
    return f'<aside class="sw-sources" tabindex="0" aria-label="{heading}"><h3>{heading}</h3>{"".join(cards)}</aside>'


def _citation_card(
    turn: int, citation: Citation, document: ReadDocument, *, language: Language, name: Name, declined: bool
) -> str:
    source = document(citation.span.doc_id)
    label = escape(say(language, "back", n=citation.n))
    badge = f'<a class="sw-badge" href="#t{turn}m{citation.n}" aria-label="{label}">{citation.n}</a>'
    if declined:
        badge += _no_answer(language)
    head = _head(
        badge, citation.province and name(citation.province), period_label(language, citation.period, citation.year)
    )
    where = _where(citation.title, citation.heading, citation.span, language)
    short = _quoted(source.text, citation.span, _around(citation, len(source.text)))
    return _card(f"t{turn}c{citation.n}", citation.span, f'{head}<blockquote class="sw-quote">{short}</blockquote>{where}',
                 language=language, nearest=declined)  # fmt: skip


def _hit_card(hit: Hit, document: ReadDocument, *, language: Language, name: Name) -> str:
    passage: Passage = hit.passage
    source = document(passage.span.doc_id)
    head = _head(
        _no_answer(language),
        passage.province and name(passage.province),
        period_label(language, passage.period, passage.year),
    )
    where = _where(source.title, passage.heading, passage.span, language)
    text = escape(source.text[passage.span.start : passage.span.end])
    return _card("", passage.span, f'{head}<blockquote class="sw-quote">{text}</blockquote>{where}',
                 language=language, nearest=True)  # fmt: skip


def _card(name: str, span: Span, inside: str, *, language: Language, nearest: bool) -> str:
    """A card that knows its place in the document; the page's script opens the panel there."""
    own_id = f' id="{name}" tabindex="-1"' if name else ""
    place = f'data-doc="{escape(span.doc_id)}" data-start="{span.start}" data-end="{span.end}"'
    opens = escape(say(language, "open_source"))
    css = "sw-card sw-nearest" if nearest else "sw-card"
    button = f'<button type="button" class="sw-open sw-card-open" {place}>{opens}</button>'
    return f'<section class="{css}"{own_id} {place}>{inside}{button}</section>'


def _no_answer(language: Language) -> str:
    return f'<span class="sw-badge sw-not-answer">{escape(say(language, "not_answer"))}</span>'


def _head(badge: str, province: str | None, period: str) -> str:
    names = "".join(f"<span>{escape(name)}</span>" for name in (province, period) if name)
    return f'<header class="sw-card-head">{badge}{names}</header>'


def _where(title: str, heading: tuple[str, ...], span: Span, language: Language) -> str:
    path = "".join(f"<li>{escape(part)}</li>" for part in (title, *heading))
    place = escape(say(language, "characters", start=span.start, end=span.end))
    return f'<ol class="sw-where">{path}<li class="sw-place">{place}</li></ol>'


def _around(citation: Citation, length: int) -> tuple[int, int]:
    """``CONTEXT`` characters on either side of the quote, inside the passage where the quote was found."""
    start, end = max(0, citation.span.start - CONTEXT), min(length, citation.span.end + CONTEXT)
    first, _, last = citation.passage_id.rpartition(":")[2].partition("-")
    if not (first.isdecimal() and last.isdecimal()):
        return start, end
    return min(max(start, int(first)), citation.span.start), max(min(end, int(last)), citation.span.end)


def _quoted(text: str, span: Span, shown: tuple[int, int]) -> str:
    """The document's text over ``shown`` with ``span`` marked; an ellipsis where a sentence is cut."""
    start, end = shown
    lead = "…" if start > 0 and text[start - 1] not in "。！？!?\n" else ""
    tail = "…" if end < len(text) and text[end - 1] not in "。！？!?\n" else ""
    before, quote, after = text[start : span.start], text[span.start : span.end], text[span.end : end]
    return f"{lead}{escape(before)}<mark>{escape(quote)}</mark>{escape(after)}{tail}"
