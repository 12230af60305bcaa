"""A generation's vectors and words in collections of a Milvus server: written, and searched as ``SearchIndex`` says.

Words are sparse vectors of our own weights (``bm25``), not Milvus' BM25 function, whose statistics are those of a
segment and whose queries know no weights.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError
from assistant.store.bm25 import Statistics, passage_vector, query_vector
from assistant.store.layout import MILVUS, MORE, Manifest
from assistant.store.milvus import MAX_LIMIT, Milvus
from assistant.store.segment import Segmenter
from assistant.store.ties import Scored, best
from assistant.store.truth_writer import TruthWriter
from assistant.store.words import sound
from assistant.types import Filter

_FIELDS = (("doc_id", "documents"), ("province", "provinces"), ("year", "years"), ("period", "periods"))
_NO_PROVINCE = ""
"""A partition key cannot be null."""
_YEARS = range(-(2**31), 2**31)
_ROWS = 256
"""Rows sent at once: about 1 MB."""


class Filling:
    """A new collection while it is filled; nobody reads it before a manifest names it.

    :param name: of the generation; a collection that an earlier try left under it is dropped.
    :param truth: the rows that come.
    :param base: what they are beside, if anything. They are weighed by its mean lengths, so that scores of both are
        alike.
    """

    def __init__(
        self,
        server: Milvus,
        name: str,
        truth: TruthWriter,
        *,
        base: Manifest | None,
        dimension: int,
        segmenter: Segmenter,
    ) -> None:
        self._server, self._base, self._segmenter = server, base, segmenter
        self._statistics = Statistics.gather((text for _, text, _ in truth.indexed()), segmenter)
        self._mean = self._statistics.mean if base is None else base.vectors["mean"]
        self._entries = truth.indexed()
        self._collection = server.create(name, dimension)

    def add(self, vectors: NDArray[np.float32]) -> None:
        """Send the next rows with their vectors, (n, d)."""
        for start in range(0, len(vectors), _ROWS):
            part = vectors[start : start + _ROWS]
            entries = itertools.islice(self._entries, len(part))
            self._server.insert(self._collection, [self._row(*e, v) for e, v in zip(entries, part, strict=True)])

    def _row(self, row: int, text: str, owner: tuple[Any, ...], vector: NDArray[np.float32]) -> dict[str, Any]:
        doc_id, province, year, period = owner
        return {
            "row": row,
            "doc_id": doc_id,
            "province": province or _NO_PROVINCE,
            "year": year,
            "period": period,
            "vector": vector,
            "terms": passage_vector(text, self._segmenter, self._mean),
        }

    def finish(self, folder: Path) -> dict[str, Any]:
        """Index the collection, write the statistics into ``folder``; what the manifest says, of the base included.

        :raises StoreError: rows are missing.
        """
        self._server.finish(self._collection)
        if (found := self._server.count(self._collection)) != self._statistics.passages:
            raise StoreError(
                f"the Milvus server {self._server.uri!r} holds {found} of {self._statistics.passages} passages: see its "
                "log, and build again"
            )
        told = {"index": MILVUS, "collection": self._collection, **self._statistics.write(folder)}
        return {**self._base.vectors, "more": told} if self._base is not None else told


class MilvusIndex:
    """A generation's collections, read; safe to share between threads.

    :param gone: documents of the base that are gone.
    """

    def __init__(self, server: Milvus, place: Path, manifest: Manifest, gone: tuple[str, ...]) -> None:
        base, more = manifest.vectors, manifest.vectors.get("more")
        told = [(place, base), *([(place / MORE, more)] if more else [])]
        self._server = server
        self._collections = [str(one["collection"]) for _, one in told]
        self._statistics = [Statistics.read(folder, one) for folder, one in told]
        self._alive = f"doc_id not in {_listed(gone)}" if gone else ""

    def search_vectors(self, vector: NDArray[np.float32], *, k: int, where: Filter) -> Scored:
        """As the protocol says; exact if ``milvus.vector_index`` is ``FLAT``."""
        length = float(np.linalg.norm(vector))
        if length == 0 or not np.isfinite(length):
            return []
        return self._search("vector", (vector / np.float32(length)).astype(np.float32), k, where)

    def search_words(self, words: Mapping[str, float], grams: Mapping[str, float], *, k: int, where: Filter) -> Scored:
        """As the protocol says."""
        query = query_vector(words, grams, self._statistics)
        return [(row, score) for row, score in self._search("terms", query, k, where) if score > 0] if query else []

    def size(self) -> int:
        """How many rows there are, those of documents that are gone included."""
        return sum(map(self._server.count, self._collections))

    def close(self) -> None:
        """Nothing is open here: the connection is the server's."""

    def _search(self, field: str, vector: Any, k: int, where: Filter) -> Scored:
        condition = expression(where)
        if condition is None:
            return []
        found: Scored = []
        for collection, alive in itertools.zip_longest(self._collections, (self._alive,), fillvalue=""):
            both = " and ".join(part for part in (condition, alive) if part)
            found += self._search_in(collection, field, vector, k=k, where=both)
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:k]

    def _search_in(self, collection: str, field: str, vector: Any, *, k: int, where: str) -> Scored:
        def fetch(limit: int) -> Scored:
            return self._server.search(collection, field, vector, limit=limit, where=where)

        # Where more tie than Milvus returns, the lowest rows among those returned are taken.
        return best(k, fetch) if k < MAX_LIMIT else fetch(MAX_LIMIT)


def expression(where: Filter) -> str | None:
    """The filter in Milvus' language, ``""`` for all; ``None`` if nothing can pass."""
    parts = []
    for field, name in _FIELDS:
        given = getattr(where, name)
        values = [v for v in sound(given) if (v in _YEARS if field == "year" else v != _NO_PROVINCE)]
        if given and not values:
            return None
        if values:
            parts.append(f"{field} in {_listed(values)}")
    return " and ".join(parts)


def _listed(values: Any) -> str:
    return json.dumps(list(values), ensure_ascii=False)
