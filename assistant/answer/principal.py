"""A province's principal figure for a measure: the one that measures just that, not one of its parts.

Reports state a measure beside its parts (进出口 and 对东盟进出口, 地区生产总值 and a city's). Where a list, a comparison or a
yes/no stands on "the" figure of a province, it is the one whose measure says no more than the question does.
"""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.answer.features import measure_ids
from assistant.answer.figure import Scored, best_facts, enough
from assistant.answer.inquiry import Inquiry
from assistant.text import squeezed
from assistant.types import Fact, Filter, Span, Term

EXACT = 0.1
"""Share of the best score from which a fact counts that measures just what is asked, no part of it and no more."""
BESIDE_OTHERS = 0.01
"""The same where others state that measure: a comparison of it needs just it."""
NEAR = 0.5
"""Share of the best score from which a fact may be the principal one."""
BOUNDED = 0.85
"""What a figure that only bounds the value (超9万亿元), or one of five years, weighs beside an exact one of the year."""
BESIDE = 0.4
"""Share of a measure phrase that says nothing itself ("迈上万亿元台阶、达14.2万亿元") where its clause names the measure."""
PART = 0.3
"""What a ratio or a mean weighs where the question asks for neither."""
_PART = re.compile(r"人均|占|比重|单位|户均|亩均")
_BOUND = re.compile(r"超|突破|逾|余|多|近|以上|不低于")
_FIVE_YEARS = {"review_5y", "plan_5y"}
_GENERAL = ("增长 全省 全市 全区 全社会 全年 我省 我市 我区 实现 完成 总额 总量 总数 数量 国家 年均").split()
"""What a measure may say besides: the whole province, the whole year, the sum."""


def principal(
    inquiry: Inquiry, province: str, *, where: Filter | None = None, floor: float | None = None, exact: float = EXACT
) -> list[Scored]:
    """The facts of a province that are the measure asked about, the principal one first; empty if it states none.

    :param where: another filter than the question's own (its province is replaced).
    :param floor: the probability from which a fact counts, if not the one from which it is given as an answer.
    :param exact: the share of the best score from which a fact that measures just what is asked counts.
    """
    facts = inquiry.facts(inquiry.about((province,)) if where is None else where)
    least = enough() if floor is None else floor
    ranked = [s for s in best_facts(inquiry, facts=facts) if s.score >= exact * least and _is_it(inquiry, s)]
    pure = {s.fact.span for s in ranked if purity(inquiry, in_words(s.fact)) >= WHOLLY}
    ranked = [s for s in ranked if s.score >= least or s.fact.span in pure]
    if not ranked:
        return []
    best = ranked[0].score
    just_it = [s for s in ranked if s.score >= exact * best and s.fact.span in pure]
    near = [s for s in ranked if s.score >= NEAR * best or s in just_it]

    def order(s: Scored) -> tuple[float, float, Span]:
        # that a figure measures just what is asked says more than how its clause is worded
        return -weight(inquiry, replace(s, score=max(s.score, best)) if s in just_it else s), -s.score, s.fact.span

    return [*sorted(near, key=order), *(s for s in ranked if s not in near)]


def weight(inquiry: Inquiry, scored: Scored) -> float:
    """How well a fact would stand for the province: its fit, less where it measures more, bounds only, or spans years."""
    fact = scored.fact
    only_part = PART if _PART.search(fact.measure) and not _PART.search(inquiry.question.standalone) else 1.0
    bound = BOUNDED if _BOUND.search(fact.strength) else 1.0
    years = BOUNDED if fact.period in _FIVE_YEARS and not set(inquiry.question.periods) & _FIVE_YEARS else 1.0
    return scored.score * _share(inquiry, fact) * bound * years * only_part


def _share(inquiry: Inquiry, fact: Fact) -> float:
    """How much of the measure is just what is asked; where only the clause before names it, a moderate share."""
    share = purity(inquiry, in_words(fact))
    beside = inquiry.measures & measure_ids(inquiry.lexicon, _before(inquiry, fact)) if share < BESIDE else ()
    return BESIDE if beside and not measure_ids(inquiry.lexicon, fact.measure) else share


WHOLLY = 0.95
"""Share of the question's terms in the measure itself, from which it is the one asked about whatever the lexicon says."""


def _is_it(inquiry: Inquiry, scored: Scored) -> bool:
    """Whether the lexicon, where it knows the measure asked about, knows the fact's as the same.

    A figure may also count what its clause only names after it ("6项科技成果获国家科学技术奖").
    """
    asked = inquiry.measures
    known = measure_ids(inquiry.lexicon, in_words(scored.fact))
    if not asked or asked & known or scored.named >= WHOLLY:
        return True
    beside = (_after(inquiry, scored.fact), _before(inquiry, scored.fact))
    return not known and any(asked & measure_ids(inquiry.lexicon, text) for text in beside)


def _before(inquiry: Inquiry, fact: Fact) -> str:
    """What the clause says before the figure ("地区生产总值连续迈上4个万亿元台阶、年均增长5.7%")."""
    return inquiry.store.text(replace(fact.clause, end=max(fact.span.start, fact.clause.start)))


def _after(inquiry: Inquiry, fact: Fact) -> str:
    return inquiry.store.text(replace(fact.clause, start=min(fact.span.end, fact.clause.end)))


def in_words(fact: Fact) -> str:
    """The measure with the verb of its growth, which some measures are named by (经济 growing is 经济增长)."""
    return f"{fact.measure}增长" if fact.kind == "growth" else fact.measure


def purity(inquiry: Inquiry, measure: str) -> float:
    """The share of a measure phrase that the question's words (in any wording) and general words make up, in (0, 1]."""
    rest = squeezed(measure)
    whole = len(rest)
    for wording in sorted((w for t in inquiry.question.terms for w in wordings(t)), key=lambda w: (-len(w), w)):
        rest = rest.replace(wording, "")
    for word in _GENERAL:
        rest = rest.replace(word, "")
    return 1.0 - len(rest) / whole if whole and len(rest) < whole else 0.05


def wordings(term: Term) -> list[str]:
    """A term's wordings as they are matched."""
    return [w for w in map(squeezed, term.wordings) if w]
