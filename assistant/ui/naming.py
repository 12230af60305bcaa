"""How provinces, periods and figures are named to a reader of either language."""

from __future__ import annotations

from assistant.lexicon import Lexicon
from assistant.survey import fall_of
from assistant.types import Fact
from assistant.ui.messages import Language, period_label, say


def province_label(lexicon: Lexicon, name: str | None, language: Language) -> str:
    """A province's name, with the English one behind it for readers of English."""
    if not name:
        return ""
    return f"{name} {lexicon.english_name(name)}" if language == "en" else name


def role_label(fact: Fact, language: Language) -> str:
    """What a figure is, such as 2025年结果."""
    return period_label(language, fact.period, fact.year)


def figure_label(fact: Fact) -> str:
    """A figure as written, with the verb of decline that stands apart from it: a fall never reads as growth."""
    fall = fall_of(fact)
    return fact.figure if fall in fact.figure else f"{fall}{fact.figure}"


def kind_label(kind: str, language: Language) -> str:
    """How a figure relates to its measure: level, growth, increment, rank, multiple."""
    return say(language, f"figure_{kind}")
