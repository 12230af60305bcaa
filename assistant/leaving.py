"""Work whose asker has gone stops at its next step. It knows nothing about what the work is, or who asks.

Whoever begins work for somebody says how to see that they have gone (``asked_by``); the work looks between its steps
(``go_on``). The way from one to the other is a context variable, which threads of a pool take over from their caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_HAS_LEFT: ContextVar[Callable[[], bool] | None] = ContextVar("_HAS_LEFT", default=None)


class Left(BaseException):
    """Whoever asked has gone; a ``BaseException``, so that no step takes it for an error and goes on without."""


@contextmanager
def asked_by(has_left: Callable[[], bool]) -> Iterator[None]:
    """Work done in the block is for somebody of whom ``has_left`` tells, from any thread and at once."""
    token = _HAS_LEFT.set(has_left)
    try:
        yield
    finally:
        _HAS_LEFT.reset(token)


def go_on() -> None:
    """Between two steps of work: go on with it only if somebody still waits.

    :raises Left: nobody does.
    """
    has_left = _HAS_LEFT.get()
    if has_left is not None and has_left():
        raise Left
