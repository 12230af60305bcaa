"""Figures: the fact that a question asks for, in the right role, with its words of strength."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.answer.calibration import load_calibration
from assistant.answer.draft import Draft
from assistant.answer.features import fact_features
from assistant.answer.inquiry import Inquiry
from assistant.answer.wording import Wording
from assistant.numerals import figures
from assistant.types import Fact, Passage

_STARTS = re.compile(r"[从由](?:(?:19|20)\d\d年(?:底|末)?)?的?(?=\d)")
_TURN = re.compile(r"[到至为]")
_STRENGTH_BEFORE = re.compile(r"(力争|确保|有望)(?=[^，,。；;]*$)")


FEW = 400
"""Facts that are all looked at, though no province is named."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A fact with the probability that it is the one asked for."""

    fact: Fact
    passage: Passage
    score: float
    named: float  # how much of the question's own terms the fact's measure carries
    coverage: float  # and how much its clause


def best_facts(inquiry: Inquiry, facts: Iterable[Fact] | None = None) -> list[Scored]:
    """The facts under the question's filter (or those given), best first; ties by place."""
    model = load_calibration("facts")
    scored = []
    for fact, passage, features in fact_features(inquiry, list(_pool(inquiry) if facts is None else facts)):
        scored.append(Scored(fact, passage, model.probability(features), features["named"], features["coverage"]))
    return sorted(scored, key=lambda s: (-s.score, s.fact.span))


def enough() -> float:
    """The probability from which a fact is given as the answer."""
    return load_calibration("facts").threshold


def _pool(inquiry: Inquiry) -> Iterable[Fact]:
    """Facts of the question's provinces; without a province only those in passages that retrieval found."""
    if inquiry.where.provinces:
        return inquiry.facts()
    return inquiry.facts_within([c.passage.span for c in inquiry.candidates], few=FEW)


def number(draft: Draft, scored: Scored) -> int:
    """The citation number of a fact's clause, under the fact's own year and role (a five-year figure in a yearly part)."""
    fact = scored.fact
    return draft.number(fact.clause, replace(scored.passage, year=fact.year, period=fact.period))


def figure_line(inquiry: Inquiry, draft: Draft, words: Wording, scored: Scored, *, start: str = "") -> str:
    """One figure with its place, period, measure and citation; with the one it started from, if that is given."""
    fact = scored.fact
    value = value_in_words(fact, inquiry, words)
    return words.say(
        "figure",
        place=words.place(fact.province),
        period=words.period(fact.period, fact.year),
        measure=words.measure(fact.measure),
        value=f"**{start}** → {value}" if start else value,
        mark=f"[{number(draft, scored)}]",
    )


def value_in_words(fact: Fact, inquiry: Inquiry, words: Wording) -> str:
    """The figure with what it is, for Markdown: ``确保增长**18%以上**``, ``新增**50家**``, ``**2.3万家**``."""
    return f"{words.aim(_lead(fact, inquiry))}{words.kind_of(fact)}**{fact.figure}**"


def _lead(fact: Fact, inquiry: Inquiry) -> str:
    """力争 or 确保, where it stands earlier in the clause and not in the figure itself."""
    m = _STRENGTH_BEFORE.search(inquiry.store.text(replace(fact.clause, end=fact.span.start)))
    return m[1] if m and m[1] not in fact.figure else ""


def start_of(fact: Fact, inquiry: Inquiry) -> str:
    """The figure from which a level came, as its clause writes it (从0.94万家增加到1.55万家); empty if it names none.

    In a coordination each end has its own start: 分别从771家、481家增加到1076家、636家.
    """
    clause = inquiry.store.text(fact.clause)
    at = fact.span.start - fact.clause.start
    starting = [m.end() for m in _STARTS.finditer(clause[:at])]
    if not starting:
        return ""
    stated = [f for f in figures(clause) if f.start >= starting[-1]]
    turn = _TURN.search(clause, stated[0].end if stated else at)
    starts = [f for f in stated if turn and f.end <= turn.start()]
    ends = [f for f in stated if turn and f.start >= turn.start()]
    place = next((i for i, f in enumerate(ends) if f.start <= at < f.end), -1)
    if not 0 <= place < len(starts):
        return ""
    return "".join(clause[starts[place].start : starts[place].end].split())


def shown(fact: Fact, inquiry: Inquiry) -> str:
    """The bare figure as the report writes it, its words of strength included."""
    return _lead(fact, inquiry) + fact.figure
