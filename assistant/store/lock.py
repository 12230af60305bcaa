"""Who may write a store. It knows nothing about what a store holds."""

from __future__ import annotations

import contextlib
import datetime
import os
import socket
from pathlib import Path
from typing import IO

from assistant.errors import StoreError
from assistant.store.layout import LOCK


class Lock:
    """The right to write a store, held by one process at a time; the system frees it when the process dies."""

    def __init__(self, store: Path) -> None:
        self._path = store / LOCK
        self._file: IO[bytes] | None = None

    @property
    def held(self) -> bool:
        """Whether this object has the lock."""
        return self._file is not None

    def acquire(self) -> None:
        """Take the lock.

        :raises StoreError: another writer has it; the message names it.
        :raises OSError: the disk is full; the lock is free then.
        """
        file = self._path.open("ab+", buffering=0)  # so that closing it, on a full disk too, has nothing to write
        try:
            _lock_file(file)
        except OSError:
            file.seek(0)
            holder = file.read().decode("utf-8", "replace").strip() or "unknown"
            file.close()
            raise StoreError(
                f"the store {str(self._path.parent)!r} is being written by another process ({holder}): wait for it "
                "to end, or stop it"
            ) from None
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        try:
            file.truncate(0)
            file.write(f"pid {os.getpid()} on {socket.gethostname()} since {now}\n".encode())
        except OSError:
            file.close()
            raise
        self._file = file

    def release(self) -> None:
        """Give the lock back. The file stays: removing it would let two writers hold two files of one name."""
        if self._file is not None:
            with contextlib.suppress(OSError):  # a full disk must not hide the error that ended the work
                self._file.truncate(0)
            self._file.close()
            self._file = None


def _lock_file(file: IO[bytes]) -> None:
    if os.name == "nt":
        import msvcrt

        file.seek(1 << 30)  # far behind the text, which others may then read
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        return
    import fcntl

    fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
