"""What is refused before any endpoint sees it: bodies too large."""

from __future__ import annotations

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.http.refusals import error_body

MAX_BODY_BYTES = 1_000_000
MAX_CONVERSATION_BYTES = 8_000_000
"""A conversation of fifty answers with all passages beside them has some two million."""
_ROOMY = {"/api/export", "/api/verify"}
MAX_DRAINED_BYTES = 32_000_000
"""A client that is still sending when the connection closes never reads why; so much is read and thrown away."""
UPLOAD_PATH = "/gradio_api/upload"
_MULTIPART = 10_000
"""What a form adds around a file."""


class BodyLimit:
    """ASGI middleware: a request whose body is larger than its path takes gets 413, however it is sent.

    Files go to one path only, and there the limit is ``max_upload`` bytes; where that is 0, no file is taken.
    """

    def __init__(self, app: ASGIApp, max_upload: int = 0) -> None:
        self._app = app
        self._max_upload = max_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the whole body first: it is small, or it is refused."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        if scope["path"].rstrip("/").endswith(UPLOAD_PATH):
            await self._upload(scope, receive, send)
            return
        limit = MAX_CONVERSATION_BYTES if scope["path"] in _ROOMY else MAX_BODY_BYTES
        parts: list[bytes] = []
        size, more = 0, True
        while more and size <= MAX_DRAINED_BYTES:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
            if size <= limit:
                parts.append(message.get("body", b""))
        if size > limit:
            said = f"the body is larger than {limit:,} bytes: send less"
            await JSONResponse(error_body(said, "request_too_large"), 413)(scope, receive, send)
            return
        await self._app(scope, _replayed(b"".join(parts), receive), send)

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a file through as it comes, unless it says or turns out to be too large, or none is taken."""
        limit = self._max_upload + _MULTIPART
        length = next((int(v) for k, v in scope["headers"] if k == b"content-length" and v.isdigit()), 0)
        if self._max_upload and length <= limit:
            await self._app(scope, _counted(receive, limit), send)
            return
        drained, more = 0, True
        while more and drained <= MAX_DRAINED_BYTES:
            message = await receive()
            drained += len(message.get("body", b""))
            more = message.get("more_body", False)
        told = ("this server takes no files: start it with --allow-upload", "permission_error", 403)
        if self._max_upload:
            told = (f"the file is larger than {self._max_upload:,} bytes: split it", "request_too_large", 413)
        said, kind, status = told
        await JSONResponse(error_body(said, kind), status)(scope, receive, send)


def _counted(receive: Receive, limit: int) -> Receive:
    """``receive`` that ends the connection of who sends more than was announced, or than is taken."""
    size = 0

    async def counting() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        return message if size <= limit else {"type": "http.disconnect"}

    return counting


def _replayed(body: bytes, receive: Receive) -> Receive:
    """``receive`` for an app, with the body that was read already in one piece."""
    pending = [body]

    async def replay() -> Message:
        if pending:
            return {"type": "http.request", "body": pending.pop(), "more_body": False}
        return await receive()

    return replay
