"""The sentences of a province, and which of a question's terms stand in one."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence

from assistant.answer.inquiry import Inquiry, squeezed, term_match
from assistant.text import fold, has_cjk, sentences, trim
from assistant.types import Passage, Term

WHOLE = 0.999


def sentences_of(inquiry: Inquiry, province: str) -> Iterator[tuple[Passage, int, int, str]]:
    """Each sentence of a province under the question's filter, with its document offsets."""
    for passage in inquiry.passages(inquiry.about((province,))):
        for a, b in sentences(passage.text):
            a, b = trim(passage.text, a, b)
            if b > a:
                yield passage, passage.span.start + a, passage.span.start + b, passage.text[a:b]


def without(text: str, excluded: Sequence[str]) -> str:
    """The text without what the question says does not count (科技小巨人 is no 专精特新小巨人), squeezed."""
    plain = squeezed(text)
    for phrase in excluded:
        for name in re.split(r"[、和与/或]", squeezed(phrase)):
            plain = plain.replace(name, " ") if len(name) > 2 else plain
    return plain


def speaks_of(term: Term, sentence: str) -> bool:
    """Whether a sentence holds a term in any wording, or its words in order inside one phrase.

    国家技术创新中心 stands in 国家燃料电池技术创新中心: names of things take attributes between their words.
    """
    folded = squeezed(sentence)
    if term.kind == "quoted":  # words in quotation marks are meant to the letter
        return squeezed(term.wordings[0]) in folded
    return term_match(term, folded) >= WHOLE or any(p.search(folded) for p in _looser(term.wordings))


@functools.lru_cache(maxsize=4096)
def _looser(wordings: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """The longer Han wordings as patterns."""
    return tuple(_with_attributes(w) for w in wordings if len(w) >= 6 and has_cjk(w))


def _with_attributes(wording: str) -> re.Pattern[str]:
    """The wording with up to ten characters of one phrase after its first word of two characters."""
    wanted = fold(squeezed(wording))
    return re.compile(rf"{re.escape(wanted[:2])}[^，,。；;、：:]{{0,10}}?{re.escape(wanted[2:])}")
