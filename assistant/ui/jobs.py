"""Changes to the corpus, one at a time, each in a thread of its own; readers keep the generation that they have.

A change outlives the page that began it: whoever may change the corpus sees how far it is.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from assistant.errors import AssistantError
from assistant.types import Progress

Kind = Literal["add", "remove", "rebuild"]
State = Literal["running", "done", "failed", "stopped"]
STAGES = ("documents", "embed", "vectors", "words", "sync", "switch")
"""What a build tells, in order; see ``Writer.commit``."""

LEAVING_S = 30.0
"""How long a process that ends waits for its change to stop: one step of embedding takes seconds."""

_log = logging.getLogger(__name__)
Work = Callable[[Progress], "Outcome"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a change: the new generation, and of each file by its name what came of it.

    ``documents`` are the ids made of it, ``replaced`` the files of which one was held before; ``failures`` say why a file
    gave nothing, ``problems`` why parts of one did not: (part, reason), the part empty where the reason names it.
    """

    generation: int
    documents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    replaced: frozenset[str] = frozenset()
    failures: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """A change, as it is now. ``files`` are the names that it is about; times are seconds of a steady clock."""

    number: int
    kind: Kind
    files: tuple[str, ...] = ()
    state: State = "running"
    stage: str = "waiting"
    done: int = 0
    total: int = 0
    stage_began: float = 0.0
    now: float = 0.0
    why: str = ""
    outcome: Outcome | None = None

    @property
    def left(self) -> float | None:
        """Seconds left of the stage, by its pace so far; ``None`` where nothing is done yet to tell it by."""
        if self.state != "running" or not 0 < self.done < self.total:
            return None
        return (self.now - self.stage_began) / self.done * (self.total - self.done)


class Busy(Exception):
    """Another change is under way."""


class _Stopped(BaseException):
    """Raised inside a build by whoever reports its progress; a ``BaseException``, so that no step takes it for an error."""


class Jobs:
    """The changes of one server: at most one runs, and the last stays to be looked at. Safe for many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._job: Job | None = None
        self._stopping = False
        self._thread: threading.Thread | None = None

    def begin(self, kind: Kind, files: tuple[str, ...], work: Work) -> Job:
        """Start a change.

        :raises Busy: another one runs.
        """
        with self._lock:
            if self._job is not None and self._job.state == "running":
                raise Busy
            number = self._job.number + 1 if self._job is not None else 1
            self._job = job = Job(number, kind, files, stage_began=self._clock())
            self._stopping = False
        self._thread = threading.Thread(target=self._run, args=(work,), name="corpus", daemon=True)
        atexit.register(self._leave)
        self._thread.start()
        return job

    def current(self) -> Job | None:
        """The change that runs, or the last one."""
        with self._lock:
            return replace(self._job, now=self._clock()) if self._job is not None else None

    def stop(self) -> None:
        """Ask the change that runs to stop: it does at its next step, and leaves the corpus as it was."""
        with self._lock:
            self._stopping = self._job is not None and self._job.state == "running"

    def wait(self) -> None:
        """Until nothing runs any more."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def _leave(self) -> None:
        """Stop with the process: a thread that is inside a library when Python ends under it aborts the whole process."""
        self.stop()
        if self._thread is not None:
            self._thread.join(LEAVING_S)

    def _run(self, work: Work) -> None:
        try:
            outcome = work(self._report)
        except _Stopped:
            self._end(state="stopped")
        except AssistantError as e:
            self._end(state="failed", why=str(e))
        except Exception as e:  # whoever began it is told, and may begin another
            _log.exception("a change of the corpus failed")
            self._end(state="failed", why=str(e))
        else:
            self._end(state="done", outcome=outcome)
        finally:
            atexit.unregister(self._leave)

    def _report(self, stage: str, done: int, total: int) -> None:
        with self._lock:
            if self._job is None:
                return
            if self._stopping and stage != "switch":  # once a build switches over there is no way back
                raise _Stopped
            began = self._job.stage_began if self._job.stage == stage else self._clock()
            self._job = replace(self._job, stage=stage, done=done, total=total, stage_began=began)

    def _end(self, *, state: State, why: str = "", outcome: Outcome | None = None) -> None:
        with self._lock:
            if self._job is not None:
                self._job = replace(self._job, state=state, why=why, outcome=outcome)


def by_name(told: Iterable[tuple[str, str]], names: Mapping[str, str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Name of a file → (part, what is told of it), of (path, what is told); ``names`` maps paths to names of files.

    The part is the path within an archive, and empty where it is the file itself; other paths are left out.
    """
    out: dict[str, tuple[tuple[str, str], ...]] = {}
    for path, what in told:
        file = next((p for p in names if path == p or path.startswith(f"{p}/")), None)
        if file is not None:
            out[names[file]] = (*out.get(names[file], ()), (path[len(file) + 1 :], what))
    return out
