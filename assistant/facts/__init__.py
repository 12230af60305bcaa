"""Figures as facts: each figure of a text with what it measures, how, for which province, year and role."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.corpus.furniture import HEADING as FURNITURE
from assistant.facts import words
from assistant.facts.grammar import Reading, listing_lengths, read_figure
from assistant.facts.nouns import names_nothing, topic_of
from assistant.facts.roles import frame_of, frame_of_paragraph, role_of
from assistant.facts.subject import Subject
from assistant.numerals import Figure, figures, ranks
from assistant.text import clauses, fold, sentences, to_simplified, trim
from assistant.types import Document, Fact, Section, Span

__all__ = ["extract_facts"]
_SAYS = re.compile(r"\w")
_ENDS = re.compile(r"[；;。]\s*$")
_BY_WHEN = re.compile(r"\s*(?:力争|确保|预计)?到\s?20\d\d\s?年(?:底|末)?[，,]\s*")
_UNREACHED = re.compile(r"(?:没有|未能?|尚未)(?:如期)?(?:实现|完成|达到)[^，,。；;]*$")
"""What was not reached states nothing: 没有实现…降低4%左右的目标."""
_RATIO = re.compile(rf"(?:{words.UNITLESS})(?:值|均|平均)?[^，,。；;:\d、]{{0,6}}$")
_RATIO_NEXT = re.compile(rf"(?:^|\d|:1)[^，,。；;:\d、]{{0,6}}(?:到|至|为)(?:{words.WHEN})?的?$")
_TO_ONE = (":", "：", "∶")
_PARTED = re.compile(r"[:：∶](?!1(?![\d.:：∶]))")
"""4.5:38.2:57.3 is no ratio to one."""
_LONGEST_MEASURE = 40
"""Characters; what is longer is a clause that the grammar did not understand."""
_NUMERAL = re.compile(r"[\d百千万亿萬億半分倍成番第首榜前]")
"""A character without which no figure stands; most clauses have none."""
_HEADLINE = 16
"""Characters of a short sentence without figures that may name what the next one's totals count."""
_AHEAD = 2
"""Characters behind a clause that may state exactly what it said roughly: 迈上6万亿元台阶，达到…"""
_OPENING, _BEFORE = 40, 160
"""Characters of a clause that may say its year and role: its first ones and those before the figure."""


def extract_facts(document: Document, sections: tuple[Section, ...]) -> tuple[Fact, ...]:
    """Every figure with a unit and a measure in the document, in order."""
    out: list[Fact] = []
    title = fold(document.title)
    for section in sections:
        if section.heading == (FURNITURE,):
            continue
        headline = frame = ""
        last = section.span.start
        for start, end in sentences(document.text, section.span.start, section.span.end):
            frame = "" if "\n" in document.text[last : start + 1].rstrip(" \u3000") else frame
            last = end - 1
            if fold(document.text[start:end]).strip() in title:
                continue  # 全国31省工作报告摘录: a title states nothing
            if _SAYS.search(document.text, start, end):
                sentence = fold(document.text[start:end])
                held = frame_of_paragraph(sentence, frame, states=True)
                found = list(_sentence_facts(document, section, (start, end), headline=headline, frame=held))
                frame = frame_of_paragraph(sentence, frame, states=bool(found))
                out.extend(found)
                short = not found and end - start <= _HEADLINE
                headline = topic_of(to_simplified(document.text[start:end])) if short else ""
    return tuple(out)


