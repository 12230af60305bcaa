"""Parsing and embedding on the machines of a Ray cluster; the store is written here, and is the same as without.

Tasks, not actors: what a worker needs (lexicon, model) it opens once and keeps, and Ray finds it a machine, and another
when that one dies. Results come back in order, a few at a time, so that nothing piles up. Documents are read here: their
files need not be anywhere else.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import socket
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.building import parse_source
from assistant.corpus.read import Source
from assistant.encoders import Model, open_model
from assistant.errors import AssistantError, ClusterError
from assistant.lexicon import Lexicon, load_lexicon
from assistant.settings import Settings, data_dir
from assistant.store import Parsed
from assistant.store.embeddings import Quantised, as_stored

LOCAL = "local"
"""The address of a cluster that is made on this machine, for as long as it is needed."""
_BATCHES = 32
"""Of ``Model.batches`` in a task at most: what an accelerator takes at once. Few texts make tasks of fewer."""
_WAITING = 2
"""Tasks under way for each worker, so that none waits for the next."""
_MEMORY = 1 << 31
"""Bytes for each worker that embeds without an accelerator: 1.9 GB were seen, torch and the bundled model in one process."""
_REACH_S = 5.0


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker has to have to do the same as this process: the model's setting, and what both must agree on."""

    model: str
    cache: Path | None
    fingerprint: str
    program: str


