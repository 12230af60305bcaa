"""Checksums of derived files by blocks, so that each part is compared when it is first read, however large its file.

Vectors, words and owners are read through memory maps by libraries that know no checksums. What has a checksum of its
own is not here: the rows of the truth (``owners``) and token vectors (``blocks``).
"""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError
from assistant.store.layout import MANIFEST, PLACES, REBUILD, SUMS, TRUTH, Manifest, file_record

BLOCK = 1 << 14
"""Bytes: a vector read by itself costs the comparison of so many, 4 µs; a million passages have some 150,000 blocks."""
_OWN = {TRUTH, PLACES, MANIFEST, SUMS}
"""Names of files whose parts are known by checksums of their own, or that the manifest's alone is enough for."""


def write_sums(place: Path, known: Mapping[int, NDArray[np.uint32]] | None = None) -> None:
    """Write the checksums of a generation's files, which must all be there.

    :param known: those of files, by inode, that are links to another generation's and need no second reading.
    """
    taken = known or {}
    inodes = {name: (place / name).stat().st_ino for name in _summed(place)}
    sums = {name: _sums_of(place / name) if (k := taken.get(inode)) is None else k for name, inode in inodes.items()}
    np.savez(place / SUMS, **sums)  # type: ignore[arg-type]  # its stubs take every name for an option's


def _summed(place: Path) -> list[str]:
    """The names of a generation's files that have checksums here."""
    files = (p for p in place.rglob("*") if p.is_file() and p.name not in _OWN)
    return sorted(p.relative_to(place).as_posix() for p in files if p.suffix != ".lock")  # a reader's locks


def _sums_of(path: Path) -> NDArray[np.uint32]:
    with path.open("rb") as f:
        return np.array([zlib.crc32(block) for block in iter(lambda: f.read(BLOCK), b"")], "<u4")


class Sums:
    """The checksums of a generation, and which blocks have been compared; safe to share between threads.

    A store by an older program has none: it is compared as a whole when it is opened.
    """

    def __init__(self, place: Path, manifest: Manifest) -> None:
        """:raises StoreError: the file of checksums is damaged itself."""
        self._place = place
        self._sums: dict[str, NDArray[np.uint32]] = {}
        if SUMS in manifest.files:
            if file_record(place / SUMS) != manifest.files[SUMS]:
                raise self._damaged(SUMS)
            try:
                with (place / SUMS).open("rb") as f, np.load(f) as held:  # by its name it would be left open
                    self._sums = dict(held)
            except Exception:  # a ZIP file of nonsense, signed anew, raises all kinds
                raise self._damaged(SUMS) from None
        self._done = {name: np.zeros(len(sums), bool) for name, sums in self._sums.items()}

    def differing(self) -> list[str]:
        """The files whose checksums are not these, or that have none, or are not there; all are read."""
        there = {name: _sums_of(self._place / name) for name in _summed(self._place)}
        none = np.zeros(0, np.uint32)
        names = sorted({*self._sums, *there})
        return [n for n in names if not np.array_equal(self._sums.get(n, none), there.get(n, none))]

    def by_inode(self) -> dict[int, NDArray[np.uint32]]:
        """All checksums, for a generation that shares files by links."""
        return {(self._place / name).stat().st_ino: sums for name, sums in self._sums.items()}

    def check_all(self, names: Iterable[str]) -> None:
        """As ``check``, of several files, each as a whole."""
        for name in names:
            self.check(name)

    def check_below(self, folder: str) -> None:
        """As ``check``, of all files of a folder."""
        self.check_all(name for name in self._sums if name.startswith(f"{folder}/"))

    def check(self, name: str, starts: NDArray[np.int64] | None = None, size: int = 0) -> None:
        """Compare those blocks of a file that were not yet: all, or those that hold ``size`` bytes from ``starts`` on.

        :raises StoreError: one is not what was written.
        """
        done = self._done.get(name)
        if done is None or done.all():
            return
        wanted = np.flatnonzero(~done) if starts is None else _blocks(starts, size, len(done))
        wanted = wanted[~done[wanted]]
        if not len(wanted):
            return
        path, sums = self._place / name, self._sums[name]
        with path.open("rb") as f, mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            for block in wanted.tolist():
                if zlib.crc32(mapped[block * BLOCK : (block + 1) * BLOCK]) != sums[block]:
                    raise self._damaged(name)
        done[wanted] = True

    def _damaged(self, name: str) -> StoreError:
        return StoreError(f"in the store {str(self._place)!r} {name} is damaged: {REBUILD}")


def _blocks(starts: NDArray[np.int64], size: int, n: int) -> NDArray[np.int64]:
    """The blocks that hold ``size`` bytes from each of ``starts`` on, of ``n``."""
    offsets = np.array([*range(0, size, BLOCK), size - 1])
    found = np.unique((starts[:, None] + offsets) // BLOCK)
    return found[found < n]
