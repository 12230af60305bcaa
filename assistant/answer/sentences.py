"""The sentences of a province, and which of a question's terms stand in one."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.answer.inquiry import Inquiry, forms, term_match
from assistant.store.scan import Scan
from assistant.text import fold, has_cjk, sentences, squeezed, trim
from assistant.types import Filter, Passage, Term

WHOLE = 0.999


Placed = tuple[Passage, int, int, str]
"""A sentence with its passage and its document offsets."""


def sentences_of(inquiry: Inquiry, province: str) -> Iterator[Placed]:
    """Each sentence of a province under the question's filter."""
    return sentences_in(inquiry.passages(inquiry.about((province,))))


def sentences_in(passages: Iterable[Passage]) -> Iterator[Placed]:
    """Each sentence of the passages."""
    for passage in passages:
        for a, b in sentences(passage.text):
            a, b = trim(passage.text, a, b)
            if b > a:
                yield passage, passage.span.start + a, passage.span.start + b, passage.text[a:b]


def passages_speaking(inquiry: Inquiry, terms: Sequence[Term], where: Filter) -> tuple[Passage, ...]:
    """The passages under a filter that may hold sentences that speak of all terms; a small store leaves none out."""
    store = inquiry.store
    if store.is_small or not terms:
        return inquiry.passages(where)
    rows = store.rows(where)
    for term in terms:
        rows = np.intersect1d(rows, rows_speaking(store.scan, term), assume_unique=True)
    return tuple(sorted(store.passages_at(rows.tolist()), key=lambda p: p.span))


def rows_speaking(scan: Scan, term: Term) -> NDArray[np.int64]:
    """The rows of all passages of which ``speaks_of`` can be true, whole passages taken for sentences."""
    if term.kind == "quoted":
        return scan.rows(squeezed(term.wordings[0]))
    whole, pairs = forms(term.wordings)
    found = [scan.rows_of_all(each) for each in pairs]
    return functools.reduce(np.union1d, found, scan.rows(*whole, *_looser(term.wordings)))


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


def most_held(scan: Scan, term: Term) -> NDArray[np.float32]:
    """At least what ``term_match`` or ``speaks_of`` say of any sentence of each passage, in the order of rows."""
    whole, pairs = forms(term.wordings)
    held = scan.held(*whole, *_looser(term.wordings)).astype(np.float32)
    return functools.reduce(np.maximum, (scan.share(each) ** 2 for each in pairs), held)


@functools.lru_cache(maxsize=4096)
def _looser(wordings: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """The longer Han wordings as patterns."""
    return tuple(_with_attributes(w) for w in wordings if len(w) >= 6 and has_cjk(w))


def _with_attributes(wording: str) -> re.Pattern[str]:
    """The wording with up to ten characters of one phrase after its first word of two characters."""
    wanted = fold(squeezed(wording))
    return re.compile(rf"{re.escape(wanted[:2])}[^，,。；;、：:]{{0,10}}?{re.escape(wanted[2:])}")
