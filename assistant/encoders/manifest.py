"""A prepared model's folder: its manifest, checked at every open, and how it comes into being whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.encoders.export import Table

FORMAT = 2
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What opening a model needs to know, so that nothing heavy is read.

    Paths are relative to the folder, or absolute for a model folder of the user's, which is used where it lies.
    ``weights`` is the SHA-256 of everything the vectors depend on but prompts. Without ``graph`` questions go through
    sentence-transformers too, and ``no_graph`` says why. ``prompts`` are the model's own; ``None``: it names none.
    """

    name: str
    model: str
    tokenizer: str
    unigram: str | None
    graph: str | None
    no_graph: str
    table_file: str
    table_dtype: str
    table_offset: int
    table_shape: tuple[int, int]
    pooling: str
    dimension: int
    max_tokens: int
    prompts: dict[str, str] | None
    weights: str

    def table(self, folder: Path) -> Table:
        """The word embeddings' place."""
        return Table(folder / self.table_file, self.table_dtype, self.table_offset, self.table_shape)


def read_prepared(folder: Path) -> Prepared | None:
    """The manifest, or ``None`` if it is missing, of another format, or does not fit the files' sizes."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            return None
        for name, size in content["files"].items():
            if (folder / name).stat().st_size != size:
                return None
        fields: dict[str, Any] = content["prepared"]
        return Prepared(**(fields | {"table_shape": tuple(fields["table_shape"])}))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # absent, cut short or edited: to be prepared again, which is the caller's answer to None


def write_once(folder: Path, build: Callable[[Path], Prepared]) -> Prepared:
    """Let ``build`` fill a new folder, then put it in place by one rename; of two processes one builds, one waits.

    A crash leaves at most a folder ``.new-…``, which the next preparation removes.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder.parent / f".{folder.name}.lock"):
        if (done := read_prepared(folder)) is not None:
            return done
        for leftover in folder.parent.glob(f".{folder.name}.new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        new = Path(tempfile.mkdtemp(prefix=f".{folder.name}.new-", dir=folder.parent))
        try:
            prepared = build(new)
            _write_manifest(new, prepared)
            if folder.exists():
                shutil.rmtree(folder)
            new.rename(folder)
            _sync(folder.parent)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        return prepared


def _write_manifest(folder: Path, prepared: Prepared) -> None:
    folder.chmod(0o755)  # a temporary folder is private, and some writers make private files: a cache may be shared
    files = {p.relative_to(folder).as_posix(): p.stat().st_size for p in sorted(folder.rglob("*")) if p.is_file()}
    for name in files:
        (folder / name).chmod(0o644)
        _sync(folder / name)
    content = {"format": FORMAT, "files": files, "prepared": asdict(prepared)}
    path = folder / MANIFEST
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    """Force a file's or folder's content to the disk. Windows has no such call for folders, nor needs it."""
    if sys.platform == "win32" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on the file. The system drops it when its process ends, however it ends."""
    with path.open("a+b") as f:
        if sys.platform == "win32":
            import msvcrt

            while True:
                f.seek(0)
                with contextlib.suppress(OSError):  # it gives up after ten tries, a second apart
                    msvcrt.locking(f.fileno(), msvcrt.LK_LOCK, 1)
                    break
        else:
            import fcntl

            fcntl.flock(f, fcntl.LOCK_EX)
        yield
