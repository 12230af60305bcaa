"""The figures that a question asks for: one, one for each of its parts, one for each role or year that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from assistant.answer.beside import by_head, in_its_sentence
from assistant.answer.comparing import TOGETHER
from assistant.answer.comparison import sum_of
from assistant.answer.draft import Draft
from assistant.answer.features import measure_ids, same_unit
from assistant.answer.figure import Scored, best_facts, enough, figure_line, shown, start_of
from assistant.answer.inquiry import Inquiry
from assistant.answer.principal import principal
from assistant.answer.wording import Wording
from assistant.question.parts import asks_both_ends, parts_of
from assistant.text import fold, squeezed
from assistant.types import Fact

NEXT_TO = 40
"""Characters between two figures of one statement: a clause or two."""
FAINT = 0.1
"""Share of the probability asked of an answer, from which the measure asked for before is known in another role."""
LIKELY = 0.5
"""Probability from which a figure answers a question that may not ask for one."""
_ASKED = re.compile(r"多少|几(?!乎)|\bhow (?:many|much)\b")
SAME_SENTENCE = 120
"""Characters after a figure within which the text still speaks of the same thing."""


@dataclass(slots=True)
class Chosen:
    """The facts that answer, in the order asked; ``first`` ranks those for the first part; ``unstated``: parts unanswered."""

    facts: list[Scored] = field(default_factory=list)
    first: list[Scored] = field(default_factory=list)
    unstated: list[str] = field(default_factory=list)


def answer_figure(inquiry: Inquiry, words: Wording) -> Draft | None:
    """The figure asked for, one for each part of a question that asks several; ``None`` if no fact fits."""
    asked = chosen_facts(inquiry)
    if not asked.facts:
        return None
    chosen = asked.facts
    draft = Draft("figure", confidence=chosen[0].score)
    lines = [figure_line(inquiry, draft, words, s, start=_start(s.fact, inquiry)) for s in chosen]
    if asked.unstated:
        draft.status = "partial"
        lines.append(words.say("part_unstated", parts=(", " if words.english else "、").join(asked.unstated)))
    together = None
    folded = fold(inquiry.question.text)
    if len(chosen) > 1 and TOGETHER.search(folded) and len(_ASKED.findall(folded)) == 1:
        lines += (summed := sum_of(draft, words, chosen))
        together = draft.computed[-1].value if summed else None
    others = _other_roles(inquiry, asked.first, chosen)
    if others:
        lines += ["", words.say("also"), *(f"- {figure_line(inquiry, draft, words, s)}" for s in others)]
    draft.text = "\n".join(lines)
    draft.short = together or ("; " if words.english else "；").join(_bare(s.fact, inquiry) for s in chosen)
    draft.provinces = tuple(dict.fromkeys(s.fact.province for s in chosen if s.fact.province))
    return draft


def answer_figure_surely(inquiry: Inquiry, words: Wording) -> Draft | None:
    """The figure, where a question that asks for none in so many words is still likelier about it than not."""
    draft = answer_figure(inquiry, words)
    return draft if draft is not None and draft.confidence >= LIKELY else None


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


def _bare(fact: Fact, inquiry: Inquiry) -> str:
    """The bare answer: the figure, with the one it started from where the question asks for both."""
    start = _start(fact, inquiry)
    return f"{start} → {shown(fact, inquiry)}" if start else shown(fact, inquiry)


def _start(fact: Fact, inquiry: Inquiry) -> str:
    """The figure from which another started, where the question asks for both."""
    return start_of(fact, inquiry) if asks_both_ends(inquiry.question.standalone, inquiry.years) else ""


def chosen_facts(inquiry: Inquiry) -> Chosen:
    """The facts that answer the question, none where none fits."""
    parts = parts_of(inquiry.question.standalone, inquiry.lexicon)
    if len(parts) > 1:
        return _of_parts(inquiry, [inquiry.part(text) for text in parts])
    roles = _roles(inquiry)
    if len(roles) > 1:
        return _of_roles(inquiry, roles)
    ranked = _ranked(
        inquiry.wanting("level") if asks_both_ends(inquiry.question.standalone, inquiry.years) else inquiry
    )
    if not ranked or ranked[0].score < enough():
        return Chosen(first=ranked)
    return Chosen(_unique([ranked[0], *_beside(inquiry, ranked)]), ranked)


def _ranked(inquiry: Inquiry) -> list[Scored]:
    """The facts, best first; of a question that names nothing but a measure of one province, its principal one first."""
    ranked = best_facts(inquiry)
    if not ranked or ranked[0].score < enough():
        ranked = in_its_sentence(inquiry) or ranked
    ranked = by_head(inquiry, ranked)
    question = inquiry.question
    places = question.provinces or inquiry.places
    if len(places) == 1 and inquiry.measures and all(t.kind == "measure" for t in question.terms):
        first = principal(inquiry, places[0], where=inquiry.where)[:1]
        return [*first, *(s for s in ranked if s.fact.span not in {f.fact.span for f in first})]
    return ranked


def _roles(inquiry: Inquiry) -> list[Inquiry]:
    """The question in each of the years or roles that it names side by side."""
    question = inquiry.question
    if asks_both_ends(question.standalone, inquiry.years):
        return []
    if len(question.years) > 1:
        return [inquiry.in_role(replace(inquiry.where, years=(y,), periods=()), (), (y,)) for y in question.years]
    if len(question.periods) > 1:
        return [inquiry.in_role(replace(inquiry.where, periods=(p,)), (p,), question.years) for p in question.periods]
    return []


def _of_roles(inquiry: Inquiry, roles: list[Inquiry]) -> Chosen:
    """The best fact of each role, all of one measure."""
    found = [[s for s in best_facts(r) if s.score >= enough()] for r in roles]
    best = max((ranked[0] for ranked in found if ranked), key=lambda s: s.score, default=None)
    if best is None:
        return Chosen()
    same = [next((s for s in ranked if _same_measure(inquiry, s.fact, best.fact)), None) for ranked in found]
    return Chosen(_unique([s for s in same if s is not None]), found[0])


def _of_parts(inquiry: Inquiry, parts: list[Inquiry]) -> Chosen:
    chosen = Chosen()
    for part in parts:
        if chosen.facts and _asks_change_alone(part, chosen.facts[-1].fact):
            chosen.facts += _change_of(chosen.facts[-1], best_facts(inquiry.wanting(""))) or _change_elsewhere(
                inquiry.about_same(part), chosen.facts[-1]
            )
            continue
        ranked = _ranked_part(inquiry, part, chosen.facts)
        chosen.first = chosen.first or ranked
        ranked = _unclaimed(ranked, chosen.facts)
        if ranked and (ranked[0].score >= enough() or _goes_on(inquiry, ranked[0], chosen.facts, part)):
            chosen.facts.append(ranked[0])
        elif part.question.content:
            chosen.unstated.append(part.question.content)
    chosen.facts = _unique(chosen.facts)
    return chosen


def _unclaimed(ranked: list[Scored], chosen: list[Scored]) -> list[Scored]:
    """The facts with those first that no earlier part took, if any of them fits: each part asks for its own."""
    taken = {s.fact.span for s in chosen}
    free = [s for s in ranked if s.fact.span not in taken]
    return free if free and free[0].score >= enough() else ranked


def _ranked_part(inquiry: Inquiry, part: Inquiry, chosen: list[Scored]) -> list[Scored]:
    """The facts for one part; a later part that names no thing of its own speaks of the one before.

    In another role it asks for the same measure, in the same role for what the text says next.
    """
    alone = _ranked(part) if part.question.terms else []
    if not chosen or any(t.kind != "word" for t in part.question.terms):
        return alone
    before, same = chosen[-1].fact, inquiry.about_same(part)
    if _in_other_role(part, before):
        return [s for s in best_facts(same) if _same_measure(inquiry, s.fact, before)] or alone
    beside = [
        f
        for f in same.facts()
        if f.span.doc_id == before.span.doc_id and 0 < f.span.start - before.span.end <= SAME_SENTENCE
    ]
    return sorted([*best_facts(same, beside), *alone], key=lambda s: -s.score)


def _in_other_role(part: Inquiry, before: Fact) -> bool:
    question = part.question
    other_year = bool(question.years) and before.year not in question.years
    return other_year or (len(question.periods) == 1 and before.period not in question.periods)


def _same_measure(inquiry: Inquiry, one: Fact, other: Fact) -> bool:
    """Whether two measures are one: the same words, or the same measure of the lexicon, or the one within the other."""
    a, b = squeezed(one.measure), squeezed(other.measure)
    return (
        a in b
        or b in a
        or bool(measure_ids(inquiry.lexicon, one.measure) & measure_ids(inquiry.lexicon, other.measure))
    )


def _asks_change_alone(part: Inquiry, before: Fact) -> bool:
    """Whether a part asks only how the thing before changed ("同比涨幅？", "涨了几个点")."""
    named = any(t.kind != "word" for t in part.question.terms)
    change = part.question.wanted == "growth" or not part.question.terms
    return not named and change and not _in_other_role(part, before)


def _goes_on(inquiry: Inquiry, scored: Scored, chosen: list[Scored], part: Inquiry) -> bool:
    """Whether a weaker fact goes on from the one before: right behind it, or the same measure in the role now asked for."""
    if not chosen:
        return False
    before = chosen[-1].fact
    same = (
        _in_other_role(part, before)
        and _same_measure(inquiry, scored.fact, before)
        and scored.fact.period != before.period
    )
    return _follows(scored, chosen, part.question.units) or (same and scored.score >= FAINT * enough())


def _follows(scored: Scored, chosen: list[Scored], units: tuple[str, ...]) -> bool:
    """Whether a weaker fact stands right after the one before, in the unit asked for: the parts follow the text."""
    if not chosen:
        return False
    gap = scored.fact.span.start - chosen[-1].fact.span.end
    fits = any(same_unit(scored.fact.unit, u) for u in units)
    return fits and scored.fact.span.doc_id == chosen[-1].fact.span.doc_id and 0 <= gap <= NEXT_TO


def _beside(inquiry: Inquiry, ranked: list[Scored]) -> list[Scored]:
    """What a question with one question word still asks besides: "A和B各多少", "多少、同比"."""
    folded = fold(inquiry.question.text)
    first = ranked[0]
    out: list[Scored] = []
    if re.search(r"各|分别|both|each|respectively", folded):
        floor = max(enough(), 0.4 * first.score)
        out += [s for s in ranked[1:4] if s.score >= floor and s.fact.period == first.fact.period]
    if first.fact.kind == "level" and re.search(r"同比|比上年|比上一年|多多少|涨幅", folded):
        out += _change_of(first, best_facts(inquiry.wanting("")))
    return _unique([s for s in out if s.fact != first.fact])


def _change_of(scored: Scored, ranked: list[Scored]) -> list[Scored]:
    """The growth or increment that the text gives beside a level."""
    same = (s for s in ranked if s.fact.measure == scored.fact.measure and s.fact.span != scored.fact.span)
    return [
        s for s in same if s.fact.span.start > scored.fact.span.start and s.fact.clause.overlaps(scored.fact.clause)
    ][:1]


def _change_elsewhere(same: Inquiry, scored: Scored) -> list[Scored]:
    """The change of the same measure that the text gives in another place ("五年提高3.89个百分点")."""
    found = best_facts(same.wanting("growth"))
    return [s for s in found if s.score >= enough() and _same_measure(same, s.fact, scored.fact)][:1]


def _unique(scored: list[Scored]) -> list[Scored]:
    return list({s.fact.span: s for s in scored}.values())
