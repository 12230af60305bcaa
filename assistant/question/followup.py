"""What an elliptical turn leaves out, taken over from the turn before. Slots, not rewriting: it cannot drift.

A turn is elliptical when it says so (那…呢, and what about, 它) or names too little to be asked alone. What it names
itself always wins; what was taken over is recorded and shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.lexicon import Lexicon
from assistant.question.analyse import analyse
from assistant.question.cues import is_everywhere
from assistant.store import Segmenter
from assistant.text import fold, has_cjk
from assistant.types import Intent, Period, Question, Term

_OPENS = re.compile(
    r"^(?:那么?|另外|还有|再|换成|这|其中|它|该|同样|and\b|what about|how about|but\b|then\b|also\b|ok\b)"
)
_CLOSES = re.compile(r"(?:呢|也是吗|也说一下|一样吗)[?。!]*$")
_PRONOUN = re.compile(
    r"它|他们|其中|这(?:个|些|两|几|里|项|家)|那(?:个|些|时|里|一年|年)|前者|后者|同期|类似|\bit\b|\bits\b|\bthey\b|\bthose\b|\bthat\b|\bthere\b|\bthese\b|\bboth\b"
)
_PERIOD_WORDS: dict[Period, tuple[str, str]] = {
    "review": ("去年完成情况", "last year's result"),
    "plan": ("今年目标", "this year's target"),
    "review_5y": ("过去五年成绩", "five-year result"),
    "plan_5y": ("今后五年目标", "five-year target"),
}
HISTORY_TURNS = 6
"""Turns looked back over: enough for any chain of ellipses that people follow themselves."""


def understand(text: str, history: Sequence[str], lexicon: Lexicon, segmenter: Segmenter) -> Question:
    """The question with the slots that it leaves out filled from the turns before it."""
    before: Question | None = None
    for turn in history[-HISTORY_TURNS:]:
        if turn.strip():
            before = _carried(analyse(turn, lexicon, segmenter), before)
    return _carried(analyse(text, lexicon, segmenter), before)


def _carried(question: Question, before: Question | None) -> Question:
    if before is None or not is_elliptical(question, before):
        return question
    own = bool(_topic_of(question))
    carried = {
        "provinces": not question.provinces and bool(before.provinces),
        "years": not question.years and not question.periods and bool(before.years),
        "periods": not question.periods and not question.years and bool(before.periods),
        "terms": not own and bool(before.terms),
    }
    terms, content = question.terms, question.content
    if carried["terms"]:  # the words of a bare turn ("在哪个城市") narrow what was asked before
        terms, content = (*before.terms, *question.terms), f"{before.content} {question.content}".strip()
    merged = replace(
        question,
        provinces=before.provinces if carried["provinces"] else question.provinces,
        named=before.named if carried["provinces"] else question.named,
        years=before.years if carried["years"] else question.years,
        periods=before.periods if carried["periods"] else question.periods,
        terms=terms,
        content=content,
        wanted=question.wanted or (before.wanted if carried["terms"] else ""),
        units=question.units or (before.units if carried["terms"] else ()),
        intent=_intent(question, before),
        negated=question.negated or (before.negated and carried["terms"]),
        plan_years=question.plan_years or (before.plan_years if carried["periods"] or carried["years"] else None),
        carried=tuple(name for name, taken in carried.items() if taken),
    )
    return replace(merged, standalone=_standalone(merged))


def is_elliptical(question: Question, before: Question) -> bool:
    """Whether a turn cannot be asked alone: it leans on the turn before by a word, or names too little."""
    folded = fold(question.text).strip()
    if question.provinces and _named_terms(question) and not _CLOSES.search(folded):
        return False  # it names its place and its topic: a question of its own
    if is_everywhere(question.text) and question.terms and not _CLOSES.search(folded):
        return False
    if _OPENS.search(folded) or _CLOSES.search(folded) or _PRONOUN.search(folded) or not question.terms:
        return True
    short = len(folded) <= (60 if question.language == "en" else 24)
    lacks_place = not question.provinces and bool(before.provinces) and question.intent not in {"list", "chat"}
    return lacks_place and short and (_speaks_of_reports(question) or len(folded) <= 10)


def _speaks_of_reports(question: Question) -> bool:
    return bool(question.years or question.periods or _named_terms(question))


def _named_terms(question: Question) -> list[Term]:
    return [t for t in question.terms if t.kind != "word"]


def _topic_of(question: Question) -> list[Term]:
    """The terms that make a topic of their own: named ones, or plain words right before 呢."""
    named = _named_terms(question)
    return named or (
        [t for t in question.terms if len(t.wordings[0]) > 1] if _CLOSES.search(fold(question.text)) else []
    )


def _intent(question: Question, before: Question) -> Intent:
    folded = fold(question.text)
    if re.search(r"比|compare|versus|更|最", folded):
        return "compare"
    if question.intent == "figure" and re.search(r"多少|几|how (?:many|much)", folded):
        return "figure"
    bare = len(folded) <= 8 or bool(_CLOSES.search(folded) or _OPENS.search(folded))
    return before.intent if bare and question.intent in {"summary", "figure", "fact"} else question.intent


def _standalone(question: Question) -> str:
    """The question with its slots spelt out, as it is searched and shown."""
    english = question.language == "en"
    words = (
        [_PERIOD_WORDS[p][english] for p in question.periods]
        if "periods" in question.carried or question.periods
        else []
    )
    years = [str(y) if english or not has_cjk(question.text) else f"{y}年" for y in question.years]
    places = list(question.named or question.provinces[:4])
    subject = [t.wordings[0] for t in question.terms]
    joined = (" " if english else "").join([("、".join(places)), "".join(years), "".join(words)])
    return f"{joined}：{' '.join(subject)}" if subject else joined
