"""The structure of a document: which stretch speaks of which province and year, and whether of a result or a target.

General rules only: collections with a head for each province, inline or on lines of their own; full reports with
numbered headings; Markdown; and plain text with none of these, which is one section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.corpus.furniture import HEADING as FURNITURE
from assistant.corpus.furniture import furniture
from assistant.corpus.periods import Role, announces_both, heading_role, opening_role
from assistant.corpus.read import Source, storable
from assistant.lexicon import Lexicon
from assistant.text import fold
from assistant.types import Document, Section, Span

LONGEST_HEADING = 60  # characters; a longer line is a paragraph, even when numbered
_LEAD = 400  # characters of a line that are looked at for a heading
_OPENING = 120  # characters of a paragraph that may switch the role
_ITEM = 3  # the level of 1. and 2., which also number the items of a list
_LAST = 10  # the level of the mark behind the text
_CJK_NUMBER = "[一二三四五六七八九十]{1,3}"
_LEVELS = (
    (1, re.compile(rf"\s*{_CJK_NUMBER}、")),
    (1, re.compile(rf"\s*第{_CJK_NUMBER}(?:部分|章|编)")),
    (2, re.compile(rf"\s*\({_CJK_NUMBER}\)")),
    (2, re.compile(rf"\s*第{_CJK_NUMBER}节")),
    (_ITEM, re.compile(r"\s*\d{1,2}[.、](?!\d)")),
)
_MARKDOWN = re.compile(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_YEAR_MARK = re.compile(
    r"(?:^|(?<=\s))(?P<year>(?:19|20)\d\d)\s?年?(?:度)?(?:全年)?"
    r"(?:政府)?(?:工作|发展|主要|重点)?(?P<what>(?:工作)?(?:回顾|总结)|规划|计划|目标|展望|安排|(?:重点|主要)?(?:工作|任务)(?:安排)?)(?=\s|$|:)",
    re.M,
)
_REPORT_YEAR = re.compile(r"(20\d\d|19\d\d)\s?年(?!代)")
_DELIVERED = re.compile(r"^[-\s(]*((?:19|20)\d\d)年\d{1,2}月\d{1,2}日在", re.M)
_NOTES = re.compile(
    rf"[#\s]*(?:{_CJK_NUMBER}、)?(?:附[:：]?\s*)?(?:(?:《?政府工作报告》?)?(?:中的?)?(?:有关|相关|部分)?(?:专业)?(?:名词|用语|术语|词语|缩略语|指标)(?:术语)?(?:的?(?:解释|注释|注解|说明|释义))(?:[和及与].{{0,12}})?"
    rf"|注释|备注|附件\s?[一二三四五六七八九十\d]*(?:[:：、.\s].{{0,40}})?|附录.{{0,30}}|附表.{{0,30}}|附[:：].{{0,40}})[:：]?\s*"
)
_STILL_REVIEW = re.compile(r"问题|困难|不足|体会|经验|启示|感谢|挑战|形势|成就|成绩|成效")
_TASKS_FOLLOW = re.compile(
    r"(?:今年|20\d\d年)[^。\n]{0,20}(?:做好|抓好|推进|完成|落实)[^。\n]{0,16}(?:工作|任务)[:。]?\s*$"
)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A place where something changes: a province's part begins, a heading stands, or the period switches."""

    start: int
    level: int  # 0: a province's part; 1 and up: headings; 9: only the role changes
    heading: str = ""
    province: str | None = None
    role: Role | None = None
    both: bool = False  # the heading announces two roles
    ends: bool = False  # what follows is no part of the report: notes, appendices, the page around it


def parse_document(source: Source, lexicon: Lexicon) -> tuple[Document, tuple[Section, ...]]:
    """The document with its metadata, and the sections that tile it."""
    folded = fold(source.text)
    title = source.title or _title(source.text, folded) or source.id.rpartition("/")[2]
    heads = list(_province_heads(source.text, folded, lexicon))
    collection = len({h.province for h in heads}) > 1
    province = _province(source, title, folded, lexicon) if not collection else None
    year = source.year or _year(title, source, folded)
    document = Document(
        source.id, title, source.text, storable(source.path), province, year, origin=source.origin, note=source.note
    )
    marks = heads if collection else []
    named = {mark.start for mark in marks}
    headings = (m for m in _headings(source.text, folded, year) if m.start not in named or m.role != (None, None))
    marks = sorted([*marks, *headings], key=lambda m: (m.start, m.level))
    return document, tuple(_sections(document, folded, marks))


