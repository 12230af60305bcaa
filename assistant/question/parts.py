"""The parts of a question that asks for several figures, and whether it asks where a figure came from."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise

from assistant.lexicon import Lexicon, Mention
from assistant.text import fold

_QUANTITY = re.compile(
    r"多少|几(?!乎)|多大|多高|多长|百分之几|how (?:many|much|large|big|high|long|fast)|\bamount\b|\byear-on-year\b|\bgrowth\b|\bnumbers? of\b|\b(?:by |at |to )?what (?:percentage|percent|per cent|rate|share|(?:[a-z-]+ ){1,3}(?:volume|number|amount|value|length|area|output|total|size|target|level|rate|share))\b|增幅|涨幅|增速|同比|增长率|(?:家数|户数|人数|件数|个数|规模|总量|总额|数量)(?=[和跟与及、,?。]|以及|$)|呢[?。]?$|\bby how"
)
_PART = re.compile(
    r"[，,、；;？?]|(?<=[个家项户名位件元%率额数量模])(?:和|与|跟|以及|及)|,? and (?=(?:by |at |to )?(?:how|what) |(?:its |the |their )?growth|of (?=[a-z-]+ ))"
    r"|(?:和|以及|又)(?=[^，,、；;？?]{1,14}(?:多少|几))|(?:和|与|跟|以及|及)(?=(?:同比|比上年)?(?:增幅|增速|涨幅|增长率|增长))"
)
_JOINED = re.compile(
    r"(?P<aspect>[^，,。；;？?和与跟及、]{0,5}?)\s*(?:和|与|跟|以及|及|、|，|,|\band\b|&)\s*(?:of\s+)?(?:the\s+)?(?:number\s+of\s+)?"
)
_BOTH_ENDS = re.compile(
    r"从(?:多少|几)[^，,。？?]{0,14}到(?:了)?(?:多少|几)|(?:以前|原来|原先|之前|起初|当初|五年前)[^。？?]{0,12}(?:现在|如今|目前|眼下|今)"
    r"|(?:五年前|(?:19|20)\d\d年)[^。？?]{0,10}(?:现在|如今|目前|眼下)[^。？?]{0,6}(?:多少|几)"
    r"|[由从](?:多少|几)[^，,。？?]{0,14}[到至](?:了)?(?:多少|几)"
    r"|\bfrom (?:what|how (?:many|much))\b.{0,40}\bto\b"
)


_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年")
A_PLAN = 4
"""Years from which two years named together are the ends of a five-year plan, not last year and this one."""


def parts_of(text: str, lexicon: Lexicon) -> list[str]:
    """The parts of a question that asks for several figures; one part if it asks for one.

    Parts follow the question words ("A多少家、B多少钱") or, where several measures share them ("A和B各多少"), the
    measures, each with what follows them all.
    """
    if asks_both_ends(text):
        return [text]
    parts = _by_question_words(text)
    return parts if len(parts) > 1 else _by_measures(text, lexicon)


def asks_both_ends(text: str, held: Collection[int] = ()) -> bool:
    """Whether a figure's start is asked for as well as its end ("从多少增加到多少", "2020年多少，2025年多少").

    :param held: years that the corpus tells of: two of them, however far apart, are asked for one by one.
    """
    folded = fold(text)
    years = [int(y) for y in _YEAR.findall(folded)]
    apart = len(years) == 2 and years[1] - years[0] >= A_PLAN and not set(years) <= set(held)
    return bool(_BOTH_ENDS.search(folded)) or apart


def _by_question_words(text: str) -> list[str]:
    folded = fold(text)
    cuts = [0, *(m.end() for m in _PART.finditer(folded)), len(text)]
    parts = [text[a:b] for a, b in pairwise(cuts) if text[a:b].strip()]
    if sum(bool(_QUANTITY.search(fold(p))) for p in parts) < 2:
        return [text]
    out: list[str] = []
    held = ""
    for part in parts:  # what asks nothing by itself belongs to the part that follows it
        held += part
        if _QUANTITY.search(fold(part)):
            out.append(held)
            held = ""
    if held:
        out[-1] += held
    return out


def _by_measures(text: str, lexicon: Lexicon) -> list[str]:
    named = _mentions(text, lexicon)
    folded = fold(text)
    chain = named[:1]
    for before, after in pairwise(named):
        if _JOINED.fullmatch(folded, before.end, after.start):
            chain.append(after)
        elif len(chain) > 1:
            break
        else:
            chain = [after]
    if len(chain) < 2:
        return [text]
    tail = text[chain[-1].end :]
    ends = [*(m.start for m in chain[1:]), len(text)]
    parts = []
    for mention, end in zip(chain, ends, strict=True):
        joint = _JOINED.fullmatch(folded, mention.end, end)
        aspect = text[mention.end : joint.end("aspect")] if joint else ""
        parts.append(text[mention.start : mention.end] + (aspect + tail if mention is not chain[-1] else tail))
    return parts


def _mentions(text: str, lexicon: Lexicon) -> list[Mention]:
    """Measures and terms by place, the longer of two that overlap."""
    kept: list[Mention] = []
    for one in sorted(
        [*lexicon.find_measures(text), *lexicon.find_terms(text)], key=lambda m: (m.start - m.end, m.start)
    ):
        if not any(one.overlaps(k) for k in kept):
            kept.append(one)
    return sorted(kept, key=lambda m: m.start)
