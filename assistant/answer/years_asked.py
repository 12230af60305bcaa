"""Which years a question is about, as far as only the corpus can tell: a report's, a plan's, the latest, or all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from assistant.answer.nation import of_the_nation
from assistant.store import Store
from assistant.text import fold
from assistant.types import Filter, Period, Question

_PLANS: tuple[Period, ...] = ("plan", "plan_5y")
_CARRIED_OUT = re.compile(r"(?:完成|达成|实现|兑现)(?:了|得|情况|没|吗|如何|怎么样|度)|\b(?:met|achieved|fulfilled)\b")
_ANY_YEAR = re.compile(
    r"哪(?:一|几|些)?(?:年|届)|何年|何时|什么时候|历年|历届|每年|逐年|各年|近.{1,3}年|年来|年间|多年|\bwhen\b|\b(?:which|what|every|each) years?\b|\bover the years\b"
)
"""Words that ask over the years, so that a question without a year does not mean the latest."""


def with_years(question: Question, store: Store) -> Question:
    """The question with the years and the role that its words mean in this corpus.

    A report that is not held is a year; years set against others are asked about like these; 十四五 (2021 to 2025) is a
    target in the reports of 2022 and a result in those of 2026.
    """
    if question.reports and not set(question.reports) & set(store.report_years.values()):
        question = replace(question, reports=(), years=tuple(dict.fromkeys((*question.years, *question.reports))))
    if "periods" in question.carried and question.years and question.periods:
        if not len(store.rows(Filter(years=question.years, periods=question.periods))):
            question = replace(question, periods=())  # "2022年的目标" – "2021年呢": that year has results alone
    if years := _years_over(question, store):
        question = replace(question, years=years, intent="compare")
    if question.bases and set(question.bases) <= set(store.years()):
        own = question.years or _latest(question, store)
        question = replace(question, years=tuple(dict.fromkeys((*own, *question.bases))), intent="compare")
    elif len(question.years) == 1 and (ends := _deadline(question, store)):
        question = replace(question, plan_years=ends, years=())
    return question if question.plan_years is None or not store.years() else _of_plan(question, store)


_SERIES = re.compile(
    r"哪(?:一|几|些|个)?年(?!级)|历年|历届|每年|逐年|各年|年年|变化|走势|趋势|(?:怎么|如何)变|[^\d]以来|至今"
    r"|(?:最?近|过去)(?P<last>几|两|三|四|六|七|八|九|十|\d{1,2})年|\b(?:which|what|each|every) years?\b|\bover (?:the|these) years\b"
    r"|\bsince\b|\bchang(?:e|ed|ing)\b|\btrend\b|\b(?:last|past) (?P<last_en>\w+) years\b"
)
_SINCE = re.compile(r"以来|至今|到现在|从.*(?:起|开始)|\bsince\b")
_NUMBERS = {c: n for n, c in enumerate("一二三四五六七八九十", start=1)} | {"两": 2, "two": 2, "three": 3, "four": 4}
SEVERAL = 5
"""Years that 近几年 means."""


def _years_over(question: Question, store: Store) -> tuple[int, ...]:
    """The years that a question about a measure of one place asks over ("历年", "哪年最高", "2016年以来怎么变"); or none."""
    asked = _SERIES.search(fold(question.text))
    one = question.provinces[0] if question.provinces else None
    first, last = store.spans_of_years.get(one, (0, 0))
    named = any(t.kind == "measure" for t in question.terms)
    if not asked or not named or last - first < 2 or len(question.provinces) > 1 or question.plan_years:
        return ()
    since = question.years[0] if len(question.years) == 1 and _SINCE.search(fold(question.text)) else 0
    if question.years and not since:
        return ()
    told = tuple(y for y in store.years() if max(first, since) <= y <= last)
    word = asked["last"] or asked["last_en"]
    n = int(word) if word and word.isdigit() else _NUMBERS.get(word or "", SEVERAL)
    return told[-n - ("plan" not in question.periods) :] if word else told


def _latest(question: Question, store: Store) -> tuple[int, ...]:
    """The year that 今年 or 去年 is, where it is set against another ("今年的目标比2023年的低多少")."""
    last = store.years()[-1]
    return tuple(last - (p not in _PLANS) for p in question.periods[:1])


_BY = re.compile(r"到\s?(20\d\d)\s?年(?:底|末)?[^,。?]{0,10}?(?:要|将|目标|力争|达到|实现|建成|多少)|\bby (20\d\d)\b")


def _deadline(question: Question, store: Store) -> tuple[int, int] | None:
    """The plan that ends in the year by which something is to be reached ("到2020年要达到多少"), if its targets are held."""
    by = _BY.search(fold(question.text))
    last = int(by[1] or by[2]) if by else 0
    if not last or question.years != (last,) or last % 5:
        return None
    first = last - 4
    return (first, last) if len(store.rows(Filter(years=(first,), periods=("plan_5y",)))) else None


def _of_plan(question: Question, store: Store) -> Question:
    """The question about a five-year plan in its role and year: its targets are set in its first, its results told of its last."""
    assert question.plan_years is not None
    first, last = question.plan_years
    role: Period = "review_5y" if last < store.years()[-1] else "plan_5y"
    told: dict[Period, Filter] = {
        "plan_5y": Filter(years=(first,), periods=("plan_5y",)),
        "review_5y": Filter(years=(last,), periods=("review", "review_5y")),
    }
    aims = _BY.search(fold(question.text)) or set(question.periods) & set(_PLANS)
    if (
        aims
        and not _CARRIED_OUT.search(fold(question.text))
        and "review" not in question.periods
        and len(store.rows(told["plan_5y"]))
    ):
        role = "plan_5y"
    years = told[role].years if not question.years and len(store.years()) > 2 and len(store.rows(told[role])) else ()
    return replace(question, periods=(role,), years=years or question.years)


RELATIVE = re.compile(r"今年|去年|上年|上一年|本年|\b(?:this|last) year\b")


def dated(question: Question, store: Store) -> Question:
    """A question that names a role but no year, about the latest report: last year's result is that of the last report.

    Only where several reports of one place are held; words that ask over the years (哪年, 历年) leave it as it is.
    """
    if not question.periods or question.years or question.reports or _ANY_YEAR.search(fold(question.standalone)):
        return question
    told = store.spans_of_years
    named: Iterable[str | None] = question.provinces or told
    places = (None,) if of_the_nation(question, store) else named
    scope = [told[p] for p in places if p in told]
    if all(first >= last - 1 for first, last in scope):  # one report each: a result and the target that follows it
        return question
    reports = {last for _, last in scope} & set(store.report_years.values())
    return replace(question, reports=tuple(sorted(reports)))
