"""Figures: the fact that a question asks for, in the right role, with its words of strength."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.answer.draft import Draft
from assistant.answer.inquiry import Inquiry, _squeezed, term_match
from assistant.answer.wording import Wording
from assistant.text import fold
from assistant.types import Fact, Passage, Question, Term

ENOUGH = 0.42
"""A fact scoring less is not what was asked (chosen on the development split)."""
_STRENGTH_BEFORE = re.compile(r"(力争|确保|有望)(?=[^，,。；;]*$)")


@dataclass(frozen=True, slots=True)
class Scored:
    """A fact with its fit to the question."""

    fact: Fact
    passage: Passage
    score: float
    named: float  # how much of the question's own measure the fact's measure carries


def best_facts(
    inquiry: Inquiry, terms: tuple[Term, ...] | None = None, facts: Iterable[Fact] | None = None
) -> list[Scored]:
    """The facts under the question's filter, best first; ties by place."""
    question = inquiry.question if terms is None else replace(inquiry.question, terms=terms)
    pool = list(_pool(inquiry) if facts is None else facts)
    scored = [_score(inquiry, question, fact) for fact in pool]
    return sorted(scored, key=lambda s: (-s.score, s.fact.span))


def _pool(inquiry: Inquiry) -> Iterable[Fact]:
    """Facts of the question's provinces; without a province only those in passages that retrieval found."""
    facts = inquiry.facts()
    if inquiry.where.provinces or len(facts) <= 400:
        return facts
    spans = [c.passage.span for c in inquiry.candidates]
    return [f for f in facts if any(s.contains(f.span) for s in spans)]


def _score(inquiry: Inquiry, question: Question, fact: Fact) -> Scored:
    passage = inquiry.passage_at(fact.span)
    clause = _squeezed(inquiry.store.text(fact.clause))
    measure = _squeezed(fact.measure)
    stretch = inquiry.stretch(
        passage, max(fact.clause.start, passage.span.start), min(fact.clause.end, passage.span.end)
    )
    named = _named(question, measure, clause)
    score = 0.45 * named + 0.55 * max(0.0, (stretch.similarity - 0.75) / 0.2) * 0.6
    score += 0.1 * stretch.coverage + _form(question, fact)
    return Scored(fact, passage, score, named)


def _named(question: Question, measure: str, clause: str) -> float:
    """Weighted share of the question's terms in the fact's measure, less in its clause, 1 for the very measure."""
    total = found = 0.0
    for term in question.terms:
        weight = {"measure": 3.0, "quoted": 2.0, "term": 2.5, "word": 1.0}[term.kind]
        match = term_match(term, measure)
        if match == 1.0:
            closest = max((len(w) for w in map(_squeezed, term.wordings) if w in measure), default=0)
            match = 0.8 + 0.2 * closest / max(len(measure), 1)
        found += weight * max(match, 0.55 * term_match(term, clause))
        total += weight
    return found / total if total else 0.0


def _form(question: Question, fact: Fact) -> float:
    """Whether growth, increment or level is what was asked, whether the unit fits, and whether five years were meant."""
    out = 0.0
    if question.wanted:
        out += 0.15 if question.wanted == fact.kind else -0.12
    elif fact.kind in {"growth", "increment"}:
        out -= 0.04
    if question.units:
        out += 0.08 if fact.unit in question.units or _percent(fact.unit) & _percent(question.units[0]) else -0.1
    five = {"review_5y", "plan_5y"}
    if fact.period in five and not five & set(question.periods):
        out -= 0.15
    if question.periods and fact.period not in question.periods:
        out -= 0.3
    elif not question.periods and not question.years and fact.period == "plan":
        out -= 0.02  # "山东高企有多少家" asks first for what there is
    return out


def _percent(unit: str) -> bool:
    return unit in {"%", "个百分点", "百分点", "‰"}


def answer_figure(inquiry: Inquiry, words: Wording) -> Draft | None:
    """The figure asked for, and the other figures that the question names; ``None`` if no fact fits."""
    ranked = best_facts(inquiry)
    if not ranked or ranked[0].score < ENOUGH:
        return None
    chosen = [ranked[0], *_further(inquiry, ranked)]
    draft = Draft(inquiry.question.intent, confidence=min(1.0, ranked[0].score))
    lines = [_line(inquiry, draft, words, s) for s in chosen]
    others = _other_roles(inquiry, ranked, chosen)
    if others:
        lines += ["", words.say("also"), *(f"- {_line(inquiry, draft, words, s)}" for s in others)]
    draft.text = "\n".join(lines)
    draft.short = ("; " if words.english else "；").join(shown(s.fact, inquiry) for s in chosen)
    draft.provinces = tuple(dict.fromkeys(s.fact.province for s in chosen if s.fact.province))
    return draft


def _further(inquiry: Inquiry, ranked: list[Scored]) -> list[Scored]:
    """Facts for the question's other measures, and a growth that stands beside the level if both were asked."""
    question, first = inquiry.question, ranked[0]
    out: list[Scored] = []
    named = [t for t in question.terms if t.kind in {"measure", "term", "quoted"}]
    unmet = [t for t in named if term_match(t, _squeezed(first.fact.measure)) < 1 and t.kind == "measure"]
    for term in unmet:
        for s in ranked:
            if s.fact.period == first.fact.period and term_match(term, _squeezed(s.fact.measure)) == 1:
                out.append(s)
                break
    folded = fold(question.text)
    if re.search(r"同比|涨|增幅|增长|比上年|比上一年|多多少|growth|increase", folded) and re.search(
        r"多少|几|how (many|much|large)", folded
    ):
        out += [
            s
            for s in ranked[1:8]
            if s.fact.measure == first.fact.measure
            and s.fact.clause.overlaps(first.fact.clause)
            and s.fact.kind != first.fact.kind
        ][:1]
    return list(dict.fromkeys(s for s in out if s.fact != first.fact))


def _other_roles(inquiry: Inquiry, ranked: list[Scored], chosen: list[Scored]) -> list[Scored]:
    """The same measure in the other roles, if the question named no role: never mixed in unsaid."""
    if inquiry.question.periods or inquiry.question.years:
        return []
    first = chosen[0].fact
    return [
        s
        for s in ranked
        if s not in chosen
        and s.fact.measure == first.measure
        and s.fact.province == first.province
        and s.fact.period != first.period
    ][:3]


def _line(inquiry: Inquiry, draft: Draft, words: Wording, scored: Scored) -> str:
    fact = scored.fact
    return words.say(
        "figure",
        place=words.place(fact.province),
        period=words.period(fact.period, fact.year),
        measure=words.measure(fact.measure),
        value=f"{words.kind(fact.kind)}**{shown(fact, inquiry)}**",
        mark=draft.cite(fact.clause, scored.passage),
    )


def shown(fact: Fact, inquiry: Inquiry) -> str:
    """The figure as the report writes it, with 力争 or 确保 that stand earlier in its clause."""
    before = inquiry.store.text(replace(fact.clause, end=fact.span.start))
    m = _STRENGTH_BEFORE.search(before)
    return f"{m[1]}{fact.figure}" if m and m[1] not in fact.figure else fact.figure