class Cluster:
    """Ray, connected; ``Workers`` for a build. Use ``connect``.

    :param processors: how many tasks that parse run at once.
    :param embedding: how many that embed.
    :param accelerated: whether these have an accelerator each.
    """

    def __init__(self, order: Order, model: Model, *, processors: int, embedding: int, accelerated: bool) -> None:
        import ray

        self._ray, self._order, self._model = ray, order, model
        self._processors, self._embedding = processors, embedding
        # Ray ends a process that used an accelerator after each task unless told otherwise, and the model with it.
        needs = {"num_gpus": 1, "max_calls": 0} if accelerated else {"num_cpus": 1, "memory": _MEMORY}
        self._embed, self._parse = ray.remote(**needs)(_embed), ray.remote(_parse)
        self.name, self.fingerprint, self.dimension = model.name, model.fingerprint, model.dimension

    @property
    def model(self) -> Cluster:
        """Itself: it embeds, too."""
        return self

    def parse(self, sources: Sequence[Source]) -> Iterator[Parsed]:
        """Each document in order; one is a task.

        :raises ClusterError: a worker fails, also when tried again.
        """
        return self.map(self._parse, sources, at_once=self._processors)

    def encode_passages(self, texts: Sequence[str]) -> Iterator[tuple[int, Quantised]]:
        """``(position, vectors)``, longest first, in the batches of a single machine: the vectors are those it gives.

        :raises ClusterError: a worker fails, also when tried again.
        """
        batches = self._model.batches(texts)
        size = max(1, min(_BATCHES, len(batches) // (_WAITING * self._embedding)))
        groups = [sum(batches[i : i + size], []) for i in range(0, len(batches), size)]
        given = ([texts[i] for i in group] for group in groups)
        found = self.map(self._embed, given, at_once=self._embedding)
        for group, vectors in zip(groups, found, strict=True):
            yield from zip(group, vectors, strict=True)

    def map(self, task: Any, items: Iterable[Any], *, at_once: int) -> Iterator[Any]:
        """What a task gives for each item, in order; twice as many are under way as can be done at once."""
        waiting: deque[Any] = deque()
        for item in items:
            waiting.append(task.remote(self._order, item))
            if len(waiting) >= _WAITING * at_once:
                yield self._result(waiting.popleft())
        while waiting:
            yield self._result(waiting.popleft())

    def _result(self, task: Any) -> Any:
        errors = self._ray.exceptions
        try:
            return self._ray.get(task)
        except errors.RayTaskError as e:
            if isinstance(e.cause, AssistantError):
                raise e.cause from None
            raise ClusterError(_failed(e.cause, "the same shengwen has to be installed on every machine")) from None
        except errors.RayError as e:
            raise ClusterError(_failed(e, f"a worker needs {_MEMORY >> 20} MB of memory")) from None


def _failed(error: BaseException, wanted: str) -> str:
    said = " ".join(str(error).split())[:200]
    return (
        f"a worker of the cluster failed ({type(error).__name__}: {said}): {wanted}; what was embedded is kept, and the "
        "same command goes on from there"
    )


@contextlib.contextmanager
def connect(address: str, settings: Settings, model: Model) -> Iterator[Cluster]:
    """A cluster for the time of a build.

    :param address: ``local``, or as Ray names one: ``host:6379``, ``auto``, ``ray://host:10001``.
    :raises ClusterError: Ray is not installed, nothing answers at the address, or nothing there can work.
    """
    ray = _ray()
    _knock(address)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # else it tells its makers of the cluster
    options: dict[str, Any] = {"include_dashboard": False} if address == LOCAL else {}
    try:
        ray.init(address=address, log_to_driver=False, logging_level="CRITICAL", **options)
    except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as e:
        raise ClusterError(_unreachable(address, str(e))) from None
    try:
        yield Cluster(_order(settings, model), model, **_room(ray.cluster_resources(), address))
    finally:
        ray.shutdown()


def _ray() -> Any:
    """:raises ClusterError: it is not installed."""
    try:
        import ray
    except ImportError:
        raise ClusterError(
            "--cluster needs Ray: run `pip install 'shengwen[cluster]'`, or leave the option out"
        ) from None
    return ray


def _knock(address: str) -> None:
    """Ray itself tries for minutes, and tells every try.

    :raises ClusterError: nothing listens there.
    """
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if colon and port.isdigit():
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=_REACH_S).close()
        except (OSError, OverflowError) as e:
            raise ClusterError(_unreachable(address, str(e))) from None


def _unreachable(address: str, reason: str) -> str:
    return (
        f"no Ray cluster answers at {address!r} ({' '.join(reason.split())[:120]}): start one (`ray start --head`), name "
        "another address, or `local`"
    )


def _room(resources: dict[str, float], address: str) -> dict[str, Any]:
    """How many tasks run at once, and on what.

    :raises ClusterError: none can.
    """
    processors, accelerators = int(resources.get("CPU", 0)), int(resources.get("GPU", 0))
    embedding = accelerators or min(processors, int(resources.get("memory", 0) // _MEMORY))
    if not processors or not embedding:
        raise ClusterError(
            f"the Ray cluster at {address!r} has no worker with a processor and {_MEMORY >> 20} MB of memory: add one"
        )
    return {"processors": processors, "embedding": embedding, "accelerated": bool(accelerators)}


def _order(settings: Settings, model: Model) -> Order:
    folder = Path(settings.model)
    named = str(folder.resolve()) if folder.is_dir() else settings.model
    cache = settings.cache.resolve() if settings.cache is not None else None
    return Order(named, cache, model.fingerprint, _program())


@functools.cache
def _program() -> str:
    """A digest of the program and of the lexicon: what decides how documents are parsed."""
    digest = hashlib.sha256()
    for folder, pattern in ((Path(__file__).parent, "*.py"), (data_dir("index/lexicon"), "*")):
        for path in sorted(p for p in folder.rglob(pattern) if p.is_file()):
            digest.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()


# --- in the workers


@functools.lru_cache(maxsize=1)
def _opened(order: Order) -> tuple[Lexicon, Model]:
    """What a worker needs, opened once.

    :raises ClusterError: its machine would do something else than the one that builds.
    """
    model = open_model(Settings(model=order.model, cache=order.cache))
    for what, same in (
        ("program or lexicon", _program() == order.program),
        ("model", model.fingerprint == order.fingerprint),
    ):
        if not same:
            raise ClusterError(
                f"the worker {socket.gethostname()!r} has another {what}: install the same shengwen with the same "
                "settings on every machine"
            )
    return load_lexicon(), model


def _parse(order: Order, source: Source) -> Parsed:
    lexicon, model = _opened(order)
    return parse_source(source, lexicon, model)


def _embed(order: Order, texts: list[str]) -> list[Quantised]:
    _, model = _opened(order)
    found = dict(model.encode_passages(texts))
    return [as_stored(found[i], text, dimension=model.dimension) for i, text in enumerate(texts)]
