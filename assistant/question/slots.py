"""What a question's words say about the figure: its role in time, how it relates to its measure, its unit.

Folded text only, with places and terms blanked. A slot asserted wrongly excludes the right figure, one left open only
ranks it less well: words that may mean something else are *weak*, and count only where no other word decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from assistant.types import Period

Wanted = Literal["level", "growth", "increment", ""]

_BY_HOW_MANY = re.compile(
    r"\bby how many\b(?! (?:percent|per cent|percentage|points))|\bnet (?:increase|gain|addition)\b"
)
_GROWTH = re.compile(
    r"增长|增速|增幅|涨|(?:提高|提升|增加|降低|下降|减少|压减|改善)了?(?:多少|几)个?(?:百分点|点)|提高(?:多少|几)|提升(?:多少|几)|同比|上升|成长|下降|抬高|降(?:低|了|幅)|(?:多|少|高|低)了(?:百分之|几个?(?:百分)?点|几成)"
    r"|\bgrow(?:th|n|ing|s)?\b|\bgrew\b|\bincreas(?:e|es|ing)\b|\brais(?:e|es|ing)\b|\bris(?:e|es|en|ing)\b|\brose\b|\b(?:go|went|goes|going) up\b|\bdeclin\w*|\bf[ea]ll\b|\bdrop(?:ped|s)?\b"
)
_RATE = re.compile(
    r"百分|%|点|几成|率|增速|增幅|percent|per cent|\brate\b|\bby how much\b|\bgrowth\b|\bhow fast\b|\bby what\b"
)
_INCREMENT = re.compile(
    r"新增|净增|增加|再(?:增|添|加|建|新|来)|新冒|多出来|增量|新认定|新培育|新建(?!议)|新引进|添|新设|(?:要|再)引进|\bnew(?:ly)?\b(?!-)|\badd(?:ed|s|ing)?\b|\badditional\b|\bincremental\b|\bmore\b(?=.{0,30}\b(?:add|this year|in 20|next year))"
)
_LEVEL = re.compile(
    r"达到|总数|存量|总量|总额|总规模|有多大|一共|总共|(?:做|到|要|建|发展|搞)到|保有|拥有|现有|到了|累计|要有(?:多少|几)|有(?:多少|几)|\btotal\b|\breach|\bin all\b|\bcumulative|\baltogether\b"
)
_ENDS_IN = re.compile(
    r"(?:提高|提升|增加|增长|增|涨|扩大|上升|下降|降低|降|压减|减少)(?:到|至|为)(?:了)?(?:多少|几|什么|百分之)"
)
"""A verb of change with the value it ends in asks for a level ("降到多少")."""
_EITHER_FORM = re.compile(r"(?:新增|增量|增速)还是(?:总数|总量|存量|规模)|(?:总数|总量|存量)还是(?:新增|增量)")
_MONEY = re.compile(r"多少(?:个)?(?:亿|万)(?!分)")
_UNIT_WORDS = re.compile(
    r"(?:多少|(?<![哪那这好])几)(?:个|来)?\s?(个百分点|百分点|点(?!零)|亿元|万元|元|块钱|钱|资金|融资|贷款|补贴|个?小时|个?钟头|家|户|项|个|件|人|名|位|所|座|条|台|亩|吨|公里|款|次|家企业|辆|倍|成(?![果员交立效本绩功]))|百分之(?:几|多少)|(?P<long>多长(?!时间)|多远)"
    r"|(?P<share>占(?!地)(?:了)?多少|占比|(?:占|所占)?比重|(?:占|所占)比例)|\b(?:how many per ?cent|by what per ?cent(?:age)?|what per ?cent(?:age)?|what (?:share|proportion)|as an? (?:share|proportion|percentage) of)\b|(?P<sum>(?:基金|资金|投资|贷款|预算|债券|融资|信贷)[^,。?]{0,6}(?:规模|盘子|总额|额度))|\b(?P<yuan>in yuan|how many yuan|how much (?:[a-z]+ ){0,2}(?:money|financing|funding|capital|cash))\b"
)
_UNITS = {"亿元": "元", "万元": "元", "点": "%", "家企业": "家", "成": "%"}
_UNITS |= dict.fromkeys(("钱", "块钱", "资金", "融资", "贷款", "补贴"), "元")
_UNITS |= dict.fromkeys(("个小时", "钟头", "个钟头"), "小时")

_STRONG: tuple[tuple[Period, re.Pattern[str]], ...] = (
    ("plan_5y", re.compile(
        r"未来五年|今后五年|五年(?:规划|目标)|期末|十[一二三四五六七八九]五\"?(?:末|目标|规划|期间?末|时期(?:的)?(?:目标|规划))"
        r"|next five years|coming five years|five-year (?:target|goal|plan)|by the end of the (?:14th|15th)")),
    ("review_5y", re.compile(
        r"过去五年|五年来|这五年|近五年|五年(?:间|里|累计|一共|平均)|past five years|(?:over|during|in) (?:the|these|those) (?:last |past )?five years"
        r"|十[一二三四五六七八九]五\"?(?:成绩|成就|以来|完成|时期完成)")),
    ("review", re.compile(
        r"去年|上年|上一年|昨年|回顾|实绩|实际|完成(?:了|情况|得)|成绩|结果|做了|last year|the year before|previous year|achieved|actual(?:ly)?\b")),
    ("plan", re.compile(
        r"今年|本年度|本年|目标|计划(?!叫|名|是|的名|共|包括)|规划|打算|预期|拟|力争|争取|准备|将|任务|安排|预计"
        r"|要(?:达到|做到|建到|到|新增|引进|有|求|建|培|搞|推|完成|选|办|种|修|干)|想(?:要|做|建|新|引|培|涨|再|把|让|达|增|添|冲|办)"
        r"|this year|plans?\b|targets?\b|\baims?\b|\baiming\b|goals?\b|intend|\bwants?\b|will\b|expects?\b|planned|planning|is to\b|are to\b|going to|should|hope")),
)  # fmt: skip
_WEAK: tuple[tuple[Period, re.Pattern[str]], ...] = (
    ("review", re.compile(
        r"已经|(?:现在|目前|如今|眼下|截至)(?=[^。?!]{0,20}(?:多少|几|多[大高长]))|年末|年底|(?<![定设提给列写报说讲排])了(?:多少|几)|(?:多少|几)[^,。?!]{0,3}了[?。!]*\s*$"
        r"|year-end|at the end of|(?:\bnow\b|currently)(?=.{0,30}\b(?:have|has|count|stand))|so far|to date|\bhad\b|\bdid\b|\bwas\b|\bwere\b|reviews?\b")),
)  # fmt: skip
_FROM_TO = re.compile(
    r"[从由](?:多少|几)[^,。?]{0,8}(?:到|至)(?:多少|几)|\bfrom (?:what|how)\b.{0,40}\bto (?:what|how)\b"
)
_SPANS = re.compile(r"五年|以前|原来|原先|当初|起初|five years|used to")
"""What reaches further back than the last year, so that weak words do not mean its result."""
_TWO_YEARS = re.compile(r"两年|前后")
_NOW_AND_AIM = re.compile(
    r"(?:离|距)[^。?]{0,8}(?:目标|计划)[^。?]{0,6}差|(?:现在|目前|如今|眼下|现有)[^。?]{0,16}(?:跟|和|与|同|离|距|比)[^。?]{0,8}(?:今年|目标|计划|要)"
    r"|(?:今年|目标|计划)[^。?]{0,16}(?:跟|和|与|同|比|较)[^。?]{0,4}(?:现在|目前|如今|眼下|现有)"
)
"""What there is set against what is aimed at."""


def wanted_of(text: str, units: Sequence[str] = ()) -> Wanted:
    """How the figure asked for relates to its measure. Growth and increment words decide before words of level.

    :param units: those that the question names: what grows by so many of them grows by no rate.
    """
    if _EITHER_FORM.search(text):
        return ""
    increment, growth, level = _INCREMENT.search(text), _GROWTH.search(text), _LEVEL.search(text)
    if _ENDS_IN.search(text):
        return "level"
    if _MONEY.search(text) and not increment:
        return "" if growth else "level"  # 增长了多少亿 is no rate, nor the sum itself
    if _BY_HOW_MANY.search(text):
        return "increment"
    if growth and (_RATE.search(text) or not increment):
        return "growth" if not units or any("%" in u or "点" in u for u in units) else ""
    if increment:
        return "increment"
    return "level" if level else ""


def units_of(text: str) -> tuple[str, ...]:
    """Units a question names after 多少 or 几, in base form (亿元 is 元, 个点 is %)."""
    out = []
    for m in _UNIT_WORDS.finditer(text):
        unit = m[1] or ("元" if m["yuan"] or m["sum"] else "公里" if m["long"] else "%")
        out.append(_UNITS.get(unit, unit))
    return tuple(dict.fromkeys(out))


def periods_of(text: str, *, certain: bool = False) -> tuple[Period, ...]:
    """The roles a question's words name, in order of mention; both where both are. ``certain``: without weak words."""
    names = _named(text, _STRONG) or ([] if certain or _SPANS.search(text) else _named(text, _WEAK))
    if _FROM_TO.search(text) and names in ([], ["plan"]):
        names = ["review", "plan"]
    if names == ["plan"] and _NOW_AND_AIM.search(text):
        names = ["review", "plan"]
    if not names and _TWO_YEARS.search(text):
        names = ["review", "plan"]
    for role in ("plan_5y", "review_5y"):  # "到十四五末的目标" names no yearly target
        if role in names:
            return (role,)
    return tuple(names)


def period_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the words stand that name a role, in order, none inside another."""
    words = _STRONG if periods_of(text, certain=True) else _WEAK
    found = sorted({m.span() for _, pattern in words for m in pattern.finditer(text)}, key=lambda s: (s[0], -s[1]))
    return tuple(s for i, s in enumerate(found) if not any(a <= s[0] and s[1] <= b for a, b in found[:i]))


def _named(text: str, words: tuple[tuple[Period, re.Pattern[str]], ...]) -> list[Period]:
    found = [(m.start(), period) for period, pattern in words if (m := pattern.search(text))]
    return [period for _, period in sorted(found)]
