"""Gradio's page says in its head that it is Gradio, with a picture from its own site; a shared link would show that."""

from __future__ import annotations

import re
from html import escape

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.ui.messages import say

_FOREIGN = re.compile(rb'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>\s*')
_OURS = (
    f'<meta property="og:type" content="website"><meta property="og:title" content="{escape(say("zh", "title"))}">'
    f'<meta property="og:description" content="{escape(say("zh", "tagline"))}">'
).encode()


class OwnHead:
    """ASGI middleware: the page at ``/`` introduces itself, in Chinese, and names no other site."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold the page back until it is whole; let everything else pass."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] not in ("", "/"):
            await self._app(scope, receive, send)
            return
        parts: list[bytes] = []
        started: list[Message] = []

        async def hold(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.append(message)
                return
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                page = introduce(b"".join(parts))
                await send(_resized(started[0], len(page)))
                await send({"type": "http.response.body", "body": page})

        await self._app(scope, receive, hold)


def introduce(page: bytes) -> bytes:
    """The page with our own description in place of Gradio's."""
    own = _FOREIGN.sub(b"", page).replace(b'lang="en"', b'lang="zh-CN"', 1)
    return own.replace(b"</head>", _OURS + b"</head>", 1)


def _resized(start: Message, length: int) -> Message:
    headers = [(k, v) for k, v in start.get("headers", []) if k.lower() != b"content-length"]
    return {**start, "headers": [*headers, (b"content-length", str(length).encode())]}
