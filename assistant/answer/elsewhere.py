"""Requests that are none for excerpts of reports: to write something else, or that speak of nothing the reports hold."""

from __future__ import annotations

import re

from assistant.answer.inquiry import Inquiry
from assistant.answer.summary_scope import GENERIC, Scope, Topic, is_number
from assistant.text import fold, has_cjk
from assistant.types import Term

_TO_WRITE = re.compile(
    r"^(?:请|麻烦|能不能|可以|可否|你|帮|替|给|为|我|们|再|来)*(?:写|作|编|创作|生成|撰写|起草|画)(?:出|个|上)?[一两二三几]?(?:[首篇段个封份张幅部则副])"
    r"|^(?:please |can you |could you |would you |help me )*(?:to )?(?:write|compose|draft|draw|generate|create|code)(?: me| us)?\b"
)
_ADVICE = re.compile(
    r"^(?:请|能不能|可以|能|帮我?|给我)*推荐|(?:有没有|有什么)[^,。?]{0,8}推荐|\b(?:can|could|would) you recommend\b|^recommend\b"
)
"""Asks for advice, which no report gives."""
_OBJECT_ENDS = re.compile(r"\b(?:about|on|of|that|which|for|to|in|from|with|covering)\b")


def asks_to_write(inquiry: Inquiry) -> bool:
    """Whether a request is to write what no report is made of: a poem, a program, a letter.

    Told by the thing to be written (the last noun of a Chinese request, those before a preposition of an English one):
    it is no sort of summary, and the reports do not speak of it.
    """
    asked = fold(inquiry.question.text).strip()
    request = _TO_WRITE.match(asked)
    if request is None:
        return False
    named = _written(asked[request.end() :], inquiry.question.terms)
    if not named or any(t.wordings[0] in GENERIC for t in named):
        return False
    missing = Topic(Scope(inquiry, inquiry.where)).missing
    return any(t in missing or len(t.wordings[0]) == 1 for t in named)  # one character stands in other words


def _written(rest: str, terms: tuple[Term, ...]) -> list[Term]:
    if not has_cjk(rest):
        ends = _OBJECT_ENDS.search(rest)
        return [t for t in terms if t.wordings[0] in rest[: ends.start() if ends else len(rest)]]
    last = max(terms, key=lambda t: (rest.rfind(t.wordings[0]) + len(t.wordings[0]), -len(t.wordings[0])), default=None)
    return [last] if last is not None else []


def is_elsewhere(inquiry: Inquiry) -> bool:
    """Whether a question names no place, time, role or thing, or asks for an account of what no report speaks of."""
    question = inquiry.question
    if _ADVICE.search(fold(question.text)) and not any(t.kind in {"measure", "quoted"} for t in question.terms):
        return True
    if question.provinces or question.years or question.periods or question.carried:
        return False
    if question.intent not in {"figure", "fact", "summary"}:
        return False  # that nobody speaks of it is an answer to the others
    if all(is_number(t) for t in question.terms):
        return True
    topic = Topic(Scope(inquiry, inquiry.where)) if question.intent == "summary" else None
    return topic is not None and bool(topic.missing) and not topic.weights
