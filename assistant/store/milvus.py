"""A Milvus server, or Milvus Lite in a file, and on it the collections of one store; what it raises becomes one line.

A collection holds the rows of one part of a generation: its base, or what came since. A generation names its
collections in its manifest, so that a reader keeps its own while others are filled, and those that none names go.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import logging
import socket
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from assistant.errors import StoreError
from assistant.settings import MilvusSettings, Settings
from assistant.store.layout import EMBEDDED, REBUILD
from assistant.store.ties import Scored

MAX_LIMIT = 16_384
"""The most that Milvus returns to one query."""
_TEXT_BYTES = 65_535


def open_server(settings: Settings) -> Milvus | None:
    """The server that the setting ``index`` asks for; ``None``: vectors and words lie in the store's folder.

    :raises StoreError: the extra that it needs is not installed.
    """
    return None if settings.index == EMBEDDED else Milvus(settings.milvus, settings.store_dir)


class Milvus:
    """The connection; first spoken to when something is asked of it. Safe to share between threads."""

    def __init__(self, settings: MilvusSettings, store: Path) -> None:
        """:raises StoreError: the extra is not installed."""
        self._settings = settings
        self.uri = settings.uri if settings.uri is not None else str(store / "milvus.db")
        # Stores share a server; a copy of a store reads the collections of the first and never drops them.
        where = f"{socket.gethostname()}\0{store.resolve()}"
        self._own = f"{settings.prefix}_{hashlib.sha256(where.encode()).hexdigest()[:12]}_"
        self._lock = threading.Lock()
        self._client: Any = None
        _pymilvus()

    @property
    def is_file(self) -> bool:
        """Whether this is Milvus Lite, which one program at a time has open."""
        return "://" not in self.uri

    @property
    def client(self) -> Any:
        """The connection, made once."""
        with self._lock:
            if self._client is None:
                s = self._settings
                with self.explained():
                    if self.is_file:
                        Path(self.uri).parent.mkdir(parents=True, exist_ok=True)
                    self._client = _pymilvus().MilvusClient(
                        self.uri, token=s.token, db_name=s.database, timeout=s.timeout_s
                    )
            return self._client

    def create(self, generation: str, dimension: int) -> str:
        """An empty collection, after what an earlier try at the same generation left; returns its name."""
        name = self._own + generation.replace("-", "_")
        with self.explained():
            self.client.drop_collection(name)  # no error if there is none
            self.client.create_collection(
                name, schema=_schema(dimension), consistency_level="Strong", timeout=self._settings.timeout_s
            )
        return name

    def holds(self, collection: str) -> bool:
        """Whether there is such a collection."""
        with self.explained():
            return bool(self.client.has_collection(collection))

    def insert(self, collection: str, rows: list[dict[str, Any]]) -> None:
        """Send rows, which have the fields of ``_schema``."""
        with self.explained(collection):
            self.client.insert(collection, rows)

    def finish(self, collection: str) -> None:
        """Make what was sent durable, index both kinds of vectors, and load the collection."""
        parameters = _pymilvus().MilvusClient.prepare_index_params()
        parameters.add_index("vector", index_type=self._settings.vector_index, metric_type="IP")
        parameters.add_index("terms", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        with self.explained(collection):
            self.client.flush(collection)
            self.client.create_index(collection, parameters)
            self.client.load_collection(collection)

    def search(self, collection: str, field: str, vector: Any, *, limit: int, where: str) -> Scored:
        """The best (row, inner product), best first."""
        with self.explained(collection):
            found = self.client.search(
                collection,
                data=[vector],
                anns_field=field,
                limit=min(limit, MAX_LIMIT),
                filter=where,
                output_fields=["row"],
                search_params={"metric_type": "IP"},
                timeout=self._settings.timeout_s,
            )
        return [(int(hit["row"]), float(hit["distance"])) for hit in found[0]]

    def count(self, collection: str) -> int:
        """How many rows a collection has."""
        timeout = self._settings.timeout_s
        with self.explained(collection):
            found = self.client.query(collection, filter="", output_fields=["count(*)"], timeout=timeout)
        return int(found[0]["count(*)"])

    def clean(self, kept: Iterable[Mapping[str, Any]]) -> None:
        """Drop this store's collections but those that the generations left name.

        :param kept: ``Manifest.vectors`` of each.
        """
        wanted = {told.get("collection") for one in kept for told in (one, one.get("more", {}))}
        with self.explained():
            for name in self.client.list_collections():
                if name.startswith(self._own) and name not in wanted:
                    self.client.drop_collection(name)

    @contextlib.contextmanager
    def explained(self, collection: str = "") -> Iterator[None]:
        """Turn what the client raises into one line with its remedy.

        :raises StoreError: always that.
        """
        import grpc

        try:
            yield
        except StoreError:
            raise
        except (_pymilvus().MilvusException, grpc.RpcError, OSError, ValueError) as e:
            raise StoreError(self._reason(e, collection)) from None

    def _reason(self, error: Exception, collection: str) -> str:
        said = str(getattr(error, "message", None) or error)
        if (details := getattr(error.__cause__, "details", None)) is not None:
            said += f" ({details()})"  # a refusal to connect hides its reason there
        said = " ".join(said.split())
        low = said.lower()
        if self.is_file and ("open local milvus failed" in low or isinstance(error, OSError)):
            return (
                f"cannot open the Milvus Lite file {self.uri!r}: another program has it open (one at a time can), or it "
                "is damaged; stop the other, or run a Milvus server and set milvus.uri (SHENGWEN_MILVUS__URI)"
            )
        if any(sign in low for sign in ("unauthenticated", "auth check failure", "permission", "token")):
            return (
                f"the Milvus server {self.uri!r} refuses the token: set milvus.token (SHENGWEN_MILVUS__TOKEN) to "
                "user:password or to an API key"
            )
        if collection and "dimension" in low:
            return f"the collection {collection!r} on {self.uri!r} holds vectors of another dimension: {REBUILD}"
        if collection and (getattr(error, "code", None) == 100 or "not exist" in low or "not found" in low):
            return (
                f"the Milvus server {self.uri!r} has no collection {collection!r}: if the store has been built again "
                f"since, ask again; else {REBUILD}"
            )
        if any(sign in low for sign in ("unavailable", "connect", "timeout", "deadline", "timed out")):
            return (
                f"the Milvus server {self.uri!r} does not answer: start it, or correct milvus.uri "
                "(SHENGWEN_MILVUS__URI)"
            )
        return f"the Milvus server {self.uri!r} says {said[:300]!r}: see its log"


def _schema(dimension: int) -> Any:
    p = _pymilvus()
    kinds = p.DataType
    schema = p.MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("row", kinds.INT64, is_primary=True)
    schema.add_field("doc_id", kinds.VARCHAR, max_length=_TEXT_BYTES)
    schema.add_field("province", kinds.VARCHAR, max_length=_TEXT_BYTES, is_partition_key=True)
    schema.add_field("year", kinds.INT64, nullable=True)
    schema.add_field("period", kinds.VARCHAR, max_length=64, nullable=True)
    schema.add_field("vector", kinds.FLOAT_VECTOR, dim=dimension)
    schema.add_field("terms", kinds.SPARSE_FLOAT_VECTOR)
    return schema


@functools.cache
def _pymilvus() -> Any:
    """:raises StoreError: it is not installed."""
    try:
        import pymilvus
    except ImportError:
        raise StoreError(
            "index = 'milvus' needs pymilvus: run `pip install 'shengwen[milvus]'`, or set index = 'embedded'"
        ) from None
    for name in ("pymilvus", "milvus_lite"):  # they log with a traceback what is told in one line here
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return pymilvus
