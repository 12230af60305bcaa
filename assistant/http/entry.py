"""The door: with passwords or tokens set, nothing behind it answers to who has none, whatever the path or the method."""

from __future__ import annotations

import logging
import re
from urllib.parse import parse_qs, quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.http.access import SESSION_S, Access, Locked
from assistant.http.login import LOGIN_POLICY, login_page
from assistant.http.rates import client_of, too_many
from assistant.http.refusals import refusal

OPEN = ("/healthz", "/readyz")
LOGIN, LOGOUT = "/login", "/logout"
COOKIE = "shengwen_session"
_MAX_FORM = 8_192
_PROGRAMS = ("/api/", "/v1/", "/openapi.json", "/metrics")
# Gradio's proxy and its fetching of addresses would make this server a way into its own network; nothing here needs
# them, nor its deep links (which keep what anybody sends), nor its streams of media.
_CLOSED = re.compile(r"(?i)/+gradio_api/+(proxy=|file[=/]\s*/*(https?|ftp):|deep_link|stream/|dev/|custom_component/)")
_audit = logging.getLogger("shengwen.audit")


class Entry:
    """ASGI middleware; it leaves the user's name under ``user`` in the scope."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in who is known."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["user"] = None
        answer = await self._answer(Request(scope, receive)) if self._access.needed else None
        if answer is None and _CLOSED.match(scope["path"]):
            answer = refusal(404, f"no endpoint {scope['path'][:200]!r}", "not_found_error")
        await (answer or self._app)(scope, receive, send)

    async def _answer(self, request: Request) -> Response | ASGIApp | None:
        """What the door itself answers; ``None``: come in."""
        path, client = request.url.path, client_of(request.scope)
        try:
            if path in (LOGIN, f"{LOGIN}/"):
                return await self._login(request, client)
            user = await self._who(request, client)
        except Locked as e:
            _audit.warning("locked", extra={"client": client})
            return too_many("too many wrong passwords came from this address", e.wait)
        request.scope["user"] = user
        if user is not None and path == LOGOUT:
            return self._logout(request)
        return None if user is not None or path in OPEN else _asked_for_password(request)

    async def _who(self, request: Request, client: str) -> str | None:
        if user := self._access.of_session(_cookie(request.headers)):
            return user
        # Gradio's client renames the header on its way.
        given = request.headers.get("authorization") or request.headers.get("x-hf-authorization")
        if not given:
            return None
        user = await run_in_threadpool(self._access.of_header, given, client)
        if user is None:
            _audit.warning("refused", extra={"client": client})
        return user

    async def _login(self, request: Request, client: str) -> Response:
        wants_page = "text/html" in request.headers.get("accept", "")
        if request.method != "POST":
            return _page(_way_on(request.query_params.get("next", "")))
        form = await _form(request)
        if form is None:
            return refusal(413, "the form is too large", "request_too_large")
        name, password = form.get("username", ""), form.get("password", "")
        way_on = _way_on(form.get("next", ""))
        key = await run_in_threadpool(self._access.open_session, name, password, client)
        _audit.log(
            logging.INFO if key else logging.WARNING,
            "login" if key else "refused",
            extra={"client": client, "user": name[:80]},
        )
        if key is None:
            wrong = refusal(401, "the name or the password is wrong", "authentication_error")
            return _page(way_on, failed=True) if wants_page else wrong
        response: Response = RedirectResponse(way_on, 303) if wants_page else JSONResponse({"success": True})
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, key, int(SESSION_S), httponly=True, samesite="lax", secure=secure)
        return response

    def _logout(self, request: Request) -> Response:
        self._access.close_session(_cookie(request.headers))
        response = RedirectResponse(LOGIN, 303)
        response.delete_cookie(COOKIE)
        return response


def _page(way_on: str, *, failed: bool = False) -> Response:
    headers = {"content-security-policy": LOGIN_POLICY, "cache-control": "no-store"}
    return HTMLResponse(login_page(way_on, failed=failed), 401 if failed else 200, headers)


def _asked_for_password(request: Request) -> Response:
    """A reader's browser is led to the page that asks; a program hears which header it lacks."""
    path = request.url.path
    if request.method == "GET" and path == "/" and "text/html" in request.headers.get("accept", ""):
        here = path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{LOGIN}?next={quote(here, safe='')}", 303)
    # ``Basic`` makes a browser ask by itself, in a window that the page cannot explain: not for what the page calls.
    scheme = "Basic" if path.startswith(_PROGRAMS) else "Bearer"
    headers = {"www-authenticate": f'{scheme} realm="shengwen", charset="UTF-8"', "cache-control": "no-store"}
    return refusal(401, "a user and password, or a token, are needed", "authentication_error", headers)


def _cookie(headers: Headers) -> str:
    return cookie_parser(headers.get("cookie", "")).get(COOKIE, "")


async def _form(request: Request) -> dict[str, str] | None:
    """The fields of a small form; ``None``: it is too large."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MAX_FORM:
            return None
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


def _way_on(path: str) -> str:
    """Where to go after the login: the page with its question, and nowhere else."""
    return path if re.fullmatch(r"/(\?[\w%&=.~+-]*)?", path) else "/"
