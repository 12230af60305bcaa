"""The page's readers who have gone, as Gradio knows them: what is worked out for them in its queue stops."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
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
                    with _for_its_reader():  # each step runs in a context of its own
                        step = next(steps)
                except (StopIteration, Left):
                    return
                yield step

        return run_on

    @wraps(function)
    def run(*inputs: Any, **named: Any) -> Any:
        try:
            with _for_its_reader():
                return function(*inputs, **named)
        except Left:
            return None  # to nobody

    return run


def _for_its_reader() -> AbstractContextManager[None]:
    """Who is worked for has left when the event being worked on is none of the queue's any more, or nobody hears of it.

    What is called within a request, not through the queue, is for whoever sent the request.
    """
    from gradio.context import LocalContext

    blocks, event = LocalContext.blocks.get(None), LocalContext.event_id.get(None)
    if blocks is None or event is None:
        return nullcontext()
    queue = blocks._queue
    return asked_by(lambda: not any(one._id == event and one.alive for job in queue.active_jobs if job for one in job))