def _sections(document: Document, folded: str, marks: list[_Mark]) -> Iterator[Section]:
    """Walk over the marks with a stack of headings; each stretch between two marks is a section."""
    headings: list[tuple[int, str]] = []
    announcing = 1  # the level of the heading that gave the role: an opening ends what is below it
    current = Section(Span(document.id, 0, 0), (), document.province, document.year, None)
    for mark in [*_with_openings(document, folded, marks), _Mark(len(document.text), _LAST)]:
        stretch = document.text[current.span.start : mark.start]
        if stretch and (mark.level == _LAST or not _is_heading_alone(stretch, headings)):
            yield replace(current, span=Span(document.id, current.span.start, mark.start))
            current = replace(current, span=Span(document.id, mark.start, mark.start))
        if mark.level == 0 or mark.ends:
            headings = []
            current = replace(current, province=mark.province or current.province, year=document.year, period=None)
        if mark.heading:
            headings = [h for h in headings if h[0] < mark.level] + [(mark.level, mark.heading)]
        if mark.role is not None and mark.role[0] is not None:
            current = replace(current, period=mark.role[0], year=mark.role[1] or current.year)
            if mark.heading:
                announcing = mark.level
            else:
                headings = [h for h in headings if h[0] <= announcing]
        current = replace(current, heading=tuple(h[1] for h in headings))


def _is_heading_alone(text: str, headings: list[tuple[int, str]]) -> bool:
    """Whether a stretch holds nothing but its headings: it then belongs to the part that follows."""
    if len(text) > 8 * LONGEST_HEADING:
        return False
    for _, heading in headings:
        text = text.replace(heading, "", 1)
    return bool(headings) and not any(c.isalnum() for c in text)


def _with_openings(document: Document, folded: str, marks: list[_Mark]) -> list[_Mark]:
    """The marks and, between them, the paragraphs whose opening words switch the role."""
    year = document.year
    out: list[_Mark] = []
    announced: Role = (None, None)
    role: Role = (None, None)
    both = free = year is not None and "工作报告" in document.title and not any(m.role and m.role[0] for m in marks)
    noted = False
    bounds = [*marks, _Mark(len(folded), _LAST)]
    plans = _planned_later(bounds)
    at = 0
    for i, mark in enumerate(bounds):
        for start in _paragraphs(folded, at, mark.start) if (role[0] or free) and not noted else ():
            switched = opening_role(folded[start : start + _OPENING], role, year, both=both)
            if switched and switched != role:
                role = switched
                out.append(_Mark(start, 9, role=role))
        if mark.level == 0 or mark.ends:
            announced = role = (None, None)
            noted = mark.ends and mark.heading != ""
        if noted and mark.level > 1:
            mark = replace(mark, role=None)  # a note that explains a plan announces none
        if mark.role and mark.role[0]:
            announced = role = mark.role
            both, noted = mark.both, False
        elif mark.level == 1 and not mark.ends and not noted:
            announced = role = _unannounced(folded, mark, announced, year, plans[i])
            mark = replace(mark, role=role)
            both = free
        out.append(mark)
        at = mark.start
    return out[:-1]


def _planned_later(marks: list[_Mark]) -> list[bool]:
    """For each mark whether a heading after it, in the same province's part, announces a plan."""
    out = [False] * len(marks)
    for i in range(len(marks) - 2, -1, -1):
        after = marks[i + 1]
        announces = after.level == 1 and after.role is not None and after.role[0] in {"plan", "plan_5y"}
        out[i] = after.level != 0 and (announces or out[i + 1])
    return out


def _unannounced(folded: str, mark: _Mark, announced: Role, year: int | None, planned_later: bool) -> Role:
    """The role below a first-level heading that announces none ("四、加强政府自身建设").

    After the plan it is still the plan. After the review it is the plan too, unless a heading that announces the plan
    is still to come, or it speaks of what the review left open. Before any, the sentence above it may announce it.
    """
    if announced[0] in {"review", "review_5y"}:
        return announced if planned_later or _STILL_REVIEW.search(fold(mark.heading)) else ("plan", year)
    if announced[0] is None and _TASKS_FOLLOW.search(folded[max(0, mark.start - 60) : mark.start]):
        return "plan", year
    return announced


