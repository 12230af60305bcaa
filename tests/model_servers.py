"""Servers of OpenAI's chat protocol that play a part, over real HTTP: good ones, late ones, wrong ones."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from assistant.answer.language_model import MAX_CHARS
from assistant.settings import LanguageModelSettings

KEY = "sk-very-secret-42"
GOOD = "山东2022年的目标是高新技术企业达到2.3万家[1]。"


class Handler(BaseHTTPRequestHandler):
    """Answers as the test says."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        server = self.server
        server.asked.append((self.path, dict(self.headers), json.loads(body)))
        try:
            server.play(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def give(self, data: bytes, status: int = 200, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content-type": kind, "content-length": str(len(data)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def events(self, *events: object) -> None:
        data = b"".join(b"data: " + (e if isinstance(e, bytes) else json.dumps(e).encode()) + b"\n\n" for e in events)
        self.give(data, kind="text/event-stream; charset=utf-8")


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, play: Callable[[Handler], None]) -> None:
        self.play = play
        self.asked: list[tuple[str, dict[str, str], dict[str, object]]] = []
        self.over = threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)

    def configured(self, timeout_s: float = 30.0, path: str = "/v1") -> LanguageModelSettings:
        url = f"http://127.0.0.1:{self.server_address[1]}{path}"
        return LanguageModelSettings(base_url=url, model="qwen", api_key=KEY, timeout_s=timeout_s)


@contextmanager
def playing(play: Callable[[Handler], None]) -> Iterator[Server]:
    server = Server(play)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def delta(text: str | None, **more: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None, **more}]}


def whole(text: object, **more: object) -> bytes:
    message = {"role": "assistant", "content": text, **more}
    return json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}).encode()


def streaming(text: str) -> Callable[[Handler], None]:
    return lambda h: h.events(*(delta(c) for c in text), delta(None, finish_reason="stop"), b"[DONE]")


def hangs(h: Handler) -> None:
    h.server.over.wait()
    h.close_connection = True


def hangs_in_the_headers(h: Handler) -> None:
    h.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not h.server.over.wait(0.02):
        h.wfile.write(b"x-more: 1\r\n")


def hangs_in_the_stream(h: Handler) -> None:
    h.send_response(200)
    h.send_header("content-type", "text/event-stream")
    h.end_headers()
    while not h.server.over.wait(0.02):
        h.wfile.write(b": still here\n\n")


def dies(h: Handler) -> None:
    h.send_response(200)
    h.send_header("content-type", "text/event-stream")
    h.send_header("content-length", "100000")
    h.end_headers()
    h.wfile.write(b"data: " + json.dumps(delta(GOOD)).encode() + b"\n\n")
    h.close_connection = True


LATE = [hangs, hangs_in_the_headers, hangs_in_the_stream]
WRONG: dict[str, Callable[[Handler], None]] = {
    "dies": dies,
    "drops the connection": lambda h: h.connection.close(),
    "is no HTTP": lambda h: h.wfile.write(b"\x00\xff garbage\r\n\r\n"),
    "ends without saying so": lambda h: h.events(delta(GOOD)),
    "HTML": lambda h: h.give(b"<html><body>Welcome</body></html>", kind="text/html"),
    "500": lambda h: h.give(f"echo {KEY}".encode(), 500),
    "401 that repeats the key": lambda h: h.give(json.dumps({"error": f"wrong key {KEY}"}).encode(), 401),
    "404": lambda h: h.give(b"", 404),
    "a status of its own": lambda h: h.give(b"", 799),
    "redirect": lambda h: h.give(b"", 307, location="http://127.0.0.1:9/steal"),
    "no JSON in the stream": lambda h: h.events(b"{not json"),
    "no JSON": lambda h: h.give(b"{not json"),
    "JSON too deep": lambda h: h.give(b"[" * 200_000),
    "half a character": lambda h: h.give(whole(GOOD).decode("unicode_escape").encode("utf-8", "surrogatepass")[:-30] + b"\xff\xfe"),
    "no UTF-8 in the stream": lambda h: h.events(b'{"choices": [{"delta": {"content": "\xff\xfe"}}]}'),
    "an error in the stream": lambda h: h.events({"error": {"message": KEY}}),
    "a list": lambda h: h.give(b"[]"),
    "null": lambda h: h.give(b"null"),
    "no choices": lambda h: h.give(b'{"choices": []}'),
    "choices of another kind": lambda h: h.give(b'{"choices": {"a": 1}}'),
    "content of another kind": lambda h: h.give(whole([{"type": "text", "text": GOOD}])),
    "a number as content": lambda h: h.events(delta(7)),
    "a tool call": lambda h: h.give(whole(None, tool_calls=[{"function": {"name": "rm", "arguments": "{}"}}])),
    "nothing": lambda h: h.give(whole("")),
    "nothing in the stream": lambda h: h.events(b"[DONE]"),
    "no end": lambda h: h.give(whole("长" * (MAX_CHARS + 1))),
    "no end in the stream": lambda h: h.events(*[delta("长" * 1000)] * 30, b"[DONE]"),
    "a megabyte": lambda h: h.give(whole("a" * 1_000_000)),
    "megabytes of nothing": lambda h: h.events(*[delta("") | {"pad": "x" * 1_000_000}] * 5, b"[DONE]"),
    "a packed bomb": lambda h: h.give(gzip.compress(whole("a" * 50_000_000)), content_encoding="gzip"),
}  # fmt: skip
