"""Yes or no: decided by the figure or the clause that is found, never by its absence from a top-k."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from assistant.answer.admission import counts_alike, dimension
from assistant.answer.asked_whether import figure_asked, measuring
from assistant.answer.comparing import plainly
from assistant.answer.draft import Draft
from assistant.answer.excerpts import SURE, best_of_province, best_sentences, is_answered
from assistant.answer.figure import Scored, best_facts, enough, number, value_in_words
from assistant.answer.inquiry import Inquiry, Stretch
from assistant.answer.listing import answer_list
from assistant.answer.locate import exact_spans, nearest
from assistant.answer.misplaced import (
    FALLS,
    contradicted,
    leaves_out,
    ordinals,
    planned_only,
    said_only_elsewhere,
    turned_away,
)
from assistant.answer.principal import NEAR, principal, weight
from assistant.answer.verdict import asks_than, quoted, relation_of, target_missed, told, verdict_by_comparison
from assistant.answer.wording import Wording
from assistant.facts.words import FALL
from assistant.numerals import Figure, figures
from assistant.question.conditions import Condition, conditions_of, equal
from assistant.question.cues import asks_whether_done, is_denial, quoted_sentence
from assistant.text import fold, squeezed, to_simplified
from assistant.types import Fact, Filter, Period

SUPPORT, MEANING, FAR = 0.69, 4.0, 0.75
"""Coverage asked of a yes, and how far the similarity of the term that fits least makes up for it; ``FAR`` is that of
words of different things. Of 49 verdicts on sentences these leave out four of six wrong ones and none of the right."""
LARGE = 1e4
"""A number from here up is never part of a name: the clause that answers must state it, or another."""
_SOME_MORE = re.compile(r"[多余来]")
_TOGETHER = re.compile(r"都|均|全部|[和与跟、及]|\band\b|\bboth\b|\ball\b|\beach\b")
_RISES = re.compile(r"正增长|(?:增长|增加|提高|上升|上涨|扩大)了?(?:吗|没|么|吧)|\bgrew\b|\bincreas\w+\?|\brose\b")
_PLANS: tuple[Period, ...] = ("plan", "plan_5y")


def answer_yesno(inquiry: Inquiry, words: Wording) -> Draft | None:
    """By a comparison, a figure or a clause that decides it, or by an exhaustive search."""
    text = inquiry.question.text
    sentence = quoted_sentence(text)
    if sentence is not None:
        return _of_sentence(inquiry, words, sentence)
    asked = figure_asked(inquiry)
    if asked is not None and asked.unit == "年":  # how long something has been so decides before anything else
        return _as_asked(inquiry, words, _by_sentence_with_figure(inquiry, words, asked))
    compared = target_missed(inquiry, words) or verdict_by_comparison(inquiry, words)
    if compared is not None:
        return _as_asked(inquiry, words, compared)
    several = len([p for p in inquiry.question.named if p in inquiry.held]) > 1
    if several and not _TOGETHER.search(fold(text)):
        return None  # "上海的新片区在江苏吗" asks nothing of each of them
    if several and asked is not None:
        each = _each_by_figure(inquiry, words, asked)
        if each is not None:
            return _as_asked(inquiry, words, each)
    if _compares(inquiry, asked, several=several):
        return None  # that a figure of one side is stated does not compare it
    if asked is not None and not several:
        decided = _by_figure(inquiry, words, asked)
        if decided is None and (asked.unit or asked.value >= LARGE):
            return _as_asked(inquiry, words, _by_sentence_with_figure(inquiry, words, asked))
        if decided is not None:
            return _as_asked(inquiry, words, decided)
    moved = _by_direction(inquiry, words) if asked is None and not several else None
    if moved is None:
        moved = _of_all(inquiry, words) if several else _by_clause(inquiry, words)
    return _as_asked(inquiry, words, moved)


def _compares(inquiry: Inquiry, asked: Figure | None, *, several: bool) -> bool:
    """Whether a question sets one thing against another, so that a sentence about one of them decides nothing."""
    folded = fold(inquiry.question.text)
    if asked is None and not several and asks_than(folded):
        return True
    both = several or (asked is None and len(inquiry.question.periods) > 1)
    return both and relation_of(folded) is not None


def _as_asked(inquiry: Inquiry, words: Wording, draft: Draft | None) -> Draft | None:
    """The verdict turned where the question denies; taken back where a target would say that something was reached."""
    if draft is None or draft.short is None:
        return draft
    yes, no = words.say("yes"), words.say("no")
    if is_denial(inquiry.question.text):
        was, now = (yes, no) if draft.short == yes.rstrip(".。") else (no, yes)
        draft.short = now.rstrip(".。")
        if draft.text.startswith(was):
            draft.text = now + draft.text[len(was) :]
    targets = bool(draft.spans) and all(p.period in _PLANS for _, p in draft.spans)
    if targets and draft.short == yes.rstrip(".。") and asks_whether_done(inquiry.question.text):
        draft.status, draft.short = "partial", None
        draft.text = draft.text.removeprefix(yes).strip()
    return draft


def _of_sentence(inquiry: Inquiry, words: Wording, sentence: str) -> Draft | None:
    """Whether a sentence stands in the text, word for word; if not, the nearest one, which says what differs."""
    stands = [
        (replace(s, start=s.start + p.span.start, end=s.end + p.span.start), p)
        for p in inquiry.passages(Filter(inquiry.question.named))
        for s in exact_spans(p.text, p.span.doc_id, sentence)
    ]
    near = [(s, p) for s, p, _ in nearest([c.passage for c in inquiry.candidates], sentence)]
    if not stands and not near:
        return None
    span, passage = (stands or near)[0]
    return quoted(inquiry, words, span, passage, holds=bool(stands), confidence=1.0)


def _of_all(inquiry: Inquiry, words: Wording) -> Draft | None:
    """Yes only if every province named says it ("海南和青海都提了…吗"); each is decided by itself."""
    draft = answer_list(inquiry, words)
    named = [p for p in inquiry.question.named if p in inquiry.held]
    if draft is None or not set(named) <= set(draft.provinces):
        each = _each_says(inquiry, words, named)
        draft = each if each is not None else draft
    if draft is None:
        return None
    verdict = "yes" if set(draft.provinces) >= set(inquiry.question.named) else "no"
    draft.intent, draft.short = "yesno", words.say(verdict).rstrip(".。")
    draft.text = f"{words.say(verdict)}\n{draft.text}"
    return draft


def _each_says(inquiry: Inquiry, words: Wording, named: list[str]) -> Draft | None:
    """The sentence of each province, where all of them say it in other words than the question's."""
    plain = plainly(inquiry)
    found = [(p, s) for p in named if (s := best_of_province(plain, p)) is not None]
    if len(found) < len(named):
        return None
    draft = Draft("yesno", confidence=min(1.0, *(s.score for _, s in found)), provinces=tuple(named))
    lines = []
    for province, s in found:
        period = words.period(s.passage.period, s.passage.year)
        mark = draft.cite(s.span, s.passage)
        lines.append("- " + words.say("fact", place=words.place(province), period=period, quote=s.text, mark=mark))
    draft.text = "\n".join(lines)
    return draft


