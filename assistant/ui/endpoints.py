"""Gradio's named endpoints, which are also the MCP tools: the facade's methods with typed arguments and JSON results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal

from assistant.errors import AssistantError
from assistant.types import Hit
from assistant.ui.leaving import heeding
from assistant.ui.requests import AskRequest, LocateRequest, SearchRequest, parse_request

if TYPE_CHECKING:
    from assistant.assistant import Assistant

PeriodName = Literal["review", "plan", "review_5y", "plan_5y"]
"""``types.Period`` once more: Gradio reads the choices from the annotation and does not follow the alias."""


def add_endpoints(assistant: Assistant) -> None:
    """Add ``/ask``, ``/search``, ``/locate`` and ``/list_documents`` to the ``Blocks`` being built."""
    import gradio as gr

    tools = _Tools(assistant)
    for function in (tools.ask, tools.search, tools.locate, tools.list_documents):
        gr.api(_told(heeding(function)), api_name=function.__name__)


class _Tools:
    """The endpoints; their docstrings are what an MCP client reads."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def ask(
        self,
        question: str,
        history: list[str] | None = None,
        provinces: list[str] | None = None,
        years: list[int] | None = None,
        periods: list[PeriodName] | None = None,
    ) -> dict[str, Any]:
        """Answer a question over government work reports; every statement is cited to a verified quote.

        Args:
            question: The question, in Chinese or English.
            history: Earlier questions of the conversation, oldest first.
            provinces: Only these provinces, in any form of their names.
            years: Only these years.
            periods: Only results (review), targets (plan), or those over five years (review_5y, plan_5y).

        """
        values = {"question": question, "history": history or [], "provinces": provinces, "years": years}
        request = parse_request(AskRequest, values | {"periods": periods})
        return self._assistant.ask(**dict(request)).to_dict()

    def search(
        self,
        query: str,
        k: int = 10,
        provinces: list[str] | None = None,
        years: list[int] | None = None,
        periods: list[PeriodName] | None = None,
    ) -> dict[str, Any]:
        """Find the passages of the corpus nearest to a query, best first.

        Args:
            query: What to search for, in Chinese or English.
            k: How many passages at most.
            provinces: Only these provinces, in any form of their names.
            years: Only these years.
            periods: Only results (review), targets (plan), or those over five years (review_5y, plan_5y).

        """
        values = {"query": query, "k": k, "provinces": provinces, "years": years, "periods": periods}
        request = parse_request(SearchRequest, values)
        return describe_hits(request.query, self._assistant.search(**dict(request)))

    def locate(self, text: str) -> dict[str, Any]:
        """Tell whether a sentence stands in any document, and where: exactly, nearly, or not at all.

        Args:
            text: The sentence to look for.

        """
        return self._assistant.locate(parse_request(LocateRequest, {"text": text}).text).to_dict()

    def list_documents(self) -> dict[str, Any]:
        """List the documents of the corpus, without their texts."""
        return describe_documents(self._assistant)


def describe_hits(query: str, hits: Iterable[Hit]) -> dict[str, Any]:
    """Ranked passages as JSON."""
    return {"query": query, "hits": [hit.to_dict() for hit in hits]}


def describe_documents(assistant: Assistant) -> dict[str, Any]:
    """The documents without their texts, as JSON: a reader chooses one before loading it."""
    told = ("id", "title", "province", "year", "origin", "note")
    documents = assistant.documents()
    return {"documents": [{key: getattr(d, key) for key in told} | {"characters": len(d.text)} for d in documents]}


def _told(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, its known errors told to Gradio's clients in one line instead of hidden."""
    import gradio as gr

    @wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except AssistantError as e:
            raise gr.Error(str(e), print_exception=False) from None

    return wrapped
