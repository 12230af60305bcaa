"""Which part of the corpus a question is about: the hard filter of what it names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from assistant.lexicon.pinyin import names_in, written_as
from assistant.store import Store
from assistant.text import fold, has_cjk
from assistant.types import Filter, Period, Question, Term

_FIVE_YEARS: tuple[Period, ...] = ("review_5y", "plan_5y")
_PLANS: tuple[Period, ...] = ("plan", "plan_5y")
_DONE = re.compile(r"实际|完成了|实绩|做成|实现了|结果|achieved|actual")
_CARRIED_OUT = re.compile(r"(?:完成|达成|实现|兑现)(?:了|得|情况|没|吗|如何|怎么样|度)|\b(?:met|achieved|fulfilled)\b")
_ANY_YEAR = re.compile(
    r"哪(?:一|几|些)?(?:年|届)|何年|何时|什么时候|历年|历届|每年|逐年|各年|近.{1,3}年|年来|年间|多年|\bwhen\b|\b(?:which|what|every|each) years?\b|\bover the years\b"
)
"""Words that ask over the years, so that a question without a year does not mean the latest."""


def resolved(question: Question, store: Store) -> Question:
    """The question with what only the corpus can tell: names in pinyin, and the role of the five-year plan it names.

    十四五 (2021 to 2025) is a target in the reports of 2022 and a result in those of 2026. Where no text is of a
    province there is none to list.
    """
    question = _with_names(question, store)
    if question.intent == "list" and (not store.provinces() or of_the_nation(question, store)):
        question = replace(question, intent=question.otherwise)
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


_NATION = re.compile(
    r"^(?:请问|那么?)?(?:(?:19|20)?\d\d年(?:度|底|末)?的?|今年|去年|上年)?的?(?:我国|全国|国家|中央|国务院|中国|中华人民共和国)(?!级|[^,。?]{0,2}(?:第[一二三四五六七八九十\d]|前列|首|最))"
    r"|国务院(?:政府)?(?:工作)?报告|国家(?:政府工作)?报告|\b(?:china's|the nation(?:al)?(?:'s)?|the state council(?:'s)?|the country's)\b"
)


def of_the_nation(question: Question, store: Store) -> bool:
    """Whether a question is about the whole country, and documents that are of no province are held to answer it."""
    named = question.provinces or question.named
    return not named and bool(store.placeless) and bool(_NATION.search(fold(question.text).strip()))


_SERIES = re.compile(
    r"哪(?:一|几|些|个)?年(?!级)|历年|历届|每年|逐年|各年|年年|变化|走势|趋势|(?:怎么|如何)变|[^\d]以来|至今"
    r"|(?:最?近|过去)(?P<last>几|两|三|四|六|七|八|九|十|\d{1,2})年|\b(?:which|what|each|every) years?\b|\bover (?:the|these) years\b"
    r"|\bsince\b|\bchang(?:e|ed|ing)\b|\btrend\b|\b(?:last|past) (?P<last_en>\w+) years\b"
)
_SINCE = re.compile(r"以来|至今|到现在|从.*(?:起|开始)|\bsince\b")
_NUMBERS = {c: n for n, c in enumerate("零一二两三四五六七八九十")} | {
    "几": 5,
    "两": 2,
    "two": 2,
    "three": 3,
    "four": 4,
}
_NUMBERS |= {c: n for n, c in enumerate("三四五六七八九十", start=3)}


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
    n = int(word) if word and word.isdigit() else _NUMBERS.get(word or "", 5)
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
        return replace(term, wordings=(*term.wordings, *written_as(word, text)))

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
