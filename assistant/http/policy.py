"""The content security policy of the chat page: its own scripts and styles, and nothing from another site.

Scripts written into the page run only if they are among those that the server wrote, known by their SHA-256; handlers in
attributes never do. Gradio compiles its components' scripts at run time, which needs ``'unsafe-eval'``, and writes
styles into elements, which needs ``'unsafe-inline'`` for styles.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval' {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; connect-src 'self' blob: data:; "
    "worker-src 'self' blob:; manifest-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-src 'self'; frame-ancestors 'none'"
)


class PagePolicy:
    """ASGI middleware around the page, before it is compressed."""

    def __init__(self, app: ASGIApp, head: str) -> None:
        """:param head: what Gradio's script adds to the page's head by itself."""
        self._app = app
        self._known = hashes(head.encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold the page back until its scripts are known; let everything else pass."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] not in ("", "/"):
            await self._app(scope, receive, send)
            return
        started: Message = {}
        parts: list[bytes] = []

        async def hold(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = message
                return
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                page = b"".join(parts)
                MutableHeaders(scope=started)["content-security-policy"] = policy({*self._known, *hashes(page)})
                await send(started)
                await send({"type": "http.response.body", "body": page})

        await self._app(scope, receive, hold)


def policy(scripts: Iterable[str]) -> str:
    """The header's value."""
    return _POLICY.format(scripts=" ".join(sorted(scripts)))


def hashes(html: bytes) -> list[str]:
    """The sources that allow the scripts written into a piece of HTML."""
    return [f"'sha256-{base64.b64encode(hashlib.sha256(m[1]).digest()).decode()}'" for m in _INLINE.finditer(html)]
