"""The HTTP endpoints and the chat page as one application; it holds no logic: parse, call the facade, answer."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse, Response, StreamingResponse

from assistant import __version__
from assistant.errors import AssistantError, QuestionError, SettingsError, StoreError
from assistant.http.access import Access
from assistant.http.counts import Counts
from assistant.http.entry import Entry
from assistant.http.limits import BodyLimit
from assistant.http.logs import keep_logs
from assistant.http.mcp import mend_mcp, require_mcp
from assistant.http.openai import ChatRequest, completion, iter_events, models
from assistant.http.origins import Origins
from assistant.http.policy import PagePolicy
from assistant.http.rates import Rates
from assistant.http.refusals import METHODS, add_error_handlers, no_such_endpoint, page_error_handlers
from assistant.http.slots import Load, Slots
from assistant.http.takeaway import Takeaway
from assistant.http.watching import Watched
from assistant.ui.chat import PARALLEL, build_chat, page_options
from assistant.ui.endpoints import describe_documents, describe_hits
from assistant.ui.head import OwnHead
from assistant.ui.requests import AskRequest, LocateRequest, Model, SearchRequest, parse_request

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.settings import Settings

_log = logging.getLogger(__name__)
_KEPT_S = 3600
_KEEP_ALIVE_S = 75
"""Longer than proxies keep an idle connection (nginx 60 s): who closes first resets what the other is just sending."""
_DRAIN_S = 30.0
"""A language model may take so long; what stops servers (systemd 90 s, Docker 10 s unless told) may be less patient."""
_CORS_HEADERS = ["authorization", "content-type", "x-request-id"]


def build_app(assistant: Assistant, *, auth: Sequence[tuple[str, str]] = (), mcp: bool = False) -> FastAPI:
    """The API, the chat page and Gradio's endpoints as one application.

    :param auth: users with their passwords, beside those of the settings; without any, and without tokens, everybody who
        reaches the port may ask.
    :param mcp: serve the tools ``ask``, ``search``, ``locate`` and ``list_documents`` under ``/gradio_api/mcp/`` too.
    :raises SettingsError: ``mcp`` without the package that it needs, or a password that nothing could match.
    """
    if mcp:
        require_mcp()
    import gradio as gr

    # No docs_url and redoc_url: their pages load scripts from outside.
    app = FastAPI(title="省问 ShengWen", version=__version__, docs_url=None, redoc_url=None)
    settings = assistant.settings
    access = Access({**settings.users, **dict(auth)}, settings.tokens)
    counts = Counts(lambda: int(assistant.info().get("generation") or 0))
    app.state.load = Load()
    _surround(app, settings, access, counts)
    add_error_handlers(app)
    _Endpoints(assistant, counts, app.state.load).add_to(app)
    options = page_options()
    inside = [Middleware(PagePolicy, head=options["head"]), Middleware(OwnHead)]
    options["app_kwargs"] = {"exception_handlers": page_error_handlers(), "middleware": inside}
    if access.needed:
        options["auth_dependency"] = lambda request: request.scope.get("user")
    page = build_chat(assistant)
    page.delete_cache = (_KEPT_S, _KEPT_S)  # what was uploaded, and never added
    page._queue.max_size = settings.max_waiting + PARALLEL
    gr.mount_gradio_app(app, page, path="/", mcp_server=mcp, **options)
    if mcp:
        mend_mcp(page.mcp_server_obj)
    return app


def _surround(app: FastAPI, settings: Settings, access: Access, counts: Counts) -> None:
    """What every request passes before an endpoint sees it, the innermost first."""
    app.add_middleware(Slots, load=app.state.load, waiting=settings.max_waiting)
    app.add_middleware(BodyLimit, max_upload=settings.max_upload_mb * 1_000_000 if settings.allow_upload else 0)
    app.add_middleware(Rates, questions=settings.questions_per_minute, feedback=settings.feedback_per_minute)
    app.add_middleware(Entry, access=access)
    origins = settings.allowed_origins
    app.add_middleware(
        Origins, hosts=settings.allowed_hosts, own=settings.host, origins=origins, any_host=access.needed
    )
    # Also without any origin: where it is absent, Gradio lets every other site in.
    app.add_middleware(
        CORSMiddleware, allow_origins=origins, allow_methods=["GET", "POST"], allow_headers=_CORS_HEADERS
    )
    app.add_middleware(Watched, counts=counts)


def serve(
    assistant: Assistant,
    host: str,
    port: int,
    *,
    auth: Sequence[tuple[str, str]] = (),
    mcp: bool = False,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve until interrupted.

    :param port: 0 takes a free one.
    :param announce: called with the address once the port is open.
    :raises SettingsError: the address cannot be listened on, or ``mcp`` lacks its package.
    """
    import uvicorn

    settings = assistant.settings
    guarded = bool(auth or settings.users or settings.tokens)
    with _listen(host, port) as opened, keep_logs(settings, audited=guarded):
        address = f"http://{_reachable(host)}:{opened.getsockname()[1]}"
        app = build_app(assistant, auth=auth, mcp=mcp)
        if announce is not None:
            announce(address)
        # Open pages hold a connection each for as long as they are open; leaving does not wait for them.
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            ws="none",
            timeout_graceful_shutdown=3,
            timeout_keep_alive=_KEEP_ALIVE_S,
        )
        _draining(uvicorn.Server, app.state.load)(config).run(sockets=[opened])


