"""How long a system takes, and how much of that is spent on encoding the question."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from assistant.encoders import Model
from assistant.types import Answer, Hit

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class Clock:
    """Milliseconds spent in the calls that it is laid around."""

    ms: float = 0.0

    def around(self, call: Callable[P, T]) -> Callable[P, T]:
        """The same call, its time added to ``ms``."""

        def timed(*args: P.args, **kwargs: P.kwargs) -> T:
            started = time.perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                self.ms += 1000 * (time.perf_counter() - started)

        return timed


def clocked(model: Model, clock: Clock) -> Model:
    """The same model, whose time on questions is told to a clock."""
    seen = copy.copy(model)
    seen.encode_queries = clock.around(model.encode_queries)  # type: ignore[method-assign]
    return seen


@dataclass(frozen=True, slots=True)
class Timed:
    """An answer with what was timed for it, in milliseconds: ``ask``, ``search``, ``beyond_encoding``."""

    answer: Answer
    ms: dict[str, float] = field(default_factory=dict)


def timed_search(
    search: Callable[[str, int], Sequence[Hit]], clock: Clock, text: str, *, k: int
) -> tuple[Sequence[Hit], dict[str, float]]:
    """The hits, and the milliseconds of the whole search and of what is left without encoding the question."""
    clock.ms = 0.0
    started = time.perf_counter()
    hits = search(text, k)
    ms = 1000 * (time.perf_counter() - started)
    return hits, {"search": ms, "beyond_encoding": max(0.0, ms - clock.ms)}
