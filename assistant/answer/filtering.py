"""Which part of the corpus a question is about: the hard filter of what it names."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.answer.nation import of_the_nation
from assistant.answer.years_asked import with_years
from assistant.lexicon.pinyin import names_in, written_as
from assistant.store import Store
from assistant.text import fold, has_cjk
from assistant.types import Filter, Period, Question, Term

_FIVE_YEARS: tuple[Period, ...] = ("review_5y", "plan_5y")
_DONE = re.compile(r"实际|完成了|实绩|做成|实现了|结果|achieved|actual")


def resolved(question: Question, store: Store) -> Question:
    """The question with what only the corpus can tell: names in pinyin, its years, its kind where there are no provinces."""
    question = _with_names(question, store)
    if question.intent == "list" and (not store.provinces() or of_the_nation(question, store)):
        question = replace(question, intent=question.otherwise)
    return with_years(question, store)


def _with_names(question: Question, store: Store) -> Question:
    """The question with the characters of the names that it writes in pinyin, as the corpus writes them."""
    names = set(names_in(question.text)) if question.language == "en" else ()
    if not names:
        return question
    text = "\n".join(d.text for d in store.documents())

    def known(term: Term) -> Term:
        word = term.wordings[0].replace("’", "'")
        if word not in names or any(map(has_cjk, term.wordings)):
            return term
        written = written_as(word, text)  # what is written so is a name
        return replace(term, wordings=(*term.wordings, *written), kind="term" if written else term.kind)

    return replace(question, terms=tuple(map(known, question.terms)))


def filter_of(question: Question, store: Store) -> Filter:
    """The hard filter of a question: provinces, years and roles that it names and the corpus holds."""
    provinces = tuple(p for p in question.provinces if p in store.provinces())
    years = tuple(y for y in question.years if y in store.years())
    documents = tuple(d for d, year in store.report_years.items() if year in question.reports)
    if of_the_nation(question, store) and store.provinces():
        national = [d for d in store.placeless if not documents or d in documents]
        documents = tuple(national) or documents
    where = Filter(provinces, years, _periods(question), documents)
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
