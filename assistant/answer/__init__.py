"""Answers from evidence, each checked before anyone sees it."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.answer.asked_figures import answer_figure, answer_figure_surely
from assistant.answer.comparing import asks_comparison, asks_verdict, asks_which_of_two
from assistant.answer.comparison import answer_compare, answer_side_by_side
from assistant.answer.decline import decline
from assistant.answer.draft import Draft
from assistant.answer.elsewhere import asks_to_write, is_elsewhere
from assistant.answer.excerpts import answer_fact, answer_loosely
from assistant.answer.inquiry import Inquiry
from assistant.answer.listing import answer_list
from assistant.answer.over_years import answer_years
from assistant.answer.scope import is_off_topic, not_of_its_year, refusal_of
from assistant.answer.summary import answer_numbered, answer_summary
from assistant.answer.textual import answer_place, answer_textual
from assistant.answer.two_things import two_things
from assistant.answer.wording import Wording
from assistant.answer.yesno import answer_yesno
from assistant.question.parts import asks_both_ends, parts_of
from assistant.text import fold
from assistant.types import Intent

__all__ = ["Draft", "Inquiry", "Wording", "compose"]

_Kind = Callable[[Inquiry, Wording], Draft | None]
_KINDS: dict[Intent, tuple[_Kind, ...]] = {
    "figure": (answer_figure, answer_loosely),
    "fact": (answer_numbered, answer_fact, answer_figure_surely),
    "list": (answer_list,),
    "compare": (answer_compare, answer_side_by_side, answer_figure, answer_fact),
    "summary": (answer_summary, answer_side_by_side, answer_figure_surely),
    "yesno": (answer_yesno,),
    "chat": (),
}
"""For each kind of question the answers tried, in order; where none fits, the answer is a decline."""


def compose(inquiry: Inquiry, words: Wording) -> Draft:
    """The answer to a question, or the decline with its reason."""
    refused = refusal_of(inquiry)
    if refused != "unsafe" and (placed := answer_place(inquiry, words)) is not None:
        return placed
    if refused is not None:
        return decline(inquiry, words, refused)
    if asks_to_write(inquiry):
        return decline(inquiry, words, "off_topic")
    if (told := answer_textual(inquiry, words) or answer_years(inquiry, words)) is not None:
        return told
    if is_elsewhere(inquiry):
        return decline(inquiry, words, "off_topic")
    for kind in _kinds(inquiry):
        draft = kind(inquiry, words)
        if draft is not None and not_of_its_year(draft, inquiry):
            return decline(inquiry, words, "year_absent")
        if draft is not None:
            return _with_absent(draft, inquiry, words)
    return decline(inquiry, words, "off_topic" if is_off_topic(inquiry) else "not_stated")


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


def _kinds(inquiry: Inquiry) -> tuple[_Kind, ...]:
    """The answers to try: those of the question's kind, before them what it asks for in so many words."""
    question, kinds = inquiry.question, _KINDS[inquiry.question.intent]
    if question.intent == "compare" and len(question.years) > 1 and asks_both_ends(question.standalone, inquiry.years):
        return (answer_figure, *kinds)
    if question.intent in {"yesno", "compare"} and asks_which_of_two(question):
        return (answer_figure, answer_fact)
    if question.intent in {"figure", "fact", "compare"} and _WHY.search(fold(question.text)):
        return (answer_fact, *kinds)
    if question.intent == "fact" and len(question.named) == 1 and _OF_AN_ACCOUNT.search(fold(question.text)):
        return (answer_numbered, answer_summary, answer_fact)
    if question.intent == "fact" and len(question.named) > 1 and _OF_EACH.search(fold(question.text)):
        return (answer_side_by_side, *kinds)
    if asks_verdict(question):
        return (answer_yesno, *(k for k in kinds if k is not answer_yesno))
    if question.intent in {"figure", "fact"} and (asks_comparison(question) or _RANKS.search(fold(question.text))):
        return (answer_compare, *kinds)
    if question.intent in {"figure", "fact"} and two_things(inquiry):
        return (answer_compare, *kinds)
    if (
        question.intent == "compare"
        and len(question.provinces) == 1
        and not _SETS_SIDE_BY_SIDE.search(fold(question.text))
    ):
        # several figures asked one after the other are no comparison: "去年多少，今年要增长几个点"
        return (answer_figure, *kinds) if len(parts_of(question.standalone, inquiry.lexicon)) > 1 else kinds
    return kinds


def _with_absent(draft: Draft, inquiry: Inquiry, words: Wording) -> Draft:
    """An answer about some of the provinces named says which of them the corpus does not hold."""
    absent = [p for p in inquiry.question.named if p not in inquiry.held]
    if inquiry.question.intent in {"list", "compare"} and draft.intent not in {"list", "compare", "yesno"}:
        draft.status = "partial"  # one excerpt where all provinces were asked for
    if absent and draft.intent not in {"list", "compare"}:
        draft.text += "\n\n" + words.say("partly_absent", provinces=words.places(absent))
    if absent and draft.status == "answered":
        draft.status = "partial"
    return draft
