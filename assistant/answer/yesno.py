"""Yes or no: decided by the figure or the clause that is found, never by its absence from a top-k."""

from __future__ import annotations

import re

from assistant.answer.draft import Draft
from assistant.answer.excerpts import best_sentences, is_answered
from assistant.answer.figure import best_facts, enough, value_in_words
from assistant.answer.inquiry import Inquiry
from assistant.answer.listing import answer_list, key_terms
from assistant.answer.wording import Wording
from assistant.numerals import Figure, figures
from assistant.question.conditions import Condition, condition_of
from assistant.text import fold
from assistant.types import Fact

SURE = 1.5
"""Odds asked for a plain 是, relative to those for showing an excerpt: a wrong 是 misleads more than a wrong quote."""


def answer_yesno(inquiry: Inquiry, words: Wording) -> Draft | None:
    """By the figure, if the question names one; else by the clause that says it, or by an exhaustive search."""
    asked = [f for f in figures(inquiry.question.text) if f.unit or inquiry.question.text[f.end - 1] in "万亿"]
    if asked:
        return _by_figure(inquiry, words, asked[0])
    if len([p for p in inquiry.question.named if p in inquiry.held]) > 1:
        return _of_all(inquiry, words)
    return _by_clause(inquiry, words)


def _of_all(inquiry: Inquiry, words: Wording) -> Draft | None:
    """Yes only if every province named says it ("海南和青海都提了…吗"); each is decided by itself."""
    draft = answer_list(inquiry, words)
    if draft is None:
        return None
    verdict = "yes" if set(draft.provinces) >= set(inquiry.question.named) else "no"
    draft.intent, draft.short = "yesno", words.say(verdict).rstrip(".。")
    draft.text = f"{words.say(verdict)}\n{draft.text}"
    return draft


def _by_figure(inquiry: Inquiry, words: Wording, asked: Figure) -> Draft | None:
    ranked = best_facts(inquiry)
    if not ranked or ranked[0].score < enough():
        return None
    condition = condition_of(inquiry.question.text)
    near = [s for s in ranked[:5] if s.score >= ranked[0].score - 0.05]
    kept = [s for s in near if _agrees(s.fact, asked, condition) and _of_kind(s.fact, inquiry.question.wanted)]
    best = kept[0] if kept else ranked[0]
    draft = Draft("yesno", confidence=min(1.0, best.score))
    draft.short = words.say("yes" if kept else "no").rstrip(".。")
    line = words.say(
        "figure",
        place=words.place(best.fact.province),
        period=words.period(best.fact.period, best.fact.year),
        measure=words.measure(best.fact.measure),
        value=value_in_words(best.fact, inquiry, words),
        mark=draft.cite(best.fact.clause, best.passage),
    )
    draft.text = f"{words.say('yes' if kept else 'no')}{' ' if words.english else ''}{line}"
    draft.provinces = (best.fact.province,) if best.fact.province else ()
    return draft


def _agrees(fact: Fact, asked: Figure, condition: Condition | None) -> bool:
    """Whether a fact has the figure asked about, or lies within the bound that the question sets ("过400亿了没")."""
    if condition is not None and not _equal(fact.value, asked.value):
        return condition.holds(fact.value)
    return _equal(fact.value, asked.value)


def _of_kind(fact: Fact, wanted: str) -> bool:
    return not wanted or fact.kind == wanted


def _equal(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1.0)


def _by_clause(inquiry: Inquiry, words: Wording) -> Draft | None:
    ranked = best_sentences(inquiry)
    if is_answered(inquiry, ranked, strictness=SURE):
        best = ranked[0]
        verdict = "no" if _turned_away(inquiry.question.text, best.text) else "yes"
        draft = Draft("yesno", confidence=best.score, short=words.say(verdict).rstrip(".。"))
        place, period = words.place(best.passage.province), words.period(best.passage.period, best.passage.year)
        line = words.say("fact", place=place, period=period, quote=best.text, mark=draft.cite(best.span, best.passage))
        draft.text = f"{words.say(verdict)}{' ' if words.english else ''}{line}"
        draft.provinces = (best.passage.province,) if best.passage.province else ()
        return draft
    return _denied(inquiry, words)


_TURNED = re.compile(
    r"[由从](?P<before>[^，,。；;由从]{2,12})(?:转向|转为|变为|变成|转变为|改为|升级为)(?P<after>[^，,。；;]{2,12})"
)


def _turned_away(question: str, sentence: str) -> bool:
    """Whether the sentence says that what is asked about was so before and is something else now (由净流出转向净流入)."""
    asked = fold(question)
    return any(fold(m["before"]) in asked and fold(m["after"]) not in asked for m in _TURNED.finditer(sentence))


def _denied(inquiry: Inquiry, words: Wording) -> Draft | None:
    """No, if every passage of the province was searched and none holds the term asked about."""
    named = [t for t in key_terms(inquiry) if t.kind != "word"]
    provinces = [p for p in inquiry.question.named if p in inquiry.held]
    if not named or not provinces:
        return None
    listed = answer_list(inquiry, words)
    if listed is None or listed.spans:
        return None
    draft = Draft("yesno", status="partial", confidence=0.8, short=words.say("no").rstrip(".。"))
    n = draft.count(len(inquiry.passages(inquiry.about(provinces))), words.say("searched"))
    draft.text = words.say("no_mention", place=words.places(provinces), n=n, topic=named[0].wordings[0])
    draft.provinces = tuple(provinces)
    return draft
