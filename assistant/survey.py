"""Figures and terms over the whole corpus: chosen, ordered, compared, counted. It knows nothing about pages."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from assistant.errors import QuestionError
from assistant.facts.words import FALL
from assistant.leaving import go_on
from assistant.lexicon import Lexicon
from assistant.request import parse_filter
from assistant.text import fold
from assistant.types import PERIODS, Fact, Filter, Period, Section, Span

if TYPE_CHECKING:
    from assistant.assistant import Assistant

FACT_COLUMNS = (
    "province", "year", "period", "measure", "figure", "value", "high", "unit", "strength", "kind", "quote", "title",
    "doc_id", "start", "end", "figure_start", "figure_end",
)  # fmt: skip
FACT_WIDTHS = {"measure": 28, "quote": 70, "title": 40, "doc_id": 30}
"""Of columns that are wider than a word, in characters."""
SUGGESTED = 400
"""How many measures are suggested to who types one: the most frequent."""
PAIRS: dict[Period, tuple[Period, Period]] = {
    "review": ("review", "plan"), "plan": ("review", "plan"),
    "review_5y": ("review_5y", "plan_5y"), "plan_5y": ("review_5y", "plan_5y"),
}  # fmt: skip
"""Which result and which target are told side by side."""

OrderName = Literal["province", "year", "period", "measure", "value", "unit"]
Unit = tuple[str, str]
"""``kind`` and ``unit`` of figures that can stand on one axis."""


def fact_row(fact: Fact, assistant: Assistant) -> dict[str, Any]:
    """A fact with its citation: ``quote`` is the document's text from ``start`` to ``end``."""
    go_on()
    document = assistant.document(fact.clause.doc_id)
    return {
        "province": fact.province,
        "year": fact.year,
        "period": fact.period,
        "measure": fact.measure,
        "figure": fact.figure,
        "value": fact.value,
        "high": fact.high,
        "unit": fact.unit,
        "strength": fact.strength,
        "kind": fact.kind,
        "quote": document.text[fact.clause.start : fact.clause.end],
        "title": document.title,
        "doc_id": document.id,
        "start": fact.clause.start,
        "end": fact.clause.end,
        "figure_start": fact.span.start,
        "figure_end": fact.span.end,
    }


def section_at(span: Span, assistant: Assistant) -> Section | None:
    """The section that a span lies in."""
    return next((s for s in assistant.sections(span.doc_id) if s.span.contains(span)), None)


def fall_of(fact: Fact) -> str:
    """The verb of decline that turns a figure downwards, though its value is positive; empty if none does."""
    if fact.kind not in ("growth", "increment"):
        return ""
    return next((word for word in FALL if word in fact.strength), "")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which figures: empty lets all pass. ``measure`` is matched in any of its wordings."""

    provinces: tuple[str, ...] = ()
    measure: str = ""
    periods: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """A province's result and target of one measure; ``others`` counts the figures that would have done as well."""

    province: str
    result: Fact | None
    target: Fact | None
    others: int = 0

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Those of the two that there are."""
        return tuple(f for f in (self.result, self.target) if f is not None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure over the provinces, on one axis. ``axes`` are all that there are, with their numbers of provinces."""

    axis: Unit
    axes: tuple[tuple[Unit, int], ...]
    pairs: tuple[Pair, ...]
    periods: tuple[Period, Period]
    silent: tuple[str, ...]
    """Provinces of the corpus for which there is no such figure."""


