"""The reading view: documents by province and year, whole, with outline, search, figures and what a sentence leads to."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from assistant.errors import StoreError
from assistant.survey import Survey
from assistant.text import fold
from assistant.types import Document, Section, Span
from assistant.ui.messages import Language, say
from assistant.ui.mounting import Refused, ViewRequest, mount, options, templates
from assistant.ui.reader_html import render_library, render_outline, render_similar, render_text
from assistant.ui.seam import Context, Reading, View

if TYPE_CHECKING:
    from assistant.assistant import Assistant

MAX_FOUND = 2000
"""Places told of one search; nobody steps through more."""
QUOTED = 120
"""Characters of a selection that go into a question; the reader sees them in the box and may change them."""


class DocumentRequest(ViewRequest):
    """Which document, and where in it to begin: a span, or a province's first part."""

    doc: str
    start: int = 0
    end: int = 0
    province: str = ""


class ShownRequest(ViewRequest):
    """Something about a document as the page shows it: ``digest`` tells whether it still is that."""

    doc: str
    digest: str


class FindRequest(ShownRequest):
    """What to look for in it."""

    text: str


class SimilarRequest(ShownRequest):
    """The words of it for which others are wanted."""

    start: int
    end: int


class _Reader:
    """What the view's script may call."""

    def __init__(self, assistant: Assistant, survey: Survey) -> None:
        self._assistant = assistant
        self._survey = survey

    def library(self, wanted: ViewRequest) -> dict[str, Any]:
        """The documents, and what they can be chosen by; nothing where the page has them already."""
        generation = self._assistant.generation
        if wanted.generation == generation:
            return {"generation": generation}
        holdings = self._assistant.contents()
        language = wanted.language
        held = {name for h in holdings for name in h.provinces}
        provinces = [
            (p.name, _province_label(p, language)) for p in self._assistant.lexicon.provinces if p.name in held
        ]
        years = sorted({h.year for h in holdings if h.year is not None}, reverse=True)
        return {
            "generation": generation,
            "html": render_library(holdings, language),
            "provinces": options([("", say(language, "any_province")), *provinces]),
            "years": options(
                [("", say(language, "any_year")), *((str(y), say(language, "year_of", year=y)) for y in years)]
            ),
        }

    def document(self, wanted: DocumentRequest) -> dict[str, Any]:
        """One document, whole."""
        language = wanted.language
        try:
            document = self._assistant.document(wanted.doc)
        except StoreError:
            return {"failed": say(language, "read_gone")}
        sections = self._assistant.sections(document.id)
        facts = self._survey.figures.of_document(document.id)
        target = Span(document.id, *_within(wanted.start, wanted.end, len(document.text)))
        english = {m: self._assistant.lexicon.english_name(m) for m in {f.measure for f in facts}}
        known = {m: name for m, name in english.items() if name != m} if language == "en" else {}
        first = next((s.span.start for s in sections if wanted.province and s.province == wanted.province), 0)
        return {
            "doc": document.id,
            "digest": _digest(document),
            "title": document.title or document.id,
            "origin": document.origin,
            "text": render_text(document, sections, facts, language, target=target, english=known),
            "outline": render_outline(sections, language),
            "figures": len({f.span for f in facts}),
            "at": target.start or first,
            "marked": target.start < target.end,
            "characters": len(document.text),
            "provinces": _owners(sections),
            "generation": self._assistant.generation,
        }

    def find(self, wanted: FindRequest) -> dict[str, Any]:
        """Where words stand in a document, script variants and widths aside: offsets in code points."""
        needle = fold(wanted.text.strip())
        if not needle:
            return {"places": []}
        haystack = fold(self._shown(wanted).text)
        places: list[tuple[int, int]] = []
        at = haystack.find(needle)
        while at >= 0 and len(places) < MAX_FOUND:
            places.append((at, at + len(needle)))
            at = haystack.find(needle, at + len(needle))
        return {"places": places}

    def similar(self, wanted: SimilarRequest) -> dict[str, Any]:
        """What other provinces say in words like these."""
        length = len(self._shown(wanted).text)
        span = Span(wanted.doc, *_within(wanted.start, wanted.end, length))
        return {"html": render_similar(self._assistant.similar(span), wanted.language)}

    def _shown(self, wanted: ShownRequest) -> Document:
        """The document, if it is what the page shows: offsets of another text would lead anywhere."""
        with contextlib.suppress(StoreError):
            document = self._assistant.document(wanted.doc)
            if _digest(document) == wanted.digest:
                return document
        raise Refused(say(wanted.language, "read_gone"))


def _digest(document: Document) -> str:
    return hashlib.sha256(document.text.encode()).hexdigest()


def _province_label(province: Any, language: Language) -> str:
    return f"{province.name} {province.english}" if language == "en" else str(province.name)


