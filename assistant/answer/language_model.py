"""Language models: the protocol, any OpenAI-compatible server, and a scripted one for demonstrations and tests.

It moves text and trusts nobody: a server that hangs, dies, or answers what is no answer becomes one
``LanguageModelError`` in our own words (a server's words could repeat the key). It knows nothing about evidence.
"""

from __future__ import annotations

import contextlib
import http
import queue
import threading
import time
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from assistant.answer.chat_protocol import body_of, capped, endpoint, events, whole
from assistant.errors import LanguageModelError, SettingsError
from assistant.leaving import go_on
from assistant.settings import LanguageModelSettings

if TYPE_CHECKING:
    import asyncio

    import httpx

MAX_CHARS = 20_000
"""An answer of many pages is a model that does not end; the longest shipped extractive answers have 3,000."""
ATTEMPTS = 3
MAX_WAIT_S = 8.0
"""Before another attempt; a server that asks for a longer wait is not waited for."""
_DAY = 86_400.0
_PLAINER = frozenset({400, 404, 415, 422, 501})
"""Statuses with which servers refuse a stream, a seed or a cap that they do not know: asked once more without."""
_PASSING = frozenset({429, 500, 502, 503, 504})
"""Statuses of trouble that may pass (500 too: servers of small machines give it when memory is short)."""
Message = Mapping[str, str]


class LanguageModel(Protocol):
    """Writes text. Two exist: ``HttpModel`` and ``ScriptedModel``."""

    @property
    def name(self) -> str:
        """What the answer's ``generator`` calls it."""
        ...

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """The answer piece by piece; closed, it asks for no more.

        :raises LanguageModelError: it did not answer usably; nothing else is raised.
        """
        ...


class ScriptedModel:
    """Gives answers from a list, in order, and keeps what it was asked (``asked``); an error in the list is raised."""

    def __init__(self, answers: Sequence[str | LanguageModelError], *, name: str = "scripted") -> None:
        self.name = name
        self.asked: list[tuple[Message, ...]] = []
        self._answers = list(answers)

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
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
    :param backoff_s: the wait before a second attempt, doubled for the next; all within ``timeout_s``.
    :raises SettingsError: no usable ``base_url``, or a key that no header can carry.
    """

    def __init__(self, settings: LanguageModelSettings, *, streaming: bool = True, backoff_s: float = 0.3) -> None:
        self.name = settings.model
        self._url = endpoint(settings.base_url or "")
        self._key = settings.api_key.strip()
        if not (self._key.isascii() and self._key.isprintable()):
            raise SettingsError(
                "the setting 'llm.api_key' holds characters that no header can carry: copy the key again"
            )
        self._timeout = min(settings.timeout_s, _DAY)
        self._streaming = streaming
        self._backoff = backoff_s

    def __repr__(self) -> str:
        return f"HttpModel({self.name!r}, {self.host!r})"

    @property
    def host(self) -> str:
        """The server's name and port, without user, path or query, which may hold secrets."""
        return urlsplit(self._url).netloc.rpartition("@")[2]

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
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
        """The answer of up to ``ATTEMPTS`` requests: again only where trouble may pass and no text was given yet."""
        import asyncio

        import httpx

        headers = {"Accept-Encoding": "identity"}  # no answer of 20,000 characters needs unpacking; a bomb does
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        async with httpx.AsyncClient(timeout=self._timeout, headers=headers, follow_redirects=False) as client:
            for attempt in range(1, ATTEMPTS + 1):
                wait, begun = min(self._backoff * 2 ** (attempt - 1), MAX_WAIT_S), False
                try:
                    async with contextlib.aclosing(self._once(client, messages)) as said:
                        async for piece in said:
                            begun = True
                            yield piece
                    return
                except _PassingError as e:
                    wait = max(wait, e.wait_s)
                    if attempt == ATTEMPTS or wait > MAX_WAIT_S:
                        raise
                except (httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError):
                    if begun or attempt == ATTEMPTS:
                        raise
                await asyncio.sleep(wait)

    async def _once(self, client: httpx.AsyncClient, messages: list[dict[str, str]]) -> AsyncGenerator[str, None]:
        """One request, and a plainer second one if the server refuses the first for its parameters."""
        bodies = [
            body_of(self.name, messages, stream=self._streaming, plain=False),
            body_of(self.name, messages, plain=True),
        ]
        for body in bodies:
            async with client.stream("POST", self._url, json=body) as response:
                if response.status_code in _PLAINER and body is not bodies[-1]:
                    continue
                _check_status(response, self)
                in_one = "text/event-stream" not in response.headers.get("content-type", "")
                chunks = capped(response.aiter_raw(), repr(self))
                async for piece in whole(chunks) if in_one else events(chunks):
                    yield piece
                return


class _PassingError(LanguageModelError):
    """A status of trouble that may pass, and how long the server asks to be left alone."""

    def __init__(self, message: str, wait_s: float) -> None:
        super().__init__(message)
        self.wait_s = wait_s


LOOKS_S = 0.2
"""Seconds between two looks whether whoever asked is still there."""


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
        """The next piece; ``None`` at the end.

        :raises Left: whoever asked has gone meanwhile.
        """
        end = time.monotonic() + seconds
        while True:
            go_on()
            left = end - time.monotonic()
            with contextlib.suppress(queue.Empty):
                piece = self._pieces.get(timeout=max(0.0, min(left, LOOKS_S)))
                break
            if left <= LOOKS_S:
                raise self._late()
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


def _check_status(response: httpx.Response, model: HttpModel) -> None:
    status = response.status_code
    if status == 200:
        return
    try:
        meaning = f" {http.HTTPStatus(status).phrase}"
    except ValueError:
        meaning = ""
    remedy = "check llm.api_key" if status in {401, 403} else "check llm.base_url and llm.model, and the server's log"
    remedy = "it has too much to do, ask again later" if status == 429 else remedy
    told = f"{model!r} answered with status {status}{meaning}: {remedy}"
    if status not in _PASSING:
        raise LanguageModelError(told)
    asked = response.headers.get("retry-after", "")
    raise _PassingError(told, float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0.0)
