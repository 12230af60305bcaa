"""The page's readers who have gone, as Gradio knows them: what is worked out for them in its queue stops."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from assistant.leaving import Left, asked_by


def heeding(function: Callable[..., Any]) -> Callable[..., Any]:
    """The listener, which ends quietly where its reader has closed the page or pressed the button that stops it."""
    if inspect.isgeneratorfunction(function):

        @wraps(function)
        def run_on(*inputs: Any) -> Iterator[Any]:
            steps = function(*inputs)
            while True:
                try:
                    with asked_by(_reader_has_left()):  # each step runs in a context of its own
                        step = next(steps)
                except (StopIteration, Left):
                    return
                yield step

        return run_on

    @wraps(function)
    def run(*inputs: Any, **named: Any) -> Any:
        try:
            with asked_by(_reader_has_left()):
                return function(*inputs, **named)
        except Left:
            return None  # to nobody

    return run


def _reader_has_left() -> Callable[[], bool]:
    """Tells whether the event being worked on is none of the queue's any more, or nobody hears of it."""
    from gradio.context import LocalContext

    blocks, event = LocalContext.blocks.get(None), LocalContext.event_id.get(None)
    if blocks is None or event is None:  # not called through the queue
        return lambda: False
    queue = blocks._queue
    return lambda: not any(one._id == event and one.alive for job in queue.active_jobs if job for one in job)
