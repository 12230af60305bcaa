"""Which role a part of a report plays, from the words of its heading or the opening of a paragraph.

Result of the last year (``review``), target of this year (``plan``), result of five years (``review_5y``), target of
five years (``plan_5y``). Everything works on folded text.
"""

from __future__ import annotations

import re
from typing import Literal

from assistant.types import Period

_REVIEW = re.compile(
    r"回顾|总结|工作完成|主要成绩|主要成就|发展成就|工作情况|主要工作情况|取得的成|achievements|review|in retrospect"
)
_PLAN = re.compile(
    r"规划|计划|目标|展望|安排|重点工作|主要工作|主要任务|重点任务|工作任务|工作部署|工作重点|总体要求|主要考虑|思路|预期|奋斗方向"
    r"|targets|plan|priorities|outlook|tasks for"
)
_FIVE = re.compile(r"[\"']?十[一二三四五六七八九](?:个)?五[\"']?|五年|本届政府")
_FIVE_PAST = re.compile(r"过去五年|五年来|这五年|过去的五年|五年工作|五年(?:发展)?回顾|本届政府|past five years")
_FIVE_COMING = re.compile(r"未来五年|今后五年|下一个五年|next five years")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=\s?年|\s?(?:工作)?(?:回顾|总结)|\s?(?:发展)?(?:规划|计划)|\b)")
Role = tuple[Period | None, int | None]


def plan_years(text: str) -> tuple[int, int] | None:
    """First and last year of the five-year plan named (``十四五`` is 2021 to 2025), or ``None``."""
    m = re.search(r"十([一二三四五六七八九])(?:个)?五", text)
    if not m:
        return None
    first = 2006 + 5 * "一二三四五六七八九".index(m[1])  # 十一五 began in 2006
    return first, first + 4


def years_in(text: str) -> list[int]:
    """Calendar years named in folded text, in order."""
    return [int(y) for y in _YEAR.findall(text)]


def heading_role(heading: str, report_year: int | None) -> Role:
    """What a heading announces, ``(None, None)`` where nothing. Of two things announced the first one counts.

    The paragraphs below switch to the other by their opening words (``opening_role``).
    """
    past, coming = _REVIEW.search(heading), _PLAN.search(heading)
    years = years_in(heading)
    five, year = _FIVE.search(heading), _YEAR.search(heading)
    spoken = five_years(heading, report_year)
    if spoken and five and (year is None or five.start() < year.start()):
        if past or spoken == "past":
            return "review_5y", _before(report_year)
        if coming or spoken == "coming":
            return "plan_5y", report_year
    if past:
        return "review", years[0] if years else _before(report_year)
    if years and report_year and years[0] < report_year:
        return "review", years[0]
    if coming or (years and years[0] == report_year and "工作" in heading):
        return "plan", years[0] if years else report_year
    return None, None


def five_years(text: str, report_year: int | None) -> Literal["past", "coming", "named"] | None:
    """Whether folded text speaks of five years, and of which."""
    if _FIVE_PAST.search(text):
        return "past"
    if _FIVE_COMING.search(text):
        return "coming"
    span = plan_years(text)
    if span:
        if report_year is None:
            return "named"
        return "past" if span[1] < report_year else "coming" if span[0] >= report_year else "named"
    return None


_OPENING_YEAR = re.compile(
    r"^[-\s]*(?:刚刚过去的|过去的?一年|一年来|去年|上年|(?:回顾)?(?P<year>20\d\d)年(?:以来)?[,是，、来]|(?:回顾)?(?P<year2>20\d\d)年,)"
)
_OPENING_FIVE = re.compile(
    r"""^[-\s]*(?:"?十[一二三四五六七八九]五"?(?:时期|期间|以来)|过去(?:的)?五年|五年来|这五年|回顾(?:过去)?(?:的)?五年|今后五年|未来五年)"""
)
_OPENING_PLAN = re.compile(
    r"^[-\s]*(?:今年(?:是|的|我们|,|发展|经济|全省|全市|全区|要)|(?P<year>20\d\d)年(?:是|的?(?:发展|经济|主要|工作|我们|政府工作)))"
)


def opening_role(paragraph: str, within: Role, report_year: int | None) -> Role | None:
    """The role to which a paragraph's opening words switch, inside a part whose role is ``within``; ``None``: none."""
    if _OPENING_FIVE.match(paragraph):
        spoken = five_years(paragraph[:16], report_year)
        if spoken == "coming":
            return "plan_5y", report_year or within[1]
        if spoken == "past" or (within[0] == "review" and spoken == "named"):
            return "review_5y", _before(report_year) or within[1]
    if within[0] in {"review", "review_5y"} and (m := _OPENING_YEAR.match(paragraph)):
        year = m["year"] or m["year2"]
        stated = int(year) if year else _before(report_year)
        return None if report_year and stated and stated >= report_year else ("review", stated)
    if within[0] in {"plan", "plan_5y"} and (m := _OPENING_PLAN.match(paragraph)):
        if not m["year"] or report_year is None or int(m["year"]) == report_year:
            return "plan", int(m["year"]) if m["year"] else report_year or within[1]
    return None


def _before(year: int | None) -> int | None:
    return year - 1 if year else None
