"""What has been embedded, by content: never the same text twice with one model. It knows no documents.

Shared by all generations and only ever added to, in small transactions, so that an interrupted build goes on where it
stopped. Pooled vectors are in a table of SQLite, token vectors in blocks beside it.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError
from assistant.store.blocks import Blocks, BlockWriter, Place, collect, digest
from assistant.store.layout import BLOCKS
from assistant.types import Encoded

_SCHEMA = """
CREATE TABLE IF NOT EXISTS blocks (digest BLOB PRIMARY KEY, file INTEGER NOT NULL, count INTEGER NOT NULL,
    width INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS texts (key BLOB PRIMARY KEY, pooled BLOB NOT NULL, digest BLOB NOT NULL, crc INTEGER NOT NULL);
"""
_FOUND = (
    """SELECT pooled, digest, crc, file, count, width, at FROM texts LEFT JOIN blocks USING (digest) WHERE key = ?"""
)
_SAVE_EVERY = 64
"""Texts in a transaction at least,"""
_SAVE_SECONDS = 2.0
"""and seconds: the most embedding that a crash can lose, and few enough transactions for a quick accelerator."""
_CACHE_KIB = 1 << 18
"""Memory for pages of the table, taken as needed: keys are digests, so neighbours in time lie far apart in the file."""
_CALL = 4096
"""Texts given to the model at once: enough to pack batches by length, few enough to hold in memory."""


@dataclass(frozen=True, slots=True)
class Quantised:
    """A text's vectors as stored: ``pooled`` (d,) float32; ``tokens`` (n, t) int8 with a scale each, (n,) float32.

    A model with a dense layer behind its pooling has t other than d.

    A token's vector is ``tokens[i] * scales[i]``.
    """

    pooled: NDArray[np.float32]
    tokens: NDArray[np.int8]
    scales: NDArray[np.float32]


class Model(Protocol):
    """An embedding model as a writer needs it; equal fingerprints give equal vectors."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def fingerprint(self) -> str:
        """A digest of everything that decides its vectors."""
        ...

    @property
    def dimension(self) -> int:
        """The length of its vectors."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Iterator[tuple[int, Encoded | Quantised]]:
        """As ``PassageEncoder``; or the vectors as they are stored already."""
        ...


class DamagedRow(Exception):
    """A stored row does not match its checksum."""


def quantise(encoded: Encoded) -> Quantised:
    """Each token's vector in 8 bits, its greatest component at 127."""
    scales = np.abs(encoded.tokens).max(axis=1, initial=0.0).astype(np.float32) / np.float32(127)
    safe = np.where(scales > 0, scales, np.float32(1))
    tokens = np.rint(encoded.tokens / safe[:, None]).astype(np.int8)
    return Quantised(np.ascontiguousarray(encoded.pooled, np.float32), tokens, scales)


def as_stored(encoded: Encoded | Quantised, text: str, *, dimension: int) -> Quantised:
    """A text's vectors as they are stored; on a cluster the workers do it, whose answers are a quarter as long.

    :raises StoreError: the model gave something that is no vector.
    """
    if isinstance(encoded, Quantised):
        return encoded
    if encoded.pooled.shape != (dimension,) or encoded.tokens.ndim != 2:
        raise StoreError(
            f"the model gave vectors of shapes {encoded.pooled.shape} and {encoded.tokens.shape}, not "
            f"({dimension},) and (tokens, width), for the passage {text[:30]!r}: check the model"
        )
    if not (np.isfinite(encoded.pooled).all() and np.isfinite(encoded.tokens).all()):
        raise StoreError(f"the model gave no finite vector for the passage {text[:30]!r}: check the model")
    return quantise(encoded)


def text_key(model: Model, text: str) -> bytes:
    """What a text's vectors by a model are kept under."""
    return hashlib.sha256(f"{model.fingerprint}\0{model.dimension}\0{text}".encode()).digest()


def _reader(path: Path) -> sqlite3.Connection:
    """A connection that only reads; what a killed process left half written is undone first, as by whoever comes next."""
    place = path.resolve().as_uri()
    connection = sqlite3.connect(f"{place}?mode=ro", uri=True)
    try:
        connection.execute("SELECT 1 FROM sqlite_master")
    except sqlite3.DatabaseError as e:  # of a damaged file whoever reads it is told
        if e.sqlite_errorcode == sqlite3.SQLITE_READONLY_ROLLBACK:
            connection.close()
            connection = sqlite3.connect(f"{place}?mode=rw", uri=True)
    return connection


class Embeddings:
    """The table of what is embedded: pooled vectors, and where each text's token vectors lie among the blocks.

    A file that is no database is set aside: its content can be computed again.
    """

    def __init__(self, path: Path, *, dimension: int) -> None:
        self.path = path
        self._dimension = dimension
        self._blocks = Blocks(path.parent / BLOCKS)
        self._writer = BlockWriter(path.parent / BLOCKS)
        try:
            self._connection = self._connect()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            os.replace(path, path.with_suffix(".damaged"))
            self._connection = self._connect()
        self._take_over()

    @classmethod
    def reading(cls, path: Path, *, dimension: int) -> Embeddings:
        """A reader, which changes nothing, not even a damaged file."""
        self = cls.__new__(cls)
        self.path = path
        self._dimension = dimension
        self._blocks = Blocks(path.parent / BLOCKS)
        self._writer = BlockWriter(path.parent / BLOCKS)
        self._connection = _reader(path)
        return self

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path)
        try:
            connection.executescript(f"PRAGMA cache_size = -{_CACHE_KIB};" + _SCHEMA)
            connection.commit()
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def __contains__(self, key: bytes) -> bool:
        """Whether the text of this key has been embedded."""
        return self._connection.execute("SELECT 1 FROM texts WHERE key = ?", (key,)).fetchone() is not None

    def read(self, key: bytes) -> tuple[NDArray[np.float32], Place]:
        """The pooled vector under the key, (d,), and where its token vectors lie, which are checked to be whole.

        :raises DamagedRow: they are missing, or not what was written.
        """
        row = self._connection.execute(_FOUND, (key,)).fetchone()
        if row is None or not self._is_sound(key, row):
            raise DamagedRow(key.hex())
        place = Place(row[3], row[4], row[5], row[6], row[1])
        if not self._blocks.is_whole(place):
            raise DamagedRow(key.hex())
        return np.frombuffer(row[0], "<f4").astype(np.float32, copy=False), place

    def _is_sound(self, key: bytes, row: tuple[Any, ...]) -> bool:
        return row[3] is not None and _crc(key, row[0], row[1]) == row[2] and len(row[0]) == 4 * self._dimension

    def embed(self, texts: Mapping[bytes, str], *, model: Model, progress: Callable[[int, int], None]) -> None:
        """Embed and store every text under its key; ``progress`` is told how many are done, and of how many.

        :raises StoreError: the model gave something that is no vector.
        """
        done, saved = 0, time.monotonic()
        try:
            for keys in _chunks(list(texts), _CALL):
                given = [texts[key] for key in keys]
                left = set(range(len(keys)))
                for position, encoded in model.encode_passages(given):
                    vectors = as_stored(encoded, given[position], dimension=self._dimension)
                    self.put(keys[position], vectors.pooled, self.add_block(vectors))
                    left.discard(position)
                    done += 1
                    if done % _SAVE_EVERY == 0:
                        if time.monotonic() - saved >= _SAVE_SECONDS:
                            self.save()
                            saved = time.monotonic()
                        progress(done, len(texts))
                if left:
                    raise ValueError(f"the model left out {len(left)} of {len(keys)} texts")
        finally:
            self.save()
        progress(done, len(texts))

    def drop_damaged(self) -> None:
        """Forget every text whose vectors do not match their checksums."""
        keys = self.damaged()
        self._connection.executemany(
            "DELETE FROM blocks WHERE digest = (SELECT digest FROM texts WHERE key = ?)", [(k,) for k in keys]
        )
        self._connection.executemany("DELETE FROM texts WHERE key = ?", [(k,) for k in keys])
        # What no text names has not been looked at.
        self._connection.execute("DELETE FROM blocks WHERE digest NOT IN (SELECT digest FROM texts)")
        self._connection.commit()

    def damaged(self) -> list[bytes]:
        """The keys of the texts whose vectors do not match their checksums."""
        sql = "SELECT key, pooled, digest, crc, file, count, width, at FROM texts LEFT JOIN blocks USING (digest)"
        found: dict[bytes, bool] = {}
        out = []
        for key, *row in self._connection.execute(sql):
            whole = row[3] is not None and _crc(key, row[0], row[1]) == row[2]
            if whole and row[1] not in found:
                found[row[1]] = self._blocks.is_whole(Place(row[3], row[4], row[5], row[6], row[1]))
            if not whole or not found[row[1]]:
                out.append(key)
        return out

    def collect(self, wanted: Mapping[str, int]) -> None:
        """Let go of the files of token vectors that no generation names, if they are the greater part."""
        for number in collect(self.path.parent / BLOCKS, wanted):
            self._connection.execute(
                "DELETE FROM texts WHERE digest IN (SELECT digest FROM blocks WHERE file = ?)", (number,)
            )
            self._connection.execute("DELETE FROM blocks WHERE file = ?", (number,))
            self._connection.commit()

    def close(self) -> None:
        """Close the files."""
        self._writer.abandon()
        self._connection.close()

    def save(self) -> None:
        """Make what was put safe. Blocks first: what the table names is always there."""
        try:
            self._writer.sync()
        except OSError:
            self._connection.rollback()
            raise
        self._connection.commit()

    def add_block(self, vectors: Quantised) -> Place:
        """Keep a text's token vectors, unless equal ones are kept already; safe only after ``save``."""
        block = vectors.scales.astype("<f4").tobytes() + vectors.tokens.tobytes()
        return self.add_raw(block, *vectors.tokens.shape)

    def add_raw(self, block: bytes, count: int, width: int) -> Place:
        """Keep a block as it lies in a file; as ``add_block``."""
        name = digest(block)
        sql = "SELECT file, count, width, at FROM blocks WHERE digest = ?"
        if (found := self._connection.execute(sql, (name,)).fetchone()) is not None:
            return Place(found[0], found[1], found[2], found[3], name)
        place = self._writer.append(block, count, width)
        row = (place.digest, place.file, place.n_tokens, place.width, place.at)
        self._connection.execute("INSERT INTO blocks VALUES (?, ?, ?, ?, ?)", row)
        return place

    def put(self, key: bytes, pooled: NDArray[np.float32], place: Place) -> None:
        """Keep a text's pooled vector and where its token vectors lie; safe only after ``save``."""
        blob = pooled.astype("<f4").tobytes()
        row = (key, blob, place.digest, _crc(key, blob, place.digest))
        self._connection.execute("INSERT OR REPLACE INTO texts VALUES (?, ?, ?, ?)", row)

    def _take_over(self) -> None:
        """What a store of format 1 has embedded, with the token vectors in the same table; goes on if interrupted."""
        if not self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'embeddings'").fetchone():
            return
        rows = self._connection.execute("SELECT key, pooled, tokens, scales, crc FROM embeddings")
        for n, (key, pooled, tokens, scales, crc) in enumerate(rows, 1):
            if _crc(key, pooled, tokens, scales) == crc and key not in self:
                taken = np.frombuffer(scales, "<f4")
                width = len(tokens) // len(taken) if len(taken) else 0
                vectors = np.frombuffer(tokens, np.int8).reshape(len(taken), width)
                block = self.add_block(Quantised(np.frombuffer(pooled, "<f4"), vectors, taken))
                self.put(key, np.frombuffer(pooled, "<f4"), block)
            if n % _CALL == 0:
                self.save()
        self.save()
        self._connection.execute("DROP TABLE embeddings")
        self._connection.commit()
        self._connection.execute("VACUUM")


def _crc(*blobs: bytes) -> int:
    crc = 0
    for blob in blobs:
        crc = zlib.crc32(blob, crc)
    return crc


def _chunks(keys: list[bytes], size: int) -> Iterator[list[bytes]]:
    return (keys[i : i + size] for i in range(0, len(keys), size))
