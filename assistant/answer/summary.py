"""Summaries: everything the sources say on the topic, as verbatim points in the order of the source.

Reports put a topic into a paragraph under a lead sentence ("加快科技成果转移转化。…"): where the lead or several of its
sentences fit the question, the whole paragraph belongs to the summary. Asked for figures, the facts are the points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.answer.draft import Draft
from assistant.answer.excerpts import answer_probability, best_sentences, is_answered
from assistant.answer.features import fact_features
from assistant.answer.inquiry import Inquiry, Stretch
from assistant.answer.wording import Wording
from assistant.text import fold, paragraphs, sentences, trim
from assistant.types import Passage, Span

MAX_POINTS = 16
LENIENCE = 0.3
"""Odds asked for, relative to those for one sentence as the answer: excerpts on a topic mislead nobody, and a topic named
in passing ("人才方面") gives the fitted model little to go by.
"""
SLACK = 0.04
"""A sentence this far below the best one still speaks of the topic (chosen on the development split)."""
_FIGURES = re.compile(r"指标|数据|数字|量化|figures?\b|indicators?\b|numbers?\b|metrics?\b")
_ENUMERATED = re.compile(
    r"\s*(?:[一二三四五六七八九十]是|[(（][一二三四五六七八九十]+[)）]|[一二三四五六七八九十]、|第[一二三四五六七八九十]|首先|其次|\d+[.、])"
)


def answer_summary(inquiry: Inquiry, words: Wording) -> Draft | None:
    """The points on the topic, each a cited quote."""
    # Here the topic counts, not which one sentence answers.
    ranked = sorted(best_sentences(inquiry, limit=8), key=lambda s: (-s.score, s.span))
    if not is_answered(inquiry, ranked, strictness=LENIENCE):
        return None
    spans = _figure_points(inquiry) if _FIGURES.search(fold(inquiry.question.text)) else []
    if len(spans) < 2:
        spans = _points(inquiry, ranked)
    draft = Draft("summary", confidence=answer_probability(inquiry, ranked))
    draft.text = "\n".join(_lines(inquiry, draft, words, spans[:MAX_POINTS]))
    draft.provinces = tuple(dict.fromkeys(p.province for _, p in draft.spans if p.province))
    return draft


def _lines(inquiry: Inquiry, draft: Draft, words: Wording, spans: list[Span]) -> Iterator[str]:
    part: object = None
    for span in spans:
        passage = inquiry.passage_at(span)
        here = (passage.province, passage.period, passage.year)
        if here != part:
            period = words.period(passage.period, passage.year)
            yield words.say("summary", place=words.place(passage.province), period=period)
            part = here
        yield f"- “{inquiry.store.text(span)}” {draft.cite(span, passage)}"


def _points(inquiry: Inquiry, ranked: list[Stretch]) -> list[Span]:
    """The paragraphs of the sentences that fit best, and single sentences elsewhere, in the order of the sources."""
    floor = ranked[0].score - SLACK
    chosen: dict[Span, float] = {}
    for stretch in ranked[:6]:
        if stretch.score >= floor:
            block = _block(inquiry, stretch)
            chosen |= {span: stretch.score for span in block if span not in chosen}
    for stretch in ranked:
        if stretch.score >= ranked[0].score - 2 * SLACK and not any(s.overlaps(stretch.span) for s in chosen):
            chosen[stretch.span] = stretch.score
    best = sorted(chosen, key=lambda s: (-chosen[s], s))[:MAX_POINTS]
    return sorted(best)


def _block(inquiry: Inquiry, stretch: Stretch) -> list[Span]:
    """The sentence's paragraph if it leads it; with an announced enumeration, the leads of what is enumerated."""
    document = inquiry.store.document(stretch.span.doc_id)
    section = next(s for s in inquiry.store.sections(document.id) if s.span.contains(stretch.span))
    parts = paragraphs(document.text, section.span.start, section.span.end)
    at = next(i for i, (a, b) in enumerate(parts) if a <= stretch.span.start < b)
    tiles = [trim(document.text, a, b) for a, b in sentences(document.text, *parts[at])]
    tiles = [(a, b) for a, b in tiles if b > a]
    spans = [Span(document.id, a, b) for a, b in tiles]
    leads = stretch.span.start <= tiles[0][0] + _heading_length(stretch.passage, document.text[slice(*tiles[0])])
    if not leads:
        return [stretch.span]
    for a, b in parts[at + 1 :]:
        if not _ENUMERATED.match(document.text, a, b) or len(spans) > 1 + MAX_POINTS // 2:
            break
        first = sentences(document.text, a, b)[0]
        spans.append(Span(document.id, *trim(document.text, *first)))
    return spans


def _heading_length(passage: Passage, sentence: str) -> int:
    """Characters that headings take at the head of a section's first sentence."""
    return sum(len(h) + 1 for h in passage.heading if h in sentence)


def _figure_points(inquiry: Inquiry) -> list[Span]:
    """The clauses of the facts on the topic: all of a short part, those near the best fit of a long one."""
    where = inquiry.where
    rows = [(f, x["similarity"]) for f, _, x in fact_features(inquiry, inquiry.facts(where))]
    if not inquiry.question.provinces:
        return []
    if len(rows) > MAX_POINTS:
        top = max(similarity for _, similarity in rows)
        rows = [(f, s) for f, s in sorted(rows, key=lambda r: -r[1]) if s >= top - 0.5][:MAX_POINTS]
    clauses = sorted({f.clause for f, _ in rows})
    return [
        c for i, c in enumerate(clauses) if not any(o.contains(c) and o != c for o in clauses[:i] + clauses[i + 1 :])
    ]
