"""A file of JSON lines that several processes append to at once, and whose lines are read back one by one.

It knows nothing about what the lines hold.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.errors import SettingsError

_FAR = 1 << 40
"""Where Windows locks a byte: behind everything that is written."""


def append_line(path: Path, line: bytes, *, limit: int) -> None:
    """Append a line, whole or not at all, while no other process does.

    A line that somebody's crash cut short is ended first, so that it spoils only itself.

    :param limit: bytes that the file may have in the end.
    :raises SettingsError: it cannot be written, or would grow beyond ``limit``.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Readable by its owner alone: it holds what people asked.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
    except OSError as e:
        raise _unwritable(path, e) from None
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        try:
            _lock(file.fileno())
            _append(file.fileno(), line, path, limit)
        except OSError as e:
            raise _unwritable(path, e) from None
        finally:
            _unlock(file.fileno())


def _append(descriptor: int, line: bytes, path: Path, limit: int) -> None:
    size = os.lseek(descriptor, 0, os.SEEK_END)
    cut = b"\n" if size and not _ends_whole(descriptor, size) else b""
    data = cut + line + b"\n"
    if size + len(data) > limit:
        raise SettingsError(
            f"the feedback file {str(path)!r} is full ({limit:,} bytes): export its entries and move it away"
        )
    try:
        while data:
            data = data[os.write(descriptor, data) :]
        os.fsync(descriptor)
    except OSError:
        with contextlib.suppress(OSError):  # a full disk: at least nothing half written stays
            os.ftruncate(descriptor, size)
        raise


def _ends_whole(descriptor: int, size: int) -> bool:
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return os.read(descriptor, 1) == b"\n"


def _unwritable(path: Path, error: OSError) -> SettingsError:
    return SettingsError(
        f"cannot write the feedback file {str(path)!r}: {error.strerror or error}; set `feedback` to another file"
    )


def _lock(descriptor: int) -> None:
    """Wait for the right to write; the system frees it when the process dies."""
    if os.name == "nt":
        import msvcrt

        os.lseek(descriptor, _FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
        return
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_EX)


def _unlock(descriptor: int) -> None:
    """Closing the file gives the lock back, at once everywhere but on Windows."""
    if os.name == "nt":
        import msvcrt

        with contextlib.suppress(OSError):
            os.lseek(descriptor, _FAR, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]


def read_lines(path: Path) -> Iterator[tuple[int, Any]]:
    """``(number, value)`` of every line that is not blank; ``None`` stands for one that is no JSON object.

    :raises SettingsError: the file is there and cannot be read.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as e:
        raise SettingsError(f"cannot read the feedback file {str(path)!r}: {e.strerror or e}") from None
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            yield number, _object(line)


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