def _paragraphs(folded: str, start: int, end: int) -> Iterator[int]:
    """Where lines begin in the stretch, its own first line excepted (that is a mark's)."""
    for line in re.compile(r"\n[^\n]+").finditer(folded, start, end):
        text = line[0].lstrip()
        if text:
            yield line.end() - len(text)


def _headings(text: str, folded: str, report_year: int | None) -> Iterator[_Mark]:
    outside = furniture(folded)
    for start, end in outside:
        yield _Mark(start, 1, FURNITURE, ends=True)
        if end < len(text):
            yield _Mark(end, 1, ends=True)
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
        yield _Mark(m.start(), 1, text[m.start() : m.end()].strip(), role=_marked(role, int(m["year"]), report_year))


def _marked(role: Role, year: int, report_year: int | None) -> Role:
    """The year stands in the mark itself; without a report's year a review mark still names its own year."""
    return (role[0] or ("plan" if report_year is None or year >= report_year else "review"), year)


def _line_heading(text: str, folded: str, start: int, end: int, report_year: int | None) -> Iterator[_Mark]:
    line = folded[start : min(end, start + _LEAD)]
    if _NOTES.fullmatch(folded, start, end):
        yield _Mark(start, 1, text[start:end].strip().lstrip("# "), ends=True)
        return
    markdown = _MARKDOWN.match(line) if end - start <= _LEAD else None
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
                yield _Mark(start, level, heading)
            return


def _is_listed(folded: str, start: int, end: int) -> bool:
    """Whether the numbered line before or behind a numbered line follows at once: they are a list, and head nothing."""
    before = folded[max(0, start - _LEAD) : start].rstrip().rpartition("\n")[2]
    behind = folded[end : end + _LEAD].lstrip().partition("\n")[0]
    return bool(_LEVELS[-1][1].match(before) or _LEVELS[-1][1].match(behind))


def _announcing(start: int, level: int, heading: str, report_year: int | None) -> _Mark:
    folded = fold(heading)
    return _Mark(
        start, level, heading, role=heading_role(folded, report_year), both=announces_both(folded, report_year)
    )


def _dated(heading: str) -> bool:
    """Below the first level only a heading that names a year or a five-year plan announces a period."""
    return bool(re.search(r"20\d\d\s?年|[五]年|五[”\"]?时期", heading))


def _heading_of(line: str, level: int) -> str:
    """The line as a heading, or the lead sentence of a numbered paragraph; empty if it is neither."""
    line = line.strip()
    whole = len(line) <= LONGEST_HEADING
    lead = re.split(r"。" if whole else r"[。:：]", line, maxsplit=1)[0]
    return lead if len(lead) <= LONGEST_HEADING and (whole or level < _ITEM) else ""


def _province_heads(text: str, folded: str, lexicon: Lexicon) -> Iterator[_Mark]:
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
            yield _Mark(m.start(), 0, text[m.start() : m.end()].strip().lstrip("# "), province=province.name)


def _title(text: str, folded: str) -> str:
    """The first line that names a work report, else the first Markdown heading, else the first short line."""
    lines = [m.span() for m in re.finditer(r"[^\n]+", folded[:4000]) if m[0].strip()][:40]
    for start, end in lines:
        if "政府工作报告" in folded[start:end] and end - start <= LONGEST_HEADING:
            return text[start:end].strip().lstrip("# ")
    for start, end in lines:
        markdown = _MARKDOWN.match(folded[start:end])
        if markdown:
            return text[start + markdown.start(2) : start + markdown.end(2)]
    first = text[slice(*lines[0])].strip() if lines else ""
    return first if len(first) <= LONGEST_HEADING else ""


def _province(source: Source, title: str, folded: str, lexicon: Lexicon) -> str | None:
    if source.province:
        known = lexicon.province(source.province)
        return known.name if known else source.province
    delivered = _DELIVERED.search(folded[:3000])
    places = [title, source.id, folded[delivered.end() : delivered.end() + 30] if delivered else ""]
    for place in places:
        names = {n for mention in lexicon.find_provinces(place) for n in mention.names}
        if len(names) == 1:
            return names.pop()
    return None


def _year(title: str, source: Source, folded: str) -> int | None:
    for place in (title, source.id, source.path.stem):
        m = _REPORT_YEAR.search(fold(place)) or re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", place)
        if m:
            return int(m[1])
    m = _DELIVERED.search(folded[:3000])
    return int(m[1]) if m else None
