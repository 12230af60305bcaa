"""The chat page as its readers meet it: how soon it takes a question, how soon text comes, whether twenty get their own.

A server of its own in a new process, asked over HTTP as the page asks: an event is joined to Gradio's queue, and what
comes of it is read from the session's stream of events. It knows the page by two names only, those of the question box
and of the turn's state.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any

import httpx
import numpy as np

from assistant.errors import EvalDataError
from assistant.settings import Settings
from assistant.types import Progress

QUESTIONS = 40
"""Of the shipped set, asked one after the other by one reader."""
USERS = 20
VISITS = 3
"""Each of a browser that has nothing kept; the quickest counts."""
PATIENCE = 120.0
"""Seconds after which an answer will not come."""
BOX = "#sw-box textarea"
_WHOLE, _TEXT = 'data-state="whole"', 'class="sw-answer"'
_SERVER = """
import json, sys, threading, time
from assistant.assistant import Assistant
from assistant.http import serve
from assistant.settings import Settings
class Timed(Assistant):
    def ask(self, question, *rest, **limits):
        answer = super().ask(question, *rest, **limits)
        tell(question, time.monotonic())
        return answer
telling = threading.Lock()
def tell(*what):
    with telling:
        print(json.dumps(what), flush=True)
a = Timed.open(settings=Settings.model_validate_json(sys.argv[1]))
a.warm()
serve(a, "127.0.0.1", 0, announce=tell)
"""


def measure_page(settings: Settings, *, questions: Sequence[str], progress: Progress) -> dict[str, float | None]:
    """The figures of the page.

    ``page_first_text_ms`` is from the moment the answer is ready in the server to the first of its text in a client,
    ``page_interactive_s`` from the address entered to a question box that takes a question (``None`` without
    Playwright or a browser), ``page_users_20_s`` from twenty questions sent at once to the last answer read,
    ``page_users_20_errors`` how many of the twenty did not get the answer to their own question.

    :raises EvalDataError: the server does not start, or does not answer one reader.
    """
    steps = QUESTIONS + VISITS + 1
    with _serving(settings) as server:
        delays = []
        for i, question in enumerate(questions[:QUESTIONS]):
            progress("page", i, steps)
            delays.append(1000 * _first_text(server, question))
        progress("page", QUESTIONS, steps)
        p50, p95 = np.percentile(delays, [50, 95])
        figures: dict[str, float | None] = {"page_first_text_ms_p50": float(p50), "page_first_text_ms_p95": float(p95)}
        figures["page_interactive_s"] = _interactive(server.url)
        progress("page", QUESTIONS + VISITS, steps)
        errors, seconds = _together(server, [questions[i % len(questions)] for i in range(USERS)])
        progress("page", steps, steps)
    return figures | {"page_users_20_errors": errors, "page_users_20_s": seconds}


@dataclass
class _Server:
    """The server's address, and when each question's answer was ready in it."""

    url: str
    ready: dict[str, float]


@contextmanager
def _serving(settings: Settings) -> Iterator[_Server]:
    command = [sys.executable, "-c", _SERVER, settings.model_dump_json()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        lines = iter(process.stdout or ())
        try:
            first = next(lines, None)
            if first is None:
                raise EvalDataError("the server to be measured did not start: it says why above; try `shengwen serve`")
            server = _Server(json.loads(first)[0], {})
            noting = threading.Thread(target=_note, args=(lines, server.ready))
            noting.start()
            yield server
        finally:
            process.terminate()
        noting.join()


def _note(lines: Iterator[str], ready: dict[str, float]) -> None:
    for line in lines:
        question, moment = json.loads(line)
        ready[question] = moment


class Visitor:
    """A reader without a browser: the requests that the page makes, and what the stream of events brings."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=PATIENCE)
        self._session = uuid.uuid4().hex
        config = self._http.get("/config").json()
        box = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "sw-box")
        self._submit = _listener(config, box, "submit")
        asking = self._submit["outputs"][0]
        self._respond = _listener(config, asking, "change")
        self._nothing = [None] * len(self._respond["inputs"])  # what a session holds, the server knows

    def ask(self, question: str) -> tuple[float, str]:
        """When the first text of the answer came, and the HTML of its whole turn."""
        for _ in self._events(self._submit, [question]):
            pass
        first, whole = 0.0, ""
        for html in self._events(self._respond, self._nothing):
            if not first and _TEXT in html:
                first = time.monotonic()
            whole = html if _WHOLE in html else whole
        return first, whole

    def close(self) -> None:
        """Leave."""
        self._http.close()

    def _events(self, listener: dict[str, Any], data: list[Any]) -> Iterator[str]:
        """The HTML of turns, as events bring it, until nothing is pending."""
        body = {"data": data, "fn_index": listener["id"], "session_hash": self._session}
        joined = self._http.post("/gradio_api/queue/join", json=body).raise_for_status().json()["event_id"]
        with self._http.stream("GET", "/gradio_api/queue/data", params={"session_hash": self._session}) as stream:
            for line in stream.iter_lines():
                event = json.loads(line[5:]) if line.startswith("data:") else {}
                # Read to the end: of a stream left before, the server takes the reader for gone, and drops what it asked.
                if event.get("event_id") == joined:
                    yield from (text for text in _texts(event.get("output")) if "<article" in text)


