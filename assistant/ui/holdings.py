"""What the corpus holds, in the terms of a question: provinces, years with their roles, and measures with figures.

Made once for each generation of the store; the chips offer it, and suggestions are drawn from it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.lexicon import Lexicon
from assistant.types import PERIODS, Period
from assistant.ui.messages import Language

if TYPE_CHECKING:
    from assistant.assistant import Assistant

Stated = tuple[str, int | None, Period | None]
"""Where a measure's figure stands: province, year, role."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """One generation's contents. ``stated`` is, for each measure's id, where its figures stand."""

    lexicon: Lexicon
    generation: object = None
    provinces: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    pairs: frozenset[tuple[int, Period]] = frozenset()
    stated: dict[str, frozenset[Stated]] = field(default_factory=dict)

    @property
    def periods(self) -> tuple[Period, ...]:
        """The roles that any part of the corpus has."""
        return tuple(p for p in PERIODS if any(role == p for _, role in self.pairs))

    def years_of(self, period: Period) -> tuple[int, ...]:
        """The years of which the corpus has this role, the latest last."""
        return tuple(sorted(year for year, role in self.pairs if role == period))

    def periods_of(self, year: int) -> tuple[Period, ...]:
        """The roles that the corpus has of this year."""
        return tuple(p for p in PERIODS if (year, p) in self.pairs)

    def measures(self, provinces: tuple[str, ...] = ()) -> list[str]:
        """The ids of measures with figures (of these provinces, where any are given), those that most provinces state first."""
        stated = {m: {p for p, _, _ in places} for m, places in self.stated.items()}
        offered = [m for m, by in stated.items() if not provinces or by & set(provinces)]
        return sorted(offered, key=lambda m: (-len(stated[m]), m))

    def place(self, province: str, language: Language) -> str:
        """A province's name in the reader's language."""
        return self.lexicon.english_name(province) if language == "en" else province

    def name_of(self, measure: str) -> str:
        """A measure's own name."""
        found = self.lexicon.measure(measure)
        return found.name if found else measure


class Shelf:
    """The holdings of an assistant's present generation, read when first asked for and again after a build."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._holdings: Holdings | None = None
        self._reading = threading.Lock()

    def holdings(self) -> Holdings:
        """What is held now."""
        info = self._assistant.info()
        with self._reading:
            if self._holdings is None or self._holdings.generation != info.get("generation"):
                self._holdings = _read(self._assistant, info)
            return self._holdings


def _read(assistant: Assistant, info: dict[str, Any]) -> Holdings:
    lexicon = assistant.lexicon
    pairs = {
        (s.year, s.period)
        for d in assistant.documents()
        for s in assistant.sections(d.id)
        if s.year is not None and s.period is not None
    }
    stated: dict[str, set[Stated]] = {}
    for fact in assistant.facts():
        if fact.province is not None:
            for mention in lexicon.find_measures(fact.measure):
                stated.setdefault(mention.names[0], set()).add((fact.province, fact.year, fact.period))
    return Holdings(
        lexicon,
        info.get("generation"),
        tuple(info["provinces"]),
        tuple(info["years"]),
        frozenset(pairs),
        {measure: frozenset(places) for measure, places in stated.items()},
    )