class Figures:
    """Every figure of one generation, in the order of the documents."""

    def __init__(self, facts: Iterable[Fact], lexicon: Lexicon) -> None:
        self._facts = tuple(facts)
        self._lexicon = lexicon
        self._rank = {p.name: i for i, p in enumerate(lexicon.provinces)}
        self._folded = {m: fold(m) for m in {f.named for f in self._facts}}

    def __len__(self) -> int:
        return len(self._facts)

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """The most frequent measures, to be suggested."""
        return tuple(m for m, _ in Counter(f.measure for f in self._facts if f.measure).most_common(SUGGESTED))

    @cached_property
    def units(self) -> tuple[str, ...]:
        """All units, the most frequent first."""
        return tuple(u for u, _ in Counter(f.unit for f in self._facts if f.unit).most_common())

    @cached_property
    def years(self) -> tuple[int, ...]:
        """All years, the latest first."""
        return tuple(sorted({f.year for f in self._facts if f.year is not None}, reverse=True))

    def of_document(self, doc_id: str) -> tuple[Fact, ...]:
        """The figures of one document."""
        return self._by_document.get(doc_id, ())

    @cached_property
    def _by_document(self) -> dict[str, tuple[Fact, ...]]:
        out: dict[str, list[Fact]] = {}
        for fact in self._facts:
            out.setdefault(fact.span.doc_id, []).append(fact)
        return {doc_id: tuple(facts) for doc_id, facts in out.items()}

    def choose(self, wanted: Wanted) -> tuple[Fact, ...]:
        """The figures wanted.

        :raises QuestionError: an unknown province or period.
        """
        where = parse_filter(self._lexicon, provinces=wanted.provinces, years=wanted.years, periods=wanted.periods)
        measures = self._matching(wanted.measure)
        return tuple(
            f for f in self._facts if _passes(f, where, wanted.units) and (measures is None or f.named in measures)
        )

    def _wordings(self, measure: str) -> tuple[str, ...]:
        return tuple({fold(w) for w in (measure, *self._lexicon.synonyms_of(measure)) if w.strip()})

    def _matching(self, measure: str) -> frozenset[str] | None:
        measure = measure.strip()
        if not measure:
            return None
        wordings = self._wordings(measure)
        return frozenset(m for m, folded in self._folded.items() if any(w in folded for w in wordings))

    def ordered(self, facts: Iterable[Fact], by: OrderName, *, falling: bool = False) -> list[Fact]:
        """The figures in order; those without the value come last either way, equal ones keep theirs."""
        key = self._keys[by]
        known = [f for f in facts if key(f) is not None]
        unknown = [f for f in facts if key(f) is None]
        return sorted(known, key=key, reverse=falling) + unknown

    @cached_property
    def _keys(self) -> dict[OrderName, Callable[[Fact], Any]]:
        return {
            "province": lambda f: self._rank.get(f.province or ""),
            "year": lambda f: f.year,
            "period": lambda f: PERIODS.index(f.period) if f.period else None,
            "measure": lambda f: f.measure or None,
            "value": lambda f: -f.value if fall_of(f) else f.value,
            "unit": lambda f: f.unit or None,
        }

    def compare(self, wanted: Wanted, *, held: Sequence[str], axis: Unit | None = None) -> Comparison | None:
        """A measure's result and target for each province, on one axis; ``None`` where there is no figure.

        Each is the latest there is, and of several the one whose measure says no more than what is wanted.

        :param held: the provinces that could state it.
        :param axis: kind and unit; else those of most provinces.
        :raises QuestionError: no measure, an unknown province or period.
        """
        if not wanted.measure.strip():
            raise QuestionError("no measure is named: write one, for example 高新技术企业")
        periods = (
            PAIRS[parse_filter(self._lexicon, periods=wanted.periods).periods[0]] if wanted.periods else PAIRS["plan"]
        )
        facts = [f for f in self.choose(wanted) if f.province and f.period in periods]
        axes = _axes(facts)
        if not axes:
            return None
        chosen = axis if axis in dict(axes) else axes[0][0]
        wordings = self._wordings(wanted.measure)
        by_province: dict[str, list[Fact]] = {}
        for fact in facts:
            if (fact.kind, fact.unit) == chosen and fact.province:
                by_province.setdefault(fact.province, []).append(fact)
        names = sorted(by_province, key=lambda p: self._rank.get(p, len(self._rank)))
        pairs = tuple(self._pair(name, by_province[name], periods, wordings=wordings) for name in names)
        meant = parse_filter(self._lexicon, provinces=wanted.provinces).provinces or held
        return Comparison(chosen, axes, pairs, periods, tuple(p for p in meant if p not in by_province))

    def _pair(
        self, province: str, facts: Sequence[Fact], periods: tuple[Period, Period], *, wordings: Sequence[str]
    ) -> Pair:
        def best(period: Period) -> tuple[Fact | None, int]:
            found = [f for f in facts if f.period == period]
            latest = max((f.year or 0 for f in found), default=0)
            found = [f for f in found if (f.year or 0) == latest]
            found.sort(
                key=lambda f: (not {fold(f.measure), self._folded[f.named]} & {*wordings}, len(f.measure), f.span)
            )
            return (found[0], len(found) - 1) if found else (None, 0)

        (result, more), (target, still_more) = best(periods[0]), best(periods[1])
        return Pair(province, result, target, more + still_more)


