"""Language models: the protocol, any OpenAI-compatible server, and a scripted one for demonstrations and tests.

It moves text and trusts nobody: a server that hangs, dies, or answers what is no answer becomes one
``LanguageModelError`` in our own words (a server's words could repeat the key). It knows nothing about evidence.
"""

from __future__ import annotations

import contextlib
import http
import json
import queue
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from assistant.errors import LanguageModelError, SettingsError
from assistant.settings import LanguageModelSettings

if TYPE_CHECKING:
    import asyncio

MAX_CHARS = 20_000
"""An answer of many pages is a model that does not end; the longest shipped extractive answers have 3,000."""
MAX_BYTES = 4_000_000
"""What a server may send in all: thinking aloud and the JSON around each token come to far less."""
MAX_TOKENS = 4096
_DAY = 86_400.0
_PLAINER = frozenset({400, 404, 415, 422, 501})
"""Statuses with which servers refuse a stream, a seed or a cap that they do not know: asked once more without."""
Message = Mapping[str, str]


class LanguageModel(Protocol):
    """Writes text. Two exist: ``HttpModel`` and ``ScriptedModel``."""

    @property
    def name(self) -> str:
        """What the answer's ``generator`` calls it."""
        ...

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """The answer piece by piece.

        :raises LanguageModelError: it did not answer usably; nothing else is raised.
        """
        ...


class ScriptedModel:
    """Gives answers from a list, in order, and keeps what it was asked (``asked``); an error in the list is raised."""

    def __init__(self, answers: Sequence[str | LanguageModelError], *, name: str = "scripted") -> None:
        self.name = name
        self.asked: list[tuple[Message, ...]] = []
        self._answers = list(answers)

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """The next answer, in pieces of 16 characters."""
        at = len(self.asked)
        self.asked.append(tuple(messages))
        if at >= len(self._answers):
            raise LanguageModelError(f"the script has {len(self._answers)} answers and was asked for one more: add it")
        answer = self._answers[at]
        if isinstance(answer, LanguageModelError):
            raise answer
        yield from (answer[i : i + 16] for i in range(0, len(answer), 16))


class HttpModel:
    """A server of OpenAI's chat protocol (Ollama, vLLM, llama.cpp, DeepSeek, Qwen …). Safe for many threads.

    :param streaming: ask for server-sent events; a server that sends the whole answer instead is understood too.
    :raises SettingsError: no usable ``base_url``, or a key that no header can carry.
    """

    def __init__(self, settings: LanguageModelSettings, *, streaming: bool = True) -> None:
        self.name = settings.model
        self._url = _endpoint(settings.base_url or "")
        self._key = settings.api_key.strip()
        if not (self._key.isascii() and self._key.isprintable()):
            raise SettingsError(
                "the setting 'llm.api_key' holds characters that no header can carry: copy the key again"
            )
        self._timeout = min(settings.timeout_s, _DAY)
        self._streaming = streaming

    def __repr__(self) -> str:
        return f"HttpModel({self.name!r}, {self.host!r})"

    @property
    def host(self) -> str:
        """The server's name and port, without user, path or query, which may hold secrets."""
        return urlsplit(self._url).netloc.rpartition("@")[2]

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """The answer piece by piece, within ``timeout_s`` in all; abandoned, the request ends too.

        :raises LanguageModelError: the server did not answer usably.
        """
        deadline = time.monotonic() + self._timeout
        call = _Call(self, [dict(m) for m in messages])
        written = 0
        try:
            while (piece := call.next_within(deadline - time.monotonic())) is not None:
                written += len(piece)
                if written > MAX_CHARS:
                    raise LanguageModelError(f"{self!r} wrote more than {MAX_CHARS} characters: it does not end")
                yield piece
        finally:
            call.cancel()
        if not written:
            raise LanguageModelError(f"{self!r} answered nothing")

    async def talk(self, messages: list[dict[str, str]]) -> AsyncGenerator[str, None]:
        """One request, and a plainer second one if the server refuses the first for its parameters."""
        import httpx

        headers = {"Accept-Encoding": "identity"}  # no answer of 20,000 characters needs unpacking; a bomb does
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        bodies = [
            _body(self.name, messages, stream=self._streaming, plain=False),
            _body(self.name, messages, plain=True),
        ]
        async with httpx.AsyncClient(timeout=self._timeout, headers=headers, follow_redirects=False) as client:
            for body in bodies:
                async with client.stream("POST", self._url, json=body) as response:
                    if response.status_code in _PLAINER and body is not bodies[-1]:
                        continue
                    _check_status(response.status_code, self)
                    whole = "text/event-stream" not in response.headers.get("content-type", "")
                    chunks = _capped(response.aiter_raw(), self)
                    async for piece in _whole(chunks) if whole else _events(chunks):
                        yield piece
                    return


