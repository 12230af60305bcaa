"""OpenAI's chat shape: the last user message is the question, the user messages before it are the history."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict

from assistant.errors import QuestionError
from assistant.types import Answer, Citation
from assistant.ui.messages import Language, period_label

MODEL = "shengwen"

_MARKER = re.compile(r"\[(\d+)\]")


class _Lenient(BaseModel):
    """Clients send sampling parameters and more; what has no meaning here is passed over, as other servers do."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class Part(_Lenient):
    """A part of a message's content; only text can be asked."""

    type: str
    text: str = ""


class Message(_Lenient):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """The words of the message."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(_Lenient):
    """Whether the last chunk tells the usage."""

    include_usage: bool = False


class ChatRequest(_Lenient):
    """The body of ``POST /v1/chat/completions``."""

    messages: list[Message]
    model: str = MODEL
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = None

    @property
    def questions(self) -> tuple[str, ...]:
        """What the user said, oldest first; the last one is the question.

        :raises QuestionError: no user message, or more than one answer wanted.
        """
        if self.n not in (None, 1):
            raise QuestionError(f"'n' is {self.n}: a question has one answer here, so send 1 or leave it out")
        said = tuple(message.text for message in self.messages if message.role == "user")
        if not said:
            raise QuestionError("'messages' has no message with the role 'user': send the question as one")
        return said


def models(created: int) -> dict[str, Any]:
    """The answer of ``GET /v1/models``."""
    return {"object": "list", "data": [{"id": MODEL, "object": "model", "created": created, "owned_by": MODEL}]}


def completion(answer: Answer, base_url: str) -> dict[str, Any]:
    """The whole answer as one ``chat.completion``."""
    message = {"role": "assistant", "content": content(answer), "refusal": None, **_extras(answer, base_url)}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return {**_envelope("chat.completion"), "choices": [choice], "usage": _usage(answer)}


def iter_events(answer: Answer, base_url: str, *, include_usage: bool) -> Iterator[str]:
    """The answer as server-sent events: its lines, then what it stands on, then ``[DONE]``."""
    envelope = _envelope("chat.completion.chunk")

    def chunk(delta: dict[str, Any], finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return _event({**envelope, "choices": [choice]})

    yield chunk({"role": "assistant", "content": ""})
    for line in content(answer).splitlines(keepends=True):
        yield chunk({"content": line})
    yield chunk(_extras(answer, base_url), "stop")
    if include_usage:
        yield _event({**envelope, "choices": [], "usage": _usage(answer)})
    yield "data: [DONE]\n\n"


def content(answer: Answer) -> str:
    """The answer's text with its references below, for clients that show nothing else."""
    if not answer.citations:
        return answer.text
    language: Language = "en" if answer.language == "en" else "zh"
    references = "\n".join(_reference(c, language) for c in answer.citations)
    return f"{answer.text}\n\n---\n\n{references}"


def _reference(citation: Citation, language: Language) -> str:
    where = (citation.province, period_label(language, citation.period, citation.year), citation.title)
    said = " ".join(citation.quote.split())
    return f"[{citation.n}] {' · '.join(w for w in where if w)}: “{said}”  "  # two spaces: a line of its own


def _extras(answer: Answer, base_url: str) -> dict[str, Any]:
    return {"annotations": _annotations(answer, base_url), "shengwen": answer.to_dict()}


def _annotations(answer: Answer, base_url: str) -> list[dict[str, Any]]:
    """A ``url_citation`` for every marker in the text; the fragment ``char=`` is that of RFC 5147 for plain text."""
    cited = {c.n: c for c in answer.citations}
    out = []
    for m in _MARKER.finditer(answer.text):
        if c := cited.get(int(m[1])):
            url = f"{base_url}api/documents/{quote(c.span.doc_id)}#char={c.span.start},{c.span.end}"
            place = {"start_index": m.start(), "end_index": m.end(), "title": c.title, "url": url}
            out.append({"type": "url_citation", "url_citation": place})
    return out


def _envelope(kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": MODEL}


def _usage(answer: Answer) -> dict[str, int]:
    """Clients require counts; no tokens are spent here, so they count characters."""
    asked, said = len(answer.question), len(content(answer))
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False, allow_nan=False)}\n\n"
