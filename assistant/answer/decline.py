"""Saying no, precisely: which reason, what the corpus does hold, and the nearest text marked as not an answer."""

from __future__ import annotations

from assistant.answer.draft import Draft
from assistant.answer.excerpts import best_sentences
from assistant.answer.inquiry import Inquiry
from assistant.answer.wording import Wording
from assistant.types import Reason

MAX_NAMES = 12
MAX_TITLES = 3


def decline(inquiry: Inquiry, words: Wording, reason: Reason) -> Draft:
    """A declined answer; it asserts nothing and cites nothing but the nearest text."""
    question = inquiry.question
    draft = Draft(
        question.intent if reason not in {"off_topic", "unsafe"} else "chat", status="declined", reason=reason
    )
    held = _held(inquiry, words)
    if reason == "province_absent":
        absent = [p for p in question.named or question.provinces if p not in inquiry.held]
        draft.text = words.say(reason, asked=words.places(absent), held=held)
    elif reason == "year_absent":
        separator = ", " if words.english else "、"
        years = separator.join(str(y) for y in inquiry.years)
        draft.text = words.say(reason, asked=separator.join(str(y) for y in question.years), held=years)
    else:
        draft.text = words.say(reason, held=held)
    if reason == "not_stated":
        near = best_sentences(inquiry, limit=4)[:1]
        if near:
            quote = f"“{near[0].text}” {draft.cite(near[0].span, near[0].passage)}"
            passage = near[0].passage
            scene = words.scene(passage.province, passage.period, passage.year)
            draft.text += f"\n\n> {words.say('near')}{scene}{words.colon}{quote}"
    return draft


def _held(inquiry: Inquiry, words: Wording) -> str:
    """What the corpus holds: the provinces, or of a corpus without any the titles of its documents, the latest first."""
    if inquiry.held:
        return words.places(inquiry.held[:MAX_NAMES]) + ("…" if len(inquiry.held) > MAX_NAMES else "")
    held = sorted(inquiry.store.contents(), key=lambda h: (-(h.year or 0), h.id))
    titles = [f"《{h.title}》" for h in held[:MAX_TITLES]]
    return "".join(titles) + ("…" if len(held) > MAX_TITLES else "")
