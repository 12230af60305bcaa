"""``POST /api/export``, ``/api/verify`` and ``/api/feedback``: answers taken away, checked again, and judged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from assistant.errors import BundleError, QuestionError
from assistant.takeaway.exchange import Exchange
from assistant.takeaway.export import MAX_ANSWERS, Exported, Format, export
from assistant.takeaway.feedback import record
from assistant.takeaway.reading import read_answer
from assistant.takeaway.verify import verify_bundle
from assistant.takeaway.words import Language
from assistant.ui.requests import FilteredRequest

if TYPE_CHECKING:
    from assistant.assistant import Assistant

Model = TypeVar("Model", bound=BaseModel)


class Read(Protocol):
    """Admits a request and gives its JSON body as a value."""

    async def __call__(self, request: Request, model: type[Model]) -> Model:
        """:raises QuestionError: the body is no such value."""
        ...


class _Answered(FilteredRequest):
    """A question to be asked, with what narrows it; or, in its place, answers that were given before."""

    question: str | None = None
    history: list[str] = Field(default=[], max_length=1000)


class ExportRequest(_Answered):
    """``answers`` are those of one conversation, in order; ``accessed`` is the reader's date, else today."""

    format: Format
    answers: list[dict[str, Any]] | None = Field(default=None, max_length=MAX_ANSWERS)
    accessed: str | None = None
    language: Language | None = None


class FeedbackRequest(_Answered):
    """What a reader thought of an answer."""

    verdict: Literal["up", "down"]
    reason: str | None = None
    comment: str = ""
    answer: dict[str, Any] | None = None


class VerifyRequest(BaseModel):
    """A bundle, as ``/api/export`` gives it for the format ``json``."""

    format: Literal["shengwen-bundle"]
    format_version: int


class Takeaway:
    """The endpoints; like the others they parse, call and answer."""

    def __init__(self, assistant: Assistant, read: Read, body: Callable[[Request], Awaitable[bytes]]) -> None:
        self._assistant = assistant
        self._read = read
        self._body = body

    def endpoints(self) -> tuple[tuple[str, Callable[..., Awaitable[Any]], type[BaseModel]], ...]:
        """Path, endpoint and body of each."""
        return (
            ("/api/export", self.export, ExportRequest),
            ("/api/verify", self.verify, VerifyRequest),
            ("/api/feedback", self.feedback, FeedbackRequest),
        )

    async def export(self, request: Request) -> Response:
        """A file of answers: Markdown, Word, or a bundle."""
        wanted = await self._read(request, ExportRequest)
        made = await run_in_threadpool(self._export, wanted)
        disposition = f'attachment; filename="{made.name}"'
        headers = {"content-disposition": disposition, "x-content-type-options": "nosniff"}
        return Response(made.data, media_type=made.media_type, headers=headers)

    def _export(self, wanted: ExportRequest) -> Exported:
        accessed = _date(wanted.accessed)
        if (wanted.question is None) == (wanted.answers is None):
            raise QuestionError("send either 'question' or 'answers': what is to be exported")
        exchanges: list[Exchange] = []
        if wanted.answers is None:
            exchanges.append(self._ask(wanted))
        else:
            asked = list(wanted.history)
            for number, values in enumerate(wanted.answers):
                answer = read_answer(values, name=f"value 'answers[{number}]'")
                exchanges.append(Exchange(answer, tuple(asked)))
                asked.append(answer.question)
        return export(exchanges, wanted.format, source=self._assistant, accessed=accessed, language=wanted.language)

    async def verify(self, request: Request) -> Response:
        """Whether a bundle is whole, and how the documents here stand to it."""
        data = await self._body(request)
        try:
            report = await run_in_threadpool(verify_bundle, data, self._assistant)
        except BundleError as e:
            raise HTTPException(400, str(e)) from None
        return JSONResponse(report.to_dict("en") | {"messages_zh": [f.message("zh") for f in report.findings]})

    async def feedback(self, request: Request) -> Response:
        """Keep a reader's opinion of an answer."""
        given = await self._read(request, FeedbackRequest)
        return JSONResponse({"id": await run_in_threadpool(self._record, given)})

    def _record(self, given: FeedbackRequest) -> str:
        if (given.question is None) == (given.answer is None):
            raise QuestionError("send either 'answer' or 'question': what the feedback is about")
        exchange = (
            self._ask(given)
            if given.answer is None
            else Exchange(read_answer(given.answer, name="value 'answer'"), tuple(given.history))
        )
        kept = record(
            self._assistant,
            exchange.answer,
            verdict=given.verdict,
            reason=given.reason,
            comment=given.comment,
            history=exchange.history,
        )
        return kept.id

    def _ask(self, wanted: _Answered) -> Exchange:
        question = wanted.question or ""
        answer = self._assistant.ask(
            question, wanted.history, provinces=wanted.provinces, years=wanted.years, periods=wanted.periods
        )
        return Exchange(answer, tuple(wanted.history))


def _date(text: str | None) -> date:
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise QuestionError(f"'accessed' is {text[:40]!r}: write the date as 2026-01-31, or leave it out") from None
