"""Evidence quotes resolved to the places where they stand, so that cutting passages anew never breaks a label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.errors import EvalDataError
from assistant.evaluation.questions import EvalQuestion
from assistant.types import Document, Span

Places = tuple[Span, ...]
"""Every place where one quote stands; any of them is as good."""


@dataclass(frozen=True, slots=True)
class Gold:
    """A question with its quotes as spans: one ``Places`` for each of ``evidence``, ``also`` and ``near``."""

    question: EvalQuestion
    evidence: tuple[Places, ...] = ()
    also: tuple[Places, ...] = ()
    near: tuple[Places, ...] = ()

    @property
    def spans(self) -> tuple[Span, ...]:
        """All places of the evidence and what counts like it, sorted."""
        return tuple(sorted({s for places in (*self.evidence, *self.also) for s in places}))


def resolve(questions: Iterable[EvalQuestion], documents: Sequence[Document]) -> tuple[Gold, ...]:
    """Questions with their quotes as spans of the documents.

    :raises EvalDataError: a quote stands in no document.
    """
    return tuple(
        Gold(
            q,
            *(tuple(_require(q, quote, documents) for quote in quotes) for quotes in (q.evidence, q.also, q.near)),
        )
        for q in questions
    )


def places_of(quote: str, documents: Iterable[Document]) -> Places:
    """Every place where a quote stands verbatim, overlapping ones included, in order."""
    found = []
    for document in documents:
        at = document.text.find(quote)
        while at >= 0:
            found.append(Span(document.id, at, at + len(quote)))
            at = document.text.find(quote, at + 1)
    return tuple(sorted(found))


def _require(q: EvalQuestion, quote: str, documents: Sequence[Document]) -> Places:
    places = places_of(quote, documents)
    if not places:
        raise EvalDataError(
            f"{q.place}: the quote {quote!r} of {q.id} stands in none of the {len(documents)} documents of the store: "
            "copy it exactly (`shengwen locate` shows the nearest text), or open the store it was written for"
        )
    return places