def _sentence_facts(
    document: Document, section: Section, span: tuple[int, int], *, headline: str, frame: str
) -> Iterator[Fact]:
    text, (start, end) = document.text, span
    subject = Subject(since=start, headline=headline, frame=frame)
    read = [(a, b, _found(text, a, b)) for a, b in clauses(text, start, end)]
    while read and not read[-1][2]:
        read.pop()  # what follows the last figure names nothing for it
    for a, b, found in read:
        subject.frame = frame_of(fold(text[a : min(b, a + _OPENING)])) or subject.frame
        if found:
            yield from _clause_facts(document, section, (a, b), found, subject)
            subject.opened = -1
        elif _BY_WHEN.fullmatch(text, a, b):
            subject.opened = a
        else:
            # "经营主体规模壮大，总数突破1000万户": a clause without figures names what the next ones measure.
            clause = to_simplified(text[a:b])
            if subject.measure and names_nothing(clause):
                continue  # "经济总量超过6万亿元，实现历史性晋位，年均增速5.7%"
            lead = topic_of(clause)
            named = 2 <= len(lead) <= 16 and not _ENDS.search(text[a:b])
            subject = subject.renewed(lead, a, named=named)


def _found(text: str, start: int, end: int) -> list[Figure]:
    """The figures and places in a ranking of a clause, in order."""
    if not _NUMERAL.search(text, start, end):
        return []
    return sorted([*_stated(text, start, end), *ranks(text, start, end)], key=lambda f: f.start)


def _stated(text: str, start: int, end: int) -> Iterator[Figure]:
    """The figures of a clause that may state something: those with a unit, and ratios (收入比从2.42缩小到2.12)."""
    ratio = False
    for figure in figures(text, start, end):
        counted = figure.unit != "" or text[figure.end - 1] in "万亿"
        if not counted and text[figure.start - 1 : figure.start] not in _TO_ONE:
            before = fold(text[max(start, figure.start - _OPENING) : figure.start])
            ratio = (_RATIO if not ratio else _RATIO_NEXT).search(before) is not None
            ratio = ratio and not _PARTED.match(text, figure.end)
            counted = ratio
        if counted:
            yield figure


def _clause_facts(
    document: Document, section: Section, clause: tuple[int, int], found: list[Figure], subject: Subject
) -> Iterator[Fact]:
    text, at = document.text, clause[0]
    listings = listing_lengths(found, text)
    for i, figure in enumerate(found):
        if figure.start < at:
            continue  # a ranking that lies in a figure read before
        before = to_simplified(text[at : figure.start])
        after = to_simplified(text[figure.end : _end_of_words(text, found, i, clause[1])])
        if _UNREACHED.search(before):
            at = figure.end
            continue
        known = subject.measure
        reading = read_figure(figure, before, after, listings[i], subject=subject)
        at = figure.end
        if subject.measure != known and subject.measure not in subject.past[:-1]:
            subject.since = clause[0]
        if reading is not None and 0 < len(reading.measure) <= _LONGEST_MEASURE:
            yield _fact(document, section, figure, reading, clause=clause, subject=subject)


def _end_of_words(text: str, found: list[Figure], i: int, stop: int) -> int:
    """Where the words after a figure end: at the next one, or behind it if nothing parts the two (12类45件民生实事)."""
    ends = [f.start for f in found[i + 1 : i + 3]] + [stop + _AHEAD] * 2
    return ends[1] if found[i].end == ends[0] and not found[i].rank else ends[0]


def _fact(
    document: Document,
    section: Section,
    figure: Figure,
    reading: Reading,
    *,
    clause: tuple[int, int],
    subject: Subject,
) -> Fact:
    text, (clause_start, clause_end) = document.text, clause
    nearest = max(clause_start + _OPENING, figure.start - _BEFORE)
    said = text[clause_start : min(figure.end, clause_start + _OPENING)] + text[nearest : figure.end]
    opened = subject.opened if subject.opened >= 0 else clause_start
    year, period = role_of(subject.frame + fold(said), section, document.year)
    return Fact(
        span=Span(document.id, figure.start, figure.end),
        clause=Span(document.id, *trim(text, min(subject.since, clause_start, opened), clause_end)),
        measure=reading.measure,
        figure="".join(text[figure.start : figure.end].split()),
        value=figure.value,
        high=figure.high,
        unit=figure.unit,
        strength=reading.strength,
        kind=reading.kind,
        province=section.province,
        year=year,
        period=period,
    )
