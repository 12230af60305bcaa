"""How a turn shifts what was asked before: to another year, from a rate to what it is the rate of."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.facts.words import RATES
from assistant.lexicon import Lexicon
from assistant.types import Period, Term

_YEAR_BEFORE = re.compile(r"[上前]一年|\bthe (?:year before|previous year|preceding year)\b")
_YEAR_AFTER = re.compile(r"后一年|次年|下一年|第二年|\bthe (?:year after|following year|next year)\b")


def step_of_year(folded: str) -> int:
    """By how many years a turn moves away from the year before it ("前一年呢", "and the year after")."""
    return -1 if _YEAR_BEFORE.search(folded) else 1 if _YEAR_AFTER.search(folded) else 0


def without_step(periods: tuple[Period, ...]) -> tuple[Period, ...]:
    """The roles named beside "前一年", which by itself would name last year's result."""
    return tuple(p for p in periods if p != "review") if len(periods) > 1 else periods


def whole_of(term: Term, lexicon: Lexicon) -> Term:
    """What a rate is the rate of, for a turn that asks for its level ("GDP增速是多少" – "总量呢")."""
    name = next((w.removesuffix(rate) for w in term.wordings for rate in RATES if w.endswith(rate) and w != rate), "")
    measure = lexicon.measure(name) if name and term.kind == "measure" else None
    return replace(term, wordings=tuple(dict.fromkeys((name, *lexicon.synonyms_of(name))))) if measure else term
