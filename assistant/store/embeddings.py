"""What has been embedded, by content: never the same text twice with one model. It knows no documents.

The file is shared by all generations and only ever added to, in small transactions, so that an interrupted build
goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError
from assistant.types import Encoded, PassageEncoder

_SCHEMA = """CREATE TABLE IF NOT EXISTS embeddings
    (key BLOB PRIMARY KEY, pooled BLOB NOT NULL, tokens BLOB NOT NULL, scales BLOB NOT NULL, crc INTEGER NOT NULL)"""
_SAVE_EVERY = 64
"""Texts in a transaction: some seconds of embedding, the most that a crash can lose."""
_CALL = 4096
"""Texts given to the model at once: enough to pack batches by length, few enough to hold in memory."""


class Model(PassageEncoder, Protocol):
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


@dataclass(frozen=True, slots=True)
class Quantised:
    """A text's vectors as stored: ``pooled`` (d,) float32; ``tokens`` (n, t) int8 with a scale each, (n,) float32.

    A model with a dense layer behind its pooling has t other than d.

    A token's vector is ``tokens[i] * scales[i]``.
    """

    pooled: NDArray[np.float32]
    tokens: NDArray[np.int8]
    scales: NDArray[np.float32]


class DamagedRow(Exception):
    """A stored row does not match its checksum."""


def quantise(encoded: Encoded) -> Quantised:
    """Each token's vector in 8 bits, its greatest component at 127."""
    scales = np.abs(encoded.tokens).max(axis=1, initial=0.0).astype(np.float32) / np.float32(127)
    safe = np.where(scales > 0, scales, np.float32(1))
    tokens = np.rint(encoded.tokens / safe[:, None]).astype(np.int8)
    return Quantised(np.ascontiguousarray(encoded.pooled, np.float32), tokens, scales)


def text_key(model: Model, text: str) -> bytes:
    """What a text's vectors by a model are kept under."""
    return hashlib.sha256(f"{model.fingerprint}\0{model.dimension}\0{text}".encode()).digest()


class Embeddings:
    """The file of vectors. A file that is no database is set aside: its content can be computed again."""

    def __init__(self, path: Path, *, dimension: int) -> None:
        self.path = path
        self._dimension = dimension
        try:
            self._connection = self._connect()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            os.replace(path, path.with_suffix(".damaged"))
            self._connection = self._connect()

    @classmethod
    def reading(cls, path: Path, *, dimension: int) -> Embeddings:
        """A reader, which changes nothing, not even a damaged file."""
        self = cls.__new__(cls)
        self.path = path
        self._dimension = dimension
        self._connection = sqlite3.connect(path.resolve().as_uri() + "?mode=ro", uri=True)
        return self

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path)
        try:
            connection.execute(_SCHEMA)
            connection.commit()
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def n_tokens(self, key: bytes) -> int | None:
        """How many token vectors are stored under the key; ``None``: the text has yet to be embedded."""
        found = self._connection.execute("SELECT length(scales) / 4 FROM embeddings WHERE key = ?", (key,)).fetchone()
        return cast(int, found[0]) if found else None

    def read(self, key: bytes) -> Quantised:
        """The vectors under the key.

        :raises DamagedRow: they are missing, or not what was written.
        """
        row = self._connection.execute(
            "SELECT pooled, tokens, scales, crc FROM embeddings WHERE key = ?", (key,)
        ).fetchone()
        if row is None or _crc(key, *row[:3]) != row[3] or len(row[0]) != 4 * self._dimension:
            raise DamagedRow(key.hex())
        pooled, scales = (np.frombuffer(blob, "<f4").astype(np.float32, copy=False) for blob in (row[0], row[2]))
        tokens = np.frombuffer(row[1], np.int8)
        return Quantised(pooled, tokens.reshape(len(scales), -1 if len(scales) else 0), scales)

    def embed(self, texts: Mapping[bytes, str], *, model: Model, progress: Callable[[int, int], None]) -> None:
        """Embed and store every text under its key; ``progress`` is told how many are done, and of how many.

        :raises StoreError: the model gave something that is no vector.
        """
        done = 0
        for keys in _chunks(list(texts), _CALL):
            given = [texts[key] for key in keys]
            left = set(range(len(keys)))
            for position, encoded in model.encode_passages(given):
                self._write(keys[position], self._checked(encoded, given[position]))
                left.discard(position)
                done += 1
                if done % _SAVE_EVERY == 0:
                    self._connection.commit()
                    progress(done, len(texts))
            self._connection.commit()
            if left:
                raise ValueError(f"the model left out {len(left)} of {len(keys)} texts")
        progress(done, len(texts))

    def drop_damaged(self) -> None:
        """Remove every row that does not match its checksum."""
        self._connection.executemany("DELETE FROM embeddings WHERE key = ?", [(k,) for k in self.damaged()])
        self._connection.commit()

    def damaged(self) -> list[bytes]:
        """The keys of the rows that do not match their checksums."""
        rows = self._connection.execute("SELECT key, pooled, tokens, scales, crc FROM embeddings")
        return [row[0] for row in rows if _crc(*row[:4]) != row[4]]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _write(self, key: bytes, vectors: Quantised) -> None:
        blobs = (
            vectors.pooled.astype("<f4").tobytes(),
            vectors.tokens.tobytes(),
            vectors.scales.astype("<f4").tobytes(),
        )
        row = (key, *blobs, _crc(key, *blobs))
        self._connection.execute("INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?, ?, ?)", row)

    def _checked(self, encoded: Encoded, text: str) -> Quantised:
        d = self._dimension
        if encoded.pooled.shape != (d,) or encoded.tokens.ndim != 2:
            raise StoreError(
                f"the model gave vectors of shapes {encoded.pooled.shape} and {encoded.tokens.shape}, not "
                f"({d},) and (tokens, width), for the passage {text[:30]!r}: check the model"
            )
        if not (np.isfinite(encoded.pooled).all() and np.isfinite(encoded.tokens).all()):
            raise StoreError(f"the model gave no finite vector for the passage {text[:30]!r}: check the model")
        return quantise(encoded)


def _crc(*blobs: bytes) -> int:
    crc = 0
    for blob in blobs:
        crc = zlib.crc32(blob, crc)
    return crc


def _chunks(keys: list[bytes], size: int) -> Iterator[list[bytes]]:
    return (keys[i : i + size] for i in range(0, len(keys), size))
