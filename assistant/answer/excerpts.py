"""Facts that are no figures: the sentence that carries them, verbatim."""

from __future__ import annotations

import re

from assistant.answer.calibration import load_calibration
from assistant.answer.draft import Draft
from assistant.answer.features import sentence_features
from assistant.answer.inquiry import Inquiry, Stretch, term_match
from assistant.answer.ranking import rank_sentences
from assistant.answer.wording import Wording
from assistant.text import clauses, fold, sentences, squeezed, trim
from assistant.types import Passage, Span

_NAMED = re.compile(r"叫(?:什么|啥|做|作)|名字|名称|什么(?:计划|工程|行动|机制|模式)|\bname|\bcalled\b")
_QUOTED = re.compile(r"“[^”]{2,30}”(?:计划|行动计划|工程|行动|机制|模式|制)?")


def is_answered(inquiry: Inquiry, ranked: list[Stretch], *, strictness: float = 1.0) -> bool:
    """Whether the best of the sentences answers the question, by the fitted model.

    :param strictness: multiplies the odds asked for; above 1 where a wrong answer would be worse than none.
    """
    if not ranked or not (inquiry.question.terms or inquiry.question.provinces):
        return False  # it speaks of nothing
    model = load_calibration("sentences")
    odds = model.threshold / (1 - model.threshold) * strictness
    return answer_probability(inquiry, ranked) >= odds / (1 + odds)


def answer_probability(inquiry: Inquiry, ranked: list[Stretch]) -> float:
    """The fitted probability that the best of the sentences answers the question."""
    return load_calibration("sentences").probability(sentence_features(inquiry, ranked)) if ranked else 0.0


def best_sentences(inquiry: Inquiry, limit: int = 10) -> list[Stretch]:
    """The sentences of the passages that retrieval put first, the likeliest answer first."""
    return [stretch for _, stretch in rank_sentences(inquiry, inquiry.candidates[:limit])]


def best_of_province(inquiry: Inquiry, province: str) -> Stretch | None:
    """The sentence of a province that fits best, among all that the corpus holds of it; ``None`` if none fits."""
    ranked = []
    for passage in inquiry.passages(inquiry.about((province,))):
        if inquiry.coverage(passage.text, passage) < 0.3:
            continue
        for a, b in sentences(passage.text):
            a, b = trim(passage.text, a, b)
            if b > a:
                ranked.append(inquiry.stretch(passage, passage.span.start + a, passage.span.start + b))
    ranked.sort(key=lambda s: (-s.score, s.span))
    named = [t for t in inquiry.terms if t.kind != "word"]
    speaks = bool(ranked and named) and all(term_match(t, squeezed(ranked[0].text)) == 1.0 for t in named)
    return ranked[0] if speaks or is_answered(inquiry, ranked) else None


VERSION = re.compile(r"几点零|第几版|哪(?:一|个)版|\bwh(?:at|ich) version\b")
"""Asks for what is written with a number, but counts nothing (人才政策3.0版)."""
SURE = 1.5
"""Odds asked of a sentence for a verdict or a figure, relative to those for showing it: a wrong one misleads more."""
_FORMS = (
    (_NAMED, _QUOTED),
    (VERSION, re.compile(r"\d(?:\.\d)?版")),
)
"""Words that ask for something written in a form of its own, and that form."""
_WHICH_CITY = re.compile(r"哪(?:个|座|一个|些|几个)?(?:城市|地市|市)|\bwh(?:ich|at) cit(?:y|ies)\b")
_DIGIT = re.compile(r"[\d一二三四五六七八九十百半]")
NEARLY = 0.5
"""By how much less a sentence may hold of the question than the best, if it alone holds the form asked for."""


def in_form(inquiry: Inquiry, ranked: list[Stretch]) -> Stretch:
    """The best sentence; of several that speak of the question nearly as much the first that holds the form asked for."""
    folded = fold(inquiry.question.text)
    patterns = [form for asks, form in _FORMS if asks.search(folded)]

    def holds(s: Stretch) -> bool:
        cities = inquiry.lexicon.find_cities(s.text) if _WHICH_CITY.search(folded) else None
        return all(p.search(s.text) for p in patterns) and cities != ()

    floor = ranked[0].coverage - NEARLY
    return next((s for s in ranked if s.coverage >= floor and holds(s)), ranked[0])


def answer_fact(inquiry: Inquiry, words: Wording) -> Draft | None:
    """The sentence that carries the answer; ``short`` is its clause, or the name in quotation marks asked for."""
    ranked = best_sentences(inquiry)
    if not is_answered(inquiry, ranked):
        return None
    best = in_form(inquiry, ranked)
    if inquiry.question.units and not _DIGIT.search(best.text):
        return None  # a figure is asked for, and the sentence has none
    draft = Draft("fact", confidence=answer_probability(inquiry, ranked))
    draft.text = _cited(draft, words, best.span, best.passage, best.text)
    draft.short = _short(inquiry, best)
    draft.provinces = (best.passage.province,) if best.passage.province else ()
    return draft


_QUANTITY = re.compile(
    r"多少|几(?:家|个|户|项|位|名|人|成|次|亿|万)|百分之|多大|多高|增速|增幅|比例|占比|强度|how (?:many|much)|rate|percent|share|number of|growth|intensity"
)


def answer_loosely(inquiry: Inquiry, words: Wording) -> Draft | None:
    """The sentence, where a question that sounds like a figure asks for none ("沿着哪几条链"); never for a quantity."""
    question = inquiry.question
    quantity = question.wanted or question.units or question.carried or _QUANTITY.search(fold(question.text))
    return None if quantity else answer_fact(inquiry, words)


def _cited(draft: Draft, words: Wording, span: Span, passage: Passage, quote: str) -> str:
    return words.say(
        "fact",
        place=words.place(passage.province),
        period=words.period(passage.period, passage.year),
        quote=quote,
        mark=draft.cite(span, passage),
    )


def _short(inquiry: Inquiry, sentence: Stretch) -> str:
    folded = fold(inquiry.question.text)
    if re.search(r"哪(?:个|一个)?省|which province", folded) and sentence.passage.province:
        return sentence.passage.province
    parts = [trim(sentence.text, a, b) for a, b in clauses(sentence.text)]
    scored = sorted(
        (
            inquiry.stretch(sentence.passage, sentence.span.start + a, sentence.span.start + b)
            for a, b in parts
            if b > a
        ),
        key=lambda s: (-s.score, s.span),
    )
    clause = scored[0].text if scored else sentence.text
    quoted = _QUOTED.findall(clause)
    if _NAMED.search(folded) and quoted:
        return str(quoted[0])
    return clause.rstrip("，,。；; ")