def _by_figure(inquiry: Inquiry, words: Wording, asked: Figure) -> Draft | None:
    ranked = _facts_of(inquiry, asked)
    if not ranked:
        return None
    bounds = _bounds(inquiry, asked)
    near = [s for s in ranked[:5] if weight(inquiry, s) >= weight(inquiry, ranked[0]) - 0.05]
    kept = [s for s in near if _agrees(s.fact, asked, bounds) and _of_kind(s.fact, inquiry.question.wanted)]
    best = kept[0] if kept else ranked[0]
    draft = Draft("yesno", confidence=min(1.0, best.score))
    draft.short = words.say("yes" if kept else "no").rstrip(".。")
    line = words.say(
        "figure",
        place=words.place(best.fact.province),
        period=words.period(best.fact.period, best.fact.year),
        measure=words.measure(best.fact.measure),
        value=value_in_words(best.fact, inquiry, words),
        mark=f"[{number(draft, best)}]",
    )
    draft.text = f"{words.say('yes' if kept else 'no')}{' ' if words.english else ''}{line}"
    draft.provinces = (best.fact.province,) if best.fact.province else ()
    return draft


def _each_by_figure(inquiry: Inquiry, words: Wording, asked: Figure) -> Draft | None:
    """Whether the figure asked about is that of every province named ("都超过9000家吗"); ``None`` if one states none."""
    bounds = _bounds(inquiry, asked)
    best = []
    for province in (p for p in inquiry.question.named if p in inquiry.held):
        where = inquiry.about((province,))
        ranked = _facts_of(inquiry.in_role(where, inquiry.question.periods, inquiry.question.years), asked)
        if not ranked:
            return None
        best.append(ranked[0])
    return told(inquiry, words, best, holds=all(_agrees(s.fact, asked, bounds) for s in best))


