"""Answers from evidence, each checked before anyone sees it."""

from __future__ import annotations

from assistant.answer.decline import decline
from assistant.answer.draft import Draft
from assistant.answer.elsewhere import asks_to_write, is_elsewhere
from assistant.answer.inquiry import Inquiry
from assistant.answer.kinds import kinds_of
from assistant.answer.over_years import answer_years
from assistant.answer.scope import is_off_topic, not_of_its_year, refusal_of
from assistant.answer.textual import answer_place, answer_textual
from assistant.answer.wording import Wording

__all__ = ["Draft", "Inquiry", "Wording", "compose"]


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
    for kind in kinds_of(inquiry):
        draft = kind(inquiry, words)
        if draft is not None and not_of_its_year(draft, inquiry):
            return decline(inquiry, words, "year_absent")
        if draft is not None:
            return _with_absent(draft, inquiry, words)
    return decline(inquiry, words, "off_topic" if is_off_topic(inquiry) else "not_stated")


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
