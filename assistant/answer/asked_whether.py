"""The figure of which a yes/no question asks whether it is so."""

from __future__ import annotations

import re

from assistant.answer.inquiry import Inquiry
from assistant.numerals import Figure, figures
from assistant.question.conditions import asked_figures, in_digits
from assistant.text import to_simplified
from assistant.types import Question

UNNAMED = 10
"""A number from here up counts without a unit ("reach 30000"); smaller ones are mostly part of a name."""
_SMALL = {w: i for i, w in enumerate("two three four five six seven eight nine ten eleven twelve".split(), start=2)}
_IN_ENGLISH = re.compile(rf"\b({'|'.join(_SMALL)})\b(?=(?:\s[a-z-]+){{1,4}})", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")


def measuring(question: Question) -> str:
    """The text that says what figure a yes/no question is measured by: its own, or the one before that it repeats."""
    return question.yardstick or question.text


def figure_asked(inquiry: Inquiry) -> Figure | None:
    """The figure that the question asks whether it is so: with a unit, or large, or in English as a word."""
    text = to_simplified(measuring(inquiry.question))
    text = in_digits(_IN_ENGLISH.sub(lambda m: str(_SMALL[m[1].lower()]), text))
    text = re.sub(r"(?i)(\d)\s?thousand\b", r"\1,000", text)
    english = inquiry.question.language == "en"
    found = asked_figures(text)
    bare = [
        f
        for f in figures(text)
        if f.value >= UNNAMED or (english and _IN_ENGLISH.search(inquiry.question.text) and f.value > 1)
    ]
    return next((f for f in [*found, *bare] if not _is_year(f, text) and _counts(f, text)), None)


def _is_year(figure: Figure, text: str) -> bool:
    """Whether digits are those of a year: four of them that count nothing (2000亿美元 does)."""
    return not figure.unit and text[figure.end - 1].isdigit() and bool(_YEAR.fullmatch(text[slice(*figure.number)]))


_LASTING = re.compile(r"(?:连续|连着|连|已有|长达)\s?$")


def _counts(figure: Figure, text: str) -> bool:
    """Whether a figure counts something: years only where it says how long ("连续8年")."""
    return figure.unit != "年" or bool(_LASTING.search(text[: figure.start]))
