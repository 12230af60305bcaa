"""What callers give, checked: texts, filters, and the query that is searched for a question."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from assistant.encoders import Model
from assistant.errors import QuestionError
from assistant.lexicon import Lexicon
from assistant.question.rendering import rendered
from assistant.retrieve import WORDS_WEIGHT, Query
from assistant.store import Segmenter
from assistant.text import has_cjk
from assistant.types import PERIODS, Filter, Period, Question

SYNONYM_WEIGHT = 0.5
"""A synonym found counts half of the word asked with."""


TRANSLATED_WEIGHT = 0.4
"""z-weight of the words of an English question, which are the lexicon's Chinese: fewer than its own words and all of
them terms, they say more than words do elsewhere (on 40 questions RR 0.89 at 0.2, 0.94 at 0.4)."""


def require_text(text: object, name: str, *, limit: int, example: Callable[[], str]) -> None:
    """That a text can be taken as a question or what is looked for.

    :raises QuestionError: no text, empty, longer than ``limit`` characters, or with broken characters.
    """
    if not isinstance(text, str):
        raise QuestionError(f"the {name} is {type(text).__name__}, not text: give a sentence in quotation marks")
    if not text.strip():
        hint = f"a question, for example {example()}" if name == "question" else "what to look for"
        raise QuestionError(f"the {name} is empty: write {hint}")
    if len(text) > limit:
        raise QuestionError(f"the {name} has {len(text)} characters: shorten it to at most {limit}")
    try:
        text.encode()
    except UnicodeEncodeError as e:
        raise QuestionError(f"the {name} holds broken characters at {e.start}: write it again") from None


def parse_filter(
    lexicon: Lexicon,
    *,
    provinces: Iterable[str] | None = None,
    years: Iterable[int] | None = None,
    periods: Iterable[str] | None = None,
) -> Filter:
    """A filter with canonical names; ``None`` or empty lets all pass.

    :raises QuestionError: an unknown province or period, or no year.
    """
    return Filter(
        tuple(_province(lexicon, p) for p in provinces or ()),
        tuple(_year(y) for y in years or ()),
        tuple(_period(p) for p in periods or ()),
    )


def _province(lexicon: Lexicon, name: str) -> str:
    province = lexicon.province(name) if isinstance(name, str) else None
    if province is None:
        raise QuestionError(f"unknown province {name!r}: use a name such as 山东, 山东省, 鲁 or Shandong")
    return province.name


def _year(year: int) -> int:
    if isinstance(year, bool) or not isinstance(year, int) or not 1900 <= year <= 2200:
        raise QuestionError(f"the year is {year!r}: give a number such as 2022")
    return year


def _period(period: str) -> Period:
    for known in PERIODS:
        if period == known:
            return known
    raise QuestionError(f"unknown period {period!r}: use one of {', '.join(PERIODS)}")


def narrowed(question: Question, given: Filter) -> Question:
    """The question with the filters that the caller gave in place of those it names."""
    return replace(
        question,
        provinces=given.provinces or question.provinces,
        named=given.provinces or question.named,
        years=given.years or question.years,
        periods=given.periods or question.periods,
    )


def query_of(text: str, question: Question, *, lexicon: Lexicon, model: Model, segmenter: Segmenter) -> Query:
    """What is searched for a text: its vectors, its words, and the other wordings of what it speaks of.

    Words of another script than the passages' would only be noise; English is searched by its Chinese terms.
    """
    encoded = model.encode_queries([rendered(text, question)])[0]
    terms: dict[str, float] = {t: 1.0 for t in segmenter.terms(text)}
    for term in question.terms:
        for wording in term.wordings[1:]:
            terms.setdefault(wording, SYNONYM_WEIGHT)
    if not has_cjk(text):
        return Query(encoded, tuple(terms.items()), TRANSLATED_WEIGHT if any(map(has_cjk, terms)) else 0.0)
    return Query(encoded, tuple(terms.items()), WORDS_WEIGHT)
