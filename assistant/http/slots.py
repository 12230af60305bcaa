"""So many questions are answered at once, so many wait, and more are told to come again; who leaves is not worked for."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.http.rates import asks
from assistant.http.refusals import refusal
from assistant.leaving import Left, asked_by

PARALLEL = 16
"""Answered at once: two cores are busy with fewer, and a language model's server answers no more at a time."""


@dataclass
class Load:
    """How many questions wait or are being answered."""

    under_way: int = 0
    ending: bool = False
    """The server takes nobody new."""


class Slots:
    """ASGI middleware for the endpoints that make this machine think.

    It comes behind ``BodyLimit``, which has read the body: all that can still come from the client is that it has gone.
    """

    def __init__(self, app: ASGIApp, load: Load, waiting: int, parallel: int = PARALLEL) -> None:
        """:param waiting: how many may wait for their turn; ``load`` is told how many do."""
        self._app = app
        self._load = load
        self._turn = asyncio.Semaphore(parallel)
        self._most = waiting + parallel

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for a turn, unless too many do."""
        if scope["type"] != "http" or scope["method"] != "POST" or not _thinks(scope["path"]):
            await self._app(scope, receive, send)
            return
        if self._load.under_way >= self._most:
            said = f"{self._load.under_way} questions are waiting already: try again"
            await refusal(503, said, "overloaded", {"retry-after": "2"})(scope, receive, send)
            return
        self._load.under_way += 1
        try:
            await self._in_turn(scope, receive, send)
        finally:
            self._load.under_way -= 1

    async def _in_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await receive()
        left = asyncio.ensure_future(_farewell(receive))
        turn = asyncio.ensure_future(self._turn.acquire())
        try:
            await asyncio.wait((left, turn), return_when=asyncio.FIRST_COMPLETED)
            if not left.done():
                with asked_by(left.done), contextlib.suppress(Left):  # nobody is there to be told
                    await self._app(scope, _replayed(body, left), send)
        finally:
            left.cancel()
            if turn.done():
                self._turn.release()
            else:
                turn.cancel()


_WITHIN = ("/gradio_api/mcp", "/gradio_api/component_server")
"""Of Gradio's paths, those that are answered within the request: MCP's tools, and what the page's tables call."""


def _thinks(path: str) -> bool:
    """Whether the answer is worked out within the request; the page's questions wait in Gradio's queue instead."""
    return path.startswith(_WITHIN) or (asks(path) and not path.startswith("/gradio_api/"))


async def _farewell(receive: Receive) -> Message:
    """The message that the client has gone; whatever else may come is none of it."""
    while (message := await receive())["type"] != "http.disconnect":
        pass
    return message


def _replayed(body: Message, left: asyncio.Future[Message]) -> Receive:
    pending = [body]

    async def replay() -> Message:
        return pending.pop() if pending else await asyncio.shield(left)

    return replay
