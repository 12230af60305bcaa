"""The part of a long text that asks: people paste a page and put their question before it or behind it.

Read as one question, a page of a report names hundreds of things, and everything it names would be asked about.
"""

from __future__ import annotations

import re

from assistant.question.signs import SIGNS
from assistant.question.wishes import is_negation
from assistant.text import clauses, fold, sentences, trim

LONG = 200
"""Characters up to which a text is one question; people's own reach some 120."""
_QUOTE = re.compile(r"[“「『\"](.{40,})[”」』\"]", re.DOTALL)
_PLACE = re.compile(r"出处|出自|来自哪|原话|原文|\bcomes? from\b|\bsource of\b|\bwho said\b")
_MARKED = re.compile(r"[?？]\W*$")
_ENDED = re.compile(r"[。！？!?；;：:…][”」』\"')）】]*$")
_BREAK = re.compile(r"(?<![\x00-\xff])\s*\n\s*(?![\x00-\xff])")
"""A line break that no space between words stands for."""
_ASKS = ("of asking", "a not a", "do they", "particle", "list them", "summarise")


def asking_part(text: str) -> str:
    """What a text asks: itself, unless it is long; then its sentences that ask, else its beginning.

    A long quotation stays, and so does a text whose place is asked: they are what the question is about.
    """
    if len(text) <= LONG or _QUOTE.search(text) or _PLACE.search(fold(text)):
        return text
    pieces = _unbroken(text)
    if not pieces:
        return text[:LONG]  # nothing but blanks
    asking = [p for p in pieces if _MARKED.search(p)] or [p for p in (pieces[0], pieces[-1]) if _asks(p)]
    kept = ""
    for piece in dict.fromkeys(asking or pieces):
        if kept and len(kept) + len(piece) > LONG:
            break
        kept += piece
    return _shortened(kept)


def _unbroken(text: str) -> list[str]:
    """The sentences, those made whole that a line break cut in two, as text copied from a PDF has them."""
    spans: list[tuple[int, int]] = []
    for start, end in (trim(text, *span) for span in sentences(text)):
        if spans and not _ENDED.search(text[slice(*spans[-1])]) and end - spans[-1][0] <= LONG:
            spans[-1] = (spans[-1][0], end)
        elif start < end:
            spans.append((start, end))
    return [_BREAK.sub("", text[start:end]) for start, end in spans]


def _asks(piece: str) -> bool:
    return any(SIGNS[name].search(fold(piece)) for name in _ASKS)


def _shortened(text: str) -> str:
    """The clauses at the head of a text up to ``LONG`` characters; the first of them is cut if it is longer."""
    if len(text) <= LONG:
        return text
    ends = [end for _, end in clauses(text) if end <= LONG]
    return text[: ends[-1]].rstrip("，,；;、 ") if ends else text[:LONG]


ASKS_WHO = re.compile(r"哪(?:些|几|个|家|一)|谁|几个省|多少个?省|有没有省|\b(?:which|who|whose|what provinces)\b")
_SELF = re.compile(
    r"^\s*(?:(?:你|您|大家)好|嗨|哈喽|谢谢|打扰|我(?:是|在|们|想|叫|家|最近|正|刚|准备|打算)|本人|想(?:带|要|去|找|换|投)|(?:我)?(?:翻|看|读|查)(?:了|完|过|遍)|最近(?=在|想|要)|hi\b|hello\b|i(?:'m| am)\b)"
)
"""How a clause begins in which people tell of themselves."""
_CLAUSE_END = re.compile(r"[，,。；;？?！!]|$")


def without_self(text: str) -> str:
    """The question with the clauses blanked in which people tell of themselves before they ask, lengths kept."""
    kept, at = "", 0
    for m in _CLAUSE_END.finditer(text):
        clause = text[at : m.end()]
        tells_of_self = _SELF.search(fold(clause)) and not ASKS_WHO.search(fold(clause)) and m.end() < len(text)
        kept += " " * len(clause) if tells_of_self and not is_negation(clause) else clause
        at = m.end()
    return kept
