"""The vectors of a generation: one for each passage (FAISS), and one for each of its tokens (memory-mapped NumPy).

It knows rows, not passages.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError
from assistant.store.embeddings import Quantised
from assistant.store.layout import OFFSETS, REBUILD, SCALES, TOKENS, VECTORS
from assistant.store.ties import Scored, best

_BLOCK = 256
"""Passages read and written at once: some 10 MB."""


def _faiss() -> Any:
    """FAISS, whose stubs know only the C++ side; imported late since it takes 0.2 s."""
    import faiss

    return faiss


def build_vectors(folder: Path, entries: Iterable[Quantised], *, counts: NDArray[np.int64], dimension: int) -> None:
    """Write the vectors' and the tokens' files.

    :param entries: one for each row, in order.
    :param counts: (n,) how many tokens each row has.
    :raises StoreError: FAISS cannot write its file.
    """
    faiss = _faiss()
    np.save(folder / OFFSETS, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))
    total, width = int(counts.sum()), 0
    index = faiss.IndexFlatIP(dimension)
    # Written in sequence: on a full disk a write fails with an error, where a store to a memory map kills the process.
    with (folder / TOKENS).open("wb") as tokens, (folder / SCALES).open("wb") as scales:
        _begin(scales, np.dtype(np.float32), (total,))
        for block in _blocks(entries):
            if not width and (widths := [e.tokens.shape[1] for e in block if len(e.tokens)]):
                width = widths[0]
                _begin(tokens, np.dtype(np.int8), (total, width))
            for entry in block:
                tokens.write(entry.tokens.tobytes())
                scales.write(entry.scales.tobytes())
            index.add(np.stack([entry.pooled for entry in block]))
        if not width:
            _begin(tokens, np.dtype(np.int8), (0, dimension))
    try:
        faiss.write_index(index, str(folder / VECTORS))
    except RuntimeError as e:
        reason = str(e).splitlines()[0]
        raise StoreError(f"cannot write {str(folder / VECTORS)!r}: {reason}; check the free space") from e


def _blocks(entries: Iterable[Quantised]) -> Iterator[list[Quantised]]:
    iterator = iter(entries)
    while block := list(itertools.islice(iterator, _BLOCK)):
        yield block


def _begin(file: IO[bytes], dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    """The head of an ``.npy`` file, whose values follow it as they are."""
    header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)


class Vectors:
    """A reader of the passages' vectors; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """:raises StoreError: the file cannot be opened."""
        faiss = _faiss()
        path = folder / VECTORS
        try:
            self._index: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError:
            raise StoreError(f"cannot open the vectors {str(path)!r}: {REBUILD}") from None

    @property
    def size(self) -> int:
        """How many vectors there are."""
        return int(self._index.ntotal)

    def search(self, vector: NDArray[np.float32], *, k: int, allowed: NDArray[np.uint8] | None) -> Scored:
        """The best k (row, cosine), ties by row.

        :param vector: (d,) any length but 0.
        :param allowed: one bit for each row, the lowest first; ``None`` allows all.
        """
        faiss = _faiss()
        length = float(np.linalg.norm(vector))
        if self.size == 0 or length == 0 or not np.isfinite(length):
            return []
        query = np.ascontiguousarray(vector, np.float32)[None] / np.float32(length)
        selector = None if allowed is None else faiss.IDSelectorBitmap(allowed)
        faiss.omp_set_num_threads(
            1
        )  # one question is one thread's work: 1 ms over 20,000 passages, 3 ms with two threads
        options = None if selector is None else faiss.SearchParameters(sel=selector)

        def fetch(limit: int) -> Scored:
            scores, rows = self._index.search(query, min(limit, self.size), params=options)
            return [(int(r), float(s)) for r, s in zip(rows[0], scores[0], strict=True) if r >= 0]

        return best(k, fetch)


class Tokens:
    """A reader of the tokens' vectors."""

    def __init__(self, folder: Path) -> None:
        """:raises StoreError: a file cannot be mapped."""
        try:
            self._tokens = np.load(folder / TOKENS, mmap_mode="r")
            self._scales = np.load(folder / SCALES, mmap_mode="r")
            self._offsets = np.load(folder / OFFSETS, mmap_mode="r")
        except (OSError, ValueError) as e:
            raise StoreError(f"cannot open the token vectors in {str(folder)!r} ({e}): {REBUILD}") from None

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many rows, token vectors and scales there are."""
        return len(self._offsets) - 1, len(self._tokens), len(self._scales)

    @property
    def ends(self) -> tuple[int, int]:
        """The first and the last offset."""
        return int(self._offsets[0]), int(self._offsets[-1])

    def at(self, row: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
        """A passage's tokens, (n, d) int8, and their scales, (n,) float32: views into the files."""
        start, end = self._offsets[row], self._offsets[row + 1]
        return self._tokens[start:end], self._scales[start:end]
