"""What a caller may send: the facade's arguments, validated; shared by Gradio's named endpoints and the HTTP API."""

from __future__ import annotations

import difflib
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import QuestionError
from assistant.types import Period

MAX_DEPTH = 32
"""No request needs more: the deepest, an OpenAI message's content parts, has five levels."""


class Request(BaseModel):
    """Values as JSON has them: nothing is converted and nothing unknown is passed over.

    Only kinds are checked here; which values make sense is for the facade to say, in the same words to everybody.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class FilteredRequest(Request):
    """What limits an answer or a search; names of provinces may have any form that the lexicon knows."""

    provinces: list[str] | None = Field(default=None, max_length=100)
    years: list[int] | None = Field(default=None, max_length=100)
    periods: list[Period] | None = Field(default=None, max_length=100)


class AskRequest(FilteredRequest):
    """The arguments of ``Assistant.ask``."""

    question: str
    history: list[str] = Field(default=[], max_length=1000)


class SearchRequest(FilteredRequest):
    """The arguments of ``Assistant.search``."""

    query: str
    k: int = 10


class LocateRequest(Request):
    """The argument of ``Assistant.locate``."""

    text: str


Model = TypeVar("Model", bound=BaseModel)


def parse_request(model: type[Model], values: Any) -> Model:
    """The request in ``values``, decoded JSON of any kind.

    :raises QuestionError: one line naming the key that is unknown, missing or wrong.
    """
    if not isinstance(values, dict):
        raise QuestionError(f"the request is {_kind(values)}; send a JSON object with {_keys(model)}")
    _check_strings(values)
    try:
        return model.model_validate(values)
    except ValidationError as e:
        raise QuestionError(_explain(e, model)) from None


def _check_strings(values: Any) -> None:
    """Refuse what no store, log or JSON writer can hold: NUL, lone surrogates, endless nesting."""
    level = [values]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            if isinstance(value, str):
                _check_string(value)
            elif isinstance(value, dict):
                below += [*value.keys(), *value.values()]
            elif isinstance(value, list):
                below += value
        if not below:
            return
        level = below
    raise QuestionError(f"the request is nested deeper than {MAX_DEPTH} levels: send it flat")


def _check_string(value: str) -> None:
    if "\0" in value:
        raise QuestionError(f"a string of the request has a NUL character at position {value.index(chr(0))}: remove it")
    try:
        value.encode()
    except UnicodeEncodeError as e:
        raise QuestionError(
            f"a string of the request has half a surrogate pair at position {e.start}: send whole characters"
        ) from None


def _explain(error: ValidationError, model: type[BaseModel]) -> str:
    # An unknown key first: it is usually the missing one misspelt.
    first = next((e for e in error.errors() if e["type"] == "extra_forbidden"), error.errors()[0])
    key = str(first["loc"][0])
    if first["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, model.model_fields, n=1, cutoff=0.0)[0]
        return f"unknown key {_brief(key)}; the nearest known one is {near!r} (known: {_keys(model)})"
    if first["type"] == "missing":
        return f"the key {key!r} is missing: the request takes {_keys(model)}"
    place = key + "".join(f"[{part}]" for part in first["loc"][1:])
    return f"{place!r} is {_brief(first['input'])}: {first['msg'][0].lower()}{first['msg'][1:]}"


def _keys(model: type[BaseModel]) -> str:
    """The known keys, those that must be there first."""
    return ", ".join(sorted(model.model_fields, key=lambda key: not model.model_fields[key].is_required()))


def _kind(value: Any) -> str:
    names = {list: "a list", str: "a string", bool: "a boolean", int: "a number", float: "a number", type(None): "null"}
    return names[type(value)]


def _brief(value: Any) -> str:
    """The value on one line, short enough to read."""
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:60]}… ({len(shown)} characters)"
