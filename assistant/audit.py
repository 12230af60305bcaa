"""Changes of the corpus in the audit log: what was done, to which documents, by whom, and what came of it.

It says so; where the lines go is the business of whoever runs the program (the logger ``shengwen.audit``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from assistant.errors import AssistantError

_MOST = 100
"""Names in a line: a change may be about thousands of documents."""
_log = logging.getLogger("shengwen.audit")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who has a change made: the name that they go by, if any is asked for, and where they are."""

    user: str | None = None
    client: str = ""


@contextmanager
def audited(action: str, of: Iterable[str], by: Caller, generation: Callable[[], int | None]) -> Iterator[None]:
    """A line as the change in the block begins and one as it ends, well or not.

    :param generation: asked for at the end; a store that cannot be read then has none.
    """
    names = tuple(of)
    told = {"action": action, "of": names[:_MOST], "count": len(names), "user": by.user, "client": by.client}
    _log.info("corpus", extra=told | {"outcome": "begun"})
    try:
        yield
    except BaseException as e:
        stopped = not isinstance(e, Exception)
        why = None if stopped else " ".join(str(e).split())
        _log.warning("corpus", extra=told | {"outcome": "stopped" if stopped else "failed", "why": why})
        raise
    reached = None
    with suppress(AssistantError):
        reached = generation()
    _log.info("corpus", extra=told | {"outcome": "done", "generation": reached})
