"""How a report is built: its headings, as the answer to how many parts it has or what it speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assistant.answer.decline import decline
from assistant.answer.draft import Draft
from assistant.answer.inquiry import Inquiry
from assistant.answer.outline import heading_span
from assistant.answer.wording import Wording
from assistant.corpus.furniture import HEADING as FURNITURE
from assistant.text import fold
from assistant.types import Document, Filter, Passage, Span

MAX_PARTS = 40
FEWEST = 4
"""Headings that say what a report is about; of a text with fewer, its own sentences say more."""
_STRUCTURE = re.compile(
    r"(?:共|一共|总共|分(?:为|成)?|有)[^,，。？?]{0,4}(?:几|多少)个?(?:大)?(?:部分|章|节|板块)|(?:报告|全文|文件)(?:的)?(?:结构|目录|大纲|框架|提纲|章节)"
    r"|\b(?:structure|table of contents|contents|sections|chapters|parts) of (?:the |this )?[^?.]{0,40}\breport\b|\bhow many (?:parts|sections|chapters)\b"
)
_CONTENTS = re.compile(
    r"(?:报告|全文)(?:主要)?(?:讲|说|写|包括|包含|分)了?(?:些)?(?:哪些|什么|哪几)(?:内容|方面|部分|个部分)?[？?。]?$|\bwhat does the report cover\b"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with the headings above it and itself, and whether no part of another role stands below it."""

    span: Span
    path: tuple[str, ...]
    whole: bool


def answer_contents(inquiry: Inquiry, words: Wording) -> Draft | None:
    """The headings of the reports asked about; ``None`` if it is not asked how they are built, or they have too few."""
    asked = fold(inquiry.question.standalone)
    counted = _STRUCTURE.search(asked)
    if not counted and not _CONTENTS.search(asked):
        return None
    documents = documents_asked(inquiry)
    if not counted and len(documents) != 1:
        return None  # of what several reports speak their headings say too much
    draft = Draft("summary", confidence=1.0)
    lines = [line for d in documents for line in _lines(inquiry, words, draft, d, fewest=2 if counted else FEWEST)]
    if len(draft.spans) > MAX_PARTS * 2:
        return decline(inquiry, words, "not_stated")  # nobody reads the headings of all reports at once
    draft.text = "\n".join(lines)
    draft.provinces = tuple(dict.fromkeys(p.province for _, p in draft.spans if p.province))
    return draft if lines else None


def _lines(inquiry: Inquiry, words: Wording, draft: Draft, document: Document, *, fewest: int) -> list[str]:
    """One report's number of parts, and its headings: the lower ones under the upper ones unless they are many."""
    parts = _parts(inquiry, document)
    levels = [[p for p in parts if len(p.path) == d] for d in sorted({len(p.path) for p in parts})]
    at = next((i for i, level in enumerate(levels) if len(level) >= fewest), None)
    if at is None:
        return []
    top = len(levels[at][0].path)
    kept = [p for p in parts if len(p.path) in (top, top + 1)]
    kept = kept if len(kept) <= MAX_PARTS and len(documents_asked(inquiry)) == 1 else levels[at]
    lines = []
    for part in kept:
        passage = passage_at(inquiry, part.span)
        passage = passage if part.whole else replace(passage, period=None)
        period = words.period(passage.period, passage.year) + words.colon if part.whole and passage.period else ""
        quote = f"“{inquiry.store.text(part.span)}” {draft.cite(part.span, passage)}"
        lines.append(f"{'  ' * (len(part.path) - top)}- {period}{quote}")
    n = draft.count(len(levels[at]), words.say("parts_counted"))
    return [words.say("parts", title=document.title, n=n), *lines]


def _parts(inquiry: Inquiry, document: Document) -> list[Part]:
    """Every heading of a document, or of its part about the provinces asked for, once and in order."""
    asked = inquiry.where.provinces
    sections = [s for s in inquiry.store.sections(document.id) if FURNITURE not in s.heading]
    sections = [s for s in sections if not asked or s.province in asked]
    found: dict[tuple[str, ...], Part] = {}
    for section in sections:
        for depth in range(1, len(section.heading) + 1):
            path = section.heading[:depth]
            span = None if path in found else heading_span(document, section, path[-1])
            if span is not None:
                roles = {s.period for s in sections if s.heading[:depth] == path}
                found[path] = Part(span, path, len(roles) == 1)
    return list(found.values())


def passage_at(inquiry: Inquiry, span: Span) -> Passage:
    """The passage that a span begins in, else the metadata of its section, for what is in no passage."""
    for section in inquiry.store.sections(span.doc_id):
        if section.span.start <= span.start < section.span.end:
            near = inquiry.passages(Filter(documents=(span.doc_id,)))
            found = next((p for p in near if p.span.start <= span.start < p.span.end), None)
            if found is not None:
                return found
            return Passage(
                span, inquiry.store.text(span), section.heading, section.province, section.year, section.period
            )
    return inquiry.passage_at(span)


def documents_asked(inquiry: Inquiry, where: Filter | None = None) -> list[Document]:
    """The documents under a filter; by default those of the provinces and years named, all where none is."""
    where = inquiry.where if where is None else where
    found = dict.fromkeys(p.span.doc_id for p in inquiry.passages(Filter(where.provinces, where.years)))
    return [inquiry.store.document(d) for d in found]
