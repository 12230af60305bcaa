"""The labels of a question set, checked against the documents: a wrong label is worse than none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.assistant import Assistant
from assistant.evaluation.gold import places_of
from assistant.evaluation.matching import holds
from assistant.evaluation.questions import EvalQuestion, read_questions, shipped_set
from assistant.types import Document, Section, Span


def check_set(assistant: Assistant, path: Path | None = None) -> tuple[str, ...]:
    """Every label that does not hold, one line each: ``file:line: id: what``; empty if all do.

    Quotes stand verbatim in the documents, exactly once (or each place is named); they lie under a province and in a
    role that the label claims; figures of number answers stand in the evidence.

    :raises EvalDataError: the file cannot be read, or a line is malformed.
    """
    questions = read_questions(path if path is not None else shipped_set())
    documents = assistant.documents()
    sections = {d.id: assistant.sections(d.id) for d in documents}
    provinces = {s.province for parts in sections.values() for s in parts if s.province}
    out = []
    for q in questions:
        for problem in (*_quotes(q, documents, sections), *_answers(q), *_provinces(q, provinces)):
            out.append(f"{q.place}: {q.id}: {problem}")
    return tuple(out)


def _quotes(q: EvalQuestion, documents: Sequence[Document], sections: dict[str, tuple[Section, ...]]) -> Iterator[str]:
    for field in ("evidence", "also", "near"):
        for quote in getattr(q, field):
            places = places_of(quote, documents)
            if len(places) != 1:
                where = ", ".join(f"{s.doc_id}:{s.start}-{s.end}" for s in places)
                yield f"{field} {quote!r} stands {len(places)} times{f' ({where})' if where else ''}: lengthen or correct it"
            elif field != "near":
                yield from _place(q, quote, _section_at(sections[places[0].doc_id], places[0]))


def _section_at(sections: Sequence[Section], span: Span) -> Section | None:
    return next((s for s in sections if s.span.contains(span)), None)


def _place(q: EvalQuestion, quote: str, section: Section | None) -> Iterator[str]:
    """Whether a quote lies where the label says."""
    if section is None:
        yield f"{quote!r} runs over the end of a part: quote within one"
        return
    if section.province is not None and q.provinces and section.province not in q.provinces:
        yield f"{quote!r} is of {section.province}, not of {'、'.join(q.provinces)}: correct provinces or the quote"
    if (
        q.role is not None
        and section.period is not None
        and (section.year, section.period) not in {(q.role[0], p) for p in q.role[1]}
    ):
        yield f"{quote!r} is {section.period} of {section.year}, not {q.period}: correct the period or the quote"


def _answers(q: EvalQuestion) -> Iterator[str]:
    if q.answerable and q.kind != "list_provinces" and not q.evidence:
        yield "it has an answer but no evidence: quote what carries it"
    quotes = " ; ".join((*q.evidence, *q.also))
    if q.kind in {"number", "summary"}:
        for answer in q.answers:
            if not holds(quotes, answer):
                yield f"the answer {answer!r} stands in none of its quotes: correct the one or the other"


def _provinces(q: EvalQuestion, held: set[str]) -> Iterator[str]:
    absent = [p for p in q.provinces if p not in held]
    if absent:
        yield f"{'、'.join(absent)} is no province of the documents: use the canonical short name"