def _draining(server: type[Any], load: Load) -> type[Any]:
    """The server, which at its end takes nobody new and first answers what it was asked."""

    class Draining(server):  # type: ignore[misc]
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            load.ending = True
            for listening in (*self.servers, *(sockets or ())):
                listening.close()
            ends = time.monotonic() + _DRAIN_S
            while load.under_way and time.monotonic() < ends and not self.force_exit:
                await asyncio.sleep(0.05)
            await super().shutdown(sockets)

    return Draining


def _reachable(host: str) -> str:
    """The host as an address shows it; this machine, where the server listens on all of its addresses."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    return f"[{host}]" if ":" in host else host


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as e:
        raise SettingsError(
            f"cannot listen on {host!r}, port {port}: {e.strerror}; choose another --host or --port"
        ) from e


class _Endpoints:
    """The endpoints; answers run in threads, so that a slow one holds nobody up."""

    def __init__(self, assistant: Assistant, counts: Counts, load: Load) -> None:
        self._assistant = assistant
        self._counts = counts
        self._load = load
        self._started = int(time.time())

    def add_to(self, app: FastAPI) -> None:
        """Register the endpoints, and last what answers for paths that are none."""
        app.add_api_route("/healthz", self.health, methods=["GET"])
        app.add_api_route("/readyz", self.ready, methods=["GET"])
        app.add_api_route("/metrics", self.metrics, methods=["GET"], include_in_schema=False)
        self._post(app, "/api/ask", self.ask, AskRequest)
        self._post(app, "/api/search", self.search, SearchRequest)
        self._post(app, "/api/locate", self.locate, LocateRequest)
        app.add_api_route("/api/documents", self.documents, methods=["GET"])
        app.add_api_route("/api/documents/{doc_id:path}", self.document, methods=["GET"])
        takeaway = Takeaway(self._assistant, self._read, self._body)
        for path, endpoint, body in takeaway.endpoints():
            self._post(app, path, endpoint, body)
        self._post(app, "/v1/chat/completions", self.chat, ChatRequest)
        app.add_api_route("/v1/models", self.models, methods=["GET"])
        for path in ("/healthz", "/readyz", "/metrics", "/api", "/api/{rest:path}", "/v1", "/v1/{rest:path}"):
            app.add_api_route(path, no_such_endpoint, methods=METHODS, include_in_schema=False)

    def _post(self, app: FastAPI, path: str, endpoint: Callable[..., Awaitable[Any]], body: type[Model]) -> None:
        schema = body.model_json_schema(ref_template="#/components/schemas/{model}")
        described = {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
        app.add_api_route(path, endpoint, methods=["POST"], openapi_extra=described)

    async def health(self) -> dict[str, Any]:
        """Whether questions are answered, and from which generation of the store."""
        info = await run_in_threadpool(self._assistant.info)
        return {"status": "ok", "generation": info.get("generation")}

    async def ready(self) -> Response:
        """Whether new questions may be sent here; the reason stands in the log, since anybody may ask this."""
        if self._load.ending:
            return JSONResponse({"status": "ending"}, 503)
        try:
            newest = await run_in_threadpool(self._assistant.is_newest)
        except AssistantError as e:
            _log.error("not ready: %s", e)
            return JSONResponse({"status": "unavailable"}, 503)
        return JSONResponse({"status": "ready" if newest else "outdated"})

    async def metrics(self) -> Response:
        """The counts for Prometheus."""
        text, kind = await run_in_threadpool(self._counts.text)
        return Response(text, media_type=kind)

    async def ask(self, request: Request) -> Response:
        """One answer with its citations."""
        asked = await self._read(request, AskRequest)
        return _json((await run_in_threadpool(self._assistant.ask, **dict(asked))).to_dict())

    async def search(self, request: Request) -> Response:
        """Ranked passages."""
        wanted = await self._read(request, SearchRequest)
        hits = await run_in_threadpool(self._assistant.search, **dict(wanted))
        return _json(describe_hits(wanted.query, hits))

    async def locate(self, request: Request) -> Response:
        """Where a sentence stands."""
        wanted = await self._read(request, LocateRequest)
        return _json((await run_in_threadpool(self._assistant.locate, wanted.text)).to_dict())

    async def documents(self, request: Request) -> Response:
        """The documents without their texts."""
        return _json(await run_in_threadpool(describe_documents, self._assistant))

    async def document(self, request: Request, doc_id: str) -> Response:
        """The text of one document, in which every span counts its code points."""
        try:
            found = await run_in_threadpool(self._assistant.document, doc_id)
        except StoreError:
            if any(known.id == doc_id for known in await run_in_threadpool(self._assistant.documents)):
                raise  # it is there and cannot be read
            raise HTTPException(404, f"no document {doc_id!r}: GET /api/documents lists them") from None
        return Response(
            found.text, media_type="text/plain; charset=utf-8", headers={"x-content-type-options": "nosniff"}
        )

    async def models(self, request: Request) -> Response:
        """The one model there is, for OpenAI's clients."""
        return _json(models(self._started))

    async def chat(self, request: Request) -> Response:
        """An answer in OpenAI's shape, whole or as server-sent events."""
        body = await self._read(request, ChatRequest)
        *history, question = body.questions
        answer = await run_in_threadpool(self._assistant.ask, question, history)
        base = str(request.base_url)
        if not body.stream:
            return _json(completion(answer, base))
        usage = body.stream_options is not None and body.stream_options.include_usage
        events = iter_events(answer, base, include_usage=usage)
        return StreamingResponse(events, media_type="text/event-stream", headers={"cache-control": "no-cache"})

    async def _body(self, request: Request) -> bytes:
        """The bytes of a JSON body."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and not kind.endswith("+json"):
            raise HTTPException(415, f"the content type is {kind!r}: send application/json")
        return await request.body()

    async def _read(self, request: Request, model: type[Model]) -> Model:
        body = await self._body(request)
        try:
            values = json.loads(body, parse_constant=_refuse_constant)
        except UnicodeDecodeError as e:
            raise QuestionError(f"the body is not UTF-8 at byte {e.start}: send JSON in UTF-8") from None
        except json.JSONDecodeError as e:
            raise QuestionError(f"the body is not JSON at character {e.pos}: {e.msg}") from None
        except RecursionError:
            raise QuestionError("the body is nested too deeply: send it flat") from None
        except ValueError:  # json.loads refuses integers of more than 4,300 digits
            raise QuestionError("a number of the body has thousands of digits: send a smaller one") from None
        return parse_request(model, values)


def _refuse_constant(name: str) -> NoReturn:
    raise QuestionError(f"the body is not JSON: {name} is no number of JSON")


def _json(value: Any) -> Response:
    return JSONResponse(value)