def _bounds(inquiry: Inquiry, asked: Figure) -> list[Condition]:
    return [c for c in conditions_of(to_simplified(measuring(inquiry.question))) if equal(c.bound, asked.value)]


def _facts_of(inquiry: Inquiry, asked: Figure) -> list[Scored]:
    """The facts that could be what is asked, of its dimension; of another kind where none is of the kind asked about."""
    plain = plainly(inquiry)
    for asking in (inquiry, plain, plain.wanting(""), *([plain.wanting("level")] if asked.value >= LARGE else [])):
        ranked = [s for s in best_facts(asking) if _counts_alike(asked, s.fact)]
        ranked = [s for s in ranked if not _of_another(inquiry, s)] or ranked
        if ranked and ranked[0].score >= enough():
            near = [s for s in ranked if s.score >= NEAR * ranked[0].score]
            return [*sorted(near, key=lambda s: (-weight(asking, s), s.fact.span)), *ranked[len(near) :]]
    named = [p for p in inquiry.question.named if p in inquiry.held]
    if asked.value < LARGE or len(named) != 1 or not inquiry.measures:
        return []
    return [s for s in principal(plain.wanting("level"), named[0]) if _counts_alike(asked, s.fact)]


def _counts_alike(asked: Figure, fact: Fact) -> bool:
    """Whether two figures count the same kind of thing; people and things are asked about by either's words.

    A large number without a unit ("过7万亿了吗") is no rate.
    """
    if not asked.unit:
        return asked.value < LARGE or dimension(fact.unit) != "ratio"
    either = {"people", "things"}
    return counts_alike(asked.unit, fact.unit) or {dimension(asked.unit), dimension(fact.unit)} <= either


def _of_another(inquiry: Inquiry, scored: Scored) -> bool:
    """Whether the fact's clause is about another of a series than the question is (第二批, not 首批)."""
    asked = ordinals(inquiry.question.text)
    said = ordinals(inquiry.store.text(scored.fact.clause))
    return any(noun in said and said[noun] != number for noun, number in asked.items())


def _by_sentence_with_figure(inquiry: Inquiry, words: Wording, asked: Figure) -> Draft | None:
    """By the sentence, where its figure is no fact of the index: it states the figure asked about, or another of its unit."""
    ranked = best_sentences(plainly(inquiry))
    if not is_answered(inquiry, ranked):
        return None
    best = ranked[0]
    alike = [f for f in figures(best.text) if f.unit == asked.unit or (not asked.unit and f.value >= asked.value / 100)]
    if not alike:
        return None
    bounds = _bounds(inquiry, asked)
    holds = any(equal(f.value, asked.value) or (bounds and bounds[0].holds(f.value)) for f in alike)
    return quoted(inquiry, words, best.span, best.passage, holds=holds, confidence=best.score)


