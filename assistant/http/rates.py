"""How often one client may ask, and how often one may fail to name a password."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.http.refusals import refusal

_CLIENTS = 10_000
"""Remembered at once; beyond, the one unseen for longest is forgotten, so that addresses cannot fill the memory."""
FAILURES, LOCKED_S = 10, 900.0
"""So many wrong passwords from one address, and for a quarter of an hour none of its passwords is looked at."""
_QUESTIONS = ("/api/ask", "/api/search", "/api/locate", "/api/export", "/api/verify", "/v1/chat/completions")
_PAGE_CALLS = ("/gradio_api/call/", "/gradio_api/queue/join", "/gradio_api/run/", "/gradio_api/api/", "/gradio_api/mcp")


class Bucket:
    """A token bucket for each client: ``size`` at once, refilled evenly over ``seconds``. Its state is bounded."""

    def __init__(self, size: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._pace = size / seconds
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """Seconds until the client has a token; 0.0 where there is one."""
        return max(0.0, (1 - self._level(client)) / self._pace)

    def take(self, client: str) -> None:
        """Use up a token."""
        self._left[client] = (max(0.0, self._level(client) - 1), self._clock())
        self._left.move_to_end(client)
        if len(self._left) > _CLIENTS:
            self._left.popitem(last=False)

    def forget(self, client: str) -> None:
        """The client as one never seen."""
        self._left.pop(client, None)

    def _level(self, client: str) -> float:
        left, at = self._left.get(client, (float(self._size), 0.0))
        return min(float(self._size), left + (self._clock() - at) * self._pace)


class Rates:
    """ASGI middleware: who asks, or judges answers, too often gets 429 and hears when to come back."""

    def __init__(self, app: ASGIApp, questions: int, feedback: int) -> None:
        """``questions`` and ``feedback`` a minute for each client; 0 sets no limit."""
        self._app = app
        self._questions = Bucket(questions, 60.0) if questions else None
        self._feedback = Bucket(feedback, 60.0) if feedback else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the request, where it is of a kind that is counted."""
        bucket = self._bucket(scope) if scope["type"] == "http" else None
        if bucket is not None:
            client = scope.get("user") or client_of(scope)
            if wait := bucket.wait(client):
                await too_many("too many requests", wait)(scope, receive, send)
                return
            bucket.take(client)
        await self._app(scope, receive, send)

    def _bucket(self, scope: Scope) -> Bucket | None:
        if scope["method"] != "POST":
            return None
        if scope["path"].rstrip("/") == "/api/feedback":
            return self._feedback
        return self._questions if asks(scope["path"]) else None


def asks(path: str) -> bool:
    """Whether a POST to the path makes this machine think."""
    return path.rstrip("/") in _QUESTIONS or path.startswith(_PAGE_CALLS)


def too_many(what: str, wait: float) -> ASGIApp:
    """The answer 429, with the whole seconds to wait."""
    seconds = max(1, math.ceil(wait))
    return refusal(
        429, f"{what}: try again in {seconds} s", "rate_limit_exceeded", headers={"retry-after": str(seconds)}
    )


def client_of(scope: Scope) -> str:
    """The client's address; of IPv6 its network of 64 bits, since one line has as many addresses as it likes."""
    host = (scope.get("client") or ("",))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else host
