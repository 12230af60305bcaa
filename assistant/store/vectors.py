"""The vectors of a generation's rows: exact (FAISS, flat), above a size also an index for near ones; token vectors.

It knows rows, not passages.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError
from assistant.store import near
from assistant.store.arrays import map_array
from assistant.store.blocks import PLACE, Blocks, Place, needed
from assistant.store.layout import BLOCKS, MORE, NEAR, PLACES, REBUILD, VECTORS
from assistant.store.sums import Sums
from assistant.store.ties import Scored, best

_BLOCK = 4096
"""Vectors given to FAISS at once: some 6 MB."""


def build_vectors(
    folder: Path,
    entries: Iterable[tuple[NDArray[np.float32], Place]],
    *,
    dimension: int,
    take: Callable[[NDArray[np.float32]], None] | None = None,
) -> dict[str, Any]:
    """Write the exact vectors, an index beside them where they are many, and the addresses of the token vectors.

    :param entries: one for each row, in order.
    :param take: gets the vectors of some rows, (n, d), in order, in place of the files of vectors and their index.
    :returns: what the manifest says of the index.
    :raises StoreError: FAISS cannot write its file.
    """
    faiss = near.faiss()
    index = faiss.IndexFlatIP(dimension)
    places: list[NDArray[np.void]] = [np.zeros(0, PLACE)]
    for block in _blocks(entries):
        (index.add if take is None else take)(np.stack([pooled for pooled, _ in block]))
        places.append(np.array([tuple(place) for _, place in block], PLACE))
    np.save(folder / PLACES, np.concatenate(places))
    if take is not None:
        return {}
    chosen, told = near.build(index)
    try:
        faiss.write_index(index, str(folder / VECTORS))
        if chosen is not None:
            faiss.write_index(chosen, str(folder / NEAR))
    except RuntimeError as e:
        reason = str(e).splitlines()[0]
        raise StoreError(f"cannot write {str(folder / VECTORS)!r}: {reason}; check the free space") from e
    return told


def _blocks(entries: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(entries)
    while block := list(itertools.islice(iterator, _BLOCK)):
        yield block


def read_places(folder: Path) -> NDArray[np.void]:
    """The addresses of the token vectors of one part's rows, memory-mapped.

    :raises StoreError: the file cannot be read.
    """
    try:
        places: NDArray[np.void] = map_array(folder / PLACES)
    except (OSError, ValueError) as e:
        raise StoreError(f"cannot open the token vectors in {str(folder)!r} ({e}): {REBUILD}") from None
    if places.dtype != PLACE:
        raise StoreError(f"cannot open the token vectors in {str(folder)!r}: {REBUILD}")
    return places


def all_places(place: Path) -> list[NDArray[np.void]]:
    """The addresses of a generation's base, and of what came since, if anything did.

    :raises StoreError: a file cannot be read.
    """
    return [read_places(part) for part in (place, place / MORE) if part.is_dir()]


def needed_by(place: Path) -> dict[str, int]:
    """Up to which byte a generation needs each file of token vectors."""
    out: dict[str, int] = {}
    for places in all_places(place):
        for name, end in needed(places).items():
            out[name] = max(end, out.get(name, 0))
    return out


@dataclass(frozen=True, slots=True)
class Allowed:
    """Rows that may be returned: one bit for each row, the lowest first, and the rows themselves, ascending."""

    bits: NDArray[np.uint8]
    rows: NDArray[np.int64]


class Vectors:
    """A reader of the passages' vectors; safe to share between threads.

    Few rows, all or allowed, are compared one by one. Among many the index names candidates, several for each place
    wanted, and these are compared exactly: every score is the exact cosine, whichever way a row was found.
    """

    def __init__(self, folder: Path, told: Mapping[str, Any] | None = None, sums: Sums | None = None) -> None:
        """:param sums: what is searched is compared with; what is compared one by one only when it is.

        :raises StoreError: a file cannot be opened, or is damaged.
        """
        faiss = near.faiss()
        self._sums, self._bytes = sums, (folder / VECTORS).stat().st_size if (folder / VECTORS).is_file() else 0
        if sums is not None:
            sums.check(VECTORS, np.zeros(1, np.int64), 1)  # its head, from which FAISS reads how many there are
            sums.check_all((NEAR, f"{MORE}/{VECTORS}"))
        self._base = _read(folder / VECTORS, faiss.IO_FLAG_MMAP_IFC)
        self._more = _read(folder / MORE / VECTORS, faiss.IO_FLAG_MMAP_IFC) if (folder / MORE).is_dir() else None
        self._near = near.Near(_read(folder / NEAR, faiss.IO_FLAG_MMAP), told) if told and "probes" in told else None

    @property
    def size(self) -> int:
        """How many vectors there are."""
        return int(self._base.ntotal) + (int(self._more.ntotal) if self._more is not None else 0)

    def search(self, vector: NDArray[np.float32], *, k: int, allowed: Allowed | None) -> Scored:
        """The best k (row, cosine), ties by row.

        :param vector: (d,) any length but 0.
        :param allowed: ``None`` allows all.
        """
        length = float(np.linalg.norm(vector))
        if self.size == 0 or length == 0 or not np.isfinite(length):
            return []
        query = np.ascontiguousarray(vector, np.float32)[None] / np.float32(length)
        # One question is one thread's work: 1 ms over 20,000 passages, 3 ms with two threads.
        near.faiss().omp_set_num_threads(1)
        first = int(self._base.ntotal)
        found = self._in_base(query, k, allowed)
        if self._more is not None:
            rows = None if allowed is None else allowed.rows[np.searchsorted(allowed.rows, first) :] - first
            found += [(row + first, score) for row, score in _exact(self._more, query, k, rows)]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:k]

    def _in_base(self, query: NDArray[np.float32], k: int, allowed: Allowed | None) -> Scored:
        first = int(self._base.ntotal)
        rows = None if allowed is None else allowed.rows[: np.searchsorted(allowed.rows, first)]
        n = first if rows is None else len(rows)
        if self._near is not None and n >= near.FROM and k < n:
            bits = None if allowed is None else allowed.bits
            candidates = self._near.candidates(query, k, bits=bits, share=n / first)
            rows = rows if len(candidates) < k else candidates
        self._compare(rows)
        return _exact(self._base, query, k, rows)

    def _compare(self, rows: NDArray[np.int64] | None) -> None:
        """The base's vectors at these rows are as they were written, or else a ``StoreError``."""
        if self._sums is None:
            return
        size = 4 * int(self._base.d)
        head = self._bytes - size * int(self._base.ntotal)
        self._sums.check(VECTORS, None if rows is None else head + size * rows, size)


