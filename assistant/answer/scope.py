"""Whether a question can be asked of this corpus at all."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answer.draft import Draft
from assistant.answer.excerpts import answer_probability, best_sentences
from assistant.answer.inquiry import Inquiry
from assistant.answer.topics import partners_of
from assistant.question.cues import is_unsafe
from assistant.question.parts import asks_both_ends
from assistant.types import Reason

ELSEWHERE = 0.05
"""Probability that the best sentence answers, below which a question without a known term is about something else.

Of 120 encyclopaedia questions (CMRC 2018 trial) asked of the shipped corpus, 95 % lie below it.
"""


def refusal_of(inquiry: Inquiry) -> Reason | None:
    """Why the question cannot be answered from this corpus, or ``None`` if it may be."""
    question = inquiry.question
    if is_unsafe(question.text):
        return "unsafe"
    meant = question.named or question.provinces  # a region none of whose provinces is held is as absent as a province
    partners = {*partners_of(inquiry)} if question.intent == "list" else set()
    meant = tuple(p for p in meant if p not in partners)
    if meant and not any(p in inquiry.held for p in (*meant, *question.provinces)):
        return "province_absent"
    if asks_both_ends(question.standalone, inquiry.years):
        return None  # the year that a figure started from is told in the report of another
    absent_years = [y for y in question.years if y not in inquiry.years]
    if absent_years and not (set(question.years) - set(absent_years)) and not _literally(inquiry, absent_years):
        return "year_absent"
    if question.years and inquiry.where.provinces and not len(inquiry.store.rows(inquiry.where)):
        return "not_stated"
    return None


def is_off_topic(inquiry: Inquiry) -> bool:
    """Whether an unanswered question is about something else than reports: no term of the lexicon, nothing near."""
    question = inquiry.question
    if any(t.kind in {"measure", "term"} for t in question.terms):
        return False
    return answer_probability(inquiry, best_sentences(inquiry, limit=4)) < ELSEWHERE


def not_of_its_year(draft: Draft, inquiry: Inquiry) -> bool:
    """Whether a question names only years that the corpus does not hold, and no quote of its answer names one of them."""
    years = inquiry.question.years
    known = any(y in inquiry.years for y in years) or asks_both_ends(inquiry.question.standalone, inquiry.years)
    if not years or known or not draft.spans:
        return False
    return not any(str(y) in inquiry.store.text(span) for y in years for span, _ in draft.spans)


def _literally(inquiry: Inquiry, years: Sequence[int]) -> bool:
    """Whether the passages found name the year themselves ("2020年度国家科学技术奖")."""
    return any(str(y) in c.passage.text for y in years for c in inquiry.candidates[:8])
