"""Which role a part of a report plays, from the words of its heading or the opening of a paragraph.

Result of the last year (``review``), target of this year (``plan``), result of five years (``review_5y``), target of
five years (``plan_5y``). Everything works on folded text.
"""

from __future__ import annotations

import re
from typing import Literal

from assistant.types import Period

_REVIEW = re.compile(
    r"回顾|总结|工作完成|主要成绩|主要成就|发展成就|成就和|工作情况|主要工作情况|取得的成|执行情况|完成情况|(?:去年|上年|过去一年|一年来)的?(?:主要)?工作"
    r"|achievements|review|in retrospect"
)
_PLAN = re.compile(
    r"规划|计划|目标|展望|安排|重点工作|主要工作|主要任务|重点任务|工作任务|工作部署|总体部署|工作重点|总体要求|政策取向|主要考虑|思路|预期|奋斗方向"
    r"|工作的?建议|(?:今年|本年度?|新一年|新的一年)的?(?:主要|重点|政府)?(?:工作|任务)"
    r"|targets|plan|priorities|outlook|tasks for"
)
_FIVE = re.compile(
    r"[\"']?十[一二三四五六七八九](?:个)?五[\"']?|\"[八九十]五\"|第[一二三四五六七八九十]{1,3}个五年|五年|本届政府"
)
_FIVE_PAST = re.compile(r"过去五年|五年来|这五年|过去的五年|五年工作|五年(?:发展)?回顾|本届政府|past five years")
_FIVE_COMING = re.compile(r"未来五年|今后五年|下一个五年|next five years")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=\s?年|\s?(?:工作)?(?:回顾|总结)|\s?(?:发展)?(?:规划|计划)|\b)")
_DIGITS = "一二三四五六七八九"
Role = tuple[Period | None, int | None]


def plan_years(text: str) -> tuple[int, int] | None:
    """First and last year of the five-year plan named (``十四五``, ``第十四个五年规划``: 2021 to 2025), or ``None``."""
    m = re.search(rf"十([{_DIGITS}])(?:个)?五", text)
    if m:
        number = 11 + _DIGITS.index(m[1])
    elif m := re.search(r"\"([八九十])五\"|第([八九十])个五年", text):
        number = "八九十".index(m[1] or m[2]) + 8
    else:
        return None
    first = 2006 + 5 * (number - 11)  # the eleventh began in 2006
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
    last = re.search(r"过去一年|一年来|去年|上年", heading)
    at = min((m.start() for m in (year, last) if m), default=None)
    if spoken and five and (at is None or five.start() < at):
        if spoken == "past" or (spoken == "named" and past):
            return "review_5y", _before(report_year)
        if spoken == "coming" or coming:
            return "plan_5y", report_year
    if past:
        return "review", years[0] if years else _before(report_year)
    if years and report_year and years[0] < report_year:
        return "review", years[0]
    if coming or (years and years[0] == report_year and "工作" in heading):
        return "plan", years[0] if years else report_year
    return None, None


def announces_both(heading: str, report_year: int | None) -> bool:
    """Whether a heading names two of the roles (``“十四五”成就和“十五五”目标``, ``五年和2025年工作回顾``)."""
    plans = {m[1] for m in re.finditer(r"十([一二三四五六七八九])(?:个)?五", heading)}
    both = bool(_REVIEW.search(heading) and _PLAN.search(heading))
    yearly = bool(_YEAR.search(heading) or re.search(r"过去一年|一年来|去年|今年", heading))
    return both or len(plans) > 1 or bool(yearly and five_years(heading, report_year))


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


_ADDRESS = r"^[-\s]*(?:(?:各位代表|同志们)[,!:，！：、。]?\s*)?(?:回顾)?(?:\(?[一二三四五六七八九十]\)?[、.]?)?"
_OPENING_YEAR = re.compile(
    rf"{_ADDRESS}(?:刚刚过去的|过去的?一年|一年来|去年|上年|(?P<year>20\d\d)年(?:以来)?[,是，、来]|(?P<year2>20\d\d)年,)"
)
_OPENING_FIVE = re.compile(
    rf"""{_ADDRESS}(?:20\d\d年是[^。]{{0,30}}[。,，])?(?:"?十[一二三四五六七八九]五"?(?:时期|期间|以来)|(?:过去(?:的)?|这)五年|五年来|今后五年|未来五年)"""
)
_OPENING_PLAN = re.compile(
    rf"{_ADDRESS}(?:(?:做好)?今年(?:是|的|我们|,|发展|经济|全省|全市|全区|要|政府)|新的一年|(?P<year>20\d\d)年(?:是|的?(?:发展|经济|主要|工作|我们|政府工作)))"
)
_COMING_PLAN = re.compile(r"(?:编制|制定|提出|起草)了?[^。]{0,30}(?:规划|纲要|《纲要》)|今后五年|未来五年")


def opening_role(paragraph: str, within: Role, report_year: int | None, *, both: bool = False) -> Role | None:
    """The role to which a paragraph's opening words switch, inside a part whose role is ``within``; ``None``: none.

    :param both: the part's heading announces two roles, so that its paragraphs may pass from a result to a target.
    """
    if _OPENING_FIVE.match(paragraph):
        spoken = five_years(paragraph[:60], report_year)
        if spoken == "coming":
            return "plan_5y", report_year or within[1]
        if spoken == "past" or (within[0] == "review" and spoken == "named"):
            return "review_5y", _before(report_year) or within[1]
    if both and within[0] in {"review", "review_5y"} and _COMING_PLAN.search(paragraph):
        if five_years(paragraph, report_year) == "coming":
            return "plan_5y", report_year or within[1]
    if within[0] in {"review", "review_5y", None} and (m := _OPENING_YEAR.match(paragraph)):
        year = m["year"] or m["year2"]
        stated = int(year) if year else _before(report_year)
        if not (report_year and stated and stated >= report_year):
            return "review", stated
    if (within[0] in {"plan", "plan_5y", None} or both) and (m := _OPENING_PLAN.match(paragraph)):
        if not m["year"] or report_year is None or int(m["year"]) == report_year:
            return "plan", int(m["year"]) if m["year"] else report_year or within[1]
    return None


def _before(year: int | None) -> int | None:
    return year - 1 if year else None
