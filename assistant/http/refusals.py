"""How requests are refused: every error is 4xx (5xx where the fault is ours) with one line in the same JSON shape."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from assistant.errors import AssistantError, QuestionError

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_KINDS = {401: "authentication_error", 404: "not_found_error", 405: "method_not_allowed", 415: "unsupported_media_type"}
_log = logging.getLogger(__name__)


def error_body(message: str, kind: str) -> dict[str, dict[str, str]]:
    """The JSON of every refusal."""
    return {"error": {"message": " ".join(message.split()), "type": kind}}


def refusal(status: int, message: str, kind: str, headers: Mapping[str, str] | None = None) -> Response:
    """A whole answer that refuses."""
    return JSONResponse(error_body(message, kind), status, headers=headers)


async def no_such_endpoint(request: Request) -> Response:
    """404 for a path that is none, 405 for a method that the path does not take.

    The page is mounted at the root and takes whatever the API leaves, so the router never comes to say either.
    """
    path = request.url.path
    allowed = {
        method
        for route in request.app.routes
        if getattr(route, "endpoint", None) not in (None, no_such_endpoint)
        and route.matches(dict(request.scope))[0] == Match.PARTIAL
        for method in route.methods
    }
    if allowed:
        ways = ", ".join(sorted(allowed))
        raise HTTPException(405, f"{path} does not take {request.method}: use {ways}", {"allow": ways})
    raise HTTPException(404, f"no endpoint {path!r}: see /openapi.json for those there are")


def add_error_handlers(app: FastAPI) -> None:
    """Answer known errors in one line; what is unknown goes on to ``Watched``, which hides and logs it."""

    @app.exception_handler(HTTPException)
    async def told(request: Request, error: HTTPException) -> Response:
        kind = _KINDS.get(error.status_code, "invalid_request_error")
        return JSONResponse(error_body(str(error.detail), kind), error.status_code, headers=error.headers)

    @app.exception_handler(AssistantError)
    async def known(request: Request, error: AssistantError) -> Response:
        if isinstance(error, QuestionError):
            return JSONResponse(error_body(str(error), "invalid_request_error"), 400)
        # A store, model or setting that cannot be used is nothing that the asker could mend.
        _log.error("%s: %s", request.url.path, error)
        return JSONResponse(error_body(str(error), "service_unavailable"), 503)


def page_error_handlers() -> dict[Any, Any]:
    """What Gradio's own routes answer to requests that name no endpoint or argument of theirs: it would be 500."""
    from gradio.route_utils import FnIndexInferError

    def missing(request: Request, error: Exception) -> Response:
        return _page_error(404, f"no endpoint {request.url.path!r}, or not the one that the body names")

    def wrong(request: Request, error: Exception) -> Response:
        return _page_error(400, str(error))

    def refused(request: Request, error: HTTPException) -> Response:
        return JSONResponse({"detail": error.detail}, error.status_code, headers=error.headers)

    def nowhere(request: Request, error: HTTPException) -> Response:
        return _page_error(error.status_code, f"no {request.method} at {request.url.path!r}", error.headers)

    handlers: dict[Any, Any] = {KeyError: missing, FnIndexInferError: missing, TypeError: wrong}
    return handlers | {HTTPException: refused, 404: nowhere, 405: nowhere}


def _page_error(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """Our shape, and beside it ``detail``, where Gradio's clients look."""
    kind = _KINDS.get(status, "invalid_request_error")
    return JSONResponse({**error_body(message, kind), "detail": message}, status, headers=headers)
