"""Who gave a report, on which day and at which session: what its opening lines say before the first heading."""

from __future__ import annotations

import re

from assistant.answer.contents import documents_asked, passage_at
from assistant.answer.draft import Draft
from assistant.answer.inquiry import Inquiry
from assistant.answer.wording import Wording
from assistant.text import fold
from assistant.types import Document, Span

OPENING = 800
"""Characters in which a report's opening lines stand, clutter of a web page before them included."""
_REPORT = r"(?:工作报告|政府报告|报告)"
_GIVES = r"(?:作|做|念|宣读|发表|汇报|报告)"
_WHO = re.compile(
    rf"{_REPORT}[^,。?]{{0,8}}(?:谁|哪位|何人)[^,。?]{{0,6}}{_GIVES}|(?:谁|哪位)[^,。?]{{0,14}}{_GIVES}[^,。?]{{0,10}}{_REPORT}|(?:省长|市长|自治区主席)(?:是谁|叫什么|是哪位|姓什么)"
    r"|\bwho (?:delivered|gave|presented|read|made)\b[^?]{0,40}\breport\b|\bwho is\b[^?]{0,20}\b(?:governor|mayor)\b"
)
_WHEN = re.compile(
    rf"{_REPORT}[^,。?]{{0,12}}(?:哪(?:一)?天|哪(?:一)?日|何时|什么时候|什么时间|几月几[日号]|哪(?:一)?次(?:会议|大会)|什么会(?:议)?上)"
    rf"|(?:哪(?:一)?天|哪(?:一)?日|何时|什么时候|几月几[日号]|哪(?:一)?次(?:会议|大会))[^。?]{{0,18}}{_GIVES}[^。?]{{0,14}}{_REPORT}"
    r"|\b(?:when|on (?:which|what) (?:day|date)|at which session)\b[^?]{0,60}\breport\b[^?]{0,20}\b(?:delivered|given|presented|read|made)\b"
    r"|\b(?:when|on (?:which|what) (?:day|date)|at which session)\b[^?]{0,40}\b(?:deliver|give|present|read)\w*\b[^?]{0,30}\breport\b"
)
_GIVER = re.compile(
    r"^[^\n，。：:]{0,16}(?:省长|市长|主席|总理|特首|行政长官)[ 　]*(?P<short>[\u4e00-\u9fff][ 　]?[\u4e00-\u9fff]{1,3})[ 　]*$",
    re.MULTILINE,
)
_SESSION = re.compile(
    r"^[—－\-– （(]*(?P<short>(?:19|20)\d\d年\s?\d{1,2}月\s?\d{1,2}日)在[^\n]{6,60}(?:会议|大会)上[）) ]*$",
    re.MULTILINE,
)


def answer_delivery(inquiry: Inquiry, words: Wording) -> Draft | None:
    """The line that names who gave each report asked about, or when; ``None`` if that is not asked, or not told."""
    asked = fold(inquiry.question.standalone)
    sought = _GIVER if _WHO.search(asked) else _SESSION if _WHEN.search(asked) else None
    documents = documents_asked(inquiry) if sought is not None else []
    if sought is None or (len(documents) > 1 and not inquiry.question.provinces):
        return None
    draft = Draft("fact", confidence=1.0)
    shorts, lines = [], []
    for document in documents:
        if (found := sought.search(document.text, 0, OPENING)) is not None:
            shorts.append("".join(found["short"].split()))
            lines.append(_line(inquiry, words, draft, document, found.span()))
    draft.text, draft.short = "\n".join(lines), ("; " if words.english else "；").join(dict.fromkeys(shorts))
    draft.provinces = tuple(dict.fromkeys(p.province for _, p in draft.spans if p.province))
    return draft if lines else None


def _line(inquiry: Inquiry, words: Wording, draft: Draft, document: Document, at: tuple[int, int]) -> str:
    span = Span(document.id, *at)
    passage = passage_at(inquiry, span)
    quote = inquiry.store.text(span)
    place = words.place(passage.province or document.province)
    return words.say("fact", place=place, period=document.title, quote=quote, mark=draft.cite(span, passage))
