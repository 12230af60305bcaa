"""Which part of the corpus a question is about, and whether it can be asked of this corpus at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.answer.excerpts import answer_probability, best_sentences
from assistant.answer.inquiry import Inquiry
from assistant.question.cues import is_unsafe
from assistant.store import Store
from assistant.text import fold
from assistant.types import Filter, Period, Question, Reason

ELSEWHERE = 0.05
"""Probability that the best sentence answers, below which a question without a known term is about something else.

Of 120 encyclopaedia questions (CMRC 2018 trial) asked of the shipped corpus, 95 % lie below it.
"""
_FIVE_YEARS: tuple[Period, ...] = ("review_5y", "plan_5y")
_DONE = re.compile(r"实际|完成了|实绩|做成|实现了|结果|achieved|actual")


def resolved(question: Question, store: Store) -> Question:
    """The question with the role of the five-year plan it names: a result once the corpus has a report after its end.

    十四五 (2021 to 2025) is a target in the reports of 2022 and a result in those of 2026.
    """
    if question.plan_years is None or not store.years():
        return question
    last = question.plan_years[1]
    role: Period = "review_5y" if last < store.years()[-1] else "plan_5y"
    return replace(question, periods=(role,))


def filter_of(question: Question, store: Store) -> Filter:
    """The hard filter of a question: provinces, years and roles that it names and the corpus holds."""
    provinces = tuple(p for p in question.provinces if p in store.provinces())
    years = tuple(y for y in question.years if y in store.years())
    where = Filter(provinces, years, _periods(question))
    if years and where.periods and not len(store.rows(where)):
        # "2021年…攻关计划" names a plan only in the thing's name: the year alone says the role.
        roles_clash = question.periods == ("review",) and _DONE.search(fold(question.text))
        where = where if roles_clash else replace(where, periods=())
    return where


def _periods(question: Question) -> tuple[Period, ...]:
    """Roles as a filter; a five-year role is stated within the parts of the yearly ones too, so it is ranked, not cut."""
    if not question.periods or any(p in _FIVE_YEARS for p in question.periods):
        return ()
    with_five: dict[Period, tuple[Period, ...]] = {"review": ("review", "review_5y"), "plan": ("plan", "plan_5y")}
    return tuple(dict.fromkeys(p for asked in question.periods for p in with_five.get(asked, (asked,))))


def refusal_of(inquiry: Inquiry) -> Reason | None:
    """Why the question cannot be answered from this corpus, or ``None`` if it may be."""
    question = inquiry.question
    if is_unsafe(question.text):
        return "unsafe"
    if question.named and not any(p in inquiry.held for p in question.named):
        return "province_absent"
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


def _literally(inquiry: Inquiry, years: Sequence[int]) -> bool:
    """Whether the passages found name the year themselves ("2020年度国家科学技术奖")."""
    return any(str(y) in c.passage.text for y in years for c in inquiry.candidates[:8])
