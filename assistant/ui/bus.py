"""The way from a click in our own HTML to a Python function: one component without a face, with an event per signal.

The page's script sends; what it sends is checked by whoever takes it, as anybody can send anything.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

SIGNALS = ("ask", "change", "retry", "open", "read", "act", "reopen", "kept", "language", "clear")
"""Each is an event of the bus; Gradio knows them by their names in quotation marks in the script below."""

_SCRIPT = f"/* {' '.join(map(repr, SIGNALS))} */ window.shengwen.connect((signal, data) => trigger(signal, data));"


def make_bus(gr: Any) -> Any:
    """The component; its events are ``bus.ask``, ``bus.open`` and so on."""
    return gr.HTML("", js_on_load=_SCRIPT, apply_default_css=False, elem_id="sw-bus")


def listening(gr: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    """``function(*inputs, data)`` as a listener: ``data`` is what the signal carries, a mapping in any case.

    Gradio hands an event's data to the argument annotated with it, and knows generators by their kind.
    """
    if inspect.isgeneratorfunction(function):

        def run_on(event: Any, *inputs: Any) -> Iterator[Any]:
            yield from function(*inputs, _data_of(event))

        run_on.__annotations__ = {"event": gr.EventData}
        return run_on

    def run(event: Any, *inputs: Any) -> Any:
        return function(*inputs, _data_of(event))

    run.__annotations__ = {"event": gr.EventData}
    return run


def _data_of(event: Any) -> Mapping[str, Any]:
    data = getattr(event, "_data", None)
    return data if isinstance(data, dict) else {}
