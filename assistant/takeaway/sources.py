"""Where the documents behind an answer come from, and whether a quote stands where a citation says.

``Assistant`` and, without questions, ``Store`` are such sources; tests have others.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol

from assistant.errors import StoreError
from assistant.lexicon import Lexicon
from assistant.types import Citation, Document, Section

Standing = Literal["stands", "changed", "missing"]


class Texts(Protocol):
    """Documents with their sections."""

    def document(self, doc_id: str) -> Document:
        """:raises StoreError: there is no such document."""
        ...

    def documents(self) -> tuple[Document, ...]:
        """All of them, in order of their ids."""
        ...

    def sections(self, doc_id: str) -> tuple[Section, ...]:
        """The sections of a document, in order."""
        ...


class Source(Protocol):
    """What an export asks for besides the answers; ``Assistant`` has it."""

    @property
    def lexicon(self) -> Lexicon:
        """The names of provinces."""
        ...

    def document(self, doc_id: str) -> Document:
        """:raises StoreError: there is no such document."""
        ...

    def info(self) -> dict[str, Any]:
        """Which generation of the store, built with which model."""
        ...


def held(texts: Source | Texts, doc_id: str) -> Document | None:
    """The document, or ``None`` where there is none of that name."""
    try:
        return texts.document(doc_id)
    except StoreError:
        return None


def standing(citation: Citation, document: Document | None) -> Standing:
    """Whether the quote is the document's text at its span."""
    if document is None:
        return "missing"
    span = citation.span
    return "stands" if citation.quote and document.text[span.start : span.end] == citation.quote else "changed"