def _passes(fact: Fact, where: Filter, units: Sequence[str]) -> bool:
    return (
        (not where.provinces or fact.province in where.provinces)
        and (not where.years or fact.year in where.years)
        and (not where.periods or fact.period in where.periods)
        and (not units or fact.unit in units)
    )


def _axes(facts: Iterable[Fact]) -> tuple[tuple[Unit, int], ...]:
    provinces: dict[Unit, set[str]] = {}
    counts: Counter[Unit] = Counter()
    for fact in facts:
        provinces.setdefault((fact.kind, fact.unit), set()).add(fact.province or "")
        counts[fact.kind, fact.unit] += 1
    return tuple(
        (axis, len(provinces[axis])) for axis in sorted(provinces, key=lambda a: (-len(provinces[a]), -counts[a], a))
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a term stands, and whose words they are."""

    span: Span
    province: str | None
    year: int | None
    period: Period | None


@dataclass(frozen=True, slots=True)
class TermCount:
    """A term's places over the corpus; ``provinces`` holds all that could say it, those that do not with none."""

    term: str
    wordings: tuple[str, ...]
    places: tuple[Place, ...]
    provinces: tuple[str, ...]

    def counts(self, by: Literal["period", "year"]) -> dict[tuple[str | None, Any], int]:
        """(province, period or year) → how many."""
        return dict(Counter((p.province, p.period if by == "period" else p.year) for p in self.places))


class Survey:
    """The corpus of one facade, surveyed; figures are read once a generation, for all who ask. Safe for many threads."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._lock = threading.Lock()
        self._read: tuple[int, Figures] | None = None

    @property
    def figures(self) -> Figures:
        """The figures of the present generation."""
        generation = self._assistant.generation
        with self._lock:
            if self._read is None or self._read[0] != generation:
                self._read = (generation, Figures(self._assistant.facts(), self._assistant.lexicon))
            return self._read[1]

    def provinces(self) -> tuple[str, ...]:
        """The provinces that the corpus holds something of, in the usual order."""
        return tuple(self._assistant.info()["provinces"])

    def count_terms(self, terms: Sequence[str]) -> tuple[TermCount, ...]:
        """Where each term or a wording of it occurs.

        :raises QuestionError: no term, or together too long.
        """
        held = self.provinces()
        wordings_of = self._assistant.lexicon.synonyms_of
        return tuple(
            TermCount(term, tuple(dict.fromkeys((term, *wordings_of(term)))), tuple(self._places(spans)), held)
            for term, spans in self._assistant.terms(terms).items()
        )

    def _places(self, spans: Iterable[Span]) -> Iterable[Place]:
        sections: dict[str, tuple[Section, ...]] = {}
        for span in spans:
            if span.doc_id not in sections:
                go_on()
                sections[span.doc_id] = self._assistant.sections(span.doc_id)
            section = next((s for s in sections[span.doc_id] if s.span.contains(span)), None)
            yield Place(span, *((section.province, section.year, section.period) if section else (None, None, None)))
