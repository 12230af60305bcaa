"""A bundle read: its JSON, and its parts as values. It checks shapes only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import BundleError, QuestionError
from assistant.takeaway.bundle import FORMAT, VERSION
from assistant.takeaway.findings import Finding
from assistant.takeaway.reading import read_answer
from assistant.types import Answer

MAX_BYTES = 64 * 2**20
LISTS = ("questions", "answers", "documents")


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class Quote(_Part):
    """A quote as a bundle keeps it beside its document; without text around it, it did not stand there."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    quote: str
    before: str | None
    after: str | None


class Kept(_Part):
    """A document as a bundle keeps it, without its text."""

    id: str
    title: str
    sha256: str | None
    quotes: list[Quote]


class _Asked(_Part):
    question: str
    history: list[str]


def read_bundle(data: bytes) -> dict[str, Any]:
    """The JSON of a bundle.

    :raises BundleError: the bytes are no bundle at all, or one of a later format.
    """
    if len(data) > MAX_BYTES:
        raise BundleError(f"the file has {len(data):,} bytes: a bundle has at most {MAX_BYTES:,}")
    try:
        content = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_refuse)
    except UnicodeDecodeError as e:
        raise BundleError(f"the file is not UTF-8 at byte {e.start}: it is no bundle, or was altered") from None
    except (ValueError, RecursionError) as e:
        raise BundleError(f"the file is not the JSON of a bundle ({e}): it is none, or was altered") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BundleError(f"the file is no bundle: its 'format' is not {FORMAT!r}; export one with --export FILE.json")
    version = content.get("format_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise BundleError(f"the bundle's 'format_version' is {version!r}, no version: the file was altered")
    if version > VERSION:
        raise BundleError(
            f"the bundle has the format {version}, this program reads up to {VERSION}: use a later version"
        )
    return content


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are given once: of two, other programs would read the other one."""
    out = dict(pairs)
    if len(out) != len(pairs):
        twice = next(key for i, (key, _) in enumerate(pairs) if key in dict(pairs[:i]))
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return out


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def check_lists(content: dict[str, Any]) -> Iterator[Finding]:
    """That the three lists are lists, and that there is a question for each answer."""
    for name in LISTS:
        if not isinstance(content.get(name), list):
            yield Finding("shape", values={"why": f"'{name}' is no list"})
            return
    if len(content["questions"]) != len(content["answers"]):
        yield Finding("shape", values={"why": "there are not as many answers as questions"})


def read_kept(values: list[Any]) -> tuple[dict[str, Kept], list[Finding]]:
    """The documents by id, and what is malformed."""
    out: dict[str, Kept] = {}
    problems = []
    for number, value in enumerate(values, start=1):
        try:
            kept = Kept.model_validate(value)
        except ValidationError as e:
            problems.append(Finding("shape", document=_name(value, number), values={"why": _explain(e)}))
            continue
        if kept.id in out:
            problems.append(Finding("shape", document=kept.id, values={"why": "it is listed twice"}))
        out[kept.id] = kept
    return out, problems


def read_answers(content: dict[str, Any]) -> tuple[dict[int, Answer], list[Finding]]:
    """The answers by number, from 1, and what is malformed or answers another question than is listed."""
    out: dict[int, Answer] = {}
    problems = []
    for number, (asked, value) in enumerate(zip(content["questions"], content["answers"], strict=True), start=1):
        try:
            out[number] = read_answer(value)
            if _Asked.model_validate(asked).question != out[number].question:
                problems.append(Finding("question", number))
        except QuestionError as e:
            problems.append(Finding("shape", number, values={"why": str(e)}))
        except ValidationError as e:
            problems.append(Finding("shape", number, values={"why": _explain(e)}))
    return out, problems


def _name(value: Any, number: int) -> str:
    name = value.get("id") if isinstance(value, dict) else None
    return name if isinstance(name, str) else f"#{number}"


def _explain(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))!r}: {first['msg']}"
