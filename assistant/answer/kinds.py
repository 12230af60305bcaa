"""Which answers are tried for a question, in which order: those of its kind, before them what it asks in so many words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.answer.asked_figures import answer_figure, answer_figure_surely
from assistant.answer.comparing import (
    asks_comparison,
    asks_each_time,
    asks_how_figures_compare,
    asks_sum,
    asks_verdict,
    asks_which_of_two,
)
from assistant.answer.comparison import answer_compare, answer_side_by_side
from assistant.answer.draft import Draft
from assistant.answer.excerpts import VERSION, answer_fact, answer_loosely
from assistant.answer.inquiry import Inquiry
from assistant.answer.listing import answer_list
from assistant.answer.summary import answer_numbered, answer_summary
from assistant.answer.two_things import two_things
from assistant.answer.wording import Wording
from assistant.answer.yesno import answer_yesno
from assistant.question.parts import asks_both_ends, parts_of
from assistant.text import fold
from assistant.types import Intent, Question

Kind = Callable[[Inquiry, Wording], Draft | None]
_KINDS: dict[Intent, tuple[Kind, ...]] = {
    "figure": (answer_figure, answer_loosely),
    "fact": (answer_numbered, answer_fact, answer_figure_surely),
    "list": (answer_list,),
    "compare": (answer_compare, answer_side_by_side, answer_figure, answer_fact),
    "summary": (answer_summary, answer_side_by_side, answer_figure_surely),
    "yesno": (answer_yesno,),
    "chat": (),
}
"""For each kind of question the answers tried, in order; where none fits, the answer is a decline."""
_WHY = re.compile(
    r"为什么|为何|为啥|何以|凭什么|什么原因|^why\b|\bwhy (?:does|do|did|is|are|has|was|were)\b|\bfor what reason\b"
)
_OF_EACH = re.compile(r"分别|各自|各有|各是|都|\beach\b|\brespectively\b|\bboth\b")
_OF_AN_ACCOUNT = re.compile(
    r"怎么(?:安排|做|干|抓|推|搞|打算|部署|样)|如何(?:安排|推进|部署|做)|(?:办|推|抓|做|干|建|搞)(?:些)?哪些|哪些具体|重头戏|要点|举措|有哪些(?:安排|部署|动作|打算|办法|措施)"
    r"|\bto-do\b|\bbriefing\b|\bagenda\b|\bpriorities\b|\bwhat (?:steps|measures|is being done)\b"
)
"""Words that ask for an account of what is done, which one sentence seldom gives."""
_RANKS = re.compile(
    r"[由从](?:高到低|多到少|大到小|低到高|少到多|小到大)|排(?:个|一下|一排)(?:名|序|次)?|排(?:名次|座次|序)|\brank (?:the|them|all|these|by)\b"
)
_SETS_SIDE_BY_SIDE = re.compile(r"比|差|相|谁|哪|最|更|对照|一样|compar|than|differ|versus|\bvs\b|rank")


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a question of one of some kinds asks besides, and the answers tried for that: ``first``, or ``alone``."""

    intents: frozenset[str]
    asks: Callable[[Inquiry, Question, str], object]
    """Of the inquiry, its question and that one's folded text."""
    first: tuple[Kind, ...]
    alone: bool = False


def _rule(intents: str, asks: Callable[[Inquiry, Question, str], object], *first: Kind, alone: bool = False) -> _Rule:
    return _Rule(frozenset(intents.split()), asks, first, alone)


_RULES = (
    _rule("figure fact compare", lambda i, q, s: VERSION.search(s), answer_side_by_side, answer_fact, alone=True),
    _rule("figure fact compare", lambda i, q, s: asks_each_time(q), answer_compare),
    _rule("compare", lambda i, q, s: len(q.years) > 1 and asks_both_ends(q.standalone, i.years), answer_figure),
    _rule("yesno compare", lambda i, q, s: asks_which_of_two(q), answer_figure, answer_fact, alone=True),
    _rule("figure fact compare", lambda i, q, s: _WHY.search(s), answer_fact),
    _rule("fact", lambda i, q, s: len(q.named) == 1 and _OF_AN_ACCOUNT.search(s), answer_numbered, answer_summary, answer_fact, alone=True),
    _rule("fact", lambda i, q, s: len(q.named) > 1 and _OF_EACH.search(s), answer_side_by_side),
    _rule("figure fact list compare summary yesno chat", lambda i, q, s: asks_verdict(q), answer_yesno),
    _rule("figure fact", lambda i, q, s: asks_comparison(q) or asks_sum(q) or _RANKS.search(s), answer_compare),
    _rule("summary", lambda i, q, s: i.measures and asks_how_figures_compare(q), answer_compare),
    _rule("figure fact", lambda i, q, s: two_things(i), answer_compare),
    _rule("compare", lambda i, q, s: _asks_one_after_the_other(i), answer_figure),
)  # fmt: skip
"""The first that applies decides."""


def _asks_one_after_the_other(inquiry: Inquiry) -> bool:
    """Whether several figures are asked for that nothing compares ("去年多少，今年要增长几个点")."""
    question = inquiry.question
    if len(question.provinces) != 1 or _SETS_SIDE_BY_SIDE.search(fold(question.text)):
        return False
    return len(parts_of(question.standalone, inquiry.lexicon)) > 1


def kinds_of(inquiry: Inquiry) -> tuple[Kind, ...]:
    """The answers to try, in order."""
    question, kinds = inquiry.question, _KINDS[inquiry.question.intent]
    folded = fold(question.text)
    rule = next((r for r in _RULES if question.intent in r.intents and r.asks(inquiry, question, folded)), None)
    if rule is None:
        return kinds
    return rule.first if rule.alone else (*rule.first, *(k for k in kinds if k not in rule.first))
