"""What Prometheus is told: requests by kind and status, how long they took, and the generation that answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_KINDS = ("/api/ask", "/api/search", "/api/locate", "/api/export", "/api/verify", "/api/feedback", "/api/documents")
_OTHERS = ("/v1/", "/gradio_api/", "/healthz", "/readyz", "/metrics", "/login")


class Counts:
    """The counts of one application; a registry of its own, so that two in one process do not mix."""

    def __init__(self, generation: Callable[[], int]) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._registry = CollectorRegistry()
        labels = ("kind", "status")
        self._requests = Counter("shengwen_requests", "Requests answered.", labels, registry=self._registry)
        self._seconds = Histogram(
            "shengwen_request_seconds", "Seconds that an answer took.", ("kind",), registry=self._registry
        )
        self._under_way = Gauge("shengwen_requests_under_way", "Requests being answered.", registry=self._registry)
        held: Any = Gauge("shengwen_index_generation", "The generation of the store.", registry=self._registry)
        held.set_function(generation)

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Around one request."""
        with self._under_way.track_inprogress():
            yield

    def answered(self, path: str, status: int, seconds: float) -> None:
        """One request is done; ``status`` 0 where the client left before."""
        kind = kind_of(path)
        self._requests.labels(kind, str(status)).inc()
        self._seconds.labels(kind).observe(seconds)

    def text(self) -> tuple[bytes, str]:
        """All counts in Prometheus' text format, and its content type."""
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        return generate_latest(self._registry), CONTENT_TYPE_LATEST


def kind_of(path: str) -> str:
    """One of a few names, so that made-up paths cannot fill Prometheus' memory."""
    for kind in (*_KINDS, *_OTHERS):
        if path == kind or path.startswith(kind if kind.endswith("/") else f"{kind}/"):
            return kind.rstrip("/")
    return "/" if path in ("", "/") else "other"
