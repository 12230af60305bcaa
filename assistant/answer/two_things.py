"""The two things of one province that a question sets against each other: "A比B多多少", "A和B差几个", "how many more A than B"."""

from __future__ import annotations

import re

from assistant.answer.comparing import plainly
from assistant.answer.figure import Scored, best_facts, enough
from assistant.answer.inquiry import Inquiry
from assistant.answer.principal import principal
from assistant.text import fold

_COUNT = r"(?:的)?(?:项数|家数|户数|件数|个数|人数|数量|总数|数)?"
_MORE = r"(?:[多少高低快慢大小]|相?差|领先|落后)"
_PATTERNS = tuple(
    re.compile(p)
    for p in (
        rf"(?P<a>[^,。?]{{2,40}}?){_COUNT}(?<![对占])比(?!较|例|重)(?P<b>[^,。?]{{2,30}}?){_COUNT}(?:还|要|又)?(?:{_MORE}(?:出|了)?|[^,。?]{{0,4}}{_MORE})(?:多少|几)",
        rf"(?P<a>[^,。?]{{2,40}}?){_COUNT}(?:和|与|跟)(?P<b>[^,。?]{{2,30}}?){_COUNT}(?:[^,。?]{{0,6}})(?:相?差|差距)(?:了)?(?:多少|几|多大)",
        r"(?:是)?(?P<a>[^,。?]{2,30}?)(?:涨|增|长)?得?(?:快|多|高|大)?还是(?P<b>[^,。?]{2,30}?)(?:涨得|增得|增长得?|得)?(?:更)?(?:快|多|高|大|猛)",
        rf"(?P<a>[^,。?]{{2,30}}?){_COUNT}(?:和|与|跟|、)(?P<b>[^,。?]{{2,30}}?){_COUNT}[,，。]?(?:这)?(?:两者|二者|它们|两个?数|两项)[^,。?]{{0,4}}(?:相?差|差距)(?:是|为|了)?(?:多少|几|多大)",
        r"\bboth (?P<a>[^,.?]{3,60}?) and (?P<b>[^,.?]{3,60}?)[.,;] [^?]*\b(?:gap|difference)\b[^?]*\b(?:two|counts?|figures?)\b",
        r"\bhow (?:many|much) (?:more|fewer|less) (?P<a>[^?,]{3,60}?) than (?P<b>[^?,]{3,60}?)(?= (?:did|does|do|were|was|has|have|are|is|in|last|this)\b|[?,.]|$)",
        r"\b(?:gap|difference) between (?P<a>[^?,]{3,60}?) and (?P<b>[^?,]{3,60}?)(?= (?:in|last|this|for|at)\b|[?,.]|$)",
    )
)


def two_things(inquiry: Inquiry) -> list[Scored]:
    """The figures of the two things, the question's first one first; none where it sets no two things side by side.

    Both stand in one province and, as far as the text goes, in one role.
    """
    question = inquiry.question
    if len(question.provinces) > 1 or len(question.periods) > 1:
        return []
    folded = fold(question.text)
    found = next((m for p in _PATTERNS if (m := p.search(folded))), None)
    if found is None:
        return []
    one, other = (question.text[slice(*found.span(side))] for side in ("a", "b"))
    parts = [inquiry.part(_headed(one, other)), inquiry.part(counterpart(one, other) or other)]
    wanted = question.wanted
    parts = [p if p.question.wanted or not wanted else p.wanting(wanted) for p in map(plainly, parts)]
    if any(not p.question.terms for p in parts):
        return []
    figures: list[Scored] = []
    for part in parts:
        taken = {s.fact.span for s in figures}
        best = next((s for s in _candidates(part) if s.fact.span not in taken and _beside(s, figures)), None)
        if best is None:
            return []
        figures.append(best)
    return figures


_TOWN = re.compile(r"城[镇市里](?:居民|人(?!均)口?|户)?|\burban(?: residents)?\b")
_COUNTRY = re.compile(r"农村(?:居民|人(?!均)口?|户)?|乡[下村](?:人|居民)?|农民|\brural(?: residents)?\b")


def _headed(first: str, second: str) -> str:
    """The first thing with the measure that only the second names ("城里人和农村人均可支配收入差多少")."""
    one, other = _TOWN.search(fold(first)), _COUNTRY.match(fold(second).strip())
    if one and other and one.end() == len(first.rstrip()):
        return first[: one.start()] + "城镇居民" + second.strip()[other.end() :]
    return first


def counterpart(first: str, second: str) -> str:
    """The measure of one thing said of the other, where a question names only town and country ("城镇收入比农村").

    Empty where the two are no such pair, or the second names its own measure.
    """
    for here, there, named in ((_TOWN, _COUNTRY, "农村居民"), (_COUNTRY, _TOWN, "城镇居民")):
        one, other = here.search(fold(first)), there.fullmatch(fold(second).strip())
        if one and other:
            return first[: one.start()] + named + first[one.end() :]
    return ""


def _candidates(part: Inquiry) -> list[Scored]:
    province = part.question.provinces[:1]
    ranked = [s for s in best_facts(part) if s.score >= enough()]
    first = principal(part, province[0], where=part.where)[:1] if province and part.measures else []
    return [*first, *ranked]


def _beside(scored: Scored, before: list[Scored]) -> bool:
    """Whether a figure may stand beside the one before: of the same kind, province and role."""
    if not before:
        return True
    a, b = scored.fact, before[0].fact
    return (a.kind, a.province, a.period) == (b.kind, b.province, b.period)
