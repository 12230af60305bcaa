"""Answers from evidence, each checked before anyone sees it."""

from __future__ import annotations

from assistant.answer.comparison import answer_compare, answer_side_by_side
from assistant.answer.decline import decline
from assistant.answer.draft import Draft
from assistant.answer.excerpts import answer_fact, answer_loosely
from assistant.answer.figure import answer_figure
from assistant.answer.inquiry import Inquiry
from assistant.answer.listing import answer_list
from assistant.answer.scope import is_off_topic, refusal_of
from assistant.answer.summary import answer_summary
from assistant.answer.wording import Wording
from assistant.answer.yesno import answer_yesno

__all__ = ["Draft", "Inquiry", "Wording", "compose"]

_KINDS = {
    "figure": (answer_figure, answer_loosely),
    "fact": (answer_fact, answer_figure),
    "list": (answer_list,),
    "compare": (answer_compare, answer_side_by_side, answer_figure, answer_fact),
    "summary": (answer_side_by_side, answer_summary, answer_figure),
    "yesno": (answer_yesno,),
    "chat": (),
}
"""For each kind of question the answers tried, in order; where none fits, the answer is a decline."""


def compose(inquiry: Inquiry, words: Wording) -> Draft:
    """The answer to a question, or the decline with its reason."""
    refused = refusal_of(inquiry)
    if refused is not None:
        return decline(inquiry, words, refused)
    for kind in _KINDS[inquiry.question.intent]:
        draft = kind(inquiry, words)
        if draft is not None:
            return _with_absent(draft, inquiry, words)
    return decline(inquiry, words, "off_topic" if is_off_topic(inquiry) else "not_stated")


def _with_absent(draft: Draft, inquiry: Inquiry, words: Wording) -> Draft:
    """An answer about some of the provinces named says which of them the corpus does not hold."""
    absent = [p for p in inquiry.question.named if p not in inquiry.held]
    if inquiry.question.intent in {"list", "compare"} and draft.intent not in {"list", "compare"}:
        draft.status = "partial"  # one excerpt where all provinces were asked for
    if absent and draft.intent not in {"list", "compare"}:
        draft.text += "\n\n" + words.say("partly_absent", provinces=words.places(absent))
    if absent and draft.status == "answered":
        draft.status = "partial"
    return draft
