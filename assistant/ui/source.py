"""The source panel: a document around a span, cut live by its offsets, the span marked. It knows no answers.

A quote is never copied into it: what is marked is what stands at the offsets now.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from assistant.types import Document, Passage, Span
from assistant.ui.messages import Language, period_label, say
from assistant.ui.seam import reading_button

ROOM = 1400
"""Characters on either side of the span, then on to the end of their paragraph: some three screens."""
LONGEST_PARAGRAPH = 1500
"""A text without line ends is cut here, or the panel would hold all of it."""

NEAR = 600
"""A paragraph up to so long is set off with the quote in it; of a longer one the quote alone."""

PassageAt = Callable[[Span], Passage | None]


def render_source(
    document: Document,
    span: Span,
    language: Language,
    *,
    passage: Passage | None = None,
    name: Callable[[str], str] = str,
    can_read: bool = True,
    key: str = "",
) -> str:
    """The panel for ``span``; outside the document it is cut back to what there is.

    :param name: a province's name in the reader's language.
    :param can_read: whether there is a view to read the whole document in.
    :param key: new for every opening, so that the page's script sees the same place opened twice.
    """
    start = max(0, min(span.start, len(document.text)))
    end = max(start, min(span.end, len(document.text)))
    shown = _window(document.text, start, end)
    where = "".join(f"<li>{escape(part)}</li>" for part in (passage.heading if passage else ()))
    period = period_label(language, passage.period, passage.year) if passage else ""
    province = (passage and passage.province) or document.province
    names = "".join(f"<span>{escape(n)}</span>" for n in (province and name(province), period) if n)
    place = escape(say(language, "characters", start=start, end=end))
    whole = reading_button(Span(document.id, start, end), say(language, "read_whole")) if can_read else ""
    return (
        f'<div class="sw-source" data-key="{key}" data-doc="{escape(document.id)}" data-start="{start}" data-end="{end}">'
        f'<header class="sw-source-head"><div><h2 tabindex="-1">{escape(document.title)}</h2>'
        f'<p class="sw-source-of">{names}</p></div>{_close(language)}</header>'
        f'<ol class="sw-where">{where}</ol>'
        f'<div class="sw-source-text" tabindex="0" role="region" aria-label="{escape(say(language, "source_text"))}">'
        f"{_paragraphs(document.text, (start, end), shown)}</div>"
        f'<div class="sw-source-foot"><span class="sw-place">{place}</span>{_steps(language)}{whole}</div></div>'
    )


def render_missing(why: str, language: Language, *, key: str = "") -> str:
    """The panel where the document cannot be shown, with the reason."""
    return (
        f'<div class="sw-source" data-key="{key}"><header class="sw-source-head"><div><h2 tabindex="-1">{escape(say(language, "source_gone"))}</h2>'
        f'</div>{_close(language)}</header><p class="sw-notice">{escape(why)}</p></div>'
    )


def _close(language: Language) -> str:
    label = escape(say(language, "close"))
    return f'<button type="button" class="sw-close" aria-label="{label}" title="{label}">×</button>'


def _steps(language: Language) -> str:
    """To the citation before and after in the same answer; the page's script shows them where there are any."""
    before, after = escape(say(language, "citation_before")), escape(say(language, "citation_after"))
    return (
        f'<span class="sw-steps" hidden><button type="button" class="sw-step" data-step="-1" aria-label="{before}">‹</button>'
        f'<span class="sw-step-at" aria-live="polite"></span>'
        f'<button type="button" class="sw-step" data-step="1" aria-label="{after}">›</button></span>'
    )


def _window(text: str, start: int, end: int) -> tuple[int, int]:
    """What is shown: ``ROOM`` on either side, then to the ends of the paragraphs unless these are endless."""
    first = max(0, start - ROOM)
    line = text.rfind("\n", max(0, first - LONGEST_PARAGRAPH), first)
    first = line + 1 if line >= 0 else (0 if first <= LONGEST_PARAGRAPH else first)
    last = min(len(text), end + ROOM)
    line = text.find("\n", last, last + LONGEST_PARAGRAPH)
    last = line if line >= 0 else (len(text) if len(text) - last <= LONGEST_PARAGRAPH else last)
    return first, last


def _paragraphs(text: str, span: tuple[int, int], shown: tuple[int, int]) -> str:
    """The lines of the window as paragraphs; the span is marked in each that it touches."""
    out, at = [], shown[0]
    for line in text[shown[0] : shown[1]].split("\n"):
        start, end = max(at, span[0]), min(at + len(line), span[1])
        if start < end:
            before, marked, after = text[at:start], text[start:end], text[end : at + len(line)]
            css = ' class="sw-near"' if len(line) <= NEAR else ""
            out.append(f"<p{css}>{escape(before)}<mark>{escape(marked)}</mark>{escape(after)}</p>")
        elif line.strip():
            out.append(f"<p>{escape(line)}</p>")
        at += len(line) + 1
    lead = '<p class="sw-more">…</p>' if shown[0] > 0 else ""
    tail = '<p class="sw-more">…</p>' if shown[1] < len(text) else ""
    return lead + "".join(out) + tail
