"""Time and role in a sentence: a target is not told as a result, a year not as another, five years not as one."""

from __future__ import annotations

import re

from assistant.text import fold
from assistant.types import Citation

TARGET = re.compile(
    r"目标|计划|规划|拟|打算|预期|预计|争取|力争|努力|确保|有望|部署|提出|明确|安排|将(?![军领士官帅近])|(?<![重主需首必紧概摘简纲])要(?![素求点闻件害])"
    r"|\btargets?\b|\bplan(?:s|ned|ning)?\b|\baim(?:s|ed|ing)?\b|\bgoals?\b|\bwill\b|\bintends?\b|\bseeks?\b|\bstrives?\b|\bpropos"
)
"""Words that announce: a sentence about a target needs one, a sentence about a result may have none."""
_ANNOUNCING = re.compile(
    r"目标|计划|拟|打算|预期|预计|争取|力争|有望|将(?![军领士官帅近])"
    r"|\btargets?\b|\bplan(?:s|ned|ning)?\b|\baim(?:s|ed|ing)?\b|\bgoals?\b|\bwill\b|\bintends?\b|\bseeks?\b|\bstrives?\b"
)
_NOUNS = frozenset("计划 规划 部署 提出 明确 安排 plan goal goals target targets".split())
"""Words that announce as the sentence's own; in the report's words they can be part of a name (技术攻关计划)."""
_DONE = re.compile(
    r"已(?!有)|(?<![为除])了(?![解望如])|成功|取得|实绩|实际|结果|业绩|如期|按期|按计划|顺利|圆满|超额|提前|做到|达成"
    r"|\bachiev\w+|\breached\b|\battain\w+|\bcomplet(?:ed|es)\b|\baccomplish\w+|\breali[sz]ed\b|\bmet\b|\bha[sd]\b|(?<!to )\bhave\b"
    r"|\bwas\b|\bwere\b|\bdid\b|\bgrew\b|\brose\b|\bfell\b|\bexceeded\b|\bsurpassed\b|\bhit\b|\bdelivered\b|\balready\b"
    r"|\bsuccess\w*|\bresults?\b|\bactual\w*|\bincreased\b|\braised\b|\bbuilt\b|\bestablished\b|\blaunched\b|\bmade\b"
)
"""Words that report something as done."""
_DOING = re.compile(r"完成|实现|达到|建成|突破|超过")
"""Words that do either: after a word that announces, they say what is aimed at."""
_SAYING = re.compile(
    r"(?:提出|明确|设定|制定|确定|给出|列出|部署|强调|安排|规划|指出|要求)了"
    r"|\b(?:has|have|had|was|were) (?:set|planned|to|targeted|aim\w+)\b|\b(?:targets?|goals?|plans?|aims?) (?:was|were)\b"
)
"""What reports say, not what was done."""
_RELATIVE = re.compile(
    r"今年|去年|明年|前年|上年|本年|当年|目前|现在|如今|迄今|当前|\bthis year|\blast year|\bnext year|\bnow\b|\bcurrent|\btoday|\bso far|\bto date"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?!\d|[.,]\d|\s?[万亿家户个项件人名%])")
_FIVE = re.compile(r"五年|(?<!\d)5\s?年|十[一二三四五六七八九]五|five[- ]year|5-year|five years")


def role_problem(own: str, before: str, *, cited: tuple[Citation, ...], several: bool, has_figure: bool) -> str | None:
    """Why a part does not agree with the time and role of what it cites; ``None`` if it does.

    :param own: the part's own words; ``before``: the sentence up to its end; both without markers.
    :param several: the answer cites more than one time or role, so that each sentence has to say its own.
    """
    quotes = fold(" ".join(c.quote for c in cited))
    text, told = fold(own), fold(before)
    years = {str(c.year) for c in cited if c.year}
    if {y for y in _YEAR.findall(text) if y not in years and y not in quotes}:
        return "it names a year that its evidence does not have"
    if (several or has_figure) and years and not _said_last(told, years, quotes):
        return "it does not say the year"
    if any(_foreign(m, text, quotes) for m in _RELATIVE.finditer(text)):
        return "it names a year that only the report's readers know"
    five = {c.period in {"review_5y", "plan_5y"} for c in cited}
    if (True in five and not _FIVE.search(told)) or (
        five == {False} and any(m[0] not in quotes for m in _FIVE.finditer(text))
    ):
        return "it takes five years for one, or one for five"
    return _mixed_up(text, told, quotes=quotes, cited=cited)


def _said_last(told: str, years: set[str], quotes: str) -> bool:
    """Whether the year that the sentence named last is that of the evidence; years inside quotes do not count."""
    named = [y for y in _YEAR.findall(told) if y in years or y not in quotes]
    return bool(named) and years == {named[-1]}


def _mixed_up(text: str, told: str, *, quotes: str, cited: tuple[Citation, ...]) -> str | None:
    periods = {c.period for c in cited}
    if periods & {"plan", "plan_5y"}:
        if periods & {"review", "review_5y"}:
            return "it makes one claim of a result and a target"
        announced = next((m for m in TARGET.finditer(told) if m[0] not in _NOUNS or _foreign(m, told, quotes)), None)
        if announced is None:
            return "it does not say that this is a target"
        plain = _SAYING.sub("", text)
        if any(_foreign(m, plain, quotes) for m in _DONE.finditer(plain)):
            return "it tells a target as a result"
        if any(m.start() < announced.start() for m in _DOING.finditer(told)):
            return "it tells a target as a result"
    elif periods & {"review", "review_5y"} and any(_foreign(m, text, quotes) for m in _ANNOUNCING.finditer(text)):
        return "it tells a result as a target"
    return None


def _foreign(m: re.Match[str], text: str, quotes: str) -> bool:
    """Whether a word is the sentence's own: not taken over from the evidence together with a neighbour."""
    around = (text[m.start() : m.end() + 1], text[max(0, m.start() - 1) : m.end()])
    return not any(len(a) > len(m[0]) and a.strip() == a and a in quotes for a in around)
