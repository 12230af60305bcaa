"""In which years a thing is spoken of: every report is searched, none is left to a ranking."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from assistant.answer.draft import Draft
from assistant.answer.inquiry import Inquiry
from assistant.answer.sentences import speaks_of
from assistant.answer.wording import Wording
from assistant.text import fold, sentences, squeezed, trim
from assistant.types import Computed, Filter, Passage, Span, Term

_SAYS = r"(?:提[到出及]|写[入进到]|出现|说到|讲到|部署|使用|纳入)"
_WHICH_YEARS = re.compile(
    rf"哪(?:几|些)?(?:个)?年(?:份)?[^,。?]{{0,14}}{_SAYS}|\bwhich years?\b[^?]*\b(?:mention|say|speak|refer|use)"
)
_FIRST = re.compile(
    rf"(?:最早|首次|第一次|最先|何时(?:首次|开始)?|什么时候(?:首次|开始|第一次)?|从?哪(?:一)?年(?:的报告)?(?:首次|最早|第一次|最先|开始)?)[^,。?]{{0,10}}{_SAYS}"
    r"|\bfirst\b[^?]*\b(?:mention|appear|use|refer)|\b(?:mention|appear|use)\w*[^?]*\bfirst\b|\bwhen\b[^?]*\bfirst\b"
)


A_NAME = 4
"""Characters from which a plain word is a name that reports spread (精准扶贫)."""


def answer_years(inquiry: Inquiry, words: Wording) -> Draft | None:
    """The years whose reports speak of what is asked, or the first of them; ``None`` for any other question.

    Only over several years: in one report there is nothing to choose from.
    """
    asked = fold(inquiry.question.standalone)
    first = _FIRST.search(asked)
    named = [t for t in inquiry.question.terms if t.kind != "word" or len(t.wordings[0]) >= A_NAME]
    years = sorted(set(inquiry.store.report_years.values()))
    if not (first or _WHICH_YEARS.search(asked)) or not named or len(years) < 3:
        return None
    to_the_letter = [replace(t, kind="quoted") for t in named]
    found = dict(_mentions(inquiry, to_the_letter)) or dict(_mentions(inquiry, named))
    if not found:
        return None
    draft = Draft("fact", confidence=1.0)
    shown = sorted(found)[: 1 if first else None]
    topic = named[0].wordings[0]
    told = [words.say("year", year=y) for y in shown]
    head = "first_year" if first else "years_that_say"
    lines = [words.say(head, topic=topic, years=(", " if words.english else "、").join(told))]
    for year in shown:
        span, passage = found[year]
        scene = words.scene(passage.province, passage.period, passage.year)
        lines.append(f"- {scene}{words.colon}“{inquiry.store.text(span)}” {draft.cite(span, passage)}")
        told_by = (draft.number(span, passage),)
        draft.computed.append(Computed(str(year), words.say("year_of_report"), told_by))
    lines.append(words.say("coverage_years", n=draft.count(len(years), words.say("years_checked"))))
    draft.text, draft.short = "\n".join(lines), told[0] if first else None
    draft.provinces = tuple(dict.fromkeys(p.province for _, p in draft.spans if p.province))
    return draft


def _mentions(inquiry: Inquiry, named: list[Term]) -> Iterator[tuple[int, tuple[Span, Passage]]]:
    """The year of every report that holds all that is named, with the first sentence that does."""
    of = inquiry.store.report_years
    told: set[int] = set()
    for passage in inquiry.passages(Filter(inquiry.where.provinces)):
        year = of.get(passage.span.doc_id)
        if year is None or year in told or not all(speaks_of(t, squeezed(passage.text)) for t in named):
            continue
        for a, b in sentences(passage.text):
            a, b = trim(passage.text, a, b)
            if all(speaks_of(t, squeezed(passage.text[a:b])) for t in named):
                told.add(year)
                at = passage.span.start
                yield year, (Span(passage.span.doc_id, at + a, at + b), passage)
                break
