"""Files on disk: which ones lie below a path, and their bytes, read whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import CorpusError

MAX_FILE_MB = 256
_SKIPPED = (".", "~$")  # hidden, or the lock that Word and Excel leave beside an open file


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or a part of one, that could not be read, and why."""

    path: str
    reason: str


def storable(path: Path) -> str:
    """The path as text that can be stored: bytes of a name that are no UTF-8 become question marks."""
    return str(path).encode("utf-8", "replace").decode("utf-8")


def iter_files(
    paths: Iterable[Path], suffixes: Iterable[str], *, failures: list[Failure]
) -> Iterator[tuple[Path, Path]]:
    """The files with the folders that they are named below. Links to folders are not followed, so none goes round."""
    for path in paths:
        if not path.is_dir():
            yield path, path.parent
            continue
        found: list[Path] = []
        for folder, folders, names in os.walk(path, onerror=lambda e: failures.append(_closed(e))):
            folders[:] = [f for f in folders if not f.startswith(".")]
            found += [Path(folder, n) for n in names if not n.startswith(_SKIPPED)]
        yield from ((f, path) for f in sorted(found) if f.suffix.lower() in suffixes)


def _closed(error: OSError) -> Failure:
    name = storable(Path(error.filename or ""))
    return Failure(name, f"cannot read the folder {name!r}: {error.strerror or error}; check its permissions")


def read_bytes(path: Path, max_file_mb: int) -> bytes:
    """The file's bytes; its size is looked at before any is read.

    :raises CorpusError: missing, unreadable, no file, too large, or written to meanwhile.
    """
    name = storable(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise CorpusError(f"cannot read {name!r}: it is no file; name a file or a folder of files")
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            if before.st_size > max_file_mb * 2**20:
                raise CorpusError(f"cannot read {name!r}: larger than {max_file_mb} MiB; split it, or set max_file_mb")
            data = file.read(before.st_size + 1)
            after = os.fstat(file.fileno())
    except FileNotFoundError:
        raise CorpusError(f"cannot read {name!r}: there is no such file; check the path") from None
    except (OSError, ValueError) as e:  # ValueError: a NUL in the path
        reason = getattr(e, "strerror", None) or e
        raise CorpusError(f"cannot read {name!r}: {reason}; check the path and its permissions") from None
    if len(data) != before.st_size or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise CorpusError(f"cannot read {name!r}: it changed while it was read; add it again when it is finished")
    return data
