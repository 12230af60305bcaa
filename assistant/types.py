r"""The values that flow through the program, frozen; it knows nothing about files, models or stores.

Every span is half-open and counts code points of ``Document.text``, the text exactly as read (after its bytes were
decoded and its line ends made ``\n``). Higher scores are better; ranks start at 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Period = Literal["review", "plan", "review_5y", "plan_5y"]
Status = Literal["answered", "partial", "declined"]
Reason = Literal["province_absent", "year_absent", "not_stated", "off_topic", "unsafe"]
Intent = Literal["figure", "fact", "list", "compare", "summary", "yesno", "chat"]
Progress = Callable[[str, int, int], None]
"""Called with a stage's name, how many steps are done, and how many there are."""

PERIODS: tuple[Period, ...] = ("review", "plan", "review_5y", "plan_5y")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one document's text, ``[start, end)`` in code points."""

    doc_id: str
    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one code point."""
        return self.doc_id == other.doc_id and self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """Whether the other lies wholly inside."""
        return self.doc_id == other.doc_id and self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Document:
    """A source text. ``province`` and ``year`` are those of the whole document, where it has one of each."""

    id: str
    title: str
    text: str
    path: str = ""
    province: str | None = None
    year: int | None = None
    origin: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """What the store holds of a document, without its text. ``provinces`` are those that its sections are of, in order."""

    id: str
    title: str
    province: str | None
    year: int | None
    origin: str
    characters: int
    sha256: str
    passages: int
    figures: int
    provinces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of a document; the sections of a document tile it.

    ``year`` is the year whose result or target the part states: the year before the report's for ``review`` and
    ``review_5y``, the report's own for ``plan`` and ``plan_5y``.
    """

    span: Span
    heading: tuple[str, ...] = ()
    province: str | None = None
    year: int | None = None
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """What is retrieved: whole sentences of one section. ``text`` is the document's text at ``span``."""

    span: Span
    text: str
    heading: tuple[str, ...] = ()
    province: str | None = None
    year: int | None = None
    period: Period | None = None

    @property
    def id(self) -> str:
        """``doc_id:start-end``: a name that says where it stands."""
        return f"{self.span.doc_id}:{self.span.start}-{self.span.end}"


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure of the text with what it measures.

    ``span`` is the figure as written with its unit and words of strength; ``clause`` the clause it stands in.
    ``value`` is the number in base units (2.3万 is 23000), ``high`` the upper end of a range. ``kind`` says how the
    figure relates to its measure: its level, its growth in per cent, the increment, a rank, a multiple.
    """

    span: Span
    clause: Span
    measure: str
    figure: str
    value: float
    high: float | None
    unit: str
    strength: str
    kind: Literal["level", "growth", "increment", "rank", "multiple"]
    province: str | None
    year: int | None
    period: Period | None

    @property
    def named(self) -> str:
        """The measure with the verb of its growth, which some measures are named by (经济 growing is 经济增长)."""
        return f"{self.measure}增长" if self.kind == "growth" else self.measure


@dataclass(frozen=True, slots=True)
class Term:
    """One thing a question speaks of: ``wordings`` mean the same (the question's own first).

    ``kind`` says where it comes from: a measure or term of the lexicon, words in quotation marks, or plain words.
    """

    wordings: tuple[str, ...]
    kind: Literal["measure", "term", "quoted", "word"]


@dataclass(frozen=True, slots=True)
class Question:
    """What a question was understood to ask. ``standalone`` is what is searched, slots carried over from before.

    ``provinces`` are all it is about, members of a named region included; ``named`` those named one by one.
    ``content`` is what is left without places, years and words of asking. ``wanted`` is how the figure asked for
    relates to its measure; ``units`` the units the question names; ``negated`` asks who does *not* say it.
    """

    text: str
    standalone: str
    language: str
    intent: Intent
    otherwise: Intent = "figure"
    """The kind it has where there are no provinces to list."""
    provinces: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    periods: tuple[Period, ...] = ()
    terms: tuple[Term, ...] = ()
    content: str = ""
    wanted: Literal["level", "growth", "increment", ""] = ""
    units: tuple[str, ...] = ()
    negated: bool = False
    plan_years: tuple[int, int] | None = None
    """First and last year of the five-year plan it names (十四五: 2021, 2025); a result or a target, as the corpus is."""
    reports: tuple[int, ...] = ()
    """Years of the reports that it names as such ("2016年报告"), which tell of that year and of the one before."""
    bases: tuple[int, ...] = ()
    """Years that others are set against ("比2021年多多少"); where the corpus tells of them, asked about like the others."""
    carried: tuple[str, ...] = ()
    """Slots taken over from the turn before: ``provinces``, ``years``, ``periods``, ``terms``, ``intent``."""
    yardstick: str = ""
    """The question before, whose figure this one is measured by ("山东呢" after "…有15%以上吗")."""
    best_of: Question | None = None
    """The question before, whose winner this one is about ("最多的那个省，今年想做到多少")."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which passages may be returned; an empty tuple lets all pass. Applied inside each leg, never after its cut."""

    provinces: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    periods: tuple[Period, ...] = ()
    documents: tuple[str, ...] = ()

    def accepts(self, passage: Passage | Fact) -> bool:
        """Whether the passage or fact may be returned."""
        return (
            (not self.provinces or passage.province in self.provinces)
            and (not self.years or passage.year in self.years)
            and (not self.periods or passage.period in self.periods)
            and (not self.documents or passage.span.doc_id in self.documents)
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """One ranked passage; ``sources`` names the stages that found it (``dense``, ``words``, ``late``)."""

    rank: int
    passage: Passage
    score: float
    sources: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The hit as the public JSON has it."""
        p = self.passage
        return {
            "rank": self.rank,
            "passage_id": p.id,
            "doc_id": p.span.doc_id,
            "province": p.province,
            "year": p.year,
            "period": p.period,
            "start": p.span.start,
            "end": p.span.end,
            "text": p.text,
            "score": round(self.score, 6),
            "heading": list(p.heading),
            "sources": list(self.sources),
        }


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text's vectors: ``pooled`` (d,) float32, unit length; ``tokens`` (n, d) float32, each of unit length.

    ``tokens`` leaves out the model's prompt and its special tokens, so that row i is the i-th token of the text.
    """

    pooled: NDArray[np.float32]
    tokens: NDArray[np.float32]


class QueryEncoder(Protocol):
    """Encodes questions. Two exist: ONNX Runtime (no torch) and sentence-transformers."""

    def encode_queries(self, texts: Sequence[str]) -> list[Encoded]:
        """One ``Encoded`` for each text, in order."""
        ...


class PassageEncoder(Protocol):
    """Encodes passages, lazily, so that a caller can store what is done before the rest is."""

    def encode_passages(self, texts: Sequence[str]) -> Iterator[tuple[int, Encoded]]:
        """``(position in texts, vectors)`` in any order (longest first packs batches best)."""
        ...


@dataclass(frozen=True, slots=True)
class Citation:
    """A verified quote: ``quote`` is the document's text at ``span``; ``n`` is its marker in the answer."""

    n: int
    span: Span
    quote: str
    title: str
    province: str | None
    year: int | None
    period: Period | None
    heading: tuple[str, ...]
    passage_id: str

    def to_dict(self) -> dict[str, Any]:
        """The citation as the public JSON has it."""
        return {
            "n": self.n,
            "doc_id": self.span.doc_id,
            "title": self.title,
            "province": self.province,
            "year": self.year,
            "period": self.period,
            "heading": list(self.heading),
            "passage_id": self.passage_id,
            "start": self.span.start,
            "end": self.span.end,
            "quote": self.quote,
        }


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for people and programs; the citation column holds citation numbers as text ("1" or "1, 2")."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    citation_column: int

    def to_dict(self) -> dict[str, Any]:
        """The table as the public JSON has it."""
        return {
            "columns": list(self.columns),
            "rows": [list(r) for r in self.rows],
            "citation_column": self.citation_column,
        }


@dataclass(frozen=True, slots=True)
class Computed:
    """A figure not read from the text but worked out from cited ones; ``inputs`` are citation numbers."""

    value: str
    formula: str
    inputs: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """The figure as the public JSON has it."""
        return {"value": self.value, "formula": self.formula, "inputs": list(self.inputs)}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reader gets, after the check."""

    question: str
    standalone_question: str
    language: str
    intent: Intent
    status: Status
    reason: Reason | None
    text: str
    short: str | None = None
    provinces: tuple[str, ...] = ()
    table: Table | None = None
    computed: tuple[Computed, ...] = ()
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    generator: str = "extractive"
    unsupported: tuple[str, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)
    index_generation: int = 0
    understood: dict[str, Any] = field(default_factory=dict)
    confidence: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """The answer as the public JSON has it."""
        plain = ("question", "standalone_question", "language", "intent", "status", "reason", "text", "short",
                 "generator", "timings_ms", "index_generation", "understood", "confidence")  # fmt: skip
        out: dict[str, Any] = {name: getattr(self, name) for name in plain}
        out["provinces"] = list(self.provinces)
        out["unsupported"] = list(self.unsupported)
        out["table"] = self.table.to_dict() if self.table else None
        out |= {name: [x.to_dict() for x in getattr(self, name)] for name in ("computed", "citations", "hits")}
        return out
