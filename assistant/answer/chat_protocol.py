"""OpenAI's chat protocol: where to ask, what to send, and the text of what comes back, as events or in one piece.

It waits for nobody and keeps nothing; a server's words never stand in an error, as they could repeat the key.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from assistant.errors import LanguageModelError, SettingsError

MAX_BYTES = 4_000_000
"""What a server may send in all: thinking aloud and the JSON around each token come to far less."""
MAX_TOKENS = 4096


def endpoint(base_url: str) -> str:
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


def body_of(model: str, messages: list[dict[str, str]], *, plain: bool, stream: bool = False) -> dict[str, Any]:
    """The request; a ``plain`` one leaves out what some servers do not know."""
    body: dict[str, Any] = {"model": model, "messages": messages, "stream": stream}
    return body if plain else body | {"temperature": 0, "seed": 0, "max_tokens": MAX_TOKENS}


async def capped(chunks: AsyncIterator[bytes], model: str) -> AsyncIterator[bytes]:
    """The chunks, as long as they are not too many.

    :raises LanguageModelError: more than ``MAX_BYTES``; ``model`` is how the message calls the server.
    """
    read = 0
    async for chunk in chunks:
        read += len(chunk)
        if read > MAX_BYTES:
            raise LanguageModelError(f"{model} sent more than {MAX_BYTES} bytes: it does not end")
        yield chunk


async def whole(chunks: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """The text of a completion that comes in one piece.

    :raises LanguageModelError: it is no completion.
    """
    data = b"".join([chunk async for chunk in chunks])
    yield _said(_json(data), "message")[0]


async def events(chunks: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """The text of server-sent events. A stream that ends without saying so was cut, and half a sentence can mislead.

    :raises LanguageModelError: an event is no part of a completion, or the stream was cut.
    """
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
