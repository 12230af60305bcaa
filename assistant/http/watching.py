"""What surrounds every request.

A number to find it by, the headers that make browsers careful, a line in the log, the counts for Prometheus, and the
last net under errors.
"""

from __future__ import annotations

import contextvars
import datetime
import json
import logging
import re
import time
import uuid
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.http.counts import Counts
from assistant.http.rates import client_of
from assistant.http.refusals import refusal

REQUEST_ID = contextvars.ContextVar("REQUEST_ID", default="-")
"""The number of the request being answered; lines of the log carry it."""
STRICT = "default-src 'none'; frame-ancestors 'none'"
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_GIVEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
_access = logging.getLogger("shengwen.access")
_log = logging.getLogger(__name__)


class Watched:
    """ASGI middleware, the outermost."""

    def __init__(self, app: ASGIApp, counts: Counts) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and look at what becomes of it."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = _number(Headers(scope=scope).get("x-request-id", ""))
        REQUEST_ID.set(number)
        status, began = 0, time.perf_counter()

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _careful(message, number, secure=scope["scheme"] == "https")
            await send(message)

        try:
            with self._counts.under_way():
                await self._app(scope, receive, sending)
        except Exception:
            _log.exception("%s %s failed", scope["method"], scope["path"])
            if status:  # half an answer is out: cutting the connection tells the client so
                raise
            answer = refusal(500, f"something unexpected went wrong and was logged as {number}", "server_error")
            await answer(scope, receive, sending)
        finally:
            took = time.perf_counter() - began
            self._counts.answered(scope["path"], status, took)
            if _access.isEnabledFor(logging.INFO):
                _access.info("request", extra=_told(scope, status, took))


def _number(given: str) -> str:
    return given if _GIVEN.fullmatch(given) else uuid.uuid4().hex


def _careful(message: Message, number: str, *, secure: bool) -> None:
    """What every answer says to the browser."""
    message.setdefault("headers", [])
    headers = MutableHeaders(scope=message)
    headers.update(_HEADERS)
    headers["x-request-id"] = number
    headers.setdefault("content-security-policy", STRICT)
    if secure:
        headers["strict-transport-security"] = "max-age=31536000"


def _told(scope: Scope, status: int, took: float) -> dict[str, Any]:
    """What a line of the log says; never the query of the address, which may hold a question."""
    return {
        "method": scope["method"],
        "path": scope["path"][:200],
        "status": status,
        "ms": round(1000 * took, 1),
        "client": client_of(scope),
        "user": scope.get("user"),
    }


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    _KEPT = (
        *("method", "path", "status", "ms", "client", "user", "question"),
        *("action", "of", "count", "outcome", "generation", "why"),
    )

    def format(self, record: logging.LogRecord) -> str:
        """The record's message and what belongs to it, with the number of its request."""
        at = datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds")
        said = {"time": at, "level": record.levelname.lower(), "logger": record.name, "id": REQUEST_ID.get()}
        said["message"] = record.getMessage()
        extra = {name: value for name in self._KEPT if (value := getattr(record, name, None)) is not None}
        if record.exc_info:
            extra["error"] = self.formatException(record.exc_info)
        return json.dumps(said | extra, ensure_ascii=False)
