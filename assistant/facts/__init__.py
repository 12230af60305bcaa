"""Figures as facts: each figure of a text with what it measures, how, for which province, year and role."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.corpus.furniture import HEADING as FURNITURE
from assistant.facts.grammar import Reading, Subject, listing_lengths, read_figure, renewed
from assistant.facts.nouns import begins_with_act, noun_of
from assistant.facts.roles import role_of
from assistant.numerals import Figure, figures, ranks
from assistant.text import clauses, fold, sentences, to_simplified, trim
from assistant.types import Document, Fact, Section, Span

__all__ = ["extract_facts"]
_SAYS = re.compile(r"\w")
_ENDS = re.compile(r"[；;。]\s*$")
_LONGEST_MEASURE = 40
"""Characters; what is longer is a clause that the grammar did not understand."""
_OPENING, _BEFORE = 40, 160
"""Characters of a clause that may say its year and role: its first ones and those before the figure."""


def extract_facts(document: Document, sections: tuple[Section, ...]) -> tuple[Fact, ...]:
    """Every figure with a unit and a measure in the document, in order."""
    out: list[Fact] = []
    for section in sections:
        if section.heading == (FURNITURE,):
            continue
        for start, end in sentences(document.text, section.span.start, section.span.end):
            if _SAYS.search(document.text, start, end):
                out.extend(_sentence_facts(document, section, start, end))
    return tuple(out)


def _sentence_facts(document: Document, section: Section, start: int, end: int) -> Iterator[Fact]:
    text = document.text
    subject = Subject(since=start)
    for a, b in clauses(text, start, end):
        found = [f for f in figures(text, a, b) if f.unit or text[f.end - 1] in "万亿"]
        found = sorted([*found, *ranks(text, a, b)], key=lambda f: f.start)
        if found:
            yield from _clause_facts(document, section, (a, b), found, subject)
        else:
            # "经营主体规模壮大，总数突破1000万户": a clause without figures names what the next ones measure.
            if subject.measure and begins_with_act(text[a:b]):
                continue  # "经济总量超过6万亿元，实现历史性晋位，年均增速5.7%"
            lead = noun_of(text[a:b].strip("“”‘’\"' ,，、。；;\n"))
            named = 2 <= len(lead) <= 16 and not _ENDS.search(text[a:b])
            subject = renewed(subject, lead if named else "", a)


def _clause_facts(
    document: Document, section: Section, clause: tuple[int, int], found: list[Figure], subject: Subject
) -> Iterator[Fact]:
    text, at = document.text, clause[0]
    listings = listing_lengths(found, text)
    for i, figure in enumerate(found):
        if figure.start < at:
            continue  # a ranking that lies in a figure read before
        before = to_simplified(text[at : figure.start])
        after = to_simplified(text[figure.end : found[i + 1].start if i + 1 < len(found) else clause[1]])
        known = subject.measure
        reading = read_figure(figure, before, after, listings[i], subject=subject)
        at = figure.end
        if subject.measure != known and subject.measure not in subject.past[:-1]:
            subject.since = clause[0]
        if reading is not None and 0 < len(reading.measure) <= _LONGEST_MEASURE:
            yield _fact(document, section, figure, reading, (subject.since, *clause))


def _fact(document: Document, section: Section, figure: Figure, reading: Reading, at: tuple[int, int, int]) -> Fact:
    text = document.text
    since, clause_start, clause_end = at
    nearest = max(clause_start + _OPENING, figure.start - _BEFORE)
    said = text[clause_start : min(figure.end, clause_start + _OPENING)] + text[nearest : figure.end]
    year, period = role_of(fold(said), section, document.year)
    return Fact(
        span=Span(document.id, figure.start, figure.end),
        clause=Span(document.id, *trim(text, min(since, clause_start), clause_end)),
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
