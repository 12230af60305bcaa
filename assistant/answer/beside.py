"""Figures told from others of their sentence: by the thing beside the question word, or by what the sentence says before."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.answer.admission import dimension
from assistant.answer.excerpts import SURE, best_sentences, is_answered
from assistant.answer.figure import Scored, best_facts, enough
from assistant.answer.inquiry import Inquiry, term_match
from assistant.text import fold, squeezed, to_simplified
from assistant.types import Fact, Term

_HEADED = re.compile(
    r"(?P<before>[\u4e00-\u9fff]{2,8})(?:数量?|总数)?(?:多少|几)(?:家|户|个|项|件|人|名|位|所|座|条)?$|(?:多少|几)(?:家|户|个|项|件|名|位|所|座|条)?(?P<after>[\u4e00-\u9fff]{2,8})"
)


def by_head(inquiry: Inquiry, ranked: list[Scored]) -> list[Scored]:
    """The facts with those first, of the sentence of the best, that measure the very thing beside the question word.

    "大学科技园孵化企业多少家" counts firms, though its sentence counts parks as well.
    """
    text = re.sub(r"[?。!\s]", "", to_simplified(fold(inquiry.question.standalone)))
    m = _HEADED.search(text)
    beside = (m["before"] or m["after"] or "") if m else ""
    ends = beside.endswith if m and m["before"] else beside.startswith
    heads = [t for t in inquiry.question.terms if len(t.wordings[0]) > 1 and ends(t.wordings[0])]
    if not ranked or not heads or _measures(ranked[0].fact, heads):
        return ranked
    best = ranked[0].fact
    same = [s for s in ranked if s.fact.clause.doc_id == best.clause.doc_id and _in_one_sentence(inquiry, s.fact, best)]
    first = next((s for s in same if _measures(s.fact, heads)), None)
    return [replace(first, score=ranked[0].score), *(s for s in ranked if s is not first)] if first else ranked


def _measures(fact: Fact, heads: list[Term]) -> bool:
    return any(term_match(t, squeezed(fact.measure)) == 1.0 for t in heads)


def _in_one_sentence(inquiry: Inquiry, one: Fact, other: Fact) -> bool:
    first, last = sorted((one.span, other.span))
    return not re.search(r"[。；;！!\n]", inquiry.store.text(replace(first, end=last.start)))


def in_its_sentence(inquiry: Inquiry) -> list[Scored]:
    """The facts of the sentence that answers, each read with what the sentence says before it; none if none answers so.

    A clause may name its subject only in the one before: "认定4家大学科技园,孵化企业130余家".
    """
    sentences = best_sentences(inquiry)
    if not is_answered(inquiry, sentences, strictness=SURE):
        return []
    said = sentences[0].span
    counted = {dimension(u) for u in inquiry.question.units} - {"things"}  # what is counted needs its name beside it
    facts = inquiry.facts_within([said])
    inside = [f for f in facts if said.contains(f.clause) and dimension(f.unit) in counted]
    whole = [replace(f, clause=replace(f.clause, start=said.start)) for f in inside]
    ranked = best_facts(inquiry, whole)
    return ranked if ranked and ranked[0].score >= enough() else []
