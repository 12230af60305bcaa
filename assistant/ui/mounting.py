"""How a view comes onto the page: a shell of HTML, a script that fills it, and functions that the script calls.

Everything that belongs to one reader (which document, which filters) lives in that reader's page; the functions are
given all they need with each call, keep nothing, and answer with HTML made of escaped slices or with plain values.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, TypeVar
from urllib.parse import urlsplit

from assistant.audit import Caller
from assistant.errors import AssistantError
from assistant.ui.leaving import heeding
from assistant.ui.messages import MESSAGES, Language, say
from assistant.ui.requests import Request, parse_request
from assistant.ui.seam import Context

Answering = Callable[[Any], Mapping[str, Any]]
"""Answers one call of a view's script; its only argument is the request, parsed."""

_log = logging.getLogger(__name__)
Wanted = TypeVar("Wanted", bound="ViewRequest")


class Refused(Exception):
    """A request that is not taken, told in a sentence of the reader's language."""


class ViewRequest(Request):
    """What every call carries: the language to answer in, and the generation that the page shows already."""

    language: Language = "zh"
    generation: int = 0


def mount(
    gr: Any,
    context: Context,
    name: str,
    *,
    shell: Callable[[Language], str],
    functions: Mapping[type[ViewRequest], Callable[..., Mapping[str, Any]]],
) -> Any:
    """Put a view's shell into the tab that is open; it is drawn anew when the reader switches the language.

    :param functions: what the script may call, each under its own name, by the request that it takes.
    """
    page = gr.HTML(
        shell("zh"),
        js_on_load=f"swViews.mount({name!r}, element, server, watch)",
        apply_default_css=False,
        elem_id=f"sw-view-{name}",
        server_functions=[heeding(_served(function, model)) for model, function in functions.items()],
    )
    context.language.change(shell, context.language, page, api_visibility="private", show_progress="hidden")
    return page


def _served(function: Callable[..., Mapping[str, Any]], model: type[Wanted]) -> Callable[[Any], dict[str, Any]]:
    """The function for the page: what goes wrong is a sentence under ``failed``, never a status."""

    def call(values: Any) -> dict[str, Any]:
        language = spoken(values)
        try:
            return dict(function(parse_request(model, values)))
        except Refused as e:
            return {"failed": str(e)}
        except AssistantError as e:
            return {"failed": say(language, "view_failed", why=str(e))}
        except Exception:  # the page is the last place that can tell the reader
            _log.exception("a view failed")
            return {"failed": say(language, "broken")}

    call.__name__ = function.__name__
    return call


def is_foreign() -> bool:
    """Whether the call being answered was sent by a page of another site, as the browser tells it.

    ``Sec-Fetch-Site`` comes with HTTPS and from this machine; else the origin has to be the host that was called.
    """
    from gradio.context import LocalContext

    request = LocalContext.request.get(None)
    headers = getattr(request, "headers", None)
    if headers is None:
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    called = {headers.get("host"), headers.get("x-forwarded-host")}
    return origin is not None and urlsplit(origin).netloc not in called


def caller() -> Caller:
    """Who sent the call being answered."""
    from gradio.context import LocalContext

    scope = getattr(LocalContext.request.get(None), "scope", {})
    return Caller(scope.get("user"), (scope.get("client") or ("",))[0])


def spoken(values: Any) -> Language:
    """The language of a request that may be anything."""
    return "en" if isinstance(values, dict) and values.get("language") == "en" else "zh"


def templates(language: Language, keys: Mapping[str, str]) -> str:
    """Sentences for the script to fill, as attributes of the shell: ``data-NAME`` holds the message ``key`` as it is."""
    return "".join(f' data-{name}="{escape(MESSAGES[key][language])}"' for name, key in keys.items())


def options(choices: Sequence[tuple[str, str]], *, chosen: str = "") -> str:
    """``<option>`` elements of (value, label)."""
    selected = ("", " selected")
    return "".join(
        f'<option value="{escape(value)}"{selected[value == chosen]}>{escape(label)}</option>'
        for value, label in choices
    )
