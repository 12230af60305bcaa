"""Requests that a browser sends on behalf of another site are refused, and names that are not ours.

A page of another site can make its reader's browser call this server (CSRF), and can have its own name point here
(DNS rebinding), by which the browser takes our answers for its own.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.http.refusals import refusal

_SAFE = ("GET", "HEAD", "OPTIONS")


class Origins:
    """ASGI middleware: 421 for a name that is not this server's, 403 for what another site's page sends."""

    def __init__(
        self,
        app: ASGIApp,
        hosts: Iterable[str] = (),
        origins: Iterable[str] = (),
        *,
        own: str = "",
        any_host: bool = False,
    ) -> None:
        """:param own: the name that the server listens by.

        :param any_host: passwords are needed: a rebound name carries none, so any name will do unless some are set.
        """
        self._app = app
        named = {h.lower() for h in hosts}
        self._hosts = frozenset(named | {own.lower()})
        self._origins = frozenset(o.rstrip("/").lower() for o in origins)
        self._any_host = any_host and not named

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the headers that say who calls whom."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = _name(headers.get("host", ""))
        if not (self._any_host or is_own_name(host) or host in self._hosts):
            said = f"this server does not go by the name {host[:80]!r}: add it to the setting 'allowed_hosts'"
            await refusal(421, said, "misdirected_request")(scope, receive, send)
        elif self._is_foreign(scope["method"], headers):
            said = "a page of another site sent this: name it in the setting 'allowed_origins', or open this server's own page"
            await refusal(403, said, "permission_error")(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _is_foreign(self, method: str, headers: Headers) -> bool:
        """As browsers tell it: ``Sec-Fetch-Site`` where the connection is trustworthy, else the origin."""
        origin = headers.get("origin")
        if origin is not None and origin.rstrip("/").lower() in self._origins:
            return False
        preflight = method == "OPTIONS" and "access-control-request-method" in headers
        if method in _SAFE and not preflight:
            return False  # no answer is shown to the other site: none carries a permission to read it
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site not in ("same-origin", "none")
        called = {headers.get("host", "").lower(), headers.get("x-forwarded-host", "").lower()} - {""}
        return origin is not None and urlsplit(origin).netloc.lower() not in called


def is_own_name(host: str) -> bool:
    """Whether nobody outside could have the name point here: an address, or a name without a domain."""
    try:
        ipaddress.ip_address(host)
        return True
    except ValueError:
        return "." not in host or host.endswith(".localhost")


def _name(host: str) -> str:
    """The ``Host`` header without its port and brackets."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return "invalid.host"
