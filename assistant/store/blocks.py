"""Token vectors by content, in files that are only ever added to and that all generations share. It knows no texts.

A block is what late interaction needs of one text: a scale for each token, (n,) float32, then the tokens, (n, t) int8.
Its address holds a digest of it, so equal blocks are kept once and a damaged one is recognised wherever it is named.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError
from assistant.store.layout import REBUILD, sync_folder

FILE_BYTES = 1 << 30
"""A file that has grown to this size is added to no more: one file more for some 20,000 passages."""
PLACE = np.dtype([("file", "<u4"), ("n_tokens", "<u4"), ("width", "<u4"), ("at", "<u8"), ("digest", "V16")])
"""An address in a generation's table: one for each row."""
_ALIGNED = 8
_NAME = re.compile(r"(\d{6,})\.bin")


class Place(NamedTuple):
    """Where a block lies: ``n_tokens`` of ``width`` components from the byte ``at`` on."""

    file: int
    n_tokens: int
    width: int
    at: int
    digest: bytes

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.n_tokens * (4 + self.width)


def digest(block: bytes | NDArray[np.uint8]) -> bytes:
    """What a block is known by, 16 bytes."""
    return hashlib.blake2b(block, digest_size=16).digest()  # type: ignore[arg-type]


def file_name(number: int) -> str:
    """The name of a file of blocks."""
    return f"{number:06d}.bin"


def files(folder: Path) -> dict[int, Path]:
    """The files of blocks, ascending."""
    if not folder.is_dir():
        return {}
    return dict(sorted((int(m[1]), p) for p in folder.iterdir() if (m := _NAME.fullmatch(p.name))))


class BlockWriter:
    """Adds blocks behind all that was ever written, so that nothing a reader may hold is touched. One at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._number = 0

    def append(self, block: bytes, count: int, width: int) -> Place:
        """Write a block; it is safe only after ``sync``."""
        file = self._open()
        at = file.tell()
        file.write(block)
        return Place(self._number, count, width, at, digest(block))

    def _open(self) -> IO[bytes]:
        if self._file is not None and self._file.tell() >= FILE_BYTES:
            self.close()
        if self._file is None:
            self._folder.mkdir(exist_ok=True)
            present = files(self._folder)
            self._number = max(present, default=1)
            if self._number in present and present[self._number].stat().st_size >= FILE_BYTES:
                self._number += 1
            self._file = (self._folder / file_name(self._number)).open("ab")
            if torn := self._file.tell() % _ALIGNED:  # a writer died in the middle of a block, or widths are odd
                self._file.write(bytes(_ALIGNED - torn))
            sync_folder(self._folder)
        return self._file

    def sync(self) -> None:
        """Force what was written to the disk."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self.sync()
            self._file.close()
            self._file = None

    def abandon(self) -> None:
        """Close the file though it cannot be written any more: what is not on the disk nobody names."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None


class Blocks:
    """A reader of blocks, memory-mapped file by file as they are needed; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._maps: dict[int, NDArray[np.uint8]] = {}

    def raw(self, place: Place) -> NDArray[np.uint8]:
        """A block's bytes, a view into the file.

        :raises StoreError: the file is missing or too short.
        """
        mapped = self._maps.get(place.file)
        if mapped is None or len(mapped) < place.at + place.size:
            mapped = self._maps[place.file] = self._map(place.file)
        if len(mapped) < place.at + place.size:
            raise StoreError(f"{str(self._folder / file_name(place.file))!r} is cut short: {REBUILD}")
        return mapped[place.at : place.at + place.size]

    def vectors(self, place: Place) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
        """A block's tokens, (n, t) int8, and their scales, (n,) float32: views into the file."""
        raw = self.raw(place)
        scales = raw[: 4 * place.n_tokens].view("<f4")
        return raw[4 * place.n_tokens :].view(np.int8).reshape(place.n_tokens, place.width), scales

    def require(self, place: Place) -> None:
        """:raises StoreError: the block is not there, or not what its digest says."""
        if digest(self.raw(place)) != place.digest:
            path = self._folder / file_name(place.file)
            raise StoreError(f"token vectors in {str(path)!r}, or their addresses, are damaged: {REBUILD}")

    def is_whole(self, place: Place) -> bool:
        """Whether the block is there and what its digest says."""
        try:
            self.require(place)
        except StoreError:
            return False
        return True

    def _map(self, number: int) -> NDArray[np.uint8]:
        path = self._folder / file_name(number)
        try:
            if path.stat().st_size == 0:
                return np.zeros(0, np.uint8)
            return np.asarray(np.memmap(path, np.uint8, mode="r"))
        except (OSError, ValueError) as e:
            raise StoreError(f"cannot open the token vectors {str(path)!r} ({e}): {REBUILD}") from None


def needed(places: NDArray[np.void]) -> dict[str, int]:
    """Up to which byte each file is needed for these addresses."""
    ends = places["at"] + places["n_tokens"].astype(np.uint64) * (places["width"].astype(np.uint64) + np.uint64(4))
    numbers = np.unique(places["file"])
    return {file_name(int(n)): int(ends[places["file"] == n].max()) for n in numbers}


def collect(folder: Path, wanted: Mapping[str, int]) -> list[int]:
    """Remove the files of blocks that nobody names, once they are more than half of all; return their numbers.

    Until then they stay, since what was embedded for a document that is gone may be asked for again.
    """
    present = files(folder)
    sizes = {number: path.stat().st_size for number, path in present.items()}
    unnamed = [number for number, path in present.items() if path.name not in wanted]
    if 2 * sum(sizes[n] for n in unnamed) <= sum(sizes.values()):
        return []
    gone = []
    for number in unnamed:
        with contextlib.suppress(OSError):  # Windows keeps open files; they go the next time
            present[number].unlink()
            gone.append(number)
    return gone
