"""Figures: the fact that a question asks for, in the right role, with its words of strength."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.answer.calibration import load_calibration
from assistant.answer.draft import Draft
from assistant.answer.features import fact_features, same_unit
from assistant.answer.inquiry import Inquiry
from assistant.answer.wording import Wording
from assistant.question.conditions import parts_of
from assistant.text import fold
from assistant.types import Fact, Passage

NEXT_TO = 40
"""Characters between two figures of one statement: a clause or two."""
_STRENGTH_BEFORE = re.compile(r"(力争|确保|有望)(?=[^，,。；;]*$)")


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
    facts = inquiry.facts()
    if inquiry.where.provinces or len(facts) <= 400:
        return facts
    spans = [c.passage.span for c in inquiry.candidates]
    return [f for f in facts if any(s.contains(f.span) for s in spans)]


def answer_figure(inquiry: Inquiry, words: Wording) -> Draft | None:
    """The figure asked for, one for each part of a question that asks several; ``None`` if no fact fits."""
    chosen, ranked = _chosen(inquiry)
    if not chosen:
        return None
    draft = Draft("figure", confidence=chosen[0].score)
    lines = [_line(inquiry, draft, words, s) for s in chosen]
    others = _other_roles(inquiry, ranked, chosen)
    if others:
        lines += ["", words.say("also"), *(f"- {_line(inquiry, draft, words, s)}" for s in others)]
    draft.text = "\n".join(lines)
    draft.short = ("; " if words.english else "；").join(shown(s.fact, inquiry) for s in chosen)
    draft.provinces = tuple(dict.fromkeys(s.fact.province for s in chosen if s.fact.province))
    return draft


def _chosen(inquiry: Inquiry) -> tuple[list[Scored], list[Scored]]:
    """The facts that answer the question's parts, in their order, and the ranking of the first part."""
    parts = parts_of(inquiry.question.text)
    if len(parts) == 1:
        ranked = best_facts(inquiry)
        if not ranked or ranked[0].score < enough():
            return [], ranked
        return [ranked[0], *_beside(inquiry, ranked)], ranked
    chosen: list[Scored] = []
    first: list[Scored] = []
    for text in parts:
        part = inquiry.part(text)
        if chosen and _asks_change_alone(part):
            chosen += _change_of(chosen[-1], best_facts(inquiry))
            continue
        ranked = best_facts(part) if part.question.terms else []
        first = first or ranked
        if ranked and ranked[0].score >= enough():
            chosen.append(ranked[0])
        elif chosen and ranked and _follows(ranked[0], chosen[-1], part.question.units):
            chosen.append(ranked[0])
    return _unique(chosen), first


def _asks_change_alone(part: Inquiry) -> bool:
    """Whether a part asks only how the thing before changed ("同比涨幅？", "涨了几个点")."""
    named = any(t.kind != "word" for t in part.question.terms)
    return not named and (part.question.wanted == "growth" or not part.question.terms)


def _follows(scored: Scored, before: Scored, units: tuple[str, ...]) -> bool:
    """Whether a weaker fact stands right after the one before, in the unit asked for: the parts follow the text."""
    gap = scored.fact.span.start - before.fact.span.end
    fits = any(same_unit(scored.fact.unit, u) for u in units)
    return fits and scored.fact.span.doc_id == before.fact.span.doc_id and 0 <= gap <= NEXT_TO


def _beside(inquiry: Inquiry, ranked: list[Scored]) -> list[Scored]:
    """What a question with one question word still asks besides: "A和B各多少", "多少、同比"."""
    folded = fold(inquiry.question.text)
    first = ranked[0]
    out: list[Scored] = []
    if re.search(r"各|分别|both|each|respectively", folded):
        floor = max(enough(), 0.4 * first.score)
        out += [s for s in ranked[1:4] if s.score >= floor and s.fact.period == first.fact.period]
    if re.search(r"同比|比上年|比上一年|多多少|涨幅", folded):
        out += _change_of(first, ranked)
    return _unique([s for s in out if s.fact != first.fact])


def _change_of(scored: Scored, ranked: list[Scored]) -> list[Scored]:
    """The growth or increment that the text gives beside a level."""
    same = (s for s in ranked if s.fact.measure == scored.fact.measure and s.fact.span != scored.fact.span)
    return [
        s for s in same if s.fact.span.start > scored.fact.span.start and s.fact.clause.overlaps(scored.fact.clause)
    ][:1]


def _unique(scored: list[Scored]) -> list[Scored]:
    return list({s.fact.span: s for s in scored}.values())


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
        value=value_in_words(fact, inquiry, words),
        mark=draft.cite(fact.clause, scored.passage),
    )


def value_in_words(fact: Fact, inquiry: Inquiry, words: Wording) -> str:
    """The figure with what it is, for Markdown: ``确保增长**18%以上**``, ``新增**50家**``, ``**2.3万家**``."""
    return f"{_lead(fact, inquiry)}{words.kind_of(fact)}**{fact.figure}**"


def _lead(fact: Fact, inquiry: Inquiry) -> str:
    """力争 or 确保, where it stands earlier in the clause and not in the figure itself."""
    m = _STRENGTH_BEFORE.search(inquiry.store.text(replace(fact.clause, end=fact.span.start)))
    return m[1] if m and m[1] not in fact.figure else ""


def shown(fact: Fact, inquiry: Inquiry) -> str:
    """The bare figure as the report writes it, its words of strength included."""
    return _lead(fact, inquiry) + fact.figure
