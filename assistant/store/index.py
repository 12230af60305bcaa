"""What a search index must do, wherever it lies: in the store's folder (``Embedded``) or on a server (``collections``).

An index knows rows and the filter's fields, not passages; the truth stays in the store's SQLite file.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.store.layout import Manifest
from assistant.store.sums import Sums
from assistant.store.ties import Scored
from assistant.store.vectors import Allowed, Vectors
from assistant.store.words import Words
from assistant.types import Filter

ALL = Filter()


class SearchIndex(Protocol):
    """A generation's index, read; safe to share between threads.

    Every implementation gives the same rows in the same order for the same documents, and the same scores but for
    rounding, as long as it searches exactly and nothing came since the base was built. What it raises when it cannot
    answer is a ``StoreError`` that says what to do.
    """

    def search_vectors(self, vector: NDArray[np.float32], *, k: int, where: Filter) -> Scored:
        """The best k (row, cosine) for a vector (d,), ties by row."""
        ...

    def search_words(self, words: Mapping[str, float], grams: Mapping[str, float], *, k: int, where: Filter) -> Scored:
        """The best k (row, BM25 score) for weighted terms, ties by row; a score of 0 is no hit."""
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...


class Embedded:
    """The index in a generation's folder: FAISS and Tantivy, each opened when first searched.

    :param allowed: the rows that a filter lets pass.
    :param sums: of what is opened; a library may end the whole process over a damaged file.
    """

    def __init__(self, place: Path, manifest: Manifest, allowed: Callable[[Filter], Allowed], sums: Sums) -> None:
        self._place, self._manifest, self._allowed, self._sums = place, manifest, allowed, sums
        self._lock = threading.RLock()
        self._vectors: Vectors | None = None
        self._words: Words | None = None

    def search_vectors(self, vector: NDArray[np.float32], *, k: int, where: Filter) -> Scored:
        """As the protocol says; see ``Vectors`` for what is exact."""
        with self._lock:
            if self._vectors is None:
                self._vectors = Vectors(self._place, self._manifest.vectors, self._sums)
        everything = where == ALL and self._manifest.counts["passages"] == sum(self._manifest.rows)
        return self._vectors.search(vector, k=k, allowed=None if everything else self._allowed(where))

    def search_words(self, words: Mapping[str, float], grams: Mapping[str, float], *, k: int, where: Filter) -> Scored:
        """As the protocol says."""
        with self._lock:
            if self._words is None:
                self._sums.check_below(self._manifest.words)
                self._words = Words(self._place / self._manifest.words)
        return self._words.search(words, grams, k=k, where=where)

    def close(self) -> None:
        """Close all files."""
        with self._lock:
            if self._words is not None:
                self._words.close()
            self._vectors = self._words = None