def _within(start: int, end: int, length: int) -> tuple[int, int]:
    """A stretch of the text, whatever was sent."""
    start = max(0, min(start, length))
    return start, max(start, min(end, length))


def _owners(sections: tuple[Section, ...]) -> list[list[Any]]:
    """Where the parts of each province and year begin, so that a question can be limited to them."""
    return [[s.span.start, s.province or "", s.year or 0] for s in sections]


_SPOKEN = {
    "lost": "view_lost", "waiting": "view_waiting", "shown": "read_shown", "none": "read_none", "found": "read_found",
    "not-found": "read_not_found", "copied": "read_copied", "ask": "read_question", "ask-anywhere": "read_question_anywhere",
    "similar": "read_similar_title", "close": "read_close", "characters": "read_characters", "figures": "read_figures",
    "selected": "read_selected",
}  # fmt: skip
"""What the script says itself."""


def _shell(language: Language) -> str:
    def word(key: str) -> str:
        return escape(say(language, key))

    return f"""<div class="sw-v-view sw-v-reader" data-language="{language}"{templates(language, _SPOKEN)} data-quoted="{QUOTED}">
<p class="sw-v-view-notice" role="status" hidden></p>
<div class="sw-v-library"><h2>{word("read_library")}</h2>
<form class="sw-v-filters" role="search"><label><span>{word("province")}</span><select name="province"></select></label>
<label><span>{word("year")}</span><select name="year"></select></label>
<label class="sw-v-grow"><span>{word("read_filter")}</span><input name="title" type="search" autocomplete="off"></label></form>
<p class="sw-v-count" role="status"></p><div class="sw-v-shelf"></div></div>
<div class="sw-v-reading" hidden>
<aside class="sw-v-rail"><button type="button" class="sw-v-back">← {word("read_back")}</button>
<details class="sw-v-outline-box" open><summary>{word("read_outline")}</summary>
<nav class="sw-v-outline" aria-label="{word("read_outline")}" tabindex="0"></nav></details></aside>
<div class="sw-v-sheet"><header class="sw-v-sheet-head"><h2 class="sw-v-sheet-title" tabindex="-1"></h2><p class="sw-v-sheet-facts"></p></header>
<div class="sw-v-tools"><form class="sw-v-find" role="search"><input type="search" name="find" autocomplete="off"
placeholder="{word("read_find")}" aria-label="{word("read_find")}"><span class="sw-v-found" role="status"></span>
<button type="button" class="sw-v-step" data-step="-1" aria-label="{word("read_previous")}" disabled>↑</button>
<button type="button" class="sw-v-step" data-step="1" aria-label="{word("read_next")}" disabled>↓</button></form>
<div class="sw-v-figure-tools"><label><input type="checkbox" name="figures" checked> {word("read_mark_figures")}</label>
<button type="button" class="sw-v-step-figure" data-step="-1" aria-label="{word("read_previous_figure")}">↑</button>
<button type="button" class="sw-v-step-figure" data-step="1" aria-label="{word("read_next_figure")}">↓</button></div></div>
<p class="sw-v-hint">{word("read_hint")}</p>
<div class="sw-v-text sw-v-show-figures" lang="zh"></div>
<div class="sw-v-bar" role="toolbar" aria-label="{word("read_actions")}" hidden><span class="sw-v-bar-note"></span>
<button type="button" class="sw-question-button sw-v-bar-ask" data-submit="0">{word("read_ask")}</button>
<button type="button" class="sw-v-bar-similar">{word("read_similar")}</button>
<button type="button" class="sw-v-bar-copy">{word("read_copy")}</button>
<button type="button" class="sw-v-bar-close" aria-label="{word("read_close")}">×</button></div></div></div>
<div class="sw-v-tip" role="tooltip" hidden></div></div>"""


def _target(reading: Reading | None) -> str:
    """What the script opens next; a new key opens the same place again."""
    if reading is None:
        return ""
    span = reading.span
    return (
        f'<i data-doc="{escape(span.doc_id)}" data-start="{span.start}" data-end="{span.end}" '
        f'data-key="{escape(reading.key)}"></i>'
    )


def _build(gr: Any, context: Context) -> None:
    reader = _Reader(context.assistant, context.survey)
    functions: Mapping[type[ViewRequest], Any] = {
        ViewRequest: reader.library,
        DocumentRequest: reader.document,
        FindRequest: reader.find,
        SimilarRequest: reader.similar,
    }
    mount(gr, context, "read", shell=_shell, functions=functions)
    target = gr.HTML(
        "",
        js_on_load="watch('value', () => swViews.open(element)); swViews.open(element)",
        apply_default_css=False,
        elem_id="sw-read-target",
    )
    context.reading.change(_target, context.reading, target, api_visibility="private", show_progress="hidden")


READ = View("read", "tab_read", _build)
