"""The lines of a document that head a part of it: provinces, numbered headings, Markdown, years, notes, page furniture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.corpus.furniture import HEADING as FURNITURE
from assistant.corpus.furniture import furniture
from assistant.corpus.periods import Role, announces_both, heading_role
from assistant.lexicon import Lexicon
from assistant.text import fold

LONGEST_HEADING = 60  # characters; a longer line is a paragraph, even when numbered
_LEAD = 400  # characters of a line that are looked at for a heading
_ITEM = 3  # the level of 1. and 2., which also number the items of a list
_CJK_NUMBER = "[一二三四五六七八九十]{1,3}"
_LEVELS = (
    (1, re.compile(rf"\s*{_CJK_NUMBER}、")),
    (1, re.compile(rf"\s*第{_CJK_NUMBER}(?:部分|章|编)")),
    (2, re.compile(rf"\s*\({_CJK_NUMBER}\)")),
    (2, re.compile(rf"\s*第{_CJK_NUMBER}节")),
    (_ITEM, re.compile(r"\s*\d{1,2}[.、](?!\d)")),
)
MARKDOWN = re.compile(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_YEAR_MARK = re.compile(
    r"(?:^|(?<=\s))(?P<year>(?:19|20)\d\d)\s?年?(?:度)?(?:全年)?"
    r"(?:政府)?(?:工作|发展|主要|重点)?(?P<what>(?:工作)?(?:回顾|总结)|规划|计划|目标|展望|安排|(?:重点|主要)?(?:工作|任务)(?:安排)?)(?=\s|$|:)",
    re.M,
)
_NOTES = re.compile(
    rf"[#\s]*(?:{_CJK_NUMBER}、)?(?:附[:：]?\s*)?(?:(?:《?政府工作报告》?)?(?:中的?)?(?:有关|相关|部分)?(?:专业)?(?:名词|用语|术语|词语|缩略语|指标)(?:术语)?(?:的?(?:解释|注释|注解|说明|释义))(?:[和及与].{{0,12}})?"
    rf"|注释|备注|附件\s?[一二三四五六七八九十\d]*(?:[:：、.\s].{{0,40}})?|附录.{{0,30}}|附表.{{0,30}}|附[:：].{{0,40}})[:：]?\s*"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place where something changes: a province's part begins, a heading stands, or the period switches."""

    start: int
    level: int  # 0: a province's part; 1 and up: headings; 9: only the role changes
    heading: str = ""
    province: str | None = None
    role: Role | None = None
    both: bool = False  # the heading announces two roles
    ends: bool = False  # what follows is no part of the report: notes, appendices, the page around it


def headings_of(text: str, folded: str, report_year: int | None) -> Iterator[Mark]:
    """What heads a part, and what ends the report: notes, appendices, the page around it. In no particular order."""
    outside = furniture(folded)
    for start, end in outside:
        yield Mark(start, 1, FURNITURE, ends=True)
        if end < len(text):
            yield Mark(end, 1, ends=True)
    ends: dict[int, int] = {}  # where the heading of a line ends, by the line's start
    for line in re.finditer(r"[^\n]+", folded):
        if not any(a <= line.start() < b for a, b in outside):
            for mark in _line_heading(text, folded, line.start(), line.end(), report_year):
                ends[line.start()] = text.find(mark.heading, mark.start) + len(mark.heading)
                yield mark
    for m in _YEAR_MARK.finditer(folded):
        if m.start() < ends.get(folded.rfind("\n", 0, m.start()) + 1, -1) or any(
            a <= m.start() < b for a, b in outside
        ):
            continue  # it is part of a heading, or of the page
        role = heading_role(m[0] if "年" in m[0] else m[0].replace(m["year"], m["year"] + "年"), report_year)
        yield Mark(m.start(), 1, text[m.start() : m.end()].strip(), role=_marked(role, int(m["year"]), report_year))


def _marked(role: Role, year: int, report_year: int | None) -> Role:
    """The year stands in the mark itself; without a report's year a review mark still names its own year."""
    return (role[0] or ("plan" if report_year is None or year >= report_year else "review"), year)


def _line_heading(text: str, folded: str, start: int, end: int, report_year: int | None) -> Iterator[Mark]:
    line = folded[start : min(end, start + _LEAD)]
    if _NOTES.fullmatch(folded, start, end):
        yield Mark(start, 1, text[start:end].strip().lstrip("# "), ends=True)
        return
    markdown = MARKDOWN.match(line) if end - start <= _LEAD else None
    if markdown:
        heading = text[start + markdown.start(2) : start + markdown.end(2)]
        yield _announcing(start, len(markdown[1]), heading, report_year)
        return
    for level, pattern in _LEVELS:
        if pattern.match(line):
            if level == _ITEM and _is_listed(folded, start, end):
                return
            heading = _heading_of(text[start:end], level)
            if heading and (level == 1 or _dated(fold(heading))):
                yield _announcing(start, level, heading, report_year)
            elif heading:
                yield Mark(start, level, heading)
            return


def _is_listed(folded: str, start: int, end: int) -> bool:
    """Whether the numbered line before or behind a numbered line follows at once: they are a list, and head nothing."""
    before = folded[max(0, start - _LEAD) : start].rstrip().rpartition("\n")[2]
    behind = folded[end : end + _LEAD].lstrip().partition("\n")[0]
    return bool(_LEVELS[-1][1].match(before) or _LEVELS[-1][1].match(behind))


def _announcing(start: int, level: int, heading: str, report_year: int | None) -> Mark:
    folded = fold(heading)
    return Mark(start, level, heading, role=heading_role(folded, report_year), both=announces_both(folded, report_year))


def _dated(heading: str) -> bool:
    """Below the first level only a heading that names a year or a five-year plan announces a period."""
    return bool(re.search(r"20\d\d\s?年|[五]年|五[”\"]?时期", heading))


def _heading_of(line: str, level: int) -> str:
    """The line as a heading, or the lead sentence of a numbered paragraph; empty if it is neither."""
    line = line.strip()
    whole = len(line) <= LONGEST_HEADING
    lead = re.split(r"。" if whole else r"[。:：]", line, maxsplit=1)[0]
    return lead if len(lead) <= LONGEST_HEADING and (whole or level < _ITEM) else ""


def province_heads(text: str, folded: str, lexicon: Lexicon) -> Iterator[Mark]:
    """``NO.27·山东`` anywhere; or a line that holds nothing but a province (numbered, bracketed, a report's title)."""
    names = "|".join(
        re.escape(fold(n)) for p in lexicon.provinces for n in sorted({p.full, p.name}, key=len, reverse=True)
    )
    numbered = rf"(?:^|(?<=\s))(?:no|№)[·.、]?\s?\d{{1,2}}\s?[·、.:\-]?\s?(?P<a>{names})(?=\s|$|:|\d)"
    year = r"(?:(?:19|20)\d\d\s?年)?"
    alone = (
        rf"^[ \t]*(?:#{{1,6}}[ \t]+|{_CJK_NUMBER}、|\({_CJK_NUMBER}\)|\d{{1,2}}[.、][ \t]?|【)?{year}"
        rf"(?P<b>{names})(?:人民政府)?{year}(?:省|市|自治区)?(?:政府工作报告)?(?:\(?(?:摘录|摘要|节选)\)?)?】?:?[ \t]*$"
    )
    for m in re.compile(f"{numbered}|{alone}", re.M).finditer(folded):
        province = lexicon.province(m["a"] or m["b"])
        if province:
            yield Mark(m.start(), 0, text[m.start() : m.end()].strip().lstrip("# "), province=province.name)
