"""Year and role of one figure: its section's, unless the words of its own clause say otherwise."""

from __future__ import annotations

import re

from assistant.corpus.periods import plan_years, years_in
from assistant.types import Period, Section

_FIVE_TARGET = re.compile(r"五[\"”']?(?:期末|末|期间|时期)|到\s?(20\d\d)\s?年|未来五年|今后五年|五年内")
_FIVE_RESULT = re.compile(
    r"五年来|过去五年|这五年|五年间|五年累计|年均(?=增|提|下|新|减|降|上|培|引|建)|十[一二三四五六七八九]五[\"”']?(?:以来|期间|时期)"
)
_FRAME = re.compile(
    r"(?:其中|力争|确保|预计|我们|努力|同时|在|经过|的)*(?:到|截至)?"
    r"(?:[\"“]?十[一二三四五六七八九]五[\"”]?(?:期末|末|期间|时期|以来)|(?:19|20)\d\d\s?年(?![的前间])(?:底|末)?"
    r"|五年来|过去五年|这五年|五年间|未来五年|今后五年|五年内|去年|上年|过去一年|一年来|今年)"
)
_LAST_YEAR = re.compile(r"^(?:去年|上年|过去一年|一年来)")


def frame_of(clause: str) -> str:
    """The words of time that a folded clause begins with, '' if none: they hold for the clauses after it (到2030年，…)."""
    found = _FRAME.match(clause.lstrip())
    return found[0] if found else ""


_OPENS_LOOKING_BACK = re.compile(r"(?:刚刚过去的|过去的?一年|一年来|去年|上年)[,，]")
_LOOKS_AHEAD = re.compile(r"今年|新的一年|(?:必须|务必|要|将|力争|确保|预期|继续|坚持|加快|推进)")


def frame_of_paragraph(sentence: str, before: str, *, states: bool) -> str:
    """The words of time that hold for the sentences after a folded one: 过去一年，…取得了很大成绩。国内生产总值增长10.3%。

    :param before: what held so far in the paragraph; it ends where a sentence looks ahead.
    :param states: whether the sentence has figures of its own: only one without announces those of the next ones.
    """
    opening = _OPENS_LOOKING_BACK.search(sentence)
    if opening and not states and not _LOOKS_AHEAD.search(sentence, opening.end()):
        return "去年"
    return "" if before and _LOOKS_AHEAD.match(sentence.lstrip()) else before


def role_of(before: str, section: Section, report_year: int | None) -> tuple[int | None, Period | None]:
    """The year and role of a figure; ``before`` is its clause up to and with the figure, folded."""
    five = _FIVE_TARGET.search(before)
    if five and section.period in {"plan", "plan_5y", None}:
        span = plan_years(before)
        reached = int(five[1]) if five[1] else (span[1] if span else None)
        if reached is None or report_year is None or reached > report_year:
            return (section.year if section.period else reached), "plan_5y"
    if section.period in {"review", "review_5y"} and _FIVE_RESULT.search(before):
        return section.year, "review_5y"
    if section.period == "plan" and _LAST_YEAR.match(before) and report_year:
        return report_year - 1, "review"
    years = [y for y in years_in(before) if report_year and y < report_year]
    if section.period in {"plan", "plan_5y"} and years and not re.search(r"比|较", before):
        return years[-1], "review"
    return section.year, section.period
