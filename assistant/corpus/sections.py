"""The structure of a document: which stretch speaks of which province and year, and whether of a result or a target.

General rules only: collections with a head for each province, inline or on lines of their own; full reports with
numbered headings; Markdown; and plain text with none of these, which is one section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from assistant.corpus.headings import LONGEST_HEADING, MARKDOWN, Mark, headings_of, province_heads
from assistant.corpus.periods import Role, opening_role
from assistant.corpus.read import Source, storable
from assistant.lexicon import Lexicon
from assistant.text import fold
from assistant.types import Document, Section, Span

_OPENING = 120  # characters of a paragraph that may switch the role
_LAST = 10  # the level of the mark behind the text
_REPORT_YEAR = re.compile(r"(20\d\d|19\d\d)\s?年(?!代)")
_DELIVERED = re.compile(r"^[-\s(]*((?:19|20)\d\d)年\d{1,2}月\d{1,2}日在", re.M)
_STILL_REVIEW = re.compile(r"问题|困难|不足|体会|经验|启示|感谢|挑战|形势|成就|成绩|成效")
_TASKS_FOLLOW = re.compile(
    r"(?:今年|20\d\d年)[^。\n]{0,20}(?:做好|抓好|推进|完成|落实)[^。\n]{0,16}(?:工作|任务)[:。]?\s*$"
)


def parse_document(source: Source, lexicon: Lexicon) -> tuple[Document, tuple[Section, ...]]:
    """The document with its metadata, and the sections that tile it."""
    folded = fold(source.text)
    title = source.title or _title(source.text, folded) or source.id.rpartition("/")[2]
    heads = list(province_heads(source.text, folded, lexicon))
    collection = len({h.province for h in heads}) > 1
    province = _province(source, title, folded, lexicon) if not collection else None
    year = source.year or _year(title, source, folded)
    document = Document(
        source.id, title, source.text, storable(source.path), province, year, origin=source.origin, note=source.note
    )
    marks = heads if collection else []
    named = {mark.start for mark in marks}
    headings = (m for m in headings_of(source.text, folded, year) if m.start not in named or any(m.role or ()))
    marks = sorted([*marks, *headings], key=lambda m: (m.start, m.level))
    return document, tuple(_sections(document, folded, marks))


def _sections(document: Document, folded: str, marks: list[Mark]) -> Iterator[Section]:
    """Walk over the marks with a stack of headings; each stretch between two marks is a section."""
    headings: list[tuple[int, str]] = []
    announcing = 1  # the level of the heading that gave the role: an opening ends what is below it
    current = Section(Span(document.id, 0, 0), (), document.province, document.year, None)
    for mark in [*_with_openings(document, folded, marks), Mark(len(document.text), _LAST)]:
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


def _with_openings(document: Document, folded: str, marks: list[Mark]) -> list[Mark]:
    """The marks and, between them, the paragraphs whose opening words switch the role."""
    year = document.year
    out: list[Mark] = []
    announced: Role = (None, None)
    role: Role = (None, None)
    both = free = year is not None and "工作报告" in document.title and not any(m.role and m.role[0] for m in marks)
    noted = False
    bounds = [*marks, Mark(len(folded), _LAST)]
    plans = _planned_later(bounds)
    at = 0
    for i, mark in enumerate(bounds):
        for start in _paragraphs(folded, at, mark.start) if (role[0] or free) and not noted else ():
            switched = opening_role(folded[start : start + _OPENING], role, year, both=both)
            if switched and switched != role:
                role = switched
                out.append(Mark(start, 9, role=role))
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


def _planned_later(marks: list[Mark]) -> list[bool]:
    """For each mark whether a heading after it, in the same province's part, announces a plan."""
    out = [False] * len(marks)
    for i in range(len(marks) - 2, -1, -1):
        after = marks[i + 1]
        announces = after.level == 1 and after.role is not None and after.role[0] in {"plan", "plan_5y"}
        out[i] = after.level != 0 and (announces or out[i + 1])
    return out


def _unannounced(folded: str, mark: Mark, announced: Role, year: int | None, planned_later: bool) -> Role:
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


def _title(text: str, folded: str) -> str:
    """The first line that names a work report, else the first Markdown heading, else the first short line."""
    lines = [m.span() for m in re.finditer(r"[^\n]+", folded[:4000]) if m[0].strip()][:40]
    for start, end in lines:
        if "政府工作报告" in folded[start:end] and end - start <= LONGEST_HEADING:
            return text[start:end].strip().lstrip("# ")
    for start, end in lines:
        markdown = MARKDOWN.match(folded[start:end])
        if markdown:
            return text[start + markdown.start(2) : start + markdown.end(2)]
    first = text[slice(*lines[0])].strip() if lines else ""
    return first if len(first) <= LONGEST_HEADING else ""


def _province(source: Source, title: str, folded: str, lexicon: Lexicon) -> str | None:
    if source.province:
        known = lexicon.province(source.province)
        return known.name if known else source.province
    delivered = _DELIVERED.search(folded[:3000])
    stem = source.path.stem
    places = [source.title, stem, title, source.id, folded[delivered.end() : delivered.end() + 30] if delivered else ""]
    for place in places:
        names = {n for mention in lexicon.find_provinces(place) for n in mention.names}
        if len(names) == 1:
            return names.pop()
    return None


def _year(title: str, source: Source, folded: str) -> int | None:
    for place in (source.title, source.path.stem, title, source.id):
        m = _REPORT_YEAR.search(fold(place)) or re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", place)
        if m:
            return int(m[1])
    m = _DELIVERED.search(folded[:3000])
    return int(m[1]) if m else None
