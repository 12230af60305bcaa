"""An answer's public JSON read back into an ``Answer``: for callers that kept one and hand it in again.

Only its shape is checked here; whether its quotes stand in a document is asked of the documents (``sources``).
"""

from __future__ import annotations

import math
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import QuestionError
from assistant.types import (
    Answer,
    Citation,
    Computed,
    Hit,
    Intent,
    Passage,
    Period,
    Reason,
    Span,
    Status,
    Table,
)

MAX_TEXT = 1_000_000
"""Characters of one text; an answer over all provinces has some ten thousand."""


class _Part(BaseModel):
    """Values as JSON has them; keys of later versions are passed over."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class _Placed(_Part):
    doc_id: str
    province: str | None
    year: int | None
    period: Period | None
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    heading: list[str] = []

    @property
    def span(self) -> Span:
        return Span(self.doc_id, self.start, self.end)


class _Citation(_Placed):
    n: int = Field(ge=1)
    title: str
    passage_id: str
    quote: str = Field(max_length=MAX_TEXT)

    def value(self) -> Citation:
        return Citation(self.n, self.span, self.quote, self.title, self.province, self.year, self.period,
                        tuple(self.heading), self.passage_id)  # fmt: skip


class _Hit(_Placed):
    rank: int = Field(ge=1)
    text: str = Field(max_length=MAX_TEXT)
    score: float
    sources: list[str] = []

    def value(self) -> Hit:
        passage = Passage(self.span, self.text, tuple(self.heading), self.province, self.year, self.period)
        return Hit(self.rank, passage, self.score, tuple(self.sources))


class _Table(_Part):
    columns: list[str]
    rows: list[list[str]]
    citation_column: int = Field(ge=0)

    def value(self) -> Table:
        return Table(tuple(self.columns), tuple(map(tuple, self.rows)), self.citation_column)


class _Computed(_Part):
    value: str
    formula: str
    inputs: list[int]


class _Answer(_Part):
    question: str
    standalone_question: str
    language: str
    intent: Intent
    status: Status
    reason: Reason | None
    text: str = Field(max_length=MAX_TEXT)
    short: str | None
    provinces: list[str]
    table: _Table | None
    computed: list[_Computed]
    citations: list[_Citation]
    hits: list[_Hit] = []
    generator: str = "extractive"
    unsupported: list[str] = []
    timings_ms: dict[str, float] = {}
    index_generation: int = 0
    understood: dict[str, Any] = {}
    confidence: float = 0.0

    def value(self) -> Answer:
        plain = ("question", "standalone_question", "language", "intent", "status", "reason", "text", "short",
                 "generator", "timings_ms", "index_generation", "understood", "confidence")  # fmt: skip
        return Answer(
            **{name: getattr(self, name) for name in plain},
            provinces=tuple(self.provinces),
            unsupported=tuple(self.unsupported),
            table=self.table.value() if self.table else None,
            computed=tuple(Computed(c.value, c.formula, tuple(c.inputs)) for c in self.computed),
            citations=tuple(c.value() for c in self.citations),
            hits=tuple(h.value() for h in self.hits),
        )


def read_answer(values: Any, *, name: str = "answer") -> Answer:
    """The answer in ``values``, decoded JSON of any kind; ``hits`` and what follows it may be left out.

    :raises QuestionError: one line naming the key that is missing or wrong.
    """
    if not isinstance(values, dict):
        raise QuestionError(f"the {name} is no JSON object: send what `ask` gave")
    try:
        read = _Answer.model_validate(values)
    except ValidationError as e:
        raise QuestionError(f"the {name} is not as `ask` gives it: {_explain(e)}") from None
    except RecursionError:
        raise QuestionError(f"the {name} is nested too deeply: send what `ask` gave") from None
    if not all(map(math.isfinite, (read.confidence, *read.timings_ms.values(), *(h.score for h in read.hits)))):
        raise QuestionError(f"the {name} holds a number that is not finite: send what `ask` gave")
    return read.value()


def _explain(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    at, *below = first["loc"] or ("",)
    place = f"{at}{''.join(f'[{part}]' if isinstance(part, int) else f'.{part}' for part in below)}"
    said = str(first["msg"])
    return f"{place!r}: {said[:1].lower()}{said[1:]}"
