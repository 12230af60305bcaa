"""What the tests of the HTTP API and the chat page share: a real server on a free port, and a facade that says what
it is told to, for answers that no real corpus gives."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from assistant.assistant import Assistant
from assistant.errors import StoreError
from assistant.http import build_app
from assistant.lexicon import Lexicon, load_lexicon
from assistant.settings import Settings
from assistant.types import Answer, Citation, Document, Fact, Hit, Passage, Section, Span


class _Server(uvicorn.Server):
    """Tells when it is ready, so that no test has to wait a guessed time."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@dataclass(frozen=True)
class Client:
    """Sends requests exactly as they are given, also those that a well-behaved library would refuse to send."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def send(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, Any, dict[str, str]]:
        """Status, decoded body (JSON where it is JSON), headers with names in lower case."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            named.setdefault("content-type", "application/json")
        try:
            connection.request(method, path, body=body, headers=named)
            response = connection.getresponse()
            raw = response.read().decode()
        finally:
            connection.close()
        got = {name.lower(): value for name, value in response.getheaders()}
        return response.status, json.loads(raw) if raw and "json" in got.get("content-type", "") else raw, got

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any, dict[str, str]]:
        return self.send("POST", path, json.dumps(body).encode(), **headers)

    def until(self, holds: Callable[[], bool]) -> None:
        """Look again and again, each time after a request, until it holds."""
        for _ in range(5_000):
            if holds():
                return
            self.send("GET", "/healthz")
        raise AssertionError("it never came about")


def built(assistant: Any, **options: Any) -> FastAPI:
    """``build_app``, which no loop is needed for."""

    async def build() -> FastAPI:
        return build_app(assistant, **options)

    # Inside a loop: where none runs, Gradio makes two of its own and never closes them. In a thread: Playwright's loop
    # runs in this one.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, build()).result()


@contextmanager
def serving(assistant: Any, *, port: int = 0, **options: Any) -> Iterator[Client]:
    """``build_app`` on a free port of this machine, for as long as the block runs."""
    with running(built(assistant, **options), port=port) as client:
        yield client


@contextmanager
def running(app: FastAPI, *, port: int = 0) -> Iterator[Client]:
    """An application on a free port of this machine, for as long as the block runs."""
    config = uvicorn.Config(app, log_level="critical", ws="none", timeout_graceful_shutdown=1)
    server = _Server(config)
    with socket.create_server(("127.0.0.1", port)) as opened:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
        thread.start()
        try:
            if not server.ready.wait(60):
                raise RuntimeError("the server did not start")
            yield Client(opened.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(20)


DOCUMENT = Document(
    id="folder/甲省 报告",
    title="甲省政府工作报告",
    text="第一段。企业达到120家左右，投入增长8%。第三段没有数字。",
    province="甲省",
    year=2022,
)


def cite(document: Document, quote: str, n: int = 1) -> Citation:
    """The first place of ``quote`` as a citation; the whole document is its passage."""
    start = document.text.index(quote)
    span = Span(document.id, start, start + len(quote))
    passage = f"{document.id}:0-{len(document.text)}"
    return Citation(n, span, quote, document.title, document.province, 2022, "plan", ("第一部分",), passage)


def answered(question: str, document: Document = DOCUMENT, **changes: Any) -> Answer:
    """An answer that cites ``document``."""
    citation = cite(document, changes.pop("quote", "企业达到120家左右"))
    said: dict[str, Any] = {
        "question": question,
        "standalone_question": question,
        "language": "zh",
        "intent": "figure",
        "status": "answered",
        "reason": None,
        "text": f"甲省2022年目标：{citation.quote} [1]",
        "short": "120家左右",
        "citations": (citation,),
        "timings_ms": {"total": 12.0},
    }
    return Answer(**said | changes)


def declined(question: str, document: Document = DOCUMENT) -> Answer:
    """An answer that says no and shows the nearest passage."""
    passage = Passage(Span(document.id, 0, 4), document.text[:4], province=document.province, year=2022, period="plan")
    text = "没有收录。"
    return Answer(
        question, question, "zh", "figure", "declined", "not_stated", text, hits=(Hit(1, passage, 0.5, ("dense",)),)
    )


@dataclass
class Scripted:
    """A facade that gives the answer, or raises the error, that it was made with, and remembers what it was asked."""

    says: Answer | Exception | None = None
    texts: tuple[Document, ...] = (DOCUMENT,)
    settings: Settings = field(default_factory=Settings)
    lexicon: Lexicon = field(default_factory=load_lexicon)
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    limits: list[dict[str, Any]] = field(default_factory=list)

    def ask(self, question: str, history: Any = (), **filters: Any) -> Answer:
        self.asked.append((question, tuple(history)))
        self.limits.append({name: value for name, value in filters.items() if value})
        if isinstance(self.says, Exception):
            raise self.says
        return self.says if self.says is not None else answered(question)

    def is_answered(self, question: str, history: Any = ()) -> bool:
        return False

    def facts(self) -> tuple[Fact, ...]:
        return ()

    def passage_at(self, span: Span) -> Passage | None:
        document = self.document(span.doc_id)
        return Passage(Span(document.id, 0, len(document.text)), document.text, ("第一部分",), "甲省", 2022, "plan")

    def document(self, doc_id: str) -> Document:
        found = [d for d in self.texts if d.id == doc_id]
        if not found:
            raise StoreError(f"no document {doc_id!r}")
        return found[0]

    def documents(self) -> tuple[Document, ...]:
        return self.texts

    def sections(self, doc_id: str) -> tuple[Section, ...]:
        document = self.document(doc_id)
        return (Section(Span(doc_id, 0, len(document.text)), ("第一部分",), document.province, 2022, "plan"),)

    def is_newest(self) -> bool:
        return True

    def examples(self, language: str, n: int = 4) -> tuple[str, ...]:
        return ("甲省的目标？",) if language == "zh" else ("What is the target?",)

    def info(self) -> dict[str, Any]:
        return {"generation": 1, "counts": {"documents": len(self.texts)}, "provinces": ["甲省"], "years": [2022]}


@dataclass
class Waiting(Scripted):
    """A facade that thinks until it is let go, as a slow language model does."""

    started: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)

    def ask(self, question: str, history: Any = (), **filters: Any) -> Any:
        self.started.set()
        self.release.wait(60)
        return super().ask(question, history, **filters)


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The real facade over the shipped corpus, in a store of its own."""
    opened = Assistant.open(store=tmp_path_factory.mktemp("serving") / "store", settings=Settings())
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def api(assistant: Assistant) -> Iterator[Client]:
    """A server over the real facade."""
    with serving(assistant) as client:
        yield client