def _exact(index: Any, query: NDArray[np.float32], k: int, rows: NDArray[np.int64] | None) -> Scored:
    """The best k of these rows, compared one by one; of all, if ``None``."""
    faiss = near.faiss()
    size = int(index.ntotal) if rows is None else len(rows)
    if size == 0:
        return []
    # A selector that names its rows is looped over; a bitmap would be asked about every row there is.
    ids = None if rows is None else np.ascontiguousarray(rows, np.int64)  # FAISS keeps a pointer to it
    selector = None if ids is None else faiss.IDSelectorArray(ids)
    options = None if selector is None else faiss.SearchParameters(sel=selector)

    def fetch(limit: int) -> Scored:
        scores, found = index.search(query, min(limit, size), params=options)
        return [(int(r), float(s)) for r, s in zip(found[0], scores[0], strict=True) if r >= 0]

    return best(k, fetch)


def _read(path: Path, flag: int) -> Any:
    try:
        return near.faiss().read_index(str(path), flag)
    except RuntimeError:
        raise StoreError(f"cannot open the vectors {str(path)!r}: {REBUILD}") from None


class Tokens:
    """A reader of the tokens' vectors; safe to share between threads."""

    def __init__(self, folder: Path, rows: tuple[int, int] | None = None) -> None:
        """:param rows: how many the base has, and how many came since.

        :raises StoreError: a file cannot be mapped, or has other rows.
        """
        self._parts = all_places(folder)
        if rows is not None and self.counts != rows[: len(self._parts)]:
            raise StoreError(f"the addresses of token vectors in {str(folder)!r} are damaged: {REBUILD}")
        self._blocks = Blocks(folder.parent / BLOCKS)
        self._seen = np.zeros(sum(self.counts), bool)

    @property
    def counts(self) -> tuple[int, ...]:
        """How many rows each part has."""
        return tuple(len(part) for part in self._parts)

    def places(self, rows: Sequence[int]) -> list[Place]:
        """Where the token vectors of these rows lie."""
        first = len(self._parts[0])
        found = [(self._parts[0][row] if row < first else self._parts[1][row - first]).item() for row in rows]
        return [Place(file, n, width or self._width, at, digest) for file, n, width, at, digest in found]

    @cached_property
    def _width(self) -> int:
        """Of the rows that have tokens; those without are written with none."""
        return max((int(part["width"].max(initial=0)) for part in self._parts), default=0)

    def at(self, rows: Sequence[int]) -> list[tuple[NDArray[np.int8], NDArray[np.float32]]]:
        """Each passage's tokens, (n, d) int8, and their scales, (n,) float32: views into the files.

        :raises StoreError: a file is missing or cut short, or what it holds is not what was written.
        """
        places = self.places(rows)
        for row, place in zip(rows, places, strict=True):
            if not self._seen[row]:
                self._blocks.require(place)
                self._seen[row] = True
        return [self._blocks.vectors(place) for place in places]

    def damaged(self) -> int:
        """How many rows' token vectors are not what was written."""
        seen: dict[bytes, bool] = {}
        wrong = 0
        for row in range(sum(self.counts)):
            (place,) = self.places((row,))
            if place.digest not in seen:
                seen[place.digest] = self._blocks.is_whole(place)
            wrong += not seen[place.digest]
        return wrong