def _listener(config: dict[str, Any], component: int, event: str) -> dict[str, Any]:
    found = (d for d in config["dependencies"] if [component, event] in d["targets"])
    listener: dict[str, Any] = next(found)
    return listener


def _texts(value: Any) -> Iterator[str]:
    """Every string within decoded JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _first_text(server: _Server, question: str) -> float:
    """Seconds from the answer in the server to its first text here; both read the same monotonic clock."""
    visitor = Visitor(server.url)
    first, whole = visitor.ask(question)
    visitor.close()
    if not whole or question not in server.ready:
        raise EvalDataError(f"the page did not answer {question!r}: ask it in `shengwen serve` and see what it says")
    return (first or time.monotonic()) - server.ready[question]


def _together(server: _Server, questions: Sequence[str]) -> tuple[int, float]:
    """How many of the readers asking at once did not get their own answer, and the seconds until all were done."""
    own = {q: _places(httpx.post(f"{server.url}/api/ask", json={"question": q}, timeout=PATIENCE)) for q in questions}
    visitors = [Visitor(server.url) for _ in questions]
    start = threading.Barrier(len(questions) + 1)

    def ask(visitor: Visitor, question: str) -> bool:
        start.wait()
        try:
            _, html = visitor.ask(question)
        except httpx.HTTPError:
            return False
        return f">{escape(question)}</h2>" in html and all(place in html for place in own[question])

    with ThreadPoolExecutor(len(questions)) as pool:
        answered = [pool.submit(ask, *who) for who in zip(visitors, questions, strict=True)]
        start.wait()
        began = time.monotonic()
        errors = sum(not done.result() for done in answered)
        seconds = time.monotonic() - began
    for visitor in visitors:
        visitor.close()
    return errors, seconds


def _places(response: httpx.Response) -> list[str]:
    """Where the quotes of an answer stand, as the page's cards carry it."""
    cited = response.raise_for_status().json()["citations"]
    return [f'data-doc="{escape(c["doc_id"])}" data-start="{c["start"]}" data-end="{c["end"]}"' for c in cited]


def _interactive(url: str) -> float | None:
    """Seconds from the address entered to a box that takes a question, in Chromium; ``None`` where there is none."""
    missing = "page_interactive_s is null: {}\n"
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        sys.stderr.write(missing.format("Playwright is not installed (pip install -e '.[dev]')"))
        return None
    with sync_playwright() as playwright:
        installed = shutil.which("chromium") or shutil.which("google-chrome")
        try:
            browser = playwright.chromium.launch(executable_path=installed, args=["--no-sandbox", "--disable-gpu"])
        except Error:
            sys.stderr.write(missing.format("no Chromium (apt-get install chromium, or playwright install chromium)"))
            return None
        return min(_visit(browser, url) for _ in range(VISITS))


def _visit(browser: Any, url: str) -> float:
    page = browser.new_context().new_page()
    began = time.monotonic()
    page.goto(url, wait_until="commit")
    page.fill(BOX, "?")  # waits until it can be written in
    took = time.monotonic() - began
    page.press(BOX, "Enter")
    page.locator("#sw-current .sw-turn").wait_for()  # it did take it
    page.context.close()
    return took
