"""Near misses: figures that are never the answer, however well their words fit.

A target is no result, growth no total, an increase no stock, what five years brought is not what one year did, a sum of
money no number of firms, a figure for two things together none for one of them. The fitted weights choose among what
is left.
"""

from __future__ import annotations

import functools
import re

from assistant.facts.words import ACTS, alternatives
from assistant.text import fold
from assistant.types import Fact, Question

_FIVE_YEARS = frozenset({"review_5y", "plan_5y"})
_CHANGES = frozenset({"growth", "increment", "multiple"})
_DIMENSIONS = {
    "money": ("元", "美元", "欧元", "港元", "日元", "人民币"),
    "ratio": ("%", "‰", "个百分点", "百分点", "个基点", "成", "倍"),
    "people": ("人", "名", "位", "人次"),
    "length": ("公里", "千米", "米", "里"),
    "area": ("亩", "公顷", "平方米", "平方公里"),
    "mass": ("吨", "斤", "公斤", "千克"),
    "time": ("年", "个月", "天", "日", "小时", "分钟", "岁"),
}
_DIMENSION_OF = {unit: name for name, units in _DIMENSIONS.items() for unit in units}
_RATES = ("增速", "增长率", "增幅", "涨幅", "增长", "降幅", "跌幅")
"""Measures that are growth by their name: their level is the growth asked for."""
_STOCK = re.compile(r"总数|总量|存量|一共|总共|现有|保有|拥有|累计|\btotal\b|\bin all\b|\baltogether\b|\boverall\b")
_ALONE = re.compile(
    r"单是|单独|单单|仅|光是|只算|只看|不含|不算|不包括|\balone\b|\bonly\b|\bnot counting\b|\bexcluding\b"
)
_JOINT = re.compile(r"[、]|[^总和]和|[^参]与|以及|及(?!时)")
_ORDER = "名次|排名|位次"
_RANK = re.compile(
    rf"第几|{_ORDER}|(?<!安)排(?:到|在)?(?:多少|哪|几)|几位|位居|居(?:全国|第|前)|\brank|\bplaces?\b|\bpositions?\b|\bplaced\b"
)
_ORDERED = re.compile(_ORDER)
_TO_RANK = re.compile(
    r"排(?:个|一下|一排|出)?(?:名次|排名|位次|顺序|座次|序)|排名(?:一下|如何|怎样|怎么样)|^rank\b|\brank (?:the|them|all|these|by)\b|\bin order\b"
)
"""Asks to put provinces in order: by a figure, not by a rank that they state."""
_ADDING = re.compile(r"新(?:增|建|设|认定|培育|引进|登记|开工)|净增|增加|再增|添|加了|\badd|\bnew(?:ly)?\b|\bcreate")
_DOING = re.compile(alternatives(ACTS))


def admissible(question: Question, fact: Fact, clause: str) -> bool:
    """Whether a fact can be what is asked: in its role, as level or change, in its dimension, and of one thing alone.

    :param clause: the text of the fact's clause.
    """
    return (
        _role_fits(question, fact)
        and _kind_fits(question, fact, clause)
        and _dimension_fits(question, fact)
        and not (_asks(_ALONE, question.standalone) and _JOINT.search(fact.measure))
    )


@functools.lru_cache(maxsize=4096)
def _asks(pattern: re.Pattern[str], text: str) -> bool:
    return bool(pattern.search(fold(text)))


def _role_fits(question: Question, fact: Fact) -> bool:
    """A five-year question takes five-year facts; one about a year takes of them only the levels they ended in."""
    asked = set(question.periods)
    if asked and asked <= _FIVE_YEARS:
        return fact.period in asked
    about_a_year = bool(asked) or len(question.years) == 1
    return not (about_a_year and fact.period in _FIVE_YEARS and fact.kind in _CHANGES)


def _kind_fits(question: Question, fact: Fact, clause: str) -> bool:
    of_rank = fact.kind == "rank" or _ORDERED.search(fact.measure) is not None  # 排名 itself may rise by ten places
    sets_in_order = question.intent == "compare" or _asks(_TO_RANK, question.standalone)
    asks_rank = _asks(_RANK, question.standalone) and not sets_in_order
    if of_rank != asks_rank:
        return False
    if question.wanted == "growth":
        return fact.kind != "level" or fact.measure.endswith(_RATES)
    if question.wanted == "increment":  # what was built or brought in this year is an increase, whatever the verb
        return fact.kind != "level" or bool(_DOING.search(clause))
    if question.wanted == "level":
        stock = _asks(_STOCK, question.standalone) and not _asks(_ADDING, question.standalone)
        if fact.kind == "increment" and stock and fact.period not in _FIVE_YEARS:
            return False
        return fact.kind != "growth" or fact.measure.endswith(_RATES)
    return True


def _dimension_fits(question: Question, fact: Fact) -> bool:
    asked = {dimension(unit) for unit in question.units}
    return not asked or dimension(fact.unit) in asked


def counts_alike(one: str, other: str) -> bool:
    """Whether figures in two units can be set against each other: of one dimension, one currency, one kind of thing."""
    if dimension(one) != dimension(other):
        return False
    if dimension(one) == "money":
        return _currency(one) == _currency(other)
    one, other = (unit.replace("每", "/") for unit in (one, other))
    return dimension(one) != "things" or one == other or any({one, other} <= group for group in _COUNTERS)


_COUNTERS = (frozenset("家户个所"), frozenset("项个件种"))
"""Words that count the same things, by one report and by another."""


def _currency(unit: str) -> str:
    return "元" if unit == "人民币" else unit


def dimension(unit: str) -> str:
    """What a unit counts, coarsely: money, a ratio, people, a length …, or things."""
    return _DIMENSION_OF.get(unit, "things")