class _Call:
    """A request in a thread and an event loop of its own: there, a deadline ends any wait, however a server dawdles."""

    def __init__(self, model: HttpModel, messages: list[dict[str, str]]) -> None:
        self._model = model
        self._messages = messages
        self._pieces: queue.SimpleQueue[str | LanguageModelError | None] = queue.SimpleQueue()
        self._cancelled = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        threading.Thread(target=self._run, name="language-model", daemon=True).start()

    def next_within(self, seconds: float) -> str | None:
        """The next piece; ``None`` at the end."""
        try:
            piece = self._pieces.get(timeout=max(0.0, seconds))
        except queue.Empty:
            raise self._late() from None
        if isinstance(piece, LanguageModelError):
            raise piece
        return piece

    def cancel(self) -> None:
        """End the request, if it still runs."""
        self._cancelled.set()
        if self._loop is not None and self._task is not None:
            with contextlib.suppress(RuntimeError):  # the loop has just closed by itself
                self._loop.call_soon_threadsafe(self._task.cancel)

    def _late(self) -> LanguageModelError:
        seconds = f"{self._model._timeout:g}"
        return LanguageModelError(
            f"{self._model!r} took longer than {seconds} s: see that it runs, or raise llm.timeout_s"
        )

    def _run(self) -> None:
        import asyncio

        import httpx

        try:
            with contextlib.suppress(asyncio.CancelledError):
                asyncio.run(self._collect())
        except LanguageModelError as e:
            self._pieces.put(e)
        except TimeoutError:
            self._pieces.put(self._late())
        except httpx.TimeoutException:
            self._pieces.put(self._late())
        except httpx.ConnectError:
            self._pieces.put(LanguageModelError(f"{self._model!r} cannot be reached: see that the server runs"))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, RuntimeError, ValueError) as e:
            # The kind of the error, never its words: they can hold headers or the address with its secrets.
            self._pieces.put(
                LanguageModelError(f"{self._model!r} broke off or sent no valid answer ({type(e).__name__})")
            )
        finally:
            self._pieces.put(None)

    async def _collect(self) -> None:
        import asyncio

        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        if self._cancelled.is_set():
            return
        async with asyncio.timeout(self._model._timeout), contextlib.aclosing(self._model.talk(self._messages)) as said:
            async for piece in said:
                self._pieces.put(piece)


def _endpoint(base_url: str) -> str:
    """The address of the chat completions below a base address (``http://localhost:11434`` is taken as its ``/v1``).

    :raises SettingsError: it is no http address; the message does not repeat it, as it may hold a password.
    """
    try:
        parts = urlsplit(base_url.strip())
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError("the setting 'llm.base_url' is no address: give one such as http://localhost:11434/v1")
    path = parts.path.rstrip("/") or "/v1"
    path = path if path.endswith("/chat/completions") else f"{path}/chat/completions"
    return parts._replace(path=path, fragment="").geturl()


def _body(model: str, messages: list[dict[str, str]], *, plain: bool, stream: bool = False) -> dict[str, Any]:
    body: dict[str, Any] = {"model": model, "messages": messages, "stream": stream}
    return body if plain else body | {"temperature": 0, "seed": 0, "max_tokens": MAX_TOKENS}


def _check_status(status: int, model: HttpModel) -> None:
    if status == 200:
        return
    try:
        meaning = f" {http.HTTPStatus(status).phrase}"
    except ValueError:
        meaning = ""
    remedy = "check llm.api_key" if status in {401, 403} else "check llm.base_url and llm.model, and the server's log"
    raise LanguageModelError(f"{model!r} answered with status {status}{meaning}: {remedy}")


async def _capped(chunks: AsyncIterator[bytes], model: HttpModel) -> AsyncIterator[bytes]:
    read = 0
    async for chunk in chunks:
        read += len(chunk)
        if read > MAX_BYTES:
            raise LanguageModelError(f"{model!r} sent more than {MAX_BYTES} bytes: it does not end")
        yield chunk


async def _whole(chunks: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """The text of a completion that comes in one piece."""
    data = b"".join([chunk async for chunk in chunks])
    yield _said(_json(data), "message")[0]


async def _events(chunks: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """The text of server-sent events. A stream that ends without saying so was cut, and half a sentence can mislead."""
    ended = False
    async for line in _lines(chunks):
        field, _, value = line.partition(b":")
        if field != b"data":  # comments, event names, blank lines
            continue
        if value.strip() == b"[DONE]":
            ended = True
            break
        text, finished = _said(_json(value), "delta")
        ended = ended or finished
        if text:
            yield text
    if not ended:
        raise LanguageModelError("the language model's answer broke off: see the server's log")


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    parts: list[bytes] = []
    async for chunk in chunks:
        *ended, rest = chunk.split(b"\n")
        for line in ended:
            yield b"".join((*parts, line)).rstrip(b"\r")
            parts = []
        parts.append(rest)
    yield b"".join(parts)


def _json(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise LanguageModelError(
            "the language model's server answered something that is no JSON: check llm.base_url, it usually ends in /v1"
        ) from None


def _said(answer: Any, part: str) -> tuple[str, bool]:
    """The text of a completion or of one event, and whether it says that the answer is finished."""
    choices = answer.get("choices") if isinstance(answer, dict) else None
    if isinstance(answer, dict) and answer.get("error"):
        raise LanguageModelError("the language model's server reported an error: see its log")
    if choices == [] and part == "delta":  # an event that tells the usage
        return "", False
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = (choice.get(part) or {}) if isinstance(choice, dict) else None
    text = message.get("content") if isinstance(message, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict) or not isinstance(text, str | None):
        raise LanguageModelError("the language model's server does not speak the chat protocol: check llm.base_url")
    if message.get("tool_calls") or message.get("function_call"):
        raise LanguageModelError("the language model called a tool where an answer was wanted: use another model")
    return text or "", choice.get("finish_reason") is not None