def _by_direction(inquiry: Inquiry, words: Wording) -> Draft | None:
    """Whether a measure fell or rose, by its growth ("去年是负增长吗"); ``None`` if the text gives none."""
    folded = fold(inquiry.question.text)
    falls = bool(FALLS.search(folded))
    named = [p for p in inquiry.question.named if p in inquiry.held]
    if not (falls or _RISES.search(folded)) or len(named) != 1 or not inquiry.measures:
        return None
    found = [s for s in principal(plainly(inquiry).wanting("growth"), named[0]) if s.fact.kind == "growth"]
    if not found:
        return None
    fell = found[0].fact.strength.startswith(tuple(FALL))
    return told(inquiry, words, found[:1], holds=fell == falls)


def _agrees(fact: Fact, asked: Figure, bounds: list[Condition]) -> bool:
    """Whether a fact has the figure asked about, or lies within the bound that the question sets ("过400亿了没")."""
    if equal(fact.value, asked.value) and not (bounds and bounds[0].relation == "<"):
        return True
    if _SOME_MORE.search(asked.strength):  # 十一万多 is any number from 11万 to 12万
        return asked.value <= fact.value < asked.value + 10.0 ** math.floor(math.log10(asked.value))
    if fact.high is not None and fact.value <= asked.value <= fact.high:
        return True
    return bool(bounds) and bounds[0].holds(fact.value)


def _of_kind(fact: Fact, wanted: str) -> bool:
    return not wanted or fact.kind == wanted


def _by_clause(inquiry: Inquiry, words: Wording) -> Draft | None:
    name = said_only_elsewhere(inquiry)
    if name:
        return _unsaid(inquiry, words, name)
    planned = planned_only(inquiry)
    if planned is not None:
        return quoted(inquiry, words, planned.span, planned.passage, holds=False, confidence=planned.score)
    ranked = best_sentences(inquiry)
    if is_answered(inquiry, ranked, strictness=SURE):
        best = ranked[0]
        text = inquiry.question.text
        wrong = turned_away(text, best.text) or contradicted(inquiry, best.text)
        if not wrong and (leaves_out(inquiry, best.text) or not _supports(inquiry, best)):
            return _denied(inquiry, words)
        return quoted(inquiry, words, best.span, best.passage, holds=not wrong, confidence=best.score)
    return _denied(inquiry, words)


def _supports(inquiry: Inquiry, best: Stretch) -> bool:
    """Whether a sentence holds enough of a Chinese question for a yes: its words, or at least what they mean.

    English words stand in no report; what they share with it is their meaning alone.
    """
    return inquiry.question.language == "en" or best.coverage + MEANING * (best.worst - FAR) >= SUPPORT


def _denied(inquiry: Inquiry, words: Wording) -> Draft | None:
    """No, if every passage of the province was searched and none holds the term asked about."""
    named = [t for t in inquiry.question.terms if t.kind != "word"]
    provinces = [p for p in inquiry.question.named if p in inquiry.held]
    if not named or not provinces:
        return None
    texts = [squeezed(p.text) for p in inquiry.passages(Filter(tuple(provinces)))]
    unsaid = [t for t in named if not any(squeezed(w) in text for w in t.wordings for text in texts)]
    listed = answer_list(inquiry, words) if unsaid else None
    if listed is None or listed.spans:
        return None
    return _unsaid(inquiry, words, unsaid[0].wordings[0])


def _unsaid(inquiry: Inquiry, words: Wording, topic: str) -> Draft:
    """No, after every passage of the provinces named was searched."""
    provinces = [p for p in inquiry.question.named if p in inquiry.held]
    draft = Draft("yesno", status="partial", confidence=0.8, short=words.say("no").rstrip(".。"))
    n = draft.count(len(inquiry.passages(Filter(tuple(provinces)))), words.say("searched"))
    draft.text = words.say("no_mention", place=words.places(provinces), n=n, topic=topic)
    draft.provinces = tuple(provinces)
    return draft
